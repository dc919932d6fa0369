"""The heartbeat: puts on record, every ten seconds, that we are watching.

What lies between two stretches of beats was not watched. In a quiet city it is also the only proof that the store
still works.
"""

import asyncio
import logging
import time
from collections.abc import Callable

from netwatch.audit.store import Store
from netwatch.core.errors import StoreError

log = logging.getLogger(__name__)

EVERY_S = 10.0
AGAIN_S = 2.0  # after one that failed


class Heartbeat:
    """`run()` goes on for ever; `on_beat` is given the monotonic time of each beat that was stored."""

    def __init__(self, store: Store, *, on_beat: Callable[[float], None]) -> None:
        self._store = store
        self._on_beat = on_beat
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
            else:
                if not self.ok:
                    log.info("heartbeats are stored again")
                self.ok = True
                self._on_beat(time.monotonic())
            await asyncio.sleep(EVERY_S if self.ok else AGAIN_S)
