"""What the store is told by itself, whatever happens in the city: that we watch, what is declared, and checkpoints.

In: the store, the inventory in force, the book of windows. Out: rows, and numbers for the daemon's own metrics; and
what others read of the record while it is written.
"""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Protocol

from netwatch.audit.access import AccessLog
from netwatch.audit.checkpoint_outlets import Outlet
from netwatch.audit.checkpointer import Checkpointer
from netwatch.audit.declarations import Declarations
from netwatch.audit.gaps import GapWatch
from netwatch.audit.heartbeat import Heartbeat
from netwatch.audit.ledger_tail import LedgerTail
from netwatch.audit.notary import Notary
from netwatch.audit.retention import Retention
from netwatch.audit.shift import read_handover
from netwatch.audit.store import Store
from netwatch.audit.usage_recorder import UsageRecorder
from netwatch.core.city import City
from netwatch.core.device.record import DeviceState
from netwatch.core.faults.vantage import View
from netwatch.core.maintenance.book import MaintenanceBook
from netwatch.core.model import Inventory
from netwatch.core.plan import Plan


class Known(Protocol):
    """What is read; `Engine` has it."""

    maintenance: MaintenanceBook
    city: City

    @property
    def states(self) -> Mapping[str, DeviceState]: ...

    @property
    def view(self) -> View: ...


class Upkeep:
    """`run()` goes on for ever."""

    def __init__(self, store: Store, directory: Path, known: Known, *, on_answer: Callable[[float], None]) -> None:
        """`on_answer`: see `Heartbeat`."""
        self.access = AccessLog(store)
        self.tail = LedgerTail(store, directory, name="webhook")
        self.handover = partial(read_handover, directory)
        self.notary = Notary(store, directory, on_forgotten=self._rename)
        self._known = known
        self.gaps = GapWatch(store, lambda: known.view)
        self._heartbeat = Heartbeat(store, on_answer=on_answer)
        self._declarations = Declarations(store, known.maintenance)
        self._usage = UsageRecorder(store, lambda: known.states)
        self._checkpointer = Checkpointer(store, directory)
        self._retention = Retention(store, directory)

    def use(self, inventory: Inventory, profiles: Mapping[str, Plan]) -> None:
        """Have it put on record that these are in force, and keep to the inventory's settings."""
        self._declarations.note(inventory, profiles)
        self._checkpointer.settings = self._retention.settings = inventory.settings
        self._usage.use(inventory)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            own = (self._heartbeat, self.gaps, self._declarations, self._checkpointer, self._retention)
            for work in (*own, self.access, self._usage):
                tasks.create_task(work.run(), name=type(work).__name__)

    async def save_all(self) -> None:
        """What is known and not yet stored. StoreError: some of it still is not."""
        await self._declarations.save_all()
        await self.access.save_all()
        await self._usage.save_all()

    async def sign_all(self) -> None:
        """The last words of a daemon: a checkpoint over all its rows. StoreError: there is none."""
        await self._checkpointer.step(least=1)

    def _rename(self, name: str, identity: str) -> None:
        """What is in memory would bring the name back with the next thing that is told of it."""
        self._known.maintenance.rename(name, identity)
        self._known.city.book.work.rename(name, identity)

    @property
    def ok(self) -> bool:
        """Whether the last heartbeat was stored."""
        return self._heartbeat.ok

    @property
    def numbers(self) -> Mapping[str, float]:
        """Metric -> value, of those that there is one of."""
        signer = self._checkpointer
        found: dict[str, float] = {"netwatch_ledger_rows": signer.rows}
        if signer.signed_wall_s is not None:
            found["netwatch_ledger_checkpoint_timestamp_seconds"] = signer.signed_wall_s
        if self._usage.recorded_wall_s is not None:
            found["netwatch_ledger_usage_timestamp_seconds"] = self._usage.recorded_wall_s
        return found

    @property
    def failures(self) -> Mapping[Outlet, int]:
        """How many checkpoints did not reach each outlet."""
        return self._checkpointer.outlets.failures
