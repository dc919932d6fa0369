"""Faults of the record, and accounts -> a line each, the dearest first: when, what, where, who, and what it cost."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from netwatch.core.audit.account import Account
from netwatch.core.audit.report.history import FaultTold, History
from netwatch.core.audit.report.question import Kind, Question
from netwatch.core.audit.service_availability import CITY
from netwatch.core.faults.work import Did
from netwatch.core.model import NOTHING


def fault_lines(history: History, accounts: Mapping[Kind, Account], question: Question) -> Sequence[Mapping[str, Any]]:
    """Those open in the period; with a service or a district asked for, those that cost it something.

    `camera_ms`: camera-milliseconds charged to it within the period; together with what nobody is charged with they are
    all that was lost. The line of that has no id.
    """
    period = question.period
    scopes = accounts[Kind.SERVICE].scopes
    costs = {one.fault: one for one in scopes[CITY].faults} if CITY in scopes else {}
    devices: defaultdict[str, int] = defaultdict(int)
    for one in accounts[Kind.DEVICE].subjects.values():
        for charged in one.lost_ms:
            devices[charged] += 1
    is_partial = bool(question.service or question.district)
    told = [
        fault
        for fault in history.faults.values()
        if fault.since_ms < period.until_ms
        and (fault.cleared_ms is None or fault.cleared_ms > period.from_ms)
        and (not is_partial or fault.id in costs)
    ]
    lines = []
    for fault in told:
        cost = costs.get(fault.id)
        lines.append(
            {
                **_told(fault, period.until_ms),
                **steps(history, fault.id),
                "camera_ms": 0 if cost is None else cost.camera_ms,
                "cameras": 0 if cost is None else cost.subjects,
                "dark_devices": devices.get(fault.id, 0),
            }
        )
    lines.sort(key=lambda line: (-line["camera_ms"], line["since_ms"], line["id"]))
    known = {fault.id for fault in told}
    nobodys = [cost for name, cost in sorted(costs.items()) if name not in known]
    return [
        *lines,
        *({"id": cost.fault, "camera_ms": cost.camera_ms, "cameras": cost.subjects} for cost in nobodys),
    ]


def steps(history: History, fault: str) -> Mapping[str, int | None]:
    """When somebody first took note of it, and when somebody first went; None: nobody said so."""
    done = history.works.get(fault, NOTHING)
    return {
        "acknowledged_ms": done.get(Did.ACKNOWLEDGED),
        "dispatched_ms": done.get(Did.DISPATCHED, done.get(Did.ASSIGNED)),
    }


def _told(fault: FaultTold, until_ms: int) -> dict[str, Any]:
    """What was cleared after the period's end was open at it."""
    is_open = fault.cleared_ms is None or fault.cleared_ms > until_ms
    return {
        "id": fault.id,
        "kind": fault.kind,
        "subject": fault.subject,
        "since_ms": fault.since_ms,
        "cleared_ms": None if is_open else fault.cleared_ms,
        "severity": fault.severity,
        "crew": fault.crew,
        "contractor": fault.contractor,
        "place": fault.place,
    }
