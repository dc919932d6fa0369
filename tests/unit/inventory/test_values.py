"""How each value is written, and what it must not be mistaken for."""

import unicodedata
from ipaddress import ip_address
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.core.model import Check, Ping, PingMethod, PortRef
from netwatch.inventory import values
from netwatch.inventory.findings import Refused

UNITS_S = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
SI = {"": 1, "k": 10**3, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


@given(st.integers(1, 999_999_999), st.sampled_from(list(UNITS_S)))
def test_a_duration_is_its_number_times_its_unit(number, unit):
    assert values.duration_s(f"{number}{unit}") == pytest.approx(number * UNITS_S[unit])


@given(st.integers(1, 999_999), st.sampled_from(list(SI)))
def test_a_capacity_is_its_number_times_its_si_letter_exactly(number, letter):
    assert values.capacity_bps(f"{number}{letter}") == number * SI[letter]


@given(st.integers(1, 99_999), st.sampled_from(["M", "G"]))
def test_a_capacity_with_a_fraction_is_exact_too(tenths, letter):
    assert values.capacity_bps(f"{tenths // 10}.{tenths % 10}{letter}") == tenths * SI[letter] // 10


@given(st.text(max_size=20))
def test_a_text_is_read_or_refused_by_every_parser(raw):
    for parse in PARSERS:
        try:
            parse(raw)
        except Refused as refused:
            said = str(refused)
        else:
            said = "read"
        assert said


PARSERS = (
    values.address,
    values.boolean,
    values.capacity_bps,
    values.charset,
    values.check,
    values.degrees,
    values.duration_s,
    values.identifier,
    values.integer(0, 9),
    values.length_m,
    values.mac,
    values.moment,
    values.numeric_address,
    values.ping,
    values.port,
    values.ratio,
    values.text,
    values.timezone,
    values.up_means,
)


@pytest.mark.parametrize("raw", ["", "5", "s", "-5s", "5 s", "1_0s", "٥s", "5S", "1e3s", "0ms", "9" * 4301 + "s"])
def test_what_is_no_duration(raw):
    with pytest.raises(Refused):
        values.duration_s(raw)


def test_lengths_and_percentages():
    assert values.length_m("3.2km") == 3200.0
    assert values.length_m("800m") == 800.0
    assert values.ratio("99.9%") == 0.999
    assert values.ratio("100%") == 1.0
    assert values.ratio("0%") == 0.0


@pytest.mark.parametrize(
    "raw",
    [
        "00:40:8c:11:22:33",
        "00:40:8C:11:22:33",
        "00-40-8c-11-22-33",
        "0040.8c11.2233",
        "00408c112233",
        "00408C-112233",
        "0:40:8c:11:22:33",
    ],
)
def test_a_mac_in_any_notation(raw):
    assert values.mac(raw) == "00:40:8c:11:22:33"


@given(st.binary(min_size=6, max_size=6), st.sampled_from([":", "-", ""]), st.booleans())
def test_every_mac_survives_every_separator(octets, separator, upper):
    written = octets.hex(separator) if separator else octets.hex()
    assert values.mac(written.upper() if upper else written) == octets.hex(":")


@pytest.mark.parametrize(
    "raw", ["", "1234", "00:40:8c:11:22", "00:40:8c:11:22:33:44:55", "00:40:8c:11:22:3g", "4.08E+09"]
)
def test_what_is_no_mac(raw):
    with pytest.raises(Refused):
        values.mac(raw)


@given(st.ip_addresses())
def test_an_address_is_kept_in_its_shortest_form(address):
    if address.is_multicast or address.is_unspecified:
        with pytest.raises(Refused):
            values.address(str(address))
    else:
        assert values.address(address.exploded) == str(address)
        assert values.numeric_address(str(address)) == ip_address(str(address))


def test_a_name_is_kept_in_lower_case():
    assert values.address("SW-7.City.Example") == "sw-7.city.example"
    assert values.address("sw_7") == "sw_7"
    assert values.address("fe80::1%eth0") == "fe80::1%eth0"


@pytest.mark.parametrize(
    "raw", ["", ".", "a..b", "-a", "a-", "스위치", "a b", "x" * 64, "1.2.3", "10.0.0.1:161", "[::1]"]
)
def test_what_is_neither_address_nor_name(raw):
    with pytest.raises(Refused):
        values.address(raw)


@pytest.mark.parametrize("raw", ["007", "on", "null", "sw-7.a_b", "시청-1", "ไฟล์", "Straße", "1e3"])
def test_an_id_is_letters_digits_and_marks_of_any_script(raw):
    assert values.identifier(unicodedata.normalize("NFC", raw)) == unicodedata.normalize("NFC", raw)


@pytest.mark.parametrize("raw", ["", "a b", "a/b", "a:b", "a,b", "a\n", "a\u200b", "a@b", "x" * 201])
def test_what_is_no_id(raw):
    with pytest.raises(Refused):
        values.identifier(raw)


def test_a_port_is_the_device_one_space_and_the_rest_verbatim():
    assert values.port("sw-7 Ethernet Port 1-1") == PortRef(device="sw-7", interface="Ethernet Port 1-1")
    assert str(values.port("시청-1 포트 1/1")) == "시청-1 포트 1/1"


def test_checks_and_pings():
    assert values.check("tcp/554") == Check(kind="tcp", port=554)
    assert values.check("onvif") == Check(kind="onvif")
    assert str(values.check("rtsp/8554")) == "rtsp/8554"
    assert values.check("rtsp/554") == values.check("rtsp")  # one service has one name
    assert [values.check(raw).service_port for raw in ("rtsp", "onvif", "onvif/8080", "tcp/9")] == [554, 80, 8080, 9]
    assert values.ping("udp/7") == Ping(method=PingMethod.UDP, port=7)
    assert values.ping("off").method is PingMethod.OFF
    assert values.up_means("tcp/80") == "tcp/80"


@pytest.mark.parametrize("raw", ["tcp", "tcp/", "tcp/99999", "ping/1", "rtsp/", "rtsp/0", "onvif/x", "udp/7", ""])
def test_what_is_no_check(raw):
    with pytest.raises(Refused):
        values.check(raw)


def test_booleans_are_only_what_looks_like_one():
    assert [values.boolean(raw) for raw in ("true", "Yes", "FALSE", "no")] == [True, True, False, False]
    for raw in ("on", "off", "1", "0", "y", ""):
        with pytest.raises(Refused):
            values.boolean(raw)


@pytest.mark.parametrize("raw", ["cp949", "EUC-KR", "utf-8", "latin-1", "shift_jis"])
def test_a_charset_python_knows(raw):
    assert b"A".decode(values.charset(raw)) == "A"


@pytest.mark.parametrize(
    "raw", ["cp94", "", "base64", "rot13", "utf-16", "cp037", "unicode_escape", "undefined", "a\0b", "../x"]
)
def test_what_is_no_charset_for_devices(raw):
    with pytest.raises(Refused):
        values.charset(raw)


def test_a_time_zone_with_a_typo_gets_the_nearest():
    with pytest.raises(Refused) as caught:
        values.timezone("Asia/Soul")
    assert "Asia/Seoul" in caught.value.among
    for raw in ("Asia", "../../etc/passwd", "/etc/localtime", "", "x" * 300):
        with pytest.raises(Refused):
            values.timezone(raw)


def test_a_local_time_is_counted_in_the_citys_zone():
    assert values.epoch_s(values.moment("2026-12-01T01:00"), ZoneInfo("Asia/Seoul")) == 1796054400.0
    assert values.epoch_s(values.moment("2026-11-30T16:00Z"), ZoneInfo("Asia/Seoul")) == 1796054400.0


def test_a_time_that_happens_twice_must_say_which():
    with pytest.raises(Refused) as caught:
        values.epoch_s(values.moment("2026-10-25T02:30"), ZoneInfo("Europe/Berlin"))
    assert str(caught.value) == "2026-10-25T02:30 happens twice in Europe/Berlin; add the offset, +02:00 or +01:00"
    assert values.epoch_s(values.moment("2026-10-25T02:30+01:00"), ZoneInfo("Europe/Berlin")) == 1792891800.0


def test_a_time_the_clocks_skip_is_refused():
    with pytest.raises(Refused) as caught:
        values.epoch_s(values.moment("2026-03-29T02:30"), ZoneInfo("Europe/Berlin"))
    assert str(caught.value).startswith("2026-03-29T02:30 never happens in Europe/Berlin")


@pytest.mark.parametrize(
    "raw", ["2026-12-01", "01:00", "2026-13-01T01:00", "2026-12-01T25:00", "1796054400", "0001-01-01T00:00"]
)
def test_what_is_no_time(raw):
    with pytest.raises(Refused):
        values.moment(raw)


def test_a_name_is_one_line_and_free_text_keeps_its_own():
    assert values.text(" 시청\n  관제센터 ") == "시청 관제센터"
    assert values.kept_text(" a\n b ") == "a\n b"
    for raw in ("a\x00b", "a\x1b[31m", "x" * 10_001):
        with pytest.raises(Refused):
            values.text(raw)
