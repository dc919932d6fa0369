"""What the switches of a city are made of, and how well that is: one state of the city in, rows of standard MIBs out.

A chassis with a power supply, a fan and a thermometer; a module in every port of a link, which tells the light it sends
and receives: less by each kilometre of cable, and none where the link is dark. A processor, memory, the power for PoE.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property

from netwatch.core.model import Link, PortRef, Role
from netwatch.simulate.city import City, CityDevice
from netwatch.simulate.city_agents import IF_ENTRY, POE_GROUP
from netwatch.simulate.mib import Arcs
from netwatch.simulate.world import Consequences
from netwatch.snmp import ber

ENTITY: Arcs = (1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1)
ENTITY_ALIAS: Arcs = (1, 3, 6, 1, 2, 1, 47, 1, 3, 2, 1, 2)
SENSOR: Arcs = (1, 3, 6, 1, 2, 1, 99, 1, 1, 1)
ENTITY_OPER: Arcs = (1, 3, 6, 1, 2, 1, 131, 1, 1, 1, 3)
PROCESSOR_LOAD: Arcs = (1, 3, 6, 1, 2, 1, 25, 3, 3, 1, 2)
STORAGE: Arcs = (1, 3, 6, 1, 2, 1, 25, 2, 3, 1)
RAM = "1.3.6.1.2.1.25.2.1.2"
POWER_SOURCING: Arcs = (1, 3, 6, 1, 2, 1, 105, 1, 3, 1, 1)

CHASSIS, POWER_SUPPLY, FAN, A_SENSOR, MODULE, PORT = 3, 6, 7, 8, 9, 10  # PhysicalClass
OTHER, CELSIUS, RPM = 1, 8, 10  # EntitySensorDataType
UNITS_SCALE, HUNDREDTHS, WHOLE = 9, 2, 0  # EntitySensorDataScale, and precisions
OK, ENABLED = ber.integer(1), ber.integer(3)  # entPhySensorOperStatus, entStateOper
FIRST_MODULE, PER_PORT = 100, 10  # entPhysicalIndex
SENT_DBM, DARK_DBM, LOSS_DB_PER_KM, LOSS_OF_PLUGS_DB = -2.5, -40.0, 0.35, 1.0
MEMORY_UNITS = 262_144
POE_BUDGET_W, CAMERA_W = 370, 6


class Equipment:
    """Under one state of the city. Nothing is worked out before it is asked for."""

    def __init__(
        self, city: City, rows: Mapping[PortRef, int], state: Consequences, feeding: Iterable[PortRef]
    ) -> None:
        """`feeding`: the ports that deliver power."""
        self._city = city
        self._rows = rows
        self._state = state
        self._fed = Counter(port.device for port in feeding)

    def of(self, device: str) -> dict[Arcs, bytes]:
        """Every row of these tables that one agent has."""
        here = self._city.devices[device]
        warm = here.number % 9
        rows = {
            **_entity(1, CHASSIS, within=0, name="chassis"),
            (*ENTITY, 11, 1): ber.octets(f"{here.vendor.id[:2].upper()}{here.number + 26_110_000}".encode()),
            (*ENTITY, 12, 1): ber.octets(here.vendor.id.encode()),
            **_entity(2, POWER_SUPPLY, within=1, name="power supply"),
            **_entity(3, FAN, within=1, name="fan"),
            (*ENTITY_OPER, 2): ENABLED,
            (*ENTITY_OPER, 3): ENABLED,
            **_entity(4, A_SENSOR, within=3, name="fan speed"),
            **_sensor(4, RPM, 4200 - 60 * warm, units="rpm"),
            **_entity(5, A_SENSOR, within=1, name="temperature"),
            **_sensor(5, CELSIUS, 31 + warm, units="Celsius"),
            (*PROCESSOR_LOAD, 1): ber.integer(11 + warm),
            (*STORAGE, 2, 1): ber.oid(RAM),
            (*STORAGE, 3, 1): ber.octets(b"RAM"),
            (*STORAGE, 5, 1): ber.integer(MEMORY_UNITS),
            (*STORAGE, 6, 1): ber.integer(MEMORY_UNITS * (40 + warm) // 100),
        }
        for port, sent, received in self._lights.get(device, ()):
            rows |= _module(here, self._rows[port], sent, received)
        if here.role is Role.ACCESS:
            for column, value in ((2, POE_BUDGET_W), (4, CAMERA_W * self._fed[device])):
                rows[*POWER_SOURCING, column, POE_GROUP] = ber.unsigned(value)
            rows[*POWER_SOURCING, 3, POE_GROUP] = OK
        return rows

    @cached_property
    def _lights(self) -> Mapping[str, list[tuple[PortRef, float, float]]]:
        """Device -> (port of a link, dBm sent, dBm received)."""
        found: dict[str, list[tuple[PortRef, float, float]]] = {}
        for link in self._city.links.values():
            is_dark, lost = link.id in self._state.dark_links, self._loss_db(link)
            for near, far in ((link.a, link.b), (link.b, link.a)):
                received = DARK_DBM if is_dark else self._sent_dbm(far) - lost
                found.setdefault(near.device, []).append((near, self._sent_dbm(near), received))
        return found

    def _sent_dbm(self, port: PortRef) -> float:
        """No two lasers are alike."""
        return SENT_DBM - (self._city.devices[port.device].number + self._rows[port]) % 5 / 10

    def _loss_db(self, link: Link) -> float:
        metres = sum(self._city.cables[run.cable].length_m or 0.0 for run in link.fibre)
        return LOSS_OF_PLUGS_DB + LOSS_DB_PER_KM * metres / 1000


def _module(device: CityDevice, row: int, sent_dbm: float, received_dbm: float) -> dict[Arcs, bytes]:
    """A port with its module, and what that tells."""
    port, first = device.ports[row], FIRST_MODULE + PER_PORT * row
    module, *sensors = range(first + 1, first + 5)
    told = (
        ("temperature", CELSIUS, "Celsius", 36 + device.number % 7, WHOLE),
        ("transmit power", OTHER, "dBm", round(100 * sent_dbm), HUNDREDTHS),
        ("receive power", OTHER, "dBm", round(100 * received_dbm), HUNDREDTHS),
    )
    rows = {
        **_entity(first, PORT, within=1, name=port.name),
        (*ENTITY_ALIAS, first, 0): ber.oid(".".join(map(str, (*IF_ENTRY, 1, port.index)))),
        **_entity(module, MODULE, within=first, name=f"{port.name} module"),
    }
    for index, (name, kind, units, value, precision) in zip(sensors, told, strict=True):
        rows |= _entity(index, A_SENSOR, within=module, name=f"{port.name} {name}")
        rows |= _sensor(index, kind, value, units=units, precision=precision)
    return rows


def _entity(index: int, kind: int, *, within: int, name: str) -> dict[Arcs, bytes]:
    columns = {2: ber.octets(name.encode()), 4: ber.integer(within), 5: ber.integer(kind), 7: ber.octets(name.encode())}
    return {(*ENTITY, column, index): value for column, value in columns.items()}


def _sensor(index: int, kind: int, value: int, *, units: str, precision: int = WHOLE) -> dict[Arcs, bytes]:
    columns = {1: kind, 2: UNITS_SCALE, 3: precision, 4: value}
    rows = {(*SENSOR, column, index): ber.integer(number) for column, number in columns.items()}
    return rows | {(*SENSOR, 5, index): OK, (*SENSOR, 6, index): ber.octets(units.encode())}
