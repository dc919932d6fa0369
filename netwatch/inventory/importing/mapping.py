"""Which column of a sheet is which key: proposed from its titles, or as a mapping file says that was written before.

In: a grid, and what the operator settled. Out: a `SheetMap`. The mapping file is YAML, so that people can mend it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

import yaml

from netwatch.inventory import yaml_source
from netwatch.inventory.csv_source import columns_of
from netwatch.inventory.findings import Findings, nfc, quoted
from netwatch.inventory.importing.grid import Grid, ImportRefused, cell_at
from netwatch.inventory.importing.headers import IGNORED, likely_section, meaning, plain
from netwatch.inventory.nodes import Entry, Table, Text
from netwatch.inventory.schema import CSV_SECTIONS, SECTIONS

HEADER_WITHIN = 20  # rows: above a header stand titles and dates
SINGLE = "*"  # how a mapping file calls the sheet of a file that has no sheets
PLACED = ("field_devices", "devices")
PLACE = ("place", "latitude", "longitude", "district")  # of which a site is made
STATUS = "status"  # what other systems say of a device: in service, or not


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetMap:
    """How one sheet is read. `columns`: title -> key; `""`: not taken; a title of none: kept under its own name."""

    section: str
    header: int = 0  # position of the header row in the grid
    titles: tuple[str, ...] = ()  # of each column
    columns: Mapping[str, str]
    near: frozenset[str] = frozenset()  # titles whose meaning is likely, not sure
    values: Mapping[str, str] = field(default_factory=dict)  # the same for every row

    def key(self, column: int) -> str:
        """The key of a column; its own title where it is a text that a city keeps; empty where it is not taken."""
        title = self.titles[column]
        return self.columns.get(title, title)


@cache
def known_keys(section: str) -> frozenset[str]:
    """Every key that a column can be, those included that become something else: a place becomes a site."""
    extra = PLACE if section in PLACED else ()
    return frozenset((*columns_of(SECTIONS[section].block), *extra, STATUS))


def propose(grid: Grid, section: str = "", values: Mapping[str, str] | None = None) -> SheetMap | None:
    """What the titles seem to mean; None where no row looks like titles of anything that is known, an id among them."""
    wanted = section or grid.section
    if not grid.rows:
        return None
    if grid.columns:
        titles = tuple(cell.text for cell in grid.rows[0])
        return SheetMap(section=wanted, titles=titles, columns=dict(grid.columns), values=values or {})
    wanted = wanted or (grid.name if grid.name in CSV_SECTIONS else "")
    header = _header(grid, wanted)
    titles = _titles(grid, header)
    wanted = wanted or likely_section(titles)
    if not wanted:
        return None
    if grid.name in CSV_SECTIONS and titles[0] == "id":  # as `netwatch export` writes it: titles are keys
        known = known_keys(wanted)
        columns, near = {title: title for title in titles if title in known}, frozenset[str]()
    else:
        columns, near = _columns(titles, wanted)
    if "id" not in columns.values():
        return None
    return SheetMap(section=wanted, header=header, titles=titles, columns=columns, near=near, values=values or {})


def _columns(titles: tuple[str, ...], section: str) -> tuple[dict[str, str], frozenset[str]]:
    """The surest column of each key gets it; a second one of the same key is kept under its own name."""
    known = known_keys(section)
    scored: list[tuple[float, int, str]] = []
    for position, title in enumerate(titles):
        key, score = (title, 101.0) if title in known else meaning(title, section) if title else ("", 0.0)
        scored.append((score, -position, key))
    columns: dict[str, str] = {}
    near: set[str] = set()
    taken: set[str] = set()
    for score, position, key in sorted(scored, reverse=True):
        title = titles[-position]
        if key and key not in taken and title not in columns:
            taken.add(key)
            columns[title] = key
            near |= {title} if score < 99 else set()
        elif title and plain(title) in {plain(word) for word in IGNORED}:
            columns[title] = ""
    return {title: columns[title] for title in titles if title in columns}, frozenset(near)


def _header(grid: Grid, section: str) -> int:
    """The row with the most titles that are known; of those with as many the last, which is below merged ones."""
    sections = (section,) if section else CSV_SECTIONS
    best, most = 0, 0
    for position, row in enumerate(grid.rows[:HEADER_WITHIN]):
        texts = {cell.text for cell in row if cell.text}
        known = max(sum(_is_title(text, one) for text in texts) for one in sections)
        if known >= max(most, 1):
            best, most = position, known
    return best


def _is_title(text: str, section: str) -> bool:
    if text in known_keys(section):
        return True
    return section in _FUZZY and meaning(text, section)[1] >= 90


_FUZZY = frozenset(("field_devices", "devices", "sites", "links", "cables", "contractors"))


def _titles(grid: Grid, header: int) -> tuple[str, ...]:
    """A title for each column: the row above tells where the header's own cell is empty; each stands once."""
    row = grid.rows[header]
    above = grid.rows[header - 1] if header else ()
    width = max(len(row), len(above)) if header else len(row)
    titles: list[str] = []
    for column in range(width):
        text = nfc(" ".join((cell_at(row, column).text or cell_at(above, column).text).split()))
        number = 2
        title = text
        while title and title in titles:
            title, number = f"{text} ({number})", number + 1
        titles.append(title)
    return tuple(titles)


