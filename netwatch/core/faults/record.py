"""A fault with what it costs -> plain data, in the same words for one that is and for one that is only imagined."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from netwatch.core.faults.book import Found
from netwatch.core.faults.dispatch import Dispatch
from netwatch.core.faults.imagine import NO_SERVICE


def as_record(found: Found) -> Mapping[str, Any]:
    """JSON-able. `affected` has no service that loses nothing."""
    cause = found.cause
    return {
        "kind": cause.kind.value,
        "subject": cause.subject,
        "severity": found.severity.value,
        "ambiguous_with": list(cause.ambiguous_with),
        "affected": by_service(found.affected),
        "affected_in": places(found.affected),
        "devices": sorted(cause.devices),
        "contributing": list(cause.contributing),
        "evidence": list(cause.evidence),
        "district": found.place,
        "send": _send(found.dispatch),
    }


def by_service(affected: Mapping[tuple[str, str], int]) -> dict[str, int]:
    """(service, district) -> field devices becomes service -> field devices, without those that are 0."""
    counts: Counter[str] = Counter()
    for (service, _), number in affected.items():
        counts[service or NO_SERVICE] += number
    return {service: counts[service] for service in sorted(counts) if counts[service]}


def places(affected: Mapping[tuple[str, str], int]) -> list[dict[str, Any]]:
    """A row for each service and district that loses field devices."""
    return [
        {"service": service or NO_SERVICE, "district": district, "field_devices": number}
        for (service, district), number in sorted(affected.items())
        if number
    ]


def _send(send: Dispatch) -> Mapping[str, str]:
    return {"crew": send.crew.value, "contractor": send.contractor, "name": send.name, "phone": send.phone}
