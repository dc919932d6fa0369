"""Visits -> what is new, and what differs from the inventory: nothing is changed, everything is said with its evidence.

In: the inventory, and a state for every device that was asked, known or new. Out: new devices and links under ids that
an inventory takes, stations that nobody registered, links that LLDP contradicts, and facts that are not as declared.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from netwatch.core.device.record import DeviceState
from netwatch.core.links.declared import DeclaredLinks
from netwatch.core.model import Device, Inventory, PortRef
from netwatch.core.neighbours.far_end import Directory
from netwatch.core.neighbours.hearing import Ear, Hearing, Pair
from netwatch.core.neighbours.link_drift import Discrepancy, LinkJudge

MOST_STATIONS = 3  # more of them on one port, and something stands between
FACTS = ("serial", "model", "firmware")  # kept beside a device in the inventory, and read from it
_NOT_IN_AN_ID = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One device that was asked. `address` is where; `known`: whether the inventory has it."""

    device: Device
    address: str
    state: DeviceState
    known: bool
    answered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """A MAC on an edge port that no field device is registered with; `address` where an IP neighbour table tells."""

    port: PortRef
    mac: str
    site: str
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something that is not as the inventory says."""

    subject: str
    what: str
    declared: str
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Everything in the order of its ids."""

    new: tuple[Visit, ...]
    links: tuple[Pair, ...]  # joined ports of which neither is declared
    stations: tuple[Station, ...]
    crowded: Mapping[str, int]  # port -> stations, where there are too many to be told one by one
    contradicted: tuple[Discrepancy, ...]
    differences: tuple[Difference, ...]
    silent: tuple[str, ...]  # known devices that did not answer


def findings(inventory: Inventory, visits: Sequence[Visit]) -> Findings:
    """What all visits together say."""
    new, elsewhere = _told_apart(visits)
    asked = [visit for visit in visits if visit.known] + new
    everything = replace(inventory, devices={**inventory.devices, **{one.device.id: one.device for one in new}})
    directory = Directory()
    directory.use(everything)
    hearing = Hearing(directory)
    for visit in asked:
        directory.see(visit.device.id, visit.state)
    for visit in asked:
        if (ear := Ear.of(visit.state)) is not None:
            hearing.listen(visit.device.id, ear)
    declared = DeclaredLinks(everything, directory)
    judge = LinkJudge(declared, hearing, directory)
    judged = (judge.judge(link) for link in inventory.links.values())
    free = [pair for pair in hearing.pairs if not any(declared.at(end) for end in pair)]
    stations, crowded = _stations(everything, asked, Edges(declared, hearing, directory))
    return Findings(
        new=tuple(sorted(new, key=lambda one: one.device.id)),
        links=tuple(sorted(free, key=str)),
        stations=tuple(stations),
        crowded=crowded,
        contradicted=tuple(one for one in judged if isinstance(one, Discrepancy)),
        differences=(*elsewhere, *(one for visit in asked if visit.known for one in _facts(visit))),
        silent=tuple(sorted(visit.device.id for visit in visits if visit.known and not visit.answered)),
    )


def proposed_id(state: DeviceState, address: str, taken: Collection[str]) -> str:
    """An id that an inventory takes and nobody has: the device's own name, else its address."""
    name = _NOT_IN_AN_ID.sub("-", state.identity.sys_name.strip()).strip("-._")
    first = name or "at-" + _NOT_IN_AN_ID.sub("-", address.replace(":", "-"))
    number, wanted = 1, first
    while wanted in taken:
        number += 1
        wanted = f"{first}-{number}"
    return wanted


def _told_apart(visits: Sequence[Visit]) -> tuple[list[Visit], list[Difference]]:
    """Those that are new, each once, and the known ones that answered at another address."""
    known = {_mark(visit): visit for visit in visits if visit.known and visit.answered}
    new: dict[tuple[str, str], Visit] = {}
    elsewhere = []
    for visit in visits:
        if visit.known or not visit.answered:
            continue
        mark = _mark(visit)
        if (same := known.get(mark)) is None:
            new.setdefault(mark, visit)
            continue
        subject = f"device:{same.device.id}"
        elsewhere.append(
            Difference(subject=subject, what="also answers at", declared=same.device.address, seen=visit.address)
        )
    return list(new.values()), elsewhere


def _mark(visit: Visit) -> tuple[str, str]:
    """By what the same box is known under another address; engine ids are cloned, so the chassis goes first."""
    state = visit.state
    serial = f"{state.identity.sys_object_id} {state.equipment.serial}" if state.equipment.serial else ""
    marks = {
        "chassis": state.sightings.chassis_id,
        "engine": state.identity.engine_id.hex(),
        "serial": serial,
        "address": visit.address,
    }
    return next((kind, mark) for kind, mark in marks.items() if mark)


def _facts(visit: Visit) -> Iterator[Difference]:
    """What the inventory keeps beside the device, where the device itself tells otherwise."""
    seen = visit.state.equipment
    for name in FACTS:
        declared, told = visit.device.extra.get(name, ""), getattr(seen, name)
        if declared and told and declared.casefold() != told.casefold():
            yield Difference(subject=f"device:{visit.device.id}", what=name, declared=declared, seen=told)


@dataclass(frozen=True, slots=True)
class Edges:
    """What tells an edge port from one that leads on into the network."""

    declared: DeclaredLinks
    hearing: Hearing
    directory: Directory

    def has(self, port: PortRef) -> bool:
        ear = self.hearing.ear(port.device)
        if ear is not None and (ear.heard.get(port.interface) or ear.is_aggregate(port.interface)):
            return False
        return self.declared.at(port) is None


def _stations(inventory: Inventory, asked: Iterable[Visit], edges: Edges) -> tuple[list[Station], dict[str, int]]:
    """Unregistered stations on edge ports, and the ports with too many of them."""
    registered = {one.mac for one in inventory.field_devices.values() if one.mac}
    taken = {edges.directory.name_of(one.port) for one in inventory.field_devices.values() if one.port is not None}
    visits = list(asked)
    boxes = {visit.state.sightings.chassis_id for visit in visits}
    address_of = {mac: address for visit in visits for address, mac in visit.state.sightings.addresses.items()}
    found: list[Station] = []
    crowded: Counter[str] = Counter()
    for visit in visits:
        for interface, macs in (visit.state.sightings.macs or {}).items():
            port = PortRef(device=visit.device.id, interface=interface)
            strangers = sorted(macs - registered - boxes)
            if not strangers or port in taken or not edges.has(port):
                continue
            if len(strangers) > MOST_STATIONS:
                crowded[str(port)] = len(strangers)
                continue
            site = visit.device.site
            found += [Station(port=port, mac=mac, site=site, address=address_of.get(mac, "")) for mac in strangers]
    return sorted(found, key=lambda one: (str(one.port), one.mac)), dict(sorted(crowded.items()))
