"""How late a loop is by the doing of others: what is timed beside it may be late by as much."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

TICK_S = 0.01


@dataclass(slots=True)
class Lateness:
    s: float = 0.0  # in all, so far


@contextlib.asynccontextmanager
async def lateness() -> AsyncIterator[Lateness]:
    """Of the running loop, for as long as the block lasts."""
    late, loop = Lateness(), asyncio.get_running_loop()

    async def tick() -> None:
        while True:
            due_s = loop.time() + TICK_S
            await asyncio.sleep(TICK_S)
            late.s += loop.time() - due_s

    ticking = loop.create_task(tick())
    try:
        yield late
        await asyncio.sleep(TICK_S)  # what made the block late may have made it late too
    finally:
        ticking.cancel()
