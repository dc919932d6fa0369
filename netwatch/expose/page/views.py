"""One thing of the city -> everything about it, for the page that is open on it.

In: its kind and id, and the engine as it stands. Out: the record of `netwatch find`, with what its own page has beyond
that: a device's ports, a field device's ladder, what stands at a site, a ring's drawing, the work on a fault. Walking
through the graph is done in a thread; only what is small is done on the event loop.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from netwatch.core.faults.book import Fault
from netwatch.core.search.entries import Facet
from netwatch.core.search.index import How
from netwatch.core.search.place import Place, place_of
from netwatch.core.search.question import Hit, port_named
from netwatch.core.search.way import Way, Ways
from netwatch.core.sight import CitySight, Knowing
from netwatch.core.topology.graph import Topology
from netwatch.expose.control_fault_record import FaultTeller
from netwatch.expose.control_find_record import record_of
from netwatch.expose.control_find_state import Knowledge
from netwatch.expose.page.city_model import WORK, fault_record
from netwatch.expose.page.device_ports import device_record
from netwatch.expose.page.drawing_record import drawing_record
from netwatch.expose.page.drawings import LINE, RING, Drawing, Drawings, drawings_of
from netwatch.expose.page.ladder import rungs
from netwatch.expose.page.listing import MOST_LISTED, chosen, listed

MOST_KEPT = 500
OF_FAULT = "fault"
_FIBRES = frozenset({"link", "cable", "duct"})
_LISTING = frozenset({*_FIBRES, "site", "service", "contractor", "port"})
Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was worked out of one inventory."""

    topology: Topology
    drawings: Drawings
    places: dict[str, Place]


