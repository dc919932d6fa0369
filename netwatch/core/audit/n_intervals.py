"""A time line -> availability by small intervals, n in a row, modelled on MEF 10.3. It stands beside the raw figures.

In: the segments of a period. Out: its time by class, where up and down are not what each moment was but what the
rule makes of it: unavailable from the first of n bad intervals in a row, available again from the first of n good ones.

Modelled on, not measured by: MEF 10.3 judges an interval by its frame-loss ratio, and a few pings are no such ratio.
Here an interval is bad if it was down for more than a share of the time observed in it. Intervals without any observed
time (unknown, maintenance, not in service) neither count nor break a row. The first is taken to follow a good one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from netwatch.core.audit.availability import Tally, tally
from netwatch.core.audit.classes import Segment
from netwatch.core.audit.intervals import Class
from netwatch.core.audit.periods import Period

_Run = tuple[bool, int, int]  # bad, how many intervals, how long was observed in them


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalRule:
    """The parameters. MEF-SOAM-PM-MIB has 10 in a row, and a threshold of 50 %."""

    length_ms: int = 10_000  # of the small intervals; the first begins with the period
    in_a_row: int = 10
    threshold: Fraction = Fraction(1, 2)  # bad: down for more than this share of what was observed

    def __post_init__(self) -> None:
        if self.length_ms < 1 or self.in_a_row < 1 or not 0 <= self.threshold < 1:
            raise ValueError(f"{self}: an interval has a length, a row a number, and the threshold is below 1")


def n_interval_tally(segments: Iterable[Segment], period: Period, rule: IntervalRule) -> Tally:
    """The time by class under the rule. `segments` are those of the period, cut to it."""
    segments = tuple(segments)
    raw = tally(segments)
    if not raw.down:
        return raw
    up = down = 0
    is_available = True
    for is_bad, count, observed_ms in _rows(_runs(segments, period, rule)):
        if count >= rule.in_a_row:
            is_available = not is_bad
        if is_available:
            up += observed_ms
        else:
            down += observed_ms
    return raw._replace(up=up, down=down)


def _rows(runs: Iterable[_Run]) -> Iterator[_Run]:
    """Runs of the same kind that follow each other, as one."""
    was_bad, number, observed_ms = False, 0, 0
    for is_bad, count, length_ms in runs:
        if is_bad is not was_bad:
            yield was_bad, number, observed_ms
            was_bad, number, observed_ms = is_bad, 0, 0
        number += count
        observed_ms += length_ms
    yield was_bad, number, observed_ms


def _runs(segments: Iterable[Segment], period: Period, rule: IntervalRule) -> Iterator[_Run]:
    """Intervals with observed time, in order: those within one segment at once, the mixed ones one by one."""
    length_ms, begin_ms = rule.length_ms, period.from_ms
    mixed, up, down = -1, 0, 0  # the interval that is being added up
    for at_ms, end_ms, klass, _, _ in segments:
        if klass is not Class.UP and klass is not Class.DOWN:
            continue
        while at_ms < end_ms:
            number, offset_ms = divmod(at_ms - begin_ms, length_ms)
            if number != mixed:
                if up or down:
                    yield _is_bad(up, down, rule), 1, up + down
                mixed, up, down = number, 0, 0
            whole = 0 if offset_ms else (end_ms - at_ms) // length_ms
            step_ms = whole * length_ms or min(end_ms - at_ms, length_ms - offset_ms)
            at_ms += step_ms  # noqa: PLW2901 - eats the segment up
            if whole:
                yield klass is Class.DOWN, whole, step_ms
            elif klass is Class.DOWN:
                down += step_ms
            else:
                up += step_ms
    if up or down:
        yield _is_bad(up, down, rule), 1, up + down


def _is_bad(up: int, down: int, rule: IntervalRule) -> bool:
    return down * rule.threshold.denominator > (up + down) * rule.threshold.numerator
