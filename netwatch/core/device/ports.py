"""What one SNMP poll says of a device's ports: rows in, columns of state out, or doubt.

Any sign that rows may have been renumbered (a changed ifNumber or ifTableLastChange, a row that vanished; a reboot or
another box, which `boots` sees) puts the index map in doubt: from then on no row is believed, until a discovery has
told anew which is which.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from sys import intern
from typing import Any, NamedTuple, TypeVar

from netwatch.core.device.counters import CounterReading
from netwatch.core.device.counters import fold as count
from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.device.interfaces import Discovery, rediscover
from netwatch.core.device.port_changes import changed_at
from netwatch.core.device.record import DeviceState, InterfaceStatus, InterfaceTraffic, RowSigns
from netwatch.core.device.speed import believable_bps, line_rate
from netwatch.core.events import Event, EventKind
from netwatch.core.model import Device
from netwatch.core.names import NoMatch, match
from netwatch.core.nothing import NOBODY
from netwatch.core.observation import SnmpObservation, TableReading, Value
from netwatch.core.records import replace
from netwatch.core.text import decode_text

Cell = TypeVar("Cell", int, float)

INTERFACE = "interface"
# A clock that went back further than this was wrong before, not slow: to wait until it is there again would blind us,
# and a Prometheus elsewhere never took what was stamped in its future.
LONGEST_HOLD_MS = 3_600_000
_OPER = {1: "up", 2: "down", 3: "testing", 4: "unknown", 5: "dormant", 6: "notPresent", 7: "lowerLayerDown"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a device's rows are read against: what the inventory says around it."""

    device: Device
    charset: str
    max_interfaces: int
    capacities_bps: Mapping[str, int]  # port text of the inventory -> declared capacity
    ports: frozenset[str] = frozenset()  # port texts of links and field devices


class PortsFolded(NamedTuple):
    """The outcome. `doubt`: look at the rows anew, now."""

    state: DeviceState
    events: tuple[Event, ...] = ()
    doubt: bool = False


def fold_status(ground: Ground, state: DeviceState, poll: SnmpObservation) -> PortsFolded:
    """Admin, oper and speed of the ports; and whether the index map still holds."""
    if state.interfaces.in_doubt:
        return PortsFolded(state=state, doubt=True)
    signs = _signs(poll)
    if state.signs.contradicted_by(signs):
        return PortsFolded(state=replace(state, interfaces=doubted(state.interfaces)), doubt=True)
    signs = state.signs.completed_by(signs)
    if signs is not state.signs:
        state = replace(state, signs=signs)
    table = _rows(state, poll)
    if table is None:
        return PortsFolded(state=state)
    if _says_the_same(ground, state, table):
        same = replace(state.status, read_s=poll.finished_s, read_wall_s=poll.finished_s + poll.wall_s)
        return PortsFolded(state=replace(state, status=same))
    admin, oper = _whole(table, "admin"), _whole(table, "oper")
    vanished = _vanished(state.status, admin, oper, table)
    if vanished:
        # that these have no state is known from now on: where discovery finds them all the same, it is no new sign
        known = [None if row in vanished else was for row, was in enumerate(state.status.oper)]
        unsure = replace(state, status=replace(state.status, oper=known), interfaces=doubted(state.interfaces))
        return PortsFolded(state=unsure, doubt=True)
    status = replace(
        state.status,
        admin=_as_read(tuple(admin)),
        oper=_as_read(tuple(oper)),
        last_oper=_as_read(tuple(_filled(oper, state.status.last_oper))),
        changed_wall_s=changed_at(state.status, table, wall_s=poll.wall_s),
        before_restart=frozenset(row for row in state.status.before_restart if not oper or oper[row] is None) or NOBODY,
        read_s=poll.finished_s,
        read_wall_s=poll.finished_s + poll.wall_s,
    )
    events = tuple(_oper_events(ground.device.id, state, status)) if oper != state.status.oper else ()
    return PortsFolded(state=replace(state, status=_with_speed(ground, state, status, table)), events=events)


