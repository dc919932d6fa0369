"""What one SNMP poll says of a device's identity and ports: rows in, columns of state out, or doubt.

Any sign that rows may have been renumbered (a reboot, another box, a changed ifNumber or ifTableLastChange, a row that
vanished) puts the index map in doubt: from then on no row is believed, until a discovery has told anew which is which.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from netwatch.core.counters import CounterReading
from netwatch.core.counters import fold as count
from netwatch.core.device import DeviceState, Identity, InterfaceStatus, InterfaceTraffic, RowSigns
from netwatch.core.events import Event, EventKind
from netwatch.core.interface_map import InterfaceMap
from netwatch.core.interfaces import Discovery, rediscover
from netwatch.core.model import Device
from netwatch.core.names import match
from netwatch.core.observation import SnmpObservation, TableReading, Value
from netwatch.core.speed import believable_bps, line_rate
from netwatch.core.text import decode_text
from netwatch.core.uptime import Continuity, advance

INTERFACE = "interface"
JITTER_TICKS = 500  # between the processors of a chassis that answer in turn
_OPER = {1: "up", 2: "down", 3: "testing", 4: "unknown", 5: "dormant", 6: "notPresent", 7: "lowerLayerDown"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a device's rows are read against: what the inventory says around it."""

    device: Device
    charset: str
    max_interfaces: int
    capacities_bps: Mapping[str, int]  # port text of the inventory -> declared capacity


@dataclass(frozen=True, slots=True, kw_only=True)
class PortsFolded:
    """The outcome. `doubt`: look at the rows anew, now."""

    state: DeviceState
    events: tuple[Event, ...] = ()
    doubt: bool = False


def identify(ground: Ground, state: DeviceState, poll: SnmpObservation) -> PortsFolded:
    """Hold the poll's sysUpTime and engine figures against those before: the same boot, a reboot, another box?"""
    reading = _reading(ground.charset, poll)
    elapsed_s = reading.at_s - state.identity.at_s
    identity, continuity = advance(state.identity, reading, elapsed_s=elapsed_s)
    if continuity is not Continuity.SWAPPED and _restarted_within(poll):
        continuity = Continuity.REBOOTED
    advanced = replace(state, identity=identity)
    if not continuity.breaks_counters:
        return PortsFolded(state=advanced)
    event = _restart_event(ground.device.id, state.identity, reading, continuity, poll.wall_s)
    advanced = replace(advanced, counters_reset=True, interfaces=_doubted(state.interfaces))
    return PortsFolded(state=advanced, events=(event,), doubt=True)


def fold_status(ground: Ground, state: DeviceState, poll: SnmpObservation) -> PortsFolded:
    """Admin, oper and speed of the ports; and whether the index map still holds."""
    signs = _signs(poll)
    if state.signs.contradicted_by(signs) and state.interfaces.names:
        return PortsFolded(state=replace(state, interfaces=_doubted(state.interfaces)), doubt=True)
    state = replace(state, signs=state.signs.completed_by(signs))
    table = _rows(state, poll)
    if table is None:
        return PortsFolded(state=state, doubt=state.interfaces.in_doubt)
    admin, oper = _whole(table, "admin"), _whole(table, "oper")
    if _vanished(state.status, admin, oper, table):
        return PortsFolded(state=replace(state, interfaces=_doubted(state.interfaces)), doubt=True)
    status = _with_speed(ground, state, replace(state.status, admin=admin, oper=oper), table)
    events = tuple(_oper_events(ground.device.id, state, status, poll)) if oper != state.status.oper else ()
    return PortsFolded(state=replace(state, status=status), events=events)


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
    stamps = [int((at_s + poll.wall_s) * 1000) if at_s == at_s else 0 for at_s in table.at_s]  # noqa: PLR0124 - NaN
    traffic = InterfaceTraffic(totals=_forward_only(state.traffic, counted.totals, stamps), stamp_ms=stamps)
    return PortsFolded(state=replace(state, counters=counted.state, counters_reset=False, traffic=traffic))


