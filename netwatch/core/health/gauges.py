"""The rows of a measured table -> the Gauges that every health poll reads, each told of an interface or by a name.

In: a table of the plan, its rows at discovery, and what the device's ports and entities are called. Out: the gauges,
and how many rows could not be placed. Also how one gauge is read.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from sys import intern

from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.errors import Reason
from netwatch.core.health.entities import Entities
from netwatch.core.health.equipment import Gauge, Gauges, shared_gauges
from netwatch.core.health.measures import MEANINGS, Cell, Measure, Rejection, Scale, Tells, measured
from netwatch.core.health.sensors import DECODERS, LIMIT_DECODERS, Row, Sensed, may_be_sensed
from netwatch.core.model import Lane
from netwatch.core.names import match
from netwatch.core.neighbours.local_ports import LocalPorts
from netwatch.core.neighbours.poe import poe_interfaces
from netwatch.core.observation import TableReading
from netwatch.core.plan import Column, Decoder, Kinds, Plan, Table
from netwatch.core.text import decode_text

IF_INDEX, BRIDGE_PORT, ENTITY, POE_PORT = "ifIndex", "dot1dBasePort", "entPhysicalIndex", "pethPsePortIndex"
OVER = "ifStackHigherLayer"  # an aggregate is one of the layers over its members
OK = 1  # entPhySensorOperStatus
SCALAR = "0"  # the index of its one instance
_PARTS = 2  # an index of which is none of a scalar
_IDENTITY = {Tells.MODEL: "model", Tells.SERIAL: "serial", Tells.FIRMWARE: "firmware", Tells.STP_ROOT: "stp_root"}
_SHORT = re.compile(r"([A-Za-z]+)([0-9][0-9/.:-]*)")
_BRIDGE_ID_OCTETS = 8
_OF_PORT = (Tells.AGGREGATE, Tells.MODULE_TYPE)
_LAG_TYPES = frozenset({54, 161})  # IANAifType: propMultiplexor, ieee8023adLag


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What rows are placed by. `reason`: why that itself is not known to the end.

    `sensed` fills as the tables are gone through: what the sensors of those before measure, by entity.
    """

    ports: LocalPorts
    entities: Entities
    charset: str
    reason: Reason | None = None
    sensed: dict[int, Sensed] = field(default_factory=dict)


