"""Counters as pure functions of time: a rate history in, the exact total at any moment out.

A flow's rate is `steady + swing * sin(day)`; its total is the exact integral, so two answers a second apart differ
by what really flowed in that second. Times are seconds since the simulation's own start and never step.
"""

import math
from dataclasses import dataclass

DAY_S = 86_400.0
ANGULAR = 2 * math.pi / DAY_S
KEPT_SEGMENTS = 1000


def wave(t: float) -> float:
    """The integral of sin(2 pi t / day) from 0 to t, in seconds."""
    return (1.0 - math.cos(ANGULAR * t)) / ANGULAR


@dataclass(frozen=True, slots=True)
class Rate:
    """Octets per second. With |swing| <= steady the total never falls."""

    steady: float = 0.0
    swing: float = 0.0

    def __add__(self, other: "Rate") -> "Rate":
        return Rate(self.steady + other.steady, self.swing + other.swing)

    def __mul__(self, share: float) -> "Rate":
        return Rate(self.steady * share, self.swing * share)

    def at(self, t: float) -> float:
        """Octets per second at time t."""
        return self.steady + self.swing * math.sin(ANGULAR * t)


STILL = Rate()


class Flow:
    """The octets that have passed one port in one direction. Mutable: its rate changes, its past does not."""

    __slots__ = ("_past", "start", "steady", "swing")

    def __init__(self, total: int, rate: Rate, t: float = 0.0) -> None:
        self.steady = rate.steady
        self.swing = rate.swing
        self.start = total - self._grown(t)
        self._past: list[tuple[float, int, float, float]] | None = None

    def _grown(self, t: float) -> int:
        return int(self.steady * t + self.swing * wave(t))

    @property
    def rate(self) -> Rate:
        return Rate(self.steady, self.swing)

    def total(self, t: float) -> int:
        """Octets at time t, which may lie in the past (before a change of rate, before a reset)."""
        for until, start, steady, swing in self._past or ():
            if t < until:
                return start + int(steady * t + swing * wave(t))
        return self.start + self._grown(t)

    def change(self, rate: Rate, t: float, *, total: int | None = None) -> None:
        """From t on grow at `rate`, from `total` (a reset) or from where the flow has come to."""
        reached = self.start + self._grown(t) if total is None else total
        past = self._past = self._past or []
        past.append((t, self.start, self.steady, self.swing))
        del past[:-KEPT_SEGMENTS]
        self.steady = rate.steady
        self.swing = rate.swing
        self.start = reached - self._grown(t)
