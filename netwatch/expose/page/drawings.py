"""The inventory -> what can be drawn of it: each ring with the lines that hang on it, and the lines on no ring.

A ring is its devices in their order around it. A line is a tree of devices below a device; one that hangs on a ring is
drawn there. Made once for an inventory; how everything is at the moment comes on top of it (`drawing_record`).
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from netwatch.core.model import Inventory, Link, Role
from netwatch.core.topology.graph import Topology
from netwatch.core.topology.ring_sides import RingWay, ring_ways

RING, LINE = "ring", "line"


@dataclass(frozen=True, slots=True)
class Branch:
    """A device that hangs on another one by a link."""

    above: str
    link: str
    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """`around` devices in order, joined by `links` (one less where the ring is not closed by a link of its own).

    `branches`: depth first. `is_closed`: by itself, or through the ring it is a sub-ring of.
    """

    kind: str
    id: str
    around: tuple[str, ...]
    links: tuple[str, ...] = ()
    is_closed: bool = False
    branches: tuple[Branch, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawings:
    """Where everything is drawn."""

    all: Mapping[tuple[str, str], Drawing]
    by_device: Mapping[str, tuple[str, str]]
    by_link: Mapping[str, tuple[str, str]]

    def best_for(self, links: Iterable[str], devices: Iterable[str]) -> Drawing | None:
        """The one that shows most of these; links say more than devices."""
        for index, names in ((self.by_link, links), (self.by_device, devices)):
            places = [index[name] for name in names if name in index]
            if places:
                return self.all[max(dict.fromkeys(places), key=places.count)]
        return None


def drawings_of(topology: Topology) -> Drawings:
    """All drawings of a city. Takes some 50 ms for 10,000 devices: not for the event loop."""
    return _Draughtsman(topology).draw()


class _Draughtsman:
    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._inventory: Inventory = topology.inventory
        self._left = set(topology.names)
        self._in_ring = {link.id for link in topology.links.values() if link.ring is not None}

    def draw(self) -> Drawings:
        rings = [self._ring(name, way) for name, way in ring_ways(self._inventory).items()]
        rings = [one for one in rings if one.around]
        self._left -= {name for ring in rings for name in ring.around}
        # sub-rings first: what hangs on a device of theirs is drawn with the smaller of its rings
        order = sorted(rings, key=lambda one: (self._inventory.rings[one.id].parent is None, len(one.around)))
        hung = {one.id: self._hang(one.around) for one in order}
        found = [
            Drawing(
                kind=RING, id=one.id, around=one.around, links=one.links, is_closed=one.is_closed, branches=hung[one.id]
            )
            for one in rings
        ]
        found += self._lines()
        by_device: dict[str, tuple[str, str]] = {}
        by_link: dict[str, tuple[str, str]] = {}
        for one in found:
            by_link.update(dict.fromkeys((*one.links, *(branch.link for branch in one.branches)), one.key))
            for name in (*one.around, *(branch.device for branch in one.branches)):
                by_device.setdefault(name, one.key)
        return Drawings(all={one.key: one for one in found}, by_device=by_device, by_link=by_link)

    def _ring(self, name: str, way: RingWay) -> Drawing:
        links = [self._topology.links[link] for link in way.links]
        around = _walk(links)
        if around is None:  # its links are no single way: everything on it, none of it joined
            loose = dict.fromkeys(end for link in links for end in (link.a.device, link.b.device))
            return Drawing(kind=RING, id=name, around=tuple(loose))
        turned = _turned(around, way.links, self._rank, is_cycle=len(around) == len(links))
        return Drawing(kind=RING, id=name, around=turned[0], links=turned[1], is_closed=way.is_closed)

    def _rank(self, device: str) -> int:
        return tuple(Role).index(self._inventory.devices[device].role)

    def _hang(self, start: Collection[str]) -> tuple[Branch, ...]:
        """Everything not drawn yet that hangs on these by links of no ring, depth first."""
        found: list[Branch] = []
        stack = [Branch("", "", name) for name in reversed(list(start))]
        while stack:
            here = stack.pop()
            if here.above:
                if here.device not in self._left:
                    continue
                self._left.discard(here.device)
                found.append(here)
            for link in reversed(list(self._topology.links_of.get(here.device, ()))):
                other = self._topology.other_end(link, here.device)
                if link not in self._in_ring and other in self._left:
                    stack.append(Branch(here.device, link, other))
        return tuple(found)

    def _lines(self) -> list[Drawing]:
        """What is on no ring, and hangs on none: below the device nearest to the middle of the network."""
        roots = [name for name in self._topology.roots if name in self._left]
        others = sorted(self._left - set(roots), key=lambda name: (self._rank(name), name))
        found = []
        for name in (*roots, *others):
            if name in self._left:
                self._left.discard(name)
                found.append(Drawing(kind=LINE, id=name, around=(name,), branches=self._hang((name,))))
        return found


def _walk(links: list[Link]) -> tuple[str, ...] | None:
    """The devices along links that are in order; the first again is left out. None where they are not in order."""
    if not links:
        return ()
    ends = [(link.a.device, link.b.device) for link in links]
    for here in ends[0]:
        device, around = here, [here]
        for pair in ends:
            if device not in pair:
                break
            device = pair[1] if pair[0] == device else pair[0]
            around.append(device)
        else:
            is_cycle = len(ends) > 1 and around[-1] == around[0]
            return tuple(around[:-1] if is_cycle else around)
    return None


def _turned(
    around: tuple[str, ...], links: tuple[str, ...], rank: Callable[[str], int], *, is_cycle: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A ring begins at the device of the highest role; a chain at its better end."""
    if not is_cycle:
        return (around, links) if rank(around[0]) <= rank(around[-1]) else (around[::-1], links[::-1])
    best = min(range(len(around)), key=lambda place: rank(around[place]))
    return (*around[best:], *around[:best]), (*links[best:], *links[:best])
