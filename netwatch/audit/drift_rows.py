"""What LLDP and the inventory tell differently <-> verdict rows, so that a restart tells no discrepancy twice.

In: the findings before and after a reading. Out: rows for the commit that the events are in; at the start, from all
rows of the store, what the daemon before this one had told. A row that cannot be read is left out.
"""

import json
from collections.abc import Iterable, Iterator, Sequence

from netwatch.audit.records import Verdict
from netwatch.core.events import EventKind
from netwatch.core.model import PortRef
from netwatch.core.neighbours.link_drift import Discrepancy, DriftKind

_AGREED = ""  # the state of what differs no more


def drift_rows(before: Sequence[Discrepancy], after: Sequence[Discrepancy], at_wall_s: float) -> Iterator[Verdict]:
    """A row for each that came or went."""
    for found in sorted({*before} - {*after}, key=_subject):
        yield Verdict(subject=_subject(found), kind=EventKind.TOPOLOGY_DRIFT, state=_AGREED, since_wall_s=at_wall_s)
    for found in sorted({*after} - {*before}, key=_subject):
        yield Verdict(
            subject=_subject(found), kind=EventKind.TOPOLOGY_DRIFT, state=_told(found), since_wall_s=at_wall_s
        )


def drift_memory(rows: Iterable[Verdict]) -> tuple[Discrepancy, ...]:
    """What all these rows tell of discrepancies."""
    found = []
    for row in rows:
        if row.kind != EventKind.TOPOLOGY_DRIFT or row.state == _AGREED:
            continue
        try:
            found.append(_read(row.state))
        except (ValueError, KeyError, TypeError):
            continue  # of a release that told it otherwise; it will be told anew
    return tuple(found)


def _subject(found: Discrepancy) -> str:
    """Behind the name of what is watched, as `forget_verdicts` wants it."""
    if found.link is not None:
        return f"{found.subject} drift"
    device = min(found.ports, key=str).device
    return f"device:{device} drift {found.seen}"


def _told(found: Discrepancy) -> str:
    document = {
        "kind": found.kind.value,
        "link": found.link,
        "subject": found.subject,
        "declared": found.declared,
        "seen": found.seen,
        "evidence": list(found.evidence),
        "ports": sorted([port.device, port.interface] for port in found.ports),
    }
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _read(text: str) -> Discrepancy:
    told = json.loads(text)
    return Discrepancy(
        kind=DriftKind(told["kind"]),
        link=None if told["link"] is None else str(told["link"]),
        subject=str(told["subject"]),
        declared=str(told["declared"]),
        seen=str(told["seen"]),
        evidence=tuple(map(str, told["evidence"])),
        ports=frozenset(PortRef(device=str(device), interface=str(interface)) for device, interface in told["ports"]),
    )
