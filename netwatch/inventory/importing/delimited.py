"""The bytes of a CSV file, in whatever form a spreadsheet saved it -> one grid.

UTF-8 with or without BOM, UTF-16 with or without one ("Unicode text", parted by tabs), else the city's own charset;
commas, semicolons, tabs. Quoted line breaks belong to their cell, and a row's number is the line it begins on.
"""

import codecs
import csv
import io

from netwatch.inventory.importing.grid import (
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_ROWS,
    Cell,
    Grid,
    ImportRefused,
)

DELIMITERS = (",", ";", "\t")
LOOKED_AT = 30  # lines, to see what parts the cells


def read_delimited(content: bytes, display: str, *, charset: str) -> Grid:
    """ImportRefused where it can be read in no charset, or is not CSV. `charset` is tried after UTF-8."""
    if len(content) > MOST_BYTES:
        raise ImportRefused(f"{display} is larger than {MOST_BYTES >> 20} MiB; split it")
    text = decoded(content, display, charset=charset)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[tuple[Cell, ...]] = []
    numbers: list[int] = []
    line = 1
    try:
        for cells in reader:
            row = tuple(Cell(cell.strip()) for cell in cells[:MOST_COLUMNS])
            if any(cell.text for cell in row):
                rows.append(row)
                numbers.append(line)
            line = reader.line_num + 1
    except csv.Error as error:
        raise ImportRefused(f"{display}:{line} is not valid CSV: {error}") from error
    if len(rows) > MOST_ROWS:
        raise ImportRefused(f"{display} has more than {MOST_ROWS} rows; split it")
    return Grid(source=f"{display}:", rows=tuple(rows), numbers=tuple(numbers))


def decoded(content: bytes, display: str, *, charset: str) -> str:
    """The text of a file, with what it begins with taken as what it is."""
    for name in _charsets(content, charset):
        try:
            return content.decode(name)
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
    raise ImportRefused(f"{display}:{line} is neither UTF-8 nor {charset}; name its charset with --charset")


def _charsets(content: bytes, charset: str) -> tuple[str, ...]:
    if content.startswith(codecs.BOM_UTF8):
        return ("utf-8-sig",)
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    head = content[:2000]
    if b"\0" in head:  # no text of one byte a letter has one
        return ("utf-16-le",) if head[1::2].count(0) >= head[::2].count(0) else ("utf-16-be",)
    return ("utf-8", charset)


def _delimiter(text: str) -> str:
    """The one that most often parts something in the first lines, outside quotes."""
    head = "\n".join(text.split("\n", LOOKED_AT)[:LOOKED_AT])
    bare = "".join(head.split('"')[::2])
    return max(DELIMITERS, key=bare.count)
