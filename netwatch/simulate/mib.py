"""The objects one agent has, in SNMP order: names in, positions out (RFC 3416 section 4.2).

A view knows names only. Agents of one make and size share one view; each keeps its own values by position.
"""

from bisect import bisect_right
from collections.abc import Iterable

from netwatch.snmp import ber

Arcs = tuple[int, ...]


class MibView:
    """An immutable, sorted set of object names. Names are the content octets of OBJECT IDENTIFIERs."""

    __slots__ = ("_positions", "arcs", "names")

    def __init__(self, objects: Iterable[Arcs]) -> None:
        self.arcs: tuple[Arcs, ...] = tuple(sorted(set(objects)))
        self.names: tuple[bytes, ...] = tuple(ber.oid_content(".".join(map(str, arcs))) for arcs in self.arcs)
        self._positions = {name: position for position, name in enumerate(self.names)}

    def __len__(self) -> int:
        return len(self.arcs)

    def position(self, name: bytes) -> int | None:
        """Where exactly this object stands; None when there is none."""
        return self._positions.get(name)

    def after(self, name: bytes) -> int:
        """The position of the first object behind `name`; `len(view)` at the end. Malformed when `name` is no name."""
        known = self._positions.get(name)
        return bisect_right(self.arcs, ber.content_arcs(name)) if known is None else known + 1

    def has_siblings(self, name: bytes) -> bool:
        """Whether other instances of the same object exist: noSuchInstance rather than noSuchObject."""
        stem = ber.content_arcs(name)[:-1]
        behind = bisect_right(self.arcs, stem)
        return behind < len(self.arcs) and self.arcs[behind][: len(stem)] == stem
