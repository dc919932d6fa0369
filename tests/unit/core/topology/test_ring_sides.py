"""The way around rings, and cables and ducts that two of their sides share."""

import pytest

from netwatch.core.model import Cable, FibreRun, Inventory, Link, PortRef, Ring
from netwatch.core.topology.ring_sides import RingWay, SharedRisk, ring_ways, shared_sides


def make_link(name, a, b, ring="r", cables=()):
    return Link(
        id=name,
        a=PortRef(device=a, interface=f"to {b}"),
        b=PortRef(device=b, interface=f"to {a}"),
        ring=ring,
        fibre=tuple(FibreRun(cable=cable) for cable in cables),
    )


ONE_RING = (Ring(id="r"),)


def city(*links, rings=ONE_RING, ducts=None):
    return Inventory(
        city="Yangju",
        timezone="Asia/Seoul",
        charset="cp949",
        fingerprint="",
        files=(),
        links={link.id: link for link in links},
        rings={ring.id: ring for ring in rings},
        cables={cable: Cable(id=cable, duct=duct) for cable, duct in (ducts or {}).items()},
    )


AROUND = (make_link("1", "a", "b"), make_link("3", "c", "d"), make_link("4", "d", "a"), make_link("2", "c", "b"))


def test_a_ring_is_told_in_the_order_around_it():
    assert ring_ways(city(*AROUND)) == {"r": RingWay(links=("1", "2", "3", "4"), is_closed=True)}


def test_two_links_between_two_devices_are_a_ring():
    pair = (make_link("1", "a", "b"), make_link("2", "b", "a"))
    assert ring_ways(city(*pair))["r"] == RingWay(links=("1", "2"), is_closed=True)


def test_a_chain_is_no_ring_unless_its_parent_closes_it():
    chain = (make_link("6", "y", "c", "sub"), make_link("5", "a", "y", "sub"))
    alone = city(*chain, rings=(Ring(id="sub"),))
    assert ring_ways(alone)["sub"] == RingWay(links=("6", "5"), is_closed=False)
    under = city(*AROUND, *chain, rings=(Ring(id="r"), Ring(id="sub", parent="r")))
    assert ring_ways(under)["sub"].is_closed


def test_a_sub_ring_of_a_sub_ring_may_end_on_either():
    rings = (Ring(id="r"), Ring(id="sub", parent="r"), Ring(id="leaf", parent="sub"))
    sub = (make_link("5", "a", "y", "sub"), make_link("6", "y", "c", "sub"))
    leaf = (make_link("7", "y", "z", "leaf"), make_link("8", "z", "d", "leaf"))
    assert ring_ways(city(*AROUND, *sub, *leaf, rings=rings))["leaf"].is_closed


def test_parents_that_name_each_other_end():
    rings = (Ring(id="r", parent="s"), Ring(id="s", parent="r"))
    assert ring_ways(city(make_link("1", "a", "b"), rings=rings))["r"].is_closed is False


@pytest.mark.parametrize(
    "links",
    [
        (),
        (make_link("2", "a", "b"), make_link("1", "c", "d")),  # in two pieces
        (make_link("1", "a", "b"), make_link("2", "b", "c"), make_link("3", "b", "d")),  # branches
        (make_link("1", "a", "b"), make_link("2", "b", "a"), make_link("3", "c", "d"), make_link("4", "d", "c")),
    ],
)
def test_links_that_form_no_single_way_keep_their_order(links):
    assert ring_ways(city(*links))["r"] == RingWay(links=tuple(link.id for link in links), is_closed=False)


def shared(*fibres, ducts):
    links = [make_link(str(at), f"d{at}", f"d{at + 1}", cables=cables) for at, cables in enumerate(fibres, start=1)]
    return shared_sides(city(*links, ducts=ducts)).get("r", ())


def test_two_links_in_one_cable_share_it():
    found = shared(("c1",), ("c1", "c2"), ("c3",), ducts={"c1": None, "c2": None, "c3": None})
    assert found == (SharedRisk(kind="cable", id="c1", links=("1", "2")),)


def test_two_cables_in_one_duct_share_the_duct():
    found = shared(("c1",), ("c2",), ("c3",), ducts={"c1": "d1", "c2": "d1", "c3": "d2"})
    assert found == (SharedRisk(kind="duct", id="d1", links=("1", "2")),)


def test_a_duct_is_told_only_where_it_joins_more_than_its_cable_does():
    assert [risk.kind for risk in shared(("c1",), ("c1",), ducts={"c1": "d1"})] == ["cable"]
    found = shared(("c1",), ("c1",), ("c2",), ducts={"c1": "d1", "c2": "d1"})
    assert [(risk.kind, risk.links) for risk in found] == [("cable", ("1", "2")), ("duct", ("1", "2", "3"))]


def test_a_link_that_runs_twice_through_a_cable_or_a_duct_shares_with_nobody():
    assert shared(("c1", "c1"), ("c3",), ducts={"c1": "d1", "c3": "d3"}) == ()
    assert shared(("c1", "c2"), ("c3",), ducts={"c1": "d1", "c2": "d1", "c3": "d3"}) == ()


def test_links_of_different_rings_share_nothing_here():
    links = (make_link("1", "a", "b", "r", ("c1",)), make_link("2", "b", "c", "s", ("c1",)))
    assert shared_sides(city(*links, rings=(Ring(id="r"), Ring(id="s")), ducts={"c1": "d1"})) == {}
