"""fold_equipment(ground, state, poll) -> Equipment: measured tables of one poll folded into how a device is.

In: a discovery, which tells which rows there are, what they are called and where they are; or a health poll, which
reads them. Each table stands for itself: one that failed keeps its rows, and its values are not known.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import isnan
from typing import cast

from netwatch.core.device.ports import Ground
from netwatch.core.device.record import DeviceState
from netwatch.core.health.entities import Entities, box, entities, model_in, modules, version_in
from netwatch.core.health.equipment import MOST_LABELS, Equipment, Gauges, Readings, shared_gauges
from netwatch.core.health.gauges import Around, PortWords, gauges_of, texts_of, told_of_ports, value_of
from netwatch.core.health.measures import MEANINGS, Measure, Rejection, Tells
from netwatch.core.health.memory import memory_shares
from netwatch.core.health.modules import margins, sensitivities, sound_limits
from netwatch.core.health.strips import strips_of
from netwatch.core.model import NOTHING, Lane
from netwatch.core.neighbours.local_ports import local_ports
from netwatch.core.observation import SnmpObservation, TableReading
from netwatch.core.plan import Plan, Table
from netwatch.core.records import replace

ENTITY, ENTITY_ALIAS, BRIDGE_PORT = "entity", "entity_alias", "bridge_port"
UP = 1  # ifOperStatus
_FLOAT = frozenset({float})
_WORST = frozenset({Measure.RECEIVE_POWER, Measure.TRANSMIT_POWER})  # of a module's lanes the weakest counts


def fold_equipment(ground: Ground, state: DeviceState, poll: SnmpObservation) -> Equipment:
    """How the device is, after this poll."""
    if poll.plan is None:
        return state.equipment
    if poll.lane is Lane.DISCOVERY:
        return _look_over(ground, state, poll, poll.plan)
    return _read(state, poll) if poll.lane is Lane.HEALTH else state.equipment


def unread(equipment: Equipment) -> Equipment:
    """A health poll that brought nothing: what was read before is not known any more."""
    return replace(equipment, readings=NOTHING, read_by=None) if equipment.readings else equipment


def _look_over(ground: Ground, state: DeviceState, poll: SnmpObservation, plan: Plan) -> Equipment:
    before = state.equipment
    if state.interfaces.in_doubt:
        return before
    basis = poll.basis(_telling(plan), ground, state.interfaces, state.identity.sys_descr)
    if basis is not None and basis == before.seen_by and not before.reasons:
        return before
    measured = [table for table in plan.tables if table.is_measured]
    around = _around(ground, state, poll)
    gauges, unplaced, reasons = dict[str, Gauges](), dict[str, int](), dict(before.reasons)
    for table in measured:
        reading = poll.tables.get(table.name)
        known = before.gauges.get(table.name) or shared_gauges(())
        if reading is None:
            gauges[table.name] = known if plan.profile == before.profile and table.unless is None else shared_gauges(())
            continue
        found, lost = gauges_of(table, reading, around)
        is_whole = reading.reason is None and around.reason is None
        gauges[table.name] = found if is_whole or not known else known
        unplaced[table.name] = lost
        reasons.pop(table.name, None)
        if reading.reason is not None:
            reasons[table.name] = reading.reason
    words = told_of_ports(measured, poll.tables, around)
    told = dict(_of_members({name: found for name, found in gauges.items() if found}, words[Tells.AGGREGATE]))
    names = {table.name for table in measured}
    looked_over = replace(
        before,
        profile=plan.profile,
        gauges=told if told != before.gauges else before.gauges,
        aggregates=words[Tells.AGGREGATE] or before.aggregates,
        fixed=_limited(_fixed(measured, poll, told), _types(ground, poll, around, words)) or before.fixed,
        unplaced={name: count for name, count in unplaced.items() if count},
        reasons={name: reason for name, reason in reasons.items() if name in names},
        seen_by=basis,
    )
    return _named(ground.charset, state.identity.sys_descr, known=looked_over, poll=poll, plan=plan)


def _telling(plan: Plan) -> list[str]:
    """The tables that tell anything of a device's equipment."""
    return [
        table.name for table in plan.tables if table.is_measured or table.name in (ENTITY, ENTITY_ALIAS, BRIDGE_PORT)
    ]


