"""Recordings: what is read, and how mistakes are told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.simulate.recording import RecordingError, format_line, parse, parse_line, read
from netwatch.snmp import ber
from netwatch.snmp.message import encode_value
from tests.tools import require_recordings

HEAD = b"1.3.6.1.2.1.1.1.0|"


@pytest.mark.parametrize(
    ("line", "octets"),
    [
        (b"2|-1", b"\x02\x01\xff"),
        (b"2|128", b"\x02\x02\x00\x80"),
        (b"4|a|b", b"\x04\x03a|b"),
        (b"4|", b"\x04\x00"),
        (b"4x|00d0cb", b"\x04\x03\x00\xd0\xcb"),
        (b"4x|", b"\x04\x00"),
        (b"5|", b"\x05\x00"),
        (b"6|1.3.6.1", b"\x06\x03\x2b\x06\x01"),
        (b"6|.1.3.6.1", b"\x06\x03\x2b\x06\x01"),
        (b"64|10.0.0.1", b"\x40\x04\x0a\x00\x00\x01"),
        (b"64x|0a000001", b"\x40\x04\x0a\x00\x00\x01"),
        (b"65|4294967295", b"\x41\x05\x00\xff\xff\xff\xff"),
        (b"66|0", b"\x42\x01\x00"),
        (b"67|123", b"\x43\x01\x7b"),
        (b"68x|9f780442c80000", b"\x44\x07\x9f\x78\x04\x42\xc8\x00\x00"),
        (b"70|18446744073709551615", b"\x46\x09\x00" + b"\xff" * 8),
    ],
)
def test_every_tag_becomes_its_shortest_octets(line, octets):
    assert parse_line(HEAD + line) == ((1, 3, 6, 1, 2, 1, 1, 1, 0), octets)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (b"1.3.6.1", "expected oid|tag|value"),
        (b"1.3.6.1|4", "expected oid|tag|value"),
        (b"1.x.6|4|a", "'1.x.6' is not an object identifier"),
        (b"1.3.6.1.99999999999|4|a", "'1.3.6.1.99999999999' is not an object identifier"),
        (HEAD + b"3|a", "the tag 3 is not one of 2, 4, 5, 6, 64, 65, 66, 67, 68, 70"),
        (HEAD + b"2:writecache|1", "variation modules do not exist here"),
        (HEAD + b"2|one", "'one' is not an INTEGER"),
        (HEAD + b"65|-1", "'-1' is not a Counter32"),
        (HEAD + b"70|18446744073709551616", "'18446744073709551616' is not a Counter64"),
        (HEAD + b"4x|0g", "'0g' is not an OCTET STRING in hex"),
        (HEAD + b"64|10.0.0.256", "'10.0.0.256' is not an IpAddress"),
        (HEAD + b"64|10.0.0", "'10.0.0' is not an IpAddress"),
        (HEAD + b"6|a.b", "'a.b' is not an OBJECT IDENTIFIER"),
        (HEAD + b"2|" + b"9" * 50, "'" + "9" * 37 + "...' is not an INTEGER"),
    ],
)
def test_a_bad_line_is_one_sentence_with_its_place(line, sentence):
    with pytest.raises(RecordingError) as caught:
        parse(b"1.3.6.1.2.1.1.5.0|4|name\n" + line + b"\n", source="box.snmprec")
    assert str(caught.value).startswith("box.snmprec:2: ")
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_every_bad_line_is_told_up_to_twenty():
    with pytest.raises(RecordingError) as caught:
        parse(b"nonsense\n" * 30, source="x")
    assert [problem.line for problem in caught.value.problems] == list(range(1, 21))


def test_order_blank_lines_comments_and_carriage_returns_do_not_matter():
    recording = parse(b"# by hand\r\n1.3.6.1.2|2|2\r\n\r\n1.3.6.1.1|2|1\r\n", source="x")
    assert dict(recording.values) == {(1, 3, 6, 1, 1): b"\x02\x01\x01", (1, 3, 6, 1, 2): b"\x02\x01\x02"}


def test_of_an_object_given_twice_the_first_line_stands():
    recording = parse(b"1.3.6.1.1|2|1\n1.3.6.1.1|2|2\n", source="x")
    assert recording.values[1, 3, 6, 1, 1] == b"\x02\x01\x01"


def test_an_empty_recording_is_refused():
    with pytest.raises(RecordingError, match="x: holds no objects"):
        parse(b"\n", source="x")


def test_a_file_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(RecordingError, match=r"gone\.snmprec: no such file or directory"):
        read(tmp_path / "gone.snmprec")


def test_every_recorded_device_loads():
    files = sorted(require_recordings().glob("*.snmprec"))
    assert len(files) >= 47
    for file in files:
        lines = [line for line in file.read_bytes().splitlines() if line]
        assert len(read(file).values) == len({line.partition(b"|")[0] for line in lines}), file.name


def _content(arcs):
    return ber.oid_content(".".join(map(str, (1, 3, *arcs))))


numbers = st.one_of(
    st.tuples(st.just(ber.INTEGER), st.integers(-(2**31), 2**31 - 1)),
    st.tuples(st.sampled_from([ber.COUNTER32, ber.GAUGE32, ber.TIME_TICKS]), st.integers(0, 2**32 - 1)),
    st.tuples(st.just(ber.COUNTER64), st.integers(0, 2**64 - 1)),
)
strings = st.one_of(
    st.tuples(st.sampled_from([ber.OCTET_STRING, ber.OPAQUE]), st.binary(max_size=40)),
    st.tuples(st.just(ber.OCTET_STRING), st.text(max_size=20).map(str.encode)),
    st.tuples(st.just(ber.IP_ADDRESS), st.binary(min_size=4, max_size=4)),
    st.tuples(st.just(ber.OBJECT_ID), st.lists(st.integers(0, 2**32 - 1), max_size=9).map(_content)),
)


@given(st.one_of(numbers, strings), st.lists(st.integers(0, 2**32 - 1), max_size=9))
def test_what_is_written_is_read_back_to_the_octet(value, arcs):
    line = format_line(_content(arcs), *value)
    assert line is not None
    assert b"\n" not in line
    assert parse_line(line) == ((1, 3, *arcs), encode_value(*value))


@pytest.mark.parametrize("syntax", [ber.NO_SUCH_OBJECT, ber.END_OF_MIB_VIEW, ber.COUNTER32, 0x99])
def test_what_a_recording_cannot_hold_is_not_written(syntax):
    assert format_line(_content([1]), syntax, None) is None
