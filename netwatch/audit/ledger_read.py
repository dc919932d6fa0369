"""The ledger -> its rows, read beside a daemon that may go on writing.

In: a state directory. Out: rows as they were written, from any of them on; the names that ids of people stand for.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import apsw

from netwatch.audit.database import DATABASE_NAME
from netwatch.audit.ledger import has_ledger
from netwatch.audit.persons import PREFIX, read_names, with_names
from netwatch.audit.prune_rows import Base, carried_states, read_base
from netwatch.audit.schema import identify
from netwatch.core.audit.ledger_row import LedgerRow, decode
from netwatch.core.errors import StoreError
from netwatch.core.records import replace

BUSY_TIMEOUT_MS = 10_000


class LedgerReader:
    """Built by `reading`."""

    def __init__(self, connection: apsw.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        self._names = read_names(connection)

    def rows(self, after: int = 0, *, is_newest_first: bool = False) -> Iterator[LedgerRow]:
        """Those behind row `after`, with the names of people as far as they are known.

        StoreError: the file cannot be read, or holds what is no row.
        """
        query = "SELECT seq, CAST(row AS BLOB) FROM ledger WHERE seq > ? ORDER BY seq"
        try:
            for seq, raw in self._connection.execute(f"{query} {'DESC' if is_newest_first else ''}", (after,)):
                yield self._row(int(str(seq)), raw)
        except apsw.Error as error:
            raise StoreError(f"{self._path} cannot be read: {error}") from error

    def query(self, sql: str, *bindings: str | float) -> Iterator[tuple[Any, ...]]:
        """What stands beside the rows, or the rows as they are stored. StoreError: the file cannot be read."""
        try:
            yield from self._connection.execute(sql, bindings)
        except apsw.Error as error:
            raise StoreError(f"{self._path} cannot be read: {error}") from error

    @property
    def connection(self) -> apsw.Connection:
        """For what reads the rows' annexes; it is read-only."""
        return self._connection

    @property
    def names(self) -> Mapping[str, str]:
        """Id -> the person it stands for."""
        return self._names

    def of_kinds(self, kinds: Sequence[str], after: int, last: int) -> Iterator[LedgerRow]:
        """Those of events of these kinds behind row `after`, up to row `last`. StoreError as `rows`."""
        yield from self._of_kinds("AND row ->> '$.type' = 'event'", kinds, after, last)

    def _of_kinds(self, more: str, kinds: Sequence[str], after: int, last: int) -> Iterator[LedgerRow]:
        marks = ",".join("?" * len(kinds))
        query = (
            "SELECT seq, CAST(row AS BLOB) FROM ledger WHERE seq > ? AND seq <= ? "  # noqa: S608 - question marks alone
            f"{more} AND row ->> '$.kind' IN ({marks}) ORDER BY seq"
        )
        try:
            for seq, raw in self._connection.execute(query, (after, last, *kinds)):
                yield self._row(int(str(seq)), raw)
        except apsw.Error as error:
            raise StoreError(f"{self._path} cannot be read: {error}") from error

    def since(self, wall_s: float, kinds: Sequence[str]) -> Iterator[LedgerRow]:
        """Those of these kinds that were written down since then, found by halving: the ledger only grows."""
        low, high = 0, self.newest()
        while low < high:
            middle = (low + high) // 2
            query = "SELECT row ->> '$.recorded' FROM ledger WHERE seq > ? ORDER BY seq LIMIT 1"
            if float(str(self._connection.execute(query, (middle,)).get)) < wall_s:
                low = middle + 1
            else:
                high = middle
        yield from self._of_kinds("", kinds, low, self.newest())

    def saying(self, words: str) -> Iterator[int]:
        """Numbers of the rows that have these words in what somebody wrote as a reason or a note. StoreError."""
        written = "coalesce(row ->> '$.detail.reason', row ->> '$.detail.note', row ->> '$.detail.text', '')"
        query = f"SELECT seq FROM ledger WHERE instr(row, ?1) AND instr({written}, ?1) ORDER BY seq"  # noqa: S608 - words of our own
        yield from (int(seq) for (seq,) in self.query(query, words))

    def meta(self, key: str) -> str | None:
        """What the store's table of single values has under this key."""
        found = self._connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).get
        return None if found is None else str(found)

    def pruned(self) -> tuple[Base, Mapping[str, tuple[str, float, Any]]]:
        """Where the rows begin, if some are gone, and what held there; see `prune_rows`. StoreError."""
        try:
            return read_base(self._connection), carried_states(self._connection)
        except apsw.Error as error:
            raise StoreError(f"{self._path} cannot be read: {error}") from error

    def newest(self) -> int:
        """The number of the last row, 0 where there is none."""
        return int(str(self._connection.execute("SELECT coalesce(max(seq), 0) FROM ledger").get))

    def timezone(self) -> str:
        """Of the city, as the newest inventory has it; empty where none was recorded."""
        return str(self._connection.execute("SELECT document ->> '$.timezone' FROM inventory_seen").get or "")

    def _row(self, seq: int, raw: object) -> LedgerRow:
        try:
            row = decode(raw if isinstance(raw, bytes) else b"")
        except ValueError as error:
            raise StoreError(
                f"row {seq} of {self._path} is not what netwatch wrote: look with netwatch audit verify"
            ) from error
        people = {value for value in row.detail.values() if isinstance(value, str) and value.startswith(PREFIX)}
        if not people:
            return row
        if people - self._names.keys():  # of somebody named since
            self._names = read_names(self._connection)
        return replace(row, detail=with_names(self._names, row.detail))


@contextlib.contextmanager
def reading(directory: Path) -> Iterator[LedgerReader]:
    """StoreError: there is no store, it is none of ours, or of a netwatch that kept no ledger."""
    path = directory / DATABASE_NAME
    if not path.is_file():
        raise StoreError(f"there is no {path}: which --state-dir does netwatch run with?")
    try:
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        try:
            connection.set_busy_timeout(BUSY_TIMEOUT_MS)
            identify(connection, str(path))
            if not has_ledger(connection):
                raise StoreError(f"{path} is of a netwatch that kept no ledger yet: the next start adds it")
            yield LedgerReader(connection, path)
        finally:
            connection.close(force=True)
    except apsw.Error as error:
        raise StoreError(f"{path} cannot be read: {error}") from error
