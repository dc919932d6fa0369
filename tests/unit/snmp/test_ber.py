"""BER against vectors worked out by hand from X.690 and RFC 3417 section 8, and against itself."""

import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.snmp import ber
from netwatch.snmp.errors import Malformed
from tests.unit.snmp.strategies import oids


@pytest.mark.parametrize(
    ("value", "octets"),
    [
        (0, "020100"),
        (127, "02017f"),
        (128, "02020080"),
        (256, "02020100"),
        (-1, "0201ff"),
        (-128, "020180"),
        (-129, "0202ff7f"),
        (2147483647, "02047fffffff"),
        (-2147483648, "020480000000"),
    ],
)
def test_integers_take_the_fewest_octets(value, octets):
    assert ber.integer(value).hex() == octets


@pytest.mark.parametrize(
    ("value", "tag", "octets"),
    [
        (0, ber.GAUGE32, "420100"),
        (4294967295, ber.COUNTER32, "410500ffffffff"),
        (2**63, ber.COUNTER64, "4609008000000000000000"),
        (2**64 - 1, ber.COUNTER64, "460900ffffffffffffffff"),
    ],
)
def test_unsigned_values_are_padded_where_the_top_bit_would_read_as_a_sign(value, tag, octets):
    assert ber.unsigned(value, tag).hex() == octets


def test_a_negative_number_is_not_unsigned():
    with pytest.raises(ValueError, match="-1 is not unsigned"):
        ber.unsigned(-1)


@pytest.mark.parametrize(
    ("dotted", "octets"),
    [
        ("1.3.6.1.2.1.1.3.0", "06082b06010201010300"),
        ("0.0", "060100"),
        ("2.999.3", "0603883703"),
        ("1.3.6.1.4.1.2636.3.1.13.1.8.128", "060e2b06010401944c03010d01088100"),
        ("1.3.4294967295", "06062b8fffffff7f"),
        ("2.4294967295", "0605908080804f"),
    ],
)
def test_object_identifiers_by_hand(dotted, octets):
    assert ber.oid(dotted).hex() == octets
    assert ber.oid_to_dotted(bytes.fromhex(octets)[2:]) == dotted


@pytest.mark.parametrize("wrong", ["", "1", "3.1", "1.40", "1.3.-1", "1.3.4294967296", "1.3.x", "1..3"])
def test_what_is_no_object_identifier_is_refused(wrong):
    with pytest.raises(ValueError):
        ber.oid(wrong)


@pytest.mark.parametrize("octets", ["", "80", "2b86", "2b9080808000", "2b" + "ffffffffffff7f"])
def test_content_that_is_no_object_identifier_is_malformed(octets):
    with pytest.raises(Malformed):
        ber.oid_to_dotted(bytes.fromhex(octets))


def test_an_object_identifier_has_at_most_128_arcs():
    longest = "1.3" + ".1" * 126
    assert ber.oid_to_dotted(ber.oid_content(longest)) == longest
    with pytest.raises(ValueError, match="not an object identifier"):
        ber.oid(longest + ".1")
    with pytest.raises(Malformed, match="more than 128"):
        ber.oid_to_dotted(ber.oid_content(longest) + b"\x01")


@given(oids)
def test_object_identifiers_come_back(dotted):
    assert ber.oid_to_dotted(ber.oid_content(dotted)) == dotted


@given(oids, oids)
def test_sub_identifiers_order_objects_as_snmp_does(one, other):
    by_arcs = ber.oid_arcs(one) < ber.oid_arcs(other)
    assert (ber.sub_identifiers(ber.oid_content(one)) < ber.sub_identifiers(ber.oid_content(other))) == by_arcs


@given(st.integers(0, 70_000))
def test_lengths_come_back(length):
    data = b"\x04" + ber.encode_length(length) + bytes(length)
    tag, start, stop = ber.read_tlv(data, 0, len(data))
    assert (tag, stop - start, stop) == (4, length, len(data))


def test_a_length_longer_than_needed_is_read_as_it_stands():
    assert ber.read_tlv(bytes.fromhex("0484000000024142"), 0, 8) == (4, 6, 8)


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        ("04", "cut off"),
        ("0480", "indefinite"),
        ("0485000000000141", "absurd"),
        ("04ff", "absurd"),
        ("0482", "a length is cut off"),
        ("048201", "a length is cut off"),
        ("0484ffffffff", "beyond its container"),
        ("0402ff", "beyond its container"),
        ("1f8101", "more than one octet"),
    ],
)
def test_a_header_that_lies_is_malformed(octets, why):
    data = bytes.fromhex(octets)
    with pytest.raises(Malformed, match=why):
        ber.read_tlv(data, 0, len(data))
    with pytest.raises(Malformed):
        ber.expect(data, 0, len(data), ber.OCTET_STRING)


def test_another_tag_than_the_expected_is_malformed():
    with pytest.raises(Malformed, match="tag 0x04 where 0x30 belongs"):
        ber.expect(b"\x04\x00", 0, 2, ber.SEQUENCE)


def test_a_short_length_beyond_the_container_is_malformed_though_the_buffer_goes_on():
    with pytest.raises(Malformed, match="beyond its container"):
        ber.expect(b"\x04\x03abc", 0, 4, ber.OCTET_STRING)


@pytest.mark.parametrize("octets", ["0200", "02050000000001"])
def test_a_protocol_integer_has_one_to_four_octets(octets):
    data = bytes.fromhex(octets)
    with pytest.raises(Malformed):
        ber.read_integer(data, 0, len(data))


@pytest.mark.parametrize(
    ("tag", "content", "value"),
    [
        (ber.COUNTER64, "ffffffffffffffff", 2**64 - 1),  # pain 12: eight octets ff, no padding
        (ber.COUNTER32, "fffffffe", 2**32 - 2),  # pain 12: as if negative
        (ber.COUNTER32, "00fffffffe", 2**32 - 2),
        (ber.TIME_TICKS, "80000000", 2**31),
        (ber.INTEGER, "fe", -2),
        (ber.INTEGER, "ffffffff80000000", -(2**31)),
        (ber.GAUGE32, "0000000007", 7),
    ],
)
def test_counters_are_unsigned_and_integers_signed_whatever_the_top_bit_says(tag, content, value):
    assert ber.number(tag, bytes.fromhex(content)) == value


@pytest.mark.parametrize(
    ("tag", "content"),
    [
        (ber.COUNTER32, ""),
        (ber.COUNTER32, "01ffffffff"),
        (ber.COUNTER64, "01ffffffffffffffff"),
        (ber.COUNTER64, "00" * 10),
        (ber.INTEGER, "00" * 9),
        (ber.OCTET_STRING, "01"),
    ],
)
def test_a_number_of_illegal_length_or_size_has_no_value(tag, content):
    assert ber.number(tag, bytes.fromhex(content)) is None


@pytest.mark.parametrize(
    "content",
    [b"\x7f" * 65_000, b"\x81" * 65_000, b"\x80" * 65_000, b"\x00" * 65_000],
    ids=["arcs", "unending", "zeros", "many"],
)
def test_an_oid_bomb_costs_little_time_and_memory(content):
    tracemalloc.start()
    started = time.process_time()
    with pytest.raises(Malformed):
        ber.oid_to_dotted(content)
    elapsed_s = time.process_time() - started
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000
    assert elapsed_s < 0.1  # under tracemalloc, which is some twenty times slower