def as_yaml(maps: Mapping[str, SheetMap]) -> str:
    """The mapping file. `maps`: by the sheet's name."""
    document = {
        name or SINGLE: {
            "as": one.section,
            "columns": {title: key or None for title, key in one.columns.items()},
            **({"values": dict(one.values)} if one.values else {}),
        }
        for name, one in maps.items()
    }
    head = (
        "# which column is which key; an empty key leaves a column out. Written by netwatch import, used by --mapping\n"
    )
    text: str = yaml.safe_dump({"sheets": document}, allow_unicode=True, sort_keys=False, width=1000)
    return head + text


def read_mapping(content: bytes, display: str) -> dict[str, SheetMap]:
    """What a mapping file says, by sheet. ImportRefused with every mistake in it."""
    findings = Findings()
    root = yaml_source.compose(content, display, findings)
    found: dict[str, SheetMap] = {}
    for name, entry in _entries(root, "sheets") if root is not None else ():
        section = "".join(text for key, text in _texts(entry, "as", bare=True) if key == "as")
        if section not in CSV_SECTIONS:
            findings.add(display, entry.line, f"sheets.{name}.as", f"must be one of {', '.join(CSV_SECTIONS)}")
            continue
        columns = dict(_texts(entry, "columns"))
        for title, key in columns.items():
            if key and key not in known_keys(section) and not SECTIONS[section].block.keeps_extra:
                what = f"unknown key {quoted(key)}{findings.suggestion(key, known_keys(section))}"
                findings.add(display, entry.line, f"sheets.{name}.columns.{title}", what)
        found[name] = SheetMap(section=section, columns=columns, values=dict(_texts(entry, "values")))
    if root is not None and not found and not len(findings):
        findings.add(display, 1, "sheets", "is missing: this is no mapping that netwatch import wrote")
    if len(findings):
        raise ImportRefused("\n".join(map(str, findings.in_file_order((display,)))))
    return found


def applied(grid: Grid, given: SheetMap, display: str) -> SheetMap:
    """A mapping read before, put to a sheet. ImportRefused where the sheet has not all its columns."""
    best = max(range(min(len(grid.rows), HEADER_WITHIN)), key=lambda row: _known_titles(grid, row, given), default=0)
    titles = _titles(grid, best) if grid.rows else ()
    findings = Findings()
    for title in given.columns:
        if title not in titles:
            what = f"the sheet has no column {quoted(title)}{findings.suggestion(title, titles)}"
            findings.add(display, 0, grid.name, what)
    if len(findings):
        raise ImportRefused("\n".join(map(str, findings.in_file_order((display,)))))
    return SheetMap(section=given.section, header=best, titles=titles, columns=given.columns, values=given.values)


def _known_titles(grid: Grid, position: int, given: SheetMap) -> int:
    return sum(title in given.columns for title in _titles(grid, position))


def _entries(table: Table, name: str) -> Iterable[tuple[str, Entry]]:
    entry = table.entries.get(name)
    return entry.value.entries.items() if entry is not None and isinstance(entry.value, Table) else ()


def _texts(entry: Entry, name: str, *, bare: bool = False) -> Iterator[tuple[str, str]]:
    """The words below a key of the entry's table; of the table itself with `bare`."""
    table = entry.value if isinstance(entry.value, Table) else Table({}, entry.line)
    for key, one in table.entries.items() if bare else _entries(table, name):
        if isinstance(one.value, Text):
            yield key, "" if one.value.value == "null" and not one.value.quoted else one.value.value
