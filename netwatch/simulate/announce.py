"""What simulated switches say unasked: what befell a port or an agent in, the SNMPv2-Trap that tells of it out.

Nobody hears them unless a simulation is given a target. Who is dead, hangs or is cut off says nothing that arrives.
"""

from enum import StrEnum
from typing import NamedTuple

from netwatch.simulate.city_agents import DOWN, UP, CityAgent
from netwatch.snmp import ber
from netwatch.snmp.message import VarBind, Version, encode_varbind
from netwatch.snmp.trap import SNMP_TRAP_OID, TrapType

SYS_UPTIME = ber.oid_content("1.3.6.1.2.1.1.3.0")
IF_INDEX, IF_ADMIN_STATUS, IF_OPER_STATUS = (f"1.3.6.1.2.1.2.2.1.{column}" for column in (1, 7, 8))


class Said(StrEnum):
    """SNMPv2-MIB and IF-MIB, RFC 3418 and RFC 2863."""

    COLD_START = "1.3.6.1.6.3.1.1.5.1"
    LINK_DOWN = "1.3.6.1.6.3.1.1.5.3"
    LINK_UP = "1.3.6.1.6.3.1.1.5.4"


class Announcement(NamedTuple):
    """One thing that one device tells. `row` is that of the port; -1 where it is about none."""

    device: str
    said: Said
    row: int = -1


def datagram(agent: CityAgent, one: Announcement, t: float, *, community: bytes) -> bytes:
    """The message, at simulation time t."""
    varbinds = [
        VarBind(SYS_UPTIME, ber.TIME_TICKS, int((t - agent.boot) * 100) & 0xFFFFFFFF),
        VarBind(SNMP_TRAP_OID, ber.OBJECT_ID, ber.oid_content(one.said)),
    ]
    if one.row >= 0:
        index = agent.device.ports[one.row].index
        oper = DOWN if one.said is Said.LINK_DOWN else UP
        varbinds += [
            VarBind(ber.oid_content(f"{column}.{index}"), ber.INTEGER, value)
            for column, value in ((IF_INDEX, index), (IF_ADMIN_STATUS, UP), (IF_OPER_STATUS, oper))
        ]
    bindings = ber.tlv(ber.SEQUENCE, b"".join([encode_varbind(varbind) for varbind in varbinds]))
    pdu = ber.tlv(TrapType.V2_TRAP, ber.integer(one.row + 2) + ber.integer(0) + ber.integer(0) + bindings)
    return ber.tlv(ber.SEQUENCE, ber.integer(Version.V2C) + ber.octets(community) + pdu)
