"""The operator's page, put on the listener: its document, its parts, its stream, its search, and what it may do."""

import time
from collections.abc import Callable

from aiohttp import web

from netwatch.core.sight import Knowing
from netwatch.expose import selection
from netwatch.expose.page.actions import Work, working
from netwatch.expose.page.board import encode
from netwatch.expose.page.shell import Shell
from netwatch.expose.page.sights import Finding, Making, Sights
from netwatch.expose.page.statics import Statics
from netwatch.expose.permits import account_of
from netwatch.expose.selection import SelectionError
from netwatch.expose.summary import Summary

OVERVIEWS = ("map", "rings", "services", "find", "help")
THINGS = (
    *("fault", "device", "field_device", "site", "ring", "line", "service", "port", "link", "cable", "duct"),
    "contractor",
)
MOST_LETTERS = 200


class OperatorsPage:
    """`mount` it, then `run` it for ever."""

    def __init__(self, known: Knowing, finding: Finding, work: Work, *, wall: Callable[[], float] = time.time) -> None:
        self._statics = Statics()
        self._shell = Shell(self._statics)
        self._sights = Sights(known, Making(finding=finding, build=self._statics.stamp, wall=wall))
        self._work = work

    def tell_of(self, summary: Callable[[], Summary]) -> None:
        """Where the daemon tells of itself."""
        self._sights.tell_of(summary)

    def mount(self, application: web.Application) -> None:
        """Put its routes on the listener's application."""
        router = application.router
        application.on_shutdown.append(self._close)
        router.add_get("/", self._shell.answer)
        for name in OVERVIEWS:
            router.add_get(f"/{name}", self._shell.answer)
        router.add_get(f"/{{kind:{'|'.join(THINGS)}}}/{{id}}", self._shell.answer)
        router.add_get("/page/static/{stamp}/{name}", self._statics.answer)
        router.add_get("/page/stream", self._stream, allow_head=False)
        router.add_get("/page/find", self._found)
        router.add_get("/page/lines", self._lines)
        router.add_post("/page/fault/work", working(self._work, self._sights))

    async def run(self) -> None:
        """For ever: while somebody looks, keep what they see true."""
        await self._sights.run()

    async def _close(self, _application: web.Application) -> None:
        self._sights.close()

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        sight = await self._sights.of(account_of(request))
        return await sight.streams.answer(request)

    async def _found(self, request: web.Request) -> web.Response:
        given = selection.parameters(request.query.items(), allowed=("q",))
        text = given.get("q", "").strip()
        if not text:
            raise SelectionError("Say what to look for: /page/find?q=...")
        if len(text) > MOST_LETTERS:
            raise SelectionError(f"What to look for has at most {MOST_LETTERS} letters.")
        sight = await self._sights.of(account_of(request))
        return _json(await sight.find(text))

    async def _lines(self, request: web.Request) -> web.Response:
        selection.parameters(request.query.items(), allowed=())
        sight = await self._sights.of(account_of(request))
        return _json(await sight.lines())


def _json(told: object) -> web.Response:
    return web.Response(body=encode(told), content_type="application/json")
