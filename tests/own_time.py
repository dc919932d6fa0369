"""Time as a process has it that shares its processors with nobody: what others take of them does not pass.

For a test's event loop and all that runs in it, agents too. Work lasts as long as the CPU it costs; a wait lasts what
was asked for, however late we are let to see its end, and is over `HASTE` times sooner. So what is late here is late
by our own doing: a busy machine is neither a failure nor an excuse.
"""

import asyncio
import contextlib
import time
from collections.abc import Iterator

import pytest

from netwatch.snmp import mux

HASTE = 4.0
_real = time.monotonic  # noqa: TID251  what it is wound by


class OwnTime:
    """A clock that is wound at each wait of the loop; its readings stand in for those of `time`."""

    def __init__(self, loop: asyncio.SelectorEventLoop, wall_s: float) -> None:
        self._select = loop._selector.select
        self._waited_s = _real() - time.process_time()
        self._wall_ahead_s = wall_s - _real()

    def monotonic(self) -> float:
        return self._waited_s + time.process_time()

    def time(self) -> float:
        return self.monotonic() + self._wall_ahead_s

    def monotonic_ns(self) -> int:
        return int(self.monotonic() * 1e9)

    def time_ns(self) -> int:
        return int(self.time() * 1e9)

    def select(self, timeout: float | None = None) -> list[object]:
        """As the selector's."""
        if timeout is None or timeout <= 0:
            return self._select(timeout)
        began_s, cpu_s = _real(), time.process_time()
        ready = self._select(timeout / HASTE)
        idle_s = _real() - began_s - (time.process_time() - cpu_s)
        self._waited_s += min(timeout, max(0.0, idle_s) * HASTE) if ready else timeout
        return ready


@contextlib.contextmanager
def own_time() -> Iterator[None]:
    """The running loop, and whoever reads a clock of `time`, live in it for as long as the block lasts."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, asyncio.SelectorEventLoop)
    clock = OwnTime(loop, time.time())  # noqa: TID251  where it begins
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop._selector, "select", clock.select)
        patch.setattr(loop, "time", clock.monotonic)
        patch.setattr(mux, "monotonic", clock.monotonic)
        for reading in ("monotonic", "monotonic_ns", "time", "time_ns"):
            patch.setattr(time, reading, getattr(clock, reading))
        yield
