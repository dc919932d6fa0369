"""A profile, or what it brought of one device -> lines for people, or JSON."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from netwatch.cli.table import aligned
from netwatch.collect.once import Polled
from netwatch.core.errors import Reason
from netwatch.core.health.equipment import Gauge
from netwatch.core.health.gauges import value_of
from netwatch.core.health.measures import MEANINGS, Measure, Rejection, Unit
from netwatch.core.model import Lane
from netwatch.core.observation import Completeness, TableReading
from netwatch.core.plan import Match, Plan, Syntax, Table

_LANES = (Lane.DISCOVERY, Lane.STATUS, Lane.TRAFFIC, Lane.HEALTH)


def checked_as_text(file: Path, plan: Plan) -> str:
    fits = _fits(plan.match)
    told = "for " + fits if fits else "fits no device by itself: an inventory must name it"
    return "\n".join([f"{file}: profile {plan.profile!r} can be used; {told}", "", *_asked_lines(plan)])


def checked_as_json(plan: Plan) -> dict[str, Any]:
    return {"profile": plan.profile, "vendor": plan.vendor, "fits": _fits(plan.match), "asked": _asked(plan)}


def explained_as_text(polled: Polled) -> str:
    """What fitted and why; what is asked in which lane; what came back; what was rejected and why."""
    plan, equipment = _plan(polled), polled.state.equipment
    what = ", ".join(filter(None, (equipment.vendor, equipment.model, equipment.serial, equipment.firmware)))
    head = [f"{polled.device.id}  {polled.address or 'has no address'}  {what}".rstrip()]
    if plan is None or all(seen.completeness is Completeness.FAILED for seen in polled.polls):
        why = next((str(seen.reason) for seen in polled.polls), "it is not asked over SNMP")
        return "\n".join([*head, "", f"it did not answer: {why}", *polled.complaints])
    head += [f"profile {plan.profile}: {polled.why}", "", "asked"]
    values = [(name, label, shown) for name, label, _, shown in _readings(polled)]
    came = aligned(values) if values else ["nothing that this profile could measure"]
    rejected = list(_rejected(polled))
    return "\n".join(
        [
            *head,
            *_asked_lines(plan),
            "",
            "tables that the device has",
            *aligned([("table", "rows", "outcome"), *_tables(polled)]),
            "",
            "came back",
            *came,
            *(["", "rejected", *aligned(rejected)] if rejected else []),
        ]
    )


def explained_as_json(polled: Polled) -> dict[str, Any]:
    """The same for other programs."""
    plan, equipment = _plan(polled), polled.state.equipment
    return {
        "device": polled.device.id,
        "address": polled.address,
        "state": polled.state.verdict.value,
        "profile": plan.profile if plan else None,
        "why": polled.why,
        "vendor": equipment.vendor,
        "model": equipment.model,
        "serial": equipment.serial,
        "firmware": equipment.firmware,
        "asked": _asked(plan) if plan else {},
        "tables": [dict(zip(("table", "rows", "outcome"), row, strict=True)) for row in _tables(polled)],
        "readings": [
            {"measure": name, "of": label, "value": value, "unit": _unit(name)}
            | ({"word": _word(name, value)} if _word(name, value) else {})
            for name, label, value, _ in _readings(polled)
        ],
        "rejected": [dict(zip(("object", "values", "why"), row, strict=True)) for row in _rejected(polled)],
    }


def _plan(polled: Polled) -> Plan | None:
    return next((seen.plan for seen in reversed(polled.polls) if seen.plan is not None), None)


def _fits(match: Match | None) -> str:
    if match is None:
        return ""
    said = [f"sysObjectID {' or '.join(match.object_ids)}"] if match.object_ids else []
    said += [f"sysDescr {match.descr.pattern!r}"] if match.descr is not None else []
    said += [f"what answers {match.probe}"] if match.probe is not None else []
    return " and ".join(said)


def _asked(plan: Plan) -> dict[str, Any]:
    return {
        lane.value: {
            "scalars": [scalar.name for scalar in plan.scalars_of(lane)],
            "tables": {table.name: _columns(table, lane) for table in plan.tables if _columns(table, lane)},
        }
        for lane in _LANES
    }


def _columns(table: Table, lane: Lane) -> list[str]:
    return [column.name for column in table.of(lane)]


def _asked_lines(plan: Plan) -> Sequence[str]:
    rows = []
    for lane in _LANES:
        named = [("scalars", [scalar.name for scalar in plan.scalars_of(lane)])]
        named += [(table.name, _columns(table, lane)) for table in plan.tables]
        shown = [(name, ", ".join(found)) for name, found in named if found] or [("nothing", "")]
        rows += [("" if place else lane.value, name, found) for place, (name, found) in enumerate(shown)]
    return aligned(rows)


def _tables(polled: Polled) -> Iterator[tuple[str, str, str]]:
    """Every table that discovery looked for and that is there, or could not be read."""
    discovery = next((seen for seen in polled.polls if seen.lane is Lane.DISCOVERY), None)
    mistyped = {name.partition(".")[0] for name in _mistyped(polled)}
    for name, table in discovery.tables.items() if discovery is not None else ():
        reasons = [seen.tables[name].reason for seen in polled.polls if name in seen.tables]
        told_below = {None, Reason.WRONG_TYPE} if name in mistyped else {None}
        reason = next((one for one in reasons if one not in told_below), None)
        if not table.indexes and reason is None:
            continue
        lost = polled.state.equipment.unplaced.get(name)
        outcome = str(reason) if reason is not None else "complete"
        yield name, str(len(table.indexes)), outcome + (f"; {lost} on no interface for sure" if lost else "")


def _readings(polled: Polled) -> Iterator[tuple[str, str, float, str]]:
    """(measure, of what, value, value with its unit), limits among them."""
    for readings in (polled.state.equipment.readings, polled.state.equipment.fixed):
        for measure, values in readings.items():
            for label, value in values.items():
                shown = _word(measure.value, value) or f"{value:.6g} {_unit(measure.value)}".rstrip()
                yield measure.value, label, value, shown


def _unit(name: str) -> str:
    unit = MEANINGS[Measure(name)].unit
    return "" if unit in (Unit.RATIO, Unit.AMOUNT, Unit.STATE) else unit.value


def _word(name: str, value: float) -> str:
    """What a state is called; empty for what is measured in numbers."""
    words = MEANINGS[Measure(name)].words
    return words[int(value)] if words else ""


def _rejected(polled: Polled) -> Iterator[tuple[str, str, str]]:
    mistyped = _mistyped(polled)
    for (name, why), count in polled.state.equipment.rejected.items():
        told = why.value
        if why is Rejection.ABSENT and name in mistyped:
            told = f"the agent has no {mistyped[name]} there: nothing, or something else"
        yield name, str(count), told

    yield from _rejected_at_discovery(polled)


def _rejected_at_discovery(polled: Polled) -> Iterator[tuple[str, str, str]]:
    """Limits, names and the like, which no later poll asks for: what of them could not be read, and why."""
    gauges, plan = polled.state.equipment.gauges, _plan(polled)
    discovery = next((seen for seen in polled.polls if seen.lane is Lane.DISCOVERY), None)
    for table in plan.tables if plan is not None and discovery is not None else ():
        rows = discovery.tables.get(table.name) if discovery is not None else None
        if rows is None:
            continue
        for column in table.of(Lane.DISCOVERY):
            if column.name in rows.mistyped:
                count = str(rows.mistyped[column.name])
                yield f"{table.name}.{column.name}", count, f"what is there is no {column.syntax}"
        yield from _rejected_cells(table, rows, gauges.get(table.name, ()))


def _rejected_cells(table: Table, rows: TableReading, gauges: Iterable[Gauge]) -> Iterator[tuple[str, str, str]]:
    fixed = {column.name for column in table.of(Lane.DISCOVERY)}
    at = {index: position for position, index in enumerate(rows.indexes)}
    read = [(one.column, value_of(one, rows.columns, at[one.row])) for one in gauges if one.column in fixed]
    whys = Counter((name, why) for name, why in read if isinstance(why, Rejection) and why is not Rejection.ABSENT)
    for (name, why), count in whys.items():
        yield f"{table.name}.{name}", str(count), why.value


def _mistyped(polled: Polled) -> Mapping[str, Syntax]:
    """Objects without a value in tables where some have one of another syntax: `table.column` -> its own syntax."""
    plan = _plan(polled)
    reasons = {(name, table.reason) for seen in polled.polls for name, table in seen.tables.items()}
    return {
        f"{table.name}.{column.name}": column.syntax
        for table in (plan.tables if plan is not None else ())
        for column in table.columns
        if (table.name, Reason.WRONG_TYPE) in reasons
        and (f"{table.name}.{column.name}", Rejection.ABSENT) in polled.state.equipment.rejected
    }
