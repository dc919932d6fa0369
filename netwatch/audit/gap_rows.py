"""Gaps that have begun, and that have ended -> rows of the ledger.

Which of them are open is kept beside the ledger: a daemon that is killed meanwhile leaves none open for ever.
"""

import json
from collections.abc import Iterable

import apsw

from netwatch.audit.ledger import append, gap_entry
from netwatch.audit.records import Row
from netwatch.core.audit.ledger_row import Entry, GapCause
from netwatch.core.events import EventKind

_META = "gap."  # and the cause: since when it is open
_STORE = EventKind.STORE_STATE.value


def lost_entries(events: Iterable[Row]) -> list[Entry]:
    """Of rows as `records.event_row` makes them: what happened in that time was dropped."""
    return [
        gap_entry(GapCause.RECORDS_LOST, float(str(at)), float(lost["until"]))
        for at, kind, _, detail, _ in events
        if kind == _STORE and (lost := json.loads(str(detail)))["state"] == "gap"
    ]


def open_gap(cause: GapCause, at_wall_s: float, connection: apsw.Connection, now_wall_s: float) -> None:
    """Nothing is seen from then on. One that is open already goes on."""
    connection.execute("INSERT OR IGNORE INTO meta VALUES (?,?)", (_META + cause, repr(at_wall_s)))
    if connection.changes():
        append(connection, [gap_entry(cause, at_wall_s, None)], now_wall_s)


def close_gap(cause: GapCause, at_wall_s: float, connection: apsw.Connection, now_wall_s: float) -> None:
    """It has ended, if it was open."""
    since = connection.execute("DELETE FROM meta WHERE key = ? RETURNING value", (_META + cause,)).get
    if since is not None:
        from_wall_s = float(str(since))
        append(connection, [gap_entry(cause, from_wall_s, max(from_wall_s, at_wall_s))], now_wall_s)


def close_all(at_wall_s: float, connection: apsw.Connection, now_wall_s: float) -> None:
    """Nobody watched from then on: what was open until then is told by the gap that follows."""
    for (cause,) in connection.execute(
        "SELECT substr(key, 5) FROM meta WHERE key LIKE 'gap.%' ORDER BY key"
    ).fetchall():
        close_gap(GapCause(str(cause)), at_wall_s, connection, now_wall_s)
