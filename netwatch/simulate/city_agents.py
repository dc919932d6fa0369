"""The agents of a generated city: a device in, the objects of MIB-II, IF-MIB and the engine's clock out.

Devices of one vendor and size share a view; each agent keeps only what differs: the state and the flows of its ports.
What their ports are called by LLDP, bridging and power is in the view too; what is around them, `surroundings` tells.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from netwatch.core.model import Role
from netwatch.simulate.agent import Agent, Passing
from netwatch.simulate.cells import ENGINE_TIME, UPTIME, Cell, Living
from netwatch.simulate.city import UPLINKS, CityDevice
from netwatch.simulate.flow import Flow, Rate
from netwatch.simulate.mib import Arcs, MibView
from netwatch.snmp import ber

SYSTEM: Arcs = (1, 3, 6, 1, 2, 1, 1)
ENGINE: Arcs = (1, 3, 6, 1, 6, 3, 10, 2, 1)
IF_NUMBER: Arcs = (1, 3, 6, 1, 2, 1, 2, 1, 0)
IF_ENTRY: Arcs = (1, 3, 6, 1, 2, 1, 2, 2, 1)
IFX_ENTRY: Arcs = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1)
LLDP_LOCAL: Arcs = (1, 0, 8802, 1, 1, 2, 1, 3)
LLDP_PORT: Arcs = (*LLDP_LOCAL, 7, 1)
BASE_PORT: Arcs = (1, 3, 6, 1, 2, 1, 17, 1, 4, 1)
POE_PORT: Arcs = (1, 3, 6, 1, 2, 1, 105, 1, 1, 1)
IF_TABLE_LAST_CHANGE: Arcs = (1, 3, 6, 1, 2, 1, 31, 1, 5, 0)

UP, DOWN = 1, 2
SEARCHING, DELIVERING = 2, 3  # pethPsePortDetectionStatus
POE_GROUP = 1
CHASSIS_MAC, PORT_NAME, PORT_LOCAL = 4, 5, 7  # LldpChassisIdSubtype, LldpPortIdSubtype
RECEIVED, SENT = 0, 1
GAUGE32_MOST = 0xFFFFFFFF
UNICAST, MULTICAST, BROADCAST = 900, 60_000, 250_000  # octets that pass for one such packet
DAY_S = 86_400.0
NO_COUNT32 = ber.unsigned(0, ber.COUNTER32)
NO_COUNT64 = ber.unsigned(0, ber.COUNTER64)
NO_TICKS = ber.unsigned(0, ber.TIME_TICKS)
TRUE = ber.integer(1)
ETHERNET = ber.integer(6)
MTU = ber.integer(1500)

# (table, column) -> direction and octets per unit
COUNTERS: Mapping[tuple[Arcs, int], tuple[int, int]] = {
    (IF_ENTRY, 10): (RECEIVED, 1),
    (IF_ENTRY, 11): (RECEIVED, UNICAST),
    (IF_ENTRY, 16): (SENT, 1),
    (IF_ENTRY, 17): (SENT, UNICAST),
    (IFX_ENTRY, 6): (RECEIVED, 1),
    (IFX_ENTRY, 7): (RECEIVED, UNICAST),
    (IFX_ENTRY, 8): (RECEIVED, MULTICAST),
    (IFX_ENTRY, 9): (RECEIVED, BROADCAST),
    (IFX_ENTRY, 10): (SENT, 1),
    (IFX_ENTRY, 11): (SENT, UNICAST),
    (IFX_ENTRY, 12): (SENT, MULTICAST),
    (IFX_ENTRY, 13): (SENT, BROADCAST),
}


@dataclass(slots=True, kw_only=True, eq=False)
class CityAgent(Agent):
    """One switch. `flows` holds (received, sent) for row after row that carries something."""

    device: CityDevice
    slots: tuple[tuple[str, int], ...]  # position -> (object, row); shared with the view
    boots: int = 1
    oper: bytearray
    power: bytearray  # row -> pethPsePortDetectionStatus
    around: Callable[[], Mapping[Arcs, bytes]] = dict  # what is around it now, told when asked
    told: Passing | None = None  # what was told, until it changes
    changed_ticks: dict[int, int] = field(default_factory=dict)  # row -> sysUpTime of its last change
    rows: dict[int, int] = field(default_factory=dict)  # row -> index of its first flow
    owned: list[Flow] = field(default_factory=list)

    def cell(self, position: int) -> Cell:
        name, row = self.slots[position]
        return CELLS[name](self, row)

    def passing(self) -> Passing:
        if self.told is None:
            self.told = Passing(self.around())
        return self.told

    def look_again(self) -> None:
        """Something around it may have changed."""
        if self.told is not None:
            self.told = None
            self.forget()

    def set_power(self, row: int, status: int) -> None:
        """What pethPsePortDetectionStatus says from now on."""
        if self.power[row] != status:
            self.power[row] = status
            self.forget()

    def flow(self, row: int, direction: int, t: float) -> Flow:
        """The flow of a port, made on first use."""
        if row not in self.rows:
            self.rows[row] = len(self.owned)
            self.owned += (Flow(0, Rate(), t), Flow(0, Rate(), t))
            self.flows = self.owned
            self.forget()
        return self.owned[self.rows[row] + direction]

    def set_oper(self, row: int, status: int, t: float) -> bool:
        """ifOperStatus, with ifLastChange when it changes; whether it does."""
        if self.oper[row] == status:
            return False
        self.oper[row] = status
        self.changed_ticks[row] = int((t - self.boot) * 100) & GAUGE32_MOST
        self.forget()
        return True

    def reboot(self, t: float) -> None:
        """Power has come back: clocks and counters start anew, engineBoots goes up (RFC 3414 section 2.2.2)."""
        self.boot = t
        self.boots += 1
        self.changed_ticks.clear()
        for flow in self.owned:
            flow.change(flow.rate, t, total=0)
        self.forget()


@lru_cache(maxsize=256)
def _shape(first_index: int, ports: int, power_ports: int) -> tuple[MibView, tuple[tuple[str, int], ...]]:
    """The view of every device with these ifIndexes, and which object stands at each position."""
    where: dict[Arcs, tuple[str, int]] = {(*SYSTEM, n, 0): (f"system.{n}", -1) for n in range(1, 8)}
    where |= {(*ENGINE, n, 0): (f"engine.{n}", -1) for n in (1, 2, 3)}
    where |= {(*LLDP_LOCAL, n, 0): (f"lldp.{n}", -1) for n in (1, 2, 3)}
    where[IF_NUMBER] = ("ifNumber", -1)
    where[IF_TABLE_LAST_CHANGE] = ("ifTableLastChange", -1)
    for row in range(ports):
        for table, stem, columns in ((IF_ENTRY, "if", IF_COLUMNS), (IFX_ENTRY, "ifX", IFX_COLUMNS)):
            for column in columns:
                where[*table, column, first_index + row] = (f"{stem}.{column}", row)
        where |= {(*LLDP_PORT, column, row + 1): (f"lldpPort.{column}", row) for column in (2, 3, 4)}
        where |= {(*BASE_PORT, column, row + 1): (f"bridge.{column}", row) for column in (1, 2)}
    for row in range(power_ports):
        where |= {(*POE_PORT, column, POE_GROUP, row + 1): (f"poe.{column}", row) for column in (3, 6)}
    view = MibView(where)
    return view, tuple(where[arcs] for arcs in view.arcs)


def make_agent(device: CityDevice) -> CityAgent:
    """A switch long up, all its ports still dark. `boot` and the flows' pasts follow from its number."""
    power_ports = len(device.ports) - UPLINKS if device.role is Role.ACCESS else 0
    view, slots = _shape(device.vendor.first_index, len(device.ports), power_ports)
    return CityAgent(
        view=view,
        slots=slots,
        device=device,
        largest_message=device.vendor.largest_message,
        boot=-(110 + device.number * 37 % 130) * DAY_S - device.number,
        boots=1 + device.number % 9,
        oper=bytearray([DOWN]) * len(device.ports),
        power=bytearray([SEARCHING]) * power_ports,
    )


