"""Work that may take a share of the core and no more: the longer it took, the longer it is left alone.

In: a clock of the CPU time used, and the time. Out: whether it may be done again. What takes a moment may be done as
often as anybody likes.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

SHARE = 0.2  # of one core
MOMENT_S = 0.02


class Breather:
    """Of one kind of work. `cpu_s` is a clock of the CPU time of whoever does it."""

    def __init__(self, cpu_s: Callable[[], float]) -> None:
        self._cpu_s = cpu_s
        self._until_s = 0.0

    def is_over(self, now_s: float) -> bool:
        """Whether the work may be done; `now_s` is monotonic."""
        return now_s >= self._until_s

    @contextmanager
    def work(self, now_s: float) -> Iterator[None]:
        """Do it in here."""
        begun_s = self._cpu_s()
        yield
        spent_s = self._cpu_s() - begun_s
        self._until_s = now_s + spent_s / SHARE if spent_s > MOMENT_S else now_s
