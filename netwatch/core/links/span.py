"""(what a span of fibre was like, what its two ends say of their light now) -> what it is like: loss, drift, days left.

A span is one direction of a link: what one end sends, the other receives. What it was like when it was commissioned is
the mean of its first day with light; what it is losing shows in the means of its last days, by least squares. All of it
is judged only while the link is up: an unplugged fibre has no light, and that is no drift.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

DAY_S = 86_400.0
ENOUGH_READINGS = 60  # behind a commissioned mean, and behind one of a day
MOST_DAYS = 30  # of which means are kept
LEAST_DAYS = 7  # before anything is said of what will be
LEAST_FALL_DB = 0.5  # over the days kept: less is temperature and tolerance
MOST_DAYS_LEFT = 3650.0


class Mean(NamedTuple):
    """A mean while it grows."""

    number: int = 0
    sum: float = 0.0

    def with_(self, value: float) -> "Mean":
        return Mean(self.number + 1, self.sum + value)

    @property
    def value(self) -> float | None:
        return self.sum / self.number if self.number else None


class Span(NamedTuple):
    """One direction of a link. Powers in dBm, losses in dB; None: not known. A tuple, for every poll makes one."""

    received: float | None = None  # now
    loss: float | None = None  # now: what is sent less what is received
    limit: float | None = None  # what the receiver needs
    commissioned: float | None = None  # received, when it was new
    commissioned_loss: float | None = None
    since_wall_s: float | None = None  # when its first light was read
    first: Mean = Mean()  # of the first day
    first_loss: Mean = Mean()
    today: Mean = Mean()
    day: int = 0  # of `today`, counted from 1970-01-01
    days: tuple[tuple[int, float], ...] = ()  # day -> mean of what was received, the oldest first

    @property
    def drift(self) -> float | None:
        """How many dB less are received, or more are lost where both ends tell, than when it was commissioned."""
        if self.loss is not None and self.commissioned_loss is not None:
            return self.loss - self.commissioned_loss
        if self.received is not None and self.commissioned is not None:
            return self.commissioned - self.received
        return None

    @property
    def days_left(self) -> float | None:
        """Until the receiver's limit is reached at the pace of the last days; None: it does not fall."""
        if self.received is None or self.limit is None:
            return None
        line = falling(self.days)
        if line is None:
            return None
        per_day, latest = line
        return min(max((latest - self.limit) / -per_day, 0.0), MOST_DAYS_LEFT)


def fold_span(before: Span, *, received: float, sent: float | None, limit: float | None, now_wall_s: float) -> Span:
    """The span after one reading of its receiver; `sent` is what the far end last said it sends."""
    loss = sent - received if sent is not None else None
    begun = before[3:8]
    if before.commissioned is None or before.commissioned_loss is None:
        begun = _commissioned(before, received, loss, now_wall_s)
    return Span(received, loss, limit, *begun, *_counted(before, received, now_wall_s))


def dark(span: Span) -> Span:
    """The span while its link is not up, or its receiver does not tell: what it was like stays."""
    if span.received is None and span.loss is None:
        return span
    return span._replace(received=None, loss=None)


def _commissioned(
    span: Span, received: float, loss: float | None, now_wall_s: float
) -> tuple[float | None, float | None, float, Mean, Mean]:
    """The first day is gathered, then it stands: from `commissioned` to `first_loss`."""
    since_s = now_wall_s if span.since_wall_s is None else span.since_wall_s
    first = span.first.with_(received) if span.commissioned is None else span.first
    first_loss = span.first_loss.with_(loss) if loss is not None else span.first_loss
    is_over = now_wall_s - since_s >= DAY_S
    return (
        first.value if is_over and first.number >= ENOUGH_READINGS else span.commissioned,
        first_loss.value if is_over and first_loss.number >= ENOUGH_READINGS else None,
        since_s,
        first,
        first_loss,
    )


def _counted(span: Span, received: float, now_wall_s: float) -> tuple[Mean, int, tuple[tuple[int, float], ...]]:
    """`today`, `day` and `days`: another day keeps the mean of the one before, if enough readings stand behind it."""
    day, days = int(now_wall_s // DAY_S), span.days
    if day == span.day:
        return span.today.with_(received), day, days
    mean = span.today.value
    if mean is not None and span.today.number >= ENOUGH_READINGS and span.day < day:
        days = (*days, (span.day, round(mean, 3)))[-MOST_DAYS:]
    kept = tuple(one for one in days if day - MOST_DAYS <= one[0] < day)  # a clock set back tells nothing of tomorrow
    return Mean().with_(received), day, kept


def falling(days: Sequence[tuple[int, float]]) -> tuple[float, float] | None:
    """(dB a day, below 0; where the line is on the last day), if it falls for sure.

    For sure: over a week or more, by half a decibel, and faster than what scatters about the line: the fall over the
    whole time is more than twice the mean distance of a day from it.
    """
    if len(days) < LEAST_DAYS or days[-1][0] - days[0][0] < LEAST_DAYS - 1:
        return None
    number = len(days)
    middle = sum(day for day, _ in days) / number
    mean = sum(value for _, value in days) / number
    spread = sum((day - middle) ** 2 for day, _ in days)
    slope = sum((day - middle) * (value - mean) for day, value in days) / spread
    fall = -slope * (days[-1][0] - days[0][0])
    scatter = sum(abs(value - mean - slope * (day - middle)) for day, value in days) / number
    if fall < LEAST_FALL_DB or fall <= 2 * scatter:
        return None
    return slope, mean + slope * (days[-1][0] - middle)


def is_in_order(days: Sequence[tuple[int, float]]) -> bool:
    """Whether these are days as `Span.days` has them."""
    return all(earlier[0] < later[0] for earlier, later in pairwise(days))
