"""Messages: one by hand to the octet, all others by round trip, and every broken one as a typed error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.snmp import ber
from netwatch.snmp.errors import Malformed, Outcome, WrongPdu, WrongVersion
from netwatch.snmp.message import (
    Message,
    PduType,
    VarBind,
    Version,
    _decode_header,
    _usual_varbind,
    decode,
    decode_header,
    decode_varbind,
    encode,
    encode_pdu,
    encode_value,
    encode_varbind,
)
from netwatch.snmp.request import Question
from tests.unit.snmp.rubbish import MOST_S, cpu_s, mutant
from tests.unit.snmp.strategies import messages

UPTIME = ber.oid_content("1.3.6.1.2.1.1.3.0")
GET_UPTIME = bytes.fromhex(
    "3029"  # SEQUENCE of 41 octets
    "020101"  # version 1: SNMPv2c
    "04067075626c6963"  # community
    "a01c"  # GetRequest of 28 octets
    "02041234567 8".replace(" ", "")
    + "020100020100"  # request-id, no error
    "300e300c06082b060102010103000500"  # sysUpTime.0, Null
)


def test_a_get_by_hand():
    message = Message(
        version=Version.V2C,
        community=b"public",
        pdu_type=PduType.GET,
        request_id=0x12345678,
        varbinds=(VarBind(UPTIME),),
    )
    assert encode(message) == GET_UPTIME
    assert decode(GET_UPTIME) == message
    assert message.varbinds[0].dotted == "1.3.6.1.2.1.1.3.0"


def header_or_error(read, datagram):
    try:
        return read(datagram)
    except Malformed as error:
        return type(error), str(error)


@given(messages, st.randoms(use_true_random=False))
def test_a_header_that_was_met_before_is_read_as_one_that_was_not(message, chance):
    whole = encode(message)
    for datagram in (whole, *(mutant(chance, whole) for _ in range(20))):
        assert header_or_error(decode_header, datagram) == header_or_error(_decode_header, datagram)


def test_a_request_id_of_fewer_octets_and_lengths_spelt_long_are_read_where_they_are():
    short = b"\x02\x01\x07".join(GET_UPTIME.split(bytes.fromhex("020412345678")))
    short = bytes([short[0], short[1] - 3, *short[2:13], 0xA0, short[14] - 3, *short[15:]])
    long_community = GET_UPTIME.replace(b"\x04\x06public", b"\x04\x81\x06public").replace(b"\x30\x29", b"\x30\x2a", 1)
    assert decode_header(short).request_id == 7
    assert [decode_header(long_community) for _ in range(2)] == [_decode_header(long_community)] * 2


@given(messages)
def test_every_message_comes_back(message):
    assert decode(encode(message)) == message


def test_the_error_fields_of_a_getbulk_are_its_two_counts():
    bulk = Message(
        version=Version.V2C, community=b"", pdu_type=PduType.GET_BULK, request_id=1, error_status=2, error_index=20
    )
    assert (decode(encode(bulk)).non_repeaters, decode(encode(bulk)).max_repetitions) == (2, 20)


def test_the_community_stays_out_of_every_representation():
    message = decode(GET_UPTIME)
    assert "public" not in repr(message)
    assert "public" not in str(message)
    assert "public" not in repr(decode_header(GET_UPTIME))


def test_no_pdu_that_writes_can_be_built_or_read():
    assert {pdu_type.name for pdu_type in PduType} == {"GET", "GET_NEXT", "RESPONSE", "GET_BULK", "REPORT"}
    with pytest.raises(WrongPdu, match="0xa3"):
        decode(GET_UPTIME.replace(b"\xa0\x1c", b"\xa3\x1c"))


@pytest.mark.parametrize("version", [2, 3, -1])
def test_another_version_is_named_as_such(version):
    with pytest.raises(WrongVersion) as caught:
        decode(GET_UPTIME.replace(b"\x02\x01\x01", b"\x02\x01" + bytes([version & 255])))
    assert caught.value.outcome is Outcome.WRONG_VERSION


@pytest.mark.parametrize("cut", range(len(GET_UPTIME)))
def test_a_truncated_message_is_malformed_wherever_it_is_cut(cut):
    with pytest.raises(Malformed):
        decode(GET_UPTIME[:cut])


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("3029", "3028", "behind the message"),
        ("a01c", "a01b", "behind the PDU"),
        ("300e", "300d", "behind the variables"),
        ("0500", "0501", "beyond its container"),
        ("0500", "8000", None),
        ("06082b06010201010300", "06082b06010201010380", "inside a sub-identifier"),
        ("0500", "05", "behind|cut off|beyond"),
        ("300c", "3080", "indefinite"),
    ],
)
def test_inner_lengths_must_agree(old, new, why):
    data = bytes.fromhex(GET_UPTIME.hex().replace(old, new, 1))
    if why is None:
        assert decode(data).varbinds == (VarBind(UPTIME, ber.NO_SUCH_OBJECT),)
    else:
        with pytest.raises(Malformed, match=why):
            decode(data)


def test_an_exception_with_content_is_malformed():
    inner = ber.tlv(ber.SEQUENCE, ber.tlv(ber.OBJECT_ID, UPTIME) + b"\x80\x01\x00")
    pdu = ber.tlv(PduType.RESPONSE, ber.integer(1) + bytes.fromhex("020100020100") + ber.tlv(ber.SEQUENCE, inner))
    with pytest.raises(Malformed, match="with content"):
        decode(ber.tlv(ber.SEQUENCE, ber.integer(1) + ber.octets(b"x") + pdu))


def test_a_number_of_illegal_length_costs_its_own_value_and_not_the_message():
    inner = ber.tlv(ber.SEQUENCE, ber.tlv(ber.OBJECT_ID, UPTIME) + b"\x43\x00")
    pdu = ber.tlv(PduType.RESPONSE, ber.integer(1) + bytes.fromhex("020100020100") + ber.tlv(ber.SEQUENCE, inner))
    message = decode(ber.tlv(ber.SEQUENCE, ber.integer(1) + ber.octets(b"x") + pdu))
    assert message.varbinds == (VarBind(UPTIME, ber.TIME_TICKS, None),)


@pytest.mark.parametrize(
    ("syntax", "value"),
    [
        (ber.OCTET_STRING, 1),
        (ber.INTEGER, b"1"),
        (ber.INTEGER, None),
        (ber.NULL, b""),
        (ber.NO_SUCH_OBJECT, b""),
        (ber.OCTET_STRING, None),
        (ber.COUNTER32, -1),
    ],
)
def test_a_value_that_does_not_fit_its_syntax_is_not_encoded(syntax, value):
    with pytest.raises(ValueError):
        encode_value(syntax, value)


@given(st.binary(max_size=400))
def test_any_octets_are_a_message_or_malformed(data):
    try:
        message = decode(data)
    except Malformed:
        return
    assert message.version in Version


@given(messages, st.data())
def test_a_message_with_any_octet_changed_is_read_or_malformed(message, data):
    octets = bytearray(encode(message))
    octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    try:
        read = decode(bytes(octets))
    except Malformed:
        return
    assert sum(len(varbind.oid) for varbind in read.varbinds) < len(octets)


def bombs():
    """Pain 32, 64 kB each."""
    yield "nesting", b"\x30\x84\x00\x00\xff\x00" * 10_800
    yield "indefinite", b"\x30\x80" * 32_000
    yield "length", b"\x30\x84\xff\xff\xff\xff" + bytes(64_000)
    yield "oid", b"\x06\x84\x00\x00\xfa\x00" + b"\x81" * 64_000
    empty = b"\x30\x02\x06\x00" * 16_000
    yield "empty varbinds", _response(empty)
    yield "null varbinds", _response(b"\x30\x05\x06\x01\x2b\x05\x00" * 9_000 + b"\x30")
    yield "one long integer", _response(ber.tlv(0x30, b"\x06\x01\x2b" + ber.tlv(2, b"\x7f" * 64_000)) + b"\x30")


def _response(varbinds):
    pdu = ber.tlv(0xA2, ber.integer(1) + bytes.fromhex("020100020100") + ber.tlv(0x30, varbinds))
    return ber.tlv(0x30, ber.integer(1) + ber.octets(b"public") + pdu)


@pytest.mark.parametrize(("name", "data"), list(bombs()))
def test_a_bomb_is_malformed_in_no_more_time_than_its_size_deserves(name, data):
    def read(octets):
        with pytest.raises(Malformed):
            decode(octets)

    assert cpu_s(read, data) < MOST_S


def test_the_header_alone_says_what_a_datagram_claims():
    header = decode_header(GET_UPTIME)
    assert (header.version, header.community, header.pdu_type) == (Version.V2C, b"public", PduType.GET)
    assert GET_UPTIME[header.at - 4 : header.at] == header.request_id.to_bytes(4, "big")


@given(
    st.sampled_from([PduType.GET, PduType.GET_NEXT, PduType.GET_BULK]),
    st.lists(st.sampled_from(["1.3.6.1.2.1.1.3.0", "1.0.8802.1.1.2", "1.3.6.1.4.1.6296.9.4294967295"]), max_size=40),
    st.integers(0, 200),
    st.integers(-(2**31), 2**31 - 1),
)
def test_a_question_is_the_message_that_asks_it(pdu_type, oids, repetitions, request_id):
    contents = tuple(map(ber.oid_content, oids))
    message = Message(
        version=Version.V2C,
        community=b"public",
        pdu_type=pdu_type,
        request_id=request_id,
        error_index=repetitions,
        varbinds=tuple(map(VarBind, contents)),
    )
    question = Question(pdu_type, contents, repetitions)
    assert question.encode(Version.V2C, b"public", request_id) == encode(message)
    assert question.encode(Version.V3, b"", request_id) == encode_pdu(message)


@given(messages, st.data())
def test_a_varbind_read_without_a_call_for_each_header_is_the_one_read_strictly(message, data):
    for varbind in message.varbinds:
        octets = encode_varbind(varbind)
        _, start, stop = ber.read_tlv(octets, 0, len(octets))
        usual = _usual_varbind(octets, start, stop)
        assert usual in (None, decode_varbind(octets, start, stop))
        spoilt = bytearray(octets)
        spoilt[data.draw(st.integers(start, stop - 1))] = data.draw(st.integers(0, 255))
        try:
            wanted = decode_varbind(bytes(spoilt), start, stop)
        except Malformed:
            wanted = None
        assert _usual_varbind(bytes(spoilt), start, stop) in (None, wanted)


def test_a_counter_and_a_text_are_usual():
    for syntax, value in ((ber.COUNTER32, 7), (ber.OCTET_STRING, b"Gi1/0/1")):
        varbind = VarBind(UPTIME, syntax, value)
        octets = encode_varbind(varbind)
        assert _usual_varbind(octets, 2, len(octets)) == varbind
