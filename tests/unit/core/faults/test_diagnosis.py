"""Design §7, sentence by sentence, and pains 18 to 24: what is said of a scene."""

import pytest

from netwatch.core.faults.diagnosis import FaultKind, diagnose, weighed
from netwatch.core.faults.scene import End, LinkSight
from netwatch.core.topology.graph import Topology
from tests.unit.core.streets import LONG_AGO, NOW, causes, only, scene, town

RING = town("core-a", "a-b", "b-c", "c-core")
CHAIN = town("core-a", "a-b", "b-c", cables={"c1": "core-a", "c2": "a-b", "c3": "b-c"})


def kind(cause, lost=0):
    return weighed(cause, {"": lost}).kind


def test_a_healthy_city_has_no_faults():
    assert causes(RING) == {}


# rings: what weakens without darkening


def test_a_ring_with_one_cut_has_lost_its_redundancy_and_nobody_is_dark():
    cause = only(RING, no_light="a-b")
    assert kind(cause) is FaultKind.REDUNDANCY_LOST
    assert cause.subject == "link:a-b"
    assert cause.devices == frozenset()


def test_the_same_cut_that_costs_a_service_is_a_cut():
    assert kind(only(RING, no_light="a-b"), lost=3) is FaultKind.LINK_CUT


def test_a_second_break_darkens_what_lies_between_and_names_the_first_as_contributing():
    found = causes(RING, dark="a b", no_light="core-a b-c", since={"core-a": LONG_AGO, "b-c": NOW})
    assert found["link:b-c"].devices == {"a", "b"}
    assert found["link:b-c"].contributing == ("link:core-a",)
    assert found["link:core-a"].devices == frozenset()


def test_the_first_break_keeps_its_date_and_takes_no_blame_for_the_darkness():
    first = causes(RING, dark="a b", no_light="core-a b-c", since={"core-a": LONG_AGO})["link:core-a"]
    assert first.since_wall_s == LONG_AGO
    assert kind(first) is FaultKind.REDUNDANCY_LOST


def test_two_breaks_of_one_moment_share_the_darkness_and_neither_is_called_a_loss_of_reserve():
    found = causes(RING, dark="a b", no_light="core-a b-c")
    assert {kind(cause) for cause in found.values()} == {FaultKind.LINK_CUT}
    assert sorted(len(cause.devices) for cause in found.values()) == [0, 2]


def test_a_ring_switch_without_power_is_told_by_the_ports_of_both_its_neighbours():
    cause = only(RING, dark="b", no_light="a-b b-c")
    assert (cause.kind, cause.subject) == (FaultKind.DEVICE_POWER, "device:b")
    assert {"link:a-b", "link:b-c"} <= set(cause.ambiguous_with)


# a leaf: what cannot be told apart is said


def test_a_dark_leaf_behind_a_dark_port_is_a_cut_or_a_loss_of_power():
    cause = only(CHAIN, dark="c", no_light="b-c")
    assert cause.subject == "cable:c3"
    assert {"link:b-c", "device:c", "port:b c", "port:c b"} <= set(cause.ambiguous_with)


def test_everything_behind_the_cut_is_its_darkness_and_no_fault_of_its_own():
    cause = only(CHAIN, dark="b c", no_light="a-b")
    assert cause.subject == "cable:c2"
    assert cause.devices == {"b", "c"}


@pytest.mark.parametrize(("telling_s", "number"), [(NOW + 55.0, 1), (LONG_AGO, 2)])
def test_a_port_whose_agent_was_silent_when_it_lost_its_light_tells_of_the_same_cut_later(telling_s, number):
    told = {"b-c": NOW + 60.0}
    since_told = scene(CHAIN, dark="c", no_light="b-c", since=told, telling_since_wall_s={"b": telling_s})
    found = diagnose(Topology(CHAIN), since_told).causes
    assert len(found) == number
    assert {cause.subject for cause in found} == {"cable:c3"}
    assert min(cause.since_wall_s for cause in found) == NOW


def test_a_port_with_light_before_a_silent_switch_convicts_the_switch():
    cause = only(CHAIN, dark="c")
    assert (cause.kind, cause.subject) == (FaultKind.DEVICE_HANG, "device:c")


def test_a_hung_switch_answers_for_all_that_hangs_on_it():
    cause = only(CHAIN, dark="b c")
    assert (cause.kind, cause.subject, cause.devices) == (FaultKind.DEVICE_HANG, "device:b", {"b", "c"})


