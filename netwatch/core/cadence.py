"""When each lane of each device is next due: evenly spread, on a grid that does not drift, without storms.

In: names, intervals, phases, monotonic time. Out: phases, due times, counts of what was left out. A lane is due at
(n + phase) * interval for whole n, so a late poll delays nobody, a stall skips what it missed instead of bursting,
and a device that comes back is due where it always was.
"""

import heapq
import math
from collections.abc import Hashable

# Multiples of the golden ratio modulo 1 are the most even sequence that can always be continued: whatever the number
# of names, no gap is twice the mean (three-distance theorem).
_GOLDEN = (math.sqrt(5) - 1) / 2

BACKOFF_INTERVALS = 2
BACKOFF_JITTER = 0.25


class Phases:
    """A phase for each name, 0 <= phase < 1, even among names of one group, and kept while the name is.

    A group is what shares an interval: `among` is any value that tells groups apart, such as (lane, interval_s).
    Names that go leave their phase to the next that comes.
    """

    def __init__(self) -> None:
        self._slots: dict[str, tuple[Hashable, int]] = {}
        self._next: dict[Hashable, int] = {}
        self._free: dict[Hashable, list[int]] = {}

    def of(self, name: str, among: Hashable = None) -> float:
        """The phase of `name`: as before, unless it is new or has moved to another group."""
        held = self._slots.get(name)
        if held is None or held[0] != among:
            self.forget(name)
            held = self._slots[name] = (among, self._take(among))
        return held[1] * _GOLDEN % 1.0

    def forget(self, name: str) -> None:
        """Free the phase of a name that is watched no more; a name never seen has none."""
        held = self._slots.pop(name, None)
        if held is not None:
            heapq.heappush(self._free.setdefault(held[0], []), held[1])

    def _take(self, among: Hashable) -> int:
        free = self._free.get(among)
        if free:
            return heapq.heappop(free)
        slot = self._next.get(among, 0)
        self._next[among] = slot + 1
        return slot


def next_due(now_s: float, *, interval_s: float, phase: float) -> float:
    """The first time after `now_s` on the grid of `interval_s` and `phase`. Never `now_s` itself."""
    turn = math.floor(now_s / interval_s - phase) + 1
    due_s = (turn + phase) * interval_s
    # rounding may put the product on or before now, though the quotient said after
    return due_s if due_s > now_s else (turn + 1 + phase) * interval_s


def missed(due_s: float, now_s: float, *, interval_s: float) -> int:
    """How many later grid times have passed since `due_s`: the polls left out while the one due then was late or ran.

    They are overruns to count, not polls to catch up on.
    """
    return max(0, math.floor((now_s - due_s) / interval_s))


def backoff_s(silent_polls: int, *, interval_s: float, chance: float) -> float:
    """How long to leave a device alone after `silent_polls` failed ones in a row. `chance` is random, 0 to 1.

    One interval, then two, shortened by up to a quarter so that devices silenced together do not return together.
    No longer: after three intervals without a look it would count as not observed, though we know it to be silent.
    """
    return interval_s * min(max(silent_polls, 1), BACKOFF_INTERVALS) * (1 - BACKOFF_JITTER * chance)
