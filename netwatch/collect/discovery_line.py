"""Whose discovery begins next, and when: as many as the core has room for beside polls and echoes.

In: who waits, the CPU time we have used, and how much waits to be folded. Out: one after the other may begin. A first
discovery costs as much as fifty polls, and a city's first ones come all at once: the pace falls while they take more of
the core than is good for the polls, and grows while there is room. It never falls below what the regular discoveries
of the city need, unless folding itself is late.
"""

from collections.abc import Callable
from math import inf

AT_ONCE = 32  # walks are the heaviest thing an agent is asked
FASTEST_PER_S = 100.0
SLOWEST_PER_S = 1.0
REGULAR = 1.05  # of the pace at which they fall due: so that the line gets shorter
LOOK_EVERY_S = 1.0
FULL = 0.7  # of one core: what others do on it, and what comes in bursts, needs the rest
MUCH_UNFOLDED = 1_500  # what a city of 10,000 devices brings in half a second; usual is a tenth
FASTER, SLOWER = 1.1, 0.5  # after each look


class DiscoveryLine:
    """Subjects in line, each once; at most `AT_ONCE` under way. `cpu_s` is a clock of the CPU time of this process."""

    def __init__(self, *, cpu_s: Callable[[], float], unfolded: Callable[[], int]) -> None:
        self._cpu_s = cpu_s
        self._unfolded = unfolded
        self._line: dict[str, None] = {}
        self._under_way = 0
        self._per_s = FASTEST_PER_S
        self._saved = float(AT_ONCE)  # how many may begin at once
        self._at_s = self._looked_s = -inf
        self._used_s = cpu_s()
        self.regular_per_s = 0.0  # how many fall due

    def __bool__(self) -> bool:
        """Whether anybody waits."""
        return bool(self._line)

    def join(self, subject: str) -> None:
        """Wait for a place."""
        self._line[subject] = None

    def next(self) -> str:
        """Who has waited longest, and waits no more."""
        subject = next(iter(self._line))
        del self._line[subject]
        return subject

    def has_place(self, now_s: float) -> bool:
        """Whether one more may begin now."""
        self._look(now_s)
        self._saved = min(float(AT_ONCE), self._saved + (now_s - self._at_s) * self._per_s)
        self._at_s = now_s
        return self._under_way < AT_ONCE and self._saved >= 1.0

    def begin(self) -> None:
        """Take the place that there is."""
        self._under_way += 1
        self._saved -= 1.0

    def end(self) -> None:
        """Give it back."""
        self._under_way -= 1

    def _look(self, now_s: float) -> None:
        """Find the pace anew, each second."""
        passed_s = now_s - self._looked_s
        if passed_s < LOOK_EVERY_S:
            return
        used_s = self._cpu_s()
        share, self._used_s, self._looked_s = (used_s - self._used_s) / passed_s, used_s, now_s
        if self._unfolded() > MUCH_UNFOLDED:
            self._per_s = max(SLOWEST_PER_S, self._per_s * SLOWER)
        elif share > FULL:
            self._per_s = max(SLOWEST_PER_S, self.regular_per_s * REGULAR, self._per_s * SLOWER)
        else:
            self._per_s = min(FASTEST_PER_S, self._per_s * FASTER)