def _says_the_same(ground: Ground, state: DeviceState, table: TableReading) -> bool:
    """Whether the poll says of every port just what the one before said: then nothing follows from it but its time."""
    said, status = table.columns, state.status
    return (
        said.get("oper") == status.oper
        and said.get("admin") == status.admin
        and not status.before_restart
        and (said.get("high_speed", []), said.get("speed", []), ground.capacities_bps, state.interfaces)
        == status.speed_said
    )


def fold_traffic(state: DeviceState, poll: SnmpObservation) -> PortsFolded:
    """Counters made monotonic. Rows that cannot be believed now leave a gap, and their totals go on later."""
    table = _rows(state, poll)
    if table is None:
        return PortsFolded(state=state, doubt=state.interfaces.in_doubt)
    columns = dict(table.columns)
    discontinuity = columns.pop("discontinuity", ())
    rates = state.status.line_rates or (None,) * len(table.indexes)
    reading = CounterReading(
        at_s=table.at_s,
        columns=columns,  # type: ignore[arg-type]  # the plan asks numbers, and Kind.NUMBER lets nothing else through
        widths=table.widths,
        line_rates=rates,
        slack_s=table.slack_s,
        rebooted=state.counters_reset,
        discontinuity=discontinuity,  # type: ignore[arg-type]  # likewise
    )
    counted = count(state.counters, reading, state.interfaces)
    stamps = _stamps(table, poll.wall_s)
    newest_ms = max(stamps, default=0)
    told_ms = 0 if 0 < newest_ms < state.told_ms - LONGEST_HOLD_MS else state.told_ms
    advanced = replace(
        state,
        counters=counted.state,
        counters_reset=False,
        traffic=InterfaceTraffic(
            totals=_forward_only(counted.totals, stamps, told_ms), stamp_ms=stamps, read_s=poll.read_s
        ),
        told_ms=max(told_ms, newest_ms),
    )
    return PortsFolded(state=advanced)


def fold_discovery(ground: Ground, state: DeviceState, poll: SnmpObservation) -> PortsFolded:
    """Which rows there are, and what they are called."""
    basis = poll.basis((INTERFACE,), ground, state.interfaces)
    if basis is not None and basis == state.interfaces_from:
        return PortsFolded(state=replace(state, signs=state.signs.settled(_signs(poll), moved=False)))
    table = poll.tables.get(INTERFACE)
    if table is None:
        return PortsFolded(state=state)
    found = Discovery(
        device=ground.device.id,
        at_wall_s=poll.finished_s + poll.wall_s,
        complete=table.reason is None,
        indexes=tuple(map(intern, table.indexes)),  # ports are called alike on thousands of devices
        names=_texts(table, "name", ground.charset),
        descriptions=_texts(table, "description", ground.charset),
        aliases=_texts(table, "alias", ground.charset),
        types=_whole(table, "type") if "type" in table.columns else (None,) * len(table.indexes),
    )
    before = state.interfaces
    after, events = rediscover(before, found, limit=ground.max_interfaces, ports=ground.ports)
    after = before if after == before else after
    moved = after.epoch != before.epoch
    signs = state.signs
    if (found.complete or before.in_doubt) and not after.in_doubt:
        signs = signs.settled(_signs(poll), moved=moved)
    settled = None if after.in_doubt else poll.basis((INTERFACE,), ground, after)
    advanced = replace(state, interfaces=after, interfaces_from=settled, signs=signs)
    if moved:
        advanced = replace(advanced, status=_realigned(state, after), traffic=InterfaceTraffic())
    if found.complete and not after.in_doubt:
        advanced = replace(advanced, unmatched=_unmatched(ground, after))
        events += _unmatched_events(ground.device.id, state.unmatched, advanced.unmatched, found.at_wall_s)
    return PortsFolded(state=advanced, events=events)