def test_light_behind_a_converter_proves_nothing():
    city = town("core-a", mediums={"core-a": "converter"})
    cause = only(city, dark="a")
    assert {cause.subject, *cause.ambiguous_with} >= {"device:a", "link:core-a"}


def test_a_converter_does_not_acquit_a_switch_whose_other_port_is_dark():
    city = town("core-a", "core-b", "a-b", mediums={"a-b": "converter"})
    assert only(city, dark="b", no_light="core-b").subject == "device:b"


def test_a_port_that_somebody_shut_is_the_fault_and_nothing_else_is_suspected():
    cause = only(CHAIN, dark="c", shut="b c")
    assert (cause.kind, cause.subject, cause.ambiguous_with) == (FaultKind.PORT, "port:b c", ())


def test_a_shut_port_of_a_ring_darkens_nobody_and_is_named_all_the_same():
    cause = only(RING, no_light="a-b", shut="a b")
    assert (cause.subject, cause.devices) == ("port:a b", frozenset())


def test_light_one_way_only_is_a_link_and_not_the_whole_cable():
    cause = only(town("core-a", "a-b", "b-core", cables={"c1": "a-b"}), one_way="a-b")
    assert cause.subject == "link:a-b"
    assert "cable:c1" in cause.ambiguous_with
    assert "b a has no light, the other end of a-b has" in cause.evidence


# what is lost together


def test_two_links_of_one_cable_lost_in_one_moment_are_one_cut_of_the_cable():
    city = town("core-a", "core-b", cables={"c1": "core-a core-b"})
    cause = only(city, dark="a b", no_light="core-a core-b")
    assert (cause.kind, cause.subject) == (FaultKind.CABLE_CUT, "cable:c1")
    assert {"link:core-a", "link:core-b"} <= set(cause.ambiguous_with)


def test_two_links_of_one_cable_lost_at_different_times_are_two_faults():
    city = town("core-a", "core-b", cables={"c1": "core-a core-b"})
    seen = {"core-a": LONG_AGO, "a": LONG_AGO}
    found = diagnose(Topology(city), scene(city, dark="a b", no_light="core-a core-b", since=seen)).causes
    assert sorted((cause.since_wall_s, sorted(cause.devices)) for cause in found) == [(LONG_AGO, ["a"]), (NOW, ["b"])]


def test_a_cable_of_which_another_link_has_light_is_not_cut():
    city = town("core-a", "core-b", cables={"c1": "core-a core-b"})
    assert only(city, dark="a", no_light="core-a").subject == "link:core-a"


def test_one_cable_costs_the_same_where_a_link_runs_on_through_another():
    city = town("core-a", "core-b", cables={"c1": "core-a core-b", "c2": "core-b"})
    assert only(city, dark="a b", no_light="core-a core-b").subject == "cable:c1"


def test_all_cables_of_a_duct_lost_in_one_moment_are_one_fault():
    city = town("core-a", "core-b", cables={"c1": "core-a", "c2": "core-b"}, ducts={"c1": "d1", "c2": "d1"})
    cause = only(city, dark="a b", no_light="core-a core-b")
    assert cause.kind is FaultKind.CABLE_CUT
    assert {cause.subject, *cause.ambiguous_with} >= {"cable:c1", "cable:c2"}


def test_two_switches_of_one_site_lost_in_one_moment_are_the_power_of_the_site():
    city = town("core-a", "core-b", sites={"a": "hut", "b": "hut"})
    cause = only(city, dark="a b", no_light="core-a core-b")
    assert (cause.kind, cause.subject) == (FaultKind.DEVICE_POWER, "site:hut")


def test_of_a_site_of_which_one_switch_is_lit_the_power_is_there():
    city = town("core-a", "core-b", sites={"a": "hut", "b": "hut"})
    assert "site:hut" not in only(city, dark="a", no_light="core-a").ambiguous_with


def test_a_switch_with_two_uplinks_loses_one_and_is_weakened_but_not_dark():
    city = town("core-a", "core-b", "a-leaf", "b-leaf")
    assert kind(only(city, no_light="a-leaf")) is FaultKind.REDUNDANCY_LOST


def test_a_switch_with_two_uplinks_that_loses_both_at_once_has_no_power():
    city = town("core-a", "core-b", "a-leaf", "b-leaf")
    assert only(city, dark="leaf", no_light="a-leaf b-leaf").subject == "device:leaf"


# silence where nothing can be known


