"""Signed notifications: believed only when proven, of now and for the first time; anything else is a typed refusal."""

import random

import pytest

from netwatch.snmp import ber, usm
from netwatch.snmp.engine import RemoteEngine
from netwatch.snmp.errors import (
    Insecure,
    Malformed,
    NotInTimeWindow,
    WrongDigest,
    WrongEngine,
    WrongPdu,
    WrongSecurityLevel,
    WrongUser,
)
from netwatch.snmp.keys import Level, User
from netwatch.snmp.message import PduType, decode_pdu_header
from netwatch.snmp.trap import TrapType
from netwatch.snmp.trap_v3 import OwnEngine, ReplayedError, Sender, SignedTraps
from tests.signed_traps import AUTH, BOOTS, ENGINE, PRIV, RING, TIME_S, USER, inform, signed, signed_trap
from tests.traps import INFORM, LINK_DOWN, V2_TRAP, pdu, trap
from tests.unit.snmp.rubbish import mutant

NOW_S = 1000.0
NOBODYS = User(name=b"plain")
ANOTHER = User(name=b"netwatch", **{**AUTH, "auth_password": b"another password"}, **PRIV)


def engine(boots=BOOTS, time_s=TIME_S, engine_id=ENGINE):
    one = RemoteEngine(engine_id)
    one.take(boots, time_s, NOW_S)
    return one


@pytest.fixture
def own():
    return OwnEngine("here", started_s=NOW_S - 500.0, started_wall_s=1.7e9)


@pytest.fixture
def traps(own):
    return SignedTraps(own)


def read(traps, datagram, now_s=NOW_S, **senders):
    return traps.read(datagram, senders or {"sw-1": Sender(USER, engine())}, now_s)


def test_a_trap_of_the_proven_engine_is_told_and_not_answered(traps):
    said = read(traps, signed_trap(LINK_DOWN))
    assert (said.senders, said.answer) == (("sw-1",), None)
    assert said.told.type is TrapType.V2_TRAP
    assert ber.oid_to_dotted(said.told.kind) == LINK_DOWN


@pytest.mark.parametrize(
    ("datagram", "error"),
    [
        (signed_trap(user=ANOTHER), WrongDigest),
        (signed_trap(user=User(name=b"other", **AUTH, **PRIV)), WrongUser),
        (signed_trap(level=Level.AUTH_NO_PRIV), WrongSecurityLevel),
        (signed_trap(level=Level.NO_AUTH_NO_PRIV), WrongSecurityLevel),
        (signed_trap(engine_id=b"\x80\0\0\0\x05other"), WrongEngine),
        (signed_trap(boots=BOOTS - 1), NotInTimeWindow),
        (signed_trap(time_s=TIME_S - 151), NotInTimeWindow),
        (signed_trap(boots=0x7FFFFFFF), NotInTimeWindow),
        (signed(pdu(INFORM, LINK_DOWN)), WrongPdu),
        (signed(pdu(0xA2, LINK_DOWN)), WrongPdu),
    ],
)
def test_a_trap_that_proves_less_is_refused_by_the_reason(traps, datagram, error):
    with pytest.raises(Malformed) as refused:
        read(traps, datagram)
    assert type(refused.value) is error


def test_what_was_refused_may_still_come_rightly_and_then_once(traps):
    right = signed_trap()
    with pytest.raises(WrongDigest):
        read(traps, right[:-1] + bytes([right[-1] ^ 1]))
    assert read(traps, right).told
    with pytest.raises(ReplayedError):
        read(traps, right)
    with pytest.raises(ReplayedError):
        read(traps, right, now_s=NOW_S + 100)


def test_a_recording_is_refused_long_after_too(traps):
    recorded = signed_trap()
    with pytest.raises(NotInTimeWindow):
        read(traps, recorded, now_s=NOW_S + 151)


def test_the_first_trap_after_a_restart_is_believed_before_polling_knows_of_it(traps):
    known = engine()
    assert read(traps, signed_trap(boots=BOOTS + 1, time_s=2), sw=Sender(USER, known)).told
    assert (known.boots, known.time_s) == (BOOTS, TIME_S)


def test_an_engine_whose_clock_nobody_has_proven_is_not_believed(traps):
    with pytest.raises(NotInTimeWindow):
        read(traps, signed_trap(), sw=Sender(USER, RemoteEngine(ENGINE)))
    with pytest.raises(WrongEngine):
        read(traps, signed_trap(), sw=Sender(USER, RemoteEngine()))