def _unmatched(ground: Ground, interfaces: InterfaceMap) -> Mapping[str, str]:
    """The ports of the inventory that are none, or several, of these rows -> which of the two."""
    found = ((port, match(port, interfaces)) for port in sorted(ground.ports))
    return {port: row.value for port, row in found if isinstance(row, NoMatch)}


def _unmatched_events(
    device: str, before: Mapping[str, str], after: Mapping[str, str], at_wall_s: float
) -> tuple[Event, ...]:
    return tuple(
        Event(
            kind=EventKind.PORT_UNMATCHED, subject=f"port:{device} {port}", at_wall_s=at_wall_s, detail={"match": why}
        )
        for port, why in after.items()
        if before.get(port) != why
    )


def doubted(interfaces: InterfaceMap) -> InterfaceMap:
    """The map, whose rows are held back until they are rediscovered."""
    return interfaces if interfaces.in_doubt or not interfaces.names else replace(interfaces, in_doubt=True)


def _signs(poll: SnmpObservation) -> RowSigns:
    return RowSigns(
        if_number=number(poll.scalars.get("if_number")),
        last_change_ticks=number(poll.scalars.get("if_table_last_change")),
    )


def _rows(state: DeviceState, poll: SnmpObservation) -> TableReading | None:
    """The poll's rows, if they were asked under the map in force and that map is not in doubt."""
    if state.interfaces.in_doubt or poll.epoch != state.interfaces.epoch:
        return None
    table = poll.tables.get(INTERFACE)
    return table if table is not None and table.indexes == state.interfaces.indexes else None


def _vanished(
    before: InterfaceStatus, admin: Sequence[int | None], oper: Sequence[int | None], table: TableReading
) -> frozenset[int]:
    """The rows that had a state and have none any more, although their PDU was answered."""
    if None not in oper or not before.oper:
        return frozenset()
    rows = enumerate(zip(before.oper, oper, admin, table.at_s, strict=True))
    return frozenset(
        row
        for row, (was, now, admin_now, at_s) in rows
        if was is not None and now is None and admin_now is None and at_s == at_s  # noqa: PLR0124 - NaN: not read
    )


def _filled(now: Sequence[int | None], before: Sequence[int | None]) -> Sequence[int | None]:
    """The cells as read now, and where nothing was, as read before."""
    if None not in now or not before:
        return now
    return [was if cell is None else cell for cell, was in zip(now, before, strict=True)]


def _with_speed(ground: Ground, state: DeviceState, status: InterfaceStatus, table: TableReading) -> InterfaceStatus:
    """Speeds worked out anew only when the agent, the inventory or the map says something else than before."""
    high_speed, speed = _whole(table, "high_speed"), _whole(table, "speed")
    if (high_speed, speed, ground.capacities_bps, state.interfaces) == status.speed_said:
        return status
    nothing = (None,) * len(table.indexes)
    declared: dict[int, int] = {}
    for port, capacity_bps in ground.capacities_bps.items():
        position = match(port, state.interfaces)
        if isinstance(position, int):
            declared[position] = capacity_bps
    speeds = tuple(
        believable_bps(fast, slow, declared.get(row))
        for row, (fast, slow) in enumerate(zip(high_speed or nothing, speed or nothing, strict=True))
    )
    own = speeds
    if declared:
        own = tuple(map(believable_bps, high_speed or nothing, speed or nothing, nothing))
    rates = tuple(map(line_rate, speeds, state.interfaces.types))
    said = (_as_read(tuple(high_speed)), _as_read(tuple(speed)), ground.capacities_bps, state.interfaces)
    kept = _once(int, speeds)
    return replace(
        status,
        speed_bps=kept,
        own_bps=_once(int, own) if declared else kept,
        line_rates=_once(float, rates),
        speed_said=said,
    )


