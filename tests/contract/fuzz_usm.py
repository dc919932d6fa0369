"""Coverage-guided fuzzing of SNMPv3, by atheris: `python tests/contract/fuzz_usm.py [libFuzzer options]`.

The octets are a datagram as it comes from the street, and once more what an agent that knows the keys seals. Whatever
they are: Malformed or read; nothing is opened but what was sealed; the glance opens what the strict way opens.
"""

import sys

import atheris

with atheris.instrument_imports(include=["netwatch.snmp"]):
    from netwatch.snmp import ber, usm
    from netwatch.snmp.ciphers import PrivProtocol
    from netwatch.snmp.digests import AuthProtocol
    from netwatch.snmp.errors import Malformed
    from netwatch.snmp.keys import KeyRing, Level, User
    from netwatch.snmp.message import decode_body, decode_pdu_header

ENGINE = bytes.fromhex("80001f888059dc486145a26322")
USER = User(
    name=b"netwatch",
    auth=AuthProtocol.SHA256,
    auth_password=b"fuzz-password",
    priv=PrivProtocol.AES128,
    priv_password=b"fuzz-password",
)
KEYS = KeyRing().keys(USER, ENGINE)
STAMP = usm.Stamp(b"\x12\x34\x56\x78", 5, 123_456, Level.AUTH_PRIV, reportable=False)
VARBIND = ber.tlv(ber.SEQUENCE, ber.oid("1.3.6.1.2.1.1.5.0") + ber.octets(bytes(600)))
SCOPED = usm.scope(
    usm.context(ENGINE, b""),
    ber.tlv(0xA2, b"\x02\x04\x11\x22\x33\x44\x02\x01\0\x02\x01\0" + ber.tlv(ber.SEQUENCE, VARBIND)),
)


SEALED = usm.seal(SCOPED, STAMP, KEYS)
GLANCE = usm.glance(SEALED, usm.parse(SEALED), KEYS)


def from_the_street(data: bytes) -> None:
    """A datagram of anybody's."""
    glanced = GLANCE.open(data)
    usm.message_id_of(data)
    try:
        envelope = usm.parse(data)
        octets = usm.unseal(data, envelope, KEYS)
    except Malformed:
        assert glanced is None, "the glance opens what the strict way refuses"
        return
    assert glanced in (None, (envelope.boots, envelope.time_s, octets)), "the two ways disagree"
    if envelope.level:
        assert octets == SCOPED, "somebody has forged a message"
    read(octets)


def from_an_agent(octets: bytes) -> None:
    """Whatever an agent seals that knows the keys."""
    datagram = usm.seal(octets, STAMP, KEYS)
    glanced = GLANCE.open(datagram)
    try:
        opened = usm.unseal(datagram, usm.parse(datagram), KEYS)
    except Malformed:
        assert glanced is None, "the glance opens what the strict way refuses"
        return
    assert glanced is None or glanced[2] == opened, "the two ways disagree"
    assert octets.startswith(opened), "something else was opened than was sealed"
    read(opened)


def read(octets: bytes) -> None:
    """What comes after the verification."""
    try:
        scoped = usm.read_scoped(octets)
        decode_body(octets, decode_pdu_header(octets, scoped.pdu_at, scoped.end))
    except Malformed:
        return


def one_input(data: bytes) -> None:
    """What must hold for any octets."""
    from_the_street(data)
    from_an_agent(data)


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
