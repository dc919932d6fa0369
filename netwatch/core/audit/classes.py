"""What was seen of a subject, and what was declared -> its time line: each moment has exactly one class.

In: spans and declarations. Out: segments that follow each other without hole up to the period's end, and how each
declaration was judged. The class is the first that matches of not in service, maintenance, unknown, down, up.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from netwatch.core.audit.declarations import Declaration, Judged, judge, merged
from netwatch.core.audit.intervals import Class, Span, Stretch, stretches
from netwatch.core.audit.periods import Period


class Segment(NamedTuple):
    """A stretch of one class. `seen` differs from it in maintenance only: what would have counted without."""

    from_ms: int
    until_ms: int
    klass: Class
    seen: Class
    fault: str  # whose the loss is, if `seen` is DOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The classes of one subject, from before the period (as far as the record goes) to its end."""

    period: Period
    segments: Sequence[Segment]
    judged: tuple[Judged, ...] = ()

    def within(self, period: Period) -> Iterator[Segment]:
        """The segments of a period, cut to it. Beyond the time line there are none."""
        for segment in self.segments:
            if segment.until_ms <= period.from_ms:
                continue
            if segment.from_ms >= period.until_ms:
                return
            if segment.from_ms >= period.from_ms and segment.until_ms <= period.until_ms:
                yield segment
            else:
                begin_ms, end_ms, klass, seen, fault = segment
                yield Segment(max(begin_ms, period.from_ms), min(end_ms, period.until_ms), klass, seen, fault)


def timeline(spans: Sequence[Span], declarations: Sequence[Declaration], period: Period, *, notice_ms: int) -> Timeline:
    """The classes of a subject up to the end of `period`.

    Spans and declarations may reach back before the period, and should: whether an outage was open when a window
    began, and since when an outage lasts, is only known from what was before.
    """
    earliest_ms = min((one.from_ms for one in declarations if one.from_ms < one.until_ms), default=period.from_ms)
    seen = stretches(spans, from_ms=min(period.from_ms, earliest_ms), until_ms=period.until_ms)
    if not declarations:
        segments = [Segment(begin_ms, end_ms, what, what, fault) for begin_ms, end_ms, what, fault in seen]
        return Timeline(period=period, segments=segments)
    judged = judge(declarations, seen, notice_ms=notice_ms, until_ms=period.until_ms)
    excused = merged((one.declaration for one in judged if one.excuses), until_ms=period.until_ms)
    return Timeline(period=period, segments=tuple(_overlaid(seen, excused)), judged=judged)


def _overlaid(seen: Iterable[Stretch], excused: Sequence[tuple[int, int]]) -> Iterator[Segment]:
    """The stretches, cut where maintenance begins and ends."""
    for begin_ms, end_ms, what, fault in seen:
        if what is Class.NOT_IN_SERVICE:
            yield Segment(begin_ms, end_ms, what, what, fault)
            continue
        at_ms = begin_ms
        for from_ms, until_ms in excused:
            if until_ms <= at_ms or from_ms >= end_ms:
                continue
            if at_ms < from_ms:
                yield Segment(at_ms, from_ms, what, what, fault)
            at_ms = min(until_ms, end_ms)
            yield Segment(max(from_ms, begin_ms), at_ms, Class.MAINTENANCE, what, fault)
        if at_ms < end_ms:
            yield Segment(at_ms, end_ms, what, what, fault)
