"""The bytes of a CSV file + its column map -> nodes, as if somebody had written the rows as YAML.

What spreadsheets do is taken as it is: UTF-8 with or without BOM, UTF-16 with BOM ("Unicode text"), the city's own
charset; commas, semicolons or tabs; quoted line breaks; headers with blanks around them. A row's line is the line
it begins on. Rows are read strictly: a quote that never closes would otherwise swallow the rest of the file.
"""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from netwatch.inventory import yaml_source
from netwatch.inventory.findings import Findings, legible, nfc, quoted
from netwatch.inventory.kinds import Block, ListOf
from netwatch.inventory.nodes import Entry, Items, Node, Source, Table, Text, Unreadable
from netwatch.inventory.schema import JOINS

MOST_BYTES = 64 * 1024 * 1024
DELIMITERS = (",", ";", "\t")
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx, .xls


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """How one CSV include is to be read: into which section, header -> key, and the keys every row gets."""

    section: str
    columns: Mapping[str, str]
    values: Mapping[str, str]
    charset: str  # tried after UTF-8; the first to be tried where the include names one
    charset_first: bool


def columns_of(block: Block) -> tuple[str, ...]:
    """The keys a column can be mapped to: the block's own, `snmp.port` and the like, and those put together."""
    nested = [f"{key.name}.{inner}" for key in block.keys if isinstance(key.kind, Block) for inner in key.kind.names]
    apart = [part for name, parts in JOINS.items() if name in block.by_name for part in parts]
    return ("id", *block.names, *nested, *apart)


def rows(content: bytes, file: str, sheet: Sheet, *, block: Block, findings: Findings) -> Source:
    """The file as a source whose only section is `sheet.section`; without a root where it cannot be read."""
    text = _decoded(content, file, sheet, findings)
    lines = _lines(text or "", file, findings)
    header = next(lines, None)
    names = _names(header[1], file, sheet, findings) if header else []
    if not names:
        findings.incomplete = True
        if header is None and text is not None:
            findings.add(file, 0, sheet.section, "the file holds no header row")
        return Source(file, None, cells=True)
    known = frozenset(columns_of(block))
    records: dict[str, Entry] = {}
    for line, cells in lines:
        if any(cells[len(names) :]):
            findings.add(file, line, sheet.section, f"the row has {len(cells)} cells, the header only {len(names)}")
        row = dict(sheet.values)
        row.update((name, cell) for name, cell in zip(names, cells, strict=False) if name and cell)
        identity = row.pop("id", "")
        if not identity:
            findings.add(file, line, sheet.section, "the row has no id")
            continue
        problem = _join(row)
        if problem:
            findings.add(file, line, f"{sheet.section}.{legible(identity)}", problem)
        first = records.setdefault(identity, Entry(line, _nested(row, line, known)))
        _compose_lists(first, block, f"{sheet.section}.{legible(identity)}", file=file, findings=findings)
        if first.line != line:
            what = f"the id stands in this file twice, first in line {first.line}"
            findings.add(file, line, f"{sheet.section}.{legible(identity)}", what)
    return Source(file, Table({sheet.section: Entry(1, Table(records, 1))}, 1), cells=True)


def _decoded(content: bytes, file: str, sheet: Sheet, findings: Findings) -> str | None:
    if len(content) > MOST_BYTES:
        findings.add(file, 0, "", f"larger than {MOST_BYTES >> 20} MiB; split it")
        return None
    if content.startswith(_WORKBOOKS):
        findings.add(file, 0, "", "an Excel workbook, not a CSV file; save it as 'CSV UTF-8'")
        return None
    charsets = _charsets(content, sheet)
    for charset in charsets:
        try:
            return nfc(content.decode(charset))
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
    findings.add(file, line, "", f"cannot be read as {' or '.join(charsets)}; name its `charset:` in the include")
    return None


def _charsets(content: bytes, sheet: Sheet) -> tuple[str, ...]:
    if content.startswith(codecs.BOM_UTF8):
        return ("utf-8-sig",)
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    if sheet.charset_first:
        return (sheet.charset,)
    return tuple(dict.fromkeys(("utf-8", sheet.charset)))


