"""What a device is asked for: OIDs, lanes and syntaxes, no bytes.

Made by `netwatch.profiles` from YAML, read by `netwatch.collect.requests`, which turns it into SNMP requests.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from netwatch.core.model import Lane


class Syntax(StrEnum):
    """The SMIv2 syntax an object must have on the wire (RFC 2578 §7.1); anything else is WRONG_TYPE."""

    INTEGER = "INTEGER"  # Integer32, enumerations, TruthValue
    COUNTER32 = "Counter32"
    COUNTER64 = "Counter64"
    GAUGE32 = "Gauge32"  # Unsigned32 too
    TIMETICKS = "TimeTicks"  # 1/100 s
    TEXT = "DisplayString"  # octets that mean text, in whatever charset the device speaks
    OCTETS = "OCTET STRING"  # octets that mean octets: MAC addresses, engine ids
    OBJECT_ID = "OBJECT IDENTIFIER"

    @property
    def is_number(self) -> bool:
        return self not in (Syntax.TEXT, Syntax.OCTETS, Syntax.OBJECT_ID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One columnar object. `otherwise` is asked for the rows where this one is absent (32-bit behind HC)."""

    name: str
    oid: str  # dotted, without leading dot or index
    syntax: Syntax
    lane: Lane
    otherwise: "Column | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """One scalar object; `oid` ends in `.0`."""

    name: str
    oid: str
    syntax: Syntax
    lane: Lane


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Columns that share an index. Rows are found by walking the DISCOVERY columns, at most `max_rows` of them.

    `unless` and `along` name a table above this one: this one is walked only where that one was found to have no
    rows, or only where it has some. An `edge_only` table says nothing of a core: every station is behind its trunks.
    """

    name: str
    columns: tuple[Column, ...]
    max_rows: int | None = None  # None: as many as the caller allows
    unless: str | None = None
    along: str | None = None
    edge_only: bool = False

    def of(self, lane: Lane) -> tuple[Column, ...]:
        """The columns asked in `lane`, in their fixed order."""
        return tuple(column for column in self.columns if column.lane is lane)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything one device is asked for."""

    profile: str
    scalars: tuple[Scalar, ...]
    tables: tuple[Table, ...]

    @property
    def inner(self) -> Self:
        """The plan without what is only worth asking where field devices are plugged in."""
        kept = tuple(table for table in self.tables if not table.edge_only)
        return self if len(kept) == len(self.tables) else replace(self, tables=kept)

    def scalars_of(self, lane: Lane) -> tuple[Scalar, ...]:
        return tuple(scalar for scalar in self.scalars if scalar.lane is lane)
