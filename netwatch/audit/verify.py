"""The ledger, read through and held against itself and against checkpoints: what is wrong, and what is proved.

In: a store, which may be in use, and checkpoints that were kept elsewhere. Out: findings, each with its row, and how
far the rows are attested by what. Nothing is written.
"""

import contextlib
import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import apsw

from netwatch.audit import checkpoint
from netwatch.audit.checkpoint import Checkpoint
from netwatch.audit.database import DATABASE_NAME
from netwatch.audit.ledger import has_ledger
from netwatch.audit.prune_rows import Base, read_base
from netwatch.audit.schema import identify
from netwatch.audit.verify_beside import Beside
from netwatch.audit.verify_report import Report
from netwatch.core.audit.ledger_row import EntryType, LedgerRow, decode
from netwatch.core.errors import StoreError

ROWS_AT_ONCE = 5_000
BUSY_TIMEOUT_MS = 10_000
_PRAGMA_LIMIT = 64 << 20  # bytes; a larger file is not read through twice


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A checkpoint, and where it came from."""

    checkpoint: Checkpoint
    origin: str  # of those in the store itself: empty


Progress = Callable[[int, int], None]  # rows read, rows there are


def verify(directory: Path, kept: Iterable[Kept] = (), *, key: str = "", on_progress: Progress) -> Report:
    """Read the ledger of this state directory through.

    `kept` are checkpoints from elsewhere; `key`, where given, is the public key (hex) that must have signed all.
    StoreError: there is no store, or it is none of ours. What SQLite itself cannot read is a finding.
    """
    path = directory / DATABASE_NAME
    report = Report()
    if not path.is_file():
        raise StoreError(f"there is no {path}: which --state-dir does netwatch run with?")
    try:
        with _opened(path) as connection:
            identify(connection, str(path))
            if not has_ledger(connection):
                raise StoreError(f"{path} is of a netwatch that kept no ledger yet: the next start adds it")
            _check_file(connection, path, report)
            base = _base(connection, report)
            _Reading(connection, report, [*_stored(connection, report), *kept], key=key, base=base).run(on_progress)
    except (apsw.Error, UnicodeDecodeError) as error:
        report.found(f"the file itself is damaged: {error}", report.rows + 1)
    report.findings.sort(key=lambda one: (not one.is_exact, float("inf") if one.row is None else one.row))
    return report


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[apsw.Connection]:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        connection.set_busy_timeout(BUSY_TIMEOUT_MS)
        connection.execute("PRAGMA cell_size_check = ON")  # a page that makes no sense is found when it is read
        connection.execute("BEGIN")  # one moment of a store that goes on
        yield connection
    finally:
        connection.close(force=True)


def _check_file(connection: apsw.Connection, path: Path, report: Report) -> None:
    """SQLite's own look at its pages; of a large file, damage shows where it is read."""
    if path.stat().st_size <= _PRAGMA_LIMIT:
        verdict = str(connection.execute("PRAGMA integrity_check(1)").get)
        if verdict != "ok":
            report.found(f"the file itself is damaged: {verdict.splitlines()[-1]}")


def _base(connection: apsw.Connection, report: Report) -> Base:
    """Where the ledger begins."""
    try:
        return read_base(connection)
    except StoreError as error:
        report.found(str(error), 1)
        return Base()


def _stored(connection: apsw.Connection, report: Report) -> Iterator[Kept]:
    query = "SELECT size, coalesce(CAST(note AS BLOB), x'') FROM checkpoint ORDER BY size"
    for size, note in connection.execute(query).fetchall():
        try:
            found = checkpoint.read(note.decode("utf-8", "backslashreplace") if isinstance(note, bytes) else "")
            if found.size != size:
                raise ValueError(f"it is for {found.size} rows")  # noqa: TRY301 - told like any other
            yield Kept(checkpoint=found, origin="")
        except ValueError as error:
            report.found(f"the checkpoint over {size} rows in the store is not as it was written: {error}")


