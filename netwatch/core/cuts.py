"""Which sets of links, lost together, part the city: answered for each set without walking through the graph.

In: a topology, with what is broken already. Out: for any set of links, into how many more parts its loss lets the city
fall. Every link that closes a loop over a spanning forest gets a random label, and every link of the forest the sum
(exclusive or) of those that go around it. Links whose labels sum to nothing are a cut: cycle space sampling (Pritchard
and Thurimella, "Fast computation of small cuts via cycle space sampling", ACM Transactions on Algorithms 7(4), 2011).
"""

from collections.abc import Collection, Iterable, Mapping
from hashlib import blake2b

from netwatch.core.topology import OUT_OF_BAND, Topology

LABEL_OCTETS = 64
MOST = 8 * LABEL_OCTETS - 64  # links in a set: of more, the labels could sum to nothing by chance


class Cuts:
    """Built once for a city as it stands."""

    def __init__(self, topology: Topology, *, broken: Collection[str] = (), stopped: Collection[str] = ()) -> None:
        gone, still = set(broken), set(stopped)
        self._links: dict[str, tuple[str, str]] = {}
        self._at: dict[str, list[tuple[str, str]]] = {name: [] for name in topology.names if name not in still}
        for name, link in topology.links.items():
            a, b = link.a.device, link.b.device
            if name not in gone and link.over != OUT_OF_BAND and a != b and not still & {a, b}:
                self._links[name] = (a, b)
                self._at[a].append((name, b))
                self._at[b].append((name, a))
        self._labels = self._labelled()

    def pieces(self, links: Iterable[str]) -> int:
        """Into how many more parts the city falls without these links; at most `MOST` of them."""
        return self._dependent(label for name in set(links) if (label := self._labels.get(name)) is not None)

    def loops(self, links: Iterable[str]) -> tuple[str, ...]:
        """Those of the links that are not alone on their way: a loop goes through each."""
        return tuple(name for name in links if self._labels.get(name))

    @staticmethod
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

    def _labelled(self) -> Mapping[str, int]:
        order, above = self._forest()
        in_forest = {name for name, _ in above.values()}
        sums = dict.fromkeys(order, 0)
        labels: dict[str, int] = {}
        for name, (a, b) in self._links.items():
            if name not in in_forest:
                label = int.from_bytes(blake2b(name.encode(), digest_size=LABEL_OCTETS).digest(), "big")
                labels[name] = label
                sums[a] ^= label
                sums[b] ^= label
        for device in reversed(order):
            if device in above:
                name, parent = above[device]
                labels[name] = sums[device]
                sums[parent] ^= sums[device]
        return labels

    def _forest(self) -> tuple[list[str], Mapping[str, tuple[str, str]]]:
        """The devices in an order in which each comes after the one above it; device -> (link to it, that one)."""
        order: list[str] = []
        above: dict[str, tuple[str, str]] = {}
        seen: set[str] = set()
        for root in self._at:
            if root in seen:
                continue
            seen.add(root)
            waiting = [root]
            while waiting:
                device = waiting.pop()
                order.append(device)
                for name, other in self._at[device]:
                    if other not in seen:
                        seen.add(other)
                        above[other] = (name, device)
                        waiting.append(other)
        return order, above
