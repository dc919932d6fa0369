"""Notifications that agents send of themselves: a datagram in, what it tells out, and the answer to an inform.

SNMPv1 Trap-PDU (RFC 1157 section 4.1.6), told as SNMPv2 would (RFC 3584 section 3.1); SNMPv2-Trap-PDU and
InformRequest-PDU (RFC 3416 sections 4.2.6 and 4.2.7). Anybody can send these, so nothing here costs more than the
datagram's own size, and what is not such a message to its last octet is Malformed.
"""

from enum import IntEnum
from typing import NamedTuple

from netwatch.snmp import ber
from netwatch.snmp.errors import Malformed, WrongPdu, WrongVersion
from netwatch.snmp.message import PduType, VarBind, Version, decode_varbind

MOST_VARBINDS = 256  # those of a port have three to ten; more than this is a bomb
SNMP_TRAP_OID = ber.oid_content("1.3.6.1.6.3.1.1.4.1.0")  # snmpTrapOID.0
GENERIC_TRAPS = "1.3.6.1.6.3.1.1.5"  # snmpTraps: generic-trap 0 is .1 (RFC 3584 section 3.1)
ENTERPRISE_SPECIFIC = 6
IPV4_OCTETS = 4


class TrapType(IntEnum):
    """The PDUs that announce something. Tags of RFC 1157 section 4.1.6 and RFC 3416 section 3."""

    V1_TRAP = 0xA4
    INFORM = 0xA6
    V2_TRAP = 0xA7


class Notification(NamedTuple):
    """What one PDU tells. `kind` is snmpTrapOID's value, as content octets; `bindings` the VarBindList as it came."""

    type: TrapType
    kind: bytes
    varbinds: tuple[VarBind, ...]
    request_id: int | None  # None in SNMPv1
    bindings: bytes

    @property
    def wants_answer(self) -> bool:
        """Whether the sender repeats it until it is answered."""
        return self.type is TrapType.INFORM


class Trap(NamedTuple):
    """A community's message with a notification in it."""

    version: Version
    community: bytes
    told: Notification

    def __repr__(self) -> str:
        """Without the community."""
        return f"Trap({self.version.name}, {self.told!r})"


def is_v3(datagram: bytes) -> bool:
    """Whether it claims to be SNMPv3, and so is not for `decode_trap`. Malformed where it claims nothing."""
    at, end = ber.expect(datagram, 0, len(datagram), ber.SEQUENCE)
    return ber.read_integer(datagram, at, end)[0] == Version.V3


def decode_trap(datagram: bytes) -> Trap:
    """Read a whole SNMPv1 or SNMPv2c message. WrongVersion, WrongPdu or Malformed when it is no notification."""
    at, end = ber.expect(datagram, 0, len(datagram), ber.SEQUENCE)
    if end != len(datagram):
        raise Malformed("octets behind the message")
    number, at = ber.read_integer(datagram, at, end)
    if number not in (Version.V1, Version.V2C):
        raise WrongVersion(f"msgVersion {number}")
    version = Version(number)
    start, at = ber.expect(datagram, at, end, ber.OCTET_STRING)
    told = read_notification(datagram, at, end)
    if (told.type is TrapType.V1_TRAP) is not (version is Version.V1):
        raise WrongPdu(f"PDU type 0x{told.type:02x} in {version.name}")
    return Trap(version, datagram[start:at], told)


def read_notification(datagram: bytes, at: int, end: int) -> Notification:
    """Read the PDU that fills at..end, whatever message it is in. WrongPdu when it announces nothing."""
    tag, at, stop = ber.read_tlv(datagram, at, end)
    if stop != end:
        raise Malformed("octets behind the PDU")
    try:
        kind = TrapType(tag)
    except ValueError:
        raise WrongPdu(f"PDU type 0x{tag:02x}") from None
    return _v1(datagram, at, end) if kind is TrapType.V1_TRAP else _v2(datagram, at, end, kind)


def answer(trap: Trap) -> bytes:
    """What tells the sender of an inform that it was received: its own variables in a Response-PDU."""
    pdu = response_pdu(trap.told)
    return ber.tlv(ber.SEQUENCE, ber.integer(trap.version) + ber.octets(trap.community) + pdu)


def response_pdu(told: Notification) -> bytes:
    """The Response-PDU that answers an inform (RFC 3416 section 4.2.7). ValueError for what wants no answer."""
    if told.request_id is None or not told.wants_answer:
        raise ValueError("a trap is not answered")
    body = ber.integer(told.request_id) + ber.integer(0) + ber.integer(0) + told.bindings
    return ber.tlv(PduType.RESPONSE, body)


def _v1(datagram: bytes, at: int, end: int) -> Notification:
    start, at = ber.expect(datagram, at, end, ber.OBJECT_ID)
    enterprise = ber.oid_to_dotted(datagram[start:at])
    start, at = ber.expect(datagram, at, end, ber.IP_ADDRESS)
    if at - start != IPV4_OCTETS:
        raise Malformed("an agent-addr that is no IPv4 address")  # it is not believed either way
    generic, at = ber.read_integer(datagram, at, end)
    specific, at = ber.read_integer(datagram, at, end)
    start, at = ber.expect(datagram, at, end, ber.TIME_TICKS)
    if ber.number(ber.TIME_TICKS, datagram[start:at]) is None:
        raise Malformed("a time-stamp of illegal length")
    varbinds = _varbinds(datagram, at, end)
    return Notification(TrapType.V1_TRAP, _kind_of(enterprise, generic, specific), varbinds, None, datagram[at:end])


def _kind_of(enterprise: str, generic: int, specific: int) -> bytes:
    """SnmpTrapOID for what SNMPv1 says in three fields (RFC 3584 section 3.1)."""
    if 0 <= generic < ENTERPRISE_SPECIFIC:
        return ber.oid_content(f"{GENERIC_TRAPS}.{generic + 1}")
    if generic != ENTERPRISE_SPECIFIC or specific < 0:
        raise Malformed(f"generic-trap {generic}, specific-trap {specific}")
    try:
        return ber.oid_content(f"{enterprise}.0.{specific}")
    except ValueError as error:
        raise Malformed(str(error)) from None


def _v2(datagram: bytes, at: int, end: int, kind: TrapType) -> Notification:
    request_id, at = ber.read_integer(datagram, at, end)
    _, at = ber.read_integer(datagram, at, end)  # error-status and error-index say nothing here
    _, at = ber.read_integer(datagram, at, end)
    varbinds = _varbinds(datagram, at, end)
    # sysUpTime.0 stands before it (RFC 3416 section 4.2.6), but for agents that leave that out
    for one in varbinds[:2]:
        if one.oid == SNMP_TRAP_OID and one.syntax == ber.OBJECT_ID and isinstance(one.value, bytes):
            ber.content_arcs(one.value)  # Malformed where its octets are no object identifier
            return Notification(kind, one.value, varbinds, request_id, datagram[at:end])
    raise Malformed("no snmpTrapOID where it belongs")


def _varbinds(datagram: bytes, at: int, end: int) -> tuple[VarBind, ...]:
    at, stop = ber.expect(datagram, at, end, ber.SEQUENCE)
    if stop != end:
        raise Malformed("octets behind the variables")
    varbinds: list[VarBind] = []
    while at < end:
        if len(varbinds) == MOST_VARBINDS:
            raise Malformed(f"more than {MOST_VARBINDS} variables")
        start, at = ber.expect(datagram, at, end, ber.SEQUENCE)
        varbinds.append(decode_varbind(datagram, start, at))
    return tuple(varbinds)
