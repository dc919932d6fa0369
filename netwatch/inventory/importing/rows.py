"""A grid and its map -> drafts: one for each row, its texts by key as the inventory's parsers take them, and doubts.

In: the grid, which column is which key. Out: every row below the header as a `Draft`; nothing is dropped here. What
its own key refuses is a doubt with the parser's sentence.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from netwatch.core.mac import station_mac
from netwatch.core.records import replace
from netwatch.inventory import values
from netwatch.inventory.findings import Refused, quoted
from netwatch.inventory.importing.cells import Reading, column, read
from netwatch.inventory.importing.doubt import Doubt, Leave, Why
from netwatch.inventory.importing.grid import Grid, cell_at
from netwatch.inventory.importing.mapping import STATUS, SheetMap, known_keys
from netwatch.inventory.kinds import Block, Kind, ListOf, Ref, Scalar
from netwatch.inventory.schema import JOINS, SECTIONS

_IN_SERVICE = frozenset(("", "active", "enabled", "0", "true", "yes", "up"))
_ID_LETTERS = re.compile(r"[^\w.\-]+")
_SEPARATORS = re.compile(r"[\s,;]+")
_JOINED = {part: name for name, parts in JOINS.items() for part in parts}
_CIDR = re.compile(r"([0-9a-fA-F:.]+)/[0-9]{1,3}")
_ZEROS = re.compile(r"\b0+(?=[0-9])")
_SHORT_MAC = re.compile(r"[0-9a-fA-F]{1,2}(?:[:-][0-9a-fA-F]{1,2}){5}")
_MAC = re.compile(r"[0-9a-fA-F]{12}")


@dataclass(slots=True, kw_only=True)
class Draft:
    """One row on its way into the inventory. `texts`: key -> text; `columns`: key -> the title it came from."""

    place: str
    section: str
    id: str = ""
    texts: dict[str, str] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)

    def doubt(self, key: str, why: Why, what: str, *, proposal: str | None = None, stands: str = "") -> None:
        """Keep the row from being written."""
        told = Doubt(
            place=self.place,
            section=self.section,
            id=self.id,
            column=self.columns.get(key, key),
            stands=stands or self.texts.get(key, ""),
            why=why,
            what=what,
            proposal=proposal,
        )
        self.doubts.append(told)


@dataclass(slots=True, kw_only=True)
class Drafts:
    """All rows of all sheets; how often something was written otherwise than it was read."""

    rows: list[Draft] = field(default_factory=list)
    ways: Counter[str] = field(default_factory=Counter)


def read_rows(grid: Grid, by: SheetMap, leave: Leave, *, into: Drafts) -> None:
    """Every row below the header."""
    below = range(by.header + 1, len(grid.rows))
    keys = {position: key for position, title in enumerate(by.titles) if title and (key := by.key(position))}
    context = {
        position: column(key, (cell_at(grid.rows[row], position) for row in below)) for position, key in keys.items()
    }
    above: dict[int, str] = {}
    for row in below:
        draft = Draft(place=grid.place(row), section=by.section, texts=dict(by.values))
        for position, of in context.items():
            draft.columns[of.key] = by.titles[position]
            cell = cell_at(grid.rows[row], position)
            reading = read(cell, of, above.get(position, ""))
            into.ways.update(reading.ways)
            text = _taken(draft, of.key, reading, leave, stands=cell.text)
            above[position] = text or above.get(position, "")
            if text:
                draft.texts[of.key] = text
        _settle(draft, leave)
        draft.doubts = [replace(doubt, id=draft.id) for doubt in draft.doubts]  # whose row it is, is known only now
        into.rows.append(draft)


def _taken(draft: Draft, key: str, reading: Reading, leave: Leave, *, stands: str) -> str:
    if reading.why is None:
        return reading.text
    if reading.proposal is not None and leave.takes(reading.why):
        return reading.proposal
    draft.doubt(key, reading.why, reading.what, proposal=reading.proposal, stands=stands)
    return ""


def _settle(draft: Draft, leave: Leave) -> None:
    """Bring each text into the form that the inventory takes."""
    block = SECTIONS[draft.section].block
    status = draft.texts.pop(STATUS, "")
    if status.casefold() not in _IN_SERVICE and not leave.takes(Why.OUT_OF_SERVICE):
        what = f"the other system does not watch it: {quoted(status)}"
        draft.doubt(STATUS, Why.OUT_OF_SERVICE, what, proposal="take it all the same", stands=status)
    draft.id = _parsed(draft, "id", values.identifier, leave)
    if not draft.id and not any(doubt.column == draft.columns.get("id") for doubt in draft.doubts):
        draft.doubt("id", Why.NO_ID, "the row has no id")
    for key in [key for key in draft.texts if key in known_keys(draft.section)]:
        parse = _parser(key, block)
        text = _parsed(draft, key, parse, leave) if parse is not None else draft.texts[key]
        if text:
            draft.texts[key] = text
    _insist_on_pairs(draft)


def _insist_on_pairs(draft: Draft) -> None:
    """A port without its device is none."""
    for name, parts in JOINS.items():
        have = [part for part in parts if part in draft.texts]
        doubted = any(doubt.column == draft.columns.get(part) for doubt in draft.doubts for part in parts)
        if have and len(have) != len(parts) and name not in draft.texts and not doubted:
            (missing,) = set(parts) - set(have)
            draft.doubt(missing, Why.MISSING, f"tells its {have[0]}, but not its {missing}")


def _parsed(draft: Draft, key: str, parse: Callable[[str], Any], leave: Leave) -> str:
    """The draft's text as the parser takes it, no longer in the draft; a doubt, and nothing, where it does not."""
    text = draft.texts.pop(key, "")
    if not text:
        return ""
    try:
        return _written(key, parse(text), text)
    except Refused as refused:
        proposal = _proposal(key, text, parse)
        if proposal is not None and leave.takes(Why.REFUSED):
            return proposal
        draft.doubt(key, Why.REFUSED, str(refused), proposal=proposal, stands=text)
    return text if key == "id" else ""


