"""Forwarding tables: dot1qTpFdbTable or dot1dTpFdbTable -> which stations hang on which interface (RFC 4363, RFC 4188).

Only what a bridge has learned counts: its own addresses and those typed in say nothing of what is plugged in.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from netwatch.core.mac import station_mac
from netwatch.core.neighbours.local_ports import LocalPorts, rows_of
from netwatch.core.nothing import NOBODY
from netwatch.core.observation import TableReading

LEARNED = 3  # dot1qTpFdbStatus, dot1dTpFdbStatus
_MAC_OCTETS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Stations:
    """`macs`: interface -> the MACs learned there, empty where none was; only of interfaces that are bridge ports.

    An interface that is absent is bridged by no table we were shown (some agents show one VLAN's): nothing is known
    of it. `unmapped`: entries on ports that are no interface, or not told.
    """

    macs: Mapping[str, frozenset[str]]
    unmapped: int


def stations(table: TableReading, ports: LocalPorts) -> Stations:
    """What a forwarding table has learned. Where the agent does not tell how it came to an entry, it counts."""
    learned = list(_learned(table))
    places = _places([port for port, _ in learned], ports)
    found: dict[str, set[str]] = {name: set() for name in ports.bridge.values()}
    unmapped = 0
    for port, mac in learned:
        interface = places.get(port)
        if interface is None:
            unmapped += 1
        else:
            found[interface].add(mac)
    if 2 * unmapped > len(learned):  # then a port without a station may be where one of those is
        found = {name: macs for name, macs in found.items() if macs}
    return Stations(macs={name: frozenset(macs) or NOBODY for name, macs in found.items()}, unmapped=unmapped)


def _learned(table: TableReading) -> Iterator[tuple[int, str]]:
    """(port, MAC) of every entry that was learned; port 0 is one that the bridge does not tell."""
    for index, (port, status) in rows_of(table, "port", "status"):
        octets = index[-_MAC_OCTETS:]
        if status in (LEARNED, None) and isinstance(port, int) and len(octets) == _MAC_OCTETS:
            mac = station_mac(bytes(octets)) if max(octets) < 256 else None
            if mac is not None:
                yield port, mac


def _places(said: list[int], ports: LocalPorts) -> Mapping[int, str]:
    """Bridge port -> interface; or ifIndex -> interface where that explains more: some agents put ifIndexes there."""
    bridged = frozenset(ports.bridge.values())
    by_index = {index: name for index, name in ports.every.items() if name in bridged}
    explained = [sum(port in places for port in said) for places in (ports.bridge, by_index)]
    return by_index if explained[1] > explained[0] else ports.bridge


def added_macs(
    before: Mapping[str, frozenset[str]], seen: Mapping[str, frozenset[str]]
) -> Mapping[str, frozenset[str]]:
    """What is known after a table that broke off: what it showed, and of what it did not show what was known before.

    A station is in one place: where it was seen now.
    """
    moved = frozenset().union(*seen.values())
    kept = {name: before.get(name, NOBODY) - moved for name in {**before, **seen}}
    return {name: macs | seen.get(name, NOBODY) or NOBODY for name, macs in kept.items()}
