"""The way of a device to an anchor of a service: hop by hop, whole if there is a whole one, else where it is broken."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from netwatch.core.topology.graph import OUT_OF_BAND, Topology


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """Over which link to which device."""

    link: str
    device: str
    is_broken: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The hops from `start`; none where it is the anchor itself."""

    start: str
    hops: tuple[Hop, ...]

    @property
    def is_broken(self) -> bool:
        return any(hop.is_broken for hop in self.hops)


class Ways:
    """The shortest ways, worked out once for each set of anchors."""

    def __init__(self, topology: Topology, broken: Collection[str] = ()) -> None:
        self._topology = topology
        self._broken = broken
        self._trees: dict[tuple[tuple[str, ...], bool], Mapping[str, Hop | None]] = {}

    def of(self, device: str, service: str | None) -> Way | None:
        """None where the inventory knows no way to any anchor."""
        anchors = self._topology.anchors(service)
        for avoid in (True, False):
            tree = self._tree(anchors, avoid=avoid)
            if device in tree:
                return Way(start=device, hops=tuple(self._walk(tree, device)))
        return None

    def _walk(self, tree: Mapping[str, Hop | None], device: str) -> list[Hop]:
        hops = []
        while (hop := tree[device]) is not None:
            hops.append(hop)
            device = hop.device
        return hops

    def _tree(self, anchors: Sequence[str], *, avoid: bool) -> Mapping[str, Hop | None]:
        """Device -> its next hop towards the nearest anchor."""
        key = tuple(anchors), avoid
        known = self._trees.get(key)
        if known is not None:
            return known
        topology = self._topology
        tree: dict[str, Hop | None] = {name: None for name in anchors if name in topology.number}
        near = list(tree)
        for device in near:  # it grows as it is walked
            for link in topology.links_of.get(device, ()):
                other, is_broken = topology.other_end(link, device), link in self._broken
                if other not in tree and not (is_broken and avoid) and topology.links[link].over != OUT_OF_BAND:
                    tree[other] = Hop(link=link, device=device, is_broken=is_broken)
                    near.append(other)
        self._trees[key] = tree
        return tree
