"""The objects a profile asks for: its YAML blocks in, Scalars and Tables of `core.plan` out.

What the decoder could not do with an object is refused here, with the line: a unit that cannot become that of the
meaning, a transform that does not exist, an index that no row of the MIB has.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from netwatch.core.health.measures import ABSENT, MEANINGS, Measure, Tells
from netwatch.core.health.sensors import NEEDED
from netwatch.core.model import Lane
from netwatch.core.plan import ANY_ARC, Column, Decoder, Kinds, Scalar, Syntax, Table
from netwatch.profiles.marked import Block, Text, did_you_mean
from netwatch.profiles.scales import read_scale

INDEXES = (  # the INDEX clauses of the tables that `core.sighted` reads, as their MIBs spell them
    "ifIndex",
    "lldpRemTimeMark.lldpRemLocalPortNum.lldpRemIndex",
    "lldpLocPortNum",
    "lldpV2RemTimeMark.lldpV2RemLocalIfIndex.lldpV2RemLocalDestMACAddress.lldpV2RemIndex",
    "dot1dBasePort",
    "dot1qFdbId.dot1qTpFdbAddress",
    "dot1dTpFdbAddress",
    "pethPsePortGroupIndex.pethPsePortIndex",
    "ipNetToPhysicalIfIndex.ipNetToPhysicalNetAddressType.ipNetToPhysicalNetAddress",
    "ipNetToMediaIfIndex.ipNetToMediaNetAddress",
    "entPhysicalIndex",
    "entPhysicalIndex.entAliasLogicalIndexOrZero",
    "managementDomainIndex.vtpVlanIndex",
)
IF_INDEX, BRIDGE_PORT, ENTITY = "ifIndex", "dot1dBasePort", "entPhysicalIndex"
POE_GROUP, POE_PORT = "pethPsePortGroupIndex", "pethPsePortIndex"
JOINS = (IF_INDEX, BRIDGE_PORT, ENTITY, POE_GROUP, POE_PORT)
SCALARS = "scalars"  # instead of an index: a group of scalars, asked only where the agent has its first one
EDGE = "edge"  # where field devices are plugged in

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_INDEX_PART = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_COUNT = re.compile(r"[1-9][0-9]{0,9}")
_ARC = re.compile(r"0|[1-9][0-9]{0,9}")
_ARCS_AT_MOST = 128  # RFC 2578 §3.5
_NEARLY = 0.9  # how alike two words are of which one is a slip
_ASKED_LANES = tuple(lane for lane in Lane if lane is not Lane.PING)  # nothing is read by an echo
_MEANINGS: Mapping[str, Measure | Tells] = {one.value: one for kind in (Measure, Tells) for one in kind}
_PORT_SIGNS = (Tells.IF_INDEX, Tells.PORT_NAME, Tells.BRIDGE_PORT, Tells.PORT_LIST, Tells.ENTITY)


def read_scalar(name: str, block: Block) -> Scalar:
    _refuse_bad_name(name, block)
    block.known_keys("oid", "syntax", "lane")
    oid = block.text("oid")
    if not oid.value.endswith(".0"):
        raise oid.place.problem(f"{oid.value} is no scalar's instance: it does not end in .0")
    return Scalar(name=name, oid=read_oid(oid), syntax=_syntax(block), lane=_lane(block))


def read_table(name: str, block: Block) -> Table:
    _refuse_bad_name(name, block)
    block.known_keys("index", "rows", "unless", "along", "where", "label", "decode", "only", "but", "kinds", "columns")
    columns = tuple(_column(column, below) for column, below in block.blocks("columns").items())
    if not columns:
        raise block.place.problem("it has no columns")
    table = Table(
        name=name,
        columns=columns,
        max_rows=_count(block.text("rows")) if "rows" in block.entries else None,
        unless=block.text("unless").value if "unless" in block.entries else None,
        along=block.text("along").value if "along" in block.entries else None,
        edge_only="where" in block.entries and _place(block.text("where")) == EDGE,
        label=block.text("label").value if "label" in block.entries else "",
        decoder=_decoder(block.text("decode")) if "decode" in block.entries else None,
        only=tuple(_conditions(block, "only", columns)),
        but=tuple(_conditions(block, "but", columns)),
        kinds=_kinds(block.block("kinds"), columns) if "kinds" in block.entries else None,
        index=_index(
            block.text("index"),
            measured="decode" in block.entries or "kinds" in block.entries or any(one.means for one in columns),
        ),
    )
    _refuse_what_cannot_be_found(table, block)
    _refuse_what_cannot_be_read(table, block)
    return table


def read_oid(text: Text, *, wild: bool = False) -> str:
    """A dotted OID that BER can carry: X.690 §8.19, RFC 2578 §3.5. `wild`: one arc may be that of the model."""
    arcs = text.value.split(".")
    if wild and arcs.count(ANY_ARC) == 1:
        arcs[arcs.index(ANY_ARC)] = "0"
    if not all(_ARC.fullmatch(arc) and int(arc) < 2**32 for arc in arcs):
        raise text.place.problem(f"{text.value!r} is not a dotted OID")
    if not 3 <= len(arcs) <= _ARCS_AT_MOST or int(arcs[0]) > 2 or (int(arcs[0]) < 2 and int(arcs[1]) > 39):
        raise text.place.problem(f"{text.value} is not an OID that exists")
    return text.value


def oids_in(block: Block) -> Iterable[Text]:
    """Every OID below a block, in the order of the file."""
    for key, entry in block.entries.items():
        if isinstance(entry, Block):
            yield from oids_in(entry)
        elif key == "oid" and isinstance(entry, Text):
            yield entry


def setting_of(table: Table, block: Block) -> Text | None:
    """The OID of the column by which rows are of several kinds: it may be that of other tables, too.

    It is read at discovery alone, and a walk finds a column that is named twice as one.
    """
    if table.kinds is None or table.kinds.of in table.index:
        return None
    return block.block("columns").block(table.kinds.of).text("oid")


def fixed_in(table: Table, block: Block) -> Iterator[Text]:
    """The OIDs of the columns that discovery alone reads."""
    for column in table.of(Lane.DISCOVERY):
        yield block.block("columns").block(column.name).text("oid")


def _index(text: Text, *, measured: bool) -> tuple[str, ...]:
    """The parts of the index. Of a measured table they may have any name, but a slip in one that joins is none."""
    if not measured:
        if text.value not in INDEXES:
            raise text.place.problem(f"unknown index {text.value!r}{did_you_mean(text.value, INDEXES)}")
        return tuple(text.value.split("."))
    if text.value == SCALARS:
        return ()
    parts = tuple(text.value.split("."))
    for part in parts:
        alike = [join for join in JOINS if join.lower() == part.lower()]
        slips = alike or get_close_matches(part, JOINS, n=1, cutoff=_NEARLY)
        if slips and part not in JOINS:
            raise text.place.problem(f"unknown index {part!r}; did you mean {slips[0]!r}?")
        if _INDEX_PART.fullmatch(part) is None:
            raise text.place.problem(f"{part!r} is no name of a part of an index")
    return parts


def _conditions(block: Block, key: str, columns: Iterable[Column]) -> Iterator[tuple[str, frozenset[str]]]:
    if key not in block.entries:
        return
    below, names = block.block(key), tuple(column.name for column in columns)
    for name, entry in below.entries.items():
        if name not in names:
            raise entry.place.problem(f"no column {name!r}{did_you_mean(name, names)}")
        yield name, frozenset(text.value for text in below.texts(name))


def _kinds(block: Block, columns: tuple[Column, ...]) -> Kinds:
    """What rows mean by one of their parts; the value itself stands in the column `value`."""
    value = next((column for column in columns if column.name == "value"), None)
    if value is None or value.means is not None:
        raise block.place.problem("rows of several kinds need a column 'value' that does not say what it means")
    meanings = []
    for raw in block.entries:
        if raw == "of":
            continue
        below = block.block(raw)
        below.known_keys("means", "unit", "transform", "invalid", "states")
        means = _means(below.text("means"))
        if not isinstance(means, Measure):
            raise below.text("means").place.problem(f"{means} is no measure")
        told = "" if raw == ABSENT else raw  # an agent that has no such object
        meanings.append((told, means, read_scale(below, means, value.syntax)))
    return Kinds(of=block.text("of").value, meanings=tuple(meanings))


def _refuse_what_cannot_be_found(table: Table, block: Block) -> None:
    if not table.is_measured and not table.of(Lane.DISCOVERY):
        raise block.place.problem("no column is in lane discovery, so its rows could never be found")
    dynamic = {column.name for column in table.columns if column.lane is not Lane.DISCOVERY}
    for column in table.columns:
        if isinstance(column.means, Tells) and column.lane is not Lane.DISCOVERY:
            what = f"what a row is can only be asked in lane discovery, not in {column.lane}"
            raise block.block("columns").block(column.name).place.problem(what)
        if isinstance(column.means, Measure) and column.lane not in (Lane.DISCOVERY, Lane.HEALTH):
            what = f"a {column.means} is read in lane health, or in discovery where it never changes"
            raise block.block("columns").block(column.name).place.problem(what)
    for key, conditions in (("only", table.only), ("but", table.but)):
        for name, _ in conditions:
            if name in dynamic:
                raise block.block(key).entries[name].place.problem("which rows count must be known from lane discovery")


def _refuse_what_cannot_be_read(table: Table, block: Block) -> None:
    names = {column.name for column in table.columns}
    if table.decoder is not None:
        missing = sorted(NEEDED[table.decoder] - names)
        if missing:
            raise block.text("decode").place.problem(f"{table.decoder} needs a column {missing[0]!r}")
    told: dict[tuple[Measure, str], str] = {}
    fixed = {column.name for column in table.columns if column.lane is Lane.DISCOVERY}
    if table.kinds is not None and table.kinds.of not in (*table.index, *fixed):
        known = (*table.index, *sorted(fixed))
        what = f"neither a part of the index nor a column of lane discovery: {table.kinds.of!r}"
        raise block.block("kinds").text("of").place.problem(what + did_you_mean(table.kinds.of, known))
    of_port = set(table.index) & set(JOINS) or any(column.means in _PORT_SIGNS for column in table.columns)
    for column in table.columns:
        if not isinstance(column.means, Measure):
            continue
        place = block.block("columns").block(column.name).place
        if MEANINGS[column.means].of_port and not of_port:
            raise place.problem(f"a {column.means} is told of a port, and nothing here says of which")
        if column.divisor is not None and column.divisor not in names:
            raise place.problem(
                f"no column {column.divisor!r} to divide by{did_you_mean(column.divisor, tuple(names))}"
            )
        before = told.setdefault((column.means, column.label), column.name)
        if before != column.name:
            raise place.problem(f"{before!r} means {column.means} already; a label would tell them apart")


def _decoder(text: Text) -> Decoder:
    if text.value not in list(Decoder):
        raise text.place.problem(f"unknown decoder {text.value!r}{did_you_mean(text.value, tuple(Decoder))}")
    return Decoder(text.value)


def _count(text: Text) -> int:
    if _COUNT.fullmatch(text.value) is None:
        raise text.place.problem(f"{text.value!r} is no number of rows")
    return int(text.value)


def _place(text: Text) -> str:
    if text.value != EDGE:
        raise text.place.problem(f"unknown place {text.value!r}{did_you_mean(text.value, (EDGE,))}")
    return text.value


def _column(name: str, block: Block) -> Column:
    _refuse_bad_name(name, block)
    if "means" in block.entries:
        block.known_keys(
            "oid", "syntax", "lane", "means", "unit", "transform", "invalid", "states", "label", "divide_by"
        )
    else:
        block.known_keys("oid", "syntax", "lane", "otherwise", "means")
    lane, syntax = _lane(block), _syntax(block)
    means = _means(block.text("means")) if "means" in block.entries else None
    return Column(
        name=name,
        oid=read_oid(block.text("oid"), wild=True),
        syntax=syntax,
        lane=lane,
        otherwise=_otherwise(name, block, syntax, lane) if "otherwise" in block.entries else None,
        means=means,
        scale=read_scale(block, means, syntax) if isinstance(means, Measure) else None,
        label=block.text("label").value if "label" in block.entries else "",
        divisor=block.text("divide_by").value if "divide_by" in block.entries else None,
    )


def _means(text: Text) -> Measure | Tells:
    if text.value not in _MEANINGS:
        raise text.place.problem(f"unknown meaning {text.value!r}{did_you_mean(text.value, tuple(_MEANINGS))}")
    return _MEANINGS[text.value]


def _otherwise(name: str, block: Block, syntax: Syntax, lane: Lane) -> Column:
    below = block.block("otherwise")
    below.known_keys("oid", "syntax")
    other = _syntax(below)
    if other.is_number != syntax.is_number:
        raise below.text("syntax").place.problem(f"{other} cannot stand in for {syntax}")
    return Column(name=name, oid=read_oid(below.text("oid")), syntax=other, lane=lane)


def _refuse_bad_name(name: str, block: Block) -> None:
    if _NAME.fullmatch(name) is None:
        raise block.place.problem("a name is small letters, digits and _, a letter first")


def _syntax(block: Block) -> Syntax:
    text = block.text("syntax")
    try:
        return Syntax(text.value)
    except ValueError:
        raise text.place.problem(f"unknown syntax {text.value!r}{did_you_mean(text.value, tuple(Syntax))}") from None


def _lane(block: Block) -> Lane:
    text = block.text("lane")
    if text.value not in _ASKED_LANES:
        raise text.place.problem(f"unknown lane {text.value!r}{did_you_mean(text.value, _ASKED_LANES)}")
    return Lane(text.value)
