"""What can be drawn of a city: rings in their order, and what hangs on them."""

from dataclasses import replace

from netwatch.core.model import Ring
from netwatch.core.topology.graph import Topology
from netwatch.expose.page.drawings import Branch, drawings_of
from tests.unit.core.streets import town

RING = ("core-a", "a-b", "b-core")


def drawn(*links, ring=(), rings=None, on=None, **more):
    """`on`: link -> ring, where there are several."""
    built = town(*links, ring=ring, **more)
    if rings is not None:
        links = {name: replace(one, ring=(on or {}).get(name)) for name, one in built.links.items()}
        built = replace(built, rings=rings, links=links)
    return drawings_of(Topology(built))


def test_a_ring_begins_at_the_device_of_the_highest_role_and_each_link_joins_two_that_follow():
    topology = Topology(town("a-b", "b-core", "core-a", ring=("a-b", "b-core", "core-a"), roots=()))
    one = drawings_of(topology).all["ring", "ring"]
    assert one.around[0] == "core"
    assert sorted(one.around) == ["a", "b", "core"]
    assert one.is_closed
    for place, name in enumerate(one.links):
        link = topology.links[name]
        assert {link.a.device, link.b.device} == {one.around[place], one.around[(place + 1) % 3]}


def test_what_hangs_on_a_ring_is_drawn_there_depth_first_each_device_once():
    found = drawn(*RING, "a-x", "x-y", "x-z", "z-y", ring=RING)
    one = found.all["ring", "ring"]
    assert one.branches == (Branch("a", "a-x", "x"), Branch("x", "x-y", "y"), Branch("y", "z-y", "z"))
    assert found.by_device["z"] == ("ring", "ring")
    assert [key for key in found.all if key[0] == "line"] == []


def test_what_is_on_no_ring_is_a_line_below_the_vantage_and_what_is_alone_one_of_its_own():
    found = drawn("core-a", "a-b", "a-c", also=("far",))
    assert found.all["line", "core"].branches == (
        *(Branch("core", "core-a", "a"), Branch("a", "a-b", "b")),
        Branch("a", "a-c", "c"),
    )
    assert found.all["line", "far"].branches == ()


def test_a_sub_ring_is_a_chain_that_its_parent_closes():
    rings = {"ring": Ring(id="ring"), "sub": Ring(id="sub", parent="ring")}
    on = dict.fromkeys(RING, "ring") | dict.fromkeys(("a-x", "x-b"), "sub")
    one = drawn(*on, rings=rings, on=on).all["ring", "sub"]
    assert one.around in (("a", "x", "b"), ("b", "x", "a"))
    assert (len(one.links), one.is_closed) == (2, True)


def test_links_that_are_no_single_way_are_shown_as_devices_that_nothing_joins():
    star = ("core-a", "core-b", "core-c")
    one = drawn(*star, ring=star).all["ring", "ring"]
    assert (set(one.around), one.links, one.is_closed) == ({"core", "a", "b", "c"}, (), False)


def test_the_drawing_with_most_of_the_broken_links_is_the_one_to_show():
    found = drawn(*RING, "core-x", "x-y", ring=RING)
    assert found.best_for(("core-x",), ("a",)).key == ("ring", "ring")
    assert found.best_for((), ("nowhere",)) is None
    apart = drawn("core-a", "p-q", roots=("core", "p"))
    assert apart.best_for(("p-q",), ("core", "a")).key == ("line", "p")
    assert apart.best_for((), ("core", "a", "q")).key == ("line", "core")
