"""The inventory, looked up once -> what goes dark for the work on a subject, for as many subjects as are asked for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain

from netwatch.core.model import Inventory, Link, PortRef


class Coverage:
    """Of one inventory.

    A site covers its devices and field devices, with their ports; a device its ports, the links that end there and
    the field devices on it; a port its link and field devices; a cable or a ring its links. A cable, ring or site
    all of which is covered is covered too: whatever is told of it is told of what is being worked on.
    """

    def __init__(self, inventory: Inventory) -> None:
        self._standing = _standing(inventory)
        self._hanging = _hanging(inventory)
        self._runs = _runs(inventory)
        self._parts = {**self._runs, **_things_by_site(inventory)}
        self._wholes: defaultdict[str, list[str]] = defaultdict(list)
        for whole, parts in self._parts.items():
            for part in parts:
                self._wholes[part].append(whole)

    def of(self, subjects: Iterable[str]) -> frozenset[str]:
        """The subjects, with all that may go dark for the work on them."""
        found = set(subjects)
        for table in (self._standing, self._hanging, self._runs):
            found.update(chain.from_iterable(table.get(subject, ()) for subject in tuple(found)))
        near = {whole for part in found for whole in self._wholes.get(part, ())}
        found.update(whole for whole in near if self._parts[whole] <= found)
        return frozenset(found)


def link_ports(link: Link) -> tuple[PortRef, ...]:
    """Both ends of the link, and those of its members."""
    return (link.a, link.b, *chain.from_iterable(link.members))


def _standing(inventory: Inventory) -> Mapping[str, set[str]]:
    """`site:…` -> its devices, and its field devices with their ports."""
    found = _things_by_site(inventory)
    for one in inventory.field_devices.values():
        if one.port is not None:
            found[f"site:{one.site}"].add(f"port:{one.port}")
    return found


def _hanging(inventory: Inventory) -> Mapping[str, set[str]]:
    """`device:…` and `port:…` -> its ports that the inventory names, links and field devices."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for link in inventory.links.values():
        for port in link_ports(link):
            _hang(found, port, f"link:{link.id}")
    for one in inventory.field_devices.values():
        if one.port is not None:
            _hang(found, one.port, f"field_device:{one.id}")
    return found


def _hang(found: Mapping[str, set[str]], port: PortRef, subject: str) -> None:
    for on in (f"device:{port.device}", f"port:{port}"):
        found[on].update((subject, f"port:{port}"))


def _runs(inventory: Inventory) -> Mapping[str, set[str]]:
    """`cable:…` and `ring:…` -> the links that run in it."""
    runs: defaultdict[str, set[str]] = defaultdict(set)
    for link in inventory.links.values():
        for run in link.fibre:
            runs[f"cable:{run.cable}"].add(f"link:{link.id}")
        if link.ring is not None:
            runs[f"ring:{link.ring}"].add(f"link:{link.id}")
    return runs


def _things_by_site(inventory: Inventory) -> Mapping[str, set[str]]:
    things: defaultdict[str, set[str]] = defaultdict(set)
    for device in inventory.devices.values():
        things[f"site:{device.site}"].add(f"device:{device.id}")
    for one in inventory.field_devices.values():
        things[f"site:{one.site}"].add(f"field_device:{one.id}")
    return things