@lru_cache(maxsize=8192)
def _as_read(cells: tuple[int | None, ...]) -> Sequence[int | None]:
    """The cells as polls bring them, one object for all that are the same: most switches of a make say the same."""
    return list(cells)


@lru_cache(maxsize=8192)
def _once(_kind: type[Cell], cells: tuple[Cell | None, ...]) -> tuple[Cell | None, ...]:
    """Likewise; numbers of another kind are others, though they may be equal."""
    return cells


def _oper_events(device: str, state: DeviceState, after: InterfaceStatus) -> list[Event]:
    if not state.status.last_oper:
        return []
    rows = zip(state.interfaces.names, state.status.last_oper, after.oper, after.changed_wall_s, strict=True)
    return [
        Event(
            kind=EventKind.INTERFACE_STATE,
            subject=f"port:{device} {name}",
            at_wall_s=at_wall_s,
            detail={
                "from": _OPER.get(was, str(was)),
                "to": _OPER.get(now, str(now)),
                "found_after_gap": row in state.status.before_restart,
            },
        )
        for row, (name, was, now, at_wall_s) in enumerate(rows)
        if was is not None and now is not None and at_wall_s is not None and was != now
    ]


def _stamps(table: TableReading, wall_s: float) -> list[int]:
    """The wall-clock time of each row in ms, 0 where it was not read: one number for each PDU."""
    told = {at_s: int((at_s + wall_s) * 1000) if at_s == at_s else 0 for at_s in set(table.at_s)}  # noqa: PLR0124
    return [told[at_s] for at_s in table.at_s]


def _forward_only(
    totals: Mapping[str, Sequence[int | None]], stamps: Sequence[int], told_ms: int
) -> Mapping[str, Sequence[int | None]]:
    """The totals, but of no row whose time stamp would not be after all told before: the wall clock stepped back."""
    if min(stamps, default=0) > told_ms:
        return totals
    held = [0 < stamp <= told_ms for stamp in stamps]
    if not any(held):
        return totals
    return {
        column: [None if hold else total for hold, total in zip(held, cells, strict=True)]
        for column, cells in totals.items()
    }


def _realigned(state: DeviceState, after: InterfaceMap) -> InterfaceStatus:
    """The states of the ports under another map, by name; speeds are worked out anew with the next poll."""
    if not state.status.last_oper:
        return InterfaceStatus()
    at = {name: row for row, name in enumerate(state.interfaces.names)}
    origin = [at.get(name) for name in after.names]

    def moved(cells: Sequence[Any]) -> Sequence[Any]:
        return [None if row is None else cells[row] for row in origin] if cells else ()

    status = state.status
    return InterfaceStatus(
        admin=moved(status.admin),
        oper=moved(status.oper),
        last_oper=moved(status.last_oper),
        speed_bps=moved(status.speed_bps),
        own_bps=moved(status.own_bps),
        line_rates=moved(status.line_rates),
        changed_wall_s=moved(status.changed_wall_s),
        before_restart=frozenset(row for row, was in enumerate(origin) if was in status.before_restart) or NOBODY,
    )


def _whole(table: TableReading, column: str) -> list[int | None]:
    """A column of numbers; whatever else a device may say there is no number."""
    cells = table.columns.get(column, ())
    return [cell if isinstance(cell, int) else None for cell in cells]


def _texts(table: TableReading, column: str, charset: str) -> list[str]:
    cells = table.columns.get(column) or (None,) * len(table.indexes)
    return [intern(text(cell, charset)) for cell in cells]


def text(value: Value, charset: str) -> str:
    """What a device said in words; empty where it said nothing."""
    return decode_text(value, charset) if isinstance(value, bytes) else ""


def octets(value: Value) -> bytes:
    """Octets that mean octets; none where there is no such value."""
    return value if isinstance(value, bytes) else b""


def number(value: Value) -> int | None:
    """A number; None where there is no such value."""
    return value if isinstance(value, int) else None
