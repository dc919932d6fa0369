"""What a recording must not tell, and what it must still tell."""

import ipaddress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.simulate.redaction import Redactor
from netwatch.snmp import ber
from netwatch.snmp.message import VarBind

TEXT = "1.3.6.1.2.1.31.1.1.1.18.1"  # ifAlias
PHYS = "1.3.6.1.2.1.2.2.1.6.1"
MAC = bytes.fromhex("00d0cbf5b98b")


def row(oid, value, syntax=ber.OCTET_STRING):
    return VarBind(ber.oid_content(oid), syntax, value)


def redact(*rows, community=b"s3cret-community"):
    redactor = Redactor(secrets=(community,), salt=b"salt")
    return {varbind.dotted: varbind.value for varbind in redactor.redact(rows)}


def test_a_community_is_starred_wherever_it_stands():
    out = redact(row(TEXT, b"rw via s3cret-community, please"), row("1.3.6.1.4.1.9.1.0", b"\x00s3cret-community\xff"))
    assert out[TEXT] == b"rw via ***, please"
    assert out["1.3.6.1.4.1.9.1.0"] == b"\x00***\xff"


def test_a_community_in_an_index_is_starred():
    index = ".".join(map(str, b"s3cret-community"))
    assert list(redact(row(f"1.3.6.1.4.1.9.9.1.16.{index}", b"x"))) == ["1.3.6.1.4.1.9.9.1.16" + ".42" * 16]


def test_contact_location_and_serial_numbers_are_blank_and_a_serial_is_starred_elsewhere():
    out = redact(
        row("1.3.6.1.2.1.1.4.0", b"Kim"),
        row("1.3.6.1.2.1.1.6.0", b"City hall, 3rd floor"),
        row("1.3.6.1.2.1.47.1.1.1.1.11.1", b"FOC1234X5YZ"),
        row("1.3.6.1.2.1.1.1.0", b"Switch FOC1234X5YZ, version 2"),
    )
    assert list(out.values()) == [b"Switch ***, version 2", b"", b"", b""]


@pytest.mark.parametrize("table", ["15.1.2.2.1.3", "16.1.2.1.3", "18.1.1.1.2", "12.1.2.1.2"])
def test_tables_of_users_communities_and_targets_are_left_out(table):
    assert redact(row(f"1.3.6.1.6.3.{table}.5.97.100.109.105.110", b"x")) == {}


def test_a_mac_address_keeps_its_maker_and_is_the_same_everywhere():
    out = redact(
        row(PHYS, MAC),
        row("1.3.6.1.6.3.10.2.1.1.0", bytes.fromhex("8000189803") + MAC),
        row("1.3.6.1.2.1.17.2.5.0", b"\x80\x00" + MAC),
        row("1.3.6.1.2.1.17.4.3.1.2." + ".".join(map(str, MAC)), 3, ber.INTEGER),
        row("1.3.6.1.2.1.1.1.0", b"NOS 6.07p1/00:d0:cb:f5:b9:8b"),
        row("1.3.6.1.2.1.1.5.0", b"sw-00D0.CBF5.B98B"),
        row(TEXT, b"0:d0:cb:f5:b9:8b"),
    )
    made = out[PHYS]
    assert made[:3] == MAC[:3]
    assert made != MAC
    assert out["1.3.6.1.6.3.10.2.1.1.0"] == bytes.fromhex("8000189803") + made
    assert out["1.3.6.1.2.1.17.2.5.0"] == b"\x80\x00" + made
    assert out["1.3.6.1.2.1.17.4.3.1.2." + ".".join(map(str, made))] == 3
    spelled = made.hex(":").encode()
    assert out["1.3.6.1.2.1.1.1.0"] == b"NOS 6.07p1/" + spelled
    assert out["1.3.6.1.2.1.1.5.0"] == b"sw-" + made.hex(".", 2).upper().encode()
    assert len(out[TEXT].split(b":")) == 6


