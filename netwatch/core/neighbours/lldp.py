"""LLDP: the rows of lldpRemTable -> who is at the far end of which of our interfaces (IEEE 802.1AB-2005).

Ids are read by their subtypes: MAC addresses as aa:bb:cc:dd:ee:ff, network addresses as they are written, everything
else as text. A row whose ids are not what their subtypes say is no neighbour.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from sys import intern

from netwatch.core.mac import canonical_mac
from netwatch.core.neighbours.local_ports import LocalPorts, rows_of
from netwatch.core.observation import TableReading, Value
from netwatch.core.text import decode_text

CHASSIS_MAC, CHASSIS_NETWORK = 4, 5  # LldpChassisIdSubtype
PORT_MAC, PORT_NETWORK = 3, 4  # LldpPortIdSubtype
_SUBTYPES = range(1, 8)
_NETWORK_OCTETS = {1: 4, 2: 16}  # IANA address family, the first octet -> octets of the address


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """What an LLDP neighbour says of itself. `interface` is the local port's name in the InterfaceMap."""

    interface: str
    chassis_id: str
    port_id: str
    port_description: str = ""
    system_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """`told`: sorted by interface, each once. `unmapped`: rows behind a local port that is none of the interfaces."""

    told: tuple[Neighbour, ...]
    unmapped: int


def neighbours(remote: TableReading, local: TableReading | None, ports: LocalPorts, charset: str) -> Neighbours:
    """The neighbours in lldpRemTable, or in lldpV2RemTable, whose local port numbers are ifIndexes."""
    explained = _local_ports(local) if local is not None else {}
    told: set[Neighbour] = set()
    unmapped = 0
    cells = ("chassis_subtype", "chassis", "port_subtype", "port", "port_description", "system_name")
    for index, (chassis_subtype, chassis, port_subtype, port, description, name) in rows_of(remote, *cells):
        chassis_id = id_text(chassis, chassis_subtype, (CHASSIS_MAC, CHASSIS_NETWORK), charset)
        port_id = id_text(port, port_subtype, (PORT_MAC, PORT_NETWORK), charset)
        if not chassis_id or not port_id:
            continue
        interface = _interface(index, explained, ports, charset)
        if interface is None:
            unmapped += 1
            continue
        told.add(
            Neighbour(
                interface=interface,
                chassis_id=chassis_id,
                port_id=port_id,
                port_description=_text(description, charset),
                system_name=_text(name, charset),
            )
        )
    in_order = sorted(told, key=lambda one: (one.interface, one.chassis_id, one.port_id, one.system_name))
    return Neighbours(told=tuple(in_order), unmapped=unmapped)


def id_text(value: Value, subtype: Value, kinds: tuple[int, int], charset: str) -> str:
    """A chassis or port id by its subtype; `kinds` are those of a MAC and of a network address. Empty: it is none.

    Without a subtype six octets that spell no text are a MAC address.
    """
    mac_kind, network_kind = kinds
    if not isinstance(value, bytes) or (isinstance(subtype, int) and subtype not in _SUBTYPES):
        return ""
    if subtype == mac_kind or (subtype is None and len(value) == 6 and not value.isascii()):
        return canonical_mac(value) or ""
    if subtype == network_kind:
        return _network_address(value)
    return _text(value, charset)


def _network_address(value: bytes) -> str:
    return str(ip_address(value[1:])) if value and _NETWORK_OCTETS.get(value[0]) == len(value) - 1 else ""


def _interface(
    index: tuple[int, ...], explained: Mapping[int, tuple[Value, ...]], ports: LocalPorts, charset: str
) -> str | None:
    match index:
        case (_, number, _):
            return ports.lldp(number, _local_texts(explained[number], charset) if number in explained else ())
        case (_, if_index, _, _):
            return ports.every.get(if_index)
        case _:
            return None  # some agents leave the local port out of the index


def _local_ports(local: TableReading) -> dict[int, tuple[Value, ...]]:
    """Local port number -> subtype of its id, id and description."""
    return {index[0]: cells for index, cells in rows_of(local, "subtype", "port", "description") if len(index) == 1}


def _local_texts(cells: tuple[Value, ...], charset: str) -> tuple[str, ...]:
    """What may be a local port's name: id, then description. A MAC address is the name of nothing here."""
    subtype, port, description = cells
    texts = ("" if subtype == PORT_MAC else _text(port, charset), _text(description, charset))
    return tuple(text for text in texts if text)


def _text(value: Value, charset: str) -> str:
    return intern(decode_text(value, charset).strip()) if isinstance(value, bytes) else ""
