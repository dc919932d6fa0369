"""What people did about faults <-> rows of the store, each put on record in the ledger as well.

The table is outside the ledger's chain, for it names people, and a name must be deletable; the ledger has an id for
each. There it stays when the fault is long over: times to repair are reckoned from it.
"""

from typing import Any

import apsw

from netwatch.audit.ledger import append
from netwatch.audit.persons import with_ids
from netwatch.audit.records import Row, finite, text
from netwatch.core.audit.ledger_row import Entry, EntryType, canonical
from netwatch.core.faults.severity import Severity
from netwatch.core.faults.work import Did, Work

_OF_PEOPLE = (Did.ASSIGNED, Did.DISPATCHED)
MOST = 10_000  # of the newest, that a starting daemon takes up


def work_row(work: Work) -> Row:
    """In the order of the table's columns after `seq`. ValueError where the time is not finite."""
    return (
        text(work.fault),
        finite(work.at_wall_s),
        text(work.user),
        work.did.value,
        text(work.text),
        work.severity.value,
    )


def write_work(connection: apsw.Connection, row: Row) -> None:
    """To the table."""
    connection.execute("INSERT INTO fault_work (fault, at_wall_s, user, did, text, severity) VALUES (?,?,?,?,?,?)", row)


def record_work(connection: apsw.Connection, work: Work, recorded_wall_s: float) -> None:
    """To the ledger, as an event `fault.acknowledged`, `fault.dispatched` and so on."""
    detail: dict[str, Any] = {"fault": work.fault, "severity": work.severity.value, "user": text(work.user)}
    if work.text:
        detail["who" if work.did in _OF_PEOPLE else "text"] = text(work.text)
    told = canonical(with_ids(connection, detail))
    entry = Entry(EntryType.EVENT, f"fault.{work.did.value}", text(work.subject), finite(work.at_wall_s), told)
    append(connection, [entry], recorded_wall_s)


def read_work(connection: apsw.Connection) -> tuple[Work, ...]:
    """The newest of it, in the order in which it was done."""
    rows = connection.execute(
        "SELECT * FROM (SELECT * FROM fault_work ORDER BY seq DESC LIMIT ?) ORDER BY seq", (MOST,)
    )
    return tuple(
        Work(fault=fault, at_wall_s=at_wall_s, user=user, did=Did(did), text=said, severity=Severity(severity))
        for _, fault, at_wall_s, user, did, said, severity in rows
    )
