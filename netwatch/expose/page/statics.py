"""The page's static parts: read once, served where their content says, and so cached for ever."""

import gzip
import hashlib
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType

from aiohttp import web

_TYPES = MappingProxyType({".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"})
_FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class _Part:
    """One file."""

    content_type: str
    plain: bytes
    packed: bytes


class Statics:
    """All files of the folder `static`. `stamp` is a digest of all of them."""

    def __init__(self) -> None:
        self._parts: dict[str, _Part] = {}
        digest = hashlib.sha256()
        folder = resources.files("netwatch.expose.page").joinpath("static")
        for file in sorted(folder.iterdir(), key=lambda one: one.name):
            content_type = _TYPES.get(file.name[file.name.rfind(".") :])
            if content_type is None:
                continue
            plain = file.read_bytes()
            digest.update(file.name.encode() + b"\0" + plain)
            self._parts[file.name] = _Part(content_type, plain, gzip.compress(plain, mtime=0))
        self.stamp = digest.hexdigest()[:12]

    @property
    def scripts(self) -> list[str]:
        """The names of the ES modules."""
        return [name for name in self._parts if name.endswith(".js")]

    def address(self, name: str) -> str:
        """Where a file is."""
        return f"/page/static/{self.stamp}/{name}"

    async def answer(self, request: web.Request) -> web.Response:
        """`GET /page/static/STAMP/NAME`."""
        part = self._parts.get(request.match_info["name"])
        if part is None or request.match_info["stamp"] != self.stamp:
            return web.Response(status=404, text="There is no such part.\n")
        headers = {"Content-Type": f"{part.content_type}; charset=utf-8", "Vary": "Accept-Encoding"}
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            return web.Response(
                body=part.packed, headers=headers | {"Content-Encoding": "gzip", "Cache-Control": _FOR_EVER}
            )
        return web.Response(body=part.plain, headers=headers | {"Cache-Control": _FOR_EVER})
