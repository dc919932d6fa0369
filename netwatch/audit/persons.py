"""Names of people <-> ids that the chain holds in their stead.

In: the detail of what people asked for, approved or ended. Out: the same with an id at each name. Who is who stands in
a table beside the ledger: a row of it can be deleted for good, and the chain stays whole.
"""

import secrets
from collections.abc import Mapping
from typing import Any

import apsw

from netwatch.core.audit.access import CONTROL_SOCKET
from netwatch.core.maintenance.book import WITHDRAWN

NAMED = "maintenance."  # the kinds whose details name people begin so
_NAMES = ("by", "approved_by", "user", "ended_by", "who", "account", "peer")  # a peer's address is somebody's, too
_NOBODY = ("", WITHDRAWN, CONTROL_SOCKET)
PREFIX = "person-"


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
    """Delete who is behind an id, for good; the id, None where nobody of that name is known."""
    identity = connection.execute("DELETE FROM person WHERE name = ? RETURNING id", (name,)).get
    return None if identity is None else str(identity)


def _identity(connection: apsw.Connection, name: object) -> str:
    known = connection.execute("SELECT id FROM person WHERE name = ?", (name,)).get
    if known is not None:
        return str(known)
    identity = PREFIX + secrets.token_hex(8)
    connection.execute("INSERT INTO person (id, name) VALUES (?,?)", (identity, name))
    return identity
