"""Subjects and the parts of a period, such as its days -> for every scope, the time by class in each part.

In: what `account` takes, and the parts. Out: weighted tallies; over parts that make up the period they add up to its
own. What an availability calendar is drawn from.
"""

from collections import defaultdict
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
    alike: defaultdict[tuple[Scope, ...], list[tuple[int, Sequence[Tally]]]] = defaultdict(list)
    for subject in subjects:
        line = timeline((*subject.spans, *unseen), subject.declarations, period, notice_ms=method.notice_ms)
        alike[tuple(scopes(subject))].append((subject.weight, tallies(line.segments, parts)))
    found: defaultdict[Scope, list[tuple[int, Sequence[Tally]]]] = defaultdict(list)
    for its_scopes, rows in alike.items():
        sums = _by_part(rows, len(parts))
        for scope in its_scopes:
            found[scope].append((1, sums))
    return {scope: _by_part(rows, len(parts)) for scope, rows in found.items()}


def _by_part(rows: Sequence[tuple[int, Sequence[Tally]]], parts: int) -> tuple[Tally, ...]:
    return tuple(weighted((weight, row[number]) for weight, row in rows) for number in range(parts))
