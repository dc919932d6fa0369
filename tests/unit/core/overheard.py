"""A small network of cables that lie where they lie, and what its devices hear of each other over LLDP."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.device.record import DeviceState, Identity, InterfaceStatus
from netwatch.core.events import Event
from netwatch.core.model import Inventory, Link, PortRef
from netwatch.core.neighbours.drift import Drift
from netwatch.core.neighbours.link_drift import Discrepancy
from netwatch.core.neighbours.sightings import NEIGHBOURS, Neighbour, Sightings
from tests.unit.core.polled import make_device
from tests.unit.engine.town import inventory

UP, DOWN = 1, 2


def port(text: str) -> PortRef:
    device, _, interface = text.partition(" ")
    return PortRef(device=device, interface=interface)


def declared(*links: str, **changes: object) -> Inventory:
    """`l-1: a-1 Te1 = b-1 Te1` for each link, and their devices with them."""
    made = {}
    for text in links:
        name, _, ends = text.partition(": ")
        one, _, other = ends.partition(" = ")
        made[name] = Link(id=name, a=port(one), b=port(other))
    names = sorted({end.device for link in made.values() for end in (link.a, link.b)} | {"spare-1"})
    devices = [make_device(name, address=f"10.20.1.{turn}") for turn, name in enumerate(names)]
    return inventory(*devices, links=made, **changes)


@dataclass
class Box:
    """A switch as its agent tells of it."""

    name: str
    ports: tuple[str, ...] = ("Te1", "Te2", "Gi1", "Gi2")
    dark: set[str] = field(default_factory=set)
    sys_name: str = ""
    has_lldp: bool = True
    types: dict[str, int] = field(default_factory=dict)

    @property
    def chassis_id(self) -> str:
        return "02:00:00:" + ":".join(f"{octet:02x}" for octet in self.name.encode()[-3:])

    def said(self, at: str, interface: str) -> Neighbour:
        """What it says of itself out of its port `at`, as heard at the other's `interface`."""
        return Neighbour(
            interface=interface, chassis_id=self.chassis_id, port_id=at, system_name=self.sys_name or self.name
        )


class Overheard:
    """`cable` joins two ports, `cut` takes the cable out, `read` lets devices be discovered."""

    def __init__(self, city: Inventory) -> None:
        self.boxes = {name: Box(name) for name in city.devices}
        self.cables: dict[PortRef, PortRef] = {}
        self.added: dict[PortRef, tuple[Neighbour, ...]] = {}  # heard beside what the cables bring
        self.now_s = 1000.0
        self.drift = Drift()
        self.thorough = Drift()  # judges each link with each reading, as if nothing were ever settled
        self.events = []
        self.drift.use(city, self.now_s)
        self.thorough.use(city, self.now_s)
        for name in self.boxes:
            self.introduce(name)

    def introduce(self, name: str) -> None:
        """Its ports are known, from the store or its first discovery; its neighbours not yet."""
        self.see(name, replace(self.state(name), sightings=Sightings()))

    def restore(self, findings: Iterable[Discrepancy]) -> None:
        """What the daemon before this one had told."""
        self.drift.restore(findings)
        self.thorough.restore(findings)

    def see(self, name: str, state: DeviceState) -> tuple[Event, ...]:
        """What follows from a state, which is the same whether or not what is settled is judged anew."""
        events = self.drift.see(name, state)
        self.thorough._settled.clear()
        assert self.thorough.see(name, state) == events
        assert self.thorough.findings == self.drift.findings
        assert self.thorough._hearing.pairs == self.drift._hearing.pairs
        return events

    def cable(self, one: str, other: str) -> None:
        self.cut(one)
        self.cut(other)
        self.cables[port(one)], self.cables[port(other)] = port(other), port(one)

    def cut(self, end: str) -> None:
        other = self.cables.pop(port(end), None)
        if other is not None:
            del self.cables[other]

    def state(self, name: str) -> DeviceState:
        box = self.boxes[name]
        heard = []
        for interface in box.ports:
            own = PortRef(device=name, interface=interface)
            heard += self.added.get(own, ())
            far = self.cables.get(own)
            if far is not None and interface not in box.dark and far.interface not in self.boxes[far.device].dark:
                heard.append(self.boxes[far.device].said(far.interface, interface))
        return DeviceState(
            identity=Identity(sys_name=box.sys_name or name),
            interfaces=InterfaceMap(
                epoch=1,
                names=box.ports,
                indexes=tuple(str(index) for index in range(1, len(box.ports) + 1)),
                types=tuple(box.types.get(interface, 6) for interface in box.ports),
                descriptions=tuple(f"port {interface} of a switch" for interface in box.ports),
            ),
            status=InterfaceStatus(oper=tuple(DOWN if interface in box.dark else UP for interface in box.ports)),
            sightings=Sightings(
                chassis_id=box.chassis_id if box.has_lldp else "",
                neighbours=tuple(heard) if box.has_lldp else None,
                read_wall_s={NEIGHBOURS: self.now_s} if box.has_lldp else {},
            ),
        )

    def read(self, *names: str, times: int = 1) -> list[tuple[str, str, bool]]:
        """(kind, subject, whether it differs) of each event, of discoveries of these devices, or of all."""
        told = []
        for _ in range(times):
            for name in names or self.boxes:
                self.now_s += 10.0
                told += self.see(name, self.state(name))
        self.events += told
        return [(event.detail["kind"], event.subject, event.detail["differs"]) for event in told]

    def findings(self) -> dict[str, str]:
        """subject -> kind"""
        return {found.subject: found.kind.value for found in self.drift.findings}

    def observed(self) -> dict[tuple[str, str], dict[str, float]]:
        """The pairs of ports that LLDP has shown to be joined -> by which device, and when last."""
        return {tuple(map(str, pair)): dict(seen.heard) for pair, seen in self.drift._hearing.pairs.items()}

    def use(self, city: Inventory) -> list[tuple[str, str, bool]]:
        told = self.drift.use(city, self.now_s)
        assert self.thorough.use(city, self.now_s) == told
        return [(event.detail["kind"], event.subject, event.detail["differs"]) for event in told]
