"""What an LLDP neighbour says of itself -> which of our devices it is, and which port of it.

In: the inventory, and what each device's own agent says of the device. Out: a far end, or nothing where the words fit
no device or several: switches fresh from the factory are all called "Switch".
"""

from dataclasses import dataclass

from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.device.record import DeviceState
from netwatch.core.model import Inventory, PortRef
from netwatch.core.names import NoMatch, match
from netwatch.core.neighbours.sightings import Neighbour

# Ways to know a device, in the order in which they are believed
_CHASSIS, _SYS_NAME, _DECLARED, _SHORT, _ADDRESS = range(5)
Mark = tuple[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FarEnd:
    """A device of ours, and the name of the port in its InterfaceMap; None where the neighbour told none it knows."""

    device: str
    port: str | None = None

    def __str__(self) -> str:
        return self.device if self.port is None else f"{self.device} {self.port}"


class Directory:
    """All devices by what they may be called. It grows with every device that is seen."""

    def __init__(self) -> None:
        self._holder: dict[Mark, str] = {}  # of marks that only one has, as nearly all are
        self._holders: dict[Mark, set[str]] = {}  # of the others
        self._declared: dict[str, tuple[Mark, ...]] = {}
        self._learned: dict[str, tuple[Mark, ...]] = {}
        self._interfaces: dict[str, InterfaceMap] = {}
        self._names: dict[str, dict[str, str]] = {}  # device -> port text -> its name in the map
        self.revision = 0  # how often what it knows has changed

    def use(self, inventory: Inventory) -> None:
        """Know the devices of this inventory, and no others."""
        for gone in [name for name in self._declared if name not in inventory.devices]:
            self._hold(gone, self._learned, set())
            self._hold(gone, self._declared, set())
            for table in (self._learned, self._declared, self._interfaces, self._names):
                table.pop(gone, None)
        for device in inventory.devices.values():
            names = {(_DECLARED, text.casefold()) for text in (device.id, device.name) if text}
            self._hold(device.id, self._declared, {*names, (_ADDRESS, device.address)})

    def see(self, device: str, state: DeviceState) -> None:
        """What the device's agent says of the device."""
        name, chassis_id = state.identity.sys_name.strip().casefold(), state.sightings.chassis_id
        marks = {(_CHASSIS, chassis_id), (_SYS_NAME, name), (_SHORT, _first_label(name))}
        self._hold(device, self._learned, {mark for mark in marks if mark[1]})
        before = self._interfaces.get(device)
        if before is not state.interfaces:
            self.revision += before != state.interfaces
            self._interfaces[device] = state.interfaces
            self._names.pop(device, None)

    def knows_chassis(self, device: str) -> bool:
        """Whether its own agent has told by which chassis id its neighbours know it."""
        return any(kind == _CHASSIS for kind, _ in self._learned.get(device, ()))

    def knows_ports(self, device: str) -> bool:
        return bool(self._interfaces.get(device, InterfaceMap()).names)

    def far_end(self, neighbour: Neighbour) -> FarEnd | None:
        """None where it is none of ours for sure."""
        device = self._device(neighbour)
        return None if device is None else FarEnd(device=device, port=self._port(device, neighbour))

    def name_of(self, port: PortRef) -> PortRef:
        """The port under its name in the device's InterfaceMap; as it is where the map has no such port."""
        names = self._names.setdefault(port.device, {})
        if port.interface not in names:
            interfaces = self._interfaces.get(port.device, InterfaceMap())
            row = match(port.interface, interfaces)
            names[port.interface] = port.interface if isinstance(row, NoMatch) else interfaces.names[row]
        name = names[port.interface]
        return port if name == port.interface else PortRef(device=port.device, interface=name)

    def _device(self, neighbour: Neighbour) -> str | None:
        name = neighbour.system_name.strip().casefold()
        for mark in (
            (_CHASSIS, neighbour.chassis_id),
            (_SYS_NAME, name),
            (_DECLARED, name),
            (_SYS_NAME, _first_label(name)),
            (_DECLARED, _first_label(name)),
            (_SHORT, name),
            (_ADDRESS, neighbour.chassis_id),
        ):
            if mark[1] and mark in self._holder:
                return self._holder[mark]
        return None

    def _port(self, device: str, neighbour: Neighbour) -> str | None:
        """A MAC or a number as port id says nothing by itself; then the description may."""
        interfaces = self._interfaces.get(device)
        if interfaces is None:
            return None
        for text in (neighbour.port_id.strip(), neighbour.port_description.strip()):
            row = match(text, interfaces) if text else NoMatch.ABSENT
            if not isinstance(row, NoMatch):
                return interfaces.names[row]
        return None

    def _hold(self, device: str, table: dict[str, tuple[Mark, ...]], marks: set[Mark]) -> None:
        before = set(table.get(device, ()))
        if marks == before:
            return
        self.revision += 1
        table[device] = tuple(marks)
        for mark in before - marks:
            self._take(mark, device)
        for mark in marks - before:
            self._give(mark, device)

    def _give(self, mark: Mark, device: str) -> None:
        if mark in self._holders:
            self._holders[mark].add(device)
        elif mark in self._holder:
            self._holders[mark] = {self._holder.pop(mark), device}
        else:
            self._holder[mark] = device

    def _take(self, mark: Mark, device: str) -> None:
        holders = self._holders.get(mark)
        if holders is None:
            del self._holder[mark]
            return
        holders.remove(device)
        if len(holders) == 1:
            self._holder[mark] = holders.pop()
            del self._holders[mark]


def _first_label(name: str) -> str:
    """The host of a domain name; nothing where it is none."""
    label, dot, _ = name.partition(".")
    return label if dot and not label.isdigit() else ""
