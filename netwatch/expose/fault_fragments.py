"""Faults -> the families of the faults page: small, whole, and rendered anew whenever a fault changes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from netwatch.core.faults.book import Fault
from netwatch.core.faults.work import WorkLog
from netwatch.expose.labels import pairs
from netwatch.expose.samples import sample

ACTIVE, INFO, SINCE = "netwatch_fault_active", "netwatch_fault_info", "netwatch_fault_since_timestamp_seconds"
DEVICES, AFFECTED = "netwatch_fault_devices", "netwatch_fault_affected"
ACKNOWLEDGED = "netwatch_fault_acknowledged"
MOST_NAMES = 8  # of ambiguous subjects in one label


def render_faults(faults: Iterable[Fault], work: WorkLog) -> Mapping[str, bytes]:
    """The families of the faults page."""
    families: dict[str, list[bytes]] = {name: [] for name in (ACTIVE, INFO, SINCE, DEVICES, ACKNOWLEDGED, AFFECTED)}
    for fault in faults:
        families[ACTIVE] += _active(fault)
        if fault.is_open:
            families[INFO].append(sample(INFO.encode(), _info(fault), 1))
            own = pairs({"fault": fault.id})
            families[SINCE].append(sample(SINCE.encode(), own, round(fault.since_wall_s, 3)))
            families[DEVICES].append(sample(DEVICES.encode(), own, len(fault.found.cause.devices)))
            is_acknowledged = work.acknowledged(fault.id, fault.severity) is not None
            families[ACKNOWLEDGED].append(sample(ACKNOWLEDGED.encode(), own, is_acknowledged))
            families[AFFECTED] += _affected(fault)
    return {name: b"".join(lines) for name, lines in families.items()}


def _active(fault: Fault) -> Iterable[bytes]:
    """The severity it has, and those it has left, which are told as 0 for a while."""
    labels = {"fault": fault.id, "subject": fault.subject}
    for severity in (fault.severity, *fault.left):
        value = fault.is_open and severity is fault.severity
        yield sample(ACTIVE.encode(), pairs({**labels, "severity": severity.value}), value)


def _info(fault: Fault) -> bytes:
    found, cause = fault.found, fault.found.cause
    return pairs(
        {
            "fault": fault.id,
            "kind": fault.kind.value,
            "subject": fault.subject,
            "severity": fault.severity.value,
            "district": found.place,
            "send": found.dispatch.crew.value,
            "contractor": found.dispatch.contractor,
            "ambiguous_with": _listed(cause.ambiguous_with),
            "contributing": ", ".join(cause.contributing),
        }
    )


def _listed(names: tuple[str, ...]) -> str:
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _affected(fault: Fault) -> Iterable[bytes]:
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for place, number in fault.found.affected.items():
        counts[place] += number
    for (service, district), number in sorted(counts.items()):
        labels = pairs({"fault": fault.id, "service": service, "district": district})
        yield sample(AFFECTED.encode(), labels, number)
