"""SNMPv1 and SNMPv2c messages, and the PDUs of all versions (RFC 1157, RFC 1901, RFC 3416): to octets and back.

The slow path: walks, the simulator's agents, and every reply a template does not recognise at a glance. Requests
that could change a device cannot be written here: `PduType` has no SetRequest.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from netwatch.snmp import ber
from netwatch.snmp.errors import Malformed, WrongPdu, WrongVersion

SHORT = 0x7F  # octets: a content up to this has a length of one octet
ID_OCTETS = 4  # of a request-id as nearly everybody writes it
MOST_VARBINDS = 3_000  # 60 kB of the shortest useful ones; more is a bomb


class Version(IntEnum):
    """msgVersion."""

    V1 = 0
    V2C = 1
    V3 = 3


COMMUNITY_VERSIONS = (Version.V1, Version.V2C)


class PduType(IntEnum):
    """The PDUs that only read, and their answer. Tags of RFC 3416 section 3."""

    GET = 0xA0
    GET_NEXT = 0xA1
    RESPONSE = 0xA2
    GET_BULK = 0xA5
    REPORT = 0xA8  # of SNMPv3: never asked for, never without its msgID


class VarBind(NamedTuple):
    """One variable: `oid` as content octets, `syntax` its BER tag (`ber.COUNTER64` ...), `value` by syntax.

    Numbers are int, everything else content octets (OBJECT IDENTIFIER too: `ber.oid_to_dotted`). None for
    Null, for noSuchObject, noSuchInstance and endOfMibView, and for a number of illegal length.
    """

    oid: bytes
    syntax: int = ber.NULL
    value: int | bytes | None = None

    @property
    def dotted(self) -> str:
        """The object's name as `1.3.6.1`; Malformed when it is none."""
        return ber.oid_to_dotted(self.oid)


class Header(NamedTuple):
    """What stands before the error-status, and the offsets needed to go on. SNMPv3 has no community."""

    version: Version
    community: bytes
    pdu_type: PduType
    request_id: int
    at: int  # offset of the error-status
    end: int  # end of the PDU, which is the end of the datagram

    def __repr__(self) -> str:
        """Without the community."""
        return f"Header({self.version.name}, {self.pdu_type.name}, request_id={self.request_id})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message. In a GetBulk the two error fields carry non-repeaters and max-repetitions (RFC 3416 section 3)."""

    version: Version
    community: bytes = field(repr=False)
    pdu_type: PduType
    request_id: int
    error_status: int = 0
    error_index: int = 0
    varbinds: tuple[VarBind, ...] = ()
    body: bytes = field(default=b"", repr=False, compare=False)  # what stands behind the request-id, of what was asked
    is_known: bool = False  # it bears a known sign, so its variables were left in the body

    @property
    def non_repeaters(self) -> int:
        """Of a GetBulk: how many leading variables are asked once."""
        return self.error_status

    @property
    def max_repetitions(self) -> int:
        """Of a GetBulk: how many successors of each other variable are wanted."""
        return self.error_index


_NO_HEADER = Header(Version.V1, b"", PduType.RESPONSE, 0, 0, 0)


def encode(message: Message) -> bytes:
    """The datagram of SNMPv1 or SNMPv2c. ValueError when a value does not fit its syntax."""
    head = ber.integer(message.version) + ber.octets(message.community)
    return ber.tlv(ber.SEQUENCE, head + encode_pdu(message))


def encode_pdu(message: Message) -> bytes:
    """The PDU alone. ValueError when a value does not fit its syntax."""
    varbinds = b"".join([encode_varbind(varbind) for varbind in message.varbinds])
    return ber.tlv(
        message.pdu_type,
        ber.integer(message.request_id)
        + ber.integer(message.error_status)
        + ber.integer(message.error_index)
        + ber.tlv(ber.SEQUENCE, varbinds),
    )


def encode_varbind(varbind: VarBind) -> bytes:
    """One variable, by its syntax."""
    return ber.tlv(ber.SEQUENCE, ber.tlv(ber.OBJECT_ID, varbind.oid) + encode_value(varbind.syntax, varbind.value))


def encode_value(syntax: int, value: int | bytes | None) -> bytes:
    """One value with tag and length: numbers from int, exceptions and Null from None, the rest from octets."""
    if isinstance(value, int):
        if syntax not in ber.MOST_OCTETS:
            raise ValueError(f"a number does not fit syntax 0x{syntax:02x}")
        return ber.integer(value) if syntax == ber.INTEGER else ber.unsigned(value, syntax)
    if syntax in ber.MOST_OCTETS or (value is None) != (syntax == ber.NULL or syntax in ber.EXCEPTIONS):
        raise ValueError(f"{type(value).__name__} does not fit syntax 0x{syntax:02x}")
    return ber.tlv(syntax, value or b"")


def request_id_at(datagram: bytes) -> int | None:
    """Where the request-id stands if the headers say the truth, which has not been checked, and it has four octets."""
    try:
        length = datagram[1]
        at = 6 if length < 0x80 else 6 + (length & 0x7F)  # the community's length
        at += datagram[at] + 2  # the PDU's
        length = datagram[at]
    except IndexError:
        return None
    return at + (3 if length < 0x80 else 3 + (length & 0x7F))


