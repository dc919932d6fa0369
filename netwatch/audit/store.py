"""The store: STATE_DIR/netwatch.db as the engine sees it.

In: verdicts, events, device memories and heartbeats from the event loop. Out: a receipt once they are on the disk, and
at start everything that was there. Failures are StoreErrors; the store heals by itself when the disk does, and
deletes nothing. Being told in time although a commit is late is the business of `netwatch.audit.committer`.
"""

import asyncio
import hashlib
import json
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import TypeVar

import apsw
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from netwatch.audit.checkpoint_rows import Grown, write_checkpoint, write_key
from netwatch.audit.database import Database, forget_verdicts, read_stored, write_devices, write_heartbeat, write_rows
from netwatch.audit.fault_work import record_work, work_row, write_work
from netwatch.audit.ledger_inventory import write_inventory
from netwatch.audit.lock import StateLock
from netwatch.audit.records import Receipt, Row, Rows, Stored, Verdict, rows, text
from netwatch.audit.windows import window_row, write_windows
from netwatch.audit.writer import Writer
from netwatch.core.device.memory import DeviceMemory
from netwatch.core.errors import StoreError
from netwatch.core.events import Event
from netwatch.core.faults.work import Work
from netwatch.core.maintenance.windows import Window
from netwatch.core.model import Inventory

T = TypeVar("T")

DEVICES_PER_COMMIT = 100  # an urgent commit waits for one such piece at most
LOAD_TIMEOUT_S = 60.0
UNBROKEN_S = 60.0  # two heartbeats further apart than this are not one stretch of watching
NEVER_S = -1.0


