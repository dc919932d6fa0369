"""What lies beside the rows, held against them: annexes, and the place from which the ledger goes on after pruning.

In: rows in order, as they are read. Out: findings. Whether something may be missing is only known once all rows were
seen, for the row that tells of pruning comes after what was pruned.
"""

from collections.abc import Iterable

import apsw

from netwatch.audit.annex import KEY, digest
from netwatch.audit.correction_rows import is_signed
from netwatch.audit.prune_rows import ROWS, USAGE, Base
from netwatch.audit.verify_report import Report
from netwatch.core.audit.ledger_row import EntryType, LedgerRow, decode

# the types of rows that have annexes, and that say something of others; a row ends with its type
_OF_USE = tuple(
    f'"type":"{one}"}}'.encode()
    for one in (EntryType.USAGE, EntryType.INVENTORY, EntryType.PROFILES, EntryType.PRUNED, EntryType.CORRECTION)
)


class Beside:
    """`look` at each piece of the rows, then `judge`."""

    def __init__(self, connection: apsw.Connection, report: Report, base: Base) -> None:
        self._connection = connection
        self._report = report
        self._base = base
        self._is_base_told = not base.size
        self._absent: list[LedgerRow] = []  # rows whose annexes are not there
        self._usage_pruned = 0  # up to this row
        self._last_pruning: LedgerRow | None = None
        self._corrections: list[LedgerRow] = []

    def look(self, piece: Iterable[tuple[int, bytes, bytes]]) -> None:
        for _, raw, _ in piece:
            if raw.endswith(_OF_USE):
                self._look_at(raw)

    def judge(self) -> None:
        """After the last row."""
        if not self._is_base_told:
            text = f"rows 1 to {self._base.size} are missing, and no row tells that they were pruned"
            self._report.found(text, 1)
        for row in self._corrections:
            if not is_signed(row, self._report.keys):
                self._report.found(f"the correction in row {row.seq} is not what a key of this ledger signed", row.seq)
        for row in self._absent:
            is_pruned = row.type is EntryType.USAGE and row.seq <= self._usage_pruned
            if not is_pruned and (row.kind != ROWS or row is self._last_pruning):
                self._report.found(f"what row {row.seq} was written for ({row.kind}) is missing", row.seq)
        if self._last_pruning is not None:
            self._judge_inventory(self._last_pruning)

    def _judge_inventory(self, pruning: LedgerRow) -> None:
        """The one in force where the rows begin: its own row is gone."""
        kept = pruning.detail.get("inventory")
        if isinstance(kept, dict) and kept.get(KEY) is not None and self._content(kept.get("seq")) != kept[KEY]:
            self._report.found(f"the inventory that row {pruning.seq} tells of is missing, or was changed", pruning.seq)

    def _look_at(self, raw: bytes) -> None:
        try:
            row = decode(raw)
        except ValueError:
            return  # told of where the chain was followed
        if row.kind == USAGE and isinstance(rows := row.detail.get("rows"), int):  # else it was changed: see the chain
            self._usage_pruned = max(self._usage_pruned, rows)
        if row.kind == ROWS:
            self._last_pruning = row
            keys = row.detail.get("keys")
            told = map(str, keys if isinstance(keys, list) else ())
            self._report.keys += [key for key in told if key not in self._report.keys]
            where, base = (row.detail.get("rows"), row.detail.get("chain"), row.detail.get("root")), self._base
            self._is_base_told |= where == (base.size, base.chain.hex(), base.tree.root.hex())
        if row.type is EntryType.CORRECTION:
            self._corrections.append(row)
        if KEY in row.detail:
            self._hold_against_annex(row)

    def _hold_against_annex(self, row: LedgerRow) -> None:
        found = self._content(row.seq)
        if found is None:
            self._absent.append(row)
        elif found == row.detail[KEY]:
            self._report.annexes += 1
        else:
            text = f"what row {row.seq} was written for ({row.kind}) is not what it was: it was changed"
            self._report.found(text, row.seq)

    def _content(self, seq: object) -> str | None:
        """The digest of what lies beside that row; None: nothing."""
        query = "SELECT coalesce(CAST(content AS BLOB), x'') FROM annex WHERE seq = ?"
        found = self._connection.execute(query, (str(seq),)).fetchone()
        return None if found is None else digest(found[0])
