"""Who is on the city's edge ports: strangers, registered devices in the wrong place, ports that come up unexpectedly.

In: what each device's bridge, LLDP and ports tell, one device after the other. Out: security events, the port that
each registered MAC is on, and how many strangers each port has.
"""

from collections.abc import Collection, Iterator, Mapping
from itertools import chain

from netwatch.core.device.record import DeviceState
from netwatch.core.edge.device import MANY_MACS, DeviceEdge, edge_of, risen, strangers
from netwatch.core.edge.inventory import EdgeInventory
from netwatch.core.events import Event, EventKind
from netwatch.core.model import NOTHING, FieldDevice, Inventory, PortRef
from netwatch.core.neighbours.sightings import MACS, Neighbour, Sightings
from netwatch.core.nothing import NOBODY
from netwatch.core.records import replace


class EdgeWatch:
    """The whole city's edge: what each device last told, and where each registered MAC was seen."""

    __slots__ = (
        "_absent_since",
        "_as_of",
        "_chassis",
        "_inventory",
        "_moved",
        "_places",
        "_revision",
        "_seen",
        "_unregistered",
    )

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = EdgeInventory(inventory)
        self._seen: dict[str, DeviceEdge] = {}
        self._unregistered: dict[str, Mapping[str, int]] = {}  # device -> what `unregistered` tells, where that is any
        self._chassis: dict[str, str] = {}  # chassis id -> device
        self._revision = 0  # how often the chassis ids known, or the inventory, have changed
        self._as_of: dict[str, int] = {}  # device -> the revision that it was last looked at under
        self._places: dict[str, dict[str, tuple[str, ...]]] = {}  # registered MAC -> device -> its edge ports
        self._absent_since: dict[str, float] = {}  # registered MAC -> when its own port was first read without it
        self._moved: dict[str, PortRef] = {}  # registered MAC -> where it was last told to have moved to

    def use(self, inventory: Inventory) -> None:
        """After a reload: what was seen is kept, and looked at anew when its device is next seen."""
        self._inventory = EdgeInventory(inventory)
        self._revision += 1
        for device in [device for device in self._seen if device not in inventory.devices]:
            self.forget(device)
        for device, edge in self._seen.items():
            self._seen[device] = edge.outdated()
        known = self._inventory.by_mac
        self._places = {mac: places for mac, places in self._places.items() if mac in known}
        self._absent_since = {mac: since for mac, since in self._absent_since.items() if mac in known}
        self._moved = {mac: where for mac, where in self._moved.items() if mac in known}

    def forget(self, device: str) -> None:
        """The device is no longer watched."""
        edge = self._seen.pop(device, DeviceEdge())
        self._unregistered.pop(device, None)
        self._as_of.pop(device, None)
        self._revision += 1
        for mac in chain.from_iterable(edge.macs.values()):
            self._places.get(mac, {}).pop(device, None)
        self._chassis = {chassis: one for chassis, one in self._chassis.items() if one != device}

    def see(self, device: str, state: DeviceState, *, at_wall_s: float) -> tuple[Event, ...]:
        """What is new on one device's edge ports. To be given every state with a new status or new sightings.

        It costs next to nothing where nothing changed. Rows in doubt are not looked at.
        """
        interfaces, sightings, oper = state.interfaces, state.sightings, tuple(state.status.oper)
        before = self._seen.get(device) or DeviceEdge()
        if interfaces.in_doubt or len(oper) != len(interfaces.names):
            return ()
        if before.is_of(interfaces, sightings, oper) and not self.is_outdated(device):
            if before.oper != oper:
                self._seen[device] = replace(before, oper=oper)
            return ()
        if before.is_older_than(interfaces, sightings, oper) and self._is_settled(device, before):
            self._seen[device] = replace(before, sightings=sightings)
            return ()
        uses = before.uses if before.interfaces is interfaces else None
        bare = edge_of(
            interfaces,
            sightings,
            oper,
            uses=self._inventory.uses(device, interfaces) if uses is None else uses,
            trunks=self._trunks(device, sightings),
        )
        self._as_of[device] = self._revision
        after, events = strangers(device, before, bare, is_known=self._is_known, at_wall_s=at_wall_s)
        self._seen[device] = after
        self._count_unregistered(device, after)
        touched = self._place(device, before, after, at_wall_s)
        return (*events, *risen(device, before, after, at_wall_s=at_wall_s), *self._moves(touched, at_wall_s))

    def _is_settled(self, device: str, edge: DeviceEdge) -> bool:
        """Whether the same read again tells nothing: nobody there is strange, or missing from a port of its own."""
        return (
            not edge.strangers
            and not self.is_outdated(device)
            and all(map(self._absent_since.keys().isdisjoint, edge.macs.values() if self._absent_since else ()))
        )

    def is_outdated(self, device: str) -> bool:
        """Whether it is to be looked at anew though it told nothing new: who is known in the city has changed."""
        return self._as_of.get(device) != self._revision

    def locate(self, mac: str) -> PortRef | None:
        """The edge port that a registered MAC is on, as the inventory calls it where it is its own; None: not known.

        Seen on its own port it is there, wherever else it is seen. Elsewhere it is on the port with the fewest MACs, of
        those that were read after its own port was first read without it.
        """
        one, places = self._inventory.by_mac.get(mac), self._places.get(mac)
        if one is None or not places:
            return None
        if one.port is not None:
            names = self._names_of(one.port)
            if not names.isdisjoint(places.get(one.port.device, ())):
                return one.port
            if not names:
                return None  # which port is its own is not known, or its switch was not seen yet
        found = [
            (len(self._seen[device].macs[name]), device, name)
            for device, names_there in places.items()
            for name in names_there
            if self._is_place(mac, one, device=device, name=name)
        ]
        return PortRef(device=min(found)[1], interface=min(found)[2]) if found else None

    def unregistered(self, device: str) -> Mapping[str, int]:
        """Edge port -> how many unregistered MACs are on it, where there are any."""
        return self._unregistered.get(device, NOTHING)

    @property
    def with_unregistered(self) -> Collection[str]:
        """The devices of which `unregistered` tells any."""
        return self._unregistered.keys()

    def _count_unregistered(self, device: str, edge: DeviceEdge) -> None:
        counts = {name: len(one.here) for name, one in edge.strangers.items() if one.here and name in edge.macs}
        if counts:
            self._unregistered[device] = counts
        else:
            self._unregistered.pop(device, None)

    def _trunks(self, device: str, sightings: Sightings) -> frozenset[str]:
        if sightings.chassis_id:
            self._revision += sightings.chassis_id not in self._chassis
            self._chassis[sightings.chassis_id] = device
        macs = sightings.macs or NOTHING
        neighbours = sightings.neighbours or ()
        leading = (one.interface for one in neighbours if self._leads_on(one, macs.get(one.interface, ())))
        return frozenset(leading) or NOBODY

    def _leads_on(self, neighbour: Neighbour, macs: Collection[str]) -> bool:
        """Whether a switch is behind the port: one of ours, or one of others, behind which there are several.

        Cameras and phones speak LLDP too.
        """
        host = neighbour.system_name.partition(".")[0]  # sysName may be a fully qualified domain name (RFC 3418)
        ours = self._inventory.names
        if neighbour.chassis_id in self._chassis or neighbour.system_name in ours or host in ours:
            return True
        told = {neighbour.chassis_id, neighbour.port_id}
        return len(macs) > 1 and told.isdisjoint(self._inventory.by_mac)

    def _is_known(self, mac: str) -> bool:
        return mac in self._inventory.by_mac or mac in self._chassis

    def _place(self, device: str, before: DeviceEdge, after: DeviceEdge, at_wall_s: float) -> set[str]:
        """Where the registered MACs are now; the MACs whose place this device has a say in."""
        registered = self._inventory.by_mac
        places: dict[str, tuple[str, ...]] = {}
        for name, macs in after.places():
            for mac in macs:
                if mac in registered:
                    places[mac] = (*places.get(mac, ()), name)
        gone = {
            mac for macs in before.macs.values() for mac in macs if device in self._places.get(mac, ())
        } - places.keys()
        for mac in gone:
            del self._places[mac][device]
        for mac, names in places.items():
            self._places.setdefault(mac, {})[device] = names
        return {*places, *gone, *self._miss(after, at_wall_s)}

    def _miss(self, edge: DeviceEdge, at_wall_s: float) -> Iterator[str]:
        """Note which of the devices registered here are not on their ports."""
        learned = edge.sightings.macs or NOTHING
        read_wall_s = edge.sightings.read_wall_s.get(MACS, at_wall_s)
        for name, ones in (edge.uses.fielded if edge.uses is not None else NOTHING).items():
            is_down = edge.is_down(name)
            for one in ones:
                if one.mac is None:
                    continue
                yield one.mac
                if is_down:
                    self._absent_since.setdefault(one.mac, at_wall_s)
                elif one.mac in learned.get(name, ()):
                    self._absent_since.pop(one.mac, None)
                elif name in learned:
                    self._absent_since.setdefault(one.mac, read_wall_s)

    def _names_of(self, port: PortRef) -> frozenset[str]:
        """What its device calls the port: one name, or none where the inventory's text is no row, or none was seen."""
        edge = self._seen.get(port.device)
        if edge is None or edge.uses is None:
            return frozenset()
        return frozenset(name for name, ones in edge.uses.fielded.items() if any(one.port == port for one in ones))

    def _is_place(self, mac: str, one: FieldDevice, *, device: str, name: str) -> bool:
        """Whether having seen a MAC on a port that is not its own puts it there.

        While its own switch does not tell that it is gone, only a port on which it is alone does: an uplink that the
        inventory does not know has more.
        """
        edge = self._seen[device]
        count = len(edge.macs[name])
        if one.port is None:
            return count <= MANY_MACS
        absent_since = self._absent_since.get(mac)
        if absent_since is None:
            return count == 1
        return count <= MANY_MACS and edge.sightings.read_wall_s.get(MACS, absent_since) >= absent_since

    def _moves(self, macs: Collection[str], at_wall_s: float) -> Iterator[Event]:
        for mac in sorted(macs):
            one, where = self._inventory.by_mac[mac], self.locate(mac)
            if one.port is None or where is None or where == self._moved.get(mac):
                continue
            if where == one.port:
                self._moved.pop(mac, None)
                continue
            self._moved[mac] = where
            yield Event(
                kind=EventKind.MAC_MOVED,
                subject=f"field_device:{one.id}",
                at_wall_s=at_wall_s,
                detail={"mac": mac, "from": str(one.port), "to": str(where)},
            )
