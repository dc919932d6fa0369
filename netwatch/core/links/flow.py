"""(one direction of a link so far, the totals of its ends) -> bytes per second, now and as a mean over 15 minutes.

What goes from a to b is what a transmits or, where a does not tell, what b receives: one of the two counters, kept to
as long as it is told. A gap has no rate. The mean needs only a mark every five minutes, whatever the polls' pace.
"""

from array import array
from collections.abc import Sequence
from typing import NamedTuple

from netwatch.core.links.ends import PortTotals

MEAN_OVER_MS = 900_000
MARK_EVERY_MS = 300_000
LONGEST_MEAN_MS = MEAN_OVER_MS + 2 * MARK_EVERY_MS  # beyond it the marks lie behind a gap


class Flow(NamedTuple):
    """One direction. Times are ms of wall clock; a tuple, for every poll makes one."""

    at_receiver: bool = False  # the counter: received at the far end, instead of transmitted at the near one
    last: tuple[int, int] | None = None  # (time, total bytes)
    marks: Sequence[float] = ()  # time, total bytes, time, total bytes ... of one counter, the oldest first
    rate: float | None = None  # bytes/s over the last traffic interval
    mean: float | None = None  # bytes/s over the last 15 to 20 minutes; None until there are as many


class LinkCounts(NamedTuple):
    """Both directions of a link, and the newest totals that its ends told."""

    to_b: Flow = Flow()
    to_a: Flow = Flow()
    a: PortTotals | None = None
    b: PortTotals | None = None

    def after(self, a: PortTotals | None, b: PortTotals | None) -> "LinkCounts":
        """After another look at both ends. None: an end tells nothing now."""
        return LinkCounts(advance(self.to_b, a, b), advance(self.to_a, b, a), a or self.a, b or self.b)


def advance(flow: Flow, sender: PortTotals | None, receiver: PortTotals | None) -> Flow:
    """The flow after another look at both counters, which may be no newer than the last look."""
    was_at_receiver, last, marks, rate, _ = flow
    sent = sender.transmit_bytes if sender is not None else None
    received = receiver.receive_bytes if receiver is not None else None
    at_receiver = received is not None if was_at_receiver else sent is None
    source, total = (receiver, received) if at_receiver else (sender, sent)
    if source is None or total is None:
        return flow if rate is None else flow._replace(rate=None)
    now_ms = source.stamp_ms
    if at_receiver is not was_at_receiver or last is None or total < last[1]:
        return Flow(at_receiver, (now_ms, total), array("d", (now_ms, total)))
    if now_ms <= last[0]:
        return flow
    marks = _marks(marks, now_ms, total)
    over_ms = now_ms - marks[0]
    mean = (total - marks[1]) * 1000 / over_ms if over_ms >= MEAN_OVER_MS else None
    return Flow(at_receiver, (now_ms, total), marks, (total - last[1]) * 1000 / (now_ms - last[0]), mean)


def _marks(marks: Sequence[float], now_ms: int, total: int) -> Sequence[float]:
    """The marks that the next mean may begin at: the oldest is the newest of those 15 minutes old."""
    if now_ms - marks[-2] >= MARK_EVERY_MS:
        marks = array("d", (*marks, now_ms, total))
    while len(marks) > 2 and (now_ms - marks[2] >= MEAN_OVER_MS or now_ms - marks[0] > LONGEST_MEAN_MS):
        marks = marks[2:]
    return marks
