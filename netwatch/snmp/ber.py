"""BER as SNMP uses it (RFC 3417 section 8, X.690): octets in, offsets and plain values out, and back.

Only definite lengths and one-octet tags exist here. Nothing recurses and nothing is copied before its length has
been checked against the buffer, so a datagram costs time and memory in proportion to its size whatever it says.
Reading is lenient where X.690 is and agents are (lengths with leading zeros, padded integers), and nowhere else.
"""

from typing import Final

from netwatch.snmp.errors import Malformed

INTEGER: Final = 0x02
OCTET_STRING: Final = 0x04
NULL: Final = 0x05
OBJECT_ID: Final = 0x06
SEQUENCE: Final = 0x30
IP_ADDRESS: Final = 0x40
COUNTER32: Final = 0x41
GAUGE32: Final = 0x42  # Unsigned32 too
TIME_TICKS: Final = 0x43
OPAQUE: Final = 0x44
NSAP_ADDRESS: Final = 0x45
COUNTER64: Final = 0x46
UINTEGER32: Final = 0x47
NO_SUCH_OBJECT: Final = 0x80
NO_SUCH_INSTANCE: Final = 0x81
END_OF_MIB_VIEW: Final = 0x82

EXCEPTIONS: Final = frozenset({NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB_VIEW})
# The longest content of each number, padding octet included: X.690 pads an unsigned value whose top bit is set.
MOST_OCTETS: Final = {
    INTEGER: 8,  # SMI says 32 bits; agents that send more still mean a number
    COUNTER32: 5,
    GAUGE32: 5,
    TIME_TICKS: 5,
    UINTEGER32: 5,
    COUNTER64: 9,
}
LARGEST_ARC: Final = 0xFFFFFFFF  # RFC 3416 section 4.1: a sub-identifier has 32 bits
MOST_ARCS: Final = 128


def encode_length(length: int) -> bytes:
    """The shortest definite length."""
    if length < 0x80:
        return bytes((length,))
    size = (length.bit_length() + 7) >> 3
    return bytes((0x80 | size,)) + length.to_bytes(size, "big")


def tlv(tag: int, content: bytes) -> bytes:
    """Tag, length, content."""
    return bytes((tag,)) + encode_length(len(content)) + content


def integer(value: int, tag: int = INTEGER) -> bytes:
    """A signed value in the fewest octets of two's complement."""
    size = (value if value >= 0 else ~value).bit_length() // 8 + 1
    return tlv(tag, value.to_bytes(size, "big", signed=True))


def unsigned(value: int, tag: int = GAUGE32) -> bytes:
    """A non-negative value, padded with a zero octet where the top bit would read as a sign."""
    if value < 0:
        raise ValueError(f"{value} is not unsigned")
    return integer(value, tag)


def octets(content: bytes, tag: int = OCTET_STRING) -> bytes:
    """An octet string, or any other type whose content is plain octets."""
    return tlv(tag, content)


def oid(dotted: str) -> bytes:
    """The whole OBJECT IDENTIFIER, tag and length included."""
    return tlv(OBJECT_ID, oid_content(dotted))


def oid_arcs(dotted: str) -> tuple[int, ...]:
    """`1.3.6.1` as numbers; a leading dot is allowed. ValueError when it is no object identifier."""
    arcs = tuple(int(arc) for arc in dotted.removeprefix(".").split("."))
    if not 2 <= len(arcs) <= MOST_ARCS or arcs[0] > 2 or (arcs[0] < 2 and arcs[1] >= 40):
        raise ValueError(f"{dotted!r} is not an object identifier")
    if min(arcs) < 0 or max(arcs) > LARGEST_ARC:
        raise ValueError(f"{dotted!r} has a sub-identifier that does not fit 32 bits")
    return arcs


