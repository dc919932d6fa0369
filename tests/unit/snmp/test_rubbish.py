"""Pain 32: whatever comes, of any version, is read or refused by one of our errors, and costs next to nothing."""

import random

import pytest

from netwatch.snmp import ber, usm
from netwatch.snmp.engine import RemoteEngine
from netwatch.snmp.errors import Malformed
from netwatch.snmp.keys import Level, User
from netwatch.snmp.message import (
    Message,
    PduType,
    VarBind,
    Version,
    decode,
    decode_body,
    decode_pdu_header,
    encode,
    encode_pdu,
)
from netwatch.snmp.template import Kind, Template
from netwatch.snmp.trap import decode_trap
from netwatch.snmp.trap_v3 import OwnEngine, Sender, SignedTraps
from tests.signed_traps import AUTH, ENGINE, RING, USER, inform, signed, signed_trap
from tests.traps import INFORM, LINK_DOWN, V2_TRAP, port, trap, v1_trap
from tests.unit.snmp.rubbish import MOST_OCTETS, MOST_S, cpu_s, most_octets, mutant

NOW_S = 1000.0
EACH = 50  # messages of each kind
MUTANTS = 2_500  # of each kind
LARGEST = 65_507
USERS = (USER, User(name=b"signs", **AUTH), User(name=b"plain"))
OWN = OwnEngine("here", started_s=NOW_S - 500.0, started_wall_s=1.7e9)
OIDS = tuple(f"1.3.6.1.2.1.31.1.1.1.{column}.{row}" for row in (7, 300) for column in (1, 6, 10))
TEMPLATE = Template(OIDS, (Kind.ANY,) * len(OIDS))


def values(chance):
    """Variables of a reply to the template, or fewer."""
    typed = [
        (ber.COUNTER64, chance.getrandbits(64)),
        (ber.OCTET_STRING, chance.randbytes(chance.randrange(40))),
        (ber.INTEGER, chance.randrange(-(2**31), 2**31)),
        (ber.NO_SUCH_INSTANCE, None),
    ]
    oids = OIDS[: chance.randint(1, len(OIDS))]
    return tuple(VarBind(ber.oid_content(oid), *chance.choice(typed)) for oid in oids)


def reply(chance, version):
    return Message(
        version=version,
        community=b"public",
        pdu_type=PduType.RESPONSE,
        request_id=chance.getrandbits(31),
        varbinds=values(chance),
    )


def plain_reply(chance):
    return encode(reply(chance, chance.choice((Version.V1, Version.V2C))))


def secured_reply(chance):
    return signed(encode_pdu(reply(chance, Version.V3)), user=chance.choice(USERS), number=chance.getrandbits(30))


def plain_notification(chance):
    ports = [port(chance.randrange(100_000)) for _ in range(chance.choice((0, 1, 3, 200)))]
    if chance.random() < 0.5:
        return trap(LINK_DOWN, *ports, tag=chance.choice((V2_TRAP, INFORM)))
    return v1_trap(chance.randrange(7), *ports, specific=chance.randrange(1000))


def secured_notification(chance):
    number = chance.getrandbits(30)
    if chance.random() < 0.2:
        return usm.discovery(number.to_bytes(4, "big"), b"\0\0\0\1")
    return inform(OWN, 500, number=number) if chance.random() < 0.5 else signed_trap(number=number)


def reads_plain_reply(data):
    message = decode(data)
    assert message.version in (Version.V1, Version.V2C)


def reads_secured_reply(data):
    envelope = usm.parse(data)
    who = next((one for one in USERS if one.name == envelope.user), USER)
    octets = usm.unseal(data, envelope, RING.keys(who, ENGINE))
    scoped = usm.read_scoped(octets)
    decode_body(octets, decode_pdu_header(octets, scoped.pdu_at, scoped.end))


def reads_secured_notification():
    engine = RemoteEngine(ENGINE)
    engine.take(7, 90_000, NOW_S)
    senders, traps = {"sw-1": Sender(USER, engine)}, SignedTraps(OWN)
    return lambda data: traps.read(data, senders, NOW_S)


KINDS = {
    "reply": (plain_reply, lambda: reads_plain_reply),
    "reply of SNMPv3": (secured_reply, lambda: reads_secured_reply),
    "notification": (plain_notification, lambda: decode_trap),
    "notification of SNMPv3": (secured_notification, reads_secured_notification),
}


class Reader:
    """Reads datagrams and counts those that are messages; nothing but our own errors may come out."""

    def __init__(self, read):
        self._read = read
        self.understood = self.refused = 0

    def __call__(self, datagram):
        try:
            self._read(datagram)
        except Malformed:
            self.refused += 1
        else:
            self.understood += 1


@pytest.fixture(params=KINDS)
def kind(request):
    """Valid messages of one kind, and their reader."""
    make, reader = KINDS[request.param]
    chance = random.Random(request.param)
    return chance, [make(chance) for _ in range(EACH)], Reader(reader())


def test_each_message_is_read_to_begin_with(kind):
    _, messages, reader = kind
    for message in messages:
        reader(message)
    assert (reader.understood, reader.refused) == (EACH, 0)


def test_no_beginning_of_a_message_is_one_or_costs_much(kind):
    _, messages, reader = kind
    slowest_s = max(cpu_s(reader, message[:length]) for message in messages for length in range(len(message)))
    assert slowest_s < MOST_S
    assert reader.understood == 0


def test_no_mutation_ends_otherwise_than_typed_or_costs_much(kind):
    chance, messages, reader = kind
    mutants = [mutant(chance, chance.choice(messages)) for _ in range(MUTANTS)]
    assert max(cpu_s(reader, one) for one in mutants) < MOST_S
    assert reader.refused > MUTANTS // 2
    assert most_octets(reader, mutants[:: MUTANTS // 500]) < MOST_OCTETS


def bombs():
    """As large as a datagram can be; in messages of SNMPv3 and notifications too."""
    fill = LARGEST - 300
    deep, endless = b"\x30\x84\x00\x00\xff\x00" * (fill // 6), b"\x30\x80" * (fill // 2)
    arcs, many = ber.tlv(ber.OBJECT_ID, b"\x81" * fill + b"\x01"), b"\x30\x05\x06\x01\x2b\x05\x00" * (fill // 7)
    for name, octets in {"deep": deep, "endless": endless, "arcs": arcs, "many": many}.items():
        bindings = ber.tlv(ber.SEQUENCE, octets)
        body = ber.integer(7) + ber.integer(0) + ber.integer(0) + bindings
        for tag in (PduType.RESPONSE, V2_TRAP, INFORM):
            yield f"{name} in {tag:02x}", ber.tlv(tag, body)
        yield f"{name} alone", octets


@pytest.mark.parametrize(("name", "body"), list(bombs()), ids=lambda one: one if isinstance(one, str) else "")
def test_a_bomb_in_any_message_costs_no_more_than_its_size_deserves(name, body):
    datagrams = [ber.tlv(ber.SEQUENCE, ber.integer(1) + ber.octets(b"public") + body), body]
    datagrams += [signed(body, user=user, level=level) for user in USERS for level in (Level(0), user.level)]
    for _, reader in KINDS.values():
        read = Reader(reader())
        assert max(cpu_s(read, one) for one in datagrams) < MOST_S, name
        assert most_octets(read, datagrams) < MOST_OCTETS, name
