"""A town for the tests of the outputs: the small city on disk, its switches with ports, and what befell them."""

from dataclasses import dataclass, field, replace

from netwatch.core.city import City
from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.device.reachability import Answer, Reachability
from netwatch.core.device.record import DeviceState, DeviceVerdict, Identity, InterfaceStatus
from netwatch.core.faults.vantage import View
from netwatch.core.maintenance.book import MaintenanceBook
from netwatch.core.model import Maintenance
from netwatch.inventory import load
from tests.unit.cli.small_city import INVENTORY
from tests.unit.expose.city import make_state

NOON_S = 1_796_007_600.0  # 2026-11-30T03:00:00Z
SITES = "  okjeong-1: {name: 옥정 1, district: 옥정동}"
SNMP = """\
credentials: {field: {version: 2c, community: {env: COMMUNITY}, insecure: true}}
defaults: {snmp: {credential: field}}
"""
PORTS = {
    "core-1": ("Te1", "Te2", "Gi30"),
    "acc-1": ("Gi1", "Gi2", "Gi9"),
    "acc-2": ("Gi1", "Gi2", "Gi3", "Gi9"),
    "acc-3": ("Gi1", "Gi9", "Gi10", "Gi11", "포트 1/1, '가'"),
}


def well(device):
    """The state of a switch that is well, looked at a second before noon."""
    ports = PORTS[device]
    return make_state(
        ports,
        verdict=DeviceVerdict.UP,
        verdict_since_wall_s=NOON_S - 9000.0,
        snmp=Reachability(answer=Answer.ANSWERS, since_s=10.0),
        identity=Identity(sys_descr="스위치, 1.0", uptime_ticks=100_000, at_s=999.0),  # up for 1000 s
        interfaces=InterfaceMap(
            epoch=1,
            indexes=tuple(str(1 + row) for row in range(len(ports))),
            names=ports,
            aliases=tuple("방범 CCTV" if row else "" for row in range(len(ports))),
            descriptions=ports,
            types=(6,) * len(ports),
        ),
        status=InterfaceStatus(
            admin=(1,) * len(ports),
            oper=(1,) * len(ports),
            last_oper=(1,) * len(ports),
            speed_bps=(10**9,) * len(ports),
            own_bps=(10**9,) * len(ports),
            changed_wall_s=(NOON_S - 9000.0,) * len(ports),
            read_s=999.0,
            read_wall_s=NOON_S - 1.0,
        ),
    )


@dataclass
class Town:
    """What the outputs read, without the rest of the engine."""

    city: City = field(default_factory=lambda: City(vendor_of=lambda _mac: ""))
    maintenance: MaintenanceBook = field(default_factory=MaintenanceBook)
    states: dict[str, DeviceState] = field(default_factory=dict)
    now_s: float = NOON_S

    def use(self, inventory):
        for name in inventory.devices:
            self.states.setdefault(name, well(name))
        self.city.use(inventory, self.states, now_wall_s=self.now_s)
        for name, state in self.states.items():
            self.city.see_device(name, DeviceState(), state, wall_s=0.0)
        self.refold()

    def see(self, device, **changes):
        before = self.states[device]
        self.states[device] = replace(before, **changes)
        self.city.see_device(device, before, self.states[device], wall_s=0.0)
        self.refold()

    def silence(self, device, *, since_s):
        """It answers nothing any more."""
        silent = Reachability(answer=Answer.SILENT)
        self.see(device, verdict=DeviceVerdict.DOWN, verdict_since_wall_s=since_s, icmp=silent, snmp=silent)

    def darken(self, device, port, *, since_s):
        """The port loses its light."""
        status, row = self.states[device].status, PORTS[device].index(port)
        self.see(
            device,
            status=replace(
                status,
                oper=(*status.oper[:row], 2, *status.oper[row + 1 :]),
                last_oper=(*status.oper[:row], 2, *status.oper[row + 1 :]),
                changed_wall_s=(*status.changed_wall_s[:row], since_s, *status.changed_wall_s[row + 1 :]),
            ),
        )

    def mend(self, device):
        self.see(device, **{name: getattr(well(device), name) for name in ("verdict", "icmp", "snmp", "status")})

    def refold(self):
        self.city.refold(View(), now_wall_s=self.now_s)
        self.maintenance.advance(self.city.topology.inventory, self.now_s)

    def work_on(self, subject):
        window = Maintenance(id="m-1", subject=subject, from_s=NOON_S - 60.0, until_s=NOON_S + 3600.0)
        self.use(replace(self.city.topology.inventory, maintenance={window.id: window}))


def town_in(folder, text=INVENTORY):
    """The town of an inventory, as text."""
    path = folder / "inventory.yaml"
    text = text.replace(SITES, "  okjeong-1: {name: 옥정 1, district: 옥정동, location: [37.83, 127.08]}")
    text = text.replace("{name: 시청, district: 중앙동}", "{name: 시청, district: 중앙동, location: [37.79, 127.05]}")
    path.write_text(SNMP + text, encoding="utf-8")
    town = Town()
    town.use(load(path, environ={"COMMUNITY": "canary-secret"}, credentials_dir=None))
    return town