def fold_discovery(ground: Ground, state: DeviceState, poll: SnmpObservation) -> PortsFolded:
    """Which rows there are, and what they are called."""
    table = poll.tables.get(INTERFACE)
    if table is None:
        return PortsFolded(state=state)
    found = Discovery(
        device=ground.device.id,
        at_wall_s=poll.finished_s + poll.wall_s,
        complete=table.reason is None,
        indexes=table.indexes,
        names=_texts(table, "name", ground.charset),
        descriptions=_texts(table, "description", ground.charset),
        aliases=_texts(table, "alias", ground.charset),
        types=_whole(table, "type") if "type" in table.columns else (None,) * len(table.indexes),
    )
    before = state.interfaces
    after, events = rediscover(before, found, limit=ground.max_interfaces)
    moved = after.epoch != before.epoch
    signs = state.signs.settled(_signs(poll), false_alarm=before.in_doubt and not moved and not state.counters_reset)
    advanced = replace(state, interfaces=after, signs=signs)
    if moved:
        advanced = replace(advanced, status=_realigned(state, after), traffic=InterfaceTraffic())
    return PortsFolded(state=advanced, events=events)


def _reading(charset: str, poll: SnmpObservation) -> Identity:
    said = poll.scalars
    return Identity(
        sys_descr=_text(said.get("sys_descr"), charset),
        sys_object_id=_text(said.get("sys_object_id"), charset),
        sys_name=_text(said.get("sys_name"), charset),
        engine_id=_octets(said.get("engine_id")),
        engine_boots=_number(said.get("engine_boots")),
        engine_time_s=_number(said.get("engine_time")),
        uptime_ticks=_number(said.get("sys_uptime")),
        at_s=poll.read_s,
    )


def _restarted_within(poll: SnmpObservation) -> bool:
    """Whether sysUpTime fell between two PDUs of one poll (a wrap of it here would be one in 497 days: a gap)."""
    for table in poll.tables.values():
        ticks = [tick for tick in dict.fromkeys(table.uptime_ticks) if tick is not None]
        if any(later < earlier - JITTER_TICKS for earlier, later in pairwise(ticks)):
            return True
    return False


def _restart_event(device: str, before: Identity, reading: Identity, continuity: Continuity, wall_s: float) -> Event:
    kind = EventKind.DEVICE_SWAPPED if continuity is Continuity.SWAPPED else EventKind.DEVICE_REBOOTED
    up_s = None if reading.uptime_ticks is None else reading.uptime_ticks / 100
    at_s = reading.at_s if up_s is None else max(reading.at_s - up_s, before.at_s)
    detail = {"engine_boots": reading.engine_boots, "uptime_seconds": up_s}
    return Event(kind=kind, subject=f"device:{device}", at_wall_s=at_s + wall_s, detail=detail)


def _doubted(interfaces: InterfaceMap) -> InterfaceMap:
    return interfaces if interfaces.in_doubt or not interfaces.names else replace(interfaces, in_doubt=True)


def _signs(poll: SnmpObservation) -> RowSigns:
    return RowSigns(
        if_number=_number(poll.scalars.get("if_number")),
        last_change_ticks=_number(poll.scalars.get("if_table_last_change")),
    )


def _rows(state: DeviceState, poll: SnmpObservation) -> TableReading | None:
    """The poll's rows, if they were asked under the map in force and that map is not in doubt."""
    if state.interfaces.in_doubt or poll.epoch != state.interfaces.epoch:
        return None
    table = poll.tables.get(INTERFACE)
    return table if table is not None and table.indexes == state.interfaces.indexes else None


