"""The address of a NetBox and where its token is kept -> its devices, page by page, as one grid.

The token goes to that host alone: a page that says the next one is elsewhere ends it, as does a redirect.
"""

import http.client
import json
import os
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from netwatch.cli.options import InputError
from netwatch.core.errors import NetwatchError
from netwatch.inventory.importing.grid import MOST_BYTES, Grid
from netwatch.inventory.importing.monitors import read_document

DEVICES = "/api/dcim/devices/?limit=500"
MOST_PAGES = 1000
PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NetBox:
    """Where it is, and where its token lies; never the token."""

    url: str
    token_file: Path | None = None
    token_env: str = ""
    is_insecure: bool = False  # over http, where anyone on the way reads the token

    def token(self) -> str:
        """InputError where none is named or there is none."""
        if self.token_file is not None:
            try:
                return self.token_file.read_text(encoding="ascii").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise InputError(f"the token in {self.token_file} cannot be read: {error}") from error
        if self.token_env and os.environ.get(self.token_env):
            return os.environ[self.token_env].strip()
        raise InputError("NetBox wants a token: say where it lies with --token-file or --token-env")


def fetch_pages(source: NetBox) -> Grid:
    """All pages. NetwatchError where it does not answer, or not as NetBox does."""
    parts = urlsplit(source.url)
    if parts.scheme != "https" and not source.is_insecure:
        raise InputError(f"{source.url}: the token would go over http for anyone to read; --insecure lets it")
    origin = parts.scheme, parts.netloc
    target = f"{parts.path}?{parts.query}".rstrip("?") if "/api/" in parts.path else parts.path.rstrip("/") + DEVICES
    token, found, left = source.token(), list[Any](), MOST_BYTES
    for _ in range(MOST_PAGES):
        page, size = _page(parts, target, token, left)
        left -= size
        results = page.get("results") if isinstance(page, dict) else None
        if not isinstance(results, list):
            raise NetwatchError(f"{source.url} answers, but with no list of devices as NetBox gives")
        found += results
        following = page.get("next")
        if not following:
            return read_document({"results": found}, parts.netloc)
        then = urlsplit(str(following))
        if (then.scheme, then.netloc) != origin:
            raise NetwatchError(
                f"{source.url} says that its next page is at {then.netloc}, where its token is not sent"
            )
        target = f"{then.path}?{then.query}"
    raise NetwatchError(f"{source.url} has more than {MOST_PAGES} pages")


def _page(parts: SplitResult, target: str, token: str, most: int) -> tuple[Any, int]:
    host, port = str(parts.hostname), parts.port
    connection = (
        http.client.HTTPSConnection(host, port, timeout=PATIENCE_S, context=ssl.create_default_context())
        if parts.scheme == "https"
        else http.client.HTTPConnection(host, port, timeout=PATIENCE_S)
    )
    try:
        headers = {"Authorization": f"Token {token}", "Accept": "application/json"}
        connection.request("GET", target, headers=headers)
        answer = connection.getresponse()
        content = answer.read(most + 1)
        if answer.status != http.client.OK:
            raise NetwatchError(f"{parts.netloc} answers {answer.status} {answer.reason}")
        if len(content) > most:
            raise NetwatchError(f"{parts.netloc} tells more than {MOST_BYTES >> 20} MiB; ask for less, as by ?role=")
        return json.loads(content), len(content)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NetwatchError(f"{parts.netloc} cannot be asked: {error or type(error).__name__}") from error
    finally:
        connection.close()
