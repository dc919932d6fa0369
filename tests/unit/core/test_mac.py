import pytest

from netwatch.core.mac import canonical_mac, station_mac


@pytest.mark.parametrize(
    "said",
    [
        bytes.fromhex("00408c0a0b0c"),
        b"00:40:8c:0a:0b:0c",
        b"00-40-8C-0A-0B-0C",
        b"0:40:8c:a:b:c",
        b"0040.8c0a.0b0c\0",
        b"0040-8C0A-0B0C",
        b"00408C0A0B0C",
    ],
)
def test_an_address_is_one_text_however_a_device_says_it(said):
    assert canonical_mac(said) == "00:40:8c:0a:0b:0c"


@pytest.mark.parametrize(
    "said",
    [
        b"",
        bytes(6),
        bytes.fromhex("00408c0a0b"),
        bytes.fromhex("00408c0a0b0c0d"),
        b"00:40:8c:0a:0b",
        b"00:40:8c:0a:0b:0g",
        b"00:40-8c:0a",
        b"0:0:0:0:0:0",
        b"no MAC at all",
    ],
)
def test_what_is_no_address_is_none(said):
    assert canonical_mac(said) is None


def test_a_group_address_is_no_station():
    assert canonical_mac(bytes.fromhex("01005e000001")) == "01:00:5e:00:00:01"
    assert station_mac(bytes.fromhex("01005e000001")) is None
    assert station_mac(b"ff:ff:ff:ff:ff:ff") is None
    assert station_mac(bytes.fromhex("02408c0a0b0c")) == "02:40:8c:0a:0b:0c", "set by hand, and a station"
