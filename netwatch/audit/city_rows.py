"""What is held true of links, rings, field devices and faults <-> verdict rows, so that a restart tells nothing twice.

In: the city after a `refold`, with what changed in it. Out: rows for the commit that its events are in; and at the
start, from all rows of the store, what the daemon before this one had told. A row that cannot be read is left out.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from netwatch.audit.drift_rows import drift_memory
from netwatch.audit.records import Verdict
from netwatch.audit.span_rows import span_memory
from netwatch.core.events import EventKind
from netwatch.core.faults.book import Fault, Found
from netwatch.core.faults.diagnosis import Cause, FaultKind
from netwatch.core.faults.dispatch import Crew, Dispatch
from netwatch.core.faults.severity import Severity
from netwatch.core.field.verdict import FieldCause, FieldCondition, FieldVerdict
from netwatch.core.links.rings import RingCondition, RingState, Told, resumed_ring
from netwatch.core.links.state import LinkCondition, LinkState, resumed_link
from netwatch.core.model import NOTHING
from netwatch.core.neighbours.link_drift import Discrepancy

FAULT = "fault"  # the kind of its rows
_CAUSE_SETS = ("links", "stopped", "devices", "field_devices", "weakened")
_CAUSE_LISTS = ("ambiguous_with", "evidence", "contributing")
_UNREADABLE = (ValueError, KeyError, TypeError)


@dataclass(frozen=True, slots=True, kw_only=True)
class CityMemory:
    """What the daemon before this one had told of more than single devices."""

    links: Mapping[str, LinkState] = NOTHING
    rings: Mapping[str, RingState] = NOTHING
    field_devices: Mapping[str, FieldVerdict] = NOTHING
    faults: tuple[Fault, ...] = ()
    discrepancies: tuple[Discrepancy, ...] = ()


def link_row(link: str, state: LinkState) -> Verdict | None:
    """None while nothing is known: what was known last stays on record."""
    if state.condition is LinkCondition.UNKNOWN or state.since_wall_s is None:
        return None
    return Verdict(
        subject=f"link:{link}", kind=EventKind.LINK_STATE, state=state.condition.value, since_wall_s=state.since_wall_s
    )


def ring_row(ring: str, state: RingState) -> Verdict | None:
    """The condition, the seconds without reserve, and up to when they were counted."""
    if state.condition is RingCondition.UNKNOWN or state.since_wall_s is None or state.counted_wall_s is None:
        return None
    told = f"{state.condition.value} {state.unprotected_s:.3f} {state.counted_wall_s:.3f}"
    return Verdict(subject=f"ring:{ring}", kind=EventKind.RING_STATE, state=told, since_wall_s=state.since_wall_s)


def field_device_row(name: str, verdict: FieldVerdict) -> Verdict | None:
    """The condition and the cause."""
    if verdict.condition is FieldCondition.UNKNOWN or verdict.since_wall_s is None:
        return None
    told = verdict.condition.value if verdict.cause is None else f"{verdict.condition.value} {verdict.cause.value}"
    kind = EventKind.FIELD_DEVICE_STATE
    return Verdict(subject=f"field_device:{name}", kind=kind, state=told, since_wall_s=verdict.since_wall_s)


def fault_row(fault: Fault) -> Verdict:
    """The whole fault, as JSON."""
    found, cause = fault.found, fault.found.cause
    document: dict[str, Any] = {
        "kind": cause.kind.value,
        "subject": cause.subject,
        "cause_since": cause.since_wall_s,
        "severity": found.severity.value,
        "affected": [[service, district, number] for (service, district), number in sorted(found.affected.items())],
        "crew": found.dispatch.crew.value,
        "contractor": [found.dispatch.contractor, found.dispatch.name, found.dispatch.phone],
        "place": found.place,
        "cleared": fault.cleared_wall_s,
        "left": {severity.value: at_s for severity, at_s in fault.left.items()},
        "settled": fault.settled,
        **{name: sorted(getattr(cause, name)) for name in _CAUSE_SETS},
        **{name: list(getattr(cause, name)) for name in _CAUSE_LISTS},
    }
    told = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return Verdict(subject=f"fault:{fault.id}", kind=FAULT, state=told, since_wall_s=fault.since_wall_s)


def city_memory(rows: Iterable[Verdict]) -> CityMemory:
    """What all these rows tell of the city."""
    links: dict[str, LinkState] = {}
    rings: dict[str, RingState] = {}
    fields: dict[str, FieldVerdict] = {}
    faults: list[Fault] = []
    known = tuple(rows)
    spans = span_memory(known)
    for row in known:
        name = row.subject.partition(":")[2]
        try:
            match row.kind:
                case EventKind.LINK_STATE:
                    links[name] = resumed_link(LinkCondition(row.state), row.since_wall_s, spans.get(name))
                case EventKind.RING_STATE:
                    rings[name] = _ring(row)
                case EventKind.FIELD_DEVICE_STATE:
                    fields[name] = _field_device(row)
                case "fault":
                    faults.append(_fault(name, row))
                case _:
                    continue
        except _UNREADABLE:
            continue  # of a release that told it otherwise; it will be told anew
    return CityMemory(
        links=links, rings=rings, field_devices=fields, faults=tuple(faults), discrepancies=drift_memory(known)
    )


def _ring(row: Verdict) -> RingState:
    condition, unprotected_s, counted_s = row.state.split(" ")
    told = Told(condition=RingCondition(condition), since_wall_s=row.since_wall_s)
    return resumed_ring(told, unprotected_s=float(unprotected_s), counted_wall_s=float(counted_s))


def _field_device(row: Verdict) -> FieldVerdict:
    condition, _, cause = row.state.partition(" ")
    return FieldVerdict(
        condition=FieldCondition(condition),
        cause=FieldCause(cause) if cause else None,
        since_wall_s=row.since_wall_s,
    )


def _fault(identity: str, row: Verdict) -> Fault:
    told = json.loads(row.state)
    contractor, name, phone = told["contractor"]
    lists: dict[str, Any] = {name: tuple(told[name]) for name in _CAUSE_LISTS}
    sets: dict[str, Any] = {name: frozenset(told[name]) for name in _CAUSE_SETS}
    cause = Cause(
        kind=FaultKind(told["kind"]),
        subject=told["subject"],
        since_wall_s=told["cause_since"],
        **lists,
        **sets,
    )
    found = Found(
        cause=cause,
        severity=Severity(told["severity"]),
        affected={(service, district): number for service, district, number in told["affected"]},
        dispatch=Dispatch(crew=Crew(told["crew"]), contractor=contractor, name=name, phone=phone),
        place=told["place"],
    )
    return Fault(
        id=identity,
        found=found,
        since_wall_s=row.since_wall_s,
        cleared_wall_s=told["cleared"],
        left={Severity(severity): at_s for severity, at_s in told["left"].items()},
        settled=told["settled"],
    )


def rows_of(
    links: Mapping[str, LinkState],
    rings: Mapping[str, RingState],
    field_devices: Mapping[str, FieldVerdict],
    faults: Iterable[Fault],
) -> Iterator[Verdict]:
    """The rows of what changed."""
    found = (
        *(link_row(name, state) for name, state in links.items()),
        *(ring_row(name, state) for name, state in rings.items()),
        *(field_device_row(name, verdict) for name, verdict in field_devices.items()),
        *map(fault_row, faults),
    )
    yield from (row for row in found if row is not None)
