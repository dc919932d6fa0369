"""What a file says before anyone asks what it means: texts, tables and lists, each with its line.

In: nothing. Out: the node types that `yaml_source` and `csv_source` make and `reader` reads. A scalar stays text
here, whatever YAML 1.1 would make of it: `007`, `on`, `1:30` and `00:11:22:33:44:55` are read by the schema alone.
"""

from typing import NamedTuple


class Text(NamedTuple):
    """A scalar, NFC. `quoted` tells an empty value (`key:`) from an empty text (`key: ''`)."""

    value: str
    line: int
    quoted: bool = False


class Entry(NamedTuple):
    """One key's value; `line` is the key's own line."""

    line: int
    value: "Node"


class Table(NamedTuple):
    entries: dict[str, Entry]
    line: int


class Items(NamedTuple):
    values: list["Node"]
    line: int


class Unreadable(NamedTuple):
    """Stands where something was refused and reported; readers pass over it in silence."""

    line: int


Node = Text | Table | Items | Unreadable


class Source(NamedTuple):
    """One file, read. `root` is None where it could not be; `cells` when the texts are cells of a CSV."""

    file: str
    root: Table | None
    cells: bool = False
