"""(one direction of a link so far, the totals of its ends) -> bytes per second, now and as a mean over 15 minutes.

What goes from a to b is what a transmits or, where a does not tell, what b receives: one of the two counters, kept to
as long as it is told. A gap has no rate. The mean needs only a mark every five minutes, whatever the polls' pace.
"""

from dataclasses import dataclass, replace

from netwatch.core.link_ends import PortTotals

MEAN_OVER_MS = 900_000
MARK_EVERY_MS = 300_000
LONGEST_MEAN_MS = MEAN_OVER_MS + 2 * MARK_EVERY_MS  # beyond it the marks lie behind a gap


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One direction. `marks` are (time in ms of wall clock, total bytes) of one counter, oldest first."""

    at_receiver: bool = False  # the counter: received at the far end, instead of transmitted at the near one
    last: tuple[int, int] | None = None
    marks: tuple[tuple[int, int], ...] = ()
    rate: float | None = None  # bytes/s over the last traffic interval
    mean: float | None = None  # bytes/s over the last 15 to 20 minutes; None until there are as many


def advance(flow: Flow, sender: PortTotals | None, receiver: PortTotals | None) -> Flow:
    """The flow after another look at both counters, which may be no newer than the last look."""
    sent, received = _mark(sender, "transmit_bytes"), _mark(receiver, "receive_bytes")
    at_receiver = received is not None if flow.at_receiver else sent is None
    now = received if at_receiver else sent
    if now is None:
        return flow if flow.rate is None else replace(flow, rate=None)
    if at_receiver is not flow.at_receiver or flow.last is None or now[1] < flow.last[1]:
        return Flow(at_receiver=at_receiver, last=now, marks=(now,))
    if now[0] <= flow.last[0]:
        return flow
    marks = _marks(flow.marks, now)
    passed_ms = now[0] - marks[0][0]
    return Flow(
        at_receiver=at_receiver,
        last=now,
        marks=marks,
        rate=_per_second(flow.last, now),
        mean=_per_second(marks[0], now) if passed_ms >= MEAN_OVER_MS else None,
    )


def _mark(totals: PortTotals | None, column: str) -> tuple[int, int] | None:
    if totals is None:
        return None
    total: int | None = getattr(totals, column)
    return None if total is None else (totals.stamp_ms, total)


def _marks(marks: tuple[tuple[int, int], ...], now: tuple[int, int]) -> tuple[tuple[int, int], ...]:
    """The marks that the next mean may begin at: the oldest is the newest of those 15 minutes old."""
    if now[0] - marks[-1][0] >= MARK_EVERY_MS:
        marks = (*marks, now)
    while len(marks) > 1 and (now[0] - marks[1][0] >= MEAN_OVER_MS or now[0] - marks[0][0] > LONGEST_MEAN_MS):
        marks = marks[1:]
    return marks


def _per_second(earlier: tuple[int, int], later: tuple[int, int]) -> float:
    return (later[1] - earlier[1]) * 1000 / (later[0] - earlier[0])