def mac_of(device: CityDevice, row: int = 0) -> bytes:
    """The MAC address of a port; that of row 0 is the device's own."""
    return device.vendor.oui + ((device.number + 1) * 128 + row).to_bytes(3, "big")


def _text(value: str | bytes) -> bytes:
    return ber.octets(value if isinstance(value, bytes) else value.encode())


def _counter(table: Arcs, column: int) -> Callable[[CityAgent, int], Cell]:
    direction, divisor = COUNTERS[table, column]
    wide = table is IFX_ENTRY

    def cell(agent: CityAgent, row: int) -> Cell:
        first = agent.rows.get(row)
        if first is None:
            return NO_COUNT64 if wide else NO_COUNT32
        return Living(ber.COUNTER64 if wide else ber.COUNTER32, first + direction, divisor, wraps=not wide)

    return cell


def port_id(device: CityDevice, row: int) -> tuple[bytes, bytes]:
    """(lldpPortIdSubtype, lldpPortId): the name, or with some makers just the number."""
    by_name = device.vendor.lldp_by_name
    return ber.integer(PORT_NAME if by_name else PORT_LOCAL), _text(device.ports[row].name if by_name else str(row + 1))


def _system_id(agent: CityAgent, _row: int) -> bytes:
    vendor = agent.device.vendor
    return ber.oid(".".join(map(str, (1, 3, 6, 1, 4, 1, vendor.enterprise, *vendor.product))))


