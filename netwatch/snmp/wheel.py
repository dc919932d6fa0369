"""Timeouts by the thousand: things in with a deadline, and out again in slots of 20 ms, never early.

One timer for all instead of one for each: a timer per request would cost more than sending it. What was settled in
the meantime still comes out; its owner knows.
"""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

SLOT_S = 0.02

T = TypeVar("T")


class Wheel(Generic[T]):
    """Hands each thing to `due` once its time has come, up to one slot late."""

    def __init__(self, due: Callable[[T], None]) -> None:
        self._due = due
        self._slots: dict[int, list[T]] = {}
        self._first: int | None = None  # the slot the timer waits for
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None  # asked for once: that is a system call

    def put(self, thing: T, after_s: float) -> None:
        """Give `thing` back after at least `after_s`. Needs the running loop, always the same one."""
        loop = self._loop
        if loop is None:
            loop = self._loop = asyncio.get_running_loop()
        slot = int((loop.time() + after_s) / SLOT_S) + 1
        things = self._slots.get(slot)
        if things is None:
            self._slots[slot] = [thing]
            if self._first is None or slot < self._first:
                self._wait(loop, slot)
        else:
            things.append(thing)

    def _wait(self, loop: asyncio.AbstractEventLoop, slot: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._first = slot
        self._timer = loop.call_at(slot * SLOT_S, self._turn)

    def _turn(self) -> None:
        loop = asyncio.get_running_loop()
        now = int(loop.time() / SLOT_S)
        self._timer = None
        self._first = now  # what is put meanwhile is due later and sets no timer: others may be due before it
        try:
            for slot in sorted(slot for slot in self._slots if slot <= now):
                for thing in self._slots.pop(slot):
                    self._due(thing)
        finally:
            self._first = None
            if self._slots:
                self._wait(loop, min(self._slots))

    def close(self) -> None:
        """Forget everything."""
        if self._timer is not None:
            self._timer.cancel()
        self._slots.clear()
        self._first = self._timer = None
