"""Annexes: bytes too many for a row of the ledger, which tells their SHA-256; in rows with bytes, out the same bytes.

They lie in a table of their own, so that they can be pruned before the row is. Whoever reads one has it checked.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import apsw

from netwatch.audit.ledger import DAEMON, append
from netwatch.core.audit.ledger_row import Entry, EntryType, canonical
from netwatch.core.errors import StoreError

KEY = "annex"  # of a row's detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Annex:
    """One, with its row's detail."""

    seq: int
    from_wall_s: float
    until_wall_s: float
    detail: dict[str, Any]
    content: bytes


def write_annexed(
    connection: apsw.Connection, kind: str, detail: dict[str, Any], content: bytes, now_wall_s: float
) -> int:
    """Add a row about `detail["from"]` until `detail["until"]` (now, without them) and its annex; the row's number."""
    type_ = EntryType(kind.partition(".")[0])
    from_wall_s, until_wall_s = float(detail.get("from", now_wall_s)), float(detail.get("until", now_wall_s))
    told = canonical({**detail, KEY: digest(content)})
    seq = append(connection, [Entry(type_, kind, DAEMON, from_wall_s, told)], now_wall_s).last
    connection.execute("INSERT INTO annex VALUES (?,?,?,?,?)", (seq, kind, from_wall_s, until_wall_s, content))
    return seq


def read_annexes(
    connection: apsw.Connection, kind: str, from_wall_s: float = float("-inf"), until_wall_s: float = float("inf")
) -> Iterator[Annex]:
    """Those that begin in that time, in order. StoreError where one is not what its row was written for."""
    query = (
        "SELECT a.seq, a.from_wall_s, a.until_wall_s, l.row, a.content FROM annex a JOIN ledger l USING (seq) "
        "WHERE a.kind = ? AND a.from_wall_s >= ? AND a.from_wall_s < ? ORDER BY a.from_wall_s, a.seq"
    )
    for row in connection.execute(query, (kind, from_wall_s, until_wall_s)):
        yield _annex(row)


def read_annex(connection: apsw.Connection, seq: int) -> Annex | None:
    """That of one row; None where it has none, or no longer."""
    query = "SELECT a.seq, a.from_wall_s, a.until_wall_s, l.row, a.content FROM annex a JOIN ledger l USING (seq)"
    row = connection.execute(f"{query} WHERE a.seq = ?", (seq,)).fetchone()
    return None if row is None else _annex(row)


def digest(content: bytes) -> str:
    """As a row's detail has it."""
    return hashlib.sha256(content).hexdigest()


def _annex(row: tuple[Any, ...]) -> Annex:
    seq, from_wall_s, until_wall_s, told, content = row
    detail = json.loads(told)["detail"]
    if detail.get(KEY) != digest(content):
        raise StoreError(f"what row {seq} of the ledger was written for was changed: look with netwatch audit verify")
    return Annex(seq=seq, from_wall_s=from_wall_s, until_wall_s=until_wall_s, detail=detail, content=content)
