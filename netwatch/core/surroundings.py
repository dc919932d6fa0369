"""Inventory -> each device with what is said around it: its site, charset, cap, ports and their capacities."""

from collections import defaultdict
from collections.abc import Mapping
from itertools import chain

from netwatch.core.device.ports import Ground
from netwatch.core.device.state import Watched
from netwatch.core.model import Inventory
from netwatch.core.nothing import NOBODY
from netwatch.core.observation import DEVICE, FIELD_DEVICE


def subjects(inventory: Inventory) -> frozenset[str]:
    """`device:ID`, `field_device:ID`, `link:ID` and `ring:ID` of all that is watched."""
    return frozenset(
        chain(
            (DEVICE + name for name in inventory.devices),
            (FIELD_DEVICE + name for name in inventory.field_devices),
            (f"link:{name}" for name in inventory.links),
            (f"ring:{name}" for name in inventory.rings),
        )
    )


def watched_devices(inventory: Inventory) -> Mapping[str, Watched]:
    """Device id -> Watched."""
    capacities: dict[str, dict[str, int]] = defaultdict(dict)
    ports: dict[str, set[str]] = defaultdict(set)
    for link in inventory.links.values():
        for end in (link.a, link.b):
            ports[end.device].add(end.interface)
            if link.capacity_bps is not None:
                capacities[end.device][end.interface] = link.capacity_bps
        for end in chain.from_iterable(link.members):
            ports[end.device].add(end.interface)
    for one in inventory.field_devices.values():
        if one.port is not None:
            ports[one.port.device].add(one.port.interface)
    return {
        name: Watched(
            ground=Ground(
                device=device,
                charset=inventory.charset,
                max_interfaces=inventory.settings.max_interfaces_per_device,
                capacities_bps=capacities.get(name, {}),
                ports=frozenset(ports.get(name, ())) or NOBODY,
            ),
            site=inventory.sites[device.site],
        )
        for name, device in inventory.devices.items()
    }