def _of_members(gauges: Mapping[str, Gauges], aggregates: Mapping[str, str]) -> Iterator[tuple[str, Gauges]]:
    """What is read, without the membership of ports that are members of nothing."""
    for name, found in gauges.items():
        told = (one for one in found if one.measure is not Measure.AGGREGATE_MEMBER or one.label in aggregates)
        kept = shared_gauges(told)
        if kept:
            yield name, kept


def _types(ground: Ground, poll: SnmpObservation, around: Around, words: PortWords) -> Mapping[str, str]:
    """Interface -> what is said of the module in it; the maker's own word before that of ENTITY-MIB."""
    return {**modules(poll.tables.get(ENTITY), around.entities, ground.charset), **words[Tells.MODULE_TYPE]}


def _limited(fixed: Readings, types: Mapping[str, str]) -> Readings:
    """What discovery read, its limits sound, and those of the modules' types."""
    by_type = sensitivities(types)
    return sound_limits({**fixed, Measure.RECEIVE_SENSITIVITY: by_type} if by_type else fixed)


def _around(ground: Ground, state: DeviceState, poll: SnmpObservation) -> Around:
    physical, alias = poll.tables.get(ENTITY), poll.tables.get(ENTITY_ALIAS)
    bridge = poll.tables.get(BRIDGE_PORT)
    tree = entities(physical, alias, state.interfaces, ground.charset) if physical is not None else Entities()
    broken = (table.reason for table in (physical, alias, bridge) if table is not None)
    return Around(
        ports=local_ports(state.interfaces, bridge),
        entities=tree,
        charset=ground.charset,
        reason=next((reason for reason in broken if reason is not None), None),
    )


def _named(charset: str, descr: str, *, known: Equipment, poll: SnmpObservation, plan: Plan) -> Equipment:
    """What the box says it is: in the maker's own objects, in sysDescr, else by ENTITY-MIB. Else it keeps what was."""
    said = texts_of(plan, poll.tables, charset)
    found = box(poll.tables.get(ENTITY), charset)
    told: dict[str, str] = {}
    for name, pattern in plan.identity:  # the maker's before those of what its profile extends
        match = pattern.search(descr)
        if match is not None:
            told.setdefault(name, match[1].strip())
    return replace(
        known,
        vendor=plan.vendor or found.maker or known.vendor,
        model=said.get("model") or told.get("model") or found.model or model_in(descr) or known.model,
        serial=said.get("serial") or told.get("serial") or found.serial or known.serial,
        firmware=said.get("firmware") or told.get("firmware") or found.firmware or version_in(descr) or known.firmware,
        stp_root=said.get("stp_root") or known.stp_root,
    )


def _fixed(measured: list[Table], poll: SnmpObservation, gauges: Mapping[str, Gauges]) -> Readings:
    """The values of columns that are read at discovery alone."""
    reading = _Reading(in_doubt=False)
    for table in measured:
        rows = poll.tables.get(table.name)
        if rows is not None:
            columns = {column.name for column in table.of(Lane.DISCOVERY)}
            found = gauges.get(table.name, ())
            reading.take(table.name, rows, shared_gauges(one for one in found if one.column in columns))
    return reading.readings


