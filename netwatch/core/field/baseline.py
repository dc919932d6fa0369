"""What a port with a field device usually receives, and whether it does now: a camera that answers may send no video.

In: the port's receive-byte total of each traffic poll. Out: the verdict on the stream, and a slowly learned baseline.
The baseline moves by ratios (a rate ten times too high weighs as much as one ten times too low), at most by a factor
e in two hours, so that a broadcast storm or a dark night does not become the rule. A rate so low that the stream must
be dead teaches nothing: a day of it is a day of fault, not of a new normal. A camera set to a lower bit rate is learned
anew within hours. All rates are bytes per second.
"""

import math
from typing import NamedTuple

from netwatch.core.links.ends import ReceivedColumns
from netwatch.core.links.port_seen import cell

ENOUGH_SAMPLES = 20  # before anything is said
LOW_SHARE = 0.1  # of the baseline: below, in two polls in a row, the stream is silent
DEAD_SHARE = 0.03  # of the baseline: no bit rate a camera is set to, but keepalives and discovery
FLOOR = 6250.0  # 50 kbit/s: what usually sends less is no camera, and its silence proves nothing
QUIET = 1000.0  # a rate below counts as this: the logarithm of nothing would outweigh everything
TIME_CONSTANT_S = 7200.0
FAR = 3.0  # times the baseline: learned at a quarter of the pace, for storms pass
LONGEST_S = 900.0  # between two totals: what flowed in a longer time says little of now
# Silence uses up what was learned, at a fiftieth: a baseline of an hour that was wrong is forgotten in days, one of
# weeks outlives any repair.
MOST_CREDIT = 10_000.0
SILENCE_COSTS = 1 / 50


class IngressBaseline(NamedTuple):
    """What is usual. `rate` and `credit` are all that a restart needs. A tuple, for every poll makes one."""

    rate: float = 0.0
    credit: float = 0.0  # samples that stand behind the rate
    low_polls: int = 0  # in a row, up to now

    @property
    def speaks(self) -> bool:
        """Whether it is known well enough, and high enough, to call a rate low."""
        return self.credit >= ENOUGH_SAMPLES and self.rate >= FLOOR


class PortIngress(NamedTuple):
    """One port between two polls. `flowing` is `ladder.PortFacts.ingress`. A tuple likewise."""

    baseline: IngressBaseline = IngressBaseline()
    total: int | None = None  # receive bytes, when last read
    at_s: float = 0.0  # when that was; monotonic
    flowing: bool | None = None


def fold_ingress(before: PortIngress, total: int | None, *, at_s: float) -> PortIngress:
    """After one traffic poll. `total` None: a gap, in which nothing is known. The same poll told twice changes nothing.

    `at_s` is the counter's own time, the midpoint of the PDU that carried it.
    """
    baseline, last, last_s, _ = before
    if total is None:
        return before._replace(flowing=None)
    over_s = at_s - last_s
    if last is not None and over_s <= 0:
        return before
    if last is None or over_s > LONGEST_S or total < last:
        return PortIngress(baseline, total, at_s)
    rate = (total - last) / over_s
    return PortIngress(learn(baseline, rate, over_s=over_s), total, at_s, ingress(baseline, rate))


def fold_row(before: PortIngress, received: ReceivedColumns, row: int) -> PortIngress:
    """After one traffic poll of the switch, of which the port is that row."""
    stamp_ms, total = cell(received.stamp_ms, row), cell(received.octets, row)
    if not stamp_ms or total is None:
        return fold_ingress(before, None, at_s=0.0)
    return fold_ingress(before, total, at_s=stamp_ms / 1000)


def ingress(baseline: IngressBaseline, rate: float | None) -> bool | None:
    """Whether the stream flows, by the baseline as it was before this rate was learned. None: nothing can be said.

    False only when the poll before was low as well: one may have fallen into a camera's reboot.
    """
    if rate is None or not baseline.speaks:
        return None
    return baseline.low_polls == 0 or rate >= baseline.rate * LOW_SHARE


def learn(baseline: IngressBaseline, rate: float, *, over_s: float) -> IngressBaseline:
    """The baseline after `over_s` seconds at this rate."""
    usual, credit, low_polls = baseline
    is_low = rate < usual * LOW_SHARE and baseline.speaks
    low_polls = low_polls + 1 if is_low else 0
    if is_low and rate < max(FLOOR, usual * DEAD_SHARE):
        credit -= SILENCE_COSTS
        return IngressBaseline(usual, credit, low_polls) if credit >= ENOUGH_SAMPLES else IngressBaseline()
    learned = _moved(usual, credit, max(rate, QUIET), over_s=over_s)
    return IngressBaseline(learned, _credited(credit + 1, learned), low_polls)


def remember(baseline: IngressBaseline) -> tuple[float, float]:
    """What a restart needs."""
    return baseline.rate, baseline.credit


def recall(rate: float, credit: float) -> IngressBaseline:
    """What `remember` gave. What cannot be a baseline is none."""
    is_sound = math.isfinite(rate) and rate >= 0 and 0 <= credit <= MOST_CREDIT
    return IngressBaseline(rate=rate, credit=credit) if is_sound else IngressBaseline()


def _moved(usual: float, credit: float, rate: float, *, over_s: float) -> float:
    """The baseline a step nearer to a rate."""
    if credit < 1:
        return rate
    distance = math.log(rate / usual)
    if credit < ENOUGH_SAMPLES:
        return usual * math.exp(distance / (credit + 1))  # the mean of all so far
    if usual < FLOOR:
        return usual * math.exp(distance / ENOUGH_SAMPLES)  # nothing is said by it, so it may move freely
    pace = min(over_s / TIME_CONSTANT_S, 1.0) / (4 if rate > usual * FAR else 1)
    return usual * math.exp(pace * max(-1.0, min(1.0, distance)))


def _credited(credit: float, rate: float) -> float:
    """The samples that stand behind a rate, with one more."""
    if credit < ENOUGH_SAMPLES or rate < FLOOR:
        return min(credit, ENOUGH_SAMPLES)
    return min(max(credit, 2 * ENOUGH_SAMPLES), MOST_CREDIT)  # once known, silence shall not unlearn it at once
