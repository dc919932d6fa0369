"""Which log records are too many of one kind: at most so many per template and period, and how many more there were."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(slots=True)
class _Window:
    until_s: float
    passed: int = 0
    suppressed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppressed:
    """`count` records of one (logger, template) were held back."""

    logger: str
    template: str
    count: int


class LogLimit:
    """At most `burst` records of one (logger, template) in `period_s`. Times are monotonic seconds."""

    def __init__(self, *, burst: int = 10, period_s: float = 60.0, kinds: int = 1000) -> None:
        """`kinds` templates are kept apart; beyond that the oldest makes room."""
        self._burst = burst
        self._period_s = period_s
        self._kinds = kinds
        self._windows: OrderedDict[tuple[str, str], _Window] = OrderedDict()

    def admits(self, logger: str, template: str, now_s: float) -> bool:
        """Whether one more record is to be written."""
        window = self._windows.get((logger, template))
        if window is None:
            window = self._windows[logger, template] = _Window(until_s=now_s + self._period_s)
        if window.passed < self._burst:
            window.passed += 1
            return True
        window.suppressed += 1
        return False

    def ended(self, now_s: float, *, everything: bool = False) -> Iterator[Suppressed]:
        """Forget the periods that are over, telling of each in which something was held back."""
        while self._windows:
            (logger, template), window = next(iter(self._windows.items()))
            if window.until_s > now_s and len(self._windows) < self._kinds and not everything:
                return
            del self._windows[logger, template]
            if window.suppressed:
                yield Suppressed(logger=logger, template=template, count=window.suppressed)