PortWords = Mapping[Tells, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class _Placed:
    """Where a row is, and what it is called."""

    interface: str | None
    name: str
    entity: int | None


def gauges_of(table: Table, reading: TableReading, around: Around) -> tuple[Gauges, int]:
    """What to read of the table, and how many of its rows are on no interface for sure though they should be."""
    found: list[Gauge] = []
    unplaced = 0
    if not reading.indexes:  # of all that is asked after, a device has a few
        return shared_gauges(()), 0
    power = poe_interfaces(reading, around.ports) if POE_PORT in table.index else {}
    setting = _setting(table, reading)
    for position, index in enumerate(reading.indexes):
        cells = {name: column[position] for name, column in reading.columns.items()}
        cells.update(setting)
        if not counts(table, cells) or (setting and index == SCALAR):
            continue
        placed = _placed(table, index, cells, around, power)
        lost = False
        for gauge in _row_gauges(table, index, cells, placed, around):
            if gauge.label:
                found.append(gauge)
            else:
                lost = True
        unplaced += lost
    return shared_gauges(_told_apart(found)), unplaced


def _setting(table: Table, reading: TableReading) -> Mapping[str, Cell]:
    """What a scalar says of all rows beside it: the column that tells their kinds, where it is one."""
    if table.kinds is None or len(table.index) < _PARTS or SCALAR not in reading.indexes:
        return {}
    told = reading.columns.get(table.kinds.of)
    return {table.kinds.of: told[reading.indexes.index(SCALAR)]} if told is not None else {}


def value_of(gauge: Gauge, columns: Mapping[str, Sequence[Cell]], position: int) -> float | Rejection:
    """What a gauge shows in one poll, whose columns have its own."""
    cell = columns[gauge.column][position]
    if gauge.status is not None and gauge.status in columns:
        status = columns[gauge.status][position]
        if status is not None and status != OK:
            return Rejection.NOT_IN_SERVICE
    if gauge.divisor is None:
        return measured(gauge.measure, gauge.scale, cell)
    below = columns[gauge.divisor][position] if gauge.divisor in columns else None
    if not isinstance(below, int) or not below:
        return Rejection.NOT_A_NUMBER
    return measured(gauge.measure, gauge.scale, cell, divisor=float(below))


def texts_of(plan: Plan, tables: Mapping[str, TableReading], charset: str) -> Mapping[str, str]:
    """Model, serial and firmware, as the maker's own objects tell them: of each the first that is not empty."""
    told: dict[str, str] = {}
    for table in plan.tables:
        reading = tables.get(table.name)
        for column in table.columns:
            if reading is None or not isinstance(column.means, Tells) or column.means not in _IDENTITY:
                continue
            cells = reading.columns.get(column.name, ())
            texts = (_bridge_id(cell) if column.means is Tells.STP_ROOT else _text(cell, charset) for cell in cells)
            text = next(filter(None, texts), "")
            if text:
                told.setdefault(_IDENTITY[column.means], text)
    return told


def _bridge_id(cell: Cell) -> str:
    """A BridgeId (RFC 4188): two octets of priority, six of MAC address."""
    if not isinstance(cell, bytes) or len(cell) != _BRIDGE_ID_OCTETS or not any(cell[2:]):
        return ""
    return f"{int.from_bytes(cell[:2], 'big')}/{cell[2:].hex(':')}"


def told_of_ports(tables: Iterable[Table], readings: Mapping[str, TableReading], around: Around) -> PortWords:
    """What else discovery tells of ports, by what it is: Tells.AGGREGATE or MODULE_TYPE -> interface -> the words."""
    told: dict[Tells, dict[str, str]] = {one: {} for one in _OF_PORT}
    for table in tables:
        reading = readings.get(table.name)
        columns = [column for column in table.columns if column.means in _OF_PORT]
        if reading is None or not columns:
            continue
        for position, index in enumerate(reading.indexes):
            cells = {name: column[position] for name, column in reading.columns.items()}
            interface = _placed(table, index, cells, around, {}).interface if counts(table, cells) else None
            for column in columns if interface is not None else ():
                over = _over(table, index, around.ports.interfaces)
                words = _words_of(column, cells.get(column.name), around) if over is None else over
                if words and words != interface:
                    told[column.means][interface] = words  # type: ignore[index]  # of _OF_PORT, and no None
    return told


def _over(table: Table, index: str, interfaces: InterfaceMap) -> str | None:
    """Of a table of layers, the aggregate over a row's port, or "" where that is another thing (a VLAN, a tunnel)."""
    if OVER not in table.index:
        return None
    higher = dict(zip(table.index, index.split("."), strict=False)).get(OVER)
    rows = zip(interfaces.indexes, interfaces.names, interfaces.types, strict=False)  # an older map has no types
    return next((name for number, name, kind in rows if number == higher and kind in _LAG_TYPES), "")


def _words_of(column: Column, cell: Cell, around: Around) -> str:
    if column.means is Tells.AGGREGATE:  # agents also tell of ports by themselves, each as an aggregate of one
        name = around.ports.every.get(cell, "") if isinstance(cell, int) else ""
        return name if name not in around.ports.ethernet.values() else ""
    return str(cell) if isinstance(cell, int) else _text(cell, around.charset)


def counts(table: Table, cells: Mapping[str, Cell]) -> bool:
    """Whether a row is one of those that the profile means."""
    return all(_plain(cells.get(name)) in wanted for name, wanted in table.only) and not any(
        _plain(cells.get(name)) in unwanted for name, unwanted in table.but
    )


def rows_to_read(table: Table, reading: TableReading) -> tuple[str, ...]:
    """The rows of a measured table that may tell something at all: the others need not be asked for."""
    if not table.only and not table.but and table.decoder is None:
        setting = _setting(table, reading)
        return tuple(index for index in reading.indexes if not setting or index != SCALAR)
    kept = []
    for position, index in enumerate(reading.indexes):
        cells = {name: column[position] for name, column in reading.columns.items()}
        useful = table.decoder is not Decoder.ENTITY_SENSOR or may_be_sensed(cells)
        if useful and counts(table, cells):
            kept.append(index)
    return tuple(kept)


def _plain(cell: Cell) -> str:
    return str(cell) if isinstance(cell, int) else cell.decode("utf-8", "replace") if cell is not None else ""


def _placed(table: Table, index: str, cells: Mapping[str, Cell], around: Around, power: Mapping[str, str]) -> _Placed:
    """By the parts of the index that say so, else by the columns that do."""
    numbers = tuple(map(int, index.split(".")))
    is_alike = len(numbers) == len(table.index) or len(table.index) == 1  # behind a port there may be lanes
    signs = dict(zip(table.index, numbers, strict=False)) if is_alike else {}
    names = [_text(cells.get(one.name), around.charset) for one in table.columns if one.means is Tells.NAME]
    entity = signs.get(ENTITY)
    for column in table.columns:
        cell = cells.get(column.name)
        port = _only_port(cell) if column.means is Tells.PORT_LIST else None
        if port is not None:
            signs[BRIDGE_PORT] = port
        elif isinstance(cell, int):
            match column.means:
                case Tells.IF_INDEX:
                    signs[IF_INDEX] = cell
                case Tells.BRIDGE_PORT:
                    signs[BRIDGE_PORT] = cell
                case Tells.ENTITY:
                    entity = cell
        elif column.means is Tells.PORT_NAME and cell is not None:
            called = _interface_called(_text(cell, around.charset), around.ports.interfaces)
            if called is not None:
                return _Placed(called, "".join(names[:1]), entity)
    interface = power.get(index) or _by_number(signs, around.ports)
    if interface is None and entity is not None:
        interface = around.entities.interface(entity)
    name = next(filter(None, names), "") or (around.entities.name(entity) if entity is not None else "")
    return _Placed(interface, name, entity)


def _only_port(cell: Cell) -> int | None:
    """The bridge port of a PortList of one, whose highest bit is port 1. Agents also send its octets as one number."""
    octets = cell if isinstance(cell, bytes) else max(cell or 0, 0).to_bytes(8).lstrip(b"\0")
    bits = int.from_bytes(octets)
    return 8 * len(octets) - bits.bit_length() + 1 if bits.bit_count() == 1 else None


def _interface_called(text: str, interfaces: InterfaceMap) -> str | None:
    """The interface that a maker's table names, in full or in short: GE25 or gi25 is GigabitEthernet25."""
    position = match(text, interfaces)
    if isinstance(position, int):
        return interfaces.names[position]
    short = _SHORT.fullmatch(text)
    if short is None:
        return None
    found = [name for name in interfaces.names if _is_short_for(short[1], short[2], name)]
    return found[0] if len(found) == 1 else None


def _is_short_for(letters: str, numbers: str, name: str) -> bool:
    full = _SHORT.fullmatch(name)
    if full is None or full[2] != numbers:
        return False
    capitals = "".join(filter(str.isupper, full[1]))
    return letters.upper() == capitals or full[1].lower().startswith(letters.lower())


def _by_number(signs: Mapping[str, int], ports: LocalPorts) -> str | None:
    if IF_INDEX in signs:
        return ports.every.get(signs[IF_INDEX])
    if BRIDGE_PORT in signs:
        number = signs[BRIDGE_PORT]
        return ports.bridge.get(number) if ports.bridge else ports.ethernet.get(number)
    return None


def _row_gauges(
    table: Table, index: str, cells: Mapping[str, Cell], placed: _Placed, around: Around
) -> Iterator[Gauge]:
    """One row's gauges; without a label where they should be told of a port and nobody knows of which."""
    status = "status" if table.decoder is not None else None
    name = intern(placed.name or _called(table, index, placed.interface))
    if table.decoder in LIMIT_DECODERS:
        yield from _limits(table, index, cells, placed, around)
    elif table.decoder is not None:
        sensed = _sensed(table, cells, placed, around)
        if sensed is not None:
            measure, scale = sensed
            if placed.entity is not None:
                around.sensed[placed.entity] = sensed
            label = (placed.interface or "") if MEANINGS[measure].of_port else name
            yield Gauge(row=intern(index), column="value", measure=measure, label=label, scale=scale, status=status)
    if table.kinds is not None:
        kind = _kind(table.kinds, table, index, cells)
        if kind is not None:
            measure, scale = kind
            label = (placed.interface or "") if MEANINGS[measure].of_port else name
            yield Gauge(row=intern(index), column="value", measure=measure, label=label, scale=scale)
    for column in table.columns:
        if not isinstance(column.means, Measure) or column.scale is None:
            continue
        own = f"{name} {column.label}".strip() if column.label else name
        label = (placed.interface or "") if MEANINGS[column.means].of_port else own
        yield Gauge(
            row=intern(index),
            column=column.name,
            measure=column.means,
            label=intern(label),
            scale=column.scale,
            divisor=column.divisor,
        )


def _limits(table: Table, index: str, cells: Mapping[str, Cell], placed: _Placed, around: Around) -> Iterator[Gauge]:
    """The limits of a sensor of a table above, where that measures light on an interface."""
    sensed = around.sensed.get(placed.entity) if placed.entity is not None else None
    if sensed is None or table.decoder is None or placed.interface is None:
        return
    measure, scale = sensed
    for column, limit in LIMIT_DECODERS[table.decoder](cells, measure):
        yield Gauge(row=intern(index), column=column, measure=limit, label=placed.interface, scale=scale)


def _kind(kinds: Kinds, table: Table, index: str, cells: Mapping[str, Cell]) -> tuple[Measure, Scale] | None:
    parts = dict(zip(table.index, index.split("."), strict=False))
    told = parts.get(kinds.of) or _plain(cells.get(kinds.of))
    return next(((measure, scale) for raw, measure, scale in kinds.meanings if raw == told), None)


def _sensed(table: Table, cells: Mapping[str, Cell], placed: _Placed, around: Around) -> Sensed | None:
    assert table.decoder is not None
    entity = around.entities.entities.get(placed.entity) if placed.entity is not None else None
    words = around.entities.words(placed.entity) if placed.entity is not None else ""
    row = Row(
        cells={column.name: cells.get(column.name) for column in table.of(Lane.DISCOVERY)},
        words=f"{words} {placed.name}",
        kind=entity.kind if entity is not None else 0,
        on_port=placed.interface is not None,
    )
    return DECODERS[table.decoder](row)


def _called(table: Table, index: str, interface: str | None) -> str:
    """What a row without a name is called: by the interface it is of, else by its index."""
    what = table.label or table.name.replace("_", " ")
    return f"{what} {interface or index}" if table.index else what


def _told_apart(found: list[Gauge]) -> Iterator[Gauge]:
    """Sensors of one measure that are called alike get their index behind the name; ports keep theirs."""
    often: dict[tuple[Measure, str, str], int] = {}
    for gauge in found:
        key = gauge.measure, gauge.label, gauge.column
        often[key] = often.get(key, 0) + 1
    for gauge in found:
        alike = often[gauge.measure, gauge.label, gauge.column] > 1 and not MEANINGS[gauge.measure].of_port
        yield _relabelled(gauge, f"{gauge.label} {gauge.row}") if alike else gauge


def _relabelled(gauge: Gauge, label: str) -> Gauge:
    return Gauge(
        row=gauge.row,
        column=gauge.column,
        measure=gauge.measure,
        label=intern(label),
        scale=gauge.scale,
        divisor=gauge.divisor,
        status=gauge.status,
    )


def _text(cell: Cell, charset: str) -> str:
    return decode_text(cell, charset).strip() if isinstance(cell, bytes) else ""
