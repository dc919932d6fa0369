"""Inventory -> each device with what is said around it: its site, charset, cap, and the capacities of its links."""

from collections import defaultdict
from collections.abc import Mapping

from netwatch.core.model import Inventory
from netwatch.core.ports import Ground
from netwatch.core.state import Watched


def watched_devices(inventory: Inventory) -> Mapping[str, Watched]:
    """Device id -> Watched."""
    capacities: dict[str, dict[str, int]] = defaultdict(dict)
    for link in inventory.links.values():
        if link.capacity_bps is not None:
            for end in (link.a, link.b):
                capacities[end.device][end.interface] = link.capacity_bps
    return {
        name: Watched(
            ground=Ground(
                device=device,
                charset=inventory.charset,
                max_interfaces=inventory.settings.max_interfaces_per_device,
                capacities_bps=capacities.get(name, {}),
            ),
            site=inventory.sites[device.site],
        )
        for name, device in inventory.devices.items()
    }
