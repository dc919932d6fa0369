"""A time line -> its outages, and from outages the mean time to repair and between failures.

In: the segments of one subject. Out: each outage with how its beginning and its end are known, and the means over any
number of outages, exact, with what makes them uncertain said beside them.

An outage lasts until the subject is seen to be up again, is taken out of service, or maintenance excuses it: time not
observed in between does not end it, and is no time down either.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from netwatch.core.audit.classes import Segment
from netwatch.core.audit.intervals import Class
from netwatch.core.audit.periods import Period


class Bound(StrEnum):
    """How the beginning or the end of an outage is known."""

    SEEN = "seen"  # up until then, or from then on
    UNSEEN = "unseen"  # some time while nothing was observed
    MAINTENANCE = "maintenance"  # that was over, or began
    NOT_IN_SERVICE = "not_in_service"  # put into service like this, or taken out of it
    PERIOD = "period"  # began before it, or is open at its end


class Outage(NamedTuple):
    """One outage, cut to the period. `since_ms` is not cut: when it began, as far as the record goes back."""

    since_ms: int
    from_ms: int
    until_ms: int  # when it was last known to be down
    down_ms: int
    unknown_ms: int  # not observed from its beginning to its being over: at most so much longer
    began: Bound
    ended: Bound
    fault: str = ""  # of its first moment

    @property
    def is_censored(self) -> bool:
        """Its length is not known: one end or the other lies beyond what was seen, or part of it was not observed."""
        return not (self.began is self.ended is Bound.SEEN) or self.unknown_ms > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """Over the outages of a period. Times in milliseconds. Outages are not weighted.

    `failures` are the outages that began within the period: one that lasts over two months fails once.
    """

    outages: int = 0
    failures: int = 0
    censored: int = 0
    open_at_end: int = 0
    down_ms: int = 0
    complete_down_ms: int = 0  # of those whose length is known
    up_ms: int = 0

    def __add__(self, other: "Repair") -> "Repair":
        return Repair(
            outages=self.outages + other.outages,
            failures=self.failures + other.failures,
            censored=self.censored + other.censored,
            open_at_end=self.open_at_end + other.open_at_end,
            down_ms=self.down_ms + other.down_ms,
            complete_down_ms=self.complete_down_ms + other.complete_down_ms,
            up_ms=self.up_ms + other.up_ms,
        )

    @property
    def mttr_ms(self) -> Fraction | None:
        """Mean time to repair, of all outages; None: none observed. At least so much where any is censored."""
        return Fraction(self.down_ms, self.outages) if self.outages else None

    @property
    def mttr_complete_ms(self) -> Fraction | None:
        """The same of those outages alone whose length is known; None: none is."""
        complete = self.outages - self.censored
        return Fraction(self.complete_down_ms, complete) if complete else None

    @property
    def mtbf_ms(self) -> Fraction | None:
        """Mean time between failures, U/n; None: none observed, and `up_ms` is all that can be said: at least that."""
        return Fraction(self.up_ms, self.failures) if self.failures else None


class _Open:
    """An outage that is not over yet, while the segments go by."""

    __slots__ = ("began", "down_ms", "fault", "from_ms", "since_ms", "unknown_ms", "until_ms")

    def __init__(self, segment: Segment, began: Bound) -> None:
        self.since_ms, self.fault, self.began = segment.from_ms, segment.fault, began
        self.from_ms, self.until_ms = segment.from_ms, segment.until_ms
        self.down_ms = self.unknown_ms = 0


_BOUNDS = {
    Class.NOT_IN_SERVICE: Bound.NOT_IN_SERVICE,
    Class.MAINTENANCE: Bound.MAINTENANCE,
    Class.UNKNOWN: Bound.UNSEEN,
    Class.DOWN: Bound.PERIOD,
    Class.UP: Bound.SEEN,
}


def outages(segments: Sequence[Segment], period: Period) -> tuple[Outage, ...]:
    """Those that have any time down within the period. `segments` may begin before it, and end where it ends."""
    found: list[Outage] = []
    current: _Open | None = None
    before = Class.UNKNOWN
    for segment in segments:
        begin_ms, end_ms, klass = segment[:3]
        inside_ms = max(0, end_ms - max(begin_ms, period.from_ms))
        if klass is Class.DOWN:
            current = current or _Open(segment, _BOUNDS[before])
            if inside_ms and not current.down_ms:
                current.from_ms = max(begin_ms, period.from_ms)
            current.down_ms += inside_ms
            current.until_ms = end_ms
        elif current is not None and klass is Class.UNKNOWN:
            current.unknown_ms += inside_ms
        elif current is not None:
            found += _closed(current, period, _BOUNDS[Class.UNKNOWN if before is Class.UNKNOWN else klass])
            current = None
        before = klass
    if current is not None:
        found += _closed(current, period, _BOUNDS[before])
    return tuple(found)


def repair(found: Iterable[Outage], *, up_ms: int) -> Repair:
    """The counts and sums from which the means follow. `up_ms`: how long the subject was up in the period."""
    found = tuple(found)
    return Repair(
        outages=len(found),
        failures=sum(one.began is not Bound.PERIOD for one in found),
        censored=sum(one.is_censored for one in found),
        open_at_end=sum(one.ended is Bound.PERIOD for one in found),
        down_ms=sum(one.down_ms for one in found),
        complete_down_ms=sum(one.down_ms for one in found if not one.is_censored),
        up_ms=up_ms,
    )


def _closed(one: _Open, period: Period, ended: Bound) -> tuple[Outage, ...]:
    if not one.down_ms:
        return ()
    began = Bound.PERIOD if one.since_ms < period.from_ms else one.began
    outage = Outage(
        since_ms=one.since_ms,
        from_ms=one.from_ms,
        until_ms=one.until_ms,
        down_ms=one.down_ms,
        unknown_ms=one.unknown_ms,
        began=began,
        ended=ended,
        fault=one.fault,
    )
    return (outage,)
