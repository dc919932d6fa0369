"""A step, again and again, for ever: what the store cannot take is said once, and tried again with the next step."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from netwatch.core.errors import StoreError

log = logging.getLogger(__name__)

EVERY_S = 1.0


async def step_for_ever(step: Callable[[], Awaitable[None]], *, failing: str, every_s: float = EVERY_S) -> None:
    """`failing` is how the complaint begins: `usage could not be recorded, and waits`."""
    is_failing = False
    while True:
        await asyncio.sleep(every_s)
        try:
            await step()
        except StoreError as error:
            if not is_failing:  # not each second until the disk is mended
                log.error("%s: %s", failing, error)
            is_failing = True
        else:
            is_failing = False