class Store:
    """Built by `Store.open`. One per state directory and machine; every coroutine may be awaited concurrently."""

    def __init__(self, lock: StateLock, writer: Writer, *, wall: Callable[[], float]) -> None:
        self._lock = lock
        self._writer = writer
        self._wall = wall
        self._is_watching = False
        self._digests: dict[str, bytes] = {}  # of each device's memory as last committed

    @classmethod
    def open(cls, directory: Path, *, wall: Callable[[], float] = time.time) -> "Store":
        """Take the lock, open or create the database, start the writer.

        StoreError, one sentence: a second daemon, a damaged or newer file, a directory that cannot be written.
        """
        lock = StateLock(directory)
        try:
            return cls(lock, Writer(Database(directory)), wall=wall)
        except BaseException:
            lock.release()
            raise

    def load(self) -> Stored:
        """What the last daemon left. Blocks; meant for the start. StoreError where it cannot be read."""
        try:
            return self._writer.submit(read_stored, urgent=True).result(LOAD_TIMEOUT_S)
        except TimeoutError as error:
            raise StoreError(f"the state could not be read within {LOAD_TIMEOUT_S:.0f} s") from error

    def submit(self, batch: Rows) -> Future[Receipt]:
        """Queue one batch; its future may be cancelled until the writer takes it. StoreError when the queue is full."""
        return self._writer.submit(lambda connection: write_rows(connection, batch, self._wall()), urgent=True)

    async def commit(self, verdicts: Iterable[Verdict], events: Iterable[Event]) -> Receipt:
        """Write state and events in one transaction and return when they survive a power loss.

        StoreError: nothing of this batch was written. ValueError: a number in it is not finite.
        """
        return await asyncio.wrap_future(self.submit(rows(verdicts, events)))

    async def save_devices(self, memories: Sequence[DeviceMemory]) -> int:
        """Write those that differ from what was last saved; how many that were. StoreError: some may be written.

        The encoding is done in the writer's thread, and other commits go between the pieces.
        """
        written = 0
        for start in range(0, len(memories), DEVICES_PER_COMMIT):
            piece = memories[start : start + DEVICES_PER_COMMIT]
            digests = await asyncio.wrap_future(self._writer.submit(partial(self._save, piece=piece), urgent=False))
            self._digests.update(digests)
            written += len(digests)
        return written

    async def forget_verdicts(self, watched: Collection[str]) -> int:
        """Drop the verdicts on devices and field devices that are not among these subjects; how many that were.

        StoreError: none was.
        """
        return await asyncio.wrap_future(
            self._writer.submit(lambda connection: forget_verdicts(connection, watched, self._wall()), urgent=False)
        )

    async def save_windows(self, windows: Iterable[Window]) -> None:
        """Write windows of maintenance and return when they survive a power loss. StoreError: none was written."""
        changed = [window_row(window) for window in windows]
        work = self._writer.submit(lambda connection: write_windows(connection, changed, self._wall()), urgent=True)
        await asyncio.wrap_future(work)

    async def save_work(self, work: Work) -> None:
        """Write what somebody did about a fault and return when it survives a power loss. StoreError: it was not."""
        row = work_row(work)

        def put(connection: apsw.Connection, recorded_wall_s: float) -> None:
            write_work(connection, row)
            record_work(connection, work, recorded_wall_s)

        await self.write(put, urgent=True)

    async def write(self, work: Callable[[apsw.Connection, float], T], *, urgent: bool = False) -> T:
        """Do this in one transaction, with the time at which it is recorded. StoreError: nothing of it was written."""
        done = self._writer.submit(lambda connection: work(connection, self._wall()), urgent=urgent)
        return await asyncio.wrap_future(done)

    async def save_inventory(self, inventory: Inventory) -> None:
        """Put on record that this inventory is in force. StoreError where it could not be."""
        work = self._writer.submit(
            lambda connection: write_inventory(connection, inventory, self._wall()), urgent=False
        )
        await asyncio.wrap_future(work)

    async def save_key(self, key: Ed25519PrivateKey) -> None:
        """Put on record which key signs checkpoints. StoreError where it could not be."""
        work = self._writer.submit(lambda connection: write_key(connection, key, self._wall()), urgent=False)
        await asyncio.wrap_future(work)

    async def checkpoint(self, key: Ed25519PrivateKey, *, least: int) -> Grown:
        """Sign for the rows not yet signed for, or for the first of them; no line where they are fewer than `least`.

        StoreError: nothing was signed.
        """
        work = self._writer.submit(
            lambda connection: write_checkpoint(connection, key, now_wall_s=self._wall(), least=least), urgent=False
        )
        return await asyncio.wrap_future(work)

    async def heartbeat(self, at_wall_s: float, *, unbroken_s: float = UNBROKEN_S) -> None:
        """Put on record that the daemon was watching at this time. StoreError where it could not be.

        The first begins a stretch of its own: however soon a daemon follows another, nobody watched in between.
        """
        allowed_s = unbroken_s if self._is_watching else NEVER_S
        work = self._writer.submit(lambda connection: write_heartbeat(connection, at_wall_s, allowed_s), urgent=True)
        await asyncio.wrap_future(work)
        self._is_watching = True

    def close(self, *, timeout_s: float = 5.0) -> None:
        """Finish what is queued, close the file, let another daemon in. Blocks for at most `timeout_s`.

        StoreError: the disk was too slow, and what was still queued is not written. The lock then stays until the
        process ends, because the writer may still be inside a write.
        """
        if not self._writer.close(timeout_s):
            raise StoreError(f"the store did not finish writing within {timeout_s:g} s")
        self._lock.release()

    def _save(self, connection: apsw.Connection, *, piece: Sequence[DeviceMemory]) -> dict[str, bytes]:
        """Runs in the writer's thread; the digests of what was written."""
        changed: list[Row] = []
        digests: dict[str, bytes] = {}
        saved_wall_s = self._wall()
        for memory in piece:
            document = json.dumps(memory.document, default=dict, separators=(",", ":"), allow_nan=False).encode()
            digest = hashlib.blake2b(document, digest_size=16).digest()
            if self._digests.get(memory.device) != digest:
                changed.append((text(memory.device), document, saved_wall_s))
                digests[memory.device] = digest
        write_devices(connection, changed)
        return digests