class _Reading:
    """One pass over all rows."""

    def __init__(
        self, connection: apsw.Connection, report: Report, kept: Sequence[Kept], *, key: str, base: Base
    ) -> None:
        self._connection = connection
        self._report = report
        self._beside = Beside(connection, report, base)
        self._key = key
        self._tree = base.tree
        self._chain = base.chain
        self._expected = base.size + 1
        within = [one for one in kept if one.checkpoint.size >= base.size]
        self._waiting = sorted(within, key=lambda one: one.checkpoint.size, reverse=True)  # the smallest last
        report.pruned, report.beyond = base.size, len(kept) - len(within)
        self._differs: set[bool] = set()  # whether a disagreement with one from elsewhere (True), or stored, was told
        self._agreed: list[Kept] = []
        self._last = b""

    def run(self, on_progress: Progress) -> None:
        report = self._report
        there = int(str(self._connection.execute("SELECT count(*) FROM ledger").get))
        cursor = self._connection.execute(
            "SELECT seq, coalesce(CAST(row AS BLOB), x''), coalesce(CAST(chain AS BLOB), x'') FROM ledger ORDER BY seq"
        )
        told_s = time.monotonic()
        for piece in _pieces(cursor):
            self._follow_chain(piece)
            self._grow([raw for _, raw, _ in piece])
            self._beside.look(piece)
            report.rows = self._tree.size
            if time.monotonic() - told_s >= 1.0:
                told_s = time.monotonic()
                on_progress(report.rows - report.pruned, there)
        report.rows = self._tree.size
        on_progress(report.rows - report.pruned, there)
        report.root = self._tree.root
        report.last_recorded_wall_s = _recorded(self._last)
        for one in reversed(self._waiting):
            self._tell_of_missing(one)
        self._beside.judge()
        self._judge_keys()

    def _follow_chain(self, piece: list[tuple[int, bytes, bytes]]) -> None:
        sha256, chain, expected = hashlib.sha256, self._chain, self._expected
        for seq, raw, stored in piece:
            chain = sha256(chain + raw).digest()
            if chain != stored or seq != expected or b'"seq":%d,' % seq not in raw:
                self._report.found(*_broken(seq, expected, is_chained=chain == stored))
                chain, expected = stored, seq
            if b'"type":"key"' in raw:
                self._note_key(raw)
            expected += 1
        if self._report.first_recorded_wall_s is None:
            self._report.first_recorded_wall_s = _recorded(piece[0][1])
        self._chain, self._expected, self._last = chain, expected, piece[-1][1]

    def _note_key(self, raw: bytes) -> None:
        row = _decoded(raw)
        if row is not None and row.type is EntryType.KEY:
            self._report.keys.append(str(row.detail.get("key")))

    def _grow(self, rows: list[bytes]) -> None:
        """Stop at every checkpoint on the way and compare."""
        start, begin = 0, self._tree.size
        while self._waiting and self._waiting[-1].checkpoint.size <= begin + len(rows):
            one = self._waiting.pop()
            until = one.checkpoint.size - begin
            self._tree = self._tree.grown(rows[start:until])
            start = max(start, until)
            self._compare(one)
        self._tree = self._tree.grown(rows[start:])

    def _compare(self, one: Kept) -> None:
        is_elsewhere = bool(one.origin)
        if one.checkpoint.root == self._tree.root:
            self._agreed.append(one)
        elif is_elsewhere not in self._differs:
            self._differs.add(is_elsewhere)  # from here on all must differ
            since = max((kept.checkpoint.size for kept in self._agreed), default=0)
            size, where = one.checkpoint.size, f" ({one.origin})" if is_elsewhere else ""
            self._report.found(
                f"rows {since + 1} to {size} are not those that the checkpoint of {one.checkpoint.at}{where} was "
                "signed for: where the chain through them is whole, it was made to fit",
                since + 1,
                is_exact=False,
            )

    def _tell_of_missing(self, one: Kept) -> None:
        if bool(one.origin) in self._differs:
            return
        self._differs.add(bool(one.origin))
        where = f" ({one.origin})" if one.origin else ""
        self._report.found(
            f"rows {self._tree.size + 1} to {one.checkpoint.size} are missing: they were there at {one.checkpoint.at}, "
            f"says the checkpoint{where}",
            self._tree.size + 1,
        )

    def _judge_keys(self) -> None:
        """A checkpoint counts only where the key is one that the ledger names, or the one asked for."""
        report = self._report
        known = {self._key} if self._key else {*report.keys}
        strangers = [one for one in self._agreed if one.checkpoint.key.hex() not in known]
        for one in strangers[:1]:
            where = one.origin or "in the store"
            report.found(
                f"the checkpoint of {one.checkpoint.at} ({where}) is signed by a key that is not this ledger's"
            )
        trusted = [one for one in self._agreed if one not in strangers]
        report.checked = len(trusted)
        for one in trusted:
            report.attested = one.checkpoint
            if one.origin:
                report.attested_elsewhere = one.checkpoint


def _pieces(cursor: Iterator[Any]) -> Iterator[list[tuple[int, bytes, bytes]]]:
    while piece := list(islice(cursor, ROWS_AT_ONCE)):
        yield piece


def _broken(seq: int, expected: int, *, is_chained: bool) -> tuple[str, int]:
    if seq > expected and is_chained:
        return f"row {expected} is not there: the chain goes on with row {seq}", expected
    if seq > expected:
        missing = f"row {expected} is" if seq == expected + 1 else f"rows {expected} to {seq - 1} are"
        return f"{missing} missing", expected
    if seq < expected:
        return f"row {seq} stands behind row {expected - 1}", seq
    return f"row {seq} is not what was written: it or its place in the chain was changed", seq


def _recorded(raw: bytes) -> float | None:
    row = _decoded(raw)
    return None if row is None else row.recorded_wall_s


def _decoded(raw: bytes) -> LedgerRow | None:
    try:
        return decode(raw)
    except ValueError:
        return None  # told of where the chain was followed
