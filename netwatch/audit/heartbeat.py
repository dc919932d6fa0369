"""The heartbeat: puts on record, every ten seconds, that we are watching.

What lies between two stretches of beats was not watched. In a quiet city it is also the only proof that the store
still works.
"""

import asyncio
import logging
import time
from collections.abc import Callable

from netwatch.audit.store import Store
from netwatch.core.errors import StoreError, StoreFullError

log = logging.getLogger(__name__)

EVERY_S = 10.0
AGAIN_S = 2.0  # after one that failed


class Heartbeat:
    """`run()` goes on for ever; `on_answer` gets the monotonic time of each beat stored, or refused for want of room.

    A store that is full works, and nothing is better for a new start; one that fails otherwise may be.
    """

    def __init__(self, store: Store, *, on_answer: Callable[[float], None]) -> None:
        self._store = store
        self._on_answer = on_answer
        self.ok = True  # whether the last one was stored

    async def run(self) -> None:
        while True:
            try:
                async with asyncio.timeout(EVERY_S):
                    await self._store.heartbeat(time.time())
            except (StoreError, TimeoutError) as error:
                if self.ok:  # said once, not each second until the disk is mended
                    log.error("no heartbeat could be stored: %s", str(error) or "the disk is too slow")
                self.ok = False
                if isinstance(error, StoreFullError):
                    self._on_answer(time.monotonic())
            else:
                if not self.ok:
                    log.info("heartbeats are stored again")
                self.ok = True
                self._on_answer(time.monotonic())
            await asyncio.sleep(EVERY_S if self.ok else AGAIN_S)
