"""What a store of before the ledger knew -> the first rows of its ledger, once, when the store is brought to today.

In: its events, stretches of watching, windows of maintenance and verdicts. Out: rows in that order, chained. Nothing
that was written then is proved by it: from this moment on it cannot be changed unnoticed.
"""

import time
from itertools import groupby
from typing import Any

import apsw

from netwatch.audit.ledger import (
    append,
    beat_entry,
    event_entries,
    gap_entry,
    state_entries,
    window_entries,
)
from netwatch.core.audit.ledger_row import Entry, GapCause

_EVENTS = "SELECT recorded_wall_s, at_wall_s, kind, subject, detail, told_before_commit FROM event ORDER BY seq"


def adopt(connection: apsw.Connection) -> None:
    """Inside the transaction of the migration, while the old tables are still there."""
    for recorded_wall_s, rows in groupby(connection.execute(_EVENTS).fetchall(), key=lambda row: row[0]):
        append(connection, event_entries(connection, [row[1:] for row in rows]), recorded_wall_s)
    stretches = connection.execute("SELECT from_wall_s, until_wall_s FROM heartbeat ORDER BY stretch").fetchall()
    windows = connection.execute("SELECT * FROM maintenance ORDER BY declared_wall_s, id, origin").fetchall()
    verdicts = connection.execute("SELECT subject, kind, state, since_wall_s FROM verdict ORDER BY subject").fetchall()
    entries = [*_watched(stretches), *window_entries(connection, windows, known=()), *state_entries(verdicts)]
    append(connection, entries, time.time())


def _watched(stretches: list[tuple[Any, ...]]) -> list[Entry]:
    entries: list[Entry] = []
    for place, (from_wall_s, until_wall_s) in enumerate(stretches):
        if place:
            entries.append(gap_entry(GapCause.MONITOR_DOWN, stretches[place - 1][1], from_wall_s))
        entries.append(beat_entry(from_wall_s, until_wall_s))
    return entries
