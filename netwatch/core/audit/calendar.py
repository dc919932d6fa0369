"""Subjects and the parts of a period, such as its days -> for every scope, the time by class in each part.

In: what `account` takes, and the parts. Out: weighted tallies; over parts that make up the period they add up to its
own. What an availability calendar is drawn from.
"""

from collections.abc import Iterable, Mapping, Sequence

from netwatch.core.audit.availability import Tally, tallies
from netwatch.core.audit.classes import timeline
from netwatch.core.audit.intervals import Class, Span
from netwatch.core.audit.periods import Period
from netwatch.core.audit.service_availability import Scope, scopes, weighted
from netwatch.core.audit.subjects import Method, Subject


def calendar(
    subjects: Iterable[Subject],
    parts: Sequence[Period],
    *,
    method: Method,
    gaps: Sequence[tuple[int, int | None]] = (),
) -> Mapping[Scope, tuple[Tally, ...]]:
    """One tally for each part, in camera-milliseconds. `parts` follow each other; between them there may be holes."""
    if not parts:
        return {}
    period = Period(from_ms=parts[0].from_ms, until_ms=parts[-1].until_ms)
    unseen = [Span(begin_ms, end_ms, Class.UNKNOWN) for begin_ms, end_ms in gaps]
    found: dict[Scope, list[list[tuple[int, Tally]]]] = {}
    for subject in subjects:
        line = timeline((*subject.spans, *unseen), subject.declarations, period, notice_ms=method.notice_ms)
        for number, part in enumerate(tallies(line.segments, parts)):
            for scope in scopes(subject):
                found.setdefault(scope, [[] for _ in parts])[number].append((subject.weight, part))
    return {scope: tuple(weighted(days) for days in columns) for scope, columns in found.items()}
