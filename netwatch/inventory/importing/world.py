"""What the inventory says already, as texts: what rows may name, and what is taken.

In: the records of an inventory, right or wrong, without its secrets. Out: ids by the names people use, each record as
the cells it would be in a CSV, and which file it stands in.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rapidfuzz import fuzz, process

from netwatch.inventory.findings import nfc
from netwatch.inventory.kinds import Record
from netwatch.inventory.nodes import Items, Node, Table, Text
from netwatch.inventory.schema import CSV_SECTIONS, JOINS

NEAR = 75.0
_PLAIN = re.compile(r"[\w./-]+(?: [\w./-]+)*")
Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One record that stands in the inventory."""

    place: str  # inventory.yaml:41
    texts: Texts
    is_own: bool = False  # stands in a file that an import wrote, and can be written anew


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """All of them, by section and id. `is_there`: there is an inventory at all."""

    records: Mapping[str, Mapping[str, Known]] = field(default_factory=dict)
    is_there: bool = False

    def of(self, section: str) -> Mapping[str, Known]:
        return self.records.get(section, {})

    def own(self, section: str) -> dict[str, Texts]:
        """What earlier imports wrote."""
        return {identity: known.texts for identity, known in self.of(section).items() if known.is_own}


def world(records: Mapping[str, Mapping[str, Record]], own: Mapping[str, Table], *, folder: Path) -> World:
    """`own`: what the import's own files in `folder` say, by section, whether the inventory includes them or not."""
    there: dict[str, dict[str, Known]] = {}
    for section in CSV_SECTIONS:
        there[section] = {
            identity: Known(place=f"{record.file}:{record.line}", texts=dict(flat(record.table)))
            for identity, record in records.get(section, {}).items()
            if Path(record.file).resolve() != (folder / f"{section}.csv").resolve()
        }
        for identity, entry in own[section].entries.items() if section in own else ():
            if isinstance(entry.value, Table):
                place = f"{folder / section}.csv:{entry.line}"
                known = Known(place=place, texts=dict(flat(entry.value)), is_own=True)
                there[section].setdefault(identity, known)
    return World(records=there, is_there=bool(records))


def flat(table: Table, outer: str = "") -> Iterator[tuple[str, str]]:
    """The cells of a record: `snmp.port`; a port as device and interface; a location as latitude and longitude."""
    for name, entry in table.entries.items():
        key = f"{outer}{name}"
        match entry.value:
            case Text(value) if value and key in JOINS:
                yield from zip(JOINS[key], value.split(" ", 1), strict=False)
            case Text(value) if value:
                yield key, value
            case Items(values) if key in JOINS:
                yield from zip(JOINS[key], _words(values), strict=False)
            case Items(values) if all(isinstance(value, Text) for value in values):
                yield key, " ".join(_words(values))
            case Items() as listed:
                yield key, _flow(listed)
            case Table() as inner if not outer:
                yield from flat(inner, f"{name}.")
            case _:
                continue  # nothing is written there


def _flow(node: Node) -> str:
    """A link's fibre, as YAML on one line: `[{cable: c-017, cores: [1, 2]}]`."""
    match node:
        case Items(values):
            return f"[{', '.join(map(_flow, values))}]"
        case Table(entries):
            return f"{{{', '.join(f'{key}: {_flow(entry.value)}' for key, entry in entries.items())}}}"
        case Text(value):
            return value if _PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)
        case _:
            return ""


def _words(values: Iterable[Node]) -> list[str]:
    return [value.value for value in values if isinstance(value, Text)]


class Names:
    """Ids by what people call them: the id itself, its name, its asset number, whatever their case."""

    def __init__(self, records: Iterable[tuple[str, Texts]]) -> None:
        self._ids: dict[str, dict[str, None]] = {}
        self._known: dict[str, None] = {}
        for identity, texts in records:
            self._known[identity] = None
            for word in (identity, texts.get("name", ""), texts.get("asset_no", "")):
                if word:
                    self._ids.setdefault(_folded(word), {})[identity] = None
        self._folded = list(self._ids)

    def __bool__(self) -> bool:
        return bool(self._known)

    def meant(self, word: str) -> tuple[str, ...]:
        """Every id that the word may stand for; the id alone where it is one."""
        return (word,) if word in self._known else tuple(self._ids.get(_folded(word), ()))

    def near(self, word: str) -> str | None:
        """The id whose name is nearest, where one is near."""
        found = process.extractOne(_folded(word), self._folded, scorer=fuzz.ratio, score_cutoff=NEAR)
        return next(iter(self._ids[found[0]])) if found is not None else None


def _folded(word: str) -> str:
    return "".join(nfc(word).casefold().split())
