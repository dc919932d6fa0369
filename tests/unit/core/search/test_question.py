"""What an engineer types, and what stands on the first line."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.device.record import DeviceState, Identity
from netwatch.core.neighbours.sightings import Sightings
from netwatch.core.search.entries import Facet
from netwatch.core.search.index import How
from netwatch.core.search.numbers import asked_mac, asked_network
from tests.unit.core.find_city import find, first

STRANGER = "d4:5d:64:00:00:01"
PORTS = InterfaceMap(
    names=("Gi9", "Gi10", "Gi24"),
    indexes=("9", "10", "24"),
    aliases=("", "동사무소 AP", ""),
    descriptions=("", "GigabitEthernet10", ""),
)
SEEN = {
    "acc-1": DeviceState(
        interfaces=PORTS,
        identity=Identity(sys_name="yangju-sw-77"),
        sightings=Sightings(
            macs={
                "Gi10": frozenset({STRANGER}),
                "Gi24": frozenset({STRANGER, *(f"02:00:00:00:00:{n:02x}" for n in range(9))}),
            },
            addresses={"10.99.0.7": STRANGER},
        ),
    ),
    "acc-2": DeviceState(sightings=Sightings(macs={"Gi3": frozenset({STRANGER, "02:00:00:00:00:01"})})),
}


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("cam-0012", "field_device:cam-0012"),
        ("CAM 0012", "field_device:cam-0012"),
        ("cam-12", "field_device:cam-0012"),
        ("cam-012", "field_device:cam-0012"),
        ("B2026-0412", "field_device:cam-0012"),
        ("2026-0412", "field_device:cam-0012"),
        ("axc8e7731", "field_device:cam-0012"),
        ("a0017", "device:acc-1"),
        ("00:40:8c:11:22:33", "field_device:cam-0012"),
        ("00-40-8C-11-22-33", "field_device:cam-0012"),
        ("0040.8c11.2233", "field_device:cam-0012"),
        ("00408c112233", "field_device:cam-0012"),
        ("11:22:44", "field_device:cam-0013"),
        ("e0:00:00", "field_device:cam-0120"),
        ("10.30.1.13", "field_device:cam-0013"),
        ("10.20.1.0/24", "device:acc-1"),
        ("10.20.1.*", "device:acc-1"),
        ("10.20.1", "device:acc-1"),
        ("2001:db8::2", "device:acc-2"),
        ("2001:0db8:0:0::2", "device:acc-2"),
        ("sw17.city.example", "device:acc-17"),
        ("옥정사거리", "site:okjeong-1"),
        ("옥정사거", "site:okjeong-1"),
        ("옥정ㅅ", "site:okjeong-1"),
        ("덕계역 광장", "field_device:cam-0120"),
        ("광장 덕계", "field_device:cam-0120"),
        ("ㄷㄱㅇ", "site:deokgye-3"),
        ("ㄱㄹㄱㅇ ㅇㄱ", "field_device:cam-0013"),
        ("옥정사거라", "site:okjeong-1"),
        ("cma-0012", "field_device:cam-0012"),
        ("cam-0o12", "field_device:cam-0012"),
        ("hanbitt", "contractor:hanbit"),
        ("한빛통신", "contractor:hanbit"),
        ("한빛 전화번호", "contractor:hanbit"),
        ("한빛통신 전화", "contractor:hanbit"),
        ("where is cam-0012", "field_device:cam-0012"),
        ("031-000-0001", "contractor:saebyeok"),
        ("c-017", "cable:c-017"),
        ("c17", "cable:c-017"),
        ("cable:c-1", "cable:c-1"),
        ("c-1 core 5", "cable:c-1"),
        ("d-1", "duct:d-1"),
        ("ring-a", "ring:ring-a"),
        ("옥정 링", "ring:ring-a"),
        ("cctv", "service:cctv"),
        ("core-1", "device:core-1"),
        ("acc-1 Gi9", "port:acc-1 Gi9"),
        ("acc-2 gi1/0/3", "port:acc-2 GigabitEthernet1/0/3"),
        ("port:acc-17 Gi1/0/3", "port:acc-17 Gi1/0/3"),
        ("acc-17 port 4", "port:acc-17 Gi1/0/4"),
        ("acc-17 4번 포트", "port:acc-17 Gi1/0/4"),
        ("okjeong-2 카메라", "field_device:cam-0013"),
        ("폴 교체", "field_device:cam-0012"),
        ("acc-1 Gi77", "device:acc-1"),
    ],
)
def test_the_first_line_is_what_was_meant(text, subject):
    assert first(text) == subject


@pytest.mark.parametrize("text", ["", "  ", "zzzzzz", "-", "10.99.0.0/16", "c-017 core 99x", "::", "\x00"])
def test_what_is_nowhere_finds_nothing(text):
    assert [hit.subject for hit in find(text) if hit.how is not How.HAS_SOME_WORDS] == []


def test_a_core_beyond_the_cable_is_no_core_of_it():
    assert [(hit.subject, hit.core) for hit in find("c-017 core 12")] == [("cable:c-017", 12)]
    assert all(hit.core is None for hit in find("c-017 core 13"))


def test_a_hit_tells_by_which_text_and_how_it_fits():
    hit = find("0412")[0]
    assert (hit.subject, hit.by, hit.how, hit.text) == ("field_device:cam-0012", Facet.ASSET, How.HAS, "B2026-0412")


def test_what_is_typed_right_is_never_corrected():
    assert {hit.how for hit in find("cam-0012")} == {How.IS}


def test_a_site_comes_before_what_stands_there():
    subjects = [hit.subject for hit in find("okjeong-1")]
    assert subjects[0] == "site:okjeong-1"
    assert {"device:acc-1", "field_device:cam-0012"} <= set(subjects)


def test_no_more_hits_are_told_than_asked_for():
    assert len(find("cam", limit=2)) == 2


def test_an_unregistered_mac_is_on_the_port_with_the_least_company():
    assert [hit.subject for hit in find(STRANGER, states=SEEN)] == ["port:acc-1 Gi10"]
    assert first("d4:5d:64", states=SEEN) == "port:acc-1 Gi10"


def test_an_address_that_only_a_router_knows_leads_to_the_port_of_its_mac():
    assert first("10.99.0.7", states=SEEN) == "port:acc-1 Gi10"


@pytest.mark.parametrize(
    ("text", "subject"),
    [("동사무소", "port:acc-1 Gi10"), ("yangju-sw-77", "device:acc-1"), ("acc-1 10", "port:acc-1 Gi10")],
)
def test_what_a_device_says_of_itself_is_found_too(text, subject):
    assert first(text, states=SEEN) == subject


def test_a_changed_alias_is_found_by_its_new_text_only():
    renamed = SEEN | {"acc-1": replace(SEEN["acc-1"], interfaces=replace(PORTS, aliases=("", "도서관", "")))}
    assert first("도서관", states=renamed) == "port:acc-1 Gi10"
    assert first("동사무소", states=renamed) is None


@pytest.mark.parametrize(
    ("text", "digits", "is_sure"),
    [
        ("00:40:8C", "00408c", True),
        ("0040-8c11-2233", "00408c112233", True),
        ("004 08c", None, None),
        ("20260412", "20260412", False),
        ("00:40", None, None),
        ("10.30.40", None, None),
    ],
)
def test_macs_are_known_by_how_they_are_written(text, digits, is_sure):
    asked = asked_mac(text)
    assert (asked and asked.digits, asked and asked.is_sure) == (digits, is_sure)


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("10.30.4.7", "10.30.4.7/32"),
        ("10.30.4", "10.30.4.0/24"),
        ("10.30.*", "10.30.0.0/16"),
        ("10.30.", "10.30.0.0/16"),
        ("10.30.4.7/24", "10.30.4.0/24"),
        ("1.5", None),
        ("10.30.999.1", None),
        ("2001:db8::/32", "2001:db8::/32"),
    ],
)
def test_a_part_of_an_address_is_a_network(text, network):
    found = asked_network(text)
    assert (str(found) if found is not None else None) == network


@given(st.text(max_size=300))
def test_nothing_that_can_be_typed_is_too_much(text):
    hits = find(text, states=SEEN)
    assert len({hit.subject for hit in hits}) == len(hits)