def decode_header(datagram: bytes) -> Header:
    """Read up to the request-id. Malformed, WrongVersion or WrongPdu; what follows has not been looked at."""
    at = request_id_at(datagram)
    if at is not None and at + ID_OCTETS <= len(datagram):
        version, community, pdu_type, _, after, end = _header(datagram[:at], len(datagram)) or _NO_HEADER
        if after == at + ID_OCTETS:
            request_id = int.from_bytes(datagram[at:after], "big", signed=True)
            return Header(version, community, pdu_type, request_id, after, end)
    return _decode_header(datagram)


@lru_cache(maxsize=8192)
def _header(before_id: bytes, size: int) -> Header | None:
    """The header of all datagrams of a size that begin so, if it ends there: thousands of agents do."""
    try:
        return _decode_header(before_id + bytes(size - len(before_id)))
    except Malformed:
        return None


def _decode_header(datagram: bytes) -> Header:
    at, end = ber.expect(datagram, 0, len(datagram), ber.SEQUENCE)
    if end != len(datagram):
        raise Malformed("octets behind the message")
    version, at = ber.read_integer(datagram, at, end)
    if version not in (0, 1):
        raise WrongVersion(f"msgVersion {version}")
    start, at = ber.expect(datagram, at, end, ber.OCTET_STRING)
    return decode_pdu_header(datagram, at, end, Version(version), datagram[start:at])


def decode_pdu_header(
    datagram: bytes, at: int, end: int, version: Version = Version.V3, community: bytes = b""
) -> Header:
    """Read a PDU that fills at..end up to its request-id. Malformed or WrongPdu."""
    tag, at, stop = ber.read_tlv(datagram, at, end)
    if stop != end:
        raise Malformed("octets behind the PDU")
    try:
        pdu_type = PduType(tag)
    except ValueError:
        raise WrongPdu(f"PDU type 0x{tag:02x}") from None
    request_id, at = ber.read_integer(datagram, at, end)
    return Header(version, community, pdu_type, request_id, at, end)


def decode(datagram: bytes) -> Message:
    """Read a whole message. Malformed (or WrongVersion, WrongPdu) when it is not one to the last octet."""
    return decode_body(datagram, decode_header(datagram))


def decode_body(datagram: bytes, header: Header, *, body: bytes = b"") -> Message:
    """Read what follows a header. `body`: the same octets, to be kept with what they say."""
    status, at = ber.read_integer(datagram, header.at, header.end)
    index, at = ber.read_integer(datagram, at, header.end)
    at, end = ber.expect(datagram, at, header.end, ber.SEQUENCE)
    if end != header.end:
        raise Malformed("octets behind the variables")
    varbinds: list[VarBind] = []
    while at < end:
        if len(varbinds) == MOST_VARBINDS:
            raise Malformed(f"more than {MOST_VARBINDS} variables")
        start, at = ber.expect(datagram, at, end, ber.SEQUENCE)
        varbinds.append(_usual_varbind(datagram, start, at) or decode_varbind(datagram, start, at))
    return Message(
        version=header.version,
        community=header.community,
        pdu_type=header.pdu_type,
        request_id=header.request_id,
        error_status=status,
        error_index=index,
        varbinds=tuple(varbinds),
        body=body,
    )


def _usual_varbind(datagram: bytes, at: int, end: int) -> VarBind | None:
    """What nearly every VarBind is, read without a call for each header: lengths of one octet, and no exception.

    None where it is anything else, or wrong.
    """
    if not 5 <= end - at <= SHORT or datagram[at] != ber.OBJECT_ID:
        return None
    stop = at + 2 + datagram[at + 1]
    if stop == at + 2 or stop + 2 > end or datagram[stop - 1] & 0x80 or stop + 2 + datagram[stop + 1] != end:
        return None
    syntax, content = datagram[stop], datagram[stop + 2 : end]
    if syntax in ber.MOST_OCTETS:
        return VarBind(datagram[at + 2 : stop], syntax, ber.number(syntax, content))
    return VarBind(datagram[at + 2 : stop], syntax, content) if syntax == ber.OCTET_STRING else None


def decode_varbind(datagram: bytes, at: int, end: int) -> VarBind:
    """Read the content of one VarBind, which must fill at..end."""
    start, stop = ber.expect(datagram, at, end, ber.OBJECT_ID)
    if start == stop or datagram[stop - 1] & 0x80:
        raise Malformed("an object identifier ends inside a sub-identifier")
    oid = datagram[start:stop]
    syntax, start, stop = ber.read_tlv(datagram, stop, end)
    if stop != end:
        raise Malformed("octets behind a value")
    if syntax in ber.MOST_OCTETS:
        return VarBind(oid, syntax, ber.number(syntax, datagram[start:stop]))
    if syntax == ber.NULL or syntax in ber.EXCEPTIONS:
        if start != stop:
            raise Malformed("an exception or Null with content")
        return VarBind(oid, syntax)
    return VarBind(oid, syntax, datagram[start:stop])
