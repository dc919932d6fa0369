"""The way to the anchor, and what hangs on a thing."""

import pytest

from netwatch.core.search.place import place_of
from netwatch.core.search.question import port_named
from netwatch.core.search.way import Ways
from tests.unit.core.find_city import catalogue, find

TOPOLOGY = catalogue().topology


def way(device, *broken, service="cctv"):
    found = Ways(TOPOLOGY, frozenset(broken)).of(device, service)
    return [(hop.link, hop.device, hop.is_broken) for hop in found.hops] if found is not None else None


def place(text):
    return place_of(TOPOLOGY, find(text)[0])


def test_the_way_is_the_shortest_to_the_anchor():
    assert way("acc-17") == [("chain-1", "acc-2", False), ("ring-a-3", "core-1", False)]


def test_a_broken_link_is_gone_round():
    assert way("acc-17", "ring-a-3") == [
        ("chain-1", "acc-2", False),
        ("ring-a-2", "acc-1", False),
        ("ring-a-1", "core-1", False),
    ]


def test_where_no_way_is_whole_the_way_shows_where_it_is_broken():
    assert way("acc-17", "chain-1") == [("chain-1", "acc-2", True), ("ring-a-3", "core-1", False)]


def test_the_anchor_has_no_way_to_go():
    assert way("core-1") == []


def test_nobody_goes_over_the_way_that_is_for_managing_only():
    assert all(link != "spare" for link, _, _ in way("acc-17", "chain-1"))


def test_a_device_the_inventory_does_not_have_has_no_way():
    assert way("acc-99") is None


def test_without_a_service_the_way_leads_to_where_we_stand():
    assert way("acc-1", service=None) == [("ring-a-1", "core-1", False)]


def test_on_a_switch_in_a_chain_everything_behind_it_hangs():
    assert place("acc-2").lost_devices == {"acc-17"}
    assert place("acc-2").lost_field_devices == {"cam-0013", "cam-0120", "vms-1"}


def test_on_a_cable_of_a_ring_hangs_nobody_unless_both_sides_lie_in_it():
    assert place("c-2").lost_devices == frozenset()
    assert place("c-1").lost_devices == {"acc-1", "acc-2", "acc-17"}


def test_on_a_core_hangs_what_its_link_carries():
    assert place("c-1 core 5").links == ("ring-a-3",)
    assert place("c-1 core 9").links == ()


@pytest.mark.parametrize(
    ("text", "contractor"),
    [
        ("c-017", "hanbit"),
        ("chain-1", "hanbit"),
        ("cam-0012", "saebyeok"),
        ("cam-0120", None),
        ("acc-1 Gi9", "saebyeok"),
    ],
)
def test_whoever_looks_after_it_is_named(text, contractor):
    assert place(text).contractor == contractor


def test_a_port_is_told_with_what_is_plugged_in():
    assert place("acc-1 Gi9").field_devices == ("cam-0012",)
    assert place("acc-2 gi1/0/3").links == ("chain-1",)
    assert place("acc-2 gi1/0/3").lost_field_devices == {"cam-0120", "vms-1"}
    assert port_named("acc-2 Ethernet Port 1-1").interface == "Ethernet Port 1-1"


def test_a_site_is_told_with_what_stands_there_and_what_would_be_dark_without_it():
    there = place("okjeong-2")
    assert (there.devices, there.field_devices, there.lost_devices) == (("acc-2",), ("cam-0013",), {"acc-17"})


def test_what_a_contractor_looks_after_is_counted():
    theirs = place("saebyeok")
    assert (theirs.devices, theirs.cables, theirs.field_devices) == (("acc-1",), (), ("cam-0013",))
    assert place("hanbit").cables == ("c-1", "c-2", "c-017")


def test_a_ring_a_duct_and_a_service_have_their_parts():
    assert place("ring-a").links == ("ring-a-1", "ring-a-2", "ring-a-3")
    assert set(place("d-1").cables) == {"c-1", "c-2"}
    assert place("cctv").field_devices == ("cam-0012", "cam-0013", "cam-0120")
