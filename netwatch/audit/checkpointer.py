"""Signs for the ledger each minute, or as soon as a thousand rows have come, and sends what it signed off the box.

In: the store, and the settings in force. Out: checkpoints. One that fails is made up for by the next.
"""

import asyncio
import logging
import time
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from netwatch.audit.checkpoint_outlets import Outlets
from netwatch.audit.checkpoint_rows import Grown
from netwatch.audit.ledger_key import signing_key
from netwatch.audit.store import Store
from netwatch.core.errors import StoreError
from netwatch.core.model import Settings

log = logging.getLogger(__name__)

EVERY_S = 60.0
EVERY_ROWS = 1_000
STEP_S = 1.0


class Checkpointer:
    """`run()` goes on for ever."""

    def __init__(self, store: Store, directory: Path) -> None:
        self._store = store
        self._directory = directory
        self._key: Ed25519PrivateKey | None = None
        self._signed_s = float("-inf")
        self._is_failing = False
        self.settings = Settings()
        self.outlets = Outlets(directory)
        self.rows = 0
        self.signed_wall_s: float | None = None

    async def run(self) -> None:
        while True:
            try:
                await self.step()
            except StoreError as error:
                if not self._is_failing:
                    log.error("no checkpoint could be signed: %s", error)
                self._is_failing = True
            else:
                self._is_failing = False
            await asyncio.sleep(STEP_S)

    async def step(self, *, least: int | None = None) -> None:
        """Sign where it is due, or `least` rows wait for it; send the newest line. StoreError: nothing was signed."""
        if self._key is None:
            key = await asyncio.to_thread(signing_key, self._directory)
            await self._store.save_key(key)
            log.info("checkpoints of the ledger are signed by %s", key.public_key().public_bytes_raw().hex())
            self._key = key
        if least is None:
            least = EVERY_ROWS if time.monotonic() - self._signed_s < EVERY_S else 1
        newest = ""
        while (grown := await self._store.checkpoint(self._key, least=least)).line:
            newest = grown.line
            self._note(grown)
        self.rows = grown.rows
        if newest:
            await self.outlets.send(newest, self.settings)

    def _note(self, grown: Grown) -> None:
        self._signed_s, self.signed_wall_s, self.rows = time.monotonic(), time.time(), grown.rows
