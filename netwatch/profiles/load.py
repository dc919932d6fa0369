"""Profiles: YAML files in, one Plan per profile out. What cannot be used is refused here, never at a poll.

A profile is knowledge of MIBs as data: which objects, in which lane, of which syntax. The first mistake of a file is
raised as ProfileError with its line.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise
from pathlib import Path

from netwatch.core.errors import Problem, ProfileError
from netwatch.core.model import Device, Lane
from netwatch.core.plan import Column, Plan, Scalar, Syntax, Table
from netwatch.profiles.marked import Block, Text, did_you_mean, parse

DEFAULT_PROFILE = "standard"  # what `auto` means while no vendor has a profile of its own
INDEXES = (  # the INDEX clauses that netwatch reads, as their MIBs spell them; `core.sighted` takes them apart
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
)
EDGE = "edge"  # where field devices are plugged in

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_ARC = re.compile(r"0|[1-9][0-9]{0,9}")
_ARCS_AT_MOST = 128  # RFC 2578 §3.5
_ASKED_LANES = tuple(lane for lane in Lane if lane is not Lane.PING)  # nothing is read by an echo


def load_profiles(folder: Path | None = None) -> Mapping[str, Plan]:
    """The Plans of every `*.yaml` in a folder (default: the ones netwatch comes with), by profile name."""
    place = folder if folder is not None else files("netwatch.profiles")
    found = sorted((entry for entry in place.iterdir() if entry.name.endswith(".yaml")), key=lambda entry: entry.name)
    roots: dict[str, Block] = {}
    for entry in found:
        root = parse(_text_of(entry), file=entry.name)
        name = _profile_name(root)
        if name in roots:
            raise ProfileError(Problem(file=entry.name, line=0, where="profile", what=f"{name!r} is given twice"))
        roots[name] = root
    return {name: _plan(_with_included(root, roots)) for name, root in roots.items()}


def _text_of(entry: Traversable) -> str:
    try:
        return entry.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError(Problem(file=entry.name, line=0, where="", what=f"cannot be read: {error}")) from None


def plan_for(device: Device, profiles: Mapping[str, Plan]) -> Plan:
    """The Plan of a device by its `profile`; `auto` is the standard MIBs. ProfileError for a name nobody has."""
    name = DEFAULT_PROFILE if device.profile == "auto" else device.profile
    plan = profiles.get(name)
    if plan is None:
        what = f"no profile {name!r}{did_you_mean(name, ('auto', *sorted(profiles)))}"
        raise ProfileError(Problem(file="inventory", line=0, where=f"devices.{device.id}.profile", what=what))
    return plan


def read_profile(text: str, *, file: str) -> Plan:
    """One profile's text, which includes no other, as a Plan. Raises ProfileError at the first mistake."""
    return _plan(_with_included(parse(text, file=file), {}))


def _with_included(root: Block, roots: Mapping[str, Block], above: tuple[str, ...] = ()) -> tuple[Block, ...]:
    """What a profile builds on, from the bottom up, and itself last."""
    name = _profile_name(root)
    if "include" not in root.entries:
        return (root,)
    wanted = root.text("include")
    below = roots.get(wanted.value)
    if below is None:
        raise wanted.place.problem(f"no profile {wanted.value!r}{did_you_mean(wanted.value, tuple(sorted(roots)))}")
    if wanted.value in (*above, name):
        raise wanted.place.problem(f"{wanted.value!r} includes itself")
    return (*_with_included(below, roots, (*above, name)), root)


def _plan(roots: Sequence[Block]) -> Plan:
    """The Plan of a profile that stands on others; what they ask for comes first."""
    scalars = [(block, _scalar(name, block)) for root in roots for name, block in root.blocks("scalars").items()]
    tables = [(block, _table(name, block)) for root in roots for name, block in root.blocks("tables").items()]
    if not scalars and not tables:
        raise roots[-1].place.problem("it asks for nothing: neither scalars nor tables")
    _refuse_shared_names([*scalars, *tables])
    _refuse_conditions_on_nothing(tables)
    _refuse_shared_oids([oid for root in roots for oid in _oids(root)])
    return Plan(
        profile=_profile_name(roots[-1]),
        scalars=tuple(scalar for _, scalar in scalars),
        tables=tuple(table for _, table in tables),
    )


def _profile_name(root: Block) -> str:
    root.known_keys("profile", "include", "scalars", "tables")
    name = root.text("profile")
    if name.value == "auto":
        raise name.place.problem("'auto' is what an inventory says to have a profile chosen, and names none")
    return name.value


