"""An .xlsx file -> its sheets as grids, by openpyxl in its read-only mode.

What a merged cell shows stands in all its cells, for that is what the reader of the sheet sees. A number shown with
leading zeros has them. What a workbook unpacks to is capped before anything of it is unpacked (ECMA-376 part 2 is ZIP).
"""

import datetime as dt
import io
import re
import zipfile
from typing import Any

import openpyxl
from openpyxl.utils.cell import range_boundaries

from netwatch.inventory.importing.grid import (
    EMPTY,
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_ROWS,
    Cell,
    Grid,
    ImportRefused,
    Stored,
)

VERBATIM = "@"  # the number format of cells that hold text whatever is typed (ECMA-376 part 1, 18.8.30)
MAGIC = b"PK\x03\x04"
MOST_UNPACKED = 256 * 1024 * 1024
MOST_MERGED = 200_000  # rows that merged cells reach over
_ZEROS = re.compile(r"0{2,30}")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})"')
_UNRECKONED = re.compile(rb"</(?:\w+:)?f>\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>")
_SHEET = re.compile(rb'<(?:\w+:)?sheet\s[^>]*?\br:id="([^"]+)"')
_TARGET = re.compile(rb"<Relationship\s[^>]*>")
_ATTRIBUTE = re.compile(rb'(\w+)="([^"]*)"')


def read_workbook(content: bytes, display: str) -> list[Grid]:
    """Every sheet that holds anything. ImportRefused where this is no workbook, or one too large."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _insist(archive, content, display)
            parts = _sheet_parts(archive)
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
            raw = dict(zip((sheet.title for sheet in book.worksheets), parts, strict=False))
            grids = [_grid(sheet, archive.read(raw[sheet.title]), display) for sheet in sheets if sheet.title in raw]
    except ImportRefused:
        raise
    except Exception as error:  # openpyxl gives no list of what it raises on a broken file
        raise ImportRefused(f"{display} cannot be read as an Excel workbook: {error}") from error
    if not grids:
        raise ImportRefused(f"{display} holds no visible sheet; hidden are {', '.join(hidden)}")
    return [grid for grid in grids if grid.rows]


def _insist(archive: zipfile.ZipFile, content: bytes, display: str) -> None:
    unpacked = sum(part.file_size for part in archive.infolist())
    if len(content) > MOST_BYTES or unpacked > MOST_UNPACKED:
        raise ImportRefused(
            f"{display} is larger than {MOST_BYTES >> 20} MiB, or unpacks to more than is read; split it"
        )


def _sheet_parts(archive: zipfile.ZipFile) -> list[str]:
    """The part of each sheet, in the order of the workbook."""
    targets = {}
    for relationship in _TARGET.findall(archive.read("xl/_rels/workbook.xml.rels")):
        found = dict(_ATTRIBUTE.findall(relationship))
        target = found.get(b"Target", b"").decode()
        targets[found.get(b"Id", b"")] = target[1:] if target.startswith("/") else f"xl/{target}"
    return [targets[identity] for identity in _SHEET.findall(archive.read("xl/workbook.xml")) if identity in targets]


def _grid(sheet: Any, raw: bytes, display: str) -> Grid:  # noqa: ANN401 - openpyxl is not typed
    sheet.reset_dimensions()  # what the file says of its size is often wrong
    rows: dict[int, list[Cell]] = {}
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        row = [_cell(cell) for cell in cells[:MOST_COLUMNS]]
        if any(cell.text for cell in row):
            rows[number] = row
        if len(rows) > MOST_ROWS:
            raise ImportRefused(f"{display}!{sheet.title} has more than {MOST_ROWS} rows; split it")
    _spread(rows, raw)
    unreckoned = len(_UNRECKONED.findall(raw))
    notes = (
        (f"{unreckoned} formulas have no result in the file and count as empty: save it once in Excel",)
        if unreckoned
        else ()
    )
    return Grid(
        source=f"{display}!{sheet.title}:R",
        name=sheet.title,
        rows=tuple(tuple(rows[number]) for number in sorted(rows)),
        numbers=tuple(sorted(rows)),
        notes=notes,
    )


def _spread(rows: dict[int, list[Cell]], raw: bytes) -> None:
    """Give every cell of a merged range what the range shows."""
    spread, last = 0, max(rows, default=0)
    for reference in _MERGED.findall(raw):
        left, top, right, bottom = range_boundaries(reference.decode())
        shown = rows[top][left - 1] if top in rows and left <= len(rows[top]) else EMPTY
        if not shown.text:
            continue
        for number in range(top, min(bottom, last) + 1):
            row = rows.get(number, [])
            row += [EMPTY] * (min(right, MOST_COLUMNS) - len(row))
            row[left - 1 : right] = [shown] * (min(right, MOST_COLUMNS) - left + 1)
            spread += 1
        if spread > MOST_MERGED:
            raise ImportRefused("more merged cells than a list of devices can have")


def _cell(cell: Any) -> Cell:  # noqa: ANN401, PLR0911 - a return for each type that openpyxl gives
    value = cell.value
    if value is None:
        return EMPTY
    if cell.data_type == "e":
        return Cell(str(value), Stored.ERROR)
    match value:
        case bool():
            return Cell("true" if value else "false")
        case dt.date():  # a time of a day, too
            return Cell(_day(value), Stored.DATE, (value.month, value.day, value.year))
        case dt.time() | dt.timedelta():
            return Cell(str(value), Stored.TIME)
        case int() | float():
            return Cell(_number(value, str(cell.number_format or "")), Stored.NUMBER)
        case _:
            is_verbatim = cell.number_format == VERBATIM
            return Cell(str(value).strip(), Stored.VERBATIM if is_verbatim else Stored.TEXT)


def _day(value: dt.date) -> str:
    is_whole = not isinstance(value, dt.datetime) or value.time() == dt.time()
    return value.isoformat()[:10] if is_whole else str(value)[:16]


def _number(value: float, shown_as: str) -> str:
    whole = int(value) if float(value).is_integer() and abs(value) < 1e15 else None
    if whole is None:
        return repr(value)
    return str(whole).zfill(len(shown_as)) if _ZEROS.fullmatch(shown_as) and whole >= 0 else str(whole)
