"""Templates and layouts: only exactly the objects asked are accepted, and the glance agrees with the strict reading."""

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netwatch.snmp import ber
from netwatch.snmp.errors import Malformed, WrongOids
from netwatch.snmp.layout import Interned, LayoutSlot, learn
from netwatch.snmp.message import Message, PduType, VarBind, Version, decode, decode_header, encode
from netwatch.snmp.template import Kind, Template, TemplateCache
from tests.unit.snmp.strategies import values

UPTIME, IN, OUT = "1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.31.1.1.1.6.1", "1.3.6.1.2.1.31.1.1.1.10.1"
SYNTAXES = sorted({*ber.MOST_OCTETS, ber.OCTET_STRING, ber.OBJECT_ID, ber.IP_ADDRESS, ber.NULL, *ber.EXCEPTIONS, 0x48})
CREDENTIALS = ber.integer(1) + ber.octets(b"public")


def oids(count):
    return tuple(f"1.3.6.1.2.1.2.2.1.{column}.{70 + column * 3}" for column in range(1, count + 1))


def raw_reply(names, contents, request_id=0x12345678):
    """A reply whose values are given as (tag, content octets), legal or not."""
    varbinds = b"".join(
        ber.tlv(ber.SEQUENCE, ber.oid(name) + ber.tlv(tag, content))
        for name, (tag, content) in zip(names, contents, strict=True)
    )
    pdu = ber.integer(request_id) + bytes.fromhex("020100020100") + ber.tlv(ber.SEQUENCE, varbinds)
    return ber.tlv(ber.SEQUENCE, CREDENTIALS + ber.tlv(PduType.RESPONSE, pdu))


def strict(template, data):
    header = decode_header(data)
    return template.decode(data, header.at + 6, header.end)


def layout_of(template, data, interned=None):
    return learn(data, decode_header(data).at - 4, strict(template, data), interned or Interned())


contents = st.tuples(st.sampled_from(SYNTAXES), st.binary(max_size=11)).map(
    lambda typed: (typed[0], b"" if typed[0] in ber.EXCEPTIONS | {ber.NULL} else typed[1])
)
rows = st.lists(st.tuples(st.sampled_from(Kind), contents), min_size=1, max_size=12)


def test_the_request_is_what_the_general_encoder_writes():
    template = Template((UPTIME, IN), (Kind.NUMBER, Kind.NUMBER))
    message = Message(
        version=Version.V2C,
        community=b"public",
        pdu_type=PduType.GET,
        request_id=0x12345678,
        varbinds=(VarBind(ber.oid_content(UPTIME)), VarBind(ber.oid_content(IN))),
    )
    assert template.encode(CREDENTIALS, bytes.fromhex("12345678")) == encode(message)


def test_one_template_serves_many_credentials():
    template = Template((UPTIME,), (Kind.NUMBER,))
    for number in range(40):
        community = f"city-{number}".encode()
        credentials = ber.integer(0) + ber.octets(community)
        message = decode(template.encode(credentials, b"\x01\x02\x03\x04"))
        assert (message.version, message.community) == (Version.V1, community)
    assert len(template._prefixes) <= 8


def test_values_come_back_by_kind():
    template = Template(oids(5), (Kind.NUMBER, Kind.OCTETS, Kind.OBJECT_ID, Kind.ANY, Kind.NUMBER))
    zero_dot_zero = bytes(1)
    given = [
        (ber.COUNTER64, b"\xff" * 8),
        (ber.OCTET_STRING, b"Gi1/0/1"),
        (ber.OBJECT_ID, zero_dot_zero),
        (ber.INTEGER, b"\xfe"),
        (ber.NO_SUCH_INSTANCE, b""),
    ]
    decoded = strict(template, raw_reply(oids(5), given))
    assert decoded.values == [2**64 - 1, b"Gi1/0/1", zero_dot_zero, -2, None]
    assert decoded.wrong_type == ()


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (Kind.NUMBER, (ber.OCTET_STRING, b"7")),
        (Kind.NUMBER, (ber.COUNTER32, b"")),
        (Kind.NUMBER, (ber.COUNTER32, b"\x01\0\0\0\0")),
        (Kind.OCTETS, (ber.INTEGER, b"\x07")),
        (Kind.OBJECT_ID, (ber.OCTET_STRING, b"")),
        (Kind.ANY, (ber.NULL, b"")),
    ],
)
def test_a_value_of_the_wrong_syntax_becomes_none_and_is_reported(kind, typed):
    template = Template(oids(2), (Kind.NUMBER, kind))
    data = raw_reply(oids(2), [(ber.GAUGE32, b"\x05"), typed])
    decoded = strict(template, data)
    assert (decoded.values, decoded.wrong_type) == ([5, None], (1,))
    layout = layout_of(template, data)
    assert (layout.read(data), layout.wrong_type) == ([5, None], (1,))