class Views:
    """`record` of anything. None: there is no such thing."""

    def __init__(self, known: Knowing, *, wall: Callable[[], float] = time.time) -> None:
        self._known = known
        self._wall = wall
        self._kept: _Kept | None = None
        self._ways: tuple[frozenset[str], Topology, Ways] | None = None
        self._turn = asyncio.Lock()  # one after the other: they share a thread's worth of the processor

    async def record(self, kind: str, name: str, *, private: bool) -> Record | None:
        """`private`: for somebody known by name, who may see what people did."""
        kept = await self._prepared()
        if kept.topology is not self._known.city.topology:
            return None  # reloaded meanwhile; whoever asks does so again
        if kind == OF_FAULT:
            return self._fault(kept, name, private=private)
        if kind == LINE:
            return self._drawn(kept, (LINE, name))
        if not _is_known(kept.topology, kind, name):
            return None
        hit = Hit(kind=kind, id=name, by=Facet.ID, how=How.IS, text=name)
        broken = frozenset(self._known.city.links.broken)
        place, way, fields = await asyncio.to_thread(self._located, kept, hit, broken)
        if kept.topology is not self._known.city.topology:
            return None
        known = Knowledge(
            inventory=kept.topology.inventory,
            city=self._known.city,
            states=self._known.states,
            maintained=self._known.maintenance.active,
            now_wall_s=self._wall(),
        )
        told = {**record_of(known, hit, place, way), **self._more(kept, hit, place, fields)}
        del told["matched"]
        return told

    async def _prepared(self) -> _Kept:
        """The drawings of the inventory in force."""
        async with self._turn:
            topology = self._known.city.topology
            if self._kept is None or self._kept.topology is not topology:
                self._kept = _Kept(topology, await asyncio.to_thread(drawings_of, topology), {})
            return self._kept

    def _located(self, kept: _Kept, hit: Hit, broken: frozenset[str]) -> tuple[Place, Way | None, list[str]]:
        """Its place, its way, and the field devices that are listed with it. Blocks."""
        place = kept.places.get(hit.subject)
        if place is None:
            if len(kept.places) >= MOST_KEPT:
                kept.places.clear()
            place = kept.places[hit.subject] = place_of(kept.topology, hit)
        fields = chosen(place, self._known.city.fields.verdicts) if hit.kind in _LISTING else []
        if place.way_from is None:
            return place, None, fields
        ways = self._ways
        if ways is None or ways[0] != broken or ways[1] is not kept.topology:
            ways = self._ways = (broken, kept.topology, Ways(kept.topology, broken))
        return place, ways[2].of(place.way_from, place.service), fields

    def _more(self, kept: _Kept, hit: Hit, place: Place, fields: list[str]) -> Record:
        city, inventory = self._known.city, kept.topology.inventory
        if hit.kind == "device":
            drawn = {"drawing": _drawing(city, kept.drawings.best_for((), (hit.id,)))}
            return {**device_record(city, hit.id, self._known.states[hit.id]), **drawn}
        if hit.kind == "field_device":
            drawn = {"drawing": _drawing(city, kept.drawings.best_for((), place.devices))}
            return {"ladder": rungs(city, inventory.field_devices[hit.id]), **drawn}
        if hit.kind == RING:
            return {"drawing": self._drawn(kept, (RING, hit.id))}
        drawn = {}
        if hit.kind in _FIBRES:
            drawn = {"drawing": _drawing(city, kept.drawings.best_for(place.links, ()))}
        return {**drawn, "listed": listed(city, place, fields)}

    def _fault(self, kept: _Kept, name: str, *, private: bool) -> Record | None:
        city = self._known.city
        fault = city.book.faults.get(name)
        if fault is None:
            return None
        teller = FaultTeller(city, self._known.maintenance, self._wall())
        told = teller.fault(fault)
        record = {**fault_record(told, fault), "drawing": _drawing(city, _drawing_of(kept, fault))}
        if private:
            record |= {part: told[part] for part in WORK}
            record["log"] = teller.log(fault)
        return {**record, "dark": sorted(fault.found.cause.devices)[:MOST_LISTED]}

    def _drawn(self, kept: _Kept, key: tuple[str, str]) -> Record | None:
        return _drawing(self._known.city, kept.drawings.all.get(key))

    async def lines(self) -> list[Record]:
        """The lines on no ring that have more than one device."""
        kept = await self._prepared()
        return [
            {"id": one.id, "devices": 1 + len(one.branches)}
            for one in kept.drawings.all.values()
            if one.kind == LINE and one.branches
        ]


def _drawing(city: CitySight, drawing: Drawing | None) -> Record | None:
    return drawing_record(city, drawing) if drawing is not None else None


def _drawing_of(kept: _Kept, fault: Fault) -> Drawing | None:
    """Where the fault is; its subject counts more than what it darkens."""
    cause = fault.found.cause
    prefix, _, name = cause.subject.partition(":")
    links = {"link": [name], "cable": sorted(kept.topology.links_by_cable.get(name, ()))}.get(prefix, [])
    device = name.partition(" ")[0]
    one = kept.topology.inventory.field_devices.get(name) if prefix == "field_device" else None
    if one is not None and one.port is not None:
        device = one.port.device
    here = [device] if prefix in ("device", "port", "field_device") and device in kept.topology.number else []
    if prefix == "site":
        here = list(kept.topology.devices_at.get(name, ()))
    found = kept.drawings.best_for(links, here)
    return found or kept.drawings.best_for(sorted(cause.links | cause.weakened), sorted(cause.devices | cause.stopped))


def _is_known(topology: Topology, kind: str, name: str) -> bool:
    inventory = topology.inventory
    if kind == "port":
        return port_named(name).device in inventory.devices and bool(port_named(name).interface)
    known: Mapping[str, Any] = {
        "field_device": inventory.field_devices,
        "device": inventory.devices,
        "site": inventory.sites,
        "cable": inventory.cables,
        "duct": topology.links_by_duct,
        "link": inventory.links,
        "ring": inventory.rings,
        "service": inventory.services,
        "contractor": inventory.contractors,
    }
    return name in known.get(kind, ())
