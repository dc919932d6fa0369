"""Records as texts -> the files that an inventory includes, and back: a CSV a section, or all of them in a workbook.

In: records by section and id. Out: bytes. CSV in UTF-8 with BOM, for Excel takes anything else for its own charset;
titles are the inventory's keys, so that an `include:` needs no `columns:`.
"""

import codecs
import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

import openpyxl
from openpyxl.cell import WriteOnlyCell

from netwatch.inventory import csv_source
from netwatch.inventory.csv_source import Sheet, columns_of
from netwatch.inventory.findings import Findings
from netwatch.inventory.importing.grid import ImportRefused
from netwatch.inventory.importing.workbook import VERBATIM
from netwatch.inventory.nodes import Table
from netwatch.inventory.schema import CSV_SECTIONS, JOINS, SECTIONS

Texts = Mapping[str, str]


def columns_in_order(section: str, records: Iterable[Texts]) -> tuple[str, ...]:
    """The titles: the section's keys as the schema has them, then what the city keeps besides."""
    used = dict.fromkeys(key for texts in records for key in texts)
    known = columns_of(SECTIONS[section].block)
    ordered = [part for key in known for part in JOINS.get(key, (key,))]
    return tuple(dict.fromkeys(("id", *(key for key in ordered if key in used), *used)))


def rows_of(section: str, records: Mapping[str, Texts]) -> list[tuple[str, ...]]:
    """The titles, then a row for each record."""
    titles = columns_in_order(section, records.values())
    rows = [titles]
    rows += [(identity, *(texts.get(title, "") for title in titles[1:])) for identity, texts in records.items()]
    return rows


def as_csv(section: str, records: Mapping[str, Texts]) -> bytes:
    """One section's file."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows_of(section, records))
    return codecs.BOM_UTF8 + out.getvalue().encode()


def as_workbook(sections: Mapping[str, Mapping[str, Texts]]) -> bytes:
    """A sheet a section. Every cell is of the format "text", so that a port 1/3 stays one when somebody edits it."""
    book = openpyxl.Workbook(write_only=True)
    for section, records in sections.items():
        sheet = book.create_sheet(section)
        sheet.freeze_panes = "B2"
        for row in rows_of(section, records):
            cells = [WriteOnlyCell(sheet, value=text) for text in row]
            for cell in cells:
                cell.number_format = VERBATIM
                if cell.value is not None:
                    cell.data_type = "s"  # whatever it begins with, it is no formula
            sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read_own(folder: Path) -> dict[str, Table]:
    """What earlier imports wrote there, by section. ImportRefused where such a file cannot be read."""
    found: dict[str, Table] = {}
    findings = Findings()
    for section in CSV_SECTIONS:
        path = folder / f"{section}.csv"
        if not path.is_file():
            continue
        sheet = Sheet(section=section, columns={}, values={}, charset="utf-8", charset_first=False)
        block = SECTIONS[section].block
        source = csv_source.rows(path.read_bytes(), str(path), sheet, block=block, findings=findings)
        entry = source.root.entries[section] if source.root is not None else None
        if entry is not None and isinstance(entry.value, Table):
            found[section] = entry.value
    if len(findings):
        raise ImportRefused("\n".join(map(str, findings.in_file_order(()))))
    return found
