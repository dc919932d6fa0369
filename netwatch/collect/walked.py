"""What a discovery brought, one Found for each table; what came as it came the last time is read only on demand.

In: the answers to a walk. Out: a TableReading, once somebody wants to see its rows, and before that what tells them
from other rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from netwatch.core.errors import Reason
from netwatch.core.observation import TableReading, Value
from netwatch.core.plan import Column, Syntax
from netwatch.snmp.ber import oid_to_dotted
from netwatch.snmp.errors import Malformed
from netwatch.snmp.walk import WalkReply


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One table, as far as it can be told without reading its rows."""

    columns: Sequence[Column]
    at_s: float
    reply: WalkReply | None = None  # None: not walked
    reason: Reason | None = None
    reading: TableReading | None = None  # of rows that no single walk brought
    sign: bytes = b""  # of those, what `said` is

    @property
    def is_empty(self) -> bool:
        if self.reading is not None:
            return not self.reading.indexes
        if self.reply is None or self.reply.is_empty:
            return True
        bare = self.reply.bare  # of this table, and of those that were walked together with it
        return bool(bare) and all(column.oid in bare for column in self.columns)

    @property
    def said(self) -> bytes:
        """The same only where the rows are; none where they are not all there."""
        if self.reason is not None:
            return b""
        if self.reading is not None:
            return self.sign
        if self.reply is None:
            return b"-"
        return b"".join(sign.digest for sign in self.reply.course.answers) if self.reply.course is not None else b""

    def read(self) -> TableReading:
        """Its rows."""
        if self.reading is not None:
            return self.reading
        return _reading(self) if self.reply is not None else _unread(self.columns, self.reason)


class Walked(Mapping[str, TableReading]):
    """The tables of one discovery, in the order they were walked."""

    __slots__ = ("_read", "found")

    def __init__(self, found: Mapping[str, Found]) -> None:
        self.found = found
        self._read: dict[str, TableReading] = {}

    def __getitem__(self, name: str) -> TableReading:
        known = self._read.get(name)
        if known is None:
            known = self._read[name] = self.found[name].read()
        return known

    def __contains__(self, name: object) -> bool:
        return name in self.found

    def __iter__(self) -> Iterator[str]:
        return iter(self.found)

    def __len__(self) -> int:
        return len(self.found)

    @property
    def said(self) -> Mapping[str, bytes]:
        """Table -> what tells its rows from others; without the tables that were not read to their end."""
        return {name: said for name, one in self.found.items() if (said := one.said)}

    def is_news(self, name: str, before: Sequence[str]) -> bool:
        """Whether a table may have other rows than `before`, which the last walk left."""
        one = self.found.get(name)
        if one is None or (one.is_empty and not before):
            return False
        return one.reply is None or not one.reply.is_as_before


def _unread(columns: Sequence[Column], reason: Reason | None) -> TableReading:
    """A table without rows: because the agent has none, or for this reason."""
    empty: dict[str, Sequence[Value]] = {column.name: () for column in columns}
    return TableReading(indexes=(), columns=empty, at_s=(), uptime_ticks=(), reason=reason)


def _reading(table: Found) -> TableReading:
    assert table.reply is not None
    columns, told = table.columns, table.reply.columns
    found = [told[column.oid] for column in columns]
    indexes = list(found[0])  # a walk goes upwards
    if any(rows.keys() != found[0].keys() for rows in found):
        indexes = sorted(frozenset().union(*found), key=_order)
    cells: dict[str, Sequence[Value]] = {}
    mistyped: dict[str, int] = {}
    for column, rows in zip(columns, found, strict=True):
        values = list(map(rows.get, indexes))
        typed = cells[column.name] = _typed(column, values)
        wrong = typed.count(None) - values.count(None)
        if wrong:
            mistyped[column.name] = wrong
    return TableReading(
        indexes=tuple(indexes),
        columns=cells,
        at_s=[table.at_s] * len(indexes),
        uptime_ticks=[None] * len(indexes),
        reason=table.reason,
        mistyped=mistyped,
    )


def _typed(column: Column, values: list[Value]) -> list[Value]:
    """The values whose syntax is the object's; devices lie. An OBJECT IDENTIFIER as people write it."""
    if column.syntax is Syntax.OBJECT_ID:
        return [dotted(value) for value in values]
    kind = int if column.syntax.is_number else bytes
    return [value if isinstance(value, kind) else None for value in values]


def _order(index: str) -> tuple[int, ...]:
    return tuple(map(int, index.split(".")))


@lru_cache(maxsize=512)
def dotted(value: Value) -> Value:
    """An OBJECT IDENTIFIER as people write it; None where its octets are none."""
    try:
        return oid_to_dotted(value).encode() if isinstance(value, bytes) else None
    except Malformed:
        return None
