"""The store -> what is on record of a shift, read beside a daemon that may be running, or without one.

In: a state directory, since when, and now. Out: `core.handover.handover` of it. What stands now is read in one
transaction; of what was, the ledger tells.
"""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import apsw

from netwatch.audit.city_rows import FAULT
from netwatch.audit.database import DATABASE_NAME
from netwatch.audit.fault_work import read_work
from netwatch.audit.ledger_read import reading
from netwatch.audit.windows import read_windows
from netwatch.core.audit.ledger_row import EntryType, LedgerRow
from netwatch.core.audit.report.history import NO_RECORD_YET
from netwatch.core.device.record import DeviceVerdict
from netwatch.core.errors import StoreError
from netwatch.core.events import EventKind
from netwatch.core.handover import Shift, began, handover
from netwatch.core.observation import DEVICE

RUNNING_S = 90.0  # a heartbeat younger than that: netwatch runs
_KINDS = (EventKind.FAULT_OPENED.value, FAULT, "watching")


def read_handover(directory: Path, since: str, *, wall: float | None = None) -> dict[str, Any]:
    """What `core.handover` tells. StoreError where the store cannot be read, ValueError for what is no time."""
    now_wall_s = time.time() if wall is None else wall
    with reading(directory) as ledger:
        zone = ledger.timezone() or "UTC"
        since_wall_s = began(since, ZoneInfo(zone), now_wall_s)
        rows = tuple(ledger.since(since_wall_s, _KINDS))
    path = directory / DATABASE_NAME
    try:
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        with connection:
            shift = _shift(connection, rows, since_wall_s=since_wall_s, now_wall_s=now_wall_s, zone=zone)
        connection.close()
    except apsw.Error as error:
        raise StoreError(f"{path} cannot be read: {error}") from error
    return handover(shift)


def _shift(
    connection: apsw.Connection,
    rows: tuple[LedgerRow, ...],
    *,
    since_wall_s: float,
    now_wall_s: float,
    zone: str,
) -> Shift:
    first_wall_s, beat_wall_s = connection.execute("SELECT min(from_wall_s), max(until_wall_s) FROM heartbeat").get
    is_running = beat_wall_s is not None and now_wall_s - beat_wall_s < RUNNING_S
    until_wall_s = now_wall_s if is_running or beat_wall_s is None else float(beat_wall_s)
    faults = {name: told for row in rows if row.kind == FAULT and (told := _told_then(row)) for name in [_id(row)]}
    faults |= dict(_told_now(connection))
    opened = {str(row.detail["fault"]): row.at_wall_s for row in rows if row.kind == EventKind.FAULT_OPENED}
    unseen = connection.execute(
        "SELECT subject, since_wall_s FROM verdict WHERE kind = ? AND state = ? ORDER BY subject",
        (EventKind.DEVICE_STATE.value, DeviceVerdict.UNKNOWN.value),
    )
    return Shift(
        city=str(connection.execute("SELECT document ->> '$.city' FROM inventory_seen").get or ""),
        timezone=zone,
        since_wall_s=since_wall_s,
        until_wall_s=until_wall_s,
        is_running=is_running,
        faults=faults,
        opened=opened,
        work=read_work(connection),
        windows=read_windows(connection),
        gaps=(
            *_before_the_record(since_wall_s, until_wall_s if first_wall_s is None else first_wall_s),
            *_gaps(rows, since_wall_s, until_wall_s if not is_running else None),
        ),
        unseen=tuple((str(subject).removeprefix(DEVICE), float(str(since))) for subject, since in unseen),
    )


def _id(row: LedgerRow) -> str:
    return row.subject.partition(":")[2]


def _told_then(row: LedgerRow) -> tuple[float, dict[str, Any]] | None:
    """A fault that cleared, as a row of the shift told it; None while it was open: of those the store's table tells."""
    state = row.detail.get("state")
    return (row.at_wall_s, state) if isinstance(state, dict) and state.get("cleared") is not None else None


def _told_now(connection: apsw.Connection) -> Iterator[tuple[str, tuple[float, dict[str, Any]]]]:
    """The faults that are open, or cleared lately, with the telephones that the ledger has not."""
    query = "SELECT subject, state, since_wall_s FROM verdict WHERE kind = ?"
    for subject, state, since in connection.execute(query, (FAULT,)):
        yield str(subject).partition(":")[2], (float(str(since)), json.loads(str(state)))


def _before_the_record(since_wall_s: float, first_wall_s: float) -> Iterator[tuple[float, float, str]]:
    """A shift that began before netwatch did: nothing is known of its beginning."""
    if since_wall_s < first_wall_s:
        yield since_wall_s, first_wall_s, NO_RECORD_YET


def _gaps(
    rows: tuple[LedgerRow, ...], since_wall_s: float, dark_since: float | None
) -> Iterator[tuple[float, float | None, str]]:
    """Those of the shift; one that goes on, and is not on record yet, when netwatch does not run."""
    gaps = [row.detail for row in rows if row.type is EntryType.GAP]
    newest = {(str(gap["cause"]), float(gap["from"])): gap["until"] for gap in gaps}  # one that goes on is ended later
    for (cause, begin), until in sorted(newest.items(), key=lambda gap: gap[0][1]):
        if until is None or until > since_wall_s:
            yield begin, until, cause
    if dark_since is not None:
        yield dark_since, None, "monitor_down"
