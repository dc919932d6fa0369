"""What a key of the inventory may hold: the vocabulary in which `schema` is written and `reader` reads.

Pure data: a kind names a parser or a shape and does nothing by itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from netwatch.inventory.nodes import Table


@dataclass(frozen=True, slots=True)
class Scalar:
    """One text, read by `parse`."""

    parse: Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Ref:
    """The id of something in another section."""

    section: str


@dataclass(frozen=True, slots=True)
class Port:
    """A `PortRef`; its device must exist."""


@dataclass(frozen=True, slots=True)
class Subject:
    """`kind:id` of something that can be broken or maintained, such as `ring:ring-a`."""


@dataclass(frozen=True, slots=True)
class SecretRef:
    """Where a secret is kept, never the secret."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Any words to any words, as a column map has them."""


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list; in a CSV cell its items are parted by blanks, commas or semicolons. `count` when it must be exact."""

    item: "Kind"
    count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key: its `name` in the file, and the field (`into`) of the record that it fills."""

    name: str
    kind: "Kind"
    into: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A table with a closed set of keys.

    `keeps_extra`: free text columns are kept in `extra`. `short`: a bare text stands for this one key.
    `off`: the bare word `off` stands for "none of it" (read as None).
    """

    keys: tuple[Key, ...]
    keeps_extra: bool = False
    short: str = ""
    off: bool = False
    by_name: Mapping[str, Key] = field(init=False, repr=False, compare=False)
    names: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {key.name: key for key in self.keys})
        object.__setattr__(self, "names", tuple(key.name for key in self.keys))


@dataclass(frozen=True, slots=True)
class Section:
    """A table of records by id. Included files may hold it too."""

    block: Block


Kind = Scalar | Ref | Port | Subject | SecretRef | Pairs | ListOf | Block | Section


class Reference(NamedTuple):
    """An id that was named, and where."""

    file: str
    line: int
    where: str
    section: str
    id: str


class Record(NamedTuple):
    """One thing as read: its fields by the names of its `core.model` class. `broken` when a problem was found in it."""

    section: str
    id: str
    file: str
    line: int
    table: Table
    fields: dict[str, Any]
    broken: bool

    @property
    def where(self) -> str:
        return f"{self.section}.{self.id}"

    def line_of(self, key: str) -> int:
        """The line of one of its keys; its own where the key came from elsewhere (a default, a joined column)."""
        entry = self.table.entries.get(key)
        return entry.line if entry else self.line