def test_of_devices_behind_one_address_the_one_that_signed_is_meant(traps):
    senders = {"a": Sender(ANOTHER, engine()), "b": Sender(USER, engine()), "c": Sender(USER, engine(boots=BOOTS + 1))}
    assert read(traps, signed_trap(), **senders).senders == ("b",)


def test_a_plain_user_is_read_where_the_inventory_says_so(traps):
    plain = {"sw": Sender(NOBODYS, RemoteEngine(ENGINE))}
    datagram = signed_trap(user=NOBODYS)
    assert read(traps, datagram, **plain).told
    assert read(traps, datagram, **plain).told  # there is nothing to tell a copy by


def opened(answer, own, user=USER):
    envelope = usm.parse(answer)
    octets = usm.unseal(answer, envelope, RING.keys(user, own.id))
    scoped = usm.read_scoped(octets)
    return envelope, decode_pdu_header(octets, scoped.pdu_at, scoped.end)


def test_who_asks_for_our_engine_is_told_its_id_and_time_and_nothing_else(traps, own):
    said = read(traps, usm.discovery(b"\0\0\0\x09", b"\0\0\0\x01"))
    assert (said.senders, said.told) == ((), None)
    envelope = usm.parse(said.answer)
    assert (envelope.message_id, envelope.level, envelope.reportable) == (9, Level.NO_AUTH_NO_PRIV, False)
    assert (envelope.engine_id, envelope.boots, envelope.time_s) == (own.id, own.boots, 500)
    assert usm.STATS + b"\x04\0" in said.answer  # usmStatsUnknownEngineIDs.0


def test_who_knows_our_engine_but_not_its_time_is_told_by_a_signed_report(traps, own):
    said = read(traps, inform(own, 0, boots=0))
    assert said.told is None
    envelope = usm.parse(said.answer)
    assert (envelope.level, envelope.boots, envelope.time_s) == (Level.AUTH_NO_PRIV, own.boots, 500)
    octets = usm.unseal(said.answer, envelope, RING.keys(USER, own.id))
    assert usm.STATS + b"\x02\0" in octets  # usmStatsNotInTimeWindows.0


def test_an_inform_of_now_is_told_and_answered_as_it_was_asked(traps, own):
    said = read(traps, inform(own, 500, number=77))
    assert said.told.wants_answer
    envelope, header = opened(said.answer, own)
    assert (envelope.message_id, envelope.level) == (77, Level.AUTH_PRIV)
    assert (header.pdu_type, header.request_id) == (PduType.RESPONSE, 7)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"user": ANOTHER}, WrongDigest),
        ({"user": User(name=b"other", **AUTH)}, WrongUser),
        ({"level": Level.NO_AUTH_NO_PRIV}, WrongSecurityLevel),
        ({"time_s": 0, "reportable": False}, NotInTimeWindow),
    ],
)
def test_an_inform_that_proves_less_is_neither_told_nor_answered(traps, own, change, error):
    with pytest.raises(Malformed) as refused:
        read(traps, inform(own, **{"time_s": 500, **change}))
    assert type(refused.value) is error


def test_a_trap_cannot_borrow_our_engine(traps, own):
    with pytest.raises(WrongPdu):
        read(traps, signed(pdu(V2_TRAP, LINK_DOWN), engine_id=own.id, boots=own.boots, time_s=500))


def test_our_boots_grow_with_every_start_and_our_id_stays(own):
    later = OwnEngine("here", started_s=0.0, started_wall_s=1.7e9 + 61)
    assert later.id == own.id
    assert later.boots > own.boots
    assert OwnEngine("there", started_s=0.0, started_wall_s=0.0).id != own.id


def test_what_is_no_message_of_v3_is_malformed(traps):
    for datagram in (b"", trap(version=3), b"\x30\x80" * 500, bytes(70)):
        with pytest.raises(Malformed):
            read(traps, datagram)


@pytest.mark.parametrize("valid", ["trap", "inform"])
def test_no_beginning_and_no_mutation_is_believed(traps, own, valid):
    datagram = signed_trap() if valid == "trap" else inform(own, 500)
    chance = random.Random(7)
    altered = {datagram[:length] for length in range(len(datagram))}
    altered |= {mutant(chance, datagram, most=3) for _ in range(2000)} - {datagram}
    for one in altered:
        try:
            said = read(traps, one)
        except (Malformed, Insecure):
            continue
        assert said.told is None  # at most our engine's id was asked for
