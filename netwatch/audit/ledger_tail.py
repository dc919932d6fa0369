"""The end of the ledger, from where somebody stopped reading; the position outlives restarts.

In: the store, and its file, which is read beside the writer. Out: rows in their order. What is read from here needs no
queue of its own: the ledger is one, and nothing that is in it can be lost.
"""

import asyncio
import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import apsw

from netwatch.audit.ledger_read import reading
from netwatch.audit.store import Store
from netwatch.core.audit.ledger_row import LedgerRow
from netwatch.core.errors import StoreError

READ_AT_ONCE = 5_000  # rows looked at in one go: some 10 ms of a thread


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Rows of the kinds asked for, and the number of the last row that was looked at."""

    rows: tuple[LedgerRow, ...]
    last: int


class LedgerTail:
    """`name`: whose position it is, in the store's table `meta`."""

    def __init__(self, store: Store, directory: Path, *, name: str) -> None:
        self._store = store
        self._directory = directory
        self._key = f"tail.{name}"

    async def position(self, reader: str) -> int | None:
        """The row up to which this reader (such as a web address) has read; None: it is a new one. StoreError."""
        return await asyncio.to_thread(self._position, reader)

    async def newest(self) -> int:
        """StoreError where the ledger cannot be read."""
        return await asyncio.to_thread(self._newest)

    async def read(self, after: int, kinds: Collection[str]) -> Stretch:
        """What comes behind row `after`, at most so much as is looked at in one go. StoreError."""
        return await asyncio.to_thread(self._read, after, tuple(kinds))

    async def keep(self, reader: str, position: int) -> None:
        """Remember it over restarts. An empty reader: nobody reads. StoreError: it is not remembered."""
        value = json.dumps({"reader": reader, "seq": position})

        def put(connection: apsw.Connection, _now_wall_s: float) -> None:
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?,?)", (self._key, value))

        await self._store.write(put)

    def _position(self, reader: str) -> int | None:
        with reading(self._directory) as ledger:
            kept = ledger.meta(self._key)
        try:
            told = json.loads(kept or "{}")
            return int(told["seq"]) if told.get("reader") == reader else None
        except (ValueError, TypeError, KeyError) as error:
            raise StoreError(f"the position of {self._key} in the store is unreadable") from error

    def _newest(self) -> int:
        with reading(self._directory) as ledger:
            return ledger.newest()

    def _read(self, after: int, kinds: tuple[str, ...]) -> Stretch:
        with reading(self._directory) as ledger:
            last = min(ledger.newest(), after + READ_AT_ONCE)
            return Stretch(rows=tuple(ledger.of_kinds(kinds, after, last)) if last > after else (), last=last)
