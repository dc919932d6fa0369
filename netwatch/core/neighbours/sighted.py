"""fold_sightings(ground, state, poll) -> Sightings: the standard tables of one poll folded into what a device sees.

In: a discovery (LLDP, forwarding tables, IP neighbours, power ports) or a health poll (power), after the interfaces of
the same poll were folded. Each table stands for itself: one that failed leaves what was known, with the reason; only a
complete one retires anything; one that broke off adds and moves what it showed. What is the same in every answer as
when it was folded last is not looked at again.
"""

from collections.abc import Callable, Mapping
from ipaddress import ip_address
from types import MappingProxyType
from typing import TypeVar

from netwatch.core.device.ports import INTERFACE, Ground
from netwatch.core.device.record import DeviceState
from netwatch.core.errors import Reason
from netwatch.core.mac import station_mac
from netwatch.core.model import Lane
from netwatch.core.neighbours.bridging import added_macs, stations
from netwatch.core.neighbours.lldp import CHASSIS_MAC, CHASSIS_NETWORK, id_text, neighbours
from netwatch.core.neighbours.local_ports import LocalPorts, local_ports, rows_of
from netwatch.core.neighbours.poe import poe_interfaces, poe_statuses
from netwatch.core.neighbours.sightings import ADDRESSES, INTERFACES, MACS, NEIGHBOURS, POE, Sightings
from netwatch.core.observation import SnmpObservation, TableReading
from netwatch.core.records import replace

BRIDGE_PORT, POE_PORT = "bridge_port", "poe_port"
LLDP, LLDP_V2, LLDP_LOCAL = "lldp_neighbour", "lldp_v2_neighbour", "lldp_local_port"
FORWARDING = ("vlan_mac", "bridge_mac")
IP_NEIGHBOUR = ("ip_neighbour", "ip_neighbour_old")
T = TypeVar("T")
_INET_TYPES = {(1, 4), (2, 16), (3, 8), (4, 20)}  # InetAddressType and octets; the last two with a zone behind


def fold_sightings(ground: Ground, state: DeviceState, poll: SnmpObservation) -> Sightings:
    """What the device sees, after this poll; the same object where nothing but time has passed over it."""
    seen = state.sightings
    if poll.lane is Lane.HEALTH:
        return _power(seen, poll)
    if poll.lane is not Lane.DISCOVERY:
        return seen
    if INTERFACE in poll.tables:
        reason = None if INTERFACE in poll.said else poll.tables[INTERFACE].reason
        seen = _read(seen, INTERFACES, poll, reason=reason)
    if state.interfaces.in_doubt or not state.interfaces.names:
        return seen  # nobody knows which port an ifIndex is
    seen = _chassis(ground, seen, poll)
    ports: LocalPorts | None = None
    seen_by = dict(seen.seen_by)
    for what, (tables, beside, look) in LOOKS.items():
        if poll.tables.keys().isdisjoint(tables):
            continue
        basis = poll.basis((*tables, *beside), ground, state.interfaces, seen.chassis_id)
        if basis is not None and basis == seen_by.get(what):
            # which ports the power ports are has no age: their status has, and that is read more often
            seen = seen if what == POE else _read(seen, what, poll, reason=None, unmapped=seen.unmapped.get(what, 0))
            continue
        ports = ports or local_ports(state.interfaces, poll.tables.get(BRIDGE_PORT))
        before, seen = seen, look(ground, seen, poll, ports)
        seen_by.pop(what, None)
        if basis is not None and (what == POE or seen is not before):
            seen_by[what] = basis
    return replace(seen, seen_by=seen_by)


def _chassis(ground: Ground, seen: Sightings, poll: SnmpObservation) -> Sightings:
    """With our own identity, as our neighbours would tell it."""
    chassis, subtype = poll.scalars.get("lldp_chassis"), poll.scalars.get("lldp_chassis_subtype")
    chassis_id = id_text(chassis, subtype, (CHASSIS_MAC, CHASSIS_NETWORK), ground.charset)
    return replace(seen, chassis_id=chassis_id) if chassis_id and chassis_id != seen.chassis_id else seen


def _neighbours(ground: Ground, seen: Sightings, poll: SnmpObservation, ports: LocalPorts) -> Sightings:
    tables = [poll.tables[name] for name in (LLDP, LLDP_V2) if name in poll.tables]
    table = next((one for one in tables if one.indexes), tables[-1])
    local = poll.tables.get(LLDP_LOCAL)
    # without the local port table to the end nobody knows which port a number is
    reason = table.reason or (local.reason if local is not None and table.indexes else None)
    found = neighbours(table, local, ports, ground.charset)
    if reason is not None:
        heard = {one.interface for one in found.told}
        kept = tuple(one for one in seen.neighbours or () if one.interface not in heard)
        told = tuple(sorted((*kept, *found.told), key=lambda one: one.interface)) if heard else seen.neighbours
    else:
        speaks = bool(seen.chassis_id or table.indexes)
        told = found.told if speaks else None
    advanced = replace(seen, neighbours=seen.neighbours if told == seen.neighbours else told)
    return _read(advanced, NEIGHBOURS, poll, reason=reason, unmapped=found.unmapped)


