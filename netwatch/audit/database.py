"""The SQLite file itself: opening it safely, writing to it, reading it back. Synchronous; used by one thread at a time.

In: encoded rows. Out: committed transactions, or a StoreError that is one sentence. WAL with `synchronous=FULL`: what
`transact` has returned for has been fsynced and survives SIGKILL and power loss.
"""

import json
import os
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TypeVar

import apsw

from netwatch.audit.fault_work import read_work
from netwatch.audit.gap_rows import close_all, lost_entries
from netwatch.audit.ledger import (
    append,
    beat_entry,
    changed_verdicts,
    event_entries,
    forgotten_entries,
    gap_entry,
    newest,
    state_entries,
)
from netwatch.audit.records import Receipt, Row, Rows, Stored, Verdict
from netwatch.audit.schema import identify, migrate
from netwatch.audit.windows import read_windows
from netwatch.core.audit.ledger_row import GapCause
from netwatch.core.device.memory import JSON, DeviceMemory
from netwatch.core.errors import StoreError, StoreFullError
from netwatch.core.events import EventKind

DATABASE_NAME = "netwatch.db"
BUSY_TIMEOUT_MS = 1_000  # a reader may hold the file for a moment; longer is a failure the caller should hear of
QUICK_CHECK_LIMIT = 64 << 20  # bytes; a larger file is not read through at every start
BEAT_EVERY_S = 60.0  # heartbeats reach the ledger so often; between two of them the table beside it is enough
JOURNAL_SIZE_LIMIT = 64 << 20  # bytes the WAL is cut back to after a checkpoint

T = TypeVar("T")


class Database:
    """One connection to netwatch.db, opened again by itself after a failure."""

    def __init__(self, directory: Path) -> None:
        """Create or open the file, check and migrate it. StoreError where it is damaged, newer, or not ours."""
        self._path = directory / DATABASE_NAME
        self._create()
        self._connection: apsw.Connection | None = self._connect(check=True)

    def transact(self, work: Callable[[apsw.Connection], T]) -> T:
        """Run `work` in one transaction and return its result once it is on the disk.

        StoreError: nothing of it was written. The next call starts on a fresh connection, because after a failed
        write or fsync the old one's view of the file is not to be trusted.
        """
        try:
            connection = self._usable()
            connection.execute("BEGIN IMMEDIATE")
            result = work(connection)
            connection.execute("COMMIT")
        except apsw.Error as error:
            self._drop()
            raise _store_error(error, self._path) from error
        except BaseException:
            self._drop()  # closing rolls back
            raise
        return result

    def close(self) -> None:
        """Checkpoint and close. What cannot be checkpointed now stays in the WAL and is read at the next start."""
        self._drop()

    def _create(self) -> None:
        """Make the file ours alone before SQLite opens it; -wal and -shm inherit the mode."""
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            os.fchmod(descriptor, 0o600)
            self._inode = _inode(os.fstat(descriptor))
            # Closing a descriptor drops every POSIX lock this process has on the file: only before SQLite opens it.
            os.close(descriptor)
            folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            os.fsync(folder)  # the new name must survive a power loss as well
            os.close(folder)
        except OSError as error:
            raise StoreError(f"cannot open {self._path}: {error.strerror}") from error

    def _connect(self, *, check: bool = False) -> apsw.Connection:
        """Without SQLITE_OPEN_CREATE: a file that vanished is never replaced by an empty one."""
        try:
            connection = apsw.Connection(str(self._path), flags=apsw.SQLITE_OPEN_READWRITE)
            try:
                self._prepare(connection, check=check)
            except BaseException:
                connection.close(force=True)
                raise
        except apsw.Error as error:
            raise _store_error(error, self._path) from error
        return connection

    def _prepare(self, connection: apsw.Connection, *, check: bool) -> None:
        connection.set_busy_timeout(BUSY_TIMEOUT_MS)
        identify(connection, str(self._path))  # before anything is changed in a file that may not be ours
        if check:
            self._check(connection)
        if connection.pragma("journal_mode", "wal") != "wal":
            raise StoreError(f"{self._path} lies on a file system without shared memory: use a local disk")
        connection.pragma("synchronous", "full")
        connection.pragma("journal_size_limit", JOURNAL_SIZE_LIMIT)
        migrate(connection)

    def _check(self, connection: apsw.Connection) -> None:
        """Read a small file through; of a large one, damage shows where it is read."""
        if self._path.stat().st_size > QUICK_CHECK_LIMIT:
            return
        verdict = str(connection.execute("PRAGMA quick_check(1)").get)
        if verdict != "ok":
            raise _damaged(self._path, verdict.splitlines()[-1])

    def _usable(self) -> apsw.Connection:
        """The connection, provided it still writes to the file that bears the name."""
        try:
            same = _inode(self._path.stat()) == self._inode
        except OSError:
            same = False
        if not same:
            raise StoreError(f"{self._path} was moved, replaced or deleted while netwatch was running: restart it")
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close(force=True)


def write_rows(connection: apsw.Connection, batch: Rows, recorded_wall_s: float) -> Receipt:
    """Verdicts and events of one batch, with their rows in the ledger; the receipt names those of the events."""
    changed = changed_verdicts(connection, batch.verdicts)
    connection.executemany(
        "INSERT INTO verdict VALUES (?,?,?,?) ON CONFLICT (subject) DO UPDATE "
        "SET kind=excluded.kind, state=excluded.state, since_wall_s=excluded.since_wall_s",
        changed,
    )
    entries = [*event_entries(connection, batch.events), *state_entries(changed), *lost_entries(batch.events)]
    first = append(connection, entries, recorded_wall_s).first
    return Receipt(first=first, last=first + len(batch.events) - 1)


