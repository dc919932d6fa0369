"""lldpRemManAddrTable -> the addresses under which neighbours say that they are managed (IEEE 802.1AB-2005, -2009).

The address is part of the index, behind the same three or four numbers that the neighbour's own row begins with.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address

from netwatch.core.neighbours.lldp import CHASSIS_MAC, CHASSIS_NETWORK, id_text
from netwatch.core.neighbours.local_ports import rows_of
from netwatch.core.neighbours.sighted import LLDP, LLDP_V2
from netwatch.core.observation import SnmpObservation
from netwatch.core.text import decode_text

# table of neighbours -> lldpRemManAddrIfSubtype, its first readable column
MANAGEMENT = {LLDP: "1.0.8802.1.1.2.1.4.2.1.3", LLDP_V2: "1.3.111.2.802.1.1.13.1.4.2.1.3"}
_KEY_ARCS = {LLDP: 3, LLDP_V2: 4}
_OCTETS = {1: 4, 2: 16}  # IANA address family -> octets


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A neighbour, and where it says that its agent can be asked: IP addresses, in its own order."""

    chassis_id: str
    system_name: str
    addresses: tuple[str, ...]


def heard(poll: SnmpObservation, rows: Mapping[str, Iterable[str]], charset: str) -> tuple[Heard, ...]:
    """Everybody in the neighbour tables of a discovery. `rows`: the indexes of MANAGEMENT's columns, by table."""
    found = []
    for name in MANAGEMENT:
        table = poll.tables.get(name)
        if table is None:
            continue
        told = _by_neighbour(rows.get(name, ()), _KEY_ARCS[name])
        for index, (chassis, subtype, system_name) in rows_of(table, "chassis", "chassis_subtype", "system_name"):
            chassis_id = id_text(chassis, subtype, (CHASSIS_MAC, CHASSIS_NETWORK), charset)
            own = (chassis_id,) if subtype == CHASSIS_NETWORK and chassis_id else ()
            text = decode_text(system_name, charset).strip() if isinstance(system_name, bytes) else ""
            addresses = tuple(dict.fromkeys((*told.get(index, ()), *own)))
            found.append(Heard(chassis_id=chassis_id, system_name=text, addresses=addresses))
    return tuple(found)


def _by_neighbour(indexes: Iterable[str], key_arcs: int) -> dict[tuple[int, ...], list[str]]:
    """What is no IP address, or no address at all, is left out."""
    told: defaultdict[tuple[int, ...], list[str]] = defaultdict(list)
    for index in indexes:
        arcs = tuple(map(int, index.split(".")))
        key, rest = arcs[:key_arcs], arcs[key_arcs:]
        octets = rest[2:]
        if len(rest) > 2 and _OCTETS.get(rest[0]) == rest[1] == len(octets) and max(octets) < 256:
            told[key].append(str(ip_address(bytes(octets))))
    return told
