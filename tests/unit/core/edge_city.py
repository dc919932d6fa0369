"""Two access switches with cameras, an uplink each, and a free port; what their tables say, poll by poll."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.device.record import DeviceState, InterfaceStatus
from netwatch.core.edge.ports import EdgeWatch
from netwatch.core.events import Event
from netwatch.core.model import FieldDevice, Inventory, Link, PortRef, Site
from netwatch.core.neighbours.sightings import MACS, Neighbour, Sightings
from tests.unit.core.polled import make_device

T0 = 1_760_000_000.0
ETHERNET, LAG, VLAN = 6, 161, 136
PORTS = ("Gi1/0/1", "Gi1/0/2", "Gi1/0/3", "Gi1/0/4", "Te1/1/1", "Po1", "Vlan1")
TYPES = (ETHERNET, ETHERNET, ETHERNET, ETHERNET, ETHERNET, LAG, VLAN)
ROWS = InterfaceMap(epoch=1, indexes=tuple("1234567"), names=PORTS, types=TYPES)
CAMERA_1, CAMERA_2, CAMERA_3 = (f"00:40:8c:00:00:0{number}" for number in (1, 2, 3))


def stranger(number: int) -> str:
    return f"02:00:00:00:00:{number:02x}"


def camera(name: str, device: str, port: str, mac: str | None) -> FieldDevice:
    where = PortRef(device=device, interface=port)
    return FieldDevice(id=name, kind="cctv", site="s", port=where, address="10.30.0.1", mac=mac)


CAMERAS = (
    camera("cam-1", "acc-1", "Gi1/0/1", CAMERA_1),
    camera("cam-2", "acc-1", "Gi1/0/2", CAMERA_2),
    camera("cam-3", "acc-2", "Gi1/0/1", CAMERA_3),
)


def inventory_of(
    *cameras: FieldDevice, linked: bool = True, devices: tuple[str, ...] = ("acc-1", "acc-2")
) -> Inventory:
    up, down = (PortRef(device=device, interface="Te1/1/1") for device in ("acc-1", "acc-2"))
    return Inventory(
        city="Yangju",
        timezone="Asia/Seoul",
        charset="cp949",
        fingerprint="",
        files=(),
        sites={"s": Site(id="s", name="s")},
        devices={name: make_device(name, site="s") for name in devices},
        links={"l-1": Link(id="l-1", a=up, b=down)} if linked else {},
        field_devices={one.id: one for one in cameras or CAMERAS},
    )


@dataclass
class Switch:
    """What one switch tells; `tell` folds it into the watch a minute after the last time."""

    watch: EdgeWatch
    name: str
    macs: dict[str, set[str]] | None = field(default_factory=dict)
    oper: dict[str, int | None] = field(default_factory=dict)
    neighbours: tuple[Neighbour, ...] = ()
    chassis_id: str = ""
    interfaces: InterfaceMap = ROWS
    told: Mapping[str, frozenset[str]] | None = None  # the same object for as long as the same stations are heard

    def state(self, at_s: float) -> DeviceState:
        macs: Mapping[str, frozenset[str]] | None = None
        if self.macs is not None:
            macs = {name: frozenset(self.macs.get(name, ())) for name in PORTS}
        macs = self.told = self.told if macs == self.told else macs
        sightings = Sightings(
            chassis_id=self.chassis_id, neighbours=self.neighbours, macs=macs, read_wall_s={MACS: T0 + at_s}
        )
        oper = tuple(self.oper.get(name, 1) for name in PORTS)
        return DeviceState(interfaces=self.interfaces, status=InterfaceStatus(oper=oper), sightings=sightings)

    def tell(self, at_s: float, **macs: set[str]) -> tuple[Event, ...]:
        """`macs` by the last digit of the port, as `p1`, or `up` for the uplink."""
        if self.macs is not None:
            names = {f"p{number}": f"Gi1/0/{number}" for number in range(1, 5)} | {"up": "Te1/1/1", "lag": "Po1"}
            self.macs |= {names[key]: ones for key, ones in macs.items()}
        return self.watch.see(self.name, self.state(at_s), at_wall_s=T0 + at_s)

    def port(self, number: int) -> PortRef:
        return PortRef(device=self.name, interface=f"Gi1/0/{number}")

    def put(self, port: str, oper: int | None) -> None:
        self.oper[port] = oper


def neighbour(interface: str, chassis_id: str, system_name: str = "") -> Neighbour:
    return Neighbour(interface=interface, chassis_id=chassis_id, port_id="1", system_name=system_name)


def in_doubt(switch: Switch) -> InterfaceMap:
    return replace(switch.interfaces, in_doubt=True)
