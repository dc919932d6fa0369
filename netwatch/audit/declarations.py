"""Windows of maintenance that changed by themselves, written each second: the inventory's, and what was told of them.

In: the book. Out: rows in the store. What the command declares is stored before it is in force, and not here.
"""

import asyncio
import logging

from netwatch.audit.store import Store
from netwatch.core.errors import StoreError
from netwatch.core.maintenance_book import MaintenanceBook

log = logging.getLogger(__name__)

STEP_S = 1.0


class Declarations:
    """`run()` goes on for ever; what could not be stored stays unsaved and is tried again."""

    def __init__(self, store: Store, book: MaintenanceBook) -> None:
        self._store = store
        self._book = book

    async def run(self) -> None:
        failed = False
        while True:
            await asyncio.sleep(STEP_S)
            try:
                await self.save_all()
                failed = False
            except StoreError as error:
                if not failed:
                    log.error("windows of maintenance could not be stored: %s", error)
                failed = True

    async def save_all(self) -> None:
        """Write what is unsaved. StoreError: none of it was written."""
        windows = self._book.unsaved()
        if windows:
            await self._store.save_windows(windows)
            self._book.note_saved(windows)
