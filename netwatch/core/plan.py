"""What a device is asked for: OIDs, lanes and syntaxes, no bytes.

Made by `netwatch.profiles` from YAML, read by `netwatch.collect.requests`, which turns it into SNMP requests.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Self

from netwatch.core.health.measures import Measure, Scale, Tells
from netwatch.core.model import Lane

ANY_ARC = "*"  # in an OID: the arc of sysObjectID that follows the prefix a profile was chosen by


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
    means: Measure | Tells | None = None
    scale: Scale | None = None  # of a Measure
    label: str = ""  # which of a row's values of one meaning it is
    divisor: str | None = None  # the column of the same row that the value is to be divided by


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """One scalar object; `oid` ends in `.0`."""

    name: str
    oid: str
    syntax: Syntax
    lane: Lane


class Decoder(StrEnum):
    """Tables whose rows say of themselves what their values mean; each is one named function of `core.sensors`."""

    ENTITY_SENSOR = "entity_sensor"  # RFC 3433 and Cisco's like
    ENTITY_STATE = "entity_state"  # RFC 4268
    CISCO_FRU = "cisco_fru"
    UBIQUOSS_SENSOR = "ubiquoss_sensor"
    SENSOR_LIMITS = "sensor_limits"  # Arista: the limits of the sensors of an entity table above
    CISCO_LIMITS = "cisco_limits"  # likewise, each limit a row of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinds:
    """What the column `value` means, row by row: by a part of the index, or by a column of the discovery lane."""

    of: str
    meanings: tuple[tuple[str, Measure, Scale], ...]  # the part or cell as text -> what the row measures


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Columns that share an index. Rows are found by walking the first column and the DISCOVERY columns, at most
    `max_rows` of them.

    `unless` and `along` name a table above this one: this one is walked only where that one was found to have no
    rows, or only where it has some. An `edge_only` table says nothing of a core: every station is behind its trunks.
    """

    name: str
    columns: tuple[Column, ...]
    max_rows: int | None = None  # None: as many as the caller allows
    unless: str | None = None
    along: str | None = None
    edge_only: bool = False
    index: tuple[str, ...] = ()  # what its parts are called; empty: the scalars of one group, whose index is 0
    label: str = ""  # what rows without a name are called
    decoder: Decoder | None = None
    only: tuple[tuple[str, frozenset[str]], ...] = ()  # column -> the values of rows that count
    but: tuple[tuple[str, frozenset[str]], ...] = ()  # column -> the values of rows that do not count
    kinds: "Kinds | None" = None
    is_measured: bool = field(init=False, compare=False, repr=False)  # its columns say what they mean, to `core.health`
    walked: tuple[Column, ...] = field(init=False, compare=False, repr=False)  # the columns that show which rows it has
    _by_lane: Mapping[Lane, tuple[Column, ...]] = field(init=False, compare=False, repr=False)
    _hash: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Work out once what each poll of each device asks. The first column is the one every agent with it has."""
        is_measured = (
            self.decoder is not None
            or self.kinds is not None
            or any(column.means is not None for column in self.columns)
        )
        by_lane = {lane: tuple(one for one in self.columns if one.lane is lane) for lane in Lane}
        first, found = self.columns[:1], by_lane[Lane.DISCOVERY]
        object.__setattr__(self, "is_measured", is_measured)
        object.__setattr__(self, "walked", found if first == found[:1] else (*first, *found))
        object.__setattr__(self, "_by_lane", MappingProxyType(by_lane))
        object.__setattr__(self, "_hash", hash((self.name, self.columns, self.unless, self.along)))

    def __hash__(self) -> int:
        """Worked out once: every discovery looks up what is asked of it."""
        return self._hash

    def of(self, lane: Lane) -> tuple[Column, ...]:
        """The columns asked in `lane`, in their fixed order."""
        return self._by_lane[lane]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Which devices a profile is for. All that is given must hold."""

    object_ids: tuple[str, ...] = ()  # prefixes of sysObjectID, any of them
    descr: re.Pattern[str] | None = None  # found anywhere in sysDescr
    probe: str | None = None  # an object that must have a value


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything one device is asked for.

    `others` are the plans of which one may fit better, once the device has said what it is (`core.matching`).
    """

    profile: str
    scalars: tuple[Scalar, ...]
    tables: tuple[Table, ...]
    vendor: str = ""
    identity: tuple[tuple[str, re.Pattern[str]], ...] = ()  # model, serial or firmware -> where in sysDescr it stands
    model_arc: str = ""  # what stands for ANY_ARC in its OIDs; empty where there is none, or it is not known yet
    match: Match | None = None
    others: tuple["Plan", ...] = field(default=(), compare=False, repr=False)
    is_inner: bool = field(default=False, compare=False)
    is_own: bool = field(default=False, compare=False)  # the city's, not one that netwatch comes with

    @property
    def inner(self) -> Self:
        """The plan without what is only worth asking where field devices are plugged in."""
        kept = tuple(table for table in self.tables if not table.edge_only)
        return self if len(kept) == len(self.tables) else replace(self, tables=kept, is_inner=True)

    @property
    def has_any_arc(self) -> bool:
        """Whether makers put the model into every OID."""
        return any(ANY_ARC in column.oid for table in self.tables for column in table.columns)

    def of_model(self, arc: str) -> Self:
        """The plan with the arc of one model in the place of ANY_ARC."""
        tables = tuple(
            replace(table, columns=tuple(replace(one, oid=one.oid.replace(ANY_ARC, arc)) for one in table.columns))
            if any(ANY_ARC in one.oid for one in table.columns)
            else table
            for table in self.tables
        )
        return replace(self, tables=tables, model_arc=arc)

    def scalars_of(self, lane: Lane) -> tuple[Scalar, ...]:
        return tuple(scalar for scalar in self.scalars if scalar.lane is lane)
