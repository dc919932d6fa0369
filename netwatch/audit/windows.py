"""Windows of maintenance <-> rows of the store.

What is written never takes back: a window once ended stays ended, and what was told of it stays told, in whatever
order its rows arrive.
"""

from collections.abc import Sequence
from typing import Any

import apsw

from netwatch.audit.ledger import append, window_entries
from netwatch.audit.records import Row, finite, text
from netwatch.core.maintenance.windows import Origin, Phase, Window
from netwatch.core.model import Maintenance

_PHASES = tuple(Phase)  # what `told` counts


def window_row(window: Window) -> Row:
    """In the order of the table's columns. ValueError where a time is not finite."""
    plan, ended_wall_s = window.plan, window.ended_wall_s
    return (
        text(window.id),
        window.origin.value,
        finite(window.declared_wall_s),
        text(window.subject),
        finite(plan.from_s),
        finite(plan.until_s),
        text(plan.reason),
        text(plan.by),
        text(plan.approved_by),
        text(window.user),
        None if ended_wall_s is None else finite(ended_wall_s),
        text(window.ended_by),
        _PHASES.index(window.told),
    )


def write_windows(connection: apsw.Connection, rows: Sequence[Row], recorded_wall_s: float) -> None:
    """Add windows, or what has become of them, to the table and to the ledger."""
    before = connection.execute("SELECT * FROM maintenance").fetchall()
    connection.executemany(
        "INSERT INTO maintenance VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO UPDATE SET "
        "reason=excluded.reason, ended_wall_s=coalesce(ended_wall_s, excluded.ended_wall_s), "
        "ended_by=iif(ended_by='', excluded.ended_by, ended_by), told=max(told, excluded.told)",
        rows,
    )
    after = connection.execute("SELECT * FROM maintenance ORDER BY declared_wall_s, id, origin").fetchall()
    append(connection, window_entries(connection, after, known=before), recorded_wall_s)


def read_windows(connection: apsw.Connection) -> tuple[Window, ...]:
    """Every window ever stored, in no particular order."""
    return tuple(map(_window, connection.execute("SELECT * FROM maintenance")))


def _window(row: tuple[Any, ...]) -> Window:
    identity, origin, declared_wall_s, subject, from_s, until_s, reason, by, approved_by, *rest = row
    user, ended_wall_s, ended_by, told = rest
    return Window(
        plan=Maintenance(
            id=identity,
            subject=subject,
            from_s=from_s,
            until_s=until_s,
            reason=reason,
            by=by,
            approved_by=approved_by,
        ),
        origin=Origin(origin),
        declared_wall_s=declared_wall_s,
        user=user,
        ended_wall_s=ended_wall_s,
        ended_by=ended_by,
        told=_PHASES[told],
    )
