"""What the operator declared, written each second: the inventory in force, and windows that changed by themselves.

In: the inventory and the profiles, and the book of windows. Out: rows in the store. What the maintenance command
declares is stored before it is in force, and not here.
"""

import asyncio
import logging
from collections.abc import Mapping
from functools import partial

from netwatch.audit.ledger_profiles import profile_document, write_profiles
from netwatch.audit.store import Store
from netwatch.core.errors import StoreError
from netwatch.core.maintenance.book import MaintenanceBook
from netwatch.core.model import Inventory
from netwatch.core.plan import Plan

log = logging.getLogger(__name__)

STEP_S = 1.0


class Declarations:
    """`run()` goes on for ever; what could not be stored stays unsaved and is tried again."""

    def __init__(self, store: Store, book: MaintenanceBook) -> None:
        self._store = store
        self._book = book
        self._inventory: Inventory | None = None  # not yet stored
        self._profiles: Mapping[str, Plan] | None = None  # likewise

    def note(self, inventory: Inventory, profiles: Mapping[str, Plan]) -> None:
        """Have it put on record that these are in force."""
        self._inventory, self._profiles = inventory, profiles

    async def run(self) -> None:
        failed = False
        while True:
            await asyncio.sleep(STEP_S)
            try:
                await self.save_all()
                failed = False
            except StoreError as error:
                if not failed:
                    log.error("what was declared could not be stored: %s", error)
                failed = True

    async def save_all(self) -> None:
        """Write what is unsaved. StoreError: none of it was written."""
        inventory = self._inventory
        if inventory is not None:
            await self._store.save_inventory(inventory)
            if self._inventory is inventory:
                self._inventory = None
        profiles = self._profiles
        if profiles is not None:
            told = await asyncio.to_thread(profile_document, profiles)
            await self._store.write(partial(write_profiles, told))
            if self._profiles is profiles:
                self._profiles = None
        windows = self._book.unsaved()
        if windows:
            await self._store.save_windows(windows)
            self._book.note_saved(windows)
