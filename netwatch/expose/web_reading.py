"""The web configuration's files -> what is to be in force, or every mistake.

Blocks: it reads files. Needs neither the server nor the event loop, so `netwatch check` is quick.
"""

from datetime import UTC, datetime
from pathlib import Path

from netwatch.core.errors import Problem, WebConfigError
from netwatch.expose.web_config import MOST_BYTES, WebConfig, parse
from netwatch.expose.web_schema import ClientCertificate
from netwatch.expose.web_tls import FileRefused, Tls, build

Stamp = tuple[int, int, int, int] | None


def stamp(path: Path) -> Stamp:
    """What changes when the file does; None where there is none."""
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_mtime_ns, seen.st_ctime_ns, seen.st_size, seen.st_ino


def read_config(path: Path) -> WebConfig:
    """The file alone. WebConfigError with every mistake."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        problem = Problem(file=str(path), line=0, where="", what=f"cannot be read: {error.strerror or error}")
        raise WebConfigError((problem,)) from error
    return parse(content, path)


def read_tls(config: WebConfig) -> Tls | None:
    """The files it names. WebConfigError with the first mistake."""
    settings = config.tls
    if settings is None:
        return None
    try:
        return build(settings)
    except FileRefused as refused:
        line, where = settings.lines.get(refused.key, 0), f"tls_server_config.{refused.key}"
        problem = Problem(file=config.file, line=line, where=where, what=str(refused))
        raise WebConfigError((problem,)) from refused


def summary(path: Path) -> str:
    """What the file and those it names would do, in a sentence. WebConfigError where they cannot be taken."""
    config = read_config(path)
    tls = read_tls(config)
    told = "no TLS"
    if tls is not None:
        told = f"TLS, with a certificate until {datetime.fromtimestamp(tls.not_after_s, UTC):%Y-%m-%d %H:%M} UTC"
    asks = f"{len(config.users)} with a password" if config.users else "no passwords"
    policy = config.tls.client_certificate if config.tls else ClientCertificate.NONE
    return f"web configuration {path}: {told}; {asks}; {policy}"
