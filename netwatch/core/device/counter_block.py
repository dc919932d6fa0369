"""The counters of one device as one array: column behind column, each with a cell for every row.

As an array for each column they lie apart, and in a city of thousands each is fetched from memory by itself: that took
17 µs of a poll. A column is cut out when somebody asks for it, a row likewise.
"""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from types import MappingProxyType


class CounterBlock(Mapping[str, "array[int]"]):
    """Column -> its cells. `cells` are all of them, `rows` for each of `names` in their order. It never changes."""

    __slots__ = ("_places", "cells", "names", "rows")

    def __init__(self, names: tuple[str, ...], cells: "array[int]", places: Mapping[str, slice]) -> None:
        self.names = names
        self.cells = cells
        self.rows = len(cells) // len(names)
        self._places = places

    @classmethod
    def of(cls, names: tuple[str, ...], columns: Mapping[str, Sequence[int]]) -> "CounterBlock":
        """These columns, which are of one length. ValueError where there is none."""
        if not names:
            raise ValueError("no block without columns")
        rows = len(columns[names[0]])
        cells = array("Q", list(chain.from_iterable([columns[name] for name in names])))
        return cls(names, cells, _places(names, rows))

    def filled(self, cells: "array[int]") -> "CounterBlock":
        """The same columns with other cells, as many."""
        return CounterBlock(self.names, cells, self._places)

    def across(self, row: int) -> "array[int]":
        """One row: a cell of each column, in the order of `names`."""
        return self.cells[row :: self.rows]

    def __getitem__(self, name: str) -> "array[int]":
        return self.cells[self._places[name]]

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def __repr__(self) -> str:
        return f"CounterBlock({dict(self)!r})"


@lru_cache(maxsize=1024)
def _places(names: tuple[str, ...], rows: int) -> Mapping[str, slice]:
    """Switches of one make have the same."""
    return MappingProxyType({name: slice(at * rows, (at + 1) * rows) for at, name in enumerate(names)})
