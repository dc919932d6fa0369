"""ENTITY-MIB (RFC 6933) -> what a physical entity is called, on which interface it is, and what box it all makes up.

In: entPhysicalTable and entAliasMappingTable of one discovery. A sensor belongs to the interface that one of the
entities around it is mapped to; where no mapping tells, to the one interface that its name or description names.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.health.modules import sensitivity_dbm
from netwatch.core.model import NOTHING
from netwatch.core.neighbours.local_ports import rows_of
from netwatch.core.observation import TableReading
from netwatch.core.text import decode_text

CHASSIS, CONTAINER, POWER_SUPPLY, FAN, MODULE, PORT, STACK = 3, 5, 6, 7, 9, 10, 11  # PhysicalClass
_IF_INDEX = (1, 3, 6, 1, 2, 1, 2, 2, 1, 1)  # ifIndex, as entAliasMappingIdentifier points to it
_LEVELS = 16  # a tree of boxes in boxes is not deeper; a circle is
_BOXES = (CHASSIS, STACK, MODULE)  # of which the first with a serial number is the device
_NO_NAMES = frozenset({"chassis", "n/a", "na", "none", "unknown", "not available", "not specified", "-", "0"})
_OF_ELSE = "".join(f"(?<!{word} )" for word in ("hardware", "hw", "boot", "bootloader", "bootrom", "kernel", "linux"))
_VERSION = re.compile(
    rf"{_OF_ELSE}\b(?:version|firmware|software|release|ver|fw|sw)(?:[ .](?:version|release|revision|ver|rev))?"
    r"(?:\s*[:.=]\s*|\s+)v?([0-9][\w.()-]*)",
    re.IGNORECASE,
)
_CAPITALS = re.compile(r"[A-Z][A-Z0-9]*(?:[-/][A-Z0-9]+)*\+?")
_LEAST_DIGITS = 2
_LINE_END = re.compile(r"[\r\n]|\\[rn]")  # texts of devices have theirs escaped
_MODULE_TEXTS = ("model", "description", "name")
_WORDS = re.compile(r"[^\s(),;]+(?: [0-9]\S*)?")
_EDGES = ":-."


@dataclass(frozen=True, slots=True)
class Entity:
    """One row of entPhysicalTable; texts are empty where the agent has none."""

    parent: int
    kind: int
    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Box:
    """What the device as a whole says it is."""

    model: str = ""
    serial: str = ""
    firmware: str = ""
    maker: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entities:
    """The tree, and where its leaves are. Built for one discovery."""

    entities: Mapping[int, Entity] = NOTHING
    mapped: Mapping[int, str] = NOTHING  # entity -> interface, by entAliasMappingTable
    ports_in: Mapping[int, frozenset[str]] = NOTHING  # entity -> interfaces that its direct children are
    spelt: Mapping[str, str] = NOTHING  # ifName or ifDescr -> interface; absent where two are called so

    def name(self, index: int) -> str:
        entity = self.entities.get(index)
        return (entity.name or entity.description) if entity is not None else ""

    def words(self, index: int) -> str:
        """Everything an entity says of itself."""
        entity = self.entities.get(index)
        return f"{entity.name} {entity.description}" if entity is not None else ""

    def interface(self, index: int) -> str | None:
        """The interface that an entity is part of, if that is one for sure."""
        return self._by_tree(index) or self._by_text(self.words(index))

    def _by_tree(self, index: int) -> str | None:
        for _ in range(_LEVELS):
            if index in self.mapped:
                return self.mapped[index]
            inside = self.ports_in.get(index, frozenset())
            if inside:
                return next(iter(inside)) if len(inside) == 1 else None
            entity = self.entities.get(index)
            if entity is None or entity.kind in (CHASSIS, STACK):
                return None
            named = self._by_text(self.words(index)) if entity.kind == PORT else None
            if named is not None:
                return named
            if entity.kind == PORT:
                return None  # a port that is no interface; what else is in its box is not it
            index = entity.parent
        return None

    def _by_text(self, words: str) -> str | None:
        found = {self.spelt[word] for word in _spellings(words) if word in self.spelt}
        return found.pop() if len(found) == 1 else None


def _spellings(words: str) -> Iterator[str]:
    for word in words.split():
        yield word.strip(_EDGES)
        yield word.split("-")[0].strip(_EDGES)
    for match in _WORDS.finditer(words):
        yield match[0]


def entities(
    physical: TableReading | None, alias: TableReading | None, interfaces: InterfaceMap, charset: str
) -> Entities:
    """What the two tables tell, under this index map."""
    if physical is None:
        return Entities()
    found = {
        index[0]: Entity(_number(parent), _number(kind), _text(name, charset), _text(description, charset))
        for index, (parent, kind, name, description) in rows_of(physical, "parent", "class", "name", "description")
        if len(index) == 1
    }
    names = dict(zip(interfaces.indexes, interfaces.names, strict=True))
    mapped = dict(_mapped(alias, names)) if alias is not None else {}
    ports_in: dict[int, set[str]] = {}
    for index, name in mapped.items():
        if index in found and found[index].parent:
            ports_in.setdefault(found[index].parent, set()).add(name)
    return Entities(
        entities=found,
        mapped=mapped,
        ports_in={index: frozenset(inside) for index, inside in ports_in.items()},
        spelt=_spelt(interfaces),
    )


def box(physical: TableReading | None, charset: str) -> Box:
    """The chassis, or what stands for it."""
    if physical is None:
        return Box()
    columns = ("class", "model", "serial", "software", "firmware", "maker")
    rows = [
        (_number(kind), *(_text(cell, charset) for cell in cells)) for _, (kind, *cells) in rows_of(physical, *columns)
    ]
    best = min(
        (row for row in rows if row[0] in _BOXES and (row[1] or row[2])),
        key=lambda row: (not row[2], _BOXES.index(row[0])),
        default=None,
    )
    if best is None:
        return Box()
    _, model, serial, software, firmware, maker = ("" if text.lower() in _NO_NAMES else text for text in map(str, best))
    running = software or firmware or next((str(row[3]) for row in rows if row[3]), "")
    return Box(model=model, serial=serial, firmware=running, maker=maker)


def modules(physical: TableReading | None, tree: Entities, charset: str) -> Mapping[str, str]:
    """Interface -> what the module in it is called, where its type can be told from that."""
    found: dict[str, str] = {}
    for index, (kind, *cells) in rows_of(physical, "class", *_MODULE_TEXTS) if physical is not None else ():
        if kind not in (MODULE, PORT) or len(index) != 1:
            continue
        said = " ".join(_text(cell, charset) for cell in cells)
        interface = tree.interface(index[0]) if sensitivity_dbm(said) is not None else None
        if interface is not None:
            found.setdefault(interface, said)
    return found


def model_in(descr: str) -> str:
    """What sysDescr begins with, where that is a model: the only word, with a number in it, or capitals and digits."""
    words = _LINE_END.split(descr, maxsplit=1)[0].split()
    first = words[0].rstrip(",;:") if words else ""
    digits = sum(map(str.isdecimal, first))
    is_alone = len(words) == 1 and digits > 0
    return first if is_alone or (digits >= _LEAST_DIGITS and _CAPITALS.fullmatch(first)) else ""


def version_in(descr: str) -> str:
    """What sysDescr says the version is, where it says so in so many words, and not of its hardware or its boot."""
    found = _VERSION.search(descr)
    return found[1].rstrip(".,;") if found is not None else ""


def _mapped(alias: TableReading, names: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    """What entAliasMappingIdentifier points to; it holds the OID of an ifIndex instance."""
    for index, (pointer,) in rows_of(alias, "identifier"):
        if not isinstance(pointer, bytes) or not index:
            continue
        *column, row = pointer.split(b".")
        if tuple(map(int, column)) == _IF_INDEX and row.decode() in names:
            yield index[0], names[row.decode()]


def _spelt(interfaces: InterfaceMap) -> Mapping[str, str]:
    spelt: dict[str, str | None] = {}
    for texts in (interfaces.names, interfaces.descriptions):
        for text, name in zip(texts, interfaces.names, strict=bool(texts)):
            spelt[text] = name if spelt.get(text, name) == name else None
    return {text: name for text, name in spelt.items() if name is not None and not text.isdecimal()}


def _number(cell: object) -> int:
    return cell if isinstance(cell, int) else 0


def _text(cell: object, charset: str) -> str:
    return decode_text(cell, charset).strip() if isinstance(cell, bytes) else ""