def oid_content(dotted: str) -> bytes:
    """The content octets of a dotted object identifier (X.690 section 8.19)."""
    first, second, *rest = oid_arcs(dotted)
    content = bytearray()
    for arc in (first * 40 + second, *rest):
        if arc < 0x80:
            content.append(arc)
        else:
            septets = range((arc.bit_length() - 1) // 7 * 7, 0, -7)
            content += bytes(arc >> shift & 0x7F | 0x80 for shift in septets)
            content.append(arc & 0x7F)
    return bytes(content)


def content_arcs(content: bytes) -> tuple[int, ...]:
    """The sub-identifiers of an object identifier's content octets; compares as SNMP orders objects."""
    joined, *rest = sub_identifiers(content)
    if len(rest) > MOST_ARCS - 2:
        raise Malformed("an object identifier has more than 128 sub-identifiers")
    if max(rest, default=0) > LARGEST_ARC:
        raise Malformed("a sub-identifier does not fit 32 bits")
    first = min(joined // 40, 2)
    return (first, joined - first * 40, *rest)


def sub_identifiers(content: bytes) -> list[int]:
    """The plain base-128 numbers in the content; the first two arcs are still one number (40 * first + second)."""
    if not content or content[-1] & 0x80:
        raise Malformed("an object identifier ends inside a sub-identifier")
    if len(content) > 5 * MOST_ARCS:
        raise Malformed("an object identifier has more than 128 sub-identifiers")
    if content.isascii():  # each octet is one: most rows have small numbers
        return list(content)
    numbers: list[int] = []
    number = 0
    for octet in content:
        number = number << 7 | octet & 0x7F
        if number > LARGEST_ARC + 80:
            raise Malformed("a sub-identifier does not fit 32 bits")
        if octet < 0x80:
            numbers.append(number)
            number = 0
    return numbers


def oid_to_dotted(content: bytes) -> str:
    """Content octets as `1.3.6.1.2.1`. Malformed when they are no object identifier."""
    return ".".join(map(str, content_arcs(content)))


def read_tlv(data: bytes, at: int, end: int) -> tuple[int, int, int]:
    """Read one header at `at`; return (tag, start, stop) of a content known to lie within `end` (at most len(data))."""
    if at + 2 > end:
        raise Malformed("a value is cut off")
    tag, length = data[at], data[at + 1]
    at += 2
    if tag & 0x1F == 0x1F:
        raise Malformed("a tag of more than one octet")
    if length >= 0x80:
        size = length & 0x7F
        if not 1 <= size <= 4:
            raise Malformed("an indefinite or absurd length")
        if at + size > end:
            raise Malformed("a length is cut off")
        length = int.from_bytes(data[at : at + size], "big")
        at += size
    if at + length > end:
        raise Malformed("a length points beyond its container")
    return tag, at, at + length


def expect(data: bytes, at: int, end: int, tag: int) -> tuple[int, int]:
    """Read one header that must bear `tag`; return (start, stop) of its content."""
    if at + 1 < end and data[at] == tag and data[at + 1] < 0x80:  # the usual case, without a second call
        start, stop = at + 2, at + 2 + data[at + 1]
        if stop > end:
            raise Malformed("a length points beyond its container")
        return start, stop
    found, start, stop = read_tlv(data, at, end)
    if found != tag:
        raise Malformed(f"tag 0x{found:02x} where 0x{tag:02x} belongs")
    return start, stop


def read_integer(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Read an INTEGER of at most 32 bits; return (value, offset after it)."""
    start, stop = expect(data, at, end, INTEGER)
    if not 1 <= stop - start <= 4:
        raise Malformed("an INTEGER of no or more than four octets")
    return int.from_bytes(data[start:stop], "big", signed=True), stop


def number(tag: int, content: bytes) -> int | None:
    """The value of a number's content octets; None when its length is illegal or its tag is no number's.

    INTEGER is signed. Counters, gauges and ticks are unsigned whatever their top bit says: agents send
    Counter64 2**64-1 as eight octets ff and Counter32 as if it were negative.
    """
    most = MOST_OCTETS.get(tag)
    if most is None or not 1 <= len(content) <= most:
        return None
    if tag == INTEGER:
        return int.from_bytes(content, "big", signed=True)
    if len(content) == most and content[0]:
        return None
    return int.from_bytes(content, "big")
