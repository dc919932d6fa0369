"""Time by class -> the figures of availability, as exact fractions.

In: a time line. Out: how long each class lasted, and the ratios that follow. Numerators and denominators stay whole
numbers: a report can print them, and anybody can divide.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from netwatch.core.audit.classes import Segment, Timeline
from netwatch.core.audit.declarations import merged
from netwatch.core.audit.intervals import Class
from netwatch.core.audit.periods import Period


class Tally(NamedTuple):
    """How long each class lasted, in milliseconds; of several subjects together, in milliseconds times weight.

    A ratio is None where nothing is there to divide by: no time was observed, or none was in service.
    """

    up: int = 0
    down: int = 0
    maintenance: int = 0
    unknown: int = 0
    not_in_service: int = 0

    @property
    def total(self) -> int:
        return self.up + self.down + self.maintenance + self.unknown + self.not_in_service

    @property
    def availability(self) -> Fraction | None:
        """A = U/(U+D): of the time observed."""
        return _ratio(self.up, self.up + self.down)

    @property
    def availability_all(self) -> Fraction | None:
        """A_all = U/(U+D+M): what citizens saw, who do not care whether it was declared."""
        return _ratio(self.up, self.up + self.down + self.maintenance)

    @property
    def availability_low(self) -> Fraction | None:
        """A_low = U/(U+D+K): if it was down whenever nobody looked."""
        return _ratio(self.up, self.up + self.down + self.unknown)

    @property
    def availability_high(self) -> Fraction | None:
        """A_high = (U+K)/(U+D+K): if it was up whenever nobody looked."""
        return _ratio(self.up + self.unknown, self.up + self.down + self.unknown)

    @property
    def coverage(self) -> Fraction | None:
        """(U+D)/(T-M-N): how much of what counts was observed."""
        return _ratio(self.up + self.down, self.up + self.down + self.unknown)


def tally(segments: Iterable[Segment]) -> Tally:
    """The time of each class."""
    sums = [0, 0, 0, 0, 0]
    for begin_ms, end_ms, klass, _, _ in segments:
        sums[klass] += end_ms - begin_ms
    return _of(sums)


def tallies(segments: Iterable[Segment], parts: Sequence[Period]) -> list[Tally]:
    """The time of each class in each of `parts`, which follow each other, as `segments` do."""
    sums = [[0, 0, 0, 0, 0] for _ in parts]
    bounds = [(part.from_ms, part.until_ms) for part in parts]
    number = 0
    for begin_ms, end_ms, klass, _, _ in segments:
        while number < len(parts) and bounds[number][1] <= begin_ms:
            number += 1
        for reached in range(number, len(parts)):
            from_ms, until_ms = bounds[reached]
            if from_ms >= end_ms:
                break
            sums[reached][klass] += min(end_ms, until_ms) - max(begin_ms, from_ms)
    return [_of(one) for one in sums]


def seen_in_maintenance(segments: Iterable[Segment]) -> Tally:
    """What was up, down and not observed while maintenance excused it."""
    sums = [0, 0, 0, 0, 0]
    for begin_ms, end_ms, klass, seen, _ in segments:
        if klass is Class.MAINTENANCE:
            sums[seen] += end_ms - begin_ms
    return _of(sums)


def declared_after(line: Timeline, period: Period) -> Tally:
    """The classes of the time within windows that do not excuse; told beside the figures, changing none of them.

    Time that another window excuses, or that is not in service, is no part of it.
    """
    refused = merged((one.declaration for one in line.judged if not one.excuses), until_ms=period.until_ms)
    sums = [0, 0, 0, 0, 0]
    for begin_ms, end_ms, klass, _, _ in line.within(period) if refused else ():
        if klass not in (Class.NOT_IN_SERVICE, Class.MAINTENANCE):
            sums[klass] += sum(max(0, min(until, end_ms) - max(since, begin_ms)) for since, until in refused)
    return _of(sums)


def _of(sums: list[int]) -> Tally:
    not_in_service, maintenance, unknown, down, up = sums
    return Tally(up=up, down=down, maintenance=maintenance, unknown=unknown, not_in_service=not_in_service)


def _ratio(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None
