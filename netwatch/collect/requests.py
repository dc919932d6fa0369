"""Plan + known rows -> one request per lane, and what came back -> columns with a Reason for what is missing.

In: `core.plan.Plan`, the index map, and what is already known to be absent. Out: `snmp.memory.RowRequest`s, kept from
poll to poll as long as nothing changes, because their templates and layouts are remembered by them.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from types import MappingProxyType

from netwatch.core.errors import Reason
from netwatch.core.model import NOTHING, Lane
from netwatch.core.plan import Column, Plan, Scalar, Syntax, Table
from netwatch.snmp.errors import Outcome
from netwatch.snmp.memory import Item, RowRequest
from netwatch.snmp.message import Version
from netwatch.snmp.template import Kind, TemplateCache

SYS_UPTIME = "sys_uptime"
DIGEST_OCTETS = 16

REASONS: Mapping[Outcome, Reason] = MappingProxyType(
    {
        Outcome.TIMEOUT: Reason.TIMEOUT,
        Outcome.TOO_BIG: Reason.TOO_BIG,
        Outcome.NO_SUCH_NAME: Reason.ABSENT,
        Outcome.ERROR_STATUS: Reason.AGENT_ERROR,
        Outcome.SEND_FAILED: Reason.UNREACHABLE,
        Outcome.REFUSED: Reason.REFUSED_KEYS,
        Outcome.CANCELLED: Reason.DEADLINE,
        Outcome.MALFORMED: Reason.MALFORMED,
    }
)
"""How the end of a request is told. Outcomes that only drop a datagram never end a request, so they have no Reason."""

WIDTHS: Mapping[Syntax, int] = MappingProxyType({Syntax.COUNTER32: 32, Syntax.COUNTER64: 64})


def kind_of(syntax: Syntax) -> Kind:
    """What the value of an object of this syntax must be on the wire."""
    if syntax.is_number:
        return Kind.NUMBER
    return Kind.OBJECT_ID if syntax is Syntax.OBJECT_ID else Kind.OCTETS


@dataclass(slots=True)
class Choices:
    """Which cells of a device are asked by their `otherwise` object, because the first one is absent there.

    SNMPv1 has no Counter64 (RFC 2576 §4.1.2.1), so there every Counter64 column begins with its other.
    """

    version: Version
    other: dict[str, set[str]] = field(default_factory=dict)  # column name -> indexes
    revision: int = 0

    @property
    def key(self) -> Hashable:
        """The same for equal choices, and only for those."""
        return self.version, frozenset((name, frozenset(indexes)) for name, indexes in self.other.items())

    def column(self, column: Column, index: str) -> Column:
        """The object to ask for this cell."""
        if column.otherwise is None:
            return column
        if column.syntax is Syntax.COUNTER64 and self.version is Version.V1:
            return column.otherwise
        return column.otherwise if index in self.other.get(column.name, ()) else column

    def learn(self, columns: Sequence[Column], indexes: Sequence[str], values: Sequence[Sequence[object]]) -> bool:
        """Note where an object was absent; whether that leaves another one to be asked."""
        learned = False
        for column, cells in zip(columns, values, strict=True):
            if column.otherwise is None or None not in cells:
                continue
            for index, cell in zip(indexes, cells, strict=True):
                if cell is None and self.column(column, index) is column:
                    self.other.setdefault(column.name, set()).add(index)
                    learned = True
        self.revision += learned
        return learned

    def forget(self) -> None:
        """Ask every cell by its first object again: the agent restarted, or its rows changed."""
        if self.other:
            self.other.clear()
            self.revision += 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LaneRequest:
    """What one lane asks of one table (or of the scalars alone, where `table` is None)."""

    request: RowRequest
    scalars: tuple[Scalar, ...]
    table: Table | None
    columns: tuple[Column, ...]
    indexes: tuple[str, ...]
    widths: Mapping[str, bytes]  # counter columns: 32 or 64 for each row
    packed: Mapping[str, "Packed"] = NOTHING  # several tables as one run of values behind the scalars
    rows_digest: bytes = b""  # the same only where the packed tables and their rows are


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """One of several tables that are asked in one request, and which of the request's values are its."""

    indexes: tuple[str, ...]
    columns: Mapping[str, slice]
    rows: slice  # the first cell of each; from the first of all to behind the last


