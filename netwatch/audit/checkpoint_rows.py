"""Checkpoints <-> the store: the tree grows over the rows that came since the last one, and its root is signed.

In: the key and the time, inside a transaction of the writer. Out: a signed line, kept beside the ledger together with
as much of the tree as the next one needs.
"""

from dataclasses import dataclass

import apsw
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from netwatch.audit.checkpoint import sign
from netwatch.audit.ledger import DAEMON, append, newest
from netwatch.core.audit.ledger_row import Entry, EntryType, canonical
from netwatch.core.audit.merkle import Tree
from netwatch.core.errors import StoreError

ROWS_AT_ONCE = 5_000  # hashing them holds the writer for some 20 ms
_KEY = "ledger.key"  # the kind of its row, and the name of the newest key in `meta`


@dataclass(frozen=True, slots=True, kw_only=True)
class Grown:
    """What one step brought."""

    rows: int  # in the ledger
    covered: int  # of them, by the newest checkpoint
    line: str = ""  # that checkpoint, where it is a new one


def write_checkpoint(connection: apsw.Connection, key: Ed25519PrivateKey, *, now_wall_s: float, least: int) -> Grown:
    """Sign for the rows that no checkpoint covers yet, if they are `least` or more; at most so many as fit a step."""
    rows, _ = newest(connection)
    tree = last_tree(connection)
    if rows - tree.size < max(least, 1):
        return Grown(rows=rows, covered=tree.size)
    query = "SELECT CAST(row AS BLOB) FROM ledger WHERE seq > ? ORDER BY seq LIMIT ?"
    before = tree.size
    tree = tree.grown(row for (row,) in connection.execute(query, (tree.size, ROWS_AT_ONCE)))
    line = sign(tree.size, tree.root, at_wall_s=now_wall_s, key=key)
    connection.execute("INSERT INTO checkpoint VALUES (?,?,?)", (tree.size, line, tree.encode()))
    connection.execute(
        "UPDATE checkpoint SET peaks = x'' WHERE size = ?", (before,)
    )  # the tree goes on from the newest
    return Grown(rows=rows, covered=tree.size, line=line)


def last_tree(connection: apsw.Connection) -> Tree:
    """As far as checkpoints go. StoreError: somebody took the newest away, or changed it."""
    found = connection.execute("SELECT size, peaks FROM checkpoint ORDER BY size DESC LIMIT 1").get
    try:
        return Tree.decode(*found) if found else Tree()
    except (ValueError, TypeError) as error:
        raise StoreError("the newest checkpoint in the store was changed: look with netwatch audit verify") from error


def write_key(connection: apsw.Connection, key: Ed25519PrivateKey, now_wall_s: float) -> None:
    """Put on record which key signs from here on, where it is another one than before."""
    public = key.public_key().public_bytes_raw().hex()
    if connection.execute("SELECT value FROM meta WHERE key = ?", (_KEY,)).get == public:
        return
    append(connection, [Entry(EntryType.KEY, _KEY, DAEMON, now_wall_s, canonical({"key": public}))], now_wall_s)
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?,?)", (_KEY, public))
