"""A state directory -> all that a report of it is made from, and nothing else: rows, names, inventories, checkpoint.

The same four stand in a pack, so a report is made of a pack exactly as it is of a store.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import apsw

from netwatch.audit.ledger_inventory import digest, document, read_document
from netwatch.audit.ledger_read import LedgerReader
from netwatch.audit.prune_rows import ROWS as PRUNED
from netwatch.audit.prune_rows import Base
from netwatch.audit.usage_read import PortUsage, read_usage
from netwatch.audit.usage_rows import LIGHT, PORTS, TRAFFIC
from netwatch.core.audit.ledger_row import canonical
from netwatch.core.audit.periods import Period
from netwatch.core.audit.report.build import build
from netwatch.core.audit.report.history import History, Told, history_of
from netwatch.core.audit.report.inventory_document import inventory_of
from netwatch.core.audit.report.question import Question
from netwatch.core.audit.report.usage_lines import asked_links, is_seen
from netwatch.core.audit.report.versions import Version, that_matter
from netwatch.core.errors import StoreError
from netwatch.core.model import NOTHING, Inventory

ROWS = "SELECT CAST(row AS BLOB) FROM ledger WHERE seq <= ? ORDER BY seq"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What was recorded. `checkpoint` is the newest signed line, empty where there is none yet."""

    history: History
    names: Mapping[str, str]
    inventory_text: str  # canonical JSON, as its hash stands in the ledger: the newest, or one that was named
    checkpoint: str
    document: Callable[[Told], str | None]  # of a row of an inventory; None: it is not there any more
    base: Base = field(default_factory=Base)  # where the rows begin: those before it were pruned
    fingerprint: str = ""  # of the files of an inventory that was named; another netwatch may have told it otherwise

    @property
    def inventory(self) -> Inventory:
        """ValueError where the text is of another format, or of no inventory that was in force."""
        told = [
            row.detail
            for row in self.history.inventories
            if row.detail["document_sha256"] == digest(self.inventory_text)
            or (self.fingerprint and row.detail["fingerprint"] == self.fingerprint)
        ]
        if not told and self.base.size:
            return inventory_of(json.loads(self.inventory_text), fingerprint="")  # the row that told it is gone
        if not told:
            raise ValueError("this inventory was never in force while netwatch kept this record")
        return inventory_of(json.loads(self.inventory_text), fingerprint=str(told[-1]["fingerprint"]))

    @property
    def is_inventory_proved(self) -> bool:
        """Whether the very text that is reckoned with stands in the ledger, by its hash, or did until it was pruned."""
        told = {row.detail["document_sha256"] for row in self.history.inventories}
        return digest(self.inventory_text) in told or (self.base.size > 0 and not self.fingerprint)

    def texts(self, period: Period) -> list[tuple[Told, str]]:
        """Rows of the inventories that the period is reckoned with, and what they tell of, as far as it is there."""
        if self.fingerprint:
            return []
        found = [(row, self.document(row)) for row in that_matter(self.history.inventories, period)]
        return [(row, text) for row, text in found if text is not None]

    def versions(self, period: Period) -> Sequence[Version]:
        """The inventory that was named, else those of the period; where they are not there any more, the newest."""
        found = [
            Version(row.at_ms, inventory_of(json.loads(text), fingerprint=str(row.detail["fingerprint"])))
            for row, text in self.texts(period)
        ]
        return found or [Version(0, self.inventory)]

    def report(
        self, question: Question, usage: Mapping[str, PortUsage] = NOTHING, *, versions: Sequence[Version] = ()
    ) -> Mapping[str, Any]:
        """The document; see `netwatch.core.audit.report.build`. `versions`: where they were made already."""
        return build(self.history, versions or self.versions(question.period), question, usage)


def read_source(reader: LedgerReader, *, inventory: Inventory | None = None) -> Source:
    """`inventory`: one that was in force earlier, for all of the period; else each for its time, while `reader` reads.

    StoreError: the record cannot be read, or has no inventory.
    """
    known = next(reader.query("SELECT document FROM inventory_seen"), None)
    if known is None:
        raise StoreError("the record has no inventory yet: netwatch must have run with one for a moment")
    note = next(reader.query("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1"), ("",))
    base, carried = reader.pruned()
    return Source(
        history=read_history(raw_rows(reader, reader.newest()), reader.names, pruned=base.size, carried=carried),
        names=reader.names,
        inventory_text=str(known[0]) if inventory is None else canonical(document(inventory)),
        checkpoint=str(note[0]),
        document=lambda row: read_document(reader, row.seq, str(row.detail["document_sha256"])),
        base=base,
        fingerprint="" if inventory is None else inventory.fingerprint,
    )


def read_link_usage(connection: apsw.Connection, inventory: Inventory, question: Question) -> Mapping[str, PortUsage]:
    """Of the links that the question is about: traffic at one end of each, for both tell the same; light at both.

    The other end tells the traffic of those whose first end is not on record. StoreError: the annexes were changed, or
    cannot be read. The connection is one to a store or a pack.
    """
    period = question.period
    span = (period.from_ms / 1000, period.until_ms / 1000)
    links = asked_links(inventory, question)
    try:
        found = dict(read_usage(connection, {str(link.a) for link in links}, span))
        dumb = {str(link.b) for link in links if not is_seen(found.get(str(link.a)))} - found.keys()
        found.update(read_usage(connection, dumb, span) if dumb else {})
        rest = {str(link.b) for link in links} - found.keys()
        found.update(read_usage(connection, rest, span, kinds=(LIGHT,)))
    except apsw.Error as error:
        raise StoreError(f"what was carried cannot be read: {error}") from error
    return found


def raw_annexes(reader: LedgerReader, question: Question, *, with_usage: bool) -> Iterator[tuple[int, bytes]]:
    """(row, bytes) of what was true where the rows begin, and of all that the usage of the period is told in."""
    period = question.period
    query = (
        "SELECT seq, content FROM annex WHERE kind = ?1 OR (?2 AND (kind = ?3 OR "
        "(kind IN (?4, ?5) AND from_wall_s >= ?6 AND from_wall_s < ?7))) ORDER BY seq"
    )
    span = (period.from_ms / 1000, period.until_ms / 1000)
    for seq, content in reader.query(query, PRUNED, with_usage, PORTS, TRAFFIC, LIGHT, *span):
        yield int(seq), bytes(content)


def raw_rows(reader: LedgerReader, last: int) -> Iterator[bytes]:
    """The rows up to that number, as they were chained."""
    return (bytes(raw) for (raw,) in reader.query(ROWS, last))


def read_history(
    rows: Iterable[bytes],
    names: Mapping[str, str],
    *,
    pruned: int = 0,
    carried: Mapping[str, tuple[str, float, Any]] = NOTHING,
) -> History:
    """StoreError where a row is none."""
    try:
        return history_of(rows, names, pruned=pruned, carried=carried)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise StoreError(f"{error}: look with netwatch audit verify") from error
