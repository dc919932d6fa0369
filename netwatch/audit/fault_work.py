"""What people did about faults <-> rows of the store.

Outside the ledger's chain, for a row names people, and a name must be deletable. Only ever added to by netwatch.
"""

import apsw

from netwatch.audit.records import Row, finite, text
from netwatch.core.faults.severity import Severity
from netwatch.core.faults.work import Did, Work

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
    connection.execute("INSERT INTO fault_work (fault, at_wall_s, user, did, text, severity) VALUES (?,?,?,?,?,?)", row)


def read_work(connection: apsw.Connection) -> tuple[Work, ...]:
    """The newest of it, in the order in which it was done."""
    rows = connection.execute(
        "SELECT * FROM (SELECT * FROM fault_work ORDER BY seq DESC LIMIT ?) ORDER BY seq", (MOST,)
    )
    return tuple(
        Work(fault=fault, at_wall_s=at_wall_s, user=user, did=Did(did), text=said, severity=Severity(severity))
        for _, fault, at_wall_s, user, did, said, severity in rows
    )
