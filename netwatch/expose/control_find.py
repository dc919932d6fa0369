"""`/find` on the control socket: what somebody types -> where it is, how it is, and whom to call.

In: the engine as it stands, and a catalogue of its inventory that is made anew, beside the event loop, at each reload.
Out: JSON of `netwatch find`, and the same for the page. All looking through thousands of things is done in a thread;
the event loop only writes the few records that are told.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from netwatch.core.device.record import DeviceState
from netwatch.core.search.place import Place, place_of
from netwatch.core.search.question import Catalogue, Found, Hit, Search
from netwatch.core.search.seen import Sayings
from netwatch.core.search.way import Way, Ways
from netwatch.core.sight import Knowing
from netwatch.core.topology.graph import Topology
from netwatch.expose.control import Refused, Route
from netwatch.expose.control_find_record import record_of
from netwatch.expose.control_find_state import Knowledge

LIMIT, MOST = 10, 100  # hits
LOOK_S = 1.0  # between two looks whether the inventory is another one


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A hit, where it is, and its way to an anchor."""

    hit: Hit
    place: Place
    way: Way | None


class Finder:
    """`find` at any time; `run` for ever, so that no question waits for the catalogue."""

    def __init__(self, known: Knowing, *, wall: Callable[[], float] = time.time) -> None:
        self._known = known
        self._wall = wall
        self._catalogue: Catalogue | None = None
        self._sayings = Sayings()
        self._turn = asyncio.Lock()  # one question after the other: they share a thread's worth of the processor

    @property
    def routes(self) -> Mapping[tuple[str, str], Route]:
        """As `ControlServer` takes them."""
        return {("POST", "/find"): self._answer}

    async def run(self) -> None:
        """Have the catalogue of the inventory in force ready."""
        while True:
            if self._catalogue is None or self._catalogue.topology is not self._known.city.topology:
                async with self._turn:
                    await asyncio.to_thread(self._prepare, self._known.city.topology, dict(self._known.states))
            await asyncio.sleep(LOOK_S)

    async def find(self, text: str, limit: int = LIMIT) -> Mapping[str, Any]:
        """The likeliest hits, each with all that is known of it."""
        city = self._known.city
        async with self._turn:
            topology, broken = city.topology, frozenset(city.links.broken)
            found, located = await asyncio.to_thread(
                self._look, topology, dict(self._known.states), broken, (text, limit)
            )
        knowledge = Knowledge(
            inventory=topology.inventory,
            city=city if city.topology is topology else None,  # reloaded meanwhile
            states=self._known.states,
            maintained=self._known.maintenance.active,
            now_wall_s=self._wall(),
        )
        return told(knowledge, text, found, located)

    async def _answer(self, body: object) -> Mapping[str, Any]:
        asked: dict[Any, Any] = body if isinstance(body, dict) else {}
        text, limit = asked.get("text"), asked.get("limit", LIMIT)
        if not isinstance(text, str) or not text.strip():
            raise Refused("Say what to look for.")
        if not isinstance(limit, int) or not 1 <= limit <= MOST:
            raise Refused(f"As many hits can be told as from 1 to {MOST}.")
        return await self.find(text, limit)

    def _prepare(self, topology: Topology, states: Mapping[str, DeviceState]) -> Catalogue:
        """Blocks."""
        if self._catalogue is None or self._catalogue.topology is not topology:
            self._catalogue = Catalogue.of(topology)
        self._sayings.look(states)
        return self._catalogue

    def _look(
        self,
        topology: Topology,
        states: Mapping[str, DeviceState],
        broken: frozenset[str],
        question: tuple[str, int],
    ) -> tuple[Found, list[Located]]:
        """Blocks."""
        found = Search(self._prepare(topology, states), states, self._sayings).find(*question)
        return found, locate(topology, found, broken)


def locate(topology: Topology, found: Found, broken: frozenset[str] = frozenset()) -> list[Located]:
    """Each hit with its place and its way."""
    ways = Ways(topology, broken)
    located = []
    for hit in found.hits:
        place = place_of(topology, hit)
        way = ways.of(place.way_from, place.service) if place.way_from is not None else None
        located.append(Located(hit=hit, place=place, way=way))
    return located


def told(known: Knowledge, text: str, found: Found, located: list[Located]) -> Mapping[str, Any]:
    """The whole answer. `watched`: whether a daemon tells how things are, or the inventory alone."""
    return {
        "asked": text,
        "city": known.inventory.city,
        "timezone": known.inventory.timezone,
        "watched": known.city is not None,
        "total": found.total,
        "hits": [record_of(known, one.hit, one.place, one.way) for one in located],
    }


def find_offline(topology: Topology, text: str, limit: int = LIMIT) -> Mapping[str, Any]:
    """The same answer by the inventory alone."""
    found = Search(Catalogue.of(topology), {}, Sayings()).find(text, limit)
    return told(Knowledge(inventory=topology.inventory), text, found, locate(topology, found))
