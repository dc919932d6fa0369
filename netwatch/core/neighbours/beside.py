"""(device, ifIndex) -> who is at the other end of that port, by the inventory: devices, and field devices.

When a port is said to have changed, its far end knows of it too; asked in the same moment, it settles what happened.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.model import Inventory, PortRef
from netwatch.core.names import match


@dataclass(frozen=True, slots=True, kw_only=True)
class FarSide:
    """What hangs on one port."""

    devices: tuple[str, ...] = ()
    field_devices: tuple[str, ...] = ()


NOBODY = FarSide()


class Beside:
    """Built once per inventory."""

    def __init__(self, inventory: Inventory) -> None:
        devices: dict[PortRef, list[str]] = defaultdict(list)
        fields: dict[PortRef, list[str]] = defaultdict(list)
        for link in inventory.links.values():
            for one, other in ((link.a, link.b), *link.members):
                devices[one].append(other.device)
                devices[other].append(one.device)
        for thing in inventory.field_devices.values():
            if thing.port is not None:
                fields[thing.port].append(thing.id)
        at: dict[str, dict[str, FarSide]] = defaultdict(dict)
        for port in {**devices, **fields}:
            there = FarSide(devices=tuple(devices.get(port, ())), field_devices=tuple(fields.get(port, ())))
            at[port.device][port.interface] = there
        self._at: Mapping[str, Mapping[str, FarSide]] = at

    def at(self, device: str, index: int, interfaces: InterfaceMap) -> FarSide:
        """Who is at the far end of the port that has this ifIndex now; nobody where that is not known."""
        ports = self._at.get(device)
        if ports is None or str(index) not in interfaces.indexes:
            return NOBODY
        row = interfaces.indexes.index(str(index))
        found: Sequence[FarSide] = [there for text, there in ports.items() if match(text, interfaces) == row]
        return FarSide(
            devices=tuple(dict.fromkeys(name for there in found for name in there.devices)),
            field_devices=tuple(dict.fromkeys(name for there in found for name in there.field_devices)),
        )