@pytest.mark.parametrize(
    "names",
    [(IN, UPTIME), (UPTIME,), (UPTIME, IN, IN), (UPTIME, OUT), ()],
    ids=["swapped", "few", "many", "else", "no"],
)
def test_other_objects_than_those_asked_are_refused(names):
    template = Template((UPTIME, IN), (Kind.ANY, Kind.ANY))
    with pytest.raises(WrongOids):
        strict(template, raw_reply(names, [(ber.COUNTER32, b"\x01")] * len(names)))


def test_the_same_object_under_a_longer_length_is_accepted():
    template = Template((UPTIME,), (Kind.NUMBER,))
    name = b"\x06\x81\x08" + ber.oid_content(UPTIME)
    varbinds = ber.tlv(ber.SEQUENCE, b"\x30\x82\x00\x0e" + name + b"\x43\x01\x09")
    assert template.decode(varbinds, 0, len(varbinds)).values == [9]


def test_a_value_that_ends_before_or_behind_its_variable_is_malformed():
    template = Template((UPTIME,), (Kind.NUMBER,))
    for octets in ("3012 300d 06082b06010201010300 430109 ff01", "300e 300c 06082b06010201010300 430209"):
        varbinds = bytes.fromhex(octets.replace(" ", ""))
        with pytest.raises(Malformed):
            template.decode(varbinds, 0, len(varbinds))


@pytest.mark.parametrize(("asked", "kinds"), [((), ()), ((UPTIME,), ())])
def test_a_template_pairs_objects_with_kinds(asked, kinds):
    with pytest.raises(ValueError, match="objects with"):
        Template(asked, kinds)


@given(rows)
def test_a_layout_reads_its_own_reply_as_the_strict_way_does(row):
    template = Template(oids(len(row)), tuple(kind for kind, _ in row))
    data = raw_reply(template.oids, [typed for _, typed in row])
    layout = layout_of(template, data)
    assert (layout is None) == (len(row) == 1)
    if layout is not None:
        assert layout.read(data) == strict(template, data).values


@settings(max_examples=300)
@given(rows, st.data())
def test_whatever_the_glance_reads_the_strict_way_reads_the_same(row, draw):
    """The next reply has the same objects and lengths, but any content: signs, padding, values."""
    template = Template(oids(len(row)), tuple(kind for kind, _ in row))
    names = template.oids
    layout = layout_of(template, raw_reply(names, [typed for _, typed in row]))
    following = [(tag, draw.draw(st.binary(min_size=len(old), max_size=len(old)))) for _, (tag, old) in row]
    data = raw_reply(names, following, request_id=0x7FFFFFFF)
    glanced = layout and layout.read(data)
    if glanced is not None:
        decoded = strict(template, data)
        assert (glanced, layout.wrong_type) == (decoded.values, decoded.wrong_type)


@settings(max_examples=300)
@given(rows, st.data())
def test_no_octet_outside_a_value_changes_unnoticed(row, draw):
    """Change any one octet of a valid reply: both ways refuse, or agree, and other values never move."""
    template = Template(oids(len(row)), tuple(kind for kind, _ in row))
    data = raw_reply(template.oids, [typed for _, typed in row])
    decoded = strict(template, data)
    layout = layout_of(template, data)
    place = draw.draw(st.integers(decode_header(data).at, len(data) - 1))
    changed = bytearray(data)
    changed[place] ^= draw.draw(st.integers(1, 255))
    changed = bytes(changed)
    glanced = layout.read(changed) if layout else None
    try:
        again = decode(changed)
        header = decode_header(changed)
        if again.error_status or again.error_index:  # mux looks at these first
            assert glanced is None
            return
        values = template.decode(changed, header.at + 6, header.end).values
    except Malformed:
        assert glanced is None
        return
    assert glanced is None or glanced == values
    inside = [start <= place < stop for _, start, stop in decoded.marks]
    for value, before, touched, (tag, start, _) in zip(values, decoded.values, inside, decoded.marks, strict=True):
        tag_touched = place == start - 2 and changed[place] != tag  # the tag: another syntax, so another reading
        assert value == before or touched or tag_touched


