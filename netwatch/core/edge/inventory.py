"""What the inventory says of the edge: which ports its links use, which field devices hang where, whose MACs are known.

In: the inventory, and a device's index map. Out: tables to look up, built once per inventory and once per map.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.model import NOTHING, FieldDevice, Inventory, Link
from netwatch.core.names import NoMatch, match

# IANAifType of ports that a cable is plugged into: ethernetCsmacd, and what agents of before RFC 3635 say
PHYSICAL_TYPES = frozenset({6, 7, 26, 62, 69, 117})


@dataclass(frozen=True, slots=True)
class PortUses:
    """What one device's ports are used for, by the names of its index map. `unmatched`: texts that name no one row."""

    linked: frozenset[str] = frozenset()
    fielded: Mapping[str, tuple[FieldDevice, ...]] = NOTHING
    physical: frozenset[str] = frozenset()
    unmatched: frozenset[str] = frozenset()


class EdgeInventory:
    """The inventory, looked up by MAC and by device."""

    __slots__ = ("_fielded", "_linked", "_sets", "by_mac", "names")

    def __init__(self, inventory: Inventory) -> None:
        self.by_mac: dict[str, FieldDevice] = {}
        self.names = {name for one in inventory.devices.values() for name in (one.id, one.name) if name}
        self._sets: dict[frozenset[str], frozenset[str]] = {}  # switches of one make have the same ports
        self._linked: defaultdict[str, set[str]] = defaultdict(set)
        self._fielded: defaultdict[str, defaultdict[str, list[FieldDevice]]] = defaultdict(lambda: defaultdict(list))
        for link in inventory.links.values():
            self._add_link(link)
        for one in inventory.field_devices.values():
            if one.mac is not None:
                self.by_mac.setdefault(one.mac, one)
            if one.port is not None:
                self._fielded[one.port.device][one.port.interface].append(one)

    def _add_link(self, link: Link) -> None:
        for port in (link.a, link.b, *(port for member in link.members for port in member)):
            self._linked[port.device].add(port.interface)

    def uses(self, device: str, interfaces: InterfaceMap) -> PortUses:
        """The inventory's port texts as rows of this map."""
        link_texts = self._linked.get(device, set())
        linked = _named(link_texts, interfaces)
        texts: Mapping[str, list[FieldDevice]] = self._fielded.get(device, {})
        named = _named(texts, interfaces)
        fielded: defaultdict[str, list[FieldDevice]] = defaultdict(list)
        for text, name in named.items():
            fielded[name] += texts[text]
        types = interfaces.types or (None,) * len(interfaces.names)
        physical = [name for name, kind in zip(interfaces.names, types, strict=True) if kind in PHYSICAL_TYPES]
        return PortUses(
            linked=self._once(linked.values()),
            fielded={name: tuple(ones) for name, ones in fielded.items()} or NOTHING,
            physical=self._once(physical),
            unmatched=self._once((link_texts - linked.keys()) | (texts.keys() - named.keys())),
        )

    def _once(self, names: Iterable[str]) -> frozenset[str]:
        """One object for all sets of these names."""
        found = frozenset(names)
        return self._sets.setdefault(found, found)


def _named(texts: Iterable[str], interfaces: InterfaceMap) -> Mapping[str, str]:
    """Text -> the name of the row it means; those that mean none, or several, are left out."""
    rows = {text: match(text, interfaces) for text in texts}
    return {text: interfaces.names[row] for text, row in rows.items() if not isinstance(row, NoMatch)}