def _macs(_ground: Ground, seen: Sightings, poll: SnmpObservation, ports: LocalPorts) -> Sightings:
    bridge = poll.tables.get(BRIDGE_PORT)
    tables = [poll.tables[name] for name in FORWARDING if name in poll.tables]
    if bridge is None:
        return seen
    table = next((one for one in tables if one.indexes), tables[-1])
    reason = bridge.reason or table.reason
    found = stations(table, ports)
    if reason is not None:
        macs = added_macs(seen.macs or {}, found.macs) if any(found.macs.values()) else seen.macs
    elif seen.macs is None and not any(found.macs.values()):
        macs = None  # a bridge that is heard has heard us: an empty table is one that the agent does not show
    else:
        macs = found.macs
    kept = seen.macs if macs == seen.macs else macs
    return _read(replace(seen, macs=kept), MACS, poll, reason=reason, unmapped=found.unmapped)


def _addresses(_ground: Ground, seen: Sightings, poll: SnmpObservation, _ports: LocalPorts) -> Sightings:
    tables = [poll.tables[name] for name in IP_NEIGHBOUR if name in poll.tables]
    table = next((one for one in tables if one.indexes), tables[-1])
    found = _ip_neighbours(table)
    addresses = found if table.reason is None else {**seen.addresses, **found}
    kept = seen.addresses if addresses == dict(seen.addresses) else addresses
    return _read(replace(seen, addresses=kept), ADDRESSES, poll, reason=table.reason)


def _ip_neighbours(table: TableReading) -> dict[str, str]:
    """IP -> MAC, by ipNetToPhysicalTable or, with the shorter index, ipNetToMediaTable."""
    found = {}
    for index, (cell,) in rows_of(table, "mac"):
        mac = station_mac(cell) if isinstance(cell, bytes) else None
        octets = index[1:] if len(index) == 5 else _inet_octets(index[1:])
        if mac is not None and octets and max(octets) < 256:
            found[str(ip_address(bytes(octets)))] = mac
    return found


def _inet_octets(parts: tuple[int, ...]) -> tuple[int, ...]:
    """The address in an index: InetAddressType, length, octets (RFC 4001); none where it is none."""
    if len(parts) < 2 or parts[:2] not in _INET_TYPES or len(parts) != 2 + parts[1]:
        return ()
    return parts[2:6] if parts[0] in (1, 3) else parts[2:18]


def _power_ports(_ground: Ground, seen: Sightings, poll: SnmpObservation, ports: LocalPorts) -> Sightings:
    """Which interfaces the power ports are. Their status is asked in the health lane, from now on."""
    table = poll.tables[POE_PORT]
    found = poe_interfaces(table, ports)
    bridge = poll.tables.get(BRIDGE_PORT)
    if bridge is not None and bridge.reason is not None:
        found = {**found, **seen.poe_interfaces}  # better known before than guessed without the bridge's numbers
    if table.reason is not None:
        found = {**seen.poe_interfaces, **found}
    elif not table.indexes and not seen.poe_interfaces:
        return seen
    names = frozenset(found.values())
    return replace(
        seen,
        poe_interfaces=found,
        poe={name: status for name, status in seen.poe.items() if name in names},
        unmapped=_with(seen.unmapped, POE, len(table.indexes) - len(found) if table.reason is None else 0),
    )


Look = Callable[[Ground, Sightings, SnmpObservation, LocalPorts], Sightings]

LOOKS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], Look]] = MappingProxyType(
    {
        NEIGHBOURS: ((LLDP, LLDP_V2), (LLDP_LOCAL, BRIDGE_PORT), _neighbours),
        MACS: (FORWARDING, (BRIDGE_PORT,), _macs),
        ADDRESSES: (IP_NEIGHBOUR, (), _addresses),
        POE: ((POE_PORT,), (BRIDGE_PORT,), _power_ports),
    }
)
"""What is looked for -> the tables that may tell it, those that explain them, and who looks."""


def _power(seen: Sightings, poll: SnmpObservation) -> Sightings:
    """The same object where the ports deliver as they did: how old that is, the health lane knows."""
    if POE_PORT not in poll.tables:
        return seen
    basis = poll.basis((POE_PORT,), seen.poe_interfaces, seen.poe)
    if basis is not None and basis == seen.poe_by and POE not in seen.reasons:
        return seen
    table = poll.tables[POE_PORT]
    poe = poe_statuses(table, seen.poe_interfaces, seen.poe)
    kept = seen.poe if poe == seen.poe else poe
    reasons = _without(seen.reasons, POE) if table.reason is None else {**seen.reasons, POE: table.reason}
    return replace(seen, poe=kept, poe_by=poll.basis((POE_PORT,), seen.poe_interfaces, kept), reasons=reasons)


def _read(seen: Sightings, what: str, poll: SnmpObservation, *, reason: Reason | None, unmapped: int = 0) -> Sightings:
    """With the age of what was read, and how that went."""
    if reason is not None:
        return replace(seen, reasons={**seen.reasons, what: reason})
    read_wall_s = {**seen.read_wall_s, what: poll.finished_s + poll.wall_s}
    reasons = _without(seen.reasons, what)
    return replace(seen, read_wall_s=read_wall_s, reasons=reasons, unmapped=_with(seen.unmapped, what, unmapped))


def _with(counts: Mapping[str, int], what: str, count: int) -> Mapping[str, int]:
    return {**counts, what: count} if count else _without(counts, what)


def _without(told: Mapping[str, T], what: str) -> Mapping[str, T]:
    return {name: one for name, one in told.items() if name != what} if what in told else told
