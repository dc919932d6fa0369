"""Stored intervals of one subject, overlapping and with holes -> stretches that follow each other, each of one class.

In: spans as the record has them, in any order: what was seen, from when to when. Out: stretches without overlap or
hole. Where spans overlap the class that comes first in `Class` is meant; where there is none, nothing was observed.

Time is whole milliseconds since 1970 UTC, the grain of the record's own times: sums are exact, and still are exact as
numbers of JSON for a large city's camera-hours of a year (below 2**53).
"""

from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import NamedTuple


class Class(IntEnum):
    """What a moment of a subject counts as: the first of these that matches."""

    NOT_IN_SERVICE = 0  # not in the inventory, or taken out of service
    MAINTENANCE = 1  # declared in time and approved; given by declarations only, never by a span
    UNKNOWN = 2  # not observed
    DOWN = 3
    UP = 4


class Span(NamedTuple):
    """One interval of the record, `from_ms <= t < until_ms`; None: still open. An empty one counts for nothing."""

    from_ms: int
    until_ms: int | None
    seen: Class
    fault: str = ""  # id of the fault that a DOWN is charged to


class Stretch(NamedTuple):
    """As a span, after precedence. `fault` is empty unless it is DOWN."""

    from_ms: int
    until_ms: int
    seen: Class
    fault: str


_CLEAR_MS = 0.49

_Edge = tuple[int, int, int]  # when, which span, +1 where it begins and -1 where it ends


def ms_of(wall_s: float) -> int:
    """A time of the record in milliseconds, as `Event.canonical_json` writes it."""
    ms = wall_s * 1000
    near = round(ms)
    # rounding to a decimal costs ten times as much, and matters between two milliseconds alone
    return near if abs(ms - near) < _CLEAR_MS else round(round(wall_s, 3) * 1000)


def stretches(spans: Sequence[Span], *, from_ms: int, until_ms: int) -> list[Stretch]:
    """What was seen from `from_ms`, or the earliest span if that is earlier, up to `until_ms`.

    Open spans run to `until_ms`; what lies later is not looked at, so that a period's figures do not change with what
    happens after it. Of overlapping spans that are DOWN, the one that began first has the fault; of those that began
    together, the lesser id. ValueError for a span that claims maintenance.
    """
    edges = sorted(_edges(spans, until_ms))
    begin_ms = min(from_ms, edges[0][0]) if edges else from_ms
    counts, downs = [0, 0, 0, 0, 0], set[int]()
    found: list[Stretch] = []
    current, since_ms, moment_ms = (Class.UNKNOWN, ""), begin_ms, begin_ms
    for at_ms, number, step in (*edges, (until_ms, -1, 0)):
        if at_ms != moment_ms:
            now = _first_match(counts, downs, spans)
            if now != current:
                if since_ms < moment_ms:
                    found.append(Stretch(since_ms, moment_ms, *current))
                current, since_ms = now, moment_ms
            moment_ms = at_ms
        if not step:
            continue
        seen = spans[number].seen
        counts[seen] += step
        if seen is Class.DOWN:
            (downs.add if step > 0 else downs.discard)(number)
    if since_ms < until_ms:
        found.append(Stretch(since_ms, until_ms, *current))
    return found


def _edges(spans: Sequence[Span], until_ms: int) -> Iterable[_Edge]:
    for number, (begin_ms, ended_ms, seen, _) in enumerate(spans):
        if seen is Class.MAINTENANCE:
            raise ValueError("maintenance is declared, not seen: no span may be of that class")
        end_ms = until_ms if ended_ms is None or ended_ms > until_ms else ended_ms
        if begin_ms < end_ms:
            yield begin_ms, number, 1
            yield end_ms, number, -1


def _first_match(counts: Sequence[int], downs: set[int], spans: Sequence[Span]) -> tuple[Class, str]:
    if counts[Class.NOT_IN_SERVICE]:
        return Class.NOT_IN_SERVICE, ""
    if counts[Class.UNKNOWN]:
        return Class.UNKNOWN, ""
    if downs:
        first = min((spans[number] for number in downs), key=lambda span: (span.from_ms, span.fault))
        return Class.DOWN, first.fault
    return (Class.UP, "") if counts[Class.UP] else (Class.UNKNOWN, "")
