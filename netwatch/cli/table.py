"""Rows of text -> lines for a terminal, their columns under each other."""

import unicodedata
from collections.abc import Sequence


def aligned(rows: Sequence[Sequence[str]], *, right: tuple[int, ...] = ()) -> list[str]:
    """Columns under each other; Hangul takes two places on a terminal."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [
            " " * (width - _width(cell)) + cell if place in right else cell + " " * (width - _width(cell))
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