def _vanished(
    before: InterfaceStatus, admin: Sequence[int | None], oper: Sequence[int | None], table: TableReading
) -> bool:
    """Whether a row that had a state has none any more, although its PDU was answered."""
    if None not in oper or not before.oper:
        return False
    rows = zip(before.oper, oper, admin, table.at_s, strict=True)
    return any(
        was is not None and now is None and admin_now is None and at_s == at_s  # noqa: PLR0124 - NaN: not read
        for was, now, admin_now, at_s in rows
    )


def _with_speed(ground: Ground, state: DeviceState, status: InterfaceStatus, table: TableReading) -> InterfaceStatus:
    """Speeds worked out anew only when the agent says something else than before."""
    said = (_whole(table, "high_speed"), _whole(table, "speed"))
    if said == state.status.speed_said and state.status.speed_bps:
        return status
    high, low = (column or (None,) * len(table.indexes) for column in said)
    declared: dict[int, int] = {}
    for port, capacity_bps in ground.capacities_bps.items():
        position = match(port, state.interfaces)
        if isinstance(position, int):
            declared[position] = capacity_bps
    speeds = tuple(
        believable_bps(fast, slow, declared.get(row)) for row, (fast, slow) in enumerate(zip(high, low, strict=True))
    )
    rates = tuple(map(line_rate, speeds, state.interfaces.types))
    return replace(status, speed_bps=speeds, line_rates=rates, speed_said=said)


def _oper_events(device: str, state: DeviceState, after: InterfaceStatus, poll: SnmpObservation) -> list[Event]:
    if not state.status.oper:
        return []
    rows = zip(state.interfaces.names, state.status.oper, after.oper, strict=True)
    return [
        Event(
            kind=EventKind.INTERFACE_STATE,
            subject=f"port:{device} {name}",
            at_wall_s=poll.finished_s + poll.wall_s,
            detail={"from": _OPER.get(was, str(was)), "to": _OPER.get(now, str(now))},
        )
        for name, was, now in rows
        if was is not None and now is not None and was != now
    ]


def _forward_only(
    before: InterfaceTraffic, totals: Mapping[str, Sequence[int | None]], stamps: Sequence[int]
) -> Mapping[str, Sequence[int | None]]:
    """The totals, but of no row whose time stamp would not be after its last one: the wall clock stepped back."""
    if not before.stamp_ms or len(before.stamp_ms) != len(stamps) or min(stamps) > max(before.stamp_ms):
        return totals
    held = [now <= last and now != 0 for now, last in zip(stamps, before.stamp_ms, strict=True)]
    if not any(held):
        return totals
    return {
        column: [None if hold else total for hold, total in zip(held, cells, strict=True)]
        for column, cells in totals.items()
    }


def _realigned(state: DeviceState, after: InterfaceMap) -> InterfaceStatus:
    """The states of the ports under another map, by name; speeds are worked out anew with the next poll."""
    at = {name: row for row, name in enumerate(state.interfaces.names)}
    if not state.status.oper:
        return InterfaceStatus()
    origin = [at.get(name) for name in after.names]
    return InterfaceStatus(
        admin=[None if row is None else state.status.admin[row] for row in origin],
        oper=[None if row is None else state.status.oper[row] for row in origin],
        speed_bps=[
            None if row is None or not state.status.speed_bps else state.status.speed_bps[row] for row in origin
        ],
    )


def _whole(table: TableReading, column: str) -> list[int | None]:
    """A column of numbers; whatever else a device may say there is no number."""
    cells = table.columns.get(column, ())
    return [cell if isinstance(cell, int) else None for cell in cells]


def _texts(table: TableReading, column: str, charset: str) -> list[str]:
    cells = table.columns.get(column) or (None,) * len(table.indexes)
    return [_text(cell, charset) for cell in cells]


def _text(value: Value, charset: str) -> str:
    return decode_text(value, charset) if isinstance(value, bytes) else ""


def _octets(value: Value) -> bytes:
    return value if isinstance(value, bytes) else b""


def _number(value: Value) -> int | None:
    return value if isinstance(value, int) else None
