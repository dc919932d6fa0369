"""What is older than is kept -> gone from the ledger, and a row that says so, from which the rest is still proved.

Kept of rows that go: the value of the chain and the root of the tree behind the last of them (the tree goes on from its
peaks), the keys that signed, the inventory in force, what was held true of each subject at that moment, as an annex,
and the last signed checkpoint of each month.
Rows go only as far as a checkpoint covers them. Figures of usage go sooner; their rows, with the hashes, stay.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import apsw

from netwatch.audit.annex import KEY, read_annexes, write_annexed
from netwatch.audit.checkpoint_rows import last_tree
from netwatch.audit.ledger import DAEMON, append
from netwatch.core.audit.ledger_row import BEFORE_THE_FIRST, Entry, EntryType, LedgerRow, canonical, decode
from netwatch.core.audit.merkle import Tree
from netwatch.core.errors import StoreError

ROWS_AT_ONCE = 5_000  # hashing and deleting them holds the writer for some 50 ms
ANNEXES_AT_ONCE = 200
ROWS, USAGE = "pruned.rows", "pruned.usage"
_MOST_OCTETS = 256 << 20

States = dict[str, list[Any]]  # subject -> kind, since, state


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """Where the ledger begins: behind row `size`, with the chain and the tree as they were there."""

    size: int = 0
    chain: bytes = BEFORE_THE_FIRST
    tree: Tree = field(default_factory=Tree)

    def told(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"rows": self.size, "chain": self.chain.hex(), "peaks": self.tree.encode().hex()}

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> "Base":
        """The reverse. ValueError, KeyError, TypeError: it is none."""
        size = int(told["rows"])
        tree = Tree.decode(size, bytes.fromhex(told["peaks"]))
        return cls(size=size, chain=bytes.fromhex(told["chain"]), tree=tree)


def read_base(connection: apsw.Connection) -> Base:
    """StoreError: it was changed."""
    if not connection.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'pruned'").get:
        return Base()  # of a netwatch that pruned nothing
    found: tuple[int, bytes, bytes] | None = connection.execute(
        "SELECT size, chain, peaks FROM pruned ORDER BY size DESC LIMIT 1"
    ).get
    if found is None:
        return Base()
    try:
        return Base(size=found[0], chain=found[1], tree=Tree.decode(found[0], found[2]))
    except (ValueError, TypeError) as error:
        raise StoreError("what is kept of the rows that were pruned was changed") from error


def carried_states(connection: apsw.Connection) -> Mapping[str, tuple[str, float, Any]]:
    """Subject -> (kind, since, state) as of the last row that was pruned: what STATE rows said until then."""
    states = _carried(connection).states
    return {subject: (str(kind), float(since), state) for subject, (kind, since, state) in states.items()}


def prune_rows(before_wall_s: float, connection: apsw.Connection, now_wall_s: float) -> int:
    """Rows that were recorded before then and that a checkpoint covers, some thousand at once; how many went."""
    base, covered = read_base(connection), last_tree(connection).size
    query = "SELECT seq, CAST(row AS BLOB), chain FROM ledger WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?"
    rows: list[Any] = connection.execute(query, (base.size, covered, ROWS_AT_ONCE)).fetchall()
    carried = _carried(connection)
    going, recorded_wall_s = 0, 0.0
    for _, raw, _ in rows:
        row = decode(raw)
        if row.recorded_wall_s >= before_wall_s:
            break
        going, recorded_wall_s = going + 1, row.recorded_wall_s
        carried.take(row)
    if not going:
        return 0
    last, _, chain = rows[going - 1]
    tree = base.tree.grown(raw for _, raw, _ in rows[:going])
    detail = {
        "rows": last,
        "chain": chain.hex(),
        "root": tree.root.hex(),
        "recorded_until": recorded_wall_s,
        "keys": carried.keys,
        "inventory": carried.inventory,
    }
    content = zlib.compress(canonical(carried.states).encode())
    seq = write_annexed(connection, ROWS, detail, content, now_wall_s)
    in_force = -1 if carried.inventory is None else carried.inventory["seq"]
    _delete(connection, Base(size=last, chain=chain, tree=tree), pruning_row=seq, kept=in_force)
    return going


def prune_usage(before_wall_s: float, connection: apsw.Connection, now_wall_s: float) -> int:
    """The figures of five minutes and hours that ended before then, some hundred at once; how many went."""
    query = (
        "SELECT seq FROM annex WHERE kind IN ('usage.traffic', 'usage.light') AND until_wall_s <= ? ORDER BY seq "
        "LIMIT ?"
    )
    going = [int(str(seq)) for (seq,) in connection.execute(query, (before_wall_s, ANNEXES_AT_ONCE)).fetchall()]
    if not going:
        return 0
    connection.executemany("DELETE FROM annex WHERE seq = ?", [(seq,) for seq in going])
    detail = canonical({"rows": going[-1], "recorded_until": before_wall_s})
    append(connection, [Entry(EntryType.PRUNED, USAGE, DAEMON, now_wall_s, detail)], now_wall_s)
    return len(going)


@dataclass(slots=True)
class _Carried:
    """What of rows that go is still needed."""

    states: States = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)  # that signed checkpoints
    inventory: dict[str, Any] | None = None  # the one in force: its row, and what that told of it; its annex is kept

    def take(self, row: LedgerRow) -> None:
        """Of a subject the newest; what is watched no more, and a fault that has cleared, is nothing to carry on."""
        if row.type is EntryType.KEY:
            self.keys.append(str(row.detail.get("key")))
        if row.type is EntryType.INVENTORY:
            told = {name: row.detail.get(name) for name in ("fingerprint", "document_sha256", KEY)}
            self.inventory = {"seq": row.seq, "at": row.at_wall_s, **told}
        if row.type is not EntryType.STATE:
            return
        state = row.detail.get("state")
        if state is None or (isinstance(state, dict) and state.get("cleared") is not None):
            self.states.pop(row.subject, None)
        else:
            self.states[row.subject] = [row.kind, row.at_wall_s, state]


def _carried(connection: apsw.Connection) -> _Carried:
    found = _Carried()
    for annex in read_annexes(connection, ROWS):
        found.states = json.loads(zlib.decompressobj().decompress(annex.content, _MOST_OCTETS))
        found.keys = list(annex.detail["keys"])
        found.inventory = annex.detail.get("inventory")
    return found


def _delete(connection: apsw.Connection, base: Base, *, pruning_row: int, kept: int) -> None:
    """All up to there, but for the annex of row `kept`."""
    size = base.size
    connection.execute("INSERT INTO pruned VALUES (?,?,?)", (size, base.chain, base.tree.encode()))
    connection.execute("DELETE FROM pruned WHERE size < ?", (size,))
    connection.execute("DELETE FROM ledger WHERE seq <= ?", (size,))
    query = "DELETE FROM annex WHERE (seq <= ? AND seq <> ?) OR (kind = ? AND seq < ?)"
    connection.execute(query, (size, kept, ROWS, pruning_row))
    connection.execute("DELETE FROM correction WHERE max(seq, coalesce(withdrawn_seq, 0)) <= ?", (size,))
    connection.execute(
        "DELETE FROM checkpoint WHERE size < ?1 AND size NOT IN "
        "(SELECT max(size) FROM checkpoint WHERE size < ?1 GROUP BY substr(note ->> '$.time', 1, 7))",
        (size,),
    )
