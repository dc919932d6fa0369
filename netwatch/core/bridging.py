"""Forwarding tables: dot1qTpFdbTable or dot1dTpFdbTable -> which stations hang on which interface (RFC 4363, RFC 4188).

Only what a bridge has learned counts: its own addresses and those typed in say nothing of what is plugged in.
"""

from collections.abc import Mapping

from netwatch.core.local_ports import LocalPorts, rows_of
from netwatch.core.mac import station_mac
from netwatch.core.model import NOTHING
from netwatch.core.observation import TableReading

LEARNED = 3  # dot1qTpFdbStatus, dot1dTpFdbStatus
_MAC_OCTETS = 6


def learned_macs(table: TableReading, ports: LocalPorts) -> Mapping[str, frozenset[str]]:
    """Interface -> the MACs learned there, empty where none was; only of interfaces that are bridge ports.

    An interface that is absent is bridged by no table we were shown (some agents show one VLAN's): nothing is known
    of it. Where the agent does not tell how it came to its entries, all count as learned.
    """
    found: dict[str, set[str]] = {name: set() for name in ports.bridge.values()}
    for index, (port, status) in rows_of(table, "port", "status"):
        octets = index[-_MAC_OCTETS:]
        if status not in (LEARNED, None) or not isinstance(port, int) or len(octets) < _MAC_OCTETS or max(octets) > 255:
            continue
        interface, mac = ports.bridge.get(port), station_mac(bytes(octets))
        if interface is not None and mac is not None:
            found[interface].add(mac)
    return {name: frozenset(macs) for name, macs in found.items()} if found else NOTHING


def added_macs(
    before: Mapping[str, frozenset[str]], seen: Mapping[str, frozenset[str]]
) -> Mapping[str, frozenset[str]]:
    """What is known after a table that broke off: what it showed, and of what it did not show what was known before.

    A station is in one place: where it was seen now.
    """
    moved = frozenset().union(*seen.values())
    return {name: (before.get(name, frozenset()) - moved) | seen.get(name, frozenset()) for name in {**before, **seen}}
