"""Readings of tables for tests, written row by row."""

from math import isnan, nan

from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.observation import TableReading

ETHERNET, BRIDGE_VLAN = 6, 53


def reading(columns, rows, *, reason=None, unread=()):
    """`rows`: index -> cells in the order of the columns' names, given as one text."""
    names = columns.split()
    return TableReading(
        indexes=tuple(rows),
        columns={name: [cells[place] for cells in rows.values()] for place, name in enumerate(names)},
        at_s=[nan if index in unread else 10.0 for index in rows],
        uptime_ticks=[None] * len(rows),
        reason=reason,
    )


def said_of(tables):
    """What tells each table that was read whole from others, as `collect` would note it."""
    return {
        name: repr((one.indexes, one.columns)).encode()
        for name, one in tables.items()
        if one.reason is None and not any(map(isnan, one.at_s))
    }


def interfaces(names, *, descriptions=None, types=None, first=1):
    """A map of ports called `names`, with indexes from `first` on."""
    count = len(names)
    return InterfaceMap(
        epoch=1,
        indexes=tuple(str(first + row) for row in range(count)),
        names=tuple(names),
        aliases=("",) * count,
        descriptions=tuple(descriptions or [""] * count),
        types=tuple(types or [ETHERNET] * count),
    )


def bridged(if_indexes, **changes):
    """dot1dBasePortTable: bridge port, from 1 on -> ifIndex."""
    return reading("interface", {str(port): (index,) for port, index in enumerate(if_indexes, start=1)}, **changes)


def lldp(*rows, columns="chassis_subtype chassis port_subtype port port_description system_name", **changes):
    """lldpRemTable: (index, cells...)."""
    return reading(columns, {index: cells for index, *cells in rows}, **changes)


def fdb(entries, **changes):
    """dot1qTpFdbTable: (fdbId, MAC) or MAC -> (port, status)."""
    rows = {}
    for key, cells in entries.items():
        vlan, mac = key if isinstance(key, tuple) else (1, key)
        rows[".".join(map(str, (vlan, *bytes.fromhex(mac.replace(":", "")))))] = cells
    return reading("port status", rows, **changes)
