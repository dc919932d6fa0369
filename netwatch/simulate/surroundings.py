"""What each agent of a city sees around it: neighbours, learned stations, IP neighbours. City and state in, rows out.

LLDP tells both ends of every link that carries light. A switch has learned the station of every field device behind
it on the port that leads there, of every switch behind it likewise, and its gateway's on its way home. The gateway is
the first switch above that is no access switch: bridging ends there, and there stand the IP neighbours.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from ipaddress import IPv4Address

from netwatch.core.model import PortRef, Role
from netwatch.simulate.city import City, CityDevice
from netwatch.simulate.city_agents import CHASSIS_MAC, mac_of, port_id
from netwatch.simulate.mib import Arcs
from netwatch.simulate.world import Consequences
from netwatch.snmp import ber

LLDP_REMOTE: Arcs = (1, 0, 8802, 1, 1, 2, 1, 4, 1, 1)
LLDP_MANAGEMENT: Arcs = (1, 0, 8802, 1, 1, 2, 1, 4, 2, 1)
IF_INDEX_SUBTYPE, IF_SUBTYPE_COLUMN, IF_ID_COLUMN = ber.integer(2), 3, 4  # of lldpRemManAddrTable
VLAN_STATIONS: Arcs = (1, 3, 6, 1, 2, 1, 17, 7, 1, 2, 2, 1)
STATIONS: Arcs = (1, 3, 6, 1, 2, 1, 17, 4, 3, 1)
IP_NEIGHBOUR: Arcs = (1, 3, 6, 1, 2, 1, 4, 35, 1)
FDB_ID = 1
LEARNED = ber.integer(3)
IPV4 = (1, 4)  # InetAddressType and octets
MANAGEMENT_IF_INDEX = 1

Station = tuple[int, bytes]  # bridge port and MAC


class Surroundings:
    """Under one state of the city. Nothing is worked out before it is asked for."""

    def __init__(self, city: City, rows: Mapping[PortRef, int], state: Consequences) -> None:
        self._city = city
        self._rows = rows
        self._state = state

    def of(self, device: str) -> dict[Arcs, bytes]:
        """Every row of these tables that one agent has."""
        here = self._city.devices[device]
        rows: dict[Arcs, bytes] = {}
        for row, far, far_row in self._links.get(device, ()):
            rows |= _neighbour(row, far, far_row)
        for port, mac in self._stations.get(device, ()):
            octets = tuple(mac)
            if here.vendor.knows_vlans:
                rows[*VLAN_STATIONS, 2, FDB_ID, *octets] = ber.integer(port)
                rows[*VLAN_STATIONS, 3, FDB_ID, *octets] = LEARNED
            else:
                rows[*STATIONS, 1, *octets] = ber.octets(mac)
                rows[*STATIONS, 2, *octets] = ber.integer(port)
                rows[*STATIONS, 3, *octets] = LEARNED
        for address, mac in self._addresses.get(device, ()):
            rows[*IP_NEIGHBOUR, 4, MANAGEMENT_IF_INDEX, *IPV4, *address] = ber.octets(mac)
        return rows

    @cached_property
    def _links(self) -> Mapping[str, list[tuple[int, CityDevice, int]]]:
        """Device -> (row of its port, device at the far end, row of that one's port), of what carries light."""
        found: dict[str, list[tuple[int, CityDevice, int]]] = {}
        for link in self._city.links.values():
            if link.id in self._state.dark_links:
                continue
            for near, far in ((link.a, link.b), (link.b, link.a)):
                end = (self._rows[near], self._city.devices[far.device], self._rows[far])
                found.setdefault(near.device, []).append(end)
        return found

    @cached_property
    def _stations(self) -> Mapping[str, list[Station]]:
        city = self._city
        found: dict[str, list[Station]] = {device: [] for device in self._state.parents}
        for _, place, mac in self._heard():
            found[place.device].append((self._rows[place] + 1, mac))
        for device, (link_id, parent) in reversed(tuple(self._state.parents.items())):
            if not link_id:
                continue
            link = city.links[link_id]
            near, far = (link.a, link.b) if link.a.device == device else (link.b, link.a)
            port = self._rows[far] + 1
            found[parent].append((port, mac_of(city.devices[device])))
            if city.devices[device].role is Role.ACCESS:
                found[parent] += [(port, mac) for _, mac in found[device]]
            found[device].append((self._rows[near] + 1, mac_of(city.devices[self._gateway(parent)])))
        return found

    def _gateway(self, device: str) -> str:
        """Where bridging ends: the device itself, or the first above it that is no access switch."""
        while self._city.devices[device].role is Role.ACCESS:
            device = self._state.parents[device][1]
        return device

    @cached_property
    def _addresses(self) -> Mapping[str, list[tuple[tuple[int, ...], bytes]]]:
        found: dict[str, list[tuple[tuple[int, ...], bytes]]] = {}
        for address, port, mac in self._heard():
            found.setdefault(self._gateway(port.device), []).append((tuple(IPv4Address(address).packed), mac))
        return found

    def _heard(self) -> Iterator[tuple[str, PortRef, bytes]]:
        """(address, port, MAC) of every field device that says anything."""
        for thing in self._city.field_devices.values():
            if thing.id in self._state.dead_fields or thing.port is None or not thing.mac or not thing.address:
                continue
            yield thing.address, thing.port, bytes.fromhex(thing.mac.replace(":", ""))


def _neighbour(row: int, far: CityDevice, far_row: int) -> dict[Arcs, bytes]:
    """The lldpRemEntry of one neighbour, and where it says that it is managed."""
    subtype, name = port_id(far, far_row)
    columns = {
        4: ber.integer(CHASSIS_MAC),
        5: ber.octets(mac_of(far)),
        6: subtype,
        7: name,
        8: ber.octets(far.ports[far_row].descr.encode()),
        9: ber.octets(far.id.encode()),
    }
    key = (0, row + 1, 1)
    place = (*key, *IPV4, *IPv4Address(far.address).packed)
    return {
        **{(*LLDP_REMOTE, column, *key): value for column, value in columns.items()},
        (*LLDP_MANAGEMENT, IF_SUBTYPE_COLUMN, *place): IF_INDEX_SUBTYPE,
        (*LLDP_MANAGEMENT, IF_ID_COLUMN, *place): ber.integer(MANAGEMENT_IF_INDEX),
    }