def _lines(text: str, file: str, findings: Findings) -> Iterator[tuple[int, list[str]]]:
    """(line the row begins on, cells without the blanks around them) of every row that is not empty."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            findings.add(file, line, "", f"not valid CSV: {error}")
            findings.incomplete = True
            return
        if any(cells):
            yield line, cells


def _delimiter(text: str) -> str:
    """The one that cuts the first line, outside quotes, into the most cells."""
    bare = "".join(text.lstrip().partition("\n")[0].split('"')[::2])
    return max(DELIMITERS, key=bare.count)


def _names(header: list[str], file: str, sheet: Sheet, findings: Findings) -> list[str]:
    """The key of each column ('' for a column without a header); empty when a column is missing or stands twice."""
    before = len(findings)
    for title in sheet.columns:
        if title not in header:
            what = f"the file has no column {quoted(title)}{findings.suggestion(title, header)}"
            findings.add(file, 1, sheet.section, what)
    names = [sheet.columns.get(title, title) for title in header]
    for position, name in enumerate(names):
        if name and name in names[:position]:
            findings.add(file, 1, sheet.section, f"two columns are {quoted(name)}")
    if "id" not in names:
        what = f"no column is the id; name it in `columns:`, as in {{{legible(header[0])}: id}}"
        findings.add(file, 1, sheet.section, what)
    return names if len(findings) == before else []


def _compose_lists(record: Entry, block: Block, where: str, *, file: str, findings: Findings) -> None:
    """A cell that holds a list of tables, such as a link's fibre, is YAML on a line: `[{cable: c-017, cores: [1]}]`."""
    entries = record.value.entries if isinstance(record.value, Table) else {}
    for name, entry in entries.items():
        key = block.by_name.get(name)
        if key is None or not isinstance(key.kind, ListOf) or not isinstance(key.kind.item, Block):
            continue
        if isinstance(entry.value, Text):
            apart = Findings()
            root = yaml_source.compose(f"cell: {entry.value.value}".encode(), file, apart)
            cell = root.entries.get("cell") if root is not None else None
            if cell is None or len(apart):
                what = "is no list of tables; write it like [{cable: c-017, cores: [1, 2]}]"
                findings.add(file, record.line, f"{where}.{name}", what)
                cell = Entry(record.line, Unreadable(record.line))
            entries[name] = Entry(record.line, _at_line(cell.value, record.line))


def _at_line(node: Node, line: int) -> Node:
    """The same, as if it all stood in that line."""
    match node:
        case Text(value, _, quoted_):
            return Text(value, line, quoted_)
        case Table(entries):
            return Table({key: Entry(line, _at_line(entry.value, line)) for key, entry in entries.items()}, line)
        case Items(values):
            return Items([_at_line(value, line) for value in values], line)
        case _:
            return node


def _join(row: dict[str, str]) -> str:
    """Put together what spreadsheets keep apart: device and interface to a port. Returns the problem, if any."""
    for name, parts in JOINS.items():
        present = [part for part in parts if part in row]
        if not present or name in row:
            continue
        if len(present) != len(parts):
            (missing,) = set(parts) - set(present)
            return f"has a {present[0]} but no {missing}"
        row[name] = " ".join(row.pop(part) for part in parts)
    return ""


def _nested(row: dict[str, str], line: int, known: frozenset[str]) -> Table:
    """The row as the table it would be in YAML: `snmp.port` becomes the key `port` of the table `snmp`."""
    table = Table({}, line)
    for name, cell in row.items():
        entry = Entry(line, Text(cell, line, quoted=True))
        outer, dot, inner = name.partition(".")
        if not dot or name not in known:
            table.entries[name] = entry
            continue
        nest = table.entries.setdefault(outer, Entry(line, Table({}, line)))
        if isinstance(nest.value, Table):
            nest.value.entries[inner] = entry
    return table
