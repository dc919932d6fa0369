"""Faults as every standard of alarms wants them told: one sentence, the history of severities, the alarms of causes."""

from collections.abc import Iterable, Iterator, Sequence

from netwatch.core.faults.book import Fault
from netwatch.core.faults.severity import Severity

LISTED = 8  # of subjects in a sentence


def sentence(fault: Fault) -> str:
    """What is wrong, what it costs, what was seen, and whom to send."""
    found, cause = fault.found, fault.found.cause
    said = [f"{cause.kind.value} {cause.subject}"]
    if cause.ambiguous_with:
        said.append(f"could also be {_listed(cause.ambiguous_with)}")
    lost = sum(found.affected.values())
    if cause.devices or lost:
        said.append(f"{len(cause.devices)} devices dark, {lost} field devices out of service")
    said += cause.evidence
    said.append(f"send {sent(fault)}")
    return "; ".join(said)


def sent(fault: Fault) -> str:
    """Whom to send: `fibre crew 한빛통신 031-000-0000`."""
    send = fault.found.dispatch
    return " ".join(word for word in (send.crew.value, send.name or send.contractor, send.phone) if word)


def _listed(subjects: Sequence[str]) -> str:
    more = len(subjects) - LISTED
    return ", ".join(subjects[:LISTED]) + (f" and {more} more" if more > 0 else "")


def history(fault: Fault) -> Iterator[tuple[float, Severity | None]]:
    """(when, severity from then on), the first first; None: cleared. A severity left long ago is told no more."""
    at_s = fault.since_wall_s
    for severity, left_s in sorted(fault.left.items(), key=lambda one: one[1]):
        yield at_s, severity
        at_s = max(at_s, left_s)
    yield at_s, fault.severity
    if fault.cleared_wall_s is not None:
        yield max(at_s, fault.cleared_wall_s), None


def changed_wall_s(fault: Fault) -> float:
    """When its severity last changed, or it cleared."""
    return max(at_s for at_s, _ in history(fault))


def in_order(faults: Iterable[Fault]) -> list[Fault]:
    """The open ones first, the worst and then the oldest; then the cleared, the last first."""
    ranks = {severity: rank for rank, severity in enumerate(Severity)}
    return sorted(
        faults,
        key=lambda one: (
            (0, ranks[one.severity], one.since_wall_s, one.id)
            if one.cleared_wall_s is None
            else (1, 0, -one.cleared_wall_s, one.id)
        ),
    )
