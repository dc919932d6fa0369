"""The inventory's links by the ports they end at, under the names that the devices themselves give them.

In: the inventory, and the directory of names. Out: which link a port is declared to belong to, and its far end there.
"""

from collections import defaultdict
from collections.abc import Iterable

from netwatch.core.model import Inventory, Link, PortRef
from netwatch.core.neighbours.far_end import Directory


class DeclaredLinks:
    """Rebuilt with each inventory; a device's names are looked up again with each of its readings."""

    def __init__(self, inventory: Inventory, directory: Directory) -> None:
        self._directory = directory
        self.links = inventory.links
        self._by_device: defaultdict[str, set[str]] = defaultdict(set)
        for link in inventory.links.values():
            for one, other in joints(link):
                self._by_device[one.device].add(link.id)
                self._by_device[other.device].add(link.id)
        self._at: dict[PortRef, tuple[str, PortRef]] = {}  # by name: the link, its far end
        self._named: dict[str, tuple[PortRef, ...]] = {}
        for device in self._by_device:
            self.rename(device)

    def rename(self, device: str) -> None:
        """Take the names that the directory has for the device's ports now."""
        for port in self._named.pop(device, ()):
            self._at.pop(port, None)
        named = []
        for identity in self._by_device.get(device, ()):
            for one, other in joints(self.links[identity]):
                for own, far in ((one, other), (other, one)):
                    if own.device == device:
                        named.append(self._directory.name_of(own))
                        self._at[named[-1]] = identity, far
        self._named[device] = tuple(named)

    def of_device(self, device: str) -> frozenset[str]:
        return frozenset(self._by_device.get(device, ()))

    def at(self, port: PortRef) -> str | None:
        """The link that is declared to end at the port."""
        found = self._at.get(port)
        return None if found is None else found[0]

    def beyond(self, port: PortRef) -> PortRef | None:
        """The port that is declared to be at the other end."""
        found = self._at.get(port)
        return None if found is None else self._directory.name_of(found[1])

    def between(self, one: str, other: str) -> Iterable[Link]:
        """The links declared between two devices."""
        return (self.links[identity] for identity in self.of_device(one) & self.of_device(other))


def joints(link: Link) -> tuple[tuple[PortRef, PortRef], ...]:
    """The pairs of physical ports that a link is made of: its members where it has some, else its ends."""
    return link.members or ((link.a, link.b),)