def _engine_id(agent: CityAgent, _row: int) -> bytes:
    enterprise = 0x80000000 | agent.device.vendor.enterprise
    return ber.octets(enterprise.to_bytes(4, "big") + b"\x03" + mac_of(agent.device))  # RFC 3411: by MAC


CELLS: Mapping[str, Callable[[CityAgent, int], Cell]] = {
    "system.1": lambda agent, _: _text(agent.device.vendor.description),
    "system.2": _system_id,
    "system.3": lambda _agent, _: Living(ber.TIME_TICKS, UPTIME),
    "system.4": lambda _agent, _: _text("통신팀"),
    "system.5": lambda agent, _: _text(agent.device.id),
    "system.6": lambda agent, _: _text(agent.device.name),
    "system.7": lambda _agent, _: ber.integer(2),
    "engine.1": _engine_id,
    "engine.2": lambda agent, _: ber.integer(agent.boots),
    "engine.3": lambda _agent, _: Living(ber.INTEGER, ENGINE_TIME),
    "lldp.1": lambda _agent, _: ber.integer(CHASSIS_MAC),
    "lldp.2": lambda agent, _: ber.octets(mac_of(agent.device)),
    "lldp.3": lambda agent, _: _text(agent.device.id),
    "lldpPort.2": lambda agent, row: port_id(agent.device, row)[0],
    "lldpPort.3": lambda agent, row: port_id(agent.device, row)[1],
    "lldpPort.4": lambda agent, row: _text(agent.device.ports[row].descr),
    "bridge.1": lambda _agent, row: ber.integer(row + 1),
    "bridge.2": lambda agent, row: ber.integer(agent.device.ports[row].index),
    "poe.3": lambda _agent, _: TRUE,
    "poe.6": lambda agent, row: ber.integer(agent.power[row]),
    "ifNumber": lambda agent, _: ber.integer(len(agent.device.ports)),
    "ifTableLastChange": lambda _agent, _: NO_TICKS,
    "if.1": lambda agent, row: ber.integer(agent.device.ports[row].index),
    "if.2": lambda agent, row: _text(agent.device.ports[row].descr),
    "if.3": lambda _agent, _: ETHERNET,
    "if.4": lambda _agent, _: MTU,
    "if.5": lambda agent, row: ber.unsigned(min(agent.device.ports[row].speed_bps, GAUGE32_MOST)),
    "if.6": lambda agent, row: ber.octets(mac_of(agent.device, row)),
    "if.7": lambda _agent, _: ber.integer(UP),
    "if.8": lambda agent, row: ber.integer(agent.oper[row]),
    "if.9": lambda agent, row: ber.unsigned(agent.changed_ticks.get(row, 0), ber.TIME_TICKS),
    **{f"if.{column}": lambda _agent, _: NO_COUNT32 for column in (13, 14, 15, 19, 20)},
    **{f"if.{column}": _counter(IF_ENTRY, column) for table, column in COUNTERS if table is IF_ENTRY},
    "ifX.1": lambda agent, row: _text(agent.device.ports[row].name),
    **{f"ifX.{column}": _counter(IFX_ENTRY, column) for table, column in COUNTERS if table is IFX_ENTRY},
    "ifX.15": lambda agent, row: ber.unsigned(agent.device.ports[row].speed_bps // 1_000_000),
    "ifX.17": lambda _agent, _: TRUE,
    "ifX.18": lambda agent, row: _text(agent.device.ports[row].alias),
    "ifX.19": lambda _agent, _: NO_TICKS,
}
IF_COLUMNS = tuple(int(name.partition(".")[2]) for name in CELLS if name.startswith("if."))
IFX_COLUMNS = tuple(int(name.partition(".")[2]) for name in CELLS if name.startswith("ifX."))
