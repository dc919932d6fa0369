"""The ledger in the store: rows are added in the transaction of what they tell of, and never touched again.

In: rows of events, verdicts, windows and heartbeats, inside a transaction of the writer. Out: rows of the ledger, each
chained to the one before. Names of people become ids first; see `netwatch.audit.persons`.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from json.encoder import encode_basestring
from typing import Any

import apsw

from netwatch.audit.city_rows import FAULT
from netwatch.audit.persons import NAMED, with_ids
from netwatch.audit.records import Receipt, Row
from netwatch.core.audit.ledger_row import BEFORE_THE_FIRST, Entry, EntryType, GapCause, canonical, encode, link

WATCHING = "watching"  # the kind of heartbeats and of gaps in them
DAEMON = "daemon:"


def append(connection: apsw.Connection, entries: Sequence[Entry], recorded_wall_s: float) -> Receipt:
    """Add rows behind the last one; which numbers they got."""
    last, chain = newest(connection)
    receipt = Receipt(first=last + 1, last=last + len(entries))
    connection.executemany("INSERT INTO ledger VALUES (?,?,?)", _chained(entries, last, chain, recorded_wall_s))
    return receipt


def has_ledger(connection: apsw.Connection) -> bool:
    """Whether the store is of a netwatch that keeps one."""
    return bool(connection.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'ledger'").get)


def newest(connection: apsw.Connection) -> tuple[int, bytes]:
    """Number and chain value of the last row."""
    found: tuple[int, bytes] | None = connection.execute("SELECT seq, chain FROM ledger ORDER BY seq DESC LIMIT 1").get
    return found or (0, BEFORE_THE_FIRST)


def event_entries(connection: apsw.Connection, events: Iterable[Row]) -> list[Entry]:
    """Of rows as `records.event_row` makes them."""
    return [
        Entry(
            EntryType.EVENT, str(kind), str(subject), _number(at), _nameless(connection, str(kind), detail), bool(late)
        )
        for at, kind, subject, detail, late in events
    ]


def changed_verdicts(connection: apsw.Connection, verdicts: Iterable[Row]) -> list[Row]:
    """Those of `records.verdict_row` that say something else than the store does."""
    known = "SELECT subject, kind, state, since_wall_s FROM verdict WHERE subject = ?"
    return [row for row in verdicts if connection.execute(known, row[:1]).get != row]


def state_entries(verdicts: Iterable[Row]) -> list[Entry]:
    """An interval begins with each."""
    return [
        Entry(EntryType.STATE, str(kind), str(subject), _number(since), _state(str(kind), str(state)))
        for subject, kind, state, since in verdicts
    ]


def forgotten_entries(verdicts: Iterable[tuple[str, str]], now_wall_s: float) -> list[Entry]:
    """(subject, kind): watched no more from now on. What is told of a fault ends with the fault."""
    return [
        Entry(EntryType.STATE, kind, subject, now_wall_s, '{"state":null}')
        for subject, kind in verdicts
        if kind != FAULT
    ]


def window_entries(connection: apsw.Connection, windows: Iterable[Row], *, known: Iterable[Row]) -> list[Entry]:
    """Of rows of the table, where they declare, end or explain something that the rows `known` do not."""
    told = {row[:3]: _window(row) for row in known}
    new = [(row, detail) for row in windows if told.get(row[:3]) != (detail := _window(row))]
    return [
        Entry(
            EntryType.MAINTENANCE,
            "maintenance.window",
            str(row[3]),
            _number(row[2]),
            canonical(with_ids(connection, detail)),
        )
        for row, detail in new
    ]


def beat_entry(from_wall_s: float, until_wall_s: float) -> Entry:
    """Watched without a break."""
    detail = canonical({"from": from_wall_s, "until": until_wall_s})
    return Entry(EntryType.HEARTBEAT, WATCHING, DAEMON, until_wall_s, detail)


def gap_entry(cause: GapCause, from_wall_s: float, until_wall_s: float | None) -> Entry:
    """Nobody watched; until None: that goes on."""
    detail = canonical({"cause": cause, "from": from_wall_s, "until": until_wall_s})
    return Entry(EntryType.GAP, WATCHING, DAEMON, from_wall_s, detail)


def _chained(
    entries: Iterable[Entry], last: int, chain: bytes, recorded_wall_s: float
) -> Iterator[tuple[int, str, bytes]]:
    recorded_wall_s = round(recorded_wall_s, 3)
    for seq, entry in enumerate(entries, last + 1):
        row = encode(entry, seq, recorded_wall_s)
        chain = link(chain, row.encode())
        yield seq, row, chain


def _nameless(connection: apsw.Connection, kind: str, detail: object) -> str:
    told = str(detail)
    return canonical(with_ids(connection, json.loads(told))) if kind.startswith(NAMED) else told


def _state(kind: str, state: str) -> str:
    """A fault is told as a whole, but for the contractor's name and telephone, which the inventory has."""
    if kind != FAULT:
        return f'{{"state":{encode_basestring(state)}}}'
    try:
        fault = dict(json.loads(state))
        fault["contractor"] = fault["contractor"][0]
    except (ValueError, KeyError, TypeError, IndexError):
        return canonical({"state": "unreadable"})  # of a release that told it otherwise
    return canonical({"state": fault})


def _window(row: Row) -> dict[str, Any]:
    """What a window says, without what was told of it; whether it was declared before it began is worth a word."""
    identity, origin, declared, _subject, begins, ends, reason, by, approved_by, user, ended, ended_by, _told = row
    return {
        "id": identity,
        "origin": origin,
        "declared": declared,
        "declared_before": _number(declared) < _number(begins),
        "from": begins,
        "until": ends,
        "reason": reason,
        "by": by,
        "approved_by": approved_by,
        "user": user,
        "ended": ended,
        "ended_by": ended_by,
    }


def _number(value: object) -> float:
    return value if isinstance(value, float) else float(str(value))
