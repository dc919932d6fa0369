from netwatch.core.faults.scene import End, LinkSight
from netwatch.core.faults.suspects import Means
from netwatch.core.faults.symptoms import complain, dark_regions
from netwatch.core.topology.graph import Topology
from tests.unit.core.streets import NOW, scene, town

CHAIN = town("core-a", "a-b", "b-c", cables={"c1": "core-a", "c2": "a-b"})


def complaints(city, **seen):
    topology, sight = Topology(city), scene(city, **seen)
    return complain(topology, sight, dark_regions(topology, sight))


def suspects(city, name, **seen):
    (symptom,) = (one for one in complaints(city, **seen).symptoms if one.name == name)
    return {(suspect.means, suspect.name) for suspect in symptom.suspects}


def test_silent_devices_that_hang_together_are_one_region():
    (region,) = dark_regions(Topology(CHAIN), scene(CHAIN, dark="b c"))
    assert region.devices == {"b", "c"}
    assert region.frontier == (("a-b", "b"),)


def test_silent_devices_apart_are_regions_of_their_own():
    city = town("core-a", "core-b")
    assert [region.devices for region in dark_regions(Topology(city), scene(city, dark="a b"))] == [{"a"}, {"b"}]


def test_a_silent_switch_that_forwards_is_in_no_region():
    assert dark_regions(Topology(CHAIN), scene(CHAIN, dark="b", forwarding={"b"})) == ()


def test_a_neighbour_not_looked_at_is_no_frontier():
    (region,) = dark_regions(Topology(CHAIN), scene(CHAIN, dark="b", unseen={"a", "c"}))
    assert region.frontier == ()
    assert region.has_unseen_beside


def test_a_region_is_dated_from_the_first_that_fell_silent():
    (region,) = dark_regions(Topology(CHAIN), scene(CHAIN, dark="b c", since={"c": NOW - 3.0}))
    assert region.since_wall_s == NOW - 3.0


def test_a_port_without_light_speaks_of_a_cut_or_of_power():
    assert suspects(CHAIN, "a-b", dark="b c", no_light="a-b") == {
        (Means.CUT, "a-b"),
        (Means.CABLE, "c2"),
        (Means.POWER, "b"),
        (Means.SITE, "at-b"),
    }


def test_a_port_that_nobody_reads_leaves_a_hang_open_too():
    city = town("core-a", agentless=("core",))
    assert (Means.HANG, "a") in suspects(city, "core-a", dark="a")


def test_a_shut_port_is_the_only_suspect():
    assert suspects(CHAIN, "a-b", dark="b c", shut="a b") == {(Means.SHUT, "a b")}


def test_a_broken_link_between_two_that_answer_is_a_cut_of_it():
    city = town("core-a", "a-b", "b-core", cables={"c1": "a-b"})
    assert suspects(city, "a-b", no_light="a-b") == {(Means.CUT, "a-b"), (Means.CABLE, "c1")}


def test_a_cable_half_of_which_has_light_is_suspected_only_of_two_links():
    city = town(*(f"core-{name}" for name in "abcd"), cables={"c1": "core-a core-b core-c core-d"})
    found = complaints(city, dark="a b", no_light="core-a core-b").symptoms
    (cable,) = {one for symptom in found for one in symptom.suspects if one.means is Means.CABLE}
    assert cable.least == 2


def test_a_cable_most_of_which_has_light_is_not_suspected():
    city = town(*(f"core-{name}" for name in "abcd"), cables={"c1": "core-a core-b core-c core-d"})
    assert (Means.CABLE, "c1") not in suspects(city, "core-a", dark="a", no_light="core-a")


def test_who_convicted_a_switch_still_does_when_its_neighbours_are_silent_as_well():
    city = town("core-a", "a-b", "b-c")
    was_down = {"a-b": LinkSight(since_wall_s=NOW - 900.0, was_down=True)}
    seen = {"dark": "a b c", "no_light": "core-a", "since": {"b": NOW - 900.0}, "sights": was_down}
    assert (Means.POWER, "b") in suspects(city, "a-b", **seen)
    assert (Means.POWER, "b") in suspects(city, "region:a", **seen)


def test_unknown_topology_leaves_a_last_resort_for_every_region():
    city = town("core-a", "x-y")
    assert suspects(city, "region:x", dark="x y") == {(Means.UPSTREAM, "x"), (Means.UPSTREAM, "y")}


def test_a_port_that_shines_in_place_of_another_marks_both_links_as_doubtful():
    city = town("core-a", "core-b")
    found = complaints(city, dark="a", links_at={"core-b": (End.DOWN, End.UP)})
    assert found.doubtful.keys() == {"core-a", "core-b"}


def test_no_exchange_is_seen_where_the_silent_switch_shines_on_another_neighbour():
    city = town("core-a", "core-b", "d-a", roots=("core", "d"))
    found = complaints(city, dark="a", links_at={"core-b": (End.DOWN, End.UP)})
    assert found.doubtful == {}


def test_no_exchange_is_seen_where_the_times_differ():
    city = town("core-a", "core-b")
    found = complaints(city, dark="a", links_at={"core-b": (End.DOWN, End.UP)}, since={"core-b": NOW - 3600.0})
    assert found.doubtful == {}


def test_a_port_read_before_the_darkness_makes_its_symptom_stale_and_its_switch_wanted():
    found = complaints(CHAIN, dark="c", read=NOW - 1.0)
    assert "b-c" in found.stale
    assert found.wanted == {"b"}