def _written(key: str, parsed: Any, text: str) -> str:  # noqa: ANN401 - what a kind gives
    """How the file says it: addresses and MACs in their one form, all else as it stands."""
    return str(parsed) if key in ("mac", "address", "snmp.address") else text


def _proposal(key: str, text: str, parse: Callable[[str], Any]) -> str | None:
    """The same with what is most often wrong put right, if that makes it fit."""
    candidates: tuple[str, ...] = ()
    if key in ("id", "kind", "site", "service", "contractor"):
        candidates = (_ID_LETTERS.sub("-", text).strip("-"),)
    elif key in ("address", "snmp.address"):
        found = _CIDR.fullmatch(text)
        candidates = (found[1] if found else "", _ZEROS.sub("", text), text.replace(",", ".").replace(" ", ""))
    elif key == "role":
        candidates = ("other",)
    elif key == "mac" and _SHORT_MAC.fullmatch(text):
        candidates = (":".join(part.zfill(2) for part in re.split("[:-]", text)),)
    for candidate in filter(None, candidates):
        try:
            return _written(key, parse(candidate), candidate)
        except Refused:
            continue  # that was not it
    return None


def _parser(key: str, block: Block) -> Callable[[str], Any] | None:
    """What reads a key's text; None where any text will do."""
    special = _SPECIAL.get(key) or (values.text if key in _JOINED else None)
    if special is not None:
        return special
    outer, dot, inner = key.partition(".")
    known = block.by_name.get(outer)
    kind: Kind | None = known.kind if known is not None else None
    if dot and isinstance(kind, Block):
        kind = kind.by_name[inner].kind
    match kind:
        case Scalar(parse):
            return parse
        case Ref():
            return values.text
        case ListOf(Scalar(parse)):
            return lambda text: [parse(word) for word in _SEPARATORS.split(text) if word]
        case _:
            return None


def _mac(text: str) -> str:
    """A station's address in a notation that has one meaning."""
    digits = re.sub(r"[\s:.\-]", "", text)
    if not _MAC.fullmatch(digits) or len({*re.findall(r"[:.\-]", text)}) > 1:
        raise Refused(f"{quoted(text)} is not a MAC address")
    mac = values.mac(digits)
    if station_mac(bytes.fromhex(mac.replace(":", ""))) is None:
        raise Refused(f"{quoted(text)} is no single machine's MAC address")
    return mac


_SPECIAL: Mapping[str, Callable[[str], Any]] = MappingProxyType(
    {
        "mac": _mac,
        "latitude": values.degrees,
        "longitude": values.degrees,
    }
)