def pack(plan: Plan, rows: Mapping[str, tuple[str, ...]]) -> tuple[LaneRequest, ...]:
    """The request of the health lane: many small tables, of which each by itself would cost a round trip.

    A row may be split over two PDUs: nothing here is a counter.
    """
    head = tuple(_item(scalar) for scalar in plan.scalars if scalar.name == SYS_UPTIME)
    scalars = tuple(scalar for scalar in plan.scalars_of(Lane.HEALTH) if scalar.name != SYS_UPTIME)
    items, packed = list(map(_item, scalars)), dict[str, Packed]()
    for table in plan.tables:
        columns, indexes = table.of(Lane.HEALTH), rows.get(table.name, ())
        if columns and indexes:
            start, width = len(items), len(columns)
            items += [(f"{one.oid}.{index}", kind_of(one.syntax)) for index in indexes for one in columns]
            cells = [slice(place, len(items), width) for place in range(start, start + width)]
            names = (one.name for one in columns)
            packed[table.name] = Packed(indexes=indexes, columns=dict(zip(names, cells, strict=True)), rows=cells[0])
    if not items:
        return ()
    asked = LaneRequest(
        request=RowRequest(head=head, scalars=tuple(items)),
        scalars=scalars,
        table=None,
        columns=(),
        indexes=(),
        widths={},
        packed=packed,
        rows_digest=blake2b(repr(packed).encode(), digest_size=DIGEST_OCTETS).digest(),
    )
    return (asked,)


def compose(plan: Plan, lane: Lane, rows: Mapping[str, tuple[str, ...]], choices: Choices) -> tuple[LaneRequest, ...]:
    """The requests of one lane. `rows` has the known indexes by table; a table without rows is not asked."""
    if lane is Lane.HEALTH:
        return pack(plan, rows)
    head = tuple(_item(scalar) for scalar in plan.scalars if scalar.name == SYS_UPTIME)
    # a discovery also takes the signs by which the status lane will notice that it has become out of date
    wanted = plan.scalars if lane is Lane.DISCOVERY else plan.scalars_of(lane)
    scalars = tuple(scalar for scalar in wanted if scalar.name != SYS_UPTIME)
    composed = []
    for table in plan.tables:
        columns, indexes = table.of(lane), rows.get(table.name, ())
        if columns and indexes and lane is not Lane.DISCOVERY:
            cells, widths = _rows(columns, indexes, choices)
            composed.append(
                LaneRequest(
                    request=RowRequest(head=head, scalars=tuple(map(_item, scalars)), rows=cells),
                    scalars=scalars,
                    table=table,
                    columns=columns,
                    indexes=indexes,
                    widths=widths,
                )
            )
            scalars = ()
    if scalars:
        request = RowRequest(head=head, scalars=tuple(map(_item, scalars)))
        alone = LaneRequest(request=request, scalars=scalars, table=None, columns=(), indexes=(), widths={})
        composed.append(alone)
    return tuple(composed)


class RequestCache:
    """Composed requests by what they ask: devices with equal rows share what is 65 kB for 28 ports.

    Bounded: the oldest go first, and stay with the agents that hold them.
    """

    def __init__(self, most: int = 10_000) -> None:
        self._most = most
        self._composed: dict[Hashable, tuple[LaneRequest, ...]] = {}

    def compose(
        self, plan: Plan, lane: Lane, rows: Mapping[str, tuple[str, ...]], choices: Choices
    ) -> tuple[LaneRequest, ...]:
        """As the function `compose`; the same objects for the same question."""
        asked = tuple((table.name, rows[table.name]) for table in plan.tables if table.name in rows and table.of(lane))
        question = (plan, lane, asked, choices.key)
        known = self._composed.get(question)
        if known is None:
            while len(self._composed) >= self._most:
                del self._composed[next(iter(self._composed))]
            known = self._composed[question] = compose(plan, lane, rows, choices)
        return known


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What the agents of thousands of devices have in common."""

    templates: TemplateCache = field(default_factory=TemplateCache)
    requests: RequestCache = field(default_factory=RequestCache)


def _item(named: Scalar) -> Item:
    return named.oid, kind_of(named.syntax)


def _rows(
    columns: Sequence[Column], indexes: Sequence[str], choices: Choices
) -> tuple[tuple[tuple[Item, ...], ...], Mapping[str, bytes]]:
    """Row by row the objects to ask, and for each counter column the width of every row's counter."""
    asked = [[choices.column(column, index) for column in columns] for index in indexes]
    rows = tuple(
        tuple((f"{column.oid}.{index}", kind_of(column.syntax)) for column in row)
        for index, row in zip(indexes, asked, strict=True)
    )
    widths = {
        column.name: bytes(WIDTHS[row[position].syntax] for row in asked)
        for position, column in enumerate(columns)
        if column.syntax in WIDTHS
    }
    return rows, widths
