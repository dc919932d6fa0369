"""An event loop whose clock jumps to the next thing due: an hour of polling in a second, and no sleeping in tests.

Only for what takes its time from the loop (`loop.time()`, `asyncio.sleep`, `asyncio.timeout`); no real I/O.
"""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any

BEGINNING_S = 1000.3  # on no round grid


class _Selector(selectors.DefaultSelector):
    """Instead of waiting it moves the loop's clock."""

    loop: "VirtualLoop"

    def select(self, timeout=None):
        ready = super().select(0)
        if not ready:
            if timeout is None:
                raise RuntimeError("everything waits for something that nobody will ever do")
            self.loop.now_s += max(0.0, timeout)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """`now_s` is its time. Add to it to let the whole process stand still for so long."""

    def __init__(self) -> None:
        self.now_s = BEGINNING_S
        selector = _Selector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        return self.now_s


def in_virtual_time(work: Coroutine[Any, Any, Any]) -> Any:
    """Run to the end, in no time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)
