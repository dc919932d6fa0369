"""`GET /page/stream`: what changes in the city, as server-sent events (WHATWG HTML, §9.2), until the reader goes.

First everything on the board, or what changed since the number the reader had, then each change: `put` events of pairs
of key and record. `?view=KIND/ID` adds one thing's whole record, as `view` events, whenever it is another. A reader
that takes nothing for `Limits.stall_s` is cut by the Guard, and counted there.
"""

import contextlib
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from itertools import islice

from aiohttp import web

from netwatch.core.accounts import NOBODY, Account, Act
from netwatch.expose import selection
from netwatch.expose.guard import GOES_ON
from netwatch.expose.page.board import Board, encode
from netwatch.expose.page.city_model import CityModel
from netwatch.expose.page.views import Views
from netwatch.expose.permits import account_of
from netwatch.expose.selection import SelectionError

BEAT_S = 5.0  # something is sent at least so often: a page that hears nothing for longer says so
VIEW_S = 1.0  # a thing's own record is looked at so often
AT_ONCE = 200  # records in one event
MOST_READERS = 128  # of 256 connections: scrapes have the others
MOST_LETTERS = 400  # of the name of a thing

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Seen:
    """A thing's record as it was written last, for all readers that have it open."""

    at_s: float
    told: bytes


class Streams:
    """All readers."""

    def __init__(self, board: Board, model: CityModel, views: Views, *, build: str) -> None:
        self._board = board
        self._model = model
        self._views = views
        self._build = build
        self._seen: dict[tuple[str, bool], _Seen] = {}
        self._open: Counter[tuple[str, bool]] = Counter()
        self._is_closing = False

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Goes on until the reader has gone, or is cut."""
        asked = selection.parameters(request.query.items(), allowed=("since", "view"))
        view = asked.get("view", "")
        if len(view) > MOST_LETTERS:
            raise SelectionError("That is too long for the name of a thing.")
        if self._model.readers >= MOST_READERS:
            return web.Response(status=503, text="Too many pages are open; later, please.\n")
        since = self._number(request.headers.get("Last-Event-ID") or asked.get("since", ""))
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
        account = account_of(request)
        with self._reading((view, account is not NOBODY)):
            await self._model.sweep()
            await response.prepare(request)
            try:
                async for piece in self._pieces(view, since, account):
                    await response.write(piece)
                    if not request[GOES_ON]() or account.has_ended(time.time()):
                        break  # other rules are in force: whoever may still read comes again
            except ConnectionError as gone:
                log.debug("a page was left: %s", gone)
        return response

    def close(self) -> None:
        """Let every reader go: the listener closes."""
        self._is_closing = True
        self._board.tell()

    @contextlib.contextmanager
    def _reading(self, view: tuple[str, bool]) -> Iterator[None]:
        self._model.readers += 1
        self._open[view] += 1
        try:
            yield
        finally:
            self._model.readers -= 1
            self._open[view] -= 1
            if not self._open[view]:
                del self._open[view]
                self._seen.pop(view, None)

    def _number(self, told: str) -> int:
        """The number that a reader had of this very board; 0: it had none."""
        run, _, number = told.partition(".")
        if run != self._board.run or not (number.isascii() and number.isdigit() and len(number) < 16):
            return 0
        return int(number) if self._board.has_all_since(int(number)) else 0

    async def _pieces(self, view: str, since: int, account: Account) -> AsyncIterator[bytes]:
        private = account is not NOBODY
        hello = {
            "build": self._build,
            "now_s": round(time.time(), 3),
            "user": account.name,
            "may": [act.value for act in (Act.NOTE, Act.WORK) if private and account.may(act)],
            "fresh": not since,
        }
        yield _event("hello", encode(hello))
        told, beat_s = b"", 0.0
        while not self._is_closing:
            upto = self._board.number
            for piece in self._changes(since, upto, private=private):
                yield piece
                beat_s = time.monotonic()
            since = upto
            now_told = await self._view(view, private=private) if view else b""
            if now_told != told:
                told = now_told
                yield _event("view", told)
            if time.monotonic() - beat_s >= BEAT_S:
                beat_s = time.monotonic()
                yield _event("beat", encode(round(time.time(), 3)))
            await self._board.wait(since, within_s=VIEW_S if view else BEAT_S)

    def _changes(self, since: int, upto: int, *, private: bool) -> Iterator[bytes]:
        """Several events where there is much; the number goes with the last, so that a break in between loses none."""
        changes = self._board.since(since, private=private)
        pieces = iter(changes)
        told = 0
        while part := list(islice(pieces, AT_ONCE)):
            told += len(part)
            number = f"{self._board.run}.{upto}" if told == len(changes) else ""
            yield _event("put", b"[%b]" % b",".join(part), number)

    async def _view(self, view: str, *, private: bool) -> bytes:
        """Written once for all who have the same thing open."""
        seen = self._seen.get((view, private))
        if seen is None or time.monotonic() - seen.at_s >= VIEW_S * 0.9:
            kind, _, name = view.partition("/")
            record = self._board.told(await self._views.record(kind, name, private=private))
            seen = self._seen[view, private] = _Seen(time.monotonic(), encode({"of": view, "record": record}))
        return seen.told


def _event(name: str, data: bytes, number: str = "") -> bytes:
    """One event; JSON in ASCII has no line break."""
    identity = f"id: {number}\n" if number else ""
    return b"%bevent: %b\ndata: %b\n\n" % (identity.encode(), name.encode(), data)
