"""Forwarding tables of agents that show one VLAN at a time: community@VLAN, or the context vlan-VLAN of SNMPv3.

In: the VLANs that an agent lists (vtpVlanTable) where it has no table of them all. Out: `vlan_mac` and `bridge_port` as
if it had, so that nobody behind needs to know. An agent that never answered for a VLAN is taken for one that does not
do that; one that did before and is silent now is not: its stations are not gone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from netwatch.collect.walked import Found
from netwatch.core.errors import Reason
from netwatch.core.observation import TableReading, Value
from netwatch.core.plan import Plan
from netwatch.snmp.course import Course, mark
from netwatch.snmp.message import Version
from netwatch.snmp.target import Target
from netwatch.snmp.walk import WalkReply

VLANS, ALL_MACS, ONE_VLANS_MACS, PORTS = "bridging_vlan", "vlan_mac", "bridge_mac", "bridge_port"
VLANS_ALONE = "VLANs"  # among the courses: whether the agent answers for one VLAN
REFUSED, ANSWERED = mark("refused"), mark("answered")
OPERATIONAL = 1  # vtpVlanState
LEGACY = range(1002, 1006)  # of FDDI and token ring, which every switch lists
MOST_VLANS = 64


@dataclass(frozen=True, slots=True)
class Gathered:
    """What came of one VLAN."""

    vlan: int
    macs: WalkReply
    ports: WalkReply


def vlans_to_ask(found: Mapping[str, Found]) -> tuple[int, ...]:
    """The VLANs worth asking each by itself; none where the agent has a table of all."""
    listed, whole = found.get(VLANS), found.get(ALL_MACS)
    if listed is None or listed.is_empty or whole is None or not whole.is_empty:
        return ()
    rows = listed.read()
    numbers = (
        int(index.rpartition(".")[2])
        for index, state in zip(rows.indexes, rows.columns["state"], strict=True)
        if state == OPERATIONAL
    )
    return tuple(sorted({number for number in numbers if number not in LEGACY}))[:MOST_VLANS]


def within(target: Target, vlan: int) -> Target:
    """The agent, asked about one VLAN."""
    if target.version is Version.V3:
        return replace(target, context=f"vlan-{vlan}".encode())
    return replace(target, community=target.community + f"@{vlan}".encode())


def joined(
    plan: Plan, found: Mapping[str, Found], gathered: list[Gathered], *, at_s: float, reason: Reason | None
) -> Iterator[tuple[str, Found]]:
    """The two tables, of all VLANs together."""
    columns = {table.name: table.walked for table in plan.tables if table.name in (ONE_VLANS_MACS, PORTS)}
    port, status = columns[ONE_VLANS_MACS]
    (interface,) = columns[PORTS]
    stations = {
        f"{one.vlan}.{mac}": (number, one.macs.columns[status.oid].get(mac))
        for one in gathered
        for mac, number in one.macs.columns[port.oid].items()
    }
    known = found[PORTS].read()
    ports: dict[str, Value] = dict(zip(known.indexes, known.columns[interface.name], strict=True))
    for one in gathered:
        ports |= one.ports.columns[interface.oid]
    sign = _sign(gathered) if reason is None else b""
    numbers, states = tuple(number for number, _ in stations.values()), tuple(state for _, state in stations.values())
    for name, indexes, cells in (
        (ALL_MACS, tuple(stations), {port.name: numbers, status.name: states}),
        (PORTS, tuple(ports), {interface.name: tuple(ports.values())}),
    ):
        rows = len(indexes)
        reading = TableReading(
            indexes=indexes, columns=cells, at_s=[at_s] * rows, uptime_ticks=[None] * rows, reason=reason
        )
        whole = sign + (found[PORTS].said if name == PORTS and sign else b"")
        yield name, Found(columns=columns.get(name, ()), at_s=at_s, reason=reason, reading=reading, sign=whole)


def _sign(gathered: list[Gathered]) -> bytes:
    """The same only where every VLAN says the same; none where that cannot be told."""
    courses: list[Course | None] = [reply.course for one in gathered for reply in (one.macs, one.ports)]
    signs = [answer.digest for course in courses if course is not None for answer in course.answers]
    vlans = ",".join(str(one.vlan) for one in gathered).encode()
    return vlans + b"".join(signs) if None not in courses else b""
