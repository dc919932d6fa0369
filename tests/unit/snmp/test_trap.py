"""Notifications of v1 and v2c to the octet, and what is none: a typed outcome."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.snmp import ber
from netwatch.snmp.errors import Malformed, WrongPdu, WrongVersion
from netwatch.snmp.message import VarBind, Version, decode
from netwatch.snmp.trap import MOST_VARBINDS, TrapType, answer, decode_trap, response_pdu
from tests.traps import (
    COLD_START,
    IF_INDEX,
    INFORM,
    LINK_DOWN,
    LINK_UP,
    V2_TRAP,
    bound,
    message,
    port,
    trap,
    v1_trap,
)
from tests.unit.snmp.strategies import varbinds


def kind_of(datagram):
    return ber.oid_to_dotted(decode_trap(datagram).told.kind)


def test_a_trap_of_v2c_tells_its_kind_its_variables_and_its_community():
    heard = decode_trap(trap(LINK_DOWN, port(17)))
    assert (heard.version, heard.community) == (Version.V2C, b"public")
    assert heard.told.type is TrapType.V2_TRAP
    assert not heard.told.wants_answer
    assert kind_of(trap(LINK_DOWN)) == LINK_DOWN
    assert [(one.dotted, one.value) for one in heard.told.varbinds[2:]] == [(f"{IF_INDEX}.17", 17)]


@pytest.mark.parametrize("generic", range(6))
def test_a_generic_trap_of_v1_is_the_one_of_snmpv2_mib(generic):
    assert kind_of(v1_trap(generic)) == f"1.3.6.1.6.3.1.1.5.{generic + 1}"


def test_an_enterprises_own_trap_of_v1_is_its_enterprise_a_zero_and_the_number():
    assert kind_of(v1_trap(6, specific=70_000)) == "1.3.6.1.4.1.6296.1.0.70000"


def test_a_trap_of_v1_keeps_its_variables():
    heard = decode_trap(v1_trap(3, port(9)))
    assert heard.version is Version.V1
    assert heard.told.request_id is None
    assert heard.told.varbinds == (VarBind(ber.oid_content(f"{IF_INDEX}.9"), ber.INTEGER, 9),)


def test_an_agent_that_leaves_the_uptime_out_is_understood():
    only_kind = bound("1.3.6.1.6.3.1.1.4.1.0", ber.OBJECT_ID, ber.oid_content(LINK_UP))
    body = ber.integer(1) + ber.integer(0) + ber.integer(0) + ber.tlv(ber.SEQUENCE, only_kind)
    assert kind_of(message(1, b"x", ber.tlv(V2_TRAP, body))) == LINK_UP


def test_an_inform_is_answered_with_its_own_id_and_variables():
    inform = trap(COLD_START, port(3), tag=INFORM, request_id=-2_000_000_000, community=b"field")
    reply = decode(answer(decode_trap(inform)))
    assert (reply.version, reply.community, reply.request_id) == (Version.V2C, b"field", -2_000_000_000)
    assert (reply.error_status, reply.error_index) == (0, 0)
    assert reply.varbinds == decode_trap(inform).told.varbinds


def test_a_trap_is_not_answered():
    with pytest.raises(ValueError, match="not answered"):
        response_pdu(decode_trap(trap()).told)


@pytest.mark.parametrize(
    ("datagram", "error"),
    [
        (trap(version=2), WrongVersion),
        (trap(version=3), WrongVersion),
        (trap(tag=0xA2), WrongPdu),
        (trap(tag=0xA3), WrongPdu),  # a SetRequest has no business anywhere here
        (trap(version=0), WrongPdu),
        (v1_trap(version=1), WrongPdu),
        (trap() + b"\0", Malformed),
        (v1_trap(6, specific=-1), Malformed),
        (v1_trap(7), Malformed),
        (v1_trap(-1), Malformed),
        (v1_trap(agent=b"\x0a\0\0"), Malformed),
        (v1_trap(6, specific=1, enterprise="1.3" + ".1" * 125), Malformed),
        (trap(LINK_DOWN, *[port(1)] * MOST_VARBINDS), Malformed),
        (message(1, b"x", ber.tlv(V2_TRAP, ber.integer(1) * 3 + ber.tlv(ber.SEQUENCE, port(1)))), Malformed),
        (b"", Malformed),
        (b"\x30\x80" + bytes(40), Malformed),  # an indefinite length
        (b"\x30\x84\xff\xff\xff\xff" + bytes(40), Malformed),
        (b"\x30\x7e" * 20_000, Malformed),
    ],
)
def test_what_is_no_notification_is_refused_under_its_name(datagram, error):
    with pytest.raises(Malformed) as refused:
        decode_trap(datagram)
    assert type(refused.value) is error


def test_the_community_is_in_no_text():
    assert "s3cret" not in repr(decode_trap(trap(community=b"s3cret")))


@given(st.lists(varbinds, max_size=12), st.binary(max_size=60), st.sampled_from([INFORM, V2_TRAP]))
def test_whatever_variables_it_bears_they_come_out_as_they_are(bindings, community, tag):
    sent = [bound(ber.oid_to_dotted(one.oid), one.syntax, one.value) for one in bindings]
    heard = decode_trap(trap(LINK_DOWN, *sent, tag=tag, community=community))
    assert heard.community == community
    assert heard.told.varbinds[2:] == tuple(bindings)