def test_growth_by_one_octet_is_noticed_and_relearned():
    template = Template((UPTIME, IN), (Kind.NUMBER, Kind.NUMBER))
    small = raw_reply(template.oids, [(ber.TIME_TICKS, b"\x7f"), (ber.COUNTER64, b"\x01")])
    grown = raw_reply(template.oids, [(ber.TIME_TICKS, b"\x00\x80"), (ber.COUNTER64, b"\x01")])
    assert layout_of(template, small).read(grown) is None
    assert layout_of(template, grown).read(grown) == [128, 1]


def test_two_values_that_trade_an_octet_keep_the_size_but_not_the_layout():
    template = Template((UPTIME, IN), (Kind.NUMBER, Kind.NUMBER))
    one = raw_reply(template.oids, [(ber.TIME_TICKS, b"\x01"), (ber.COUNTER64, b"\x01\x02")])
    other = raw_reply(template.oids, [(ber.TIME_TICKS, b"\x01\x02"), (ber.COUNTER64, b"\x01")])
    assert len(one) == len(other)
    assert layout_of(template, one).read(other) is None


def test_a_layout_is_worth_nothing_under_other_credentials():
    slot = LayoutSlot()
    template = Template((UPTIME, IN), (Kind.NUMBER, Kind.NUMBER))
    data = raw_reply(template.oids, [(ber.TIME_TICKS, b"\x01"), (ber.COUNTER64, b"\x01")])
    slot.learn(b"old", layout_of(template, data))
    assert slot.layout(b"old") is not None
    assert slot.layout(b"new") is None


def test_equal_requests_share_one_template_and_the_oldest_goes_first():
    cache = TemplateCache(most=2)
    first = cache.template((UPTIME,), (Kind.NUMBER,))
    assert cache.template((UPTIME,), (Kind.NUMBER,)) is first
    assert cache.template((UPTIME,), (Kind.ANY,)) is not first
    cache.template((IN,), (Kind.NUMBER,))
    assert len(cache) == 2
    assert cache.template((UPTIME,), (Kind.NUMBER,)) is not first
    assert cache.template((UPTIME, IN), (Kind.ANY,) * 2).names[0] is cache.template((UPTIME,), (Kind.ANY,)).names[0]


def test_interning_is_bounded():
    interned = Interned(most=10)
    for number in range(100):
        interned.cut(number, number + 1)
        interned.octets(bytes([number]))
    assert len(interned._slices) <= 11
    assert len(interned._octets) <= 11
    assert interned.cut(99, 100) is interned.cut(99, 100)


def test_a_layout_of_forty_values_takes_about_a_kilobyte():
    template = Template(oids(40), (Kind.NUMBER,) * 40)
    data = raw_reply(template.oids, [(ber.COUNTER64, b"\x01" * 5)] * 40)
    interned = Interned()
    layout_of(template, data, interned)
    layout = layout_of(template, data, interned)
    own = sum(sys.getsizeof(part) for part in (layout, layout._around, layout._cut.__reduce__()[1]))
    assert own < 950


@given(st.lists(values, min_size=1, max_size=20))
def test_template_and_general_decoder_agree(typed):
    names = oids(len(typed))
    varbinds = tuple(VarBind(ber.oid_content(name), *one) for name, one in zip(names, typed, strict=True))
    data = encode(
        Message(version=Version.V2C, community=b"c", pdu_type=PduType.RESPONSE, request_id=2**24, varbinds=varbinds)
    )
    decoded = strict(Template(names, (Kind.ANY,) * len(names)), data)
    assert decoded.values == [varbind.value for varbind in decode(data).varbinds]
