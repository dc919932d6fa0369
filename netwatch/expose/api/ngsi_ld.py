"""Devices, links, ports, field devices -> NGSI-LD entities (ETSI GS CIM 009) in normalized form.

In: the inventory and what is held true. Out: entities `Device` (the data model of that name of Smart Data Models;
switches as `network`, field devices by their kind), `NetworkLink` and `NetworkInterface` (netwatch's own: the TCP ports
that go by `NetworkPort` there are another thing). `observedAt` is when a state began to hold. No figures that change
with every poll: those are Prometheus's.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import unquote

from netwatch.core.city import City
from netwatch.core.device.record import DeviceState
from netwatch.core.field.board import UNKNOWN
from netwatch.core.links.port_seen import cell, is_current
from netwatch.core.links.state import LinkState
from netwatch.core.model import PortRef, Site
from netwatch.core.names import NoMatch, match
from netwatch.expose.api.interfaces import ADMIN, OPER
from netwatch.expose.api.schemas import MOMENT, TEXT, Schema, listing, one_of, record
from netwatch.expose.api.words import moment, urn

BITS_A_SECOND = "B10"  # UN/CEFACT Common Code
CATEGORIES: Mapping[str, str] = {"cctv": "multimedia", "camera": "multimedia", "sensor": "sensor"}
FIELD = "field"  # in the id of a field device, which may be called like a switch


class Kind(StrEnum):
    """The types of entities."""

    DEVICE = "Device"
    LINK = "NetworkLink"
    INTERFACE = "NetworkInterface"


class Ref(NamedTuple):
    """Which entity: a device, a field device (`of_field`), a link, or a device's port."""

    kind: Kind
    name: str
    port: str = ""
    of_field: bool = False


_VALUE: Schema = {"type": ["string", "number", "boolean", "array", "object"]}
_PROPERTY = record({"type": one_of(("Property",)), "value": _VALUE}, {"observedAt": MOMENT, "unitCode": TEXT})
_RELATIONSHIP = record({"type": one_of(("Relationship",)), "object": {"type": "string", "format": "uri"}})
_PLACE = record(
    {
        "type": one_of(("GeoProperty",)),
        "value": record({"type": one_of(("Point", "LineString")), "coordinates": listing(_VALUE)}),
    }
)
CONTEXT: Schema = {"anyOf": [TEXT, listing({"type": ["string", "object"]})]}
ENTITY: Schema = {
    "type": "object",
    "required": ["id", "type"],
    "properties": {"id": {"type": "string", "format": "uri"}, "type": one_of(Kind), "@context": CONTEXT},
    "additionalProperties": {"anyOf": [_PROPERTY, _RELATIONSHIP, _PLACE]},
}


