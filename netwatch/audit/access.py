"""The access record: what doors and desks tell in, rows of the ledger out, a second later.

What repeats is counted for a minute. While the store fails it waits, and nobody who asks for something has to.
"""

import time
from collections.abc import Callable, Sequence

from netwatch.audit.access_rows import write_accesses
from netwatch.audit.steps import step_for_ever
from netwatch.audit.store import Store
from netwatch.core.audit.access import Access, Accesses, Outcome, Repeated
from netwatch.core.errors import StoreError


class AccessLog:
    """An `AccessRecorder`. `run()` goes on for ever; `save_all` at the end."""

    def __init__(self, store: Store, *, wall: Callable[[], float] = time.time) -> None:
        self._store = store
        self._wall = wall
        self._accesses = Accesses()

    def record(self, *, account: str, origin: str, subject: str, action: str, outcome: Outcome) -> None:
        access = Access(account=account, origin=origin, subject=subject, action=action, outcome=outcome)
        self._accesses.note(access, self._wall())

    async def run(self) -> None:
        await step_for_ever(self.step, failing="who asked for what could not be stored, and waits")

    async def step(self) -> None:
        """Write what is due. StoreError: it waits."""
        await self._save(list(self._accesses.due(self._wall())))

    async def save_all(self) -> None:
        """What waits, also what was to be counted on. StoreError: it still waits."""
        await self._save(list(self._accesses.all()))

    async def _save(self, told: Sequence[Repeated]) -> None:
        if not told:
            return
        try:
            await self._store.write(lambda connection, now_wall_s: write_accesses(connection, told, now_wall_s))
        except StoreError:
            for one in told:
                self._accesses.put(one)
            raise
