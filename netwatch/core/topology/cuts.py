"""Which sets of links, lost together, cut somebody off: answered for each set without walking through the graph.

In: a topology with what is broken already, and the roots that all must reach. Out: for any set of links, into how many
more parts its loss lets fall what hangs together with the roots. Every link that closes a loop over a spanning tree
gets a random label, and every link of the tree the sum (exclusive or) of those that go around it. Links whose labels
sum to nothing are a cut: cycle space sampling (Pritchard and Thurimella, "Fast computation of small cuts via cycle
space sampling", ACM Transactions on Algorithms 7(4), 2011).
"""

from collections.abc import Collection, Iterable, Mapping
from hashlib import blake2b

from netwatch.core.topology.graph import OUT_OF_BAND, Topology

ROOT = ""  # no device has this id
LABEL_OCTETS = 64
MOST = 8 * LABEL_OCTETS - 64  # links in a set: of more, the labels could sum to nothing by chance


class Cuts:
    """Built once for a city as it stands, and one set of roots, which count as one place."""

    def __init__(
        self,
        topology: Topology,
        roots: Collection[str],
        *,
        broken: Collection[str] = (),
        stopped: Collection[str] = (),
    ) -> None:
        gone, still, self._roots = set(broken), set(stopped), set(roots)
        self._links: dict[str, tuple[str, str]] = {}
        self._at: dict[str, list[tuple[str, str]]] = {ROOT: []}
        for name, link in topology.links.items():
            ends = link.a.device, link.b.device
            if name in gone or link.over == OUT_OF_BAND or not still.isdisjoint(ends):
                continue
            a, b = (ROOT if end in self._roots else end for end in ends)
            if a != b:
                self._links[name] = (a, b)
                self._at.setdefault(a, []).append((name, b))
                self._at.setdefault(b, []).append((name, a))
        self._order, self._above = self._tree()
        self._reached = frozenset(self._order)
        self._labels = self._labelled()

    def reaches(self, device: str) -> bool:
        """Whether the device has a way to a root, or is one."""
        return device in self._roots or device in self._reached

    def pieces(self, links: Iterable[str]) -> int:
        """Into how many more parts it falls without these links; at most `MOST` of them."""
        return _dependent(label for name in set(links) if (label := self._labels.get(name)) is not None)

    def loops(self, links: Iterable[str]) -> tuple[str, ...]:
        """Those of the links that are not alone on their way: a loop goes through each."""
        return tuple(name for name in links if self._labels.get(name))

    def _tree(self) -> tuple[list[str], Mapping[str, tuple[str, str]]]:
        """The devices in an order in which each comes after the one above it; device -> (link to it, that one)."""
        order: list[str] = []
        above: dict[str, tuple[str, str]] = {}
        seen, waiting = {ROOT}, [ROOT]
        while waiting:
            device = waiting.pop()
            order.append(device)
            for name, other in self._at[device]:
                if other not in seen:
                    seen.add(other)
                    above[other] = (name, device)
                    waiting.append(other)
        return order, above

    def _labelled(self) -> Mapping[str, int]:
        in_tree = {name for name, _ in self._above.values()}
        sums = dict.fromkeys(self._order, 0)
        labels: dict[str, int] = {}
        for name, (a, b) in self._links.items():
            if name not in in_tree and a in self._reached:
                label = int.from_bytes(blake2b(name.encode(), digest_size=LABEL_OCTETS).digest(), "big")
                labels[name] = label
                sums[a] ^= label
                sums[b] ^= label
        for device in reversed(self._order[1:]):
            name, parent = self._above[device]
            labels[name] = sums[device]
            sums[parent] ^= sums[device]
        return labels


def _dependent(labels: Iterable[int]) -> int:
    """How many labels are the sum of others: Gaussian elimination over GF(2)."""
    basis: dict[int, int] = {}
    superfluous = 0
    for label in labels:
        left = label
        while left and (place := left.bit_length()) in basis:
            left ^= basis[place]
        if left:
            basis[left.bit_length()] = left
        else:
            superfluous += 1
    return superfluous