def test_dark_canaries_are_one_fault_and_blame_nobody():
    cause = only(RING, dark="core a b c", is_lit=False)
    assert (cause.kind, cause.subject, cause.ambiguous_with) == (FaultKind.VANTAGE, "vantage:", ())
    assert cause.devices == frozenset()


def test_without_canaries_a_city_that_is_silent_as_a_whole_is_our_own_blindness():
    cause = only(RING, dark="core a b c", is_lit=None)
    assert (cause.kind, cause.ambiguous_with) == (FaultKind.VANTAGE, ("device:core",))


def test_without_canaries_one_device_that_answers_is_enough_to_see_by():
    assert only(RING, dark="b", no_light="a-b b-c", is_lit=None).subject == "device:b"


def test_with_canaries_lit_a_city_silent_as_a_whole_is_the_switch_we_are_attached_to():
    cause = only(RING, dark="core a b c")
    assert cause.subject == "device:core"
    assert cause.devices == {"core", "a", "b", "c"}


def test_a_single_device_that_is_silent_is_not_our_own_blindness():
    city = town(roots=(), also=("a",))
    assert only(city, dark="a", is_lit=None).subject == "device:a"


# the inventory does not know everything


def test_a_device_without_any_link_is_a_fault_of_its_own_when_it_falls_silent():
    cause = only(town("core-a", also=("lone",)), dark="lone")
    assert (cause.subject, cause.devices) == ("device:lone", {"lone"})


def test_of_an_island_that_nothing_known_leads_to_the_likeliest_entry_is_named_and_all_could_be_it():
    cause = only(town("core-a", "x-y", "y-z"), dark="x y z")
    assert cause.kind is FaultKind.UPSTREAM
    assert {cause.subject, *cause.ambiguous_with} == {"device:x", "device:y", "device:z"}
    assert cause.devices == {"x", "y", "z"}


def test_a_part_of_an_island_is_told_by_its_lit_neighbour():
    assert only(town("core-a", "x-y", "y-z"), dark="z", no_light="y-z").subject == "link:y-z"


def test_a_neighbour_without_an_agent_leaves_cut_power_and_hang_open():
    city = town("core-a", "a-b", agentless=("a",))
    cause = only(city, dark="b", alive_wall_s={"a": NOW + 10})
    assert {cause.subject, *cause.ambiguous_with} >= {"link:a-b", "device:b"}


def test_a_link_that_its_neighbour_has_no_such_port_for_asks_for_no_cut_of_its_own():
    city = town("core-a", "core-b", "a-leaf", "b-leaf")
    cause = only(city, dark="leaf", no_light="a-leaf", unread="b-leaf")
    assert cause.subject == "link:a-leaf"
    assert cause.devices == {"leaf"}


def test_one_wrong_light_does_not_acquit_a_switch_that_two_dark_ports_convict():
    city = town("core-a", "core-b", "core-d", "a-x", "b-x", "d-x")
    assert only(city, dark="x", no_light="a-x b-x").subject == "device:x"


def test_ports_told_the_wrong_way_round_are_noticed_and_the_right_switch_is_named():
    city = town("core-a", "core-b", cables={"c1": "core-a", "c2": "core-b"})
    cause = only(city, dark="a", one_way="", no_light="", links_at={"core-b": (End.DOWN, End.UP)})
    assert "device:a" in {cause.subject, *cause.ambiguous_with}
    assert any("exchanged" in said for said in cause.evidence)


# waiting for an answer that is newer than the darkness


def test_a_port_read_before_the_darkness_is_no_witness_and_is_asked_again():
    diagnosis = diagnose(Topology(CHAIN), scene(CHAIN, dark="c", read=NOW - 5.0, now_wall_s=NOW + 5.0))
    (cause,) = diagnosis.causes
    assert not cause.is_sure
    assert diagnosis.wanted == {"b"}


def test_once_it_was_read_the_cause_is_sure_at_once():
    assert only(CHAIN, dark="c", read=NOW + 1.0, now_wall_s=NOW + 2.0).is_sure


def test_patience_ends_and_what_is_known_by_then_is_said():
    cause = only(CHAIN, dark="c", read=NOW - 5.0, now_wall_s=NOW + 25.0)
    assert cause.is_sure
    assert {cause.subject, *cause.ambiguous_with} >= {"cable:c3", "link:b-c", "device:c"}


def test_a_fibre_broken_long_ago_takes_no_blame_for_a_darkness_of_today():
    found = causes(RING, dark="b", no_light="a-b b-c", since={"a-b": LONG_AGO})
    assert found["link:a-b"].devices == frozenset()
    assert "b" in found["link:b-c"].devices


