"""One reading of the city for each circle of accounts that may see the same of it: all of it, or some districts.

Each has a board, views, streams and a search of its own, all made of what the circle may see and of nothing else.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from netwatch.core.accounts import Account
from netwatch.core.sight import Knowing
from netwatch.expose.district_sight import DistrictSight
from netwatch.expose.page.board import Board, Told, as_it_is
from netwatch.expose.page.city_model import SWEEP_S, CityModel
from netwatch.expose.page.stream import Streams
from netwatch.expose.page.views import Views
from netwatch.expose.summary import Summary

MOST_CIRCLES = 64  # limited to districts; beyond it those that nobody reads are made anew when they are asked for
Find = Callable[[str], Awaitable[Mapping[str, Any]]]
Finding = Callable[[Knowing], Find]  # `netwatch find` of what is known


async def _ready() -> None:
    """The whole city always is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """What every sight is made with."""

    finding: Finding
    build: str  # of the static parts
    wall: Callable[[], float]


class Sight:
    """What one circle sees. `told`: every record on its way out. `prepare` comes before anything is asked."""

    def __init__(
        self,
        known: Knowing,
        making: Making,
        *,
        told: Told = as_it_is,
        prepare: Callable[[], Awaitable[None]] = _ready,
    ) -> None:
        self.known = known
        self.told = told
        self.prepare = prepare
        board = Board(told)
        self.model = CityModel(known, board, wall=making.wall)
        self.views = Views(known, wall=making.wall)
        self.streams = Streams(board, self.model, self.views, build=making.build)
        self._find = making.finding(known)

    async def find(self, text: str) -> Mapping[str, Any]:
        """The answer of `netwatch find`."""
        found: Mapping[str, Any] = self.told(await self._find(text))
        return found

    async def lines(self) -> list[Mapping[str, Any]]:
        """The lines on no ring."""
        told: list[Mapping[str, Any]] = self.told(await self.views.lines())
        return told


class Sights:
    """Those of all circles: `whole` is there always, the others from when somebody looks."""

    def __init__(self, known: Knowing, making: Making) -> None:
        self._known = known
        self._making = making
        self.whole = Sight(known, making)
        self._of_districts: dict[frozenset[str], Sight] = {}
        self._summary: Callable[[], Summary] | None = None

    def tell_of(self, summary: Callable[[], Summary]) -> None:
        """Where the daemon tells of itself."""
        self._summary = self.whole.model.summary = summary

    async def of(self, account: Account) -> Sight:
        """What the account may see, ready to be asked."""
        if account.districts is None:
            return self.whole
        sight = self._of_districts.get(account.districts)
        if sight is None:
            self._make_room()
            sight = self._of_districts[account.districts] = self._limited(account.districts)
        await sight.prepare()
        return sight

    async def run(self) -> None:
        """For ever: while somebody looks, keep what they see true."""
        while True:
            for sight in (self.whole, *self._of_districts.values()):
                if sight.model.readers:
                    await sight.prepare()
                    await sight.model.sweep()
            await asyncio.sleep(SWEEP_S)

    def close(self) -> None:
        """Let every reader go."""
        for sight in (self.whole, *self._of_districts.values()):
            sight.streams.close()

    def _limited(self, districts: frozenset[str]) -> Sight:
        known = DistrictSight(self._known, districts)
        sight = Sight(known, self._making, told=known.told, prepare=known.prepare)
        sight.model.summary = self._summary
        return sight

    def _make_room(self) -> None:
        if len(self._of_districts) >= MOST_CIRCLES:
            self._of_districts = {one: sight for one, sight in self._of_districts.items() if sight.model.readers}