@dataclass(frozen=True, slots=True)
class Entities:
    """The entities of a city. A `key` has all that an entity's attributes can change by."""

    city: City
    states: Mapping[str, DeviceState]

    def refs(self, kind: Kind) -> Iterator[Ref]:
        """All entities of a type, in the inventory's order."""
        inventory = self.city.topology.inventory
        match kind:
            case Kind.DEVICE:
                yield from (Ref(kind, name) for name in inventory.devices)
                yield from (Ref(kind, name, of_field=True) for name in inventory.field_devices)
            case Kind.LINK:
                yield from (Ref(kind, name) for name in inventory.links)
            case Kind.INTERFACE:
                for device in inventory.devices:
                    yield from self._ports(device)

    def _ports(self, device: str) -> Iterator[Ref]:
        state = self.states.get(device)
        return (Ref(Kind.INTERFACE, device, port) for port in (state.interfaces.names if state is not None else ()))

    def count(self, kind: Kind) -> int:
        """How many there are of a type."""
        inventory = self.city.topology.inventory
        match kind:
            case Kind.DEVICE:
                return len(inventory.devices) + len(inventory.field_devices)
            case Kind.LINK:
                return len(inventory.links)
            case Kind.INTERFACE:
                return sum(len(self.states[name].interfaces.names) for name in inventory.devices if name in self.states)

    def page(self, kind: Kind, page: slice) -> Sequence[Ref]:
        """A part of `refs`. What comes before it is skipped, not made: there may be 280,000."""
        inventory, start, stop = self.city.topology.inventory, page.start or 0, page.stop or 0
        if kind is Kind.INTERFACE:
            return list(self._ports_between(start, stop))
        if kind is Kind.LINK:
            return [Ref(kind, name) for name in islice(inventory.links, start, stop)]
        switches = len(inventory.devices)
        fields = islice(inventory.field_devices, max(start - switches, 0), max(stop - switches, 0))
        found = [Ref(kind, name) for name in islice(inventory.devices, start, stop)]
        return found + [Ref(kind, name, of_field=True) for name in fields]

    def _ports_between(self, start: int, stop: int) -> Iterator[Ref]:
        """Of all ports of all devices those from one number to another."""
        first = 0
        for device in self.city.topology.inventory.devices:
            state = self.states.get(device)
            names = state.interfaces.names if state is not None else ()
            for port in names[max(start - first, 0) : max(stop - first, 0)]:
                yield Ref(Kind.INTERFACE, device, port)
            first += len(names)
            if first >= stop:
                return

    def find(self, identity: str) -> Ref | None:
        """The entity of that id."""
        head, _, rest = identity.removeprefix("urn:ngsi-ld:").partition(":")
        kind = next((kind for kind in Kind if kind.value == head), None)
        parts = [unquote(part) for part in rest.split(":")[1:]]
        if kind is None or not 1 <= len(parts) <= 2:
            return None
        of_field = kind is Kind.DEVICE and len(parts) == 2
        ref = Ref(kind, parts[1], of_field=True) if of_field else Ref(kind, parts[0], "".join(parts[1:]))
        # the city's part, the word before a field device, and how each part is written
        return ref if self.urn(ref) == identity and self.key(ref) is not None else None

    def urn(self, ref: Ref) -> str:
        """The entity's id, for good."""
        parts = (FIELD, ref.name) if ref.of_field else (ref.name, ref.port) if ref.port else (ref.name,)
        return urn(ref.kind.value, self.city.topology.inventory.city, *parts)

    def key(self, ref: Ref) -> tuple[object, ...] | None:
        """Equal as long as the entity is the same in every attribute; None: there is nothing of that name any more."""
        if ref.kind is Kind.LINK:
            return self._link_key(ref.name)
        return self._field_key(ref.name) if ref.of_field else self._device_key(ref)

    def _link_key(self, name: str) -> tuple[object, ...] | None:
        link, state = self.city.topology.inventory.links.get(name), self.city.links.links.get(name)
        if link is None:
            return None
        told = () if state is None else (state.condition, state.since_wall_s, state.capacity_bps)
        return (link, *told, self._epoch(link.a), self._epoch(link.b))

    def _field_key(self, name: str) -> tuple[object, ...] | None:
        inventory = self.city.topology.inventory
        one = inventory.field_devices.get(name)
        if one is None:
            return None
        epoch = self._epoch(one.port) if one.port is not None else 0
        verdict = self.city.fields.verdicts.get(name, UNKNOWN)
        return one, inventory.sites[one.site], verdict.condition, verdict.cause, verdict.since_wall_s, epoch

    def _device_key(self, ref: Ref) -> tuple[object, ...] | None:
        inventory, state = self.city.topology.inventory, self.states.get(ref.name)
        device = inventory.devices.get(ref.name)
        if device is None or state is None:
            return None
        if ref.kind is Kind.INTERFACE:
            return _port_facts(state, ref.port)
        told = self.city.verdict(ref.name), state.verdict_since_wall_s, state.identity.sys_descr
        return (device, inventory.sites[device.site], *told)

    def build(self, ref: Ref) -> Mapping[str, Any] | None:
        """The entity, without its context; None: there is nothing of that name any more."""
        if self.key(ref) is None:
            return None
        if ref.kind is Kind.LINK:
            attributes = self._link(ref)
        elif ref.kind is Kind.INTERFACE:
            attributes = self._interface(ref)
        else:
            attributes = self._field_device(ref) if ref.of_field else self._device(ref)
        told = {name: value for name, value in attributes.items() if value is not None}
        return {"id": self.urn(ref), "type": ref.kind.value, **told}

    def _device(self, ref: Ref) -> Mapping[str, Any]:
        inventory, state = self.city.topology.inventory, self.states[ref.name]
        device = inventory.devices[ref.name]
        site = inventory.sites[device.site]
        return {
            "name": _property(device.name or device.id),
            "description": _property(state.identity.sys_descr),
            "deviceCategory": _property(["network"]),
            "role": _property(device.role.value),
            "ipAddress": _property([device.address]),
            "deviceState": _property(self.city.verdict(device.id).value, at_s=state.verdict_since_wall_s),
            **_where(site),
        }

    def _field_device(self, ref: Ref) -> Mapping[str, Any]:
        inventory = self.city.topology.inventory
        one = inventory.field_devices[ref.name]
        verdict = self.city.fields.verdicts.get(ref.name, UNKNOWN)
        return {
            "name": _property(one.name or one.id),
            "deviceCategory": _property([CATEGORIES.get(one.kind, "endpoint")]),
            "kind": _property(one.kind),
            "service": _property(one.service),
            "ipAddress": _property([one.address] if one.address else None),
            "macAddress": _property([one.mac] if one.mac else None),
            "deviceState": _property(verdict.condition.value, at_s=verdict.since_wall_s),
            "cause": _property(verdict.cause.value if verdict.cause is not None else None),
            "connectsTo": self._port(one.port) if one.port is not None else None,
            **_where(inventory.sites[one.site]),
        }

    def _link(self, ref: Ref) -> Mapping[str, Any]:
        inventory = self.city.topology.inventory
        link, state = inventory.links[ref.name], self.city.links.links.get(ref.name)
        capacity_bps = state.capacity_bps if state is not None else link.capacity_bps
        return {
            "name": _property(link.id),
            "linkState": _link_state(state),
            "medium": _property(link.medium),
            "capacity": _property(capacity_bps or None, unit=BITS_A_SECOND),
            "ring": _property(link.ring),
            "cable": _property(list(dict.fromkeys(run.cable for run in link.fibre)) or None),
            "interfaceA": self._port(link.a),
            "interfaceB": self._port(link.b),
            "deviceA": _relationship(self.urn(Ref(Kind.DEVICE, link.a.device))),
            "deviceB": _relationship(self.urn(Ref(Kind.DEVICE, link.b.device))),
            "location": self._line(link.a.device, link.b.device),
        }

    def _line(self, a: str, b: str) -> Mapping[str, Any] | None:
        """From site to site: the way of the cable is not known."""
        inventory = self.city.topology.inventory
        places = [inventory.sites[inventory.devices[name].site].location for name in (a, b)]
        ends = [[place[1], place[0]] for place in places if place is not None]
        return _geo("LineString", ends) if len(ends) == len(places) else None

    def _interface(self, ref: Ref) -> Mapping[str, Any]:
        admin, oper, since_s, alias, speed = _port_facts(self.states[ref.name], ref.port) or (None,) * 5
        return {
            "name": _property(ref.port),
            "description": _property(alias),
            "adminStatus": _property(ADMIN[admin - 1] if admin else None),
            "operStatus": _property(OPER[oper - 1] if oper else "unknown", at_s=since_s if oper else None),
            "speed": _property(speed or None, unit=BITS_A_SECOND),
            "belongsTo": _relationship(self.urn(Ref(Kind.DEVICE, ref.name))),
        }

    def _port(self, port: PortRef) -> Mapping[str, Any]:
        """By the name that the device itself has for it, once that is known."""
        state = self.states.get(port.device)
        row = match(port.interface, state.interfaces) if state is not None else NoMatch.ABSENT
        name = state.interfaces.names[row] if state is not None and isinstance(row, int) else port.interface
        return _relationship(self.urn(Ref(Kind.INTERFACE, port.device, name)))

    def _epoch(self, port: PortRef) -> int:
        """It grows when ports of the device are named anew."""
        state = self.states.get(port.device)
        return state.interfaces.epoch if state is not None else 0


