"""Stored intervals of one subject, overlapping and with holes -> stretches that follow each other, each of one class.

In: spans as the record has them, in any order: what was seen, from when to when. Out: stretches without overlap or
hole. Where spans overlap the class that comes first in `Class` is meant; where there is none, nothing was observed.

Time is whole milliseconds since 1970 UTC, the grain of the record's own times: sums are exact, and still are exact as
numbers of JSON for a large city's camera-hours of a year (below 2**53).
"""

from collections.abc import Iterable, Iterator, Sequence
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
    number = _in_order(spans)
    covers = spans[number:]
    if any(span.seen not in (Class.UNKNOWN, Class.NOT_IN_SERVICE) for span in covers):
        return _swept(spans, from_ms, until_ms)
    begin_ms = min((one.from_ms for one in spans if one.from_ms < _end_ms(one, until_ms)), default=from_ms)
    line = _line(spans[:number], min(from_ms, begin_ms), until_ms)
    for klass in (Class.UNKNOWN, Class.NOT_IN_SERVICE):
        laid_on = _merged([one for one in covers if one.seen is klass], until_ms)
        line = _covered(line, klass, laid_on) if laid_on else line
    return _joined(line)


def _in_order(spans: Sequence[Span]) -> int:
    """How many of the first follow each other: mostly all but those when nothing was observed, or not in service."""
    at_ms = float("-inf")
    for number, (begin_ms, end_ms, seen, _) in enumerate(spans):
        if begin_ms < at_ms or seen is Class.MAINTENANCE:
            return number
        at_ms = float("inf") if end_ms is None else max(at_ms, end_ms)
    return len(spans)


def _line(spans: Iterable[Span], at_ms: int, until_ms: int) -> Iterator[Stretch]:
    """Spans that follow each other, and between them nothing observed."""
    for span in spans:
        end_ms = _end_ms(span, until_ms)
        if span.from_ms >= end_ms:
            continue
        if at_ms < span.from_ms:
            yield Stretch(at_ms, span.from_ms, Class.UNKNOWN, "")
        yield Stretch(span.from_ms, end_ms, span.seen, span.fault if span.seen is Class.DOWN else "")
        at_ms = end_ms
    if at_ms < until_ms:
        yield Stretch(at_ms, until_ms, Class.UNKNOWN, "")


def _covered(line: Iterable[Stretch], klass: Class, times: Sequence[tuple[int, int]]) -> Iterator[Stretch]:
    """The same with that class in those times, which are in order, where what is there comes later in `Class`."""
    number = 0
    for stretch in line:
        at_ms, end_ms, seen, fault = stretch
        while number < len(times) and times[number][1] <= at_ms:
            number += 1
        if seen <= klass or number == len(times) or times[number][0] >= end_ms:
            yield stretch
            continue
        for since_ms, until_ms in times[number:]:
            if since_ms >= end_ms:
                break
            if at_ms < since_ms:
                yield Stretch(at_ms, since_ms, seen, fault)
            yield Stretch(max(at_ms, since_ms), min(until_ms, end_ms), klass, "")
            at_ms = min(until_ms, end_ms)
        if at_ms < end_ms:
            yield Stretch(at_ms, end_ms, seen, fault)


def _merged(spans: Iterable[Span], until_ms: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for begin_ms, end_ms in sorted((one.from_ms, _end_ms(one, until_ms)) for one in spans):
        if found and begin_ms <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end_ms)
        elif begin_ms < end_ms:
            found.append((begin_ms, end_ms))
    return found


def _joined(line: Iterable[Stretch]) -> list[Stretch]:
    """Neighbours that are alike as one."""
    found: list[Stretch] = []
    for stretch in line:
        if found and found[-1][2:] == stretch[2:]:
            found[-1] = Stretch(found[-1].from_ms, *stretch[1:])
        else:
            found.append(stretch)
    return found


def _end_ms(span: Span, until_ms: int) -> int:
    return until_ms if span.until_ms is None or span.until_ms > until_ms else span.until_ms


def _swept(spans: Sequence[Span], from_ms: int, until_ms: int) -> list[Stretch]:
    """Of spans in any order, moment by moment."""
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
    for number, span in enumerate(spans):
        begin_ms, end_ms = span.from_ms, _end_ms(span, until_ms)
        if span.seen is Class.MAINTENANCE:
            raise ValueError("maintenance is declared, not seen: no span may be of that class")
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
