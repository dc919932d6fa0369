"""A device's state -> its interfaces after RFC 8343 (ietf-interfaces), as JSON by RFC 7951.

What is not known now is not told as if it were: `oper-status` is `unknown` while the agent is silent, `admin-status`
is left out where it was never read, and there are no statistics while rows are in doubt. Totals are netwatch's own,
which only grow; a boot of the device, and ifCounterDiscontinuityTime, make a discontinuity of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from netwatch.core.device.record import DeviceState
from netwatch.core.device.uptime import uptime_s
from netwatch.core.links.port_seen import cell, is_current
from netwatch.expose.api.interface_types import identity
from netwatch.expose.api.schemas import COUNT, COUNTER64, MOMENT, TEXT, Schema, listing, one_of, record
from netwatch.expose.api.words import moment

ADMIN = ("up", "down", "testing")  # from 1
OPER = ("up", "down", "testing", "unknown", "dormant", "not-present", "lower-layer-down")
_WRAP_TICKS = 1 << 32
SAME_BOOT_S = 60.0  # two guesses of one boot differ by less, and a device that boots does not come back sooner
# leaf -> (column of totals, bits)
COUNTERS: Mapping[str, tuple[str, int]] = {
    "in-octets": ("receive_bytes", 64),
    "in-unicast-pkts": ("receive_unicast_packets", 64),
    "in-broadcast-pkts": ("receive_broadcast_packets", 64),
    "in-multicast-pkts": ("receive_multicast_packets", 64),
    "in-discards": ("receive_discards", 32),
    "in-errors": ("receive_errors", 32),
    "out-octets": ("transmit_bytes", 64),
    "out-unicast-pkts": ("transmit_unicast_packets", 64),
    "out-broadcast-pkts": ("transmit_broadcast_packets", 64),
    "out-multicast-pkts": ("transmit_multicast_packets", 64),
    "out-discards": ("transmit_discards", 32),
    "out-errors": ("transmit_errors", 32),
}
STATISTICS: Schema = record(
    {"discontinuity-time": MOMENT, "netwatch:read": MOMENT},
    {leaf: COUNTER64 if bits == 64 else COUNT for leaf, (_, bits) in COUNTERS.items()},
)
INTERFACE: Schema = record(
    {"name": TEXT, "type": TEXT, "oper-status": one_of(OPER)},
    {
        "description": TEXT,
        "admin-status": one_of(ADMIN),
        "last-change": MOMENT,
        "if-index": {"type": "integer", "minimum": 1},
        "speed": COUNTER64,
        "statistics": STATISTICS,
    },
)
INTERFACES: Schema = record({"interface": listing(INTERFACE)})


@dataclass(frozen=True, slots=True)
class Boot:
    """When a device started, as told, and as last worked out: clocks drift, and what is told must stand."""

    told_wall_s: float
    guess_wall_s: float


def boot(before: Boot | None, state: DeviceState) -> Boot | None:
    """When the device started; None where it does not say. The same for the same boot, whenever it is asked."""
    up_s, status = uptime_s(state.identity), state.status
    if up_s is None or status.read_s is None or status.read_wall_s is None:
        return None
    guess_wall_s = state.identity.at_s + (status.read_wall_s - status.read_s) - up_s
    is_same = before is not None and abs(guess_wall_s - before.guess_wall_s) < SAME_BOOT_S
    told = before.told_wall_s if before is not None and is_same else float(round(guess_wall_s))
    return Boot(told, guess_wall_s)


def interfaces(state: DeviceState, booted: Boot | None, page: slice = slice(None)) -> Iterator[Mapping[str, Any]]:
    """The interfaces in the order of their indexes, or a part of them."""
    is_now = is_current(state)
    for row in range(len(state.interfaces.names))[page]:
        yield _interface(state, row, booted, is_now=is_now)


def _interface(state: DeviceState, row: int, booted: Boot | None, *, is_now: bool) -> Mapping[str, Any]:
    known, status = state.interfaces, state.status
    oper = cell(status.oper, row) if is_now else None
    admin, since_s, speed = cell(status.admin, row), cell(status.changed_wall_s, row), cell(status.own_bps, row)
    told: dict[str, Any] = {"name": known.names[row]}
    if alias := known.aliases[row] if known.aliases else "":
        told["description"] = alias
    told["type"] = identity(known.types[row] if known.types else None)
    if admin is not None and 1 <= admin <= len(ADMIN):
        told["admin-status"] = ADMIN[admin - 1]
    told["oper-status"] = OPER[oper - 1] if oper is not None and 1 <= oper <= len(OPER) else "unknown"
    if since_s is not None and oper is not None:
        told["last-change"] = moment(since_s)
    if known.indexes[row].isdigit():
        told["if-index"] = int(known.indexes[row])
    if speed is not None:
        told["speed"] = str(speed)
    if statistics := _statistics(state, row, booted):
        told["statistics"] = statistics
    return told


def _statistics(state: DeviceState, row: int, booted: Boot | None) -> Mapping[str, Any]:
    traffic = state.traffic
    stamp_ms = cell(traffic.stamp_ms, row)
    if not stamp_ms or booted is None or state.interfaces.in_doubt:
        return {}
    broken_s = max(booted.told_wall_s, _discontinuity(state, row, booted) or 0.0)
    told: dict[str, Any] = {"discontinuity-time": moment(broken_s)}
    for leaf, (column, bits) in COUNTERS.items():
        total = cell(traffic.totals.get(column, ()), row)
        if total is not None:
            told[leaf] = str(total % (1 << 64)) if bits == 64 else total % (1 << 32)
    return {**told, "netwatch:read": moment(stamp_ms / 1000)}


def _discontinuity(state: DeviceState, row: int, booted: Boot) -> float | None:
    """When ifCounterDiscontinuityTime says, which is a value of sysUpTime; None where it says none."""
    counters, now = state.counters, state.identity.uptime_ticks
    if counters.interfaces.names != state.interfaces.names or now is None:
        return None
    ticks, up_s = cell(counters.discontinuity, row), uptime_s(state.identity)
    if not ticks or up_s is None:
        return None
    ago_s = (now - ticks) % _WRAP_TICKS / 100
    return booted.told_wall_s + round(up_s - ago_s) if ago_s <= up_s else None
