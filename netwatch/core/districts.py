"""(Inventory, districts) -> the inventory as far as it lies there: what somebody limited to districts may know of.

Whatever is made of the smaller inventory cannot tell of the rest, and texts are held against `Outside`. What crosses
the border is left out, not cut open: a link with one end outside, a ring that runs through another district, the port
outside that a camera hangs on.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from netwatch.core.faults.book import Fault
from netwatch.core.model import FieldDevice, Inventory, Link

_T = TypeVar("_T")
_WORDS = re.compile(r"[\w.-]+")


def within(inventory: Inventory, districts: Collection[str]) -> Inventory:
    """Everything that is in these districts, under the ids it has."""
    sites = {site.id: site for site in inventory.sites.values() if site.district in districts}
    devices = {device.id: device for device in inventory.devices.values() if device.site in sites}
    links = {link.id: link for link in inventory.links.values() if _is_inside(link, devices)}
    cut_rings = {link.ring for link in inventory.links.values() if link.ring and link.id not in links}
    rings = {link.ring for link in links.values() if link.ring} - cut_rings
    field_devices = {one.id: _plugged(one, devices) for one in inventory.field_devices.values() if one.site in sites}
    cables = {run.cable for link in links.values() for run in link.fibre}
    smaller = replace(
        inventory,
        vantage=replace(inventory.vantage, attached_to=_known(inventory.vantage.attached_to, devices), canaries=()),
        sites=sites,
        devices=devices,
        links={link.id: link if link.ring in rings else replace(link, ring=None) for link in links.values()},
        rings={
            ring.id: replace(ring, parent=ring.parent if ring.parent in rings else None)
            for ring in inventory.rings.values()
            if ring.id in rings
        },
        cables=_only(inventory.cables, cables),
        field_devices=field_devices,
        services={
            service.id: replace(service, anchors=_known(service.anchors, devices))
            for service in inventory.services.values()
            if any(one.service == service.id for one in field_devices.values())
        },
    )
    return replace(
        smaller,
        contractors=_only(inventory.contractors, _contractors(smaller)),
        maintenance={one.id: one for one in inventory.maintenance.values() if stands_in(smaller, one.subject)},
    )


class Outside:
    """What everything is called in a city that a part of it has not: no text that is told of the part may hold it.

    Switches say of a port what it leads to, and people write it down; ids and names are both looked for.
    """

    def __init__(self, whole: Inventory, part: Inventory) -> None:
        self._called: dict[str, set[str]] = {}  # by their first word
        for name in _names(whole) - _names(part):
            if words := _WORDS.findall(name):
                self._called.setdefault(words[0], set()).add(name)

    def is_named_in(self, text: str) -> bool:
        """Whether one of them stands in it, from the beginning of a word."""
        words = _WORDS.findall(text)
        begun = {*words, *(word.rstrip(".-") for word in words)} & self._called.keys()
        return any(name == word or name in text for word in begun for name in self._called[word])

    def taken_out(self, told: Any) -> Any:  # noqa: ANN401 - any JSON
        """The same without every text that names one: list items and keys go, other texts become empty."""
        if isinstance(told, str):
            return "" if self.is_named_in(told) else told
        if isinstance(told, Mapping):
            return {key: self.taken_out(value) for key, value in told.items() if not self.is_named_in(key)}
        if isinstance(told, list | tuple):
            return [self.taken_out(one) for one in told if not (isinstance(one, str) and self.is_named_in(one))]
        return told


def fault_within(fault: Fault, part: Inventory) -> Fault | None:
    """The fault as far as it is about this part; None: its subject is not of it."""
    found, cause = fault.found, fault.found.cause
    if not stands_in(part, cause.subject):
        return None
    districts = {site.district for site in part.sites.values()}
    smaller = replace(
        cause,
        ambiguous_with=tuple(one for one in cause.ambiguous_with if stands_in(part, one)),
        contributing=tuple(one for one in cause.contributing if stands_in(part, one)),
        links=cause.links & part.links.keys(),
        weakened=cause.weakened & part.links.keys(),
        stopped=cause.stopped & part.devices.keys(),
        devices=cause.devices & part.devices.keys(),
        field_devices=cause.field_devices & part.field_devices.keys(),
    )
    affected = {place: number for place, number in found.affected.items() if place[1] in districts}
    return replace(fault, found=replace(found, cause=smaller, affected=affected))


def stands_in(inventory: Inventory, subject: str) -> bool:
    """Whether the subject, `link:ring-a-1` or `port:acc-17 Gi1/0/3`, is something of this inventory."""
    kind, _, name = subject.partition(":")
    if kind == "port":
        return name.partition(" ")[0] in inventory.devices
    known: Mapping[str, Mapping[str, Any]] = {
        "device": inventory.devices,
        "link": inventory.links,
        "ring": inventory.rings,
        "cable": inventory.cables,
        "site": inventory.sites,
        "field_device": inventory.field_devices,
        "service": inventory.services,
    }
    return name in known.get(kind, {})


def _names(inventory: Inventory) -> set[str]:
    """Ids, and the names that people gave."""
    named = (inventory.sites, inventory.devices, inventory.rings, inventory.field_devices)
    ids = {name for section in (*named, inventory.links, inventory.cables) for name in section}
    return ids | {one.name for section in named for one in section.values() if one.name}


def _is_inside(link: Link, devices: Collection[str]) -> bool:
    ends = (link.a, link.b, *(end for pair in link.members for end in pair))
    return all(end.device in devices for end in ends)


def _plugged(one: FieldDevice, devices: Collection[str]) -> FieldDevice:
    return one if one.port is None or one.port.device in devices else replace(one, port=None)


def _known(names: tuple[str, ...], devices: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name in devices)


def _contractors(inventory: Inventory) -> set[str | None]:
    return {
        one.contractor
        for section in (inventory.devices, inventory.cables, inventory.field_devices)
        for one in section.values()
    }


def _only(records: Mapping[str, _T], names: Collection[str | None]) -> dict[str, _T]:
    return {name: record for name, record in records.items() if name in names}