def _refuse_shared_names(found: Sequence[tuple[Block, Scalar | Table]]) -> None:
    places: dict[str, str] = {}
    for block, one in found:
        if one.name in places:
            raise block.place.problem(f"{one.name!r} is what {places[one.name]} is called already")
        places[one.name] = block.place.path


def _refuse_conditions_on_nothing(tables: Sequence[tuple[Block, Table]]) -> None:
    """A table may depend only on one that has been walked when its turn comes."""
    above: list[str] = []
    for block, table in tables:
        for key in ("unless", "along"):
            if key in block.entries and block.text(key).value not in above:
                wanted = block.text(key)
                raise wanted.place.problem(f"no table {wanted.value!r} above{did_you_mean(wanted.value, tuple(above))}")
        above.append(table.name)


def _scalar(name: str, block: Block) -> Scalar:
    _refuse_bad_name(name, block)
    block.known_keys("oid", "syntax", "lane")
    oid = block.text("oid")
    if not oid.value.endswith(".0"):
        raise oid.place.problem(f"{oid.value} is no scalar's instance: it does not end in .0")
    return Scalar(name=name, oid=_oid(oid), syntax=_syntax(block), lane=_lane(block))


def _table(name: str, block: Block) -> Table:
    _refuse_bad_name(name, block)
    block.known_keys("index", "rows", "unless", "along", "where", "columns")
    index = block.text("index")
    if index.value not in INDEXES:
        raise index.place.problem(f"unknown index {index.value!r}{did_you_mean(index.value, INDEXES)}")
    columns = tuple(_column(column, below) for column, below in block.blocks("columns").items())
    if not any(column.lane is Lane.DISCOVERY for column in columns):
        raise block.place.problem("no column is in lane discovery, so its rows could never be found")
    return Table(
        name=name,
        columns=columns,
        max_rows=_count(block.text("rows")) if "rows" in block.entries else None,
        unless=block.text("unless").value if "unless" in block.entries else None,
        along=block.text("along").value if "along" in block.entries else None,
        edge_only="where" in block.entries and _place(block.text("where")) == EDGE,
    )


def _count(text: Text) -> int:
    if _ARC.fullmatch(text.value) is None or not int(text.value):
        raise text.place.problem(f"{text.value!r} is no number of rows")
    return int(text.value)


def _place(text: Text) -> str:
    if text.value != EDGE:
        raise text.place.problem(f"unknown place {text.value!r}{did_you_mean(text.value, (EDGE,))}")
    return text.value


def _column(name: str, block: Block) -> Column:
    _refuse_bad_name(name, block)
    block.known_keys("oid", "syntax", "lane", "otherwise")
    lane, syntax = _lane(block), _syntax(block)
    otherwise = None
    if "otherwise" in block.entries:
        below = block.block("otherwise")
        below.known_keys("oid", "syntax")
        other = _syntax(below)
        if other.is_number != syntax.is_number:
            raise below.text("syntax").place.problem(f"{other} cannot stand in for {syntax}")
        otherwise = Column(name=name, oid=_oid(below.text("oid")), syntax=other, lane=lane)
    return Column(name=name, oid=_oid(block.text("oid")), syntax=syntax, lane=lane, otherwise=otherwise)


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


def _oid(text: Text) -> str:
    """A dotted OID that BER can carry: X.690 §8.19, RFC 2578 §3.5."""
    arcs = text.value.split(".")
    if not all(_ARC.fullmatch(arc) and int(arc) < 2**32 for arc in arcs):
        raise text.place.problem(f"{text.value!r} is not a dotted OID")
    if not 3 <= len(arcs) <= _ARCS_AT_MOST or int(arcs[0]) > 2 or (int(arcs[0]) < 2 and int(arcs[1]) > 39):
        raise text.place.problem(f"{text.value} is not an OID that exists")
    return text.value


def _oids(block: Block) -> Iterable[Text]:
    for key, entry in block.entries.items():
        if isinstance(entry, Block):
            yield from _oids(entry)
        elif key == "oid":
            yield entry


def _refuse_shared_oids(oids: Iterable[Text]) -> None:
    """No object twice, and none inside another: a reply could not be told apart."""
    in_order = sorted(oids, key=lambda text: ([int(arc) for arc in text.value.split(".")], text.place.line))
    for outer, inner in pairwise(in_order):
        if f"{inner.value}.".startswith(f"{outer.value}."):
            first, second = sorted((outer, inner), key=lambda text: text.place.line)
            what = f"{second.value} is, or overlaps, what {first.place.path} asks for in line {first.place.line}"
            raise second.place.problem(what)
