"""The operator's page, put on the listener: its document, its parts, its stream, its search, and what it may do."""

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from netwatch.core.sight import Knowing
from netwatch.expose import selection
from netwatch.expose.page.actions import Work, working
from netwatch.expose.page.board import Board, encode
from netwatch.expose.page.city_model import CityModel
from netwatch.expose.page.shell import Shell
from netwatch.expose.page.statics import Statics
from netwatch.expose.page.stream import Streams
from netwatch.expose.page.views import Views
from netwatch.expose.selection import SelectionError
from netwatch.expose.summary import Summary

OVERVIEWS = ("map", "rings", "services", "find", "help")
THINGS = (
    *("fault", "device", "field_device", "site", "ring", "line", "service", "port", "link", "cable", "duct"),
    "contractor",
)
MOST_LETTERS = 200
Find = Callable[[str], Awaitable[Mapping[str, Any]]]


class OperatorsPage:
    """`mount` it, then `run` it for ever."""

    def __init__(self, known: Knowing, find: Find, work: Work, *, wall: Callable[[], float] = time.time) -> None:
        self._statics = Statics()
        self._shell = Shell(self._statics)
        board = Board()
        self.model = CityModel(known, board, wall=wall)
        self._views = Views(known, wall=wall)
        self._streams = Streams(board, self.model, self._views, build=self._statics.stamp)
        self._find = find
        self._work = work

    def tell_of(self, summary: Callable[[], Summary]) -> None:
        """Where the daemon tells of itself."""
        self.model.summary = summary

    def mount(self, application: web.Application) -> None:
        """Put its routes on the listener's application."""
        router = application.router
        application.on_shutdown.append(self._streams.close)
        router.add_get("/", self._shell.answer)
        for name in OVERVIEWS:
            router.add_get(f"/{name}", self._shell.answer)
        router.add_get(f"/{{kind:{'|'.join(THINGS)}}}/{{id}}", self._shell.answer)
        router.add_get("/page/static/{stamp}/{name}", self._statics.answer)
        router.add_get("/page/stream", self._streams.answer, allow_head=False)
        router.add_get("/page/find", self._found)
        router.add_get("/page/lines", self._lines)
        router.add_post("/page/fault/work", working(self._work))

    async def run(self) -> None:
        """For ever: while somebody looks, keep what they see true."""
        await self.model.run()

    async def _found(self, request: web.Request) -> web.Response:
        given = selection.parameters(request.query.items(), allowed=("q",))
        text = given.get("q", "").strip()
        if not text:
            raise SelectionError("Say what to look for: /page/find?q=...")
        if len(text) > MOST_LETTERS:
            raise SelectionError(f"What to look for has at most {MOST_LETTERS} letters.")
        return _json(await self._find(text))

    async def _lines(self, request: web.Request) -> web.Response:
        selection.parameters(request.query.items(), allowed=())
        return _json(await self._views.lines())


def _json(told: object) -> web.Response:
    return web.Response(body=encode(told), content_type="application/json")
