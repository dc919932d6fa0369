"""Coverage-guided fuzzing of notifications, by atheris: `python tests/contract/fuzz_trap.py [libFuzzer options]`.

The octets are a datagram as it comes to port 162, and once more the inside of one that a device signs. Whatever they
are: told, or one of our own refusals; an answer goes only where one is due, and is a message itself.
"""

import sys

import atheris

with atheris.instrument_imports(include=["netwatch.snmp"]):
    from netwatch.snmp import usm
    from netwatch.snmp.digests import AuthProtocol
    from netwatch.snmp.engine import RemoteEngine
    from netwatch.snmp.errors import Insecure, Malformed
    from netwatch.snmp.keys import KeyRing, Level, User
    from netwatch.snmp.message import PduType, decode
    from netwatch.snmp.trap import answer, decode_trap, is_v3
    from netwatch.snmp.trap_v3 import OwnEngine, Sender, SignedTraps

ENGINE_ID = bytes.fromhex("80001f888059dc486145a26322")
USER = User(name=b"netwatch", auth=AuthProtocol.SHA256, auth_password=b"fuzz-password")
NOW_S, BOOTS, TIME_S = 1000.0, 5, 123_456
ENGINE = RemoteEngine(ENGINE_ID)
ENGINE.take(BOOTS, TIME_S, NOW_S)
SENDERS = {"sw-1": Sender(USER, ENGINE)}
OWN = OwnEngine("here", started_s=NOW_S - 500.0, started_wall_s=1.7e9)
TRAPS = SignedTraps(OWN)
RING = KeyRing()


def from_a_community(data: bytes) -> None:
    """A datagram that claims a community."""
    try:
        heard = decode_trap(data)
    except Malformed:
        return
    assert not is_v3(data), "one message is of two versions"
    if heard.told.wants_answer:
        answered = decode(answer(heard))
        assert answered.pdu_type is PduType.RESPONSE
        assert (answered.community, answered.request_id) == (heard.community, heard.told.request_id)


def from_the_street(data: bytes) -> None:
    """A datagram that claims to be of SNMPv3, by somebody who has no key."""
    try:
        said = TRAPS.read(data, SENDERS, NOW_S)
    except (Malformed, Insecure):
        return
    assert said.told is None, "somebody has forged a notification"
    if said.answer is not None:
        assert usm.parse(said.answer).level is Level.NO_AUTH_NO_PRIV, "an answer to nobody is signed"


def from_a_device(data: bytes) -> None:
    """What a device signs, as a trap and as an inform."""
    for engine_id, boots, time_s in ((ENGINE_ID, BOOTS, TIME_S), (OWN.id, OWN.boots, 500)):
        stamp = usm.Stamp(b"\x12\x34\x56\x78", boots, time_s, Level.AUTH_NO_PRIV, reportable=engine_id == OWN.id)
        datagram = usm.seal(data, stamp, RING.keys(USER, engine_id))
        try:
            said = TRAPS.read(datagram, SENDERS, NOW_S)
        except (Malformed, Insecure):
            continue
        assert said.told is not None
        assert said.told.wants_answer is (said.answer is not None)


def one_input(data: bytes) -> None:
    """What must hold for any octets."""
    from_a_community(data)
    from_the_street(data)
    from_a_device(data)


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
