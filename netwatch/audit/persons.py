"""Names of people <-> ids that the chain holds in their stead.

In: the detail of what people asked for, approved or ended. Out: the same with an id at each name. Who is who stands in
a table beside the ledger: a row of it can be deleted for good, and the chain stays whole. The other tables beside the
ledger hold names as they were given; where one is forgotten, they hold its id from then on. All spellings of a name
(`netwatch.core.person`) have one id.
"""

import contextlib
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import apsw

from netwatch.core.audit.access import CONTROL_SOCKET
from netwatch.core.maintenance.book import WITHDRAWN
from netwatch.core.person import spelled

NAMED = "maintenance."  # the kinds whose details name people begin so
_NAMES = ("by", "approved_by", "user", "ended_by", "who", "account", "peer")  # a peer's address is somebody's, too
_NOBODY = ("", WITHDRAWN, CONTROL_SOCKET)
PREFIX = "person-"
_ID = re.compile(PREFIX + "[0-9a-f]{16}")
_BESIDE = (
    ("maintenance", "requested_by", "TRUE"),
    ("maintenance", "approved_by", "TRUE"),
    ("maintenance", "user", "TRUE"),
    ("maintenance", "ended_by", "TRUE"),
    ("fault_work", "user", "TRUE"),
    ("fault_work", "text", "did IN ('assigned', 'dispatched')"),  # whose the fault is
)


def with_ids(connection: apsw.Connection, detail: Mapping[str, Any]) -> dict[str, Any]:
    """The detail with an id for each name; a name keeps the id it was given first."""
    return {
        key: _identity(connection, value) if key in _NAMES and value not in _NOBODY else value
        for key, value in detail.items()
    }


def with_names(names: Mapping[str, str], detail: Mapping[str, Any]) -> dict[str, Any]:
    """The reverse, as far as the names are still there."""
    return {key: names.get(value, value) if key in _NAMES else value for key, value in detail.items()}


def read_names(connection: apsw.Connection) -> dict[str, str]:
    """Id -> name."""
    return {str(identity): str(name) for identity, name in connection.execute("SELECT id, name FROM person")}


def forget_name(connection: apsw.Connection, name: str) -> str | None:
    """Delete who is behind an id, for good, and the name from every table; the id, None where nobody has that name."""
    wanted = spelled(name)
    known = [identity for identity, there in read_names(connection).items() if spelled(there) == wanted]
    identity = known[0] if known else PREFIX + secrets.token_hex(8)
    with _overwriting(connection):
        for one in known:  # several where a netwatch of before gave each spelling its own
            connection.execute("DELETE FROM person WHERE id = ?", (one,))
        is_beside = _put_instead(connection, wanted, identity)
    return identity if known or is_beside else None


def forget_ids(connection: apsw.Connection, identities: Iterable[str]) -> None:
    """The same of ids that no row of the ledger means any more."""
    with _overwriting(connection):
        for identity in identities:
            name = connection.execute("DELETE FROM person WHERE id = ? RETURNING name", (identity,)).get
            if name is not None:
                _put_instead(connection, spelled(str(name)), identity)


@contextlib.contextmanager
def _overwriting(connection: apsw.Connection) -> Iterator[None]:
    """What is deleted is not left standing in the file's free places."""
    connection.pragma("secure_delete", 1)
    try:
        yield
    finally:
        connection.pragma("secure_delete", 0)


def _put_instead(connection: apsw.Connection, name: str, identity: str) -> bool:
    """Whether any table had the name, in whatever spelling."""
    before = connection.total_changes()
    for table, column, which in _BESIDE:
        there = connection.execute(f"SELECT DISTINCT {column} FROM {table} WHERE {which}")  # noqa: S608 - words of our own
        theirs = [(identity, text) for (text,) in list(there) if spelled(str(text)) == name]
        statement = f"UPDATE {table} SET {column} = ? WHERE {column} = ? AND {which}"  # noqa: S608 - words of our own
        connection.executemany(statement, theirs)
    return connection.total_changes() > before


def _identity(connection: apsw.Connection, name: object) -> str:
    if _ID.fullmatch(str(name)):
        return str(name)  # of somebody forgotten
    name = spelled(str(name))
    known = connection.execute("SELECT id FROM person WHERE name = ?", (name,)).get
    if known is not None:
        return str(known)
    identity = PREFIX + secrets.token_hex(8)
    connection.execute("INSERT INTO person (id, name) VALUES (?,?)", (identity, name))
    return identity