def forget_verdicts(connection: apsw.Connection, watched: Collection[str], now_wall_s: float) -> int:
    """Drop what is held true of anything of the inventory, and of faults, but the subjects `watched`; how many rows.

    What was told of them stays in the ledger, which now has that they are watched no more.
    """
    query = "SELECT subject, kind FROM verdict WHERE kind <> ? ORDER BY subject"
    rows = [(str(row[0]), str(row[1])) for row in connection.execute(query, (EventKind.VANTAGE_STATE.value,))]
    gone = [row for row in rows if row[0].partition(" ")[0] not in watched]  # a check's name follows
    connection.executemany("DELETE FROM verdict WHERE subject = ?", [(subject,) for subject, _ in gone])
    append(connection, forgotten_entries(gone, now_wall_s), now_wall_s)
    return len(gone)


def write_devices(connection: apsw.Connection, rows: Sequence[Row]) -> None:
    """(device, document, saved_wall_s), replacing what was there."""
    connection.executemany(
        "INSERT INTO device_memory VALUES (?,?,?) ON CONFLICT (device) DO UPDATE "
        "SET document=excluded.document, saved_wall_s=excluded.saved_wall_s",
        rows,
    )


def write_heartbeat(connection: apsw.Connection, at_wall_s: float, unbroken_s: float) -> None:
    """Lengthen the present stretch of watching, or begin another where the last beat is older, or in the future.

    The ledger hears of it once a minute, and of what lies between two stretches.
    """
    query = "SELECT stretch, from_wall_s, until_wall_s FROM heartbeat ORDER BY stretch DESC LIMIT 1"
    stretch, from_wall_s, until_wall_s = connection.execute(query).get or (0, at_wall_s, float("-inf"))
    if 0 <= at_wall_s - until_wall_s <= unbroken_s:
        connection.execute(
            "UPDATE heartbeat SET until_wall_s = ?, beats = beats + 1 WHERE stretch = ?", (at_wall_s, stretch)
        )
        if at_wall_s // BEAT_EVERY_S != until_wall_s // BEAT_EVERY_S:
            append(connection, [beat_entry(from_wall_s, at_wall_s)], at_wall_s)
        return
    connection.execute("INSERT INTO heartbeat VALUES (NULL, ?1, ?1, 1)", (at_wall_s,))
    close_all(until_wall_s, connection, at_wall_s)
    before = (
        [beat_entry(from_wall_s, until_wall_s), gap_entry(GapCause.MONITOR_DOWN, until_wall_s, at_wall_s)]
        if stretch
        else []
    )
    append(connection, [*before, beat_entry(at_wall_s, at_wall_s)], at_wall_s)


def read_stored(connection: apsw.Connection) -> Stored:
    """Everything a starting daemon needs. StoreError where a document is not what netwatch wrote."""
    verdicts = {
        subject: Verdict(subject=subject, kind=kind, state=state, since_wall_s=since)
        for subject, kind, state, since in connection.execute("SELECT subject, kind, state, since_wall_s FROM verdict")
    }
    devices: dict[str, DeviceMemory] = {}
    saved: dict[str, float] = {}
    for device, document, at in connection.execute("SELECT device, document, saved_wall_s FROM device_memory"):
        devices[device] = DeviceMemory(device=device, document=_document(device, document))
        saved[device] = at
    beat = connection.execute("SELECT until_wall_s FROM heartbeat ORDER BY stretch DESC LIMIT 1").get
    return Stored(
        verdicts=verdicts,
        devices=devices,
        saved_wall_s=saved,
        windows=read_windows(connection),
        work=read_work(connection),
        last_row=newest(connection)[0],
        stopped_cleanly=_stopped_cleanly(connection),
        last_heartbeat_wall_s=beat,
    )


def _document(device: str, raw: bytes) -> dict[str, JSON]:
    try:
        document = json.loads(raw)
    except ValueError as error:
        raise StoreError(
            f"what netwatch.db remembers of {device} is not JSON: the file was edited or damaged"
        ) from error
    return dict(document)


def _stopped_cleanly(connection: apsw.Connection) -> bool:
    """Whether the last daemon's last word was that it stopped."""
    life = (EventKind.DAEMON_STARTED.value, EventKind.DAEMON_STOPPED.value)
    query = (
        "SELECT row ->> '$.kind' FROM ledger WHERE instr(row, '\"kind\":\"daemon.st') "  # quickly past what it is not
        "AND row ->> '$.kind' IN (?, ?) ORDER BY seq DESC LIMIT 1"
    )
    return bool(connection.execute(query, life).get == EventKind.DAEMON_STOPPED.value)


def _inode(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _damaged(path: Path, what: str) -> StoreError:
    return StoreError(
        f"{path} is damaged ({what}): put a backup in its place or move it away; netwatch deletes nothing"
    )


def _no_room(path: Path) -> StoreFullError:
    return StoreFullError(f"no room to write {path}: free some space; nothing was deleted")


def _is_full(path: Path) -> bool:
    """Whether no block is free where the file lies: SQLite says of its shared memory only that writing it failed."""
    try:
        return os.statvfs(path.parent).f_bavail == 0
    except OSError:
        return False


def _store_error(error: apsw.Error, path: Path) -> StoreError:
    """The library's error as a sentence that says what to do."""
    match error:
        case apsw.NotADBError() | apsw.CorruptError():
            return _damaged(path, str(error))
        case apsw.FullError():
            return _no_room(path)
        case apsw.IOError() if _is_full(path):
            return _no_room(path)
        case apsw.BusyError() | apsw.LockedError():
            return StoreError(f"{path} is held by another program: {error}")
        case apsw.ReadOnlyError() | apsw.CantOpenError():
            return StoreError(f"{path} cannot be written: {error}")
        case _:
            return StoreError(f"writing {path} failed: {error}")
