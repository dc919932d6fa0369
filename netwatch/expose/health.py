"""How the daemon itself is doing: the lateness of its event loop, and whether it makes real progress.

The systemd watchdog is fed only by progress: a sweep that ended and a heartbeat that the store has answered.
A loop that still turns while nothing is polled, or while nothing can be stored, is not healthy. A full disk is red too,
but an answer: a daemon begun anew would have no more room, and would have to find out again what it knew.
"""

import asyncio
import bisect
from collections import deque
from dataclasses import dataclass, field


class LoopLag:
    """Samples how late the event loop wakes up; `p99_s` over the last `window` samples."""

    def __init__(self, *, every_s: float = 0.05, window: int = 1200) -> None:
        self._every_s = every_s
        self._recent: deque[float] = deque(maxlen=window)
        self._sorted: list[float] = []

    def record(self, late_s: float) -> None:
        if len(self._recent) == self._recent.maxlen:
            oldest = self._recent[0]
            del self._sorted[bisect.bisect_left(self._sorted, oldest)]
        self._recent.append(late_s)
        bisect.insort(self._sorted, late_s)

    @property
    def p99_s(self) -> float:
        """Lateness that 99 of 100 wake-ups stay under, in seconds; 0 before the first sample."""
        if not self._sorted:
            return 0.0
        return self._sorted[min(len(self._sorted) - 1, int(len(self._sorted) * 0.99))]

    async def watch(self) -> None:
        """Sample for ever."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + self._every_s
            await asyncio.sleep(self._every_s)
            self.record(max(0.0, loop.time() - due))


PATIENCE_S = 60.0  # without a sweep or a commit the watchdog goes hungry
SWEEPS_OF_PATIENCE = 3  # where devices are asked so rarely that a sweep takes longer than a third of PATIENCE_S


def patience_s(slowest_s: float) -> float:
    """How long to wait for a sweep where the slowest device is asked every `slowest_s`."""
    return max(PATIENCE_S, SWEEPS_OF_PATIENCE * slowest_s)


@dataclass(slots=True)
class Progress:
    """What the watchdog is fed by. Times are monotonic seconds; `started_s` counts as the first of both."""

    started_s: float
    patience_s: float
    is_recording: bool = True  # what is told is on the disk
    last_sweep_s: float = field(init=False)
    last_answer_s: float = field(init=False)

    def __post_init__(self) -> None:
        self.last_sweep_s = self.started_s
        self.last_answer_s = self.started_s

    def note_answer(self, at_s: float) -> None:
        self.last_answer_s = at_s

    def is_real(self, now_s: float) -> bool:
        """A sweep has ended and a heartbeat was answered within the patience."""
        return now_s - min(self.last_sweep_s, self.last_answer_s) <= self.patience_s

    def complaint(self, now_s: float) -> str:
        """One sentence on what does not move, or is not recorded; empty when all is well."""
        if now_s - self.last_sweep_s > self.patience_s:
            return f"no sweep has ended for {now_s - self.last_sweep_s:.0f} s"
        if now_s - self.last_answer_s > self.patience_s:
            return f"the store has answered nothing for {now_s - self.last_answer_s:.0f} s"
        return "" if self.is_recording else "what is told cannot be recorded; all else goes on"
