"""(Inventory, districts) -> the inventory as far as it lies there: what somebody limited to districts may know of.

Whatever is made of the smaller inventory cannot tell of the rest. What crosses the border is left out, not cut open: a
link with one end outside, a ring that runs through another district, the port outside that a camera hangs on.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from netwatch.core.model import FieldDevice, Inventory, Link

_T = TypeVar("_T")


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