def test_what_nobody_can_read_any_more_was_broken_when_it_was_last_read():
    sights = {"a-b": LinkSight(since_wall_s=LONG_AGO, was_down=True)}
    found = causes(CHAIN, dark="a b c", no_light="core-a", since={"b": LONG_AGO, "c": LONG_AGO}, sights=sights)
    assert found["cable:c1"].since_wall_s == NOW
    assert any("a-b" in " ".join(cause.evidence) and cause.since_wall_s == LONG_AGO for cause in found.values())


def test_unseen_neighbours_are_waited_for_and_never_blamed():
    city = town("core-a", "a-b")
    cause = only(city, dark="b", unseen={"a"}, observed=2, now_wall_s=NOW + 5.0)
    assert not cause.is_sure
    assert cause.devices <= {"b"}
    assert "device:a" not in {cause.subject, *cause.ambiguous_with}


# agents that are silent, and switches that are not


def test_a_silent_agent_on_a_switch_that_answers_echoes_hangs():
    cause = only(RING, mute={"b": NOW})
    assert (cause.kind, cause.subject) == (FaultKind.DEVICE_HANG, "device:b")
    assert cause.evidence == ("b answers echoes, and its agent is silent",)


def test_a_silent_switch_behind_which_a_camera_answers_hangs_and_forwards():
    cause = only(CHAIN, dark="b", forwarding={"b"})
    assert (cause.kind, cause.subject, cause.devices) == (FaultKind.DEVICE_HANG, "device:b", {"b"})
    assert cause.stopped == frozenset()


@pytest.mark.parametrize(("in_vain_s", "is_sure"), [(19.0, False), (20.0, True), (float("-inf"), False)])
def test_a_silent_switch_heard_through_hangs_for_sure_once_it_was_asked_in_vain_since(in_vain_s, is_sure):
    """Its camera may be heard first when both come back: what is old by then is the switch's silence."""
    cause = only(
        CHAIN,
        dark="b",
        forwarding={"b"},
        seen_since_wall_s={"b": NOW},
        in_vain_wall_s={"b": NOW + in_vain_s},
        now_wall_s=NOW + 60.0,
    )
    assert cause.is_sure is is_sure


@pytest.mark.parametrize(("in_vain_s", "is_sure"), [(-5.0, False), (9.0, False), (10.0, True), (float("-inf"), False)])
def test_a_silent_agent_behind_what_was_mended_hangs_for_sure_once_it_was_asked_in_vain_since(in_vain_s, is_sure):
    """The way was cut for so short a time that no echo was missed; the agent was asked while it was."""
    told = scene(
        CHAIN,
        mute={"b": NOW - 2.0},
        seen_since_wall_s={"b": NOW},
        alive_wall_s={"b": NOW + 60.0},
        in_vain_wall_s={"b": NOW + in_vain_s},
        now_wall_s=NOW + 60.0,
    )
    diagnosis = diagnose(Topology(CHAIN), told)
    assert [cause.is_sure for cause in diagnosis.causes] == [is_sure]
    assert diagnosis.wanted == (frozenset() if is_sure else {"b"})  # it is asked rarely otherwise


def test_a_silent_switch_that_forwards_parts_nothing():
    diagnosis = diagnose(Topology(CHAIN), scene(CHAIN, dark="b", forwarding={"b"}))
    assert diagnosis.parts.part("c") == diagnosis.parts.part("core")


# attribution


@pytest.mark.parametrize("dark", ["a b", "b"])
def test_every_dark_device_is_charged_to_one_cause(dark):
    found = causes(RING, dark=dark, no_light="core-a a-b b-c")
    named = [device for cause in found.values() for device in cause.devices]
    assert sorted(named) == dark.split()


def test_the_same_scene_always_gets_the_same_answer():
    seen = scene(RING, dark="a b c", no_light="core-a c-core")
    assert len({diagnose(Topology(RING), seen).causes for _ in range(5)}) == 1


def test_evidence_is_bounded():
    city = town(*(f"core-x{n}" for n in range(40)), cables={"c1": " ".join(f"core-x{n}" for n in range(40))})
    dark = " ".join(f"x{n}" for n in range(40))
    cause = only(city, dark=dark, no_light=" ".join(f"core-x{n}" for n in range(40)))
    assert len(cause.evidence) == 13
    assert cause.evidence[-1].startswith("and ")