def test_an_ip_address_becomes_one_of_the_documentation_ranges_everywhere():
    out = redact(
        row("1.3.6.1.2.1.4.20.1.1.10.20.0.254", b"\x0a\x14\x00\xfe", ber.IP_ADDRESS),
        row("1.3.6.1.2.1.4.20.1.3.10.20.0.254", b"\xff\xff\xff\x00", ber.IP_ADDRESS),
        row("1.3.6.1.2.1.4.34.1.3.1.4.10.20.0.254", 7, ber.INTEGER),
        row(TEXT, b"uplink-10.20.0.254 (10.20.0.1), then 10.20.0.1."),
    )
    assert out == {
        "1.3.6.1.2.1.4.20.1.1.192.0.2.1": bytes((192, 0, 2, 1)),
        "1.3.6.1.2.1.4.20.1.3.192.0.2.1": b"\xff\xff\xff\x00",
        "1.3.6.1.2.1.4.34.1.3.1.4.192.0.2.1": 7,
        TEXT: b"uplink-192.0.2.1 (192.0.2.2), then 192.0.2.2.",
    }


def test_an_ipv6_address_becomes_one_of_the_documentation_range():
    address = ipaddress.IPv6Address("fd00:20::17").packed
    index = ".".join(map(str, address))
    out = redact(row(f"1.3.6.1.2.1.4.34.1.3.2.16.{index}", 1, ber.INTEGER), row(TEXT, b"via fd00:20::17"))
    made = ipaddress.IPv6Address("2001:db8::1")
    assert out == {"1.3.6.1.2.1.4.34.1.3.2.16." + ".".join(map(str, made.packed)): 1, TEXT: b"via 2001:db8::1"}


@pytest.mark.parametrize(
    "text",
    [
        b"version 17.6.4",
        b"NOS 4.2.1.9",
        b"12:34:56 up 3 days",
        b"1.3.6.1.4.1.9",
        "방범 CCTV 옥정동 3번".encode(),
        "방범 CCTV".encode("cp949"),
        b"listening on 0.0.0.0 and 127.0.0.1, mask 255.255.255.0",
        b"Gi1/0/3",
    ],
)
def test_what_is_no_address_stays(text):
    assert redact(row(TEXT, text)) == {TEXT: text}


def test_bit_maps_of_six_octets_are_not_taken_for_mac_addresses():
    oid = "1.3.6.1.2.1.17.7.1.4.2.1.4.0.1"
    assert redact(row(oid, b"\x00\x80\x00\x00\x00\x01")) == {oid: b"\x00\x80\x00\x00\x00\x01"}


def test_more_addresses_than_the_documentation_ranges_go_to_the_benchmark_range():
    rows = [row(f"1.3.6.1.4.1.9.{n}.0", (0x0A000001 + n).to_bytes(4, "big"), ber.IP_ADDRESS) for n in range(900)]
    made = [ipaddress.IPv4Address(value) for value in redact(*rows).values()]
    assert len(set(made)) == 900
    assert str(made[0]) == "192.0.2.1"
    assert str(made[-1]).startswith("198.18.0.")


addresses = st.lists(st.binary(min_size=4, max_size=4), min_size=1, max_size=20, unique=True)


@given(addresses)
def test_different_addresses_stay_different_and_objects_stay_in_order(packed):
    rows = [row("1.3.6.1.2.1.4.20.1.2." + ".".join(map(str, a)), n, ber.INTEGER) for n, a in enumerate(packed)]
    out = Redactor(secrets=(b"public",), salt=b"").redact(rows)
    assert sorted(varbind.value for varbind in out) == list(range(len(packed)))
    assert all(a < b for a, b in pairwise(ber.content_arcs(varbind.oid) for varbind in out))


def test_the_secret_and_the_salt_are_not_in_a_repr():
    assert "s3cret" not in repr(Redactor(secrets=(b"s3cret",), salt=b"s3cret-salt"))
