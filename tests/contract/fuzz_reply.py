"""Coverage-guided fuzzing of the reply path, by atheris: `python tests/contract/fuzz_reply.py [libFuzzer options]`.

The octets are a datagram as it comes. Whatever they are: the general decoder reads or says Malformed, the template
reads or says Malformed, both agree, and a layout learned from a reply reads a changed reply as the strict way does.
"""

import sys

import atheris

with atheris.instrument_imports(include=["netwatch.snmp"]):
    from netwatch.snmp import ber
    from netwatch.snmp.errors import Malformed
    from netwatch.snmp.layout import Interned, learn
    from netwatch.snmp.message import Message, PduType, VarBind, Version, decode, decode_header, encode
    from netwatch.snmp.template import Kind, Template

OIDS = ("1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.31.1.1.1.6.1", "1.3.6.1.2.1.2.2.1.8.200", "1.3.6.1.2.1.1.5.0")
KINDS = (Kind.NUMBER, Kind.NUMBER, Kind.ANY, Kind.OCTETS)
TEMPLATE = Template(OIDS, KINDS)
INTERNED = Interned(most=10_000)


def seed() -> bytes:
    """A right reply."""
    values = ((ber.TIME_TICKS, 99), (ber.COUNTER64, 2**63), (ber.INTEGER, -5), (ber.OCTET_STRING, b"sw-7"))
    varbinds = tuple(VarBind(ber.oid_content(oid), *typed) for oid, typed in zip(OIDS, values, strict=True))
    return encode(
        Message(
            version=Version.V2C,
            community=b"public",
            pdu_type=PduType.RESPONSE,
            request_id=0x12345678,
            varbinds=varbinds,
        )
    )


def known() -> list:
    """Layouts learned from right replies, for changed ones to be held against."""
    data = seed()
    header = decode_header(data)
    return [learn(data, header.at - 4, TEMPLATE.decode(data, header.at + 6, header.end), INTERNED)]


LAYOUTS = known()


def strictly(data: bytes) -> list | None:
    """The values as the slow way sees them; None when it refuses."""
    try:
        header = decode_header(data)
        status, at = ber.read_integer(data, header.at, header.end)
        index, at = ber.read_integer(data, at, header.end)
        if status or index or header.pdu_type is not PduType.RESPONSE:
            return None
        decoded = TEMPLATE.decode(data, at, header.end)
    except Malformed:
        return None
    layout = learn(data, header.at - 4, decoded, INTERNED) if data[header.at - 6 : header.at - 4] == b"\2\4" else None
    if layout is not None:
        assert layout.read(data) == decoded.values, "a layout misreads the reply it was learned from"
        LAYOUTS[1:] = [*LAYOUTS[-3:], layout]
    return decoded.values


def one_input(data: bytes) -> None:
    """What must hold for any datagram."""
    try:
        message = decode(data)
    except Malformed:
        message = None
    values = strictly(data)
    if values is not None:
        assert message is not None, "the template reads what the general decoder refuses"
        for value, varbind in zip(values, message.varbinds, strict=True):
            assert value is None or value == varbind.value, "the two decoders disagree"
    for layout in LAYOUTS:
        glanced = layout.read(data)
        assert glanced is None or glanced == values, "the glance accepts what the strict way does not"
    if message is not None and all(varbind.value is not None for varbind in message.varbinds):
        assert decode(encode(message)) == message, "a message does not come back"


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
