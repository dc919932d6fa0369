"""Who is cut off by what ports tell, before their silence is proven."""

import pytest

from netwatch.core.faults.parting import BLINK_S, DATED_S, Parting, Told
from netwatch.core.faults.scene import End, LinkSight
from netwatch.core.topology.graph import Topology
from tests.unit.core.streets import NOW, town

CUT_S = NOW - 2.0
PATIENCE_S = 15.0
SPUR = Topology(town("core-a", "a-b", "a-c"))
RING = Topology(town("core-a", "a-b", "b-core"))


def dark(since_s=CUT_S):
    return LinkSight(a=End.DOWN, b=End.UP, since_wall_s=since_s)


def told(*broken, asked=(), heard=(), at_s=NOW, **changes):
    """The broken links, who was asked half a second ago, and who has answered since."""
    given = {
        "sights": {name: dark() for name in broken},
        "broken": set(broken),
        "silent": (),
        "unseen": (),
        "asked_wall_s": dict.fromkeys(asked, at_s - BLINK_S),
        "heard_since": lambda name, _since_s: name in heard,
        "now_wall_s": at_s,
        "patience_s": PATIENCE_S,
    }
    return Told(**{**given, **changes})


def parted(topology, one):
    parting = Parting()
    parting.look(topology, one)
    return dict(parting.parted)


def test_who_hangs_on_a_dark_link_alone_and_did_not_answer_is_parted_with_all_behind():
    assert parted(SPUR, told("core-a", asked=["a"])) == dict.fromkeys("abc", CUT_S)
    assert parted(SPUR, told("a-b", asked=["b"])) == {"b": CUT_S}


def test_who_has_another_way_is_not():
    assert parted(RING, told("core-a", asked=["a"])) == {}


def test_the_last_way_counts_and_its_date():
    sights = {"core-a": dark(CUT_S - 100.0), "b-core": dark()}
    one = told("core-a", "b-core", asked=["a", "b"], sights=sights)
    assert parted(RING, one) == dict.fromkeys("ab", CUT_S)


def test_one_that_answers_behind_the_break_clears_all_that_is_with_it():
    assert parted(SPUR, told("core-a", asked=["a"], heard=["c"])) == {}


def test_nobody_is_parted_before_there_was_time_to_answer():
    parting = Parting()
    asked_s = NOW + 0.1
    parting.look(SPUR, told("a-b", asked_wall_s={"b": asked_s}, at_s=asked_s + 0.2))
    assert (parting.parted, parting.due_s) == ({}, asked_s + BLINK_S)
    parting.look(SPUR, told("a-b", asked_wall_s={"b": asked_s}, at_s=asked_s + BLINK_S))
    assert (parting.parted, parting.due_s) == ({"b": CUT_S}, float("inf"))


def test_without_a_question_silence_has_to_be_proven():
    parting = Parting()
    parting.look(SPUR, told("a-b"))
    assert (parting.parted, parting.due_s) == ({}, float("inf"))


def test_a_question_of_before_the_break_is_none():
    one = told("a-b", asked_wall_s={"b": CUT_S - DATED_S - 0.1})
    assert parted(SPUR, one) == {}


def test_both_shores_of_an_island_are_to_be_asked():
    assert parted(RING, told("core-a", "b-core", asked=["a"])) == {}
    assert parted(RING, told("core-a", "b-core", asked=["a"], silent=["b"])) == dict.fromkeys("ab", CUT_S)


def test_who_is_known_to_be_silent_all_of_them_needs_no_parting():
    assert parted(SPUR, told("a-b", asked=["b"], silent=["b"])) == {}


def test_who_was_not_observed_is_not_called_parted():
    assert parted(SPUR, told("core-a", asked=["a"], unseen=["c"])) == dict.fromkeys("ab", CUT_S)


def test_a_break_of_long_ago_parts_nobody_anew_but_who_was_parted_stays_until_heard():
    late_s = NOW + PATIENCE_S + 60.0
    parting = Parting()
    parting.look(SPUR, told("a-b", asked=["b"], at_s=late_s))
    assert parting.parted == {}
    parting.look(SPUR, told("a-b", asked=["b"]))
    parting.look(SPUR, told("a-b", at_s=late_s))
    assert parting.parted == {"b": CUT_S}
    parting.look(SPUR, told("a-b", at_s=late_s, heard=["b"]))
    assert parting.parted == {}


def test_light_that_is_back_ends_it():
    parting = Parting()
    parting.look(SPUR, told("a-b", asked=["b"]))
    parting.look(SPUR, told())
    assert parting.parted == {}


@pytest.mark.parametrize("topology", [Topology(town("a-b", roots=())), Topology(town("core-a"))])
def test_without_a_place_of_ours_or_a_break_nothing_is_known(topology):
    broken = [name for name in topology.links if name == "a-b"]
    assert parted(topology, told(*broken, asked=["a", "b"])) == {}


def test_a_link_out_of_band_is_no_way_home_yet_whoever_answers_over_it_is_not_parted():
    city = Topology(town("core-a", "core-a/2", over={"core-a/2": "oob"}))
    assert parted(city, told("core-a", asked=["a"])) == {"a": CUT_S}
    assert parted(city, told("core-a", asked=["a"], heard=["a"])) == {}