def _port_facts(state: DeviceState, port: str) -> tuple[int | None, int | None, float | None, str, int | None] | None:
    """admin, oper (None: not known now), since when, alias, bit/s."""
    known, status = state.interfaces, state.status
    if port not in known.names:
        return None
    row = known.names.index(port)
    admin, oper = cell(status.admin, row), cell(status.oper, row)
    return (
        admin if admin is not None and 1 <= admin <= len(ADMIN) else None,
        oper if oper is not None and 1 <= oper <= len(OPER) and is_current(state) else None,
        cell(status.changed_wall_s, row),
        known.aliases[row] if known.aliases else "",
        cell(status.own_bps, row),
    )


def _property(value: object, *, at_s: float | None = None, unit: str = "") -> Mapping[str, Any] | None:
    if value is None or value == "":
        return None
    told: dict[str, Any] = {"type": "Property", "value": value}
    if at_s is not None:
        told["observedAt"] = moment(at_s)
    return {**told, "unitCode": unit} if unit else told


def _relationship(identity: str) -> Mapping[str, Any]:
    return {"type": "Relationship", "object": identity}


def _geo(shape: str, coordinates: Sequence[object]) -> Mapping[str, Any]:
    """GeoJSON (RFC 7946): longitude first."""
    return {"type": "GeoProperty", "value": {"type": shape, "coordinates": coordinates}}


def _where(site: Site) -> Mapping[str, Any]:
    place = site.location
    return {
        "site": _property(site.name),
        "district": _property(site.district),
        "location": _geo("Point", [place[1], place[0]]) if place is not None else None,
    }


def _link_state(state: LinkState | None) -> Mapping[str, Any] | None:
    return _property("unknown") if state is None else _property(state.condition.value, at_s=state.since_wall_s)
