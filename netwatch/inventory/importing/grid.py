"""A sheet as somebody sees it: rows of cells, each with how the file keeps it. What every reader of files gives.

In: nothing. Out: the types between the readers and the rest. A cell's text is what is shown; how it is stored says what
may have been lost on the way: a number its leading zeros, a date that it ever was a port.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from netwatch.core.model import NOTHING

MOST_BYTES = 64 * 1024 * 1024
MOST_ROWS = 200_000
MOST_COLUMNS = 256


class ImportRefused(ValueError):  # noqa: N818 - reads as what it says
    """A file, or a mapping, that cannot be read as a whole; the message is the sentence, with its place."""


class Stored(StrEnum):
    """How a file keeps a cell."""

    TEXT = "text"
    VERBATIM = "verbatim"  # in a cell of the format "text", of which no spreadsheet makes anything else
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    ERROR = "error"  # what a formula came to


class Cell(NamedTuple):
    """One cell. `day`: month, day and year where it is a date."""

    text: str = ""
    stored: Stored = Stored.TEXT
    day: tuple[int, int, int] | None = None


EMPTY = Cell()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """One sheet, or one list of an export. `section`: what it fills, where the format itself tells."""

    source: str  # how places begin: `cameras.xlsx!Sheet1:R`, `cameras.csv:`
    name: str = ""  # the sheet's
    rows: tuple[tuple[Cell, ...], ...] = ()
    numbers: tuple[int, ...] = ()  # of the rows, as the file counts them
    section: str = ""
    notes: tuple[str, ...] = ()  # what is to be said of the sheet as a whole
    columns: Mapping[str, str] = field(default=NOTHING)  # title -> key, where the format itself tells

    def place(self, position: int) -> str:
        """Where a row stands, for people: `cameras.xlsx!Sheet1:R12`."""
        return f"{self.source}{self.numbers[position]}"


def cell_at(row: tuple[Cell, ...], column: int) -> Cell:
    """Rows end where their last cell is."""
    return row[column] if column < len(row) else EMPTY