def _read(state: DeviceState, poll: SnmpObservation) -> Equipment:
    equipment = state.equipment
    basis = poll.basis(equipment.gauges, equipment.gauges, equipment.fixed, state.interfaces, state.status.last_oper)
    if basis is not None and basis == equipment.read_by and not equipment.reasons:
        return equipment
    reading = _Reading(in_doubt=state.interfaces.in_doubt)
    reasons = dict(equipment.reasons)
    for name, found in equipment.gauges.items():
        rows = poll.tables.get(name)
        if rows is None:
            continue
        reading.take(name, rows, found)
        reasons.pop(name, None)
        if rows.reason is not None:
            reasons[name] = rows.reason
    readings = {**reading.readings, **memory_shares(reading.readings)}
    received = readings.get(Measure.RECEIVE_POWER)
    spare = margins(received, equipment.fixed, _ports_up(state)) if received else None
    if spare:
        readings[Measure.RECEIVE_MARGIN] = spare
    return replace(
        equipment,
        readings=readings if readings != equipment.readings else equipment.readings,
        rejected=reading.rejected,
        reasons=reasons,
        dropped=reading.dropped,
        read_by=basis,
    )


def _ports_up(state: DeviceState) -> set[str]:
    """An empty cage has no light, and that is no weakness."""
    return {name for name, oper in zip(state.interfaces.names, state.status.last_oper, strict=False) if oper == UP}


@dataclass(slots=True)
class _Reading:
    """One poll, while it is read."""

    in_doubt: bool  # which port an index is: then nothing of ports is told
    readings: dict[Measure, dict[str, float]] = field(default_factory=dict)
    rejected: dict[tuple[str, Rejection], int] = field(default_factory=dict)
    dropped: int = 0

    def take(self, name: str, rows: TableReading, found: Gauges) -> None:
        """The values of one table. A later table knows better than an earlier one: the maker's than the standard's."""
        is_whole = not isnan(sum(rows.at_s))  # a row that was not read has no time
        strips = strips_of(found, rows.indexes) if is_whole else None
        if strips is None:
            self._take_one_by_one(name, rows, found)
            return
        columns = rows.columns
        for strip in strips:
            if strip.column not in columns or (self.in_doubt and MEANINGS[strip.measure].of_port):
                continue  # a column of another lane
            told = strip.values(columns)
            labels, values = strip.labels, cast("dict[str, float]", dict(zip(strip.labels, told, strict=False)))
            if not _FLOAT.issuperset(map(type, told)):
                values = {label: value for label, value in zip(labels, told, strict=False) if isinstance(value, float)}
                self._reject(name, strip.column, told)
            if values:
                self._keep(strip.measure, values)

    def _take_one_by_one(self, name: str, rows: TableReading, found: Gauges) -> None:
        whens = enumerate(zip(rows.indexes, rows.at_s, strict=True))
        at = {index: position for position, (index, at_s) in whens if not isnan(at_s)}
        here: dict[Measure, dict[str, float]] = {}
        for gauge in found:
            position = at.get(gauge.row)
            if position is None or gauge.column not in rows.columns:
                continue
            if self.in_doubt and MEANINGS[gauge.measure].of_port:
                continue
            value = value_of(gauge, rows.columns, position)
            if not isinstance(value, float):
                self._reject(name, gauge.column, [value])
                continue
            told = here.setdefault(gauge.measure, {})
            is_worse = gauge.label in told and gauge.measure in _WORST
            told[gauge.label] = min(told[gauge.label], value) if is_worse else value
        for measure, values in here.items():
            self._keep(measure, values)

    def _reject(self, table: str, column: str, values: Iterable[float | Rejection]) -> None:
        for why in values:
            if isinstance(why, Rejection):
                of = f"{table}.{column}", why
                self.rejected[of] = self.rejected.get(of, 0) + 1

    def _keep(self, measure: Measure, values: dict[str, float]) -> None:
        if measure not in self.readings and len(values) <= MOST_LABELS:
            self.readings[measure] = values
            return
        told = self.readings.setdefault(measure, {})
        for label, value in values.items():
            if label in told or len(told) < MOST_LABELS:
                told[label] = value
            else:
                self.dropped += 1
