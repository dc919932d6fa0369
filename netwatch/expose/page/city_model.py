"""The city on the board: open faults, rings, services, sites and what joins them, kept true while somebody looks.

In: the engine as it stands between two ticks. Out: records on the board: `city`, `fault/ID`, `work/ID` (who did what
about it), `ring/ID`, `service/ID`, `site/ID`, `span/ID ID`. Nothing is computed while nobody has the page open.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any

from netwatch.core.faults.book import Fault
from netwatch.core.links.rings import RingState
from netwatch.core.model import Inventory, Ring
from netwatch.core.sight import Knowing
from netwatch.core.topology.graph import Topology
from netwatch.expose.control_fault_record import FaultTeller
from netwatch.expose.page.board import Board
from netwatch.expose.page.site_model import SiteModel
from netwatch.expose.page.span_model import SpanModel
from netwatch.expose.summary import Summary

SWEEP_S = 0.4  # between two looks
PAUSES = 15  # as long as a look at all sites takes, it rests so many times
FAULTS_AT_ONCE = 20
RINGS_AT_ONCE = 200
WORK = ("acknowledged", "assigned", "ticket", "notes")  # of a fault: what people did
_LEFT_OUT = frozenset({"lasts_s", "since", "cleared", *WORK})
MOST_NAMES = 12  # of a list in a record; how many there are stands beside it


class CityModel:
    """`sweep` brings the board up to date. `readers`: how many have the page open."""

    def __init__(self, known: Knowing, board: Board, *, wall: Callable[[], float]) -> None:
        self._known = known
        self._board = board
        self._wall = wall
        self._topology: Topology | None = None
        self._looks: tuple[SiteModel, SpanModel] | None = None  # of that inventory
        self._faults: dict[str, tuple[object, ...]] = {}  # what each was written from
        self._rings: dict[str, RingState | None] = {}  # likewise
        self._looked_s = float("-inf")
        self._pace_s = 0.0  # from one look at all sites to the next
        self._turn = asyncio.Lock()
        self._swept_s = float("-inf")
        self.summary: Callable[[], Summary] | None = None
        self.readers = 0

    async def sweep(self) -> None:
        """Everything once."""
        async with self._turn:
            if self._topology is self._known.city.topology and time.monotonic() - self._swept_s < SWEEP_S / 2:
                return  # somebody else came a moment ago
            topology = self._known.city.topology
            if self._looks is None or topology is not self._topology:
                self._looks = await asyncio.to_thread(self._models, topology)
                self._topology, self._looked_s = topology, float("-inf")
                self._drop_gone(topology.inventory, self._looks[1])
            await self._tell_faults()
            await self._tell_rings(topology.inventory)
            self._tell_services(topology.inventory)
            self._board.tell()
            await self._look_at_all(topology.inventory, *self._looks)
            self._swept_s = time.monotonic()

    def _models(self, topology: Topology) -> tuple[SiteModel, SpanModel]:
        """Blocks: they sort a whole inventory."""
        return SiteModel(self._known, topology, self._board), SpanModel(self._known, topology, self._board)

    async def _look_at_all(self, inventory: Inventory, sites: SiteModel, spans: SpanModel) -> None:
        """The sites and spans, as often as that takes a fifteenth of the time at most."""
        begun_s = time.monotonic()
        if begun_s - self._looked_s < self._pace_s:
            return
        await sites.sweep()
        await spans.sweep()
        self._tell_city(inventory, sites)
        self._board.tell()
        self._looked_s = time.monotonic()
        self._pace_s = PAUSES * (self._looked_s - begun_s)

    def _drop_gone(self, inventory: Inventory, spans: SpanModel) -> None:
        self._rings.clear()
        self._board.keep_only("span/", spans.links)
        self._board.keep_only("site/", inventory.sites)
        self._board.keep_only("ring/", inventory.rings)
        self._board.keep_only("service/", {"", *inventory.services})

    def _tell_city(self, inventory: Inventory, sites: SiteModel) -> None:
        summary = self.summary() if self.summary is not None else None
        self._board.put(
            "city",
            {
                "city": inventory.city,
                "timezone": inventory.timezone,
                "version": summary.version if summary is not None else "",
                "waiting": summary is not None and bool(summary.waiting_for),
                "lit": self._known.view.is_lit,
                "devices": {verdict.value: number for verdict, number in sites.devices.items() if number},
            },
        )

    async def _tell_faults(self) -> None:
        book, active = self._known.city.book, self._known.maintenance.active
        faults = dict(book.faults)
        for gone in self._faults.keys() - faults.keys():
            self._board.remove(f"fault/{gone}")
            self._board.remove(f"work/{gone}")
        written: dict[str, tuple[object, ...]] = {}
        teller = FaultTeller(self._known.city, self._known.maintenance, self._wall())
        for count, (name, fault) in enumerate(faults.items(), start=1):
            source = (fault, book.work.of(name), active)
            written[name] = source
            if not _are_same(self._faults.get(name), source):
                told = teller.fault(fault)
                self._board.put(f"fault/{name}", fault_record(told, fault))
                self._board.put(f"work/{name}", {part: told[part] for part in WORK})
            if count % FAULTS_AT_ONCE == 0:
                await asyncio.sleep(0)
        self._faults = written

    async def _tell_rings(self, inventory: Inventory) -> None:
        states = self._known.city.links.rings
        for count, (name, ring) in enumerate(inventory.rings.items(), start=1):
            state = states.get(name)
            if name not in self._rings or self._rings[name] is not state:
                self._rings[name] = state
                self._board.put(f"ring/{name}", _ring_record(ring, state))
            if count % RINGS_AT_ONCE == 0:
                await asyncio.sleep(0)

    def _tell_services(self, inventory: Inventory) -> None:
        districts: dict[str, dict[str, dict[str, int]]] = {name: {} for name in inventory.services}
        for (service, district, condition), number in self._known.city.fields.counts.items():
            if number:
                districts.setdefault(service, {}).setdefault(district, {})[condition.value] = number
        for service, there in districts.items():
            name = inventory.services[service].name if service in inventory.services else ""
            self._board.put(f"service/{service}", {"name": name, "districts": there})


def fault_record(told: Mapping[str, Any], fault: Fault) -> Mapping[str, Any]:
    """What is told of a fault, without what changes each second, long lists, and the names of people."""
    cause = fault.found.cause
    return {
        **{name: value for name, value in told.items() if name not in _LEFT_OUT},
        "acknowledged_s": told["acknowledged"]["at_s"] if told["acknowledged"] else None,
        "devices": told["devices"][:MOST_NAMES],
        "devices_count": len(told["devices"]),
        "links": sorted(cause.links | cause.weakened)[:MOST_NAMES],
        "ambiguous_with": told["ambiguous_with"][:MOST_NAMES],
        "evidence": told["evidence"][:MOST_NAMES],
    }


def _are_same(before: tuple[object, ...] | None, now: tuple[object, ...]) -> bool:
    return before is not None and all(one is other for one, other in zip(before, now, strict=True))


def _ring_record(ring: Ring, state: RingState | None) -> Mapping[str, Any]:
    return {
        "name": ring.name,
        "protocol": ring.protocol,
        "parent": ring.parent,
        "state": state.condition.value if state is not None else "unknown",
        "since_s": state.since_wall_s if state is not None else None,
        "breaks": [one.link for one in state.breaks] if state is not None else [],
        "links": len(state.members) if state is not None else 0,
        "why": list(state.why) if state is not None else [],
    }
