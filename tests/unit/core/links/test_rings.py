"""Rings from the links alone: intact, switched, split; whose break came first; the time without reserve."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.core.events import EventKind
from netwatch.core.links.rings import (
    UNPROTECTED,
    RingCondition,
    RingReport,
    Told,
    fold_ring,
    resumed_ring,
    ring_event,
)
from netwatch.core.links.state import Definite, LinkCondition, LinkState
from netwatch.core.model import Ring
from tests.unit.core.lit import WALL_S

INTACT, SWITCHED, SPLIT, MANUAL, RESTORING, NO_BLOCK, UNKNOWN = RingCondition
UP, DEGRADED, ONE_END, CUT, UNSEEN = LinkCondition
RING = Ring(id="ring-a", protocol="erps")
LINKS = ("ring-a-1", "ring-a-2", "ring-a-3", "ring-a-4")


def link(condition=UP, since_s=0.0, **changes):
    why = ("somewhere is down",) if condition is not UP else ()
    return LinkState(condition=condition, why=why, since_wall_s=WALL_S + since_s, **changes)


def cut(since_s=50.0, **changes):
    return link(CUT, since_s, **changes)


def unseen_since_cut(since_s):
    return link(UNSEEN, since_s + 10, before_dark=Definite(condition=CUT, since_wall_s=WALL_S + since_s))


def said(condition):
    return RingReport(said={condition: ("sw-1",)}) if condition is not None else None


class Folding:
    """One ring of four links, looked at again and again."""

    def __init__(self, before=None):
        self.state = before
        self.events = []

    def look(self, *states, at_s=100.0, reported=None):
        links = dict(zip(LINKS, (*states, *(link(),) * (len(LINKS) - len(states))), strict=True))
        before, self.state = self.state, fold_ring(RING, self.state, links, WALL_S + at_s, said(reported))
        event = ring_event(RING, before, self.state)
        self.events += [event] if event else []
        return self.state

    @property
    def since_s(self):
        return self.state.since_wall_s - WALL_S


def judged(*states, **changes):
    return Folding().look(*states, **changes)


@pytest.mark.parametrize(
    ("states", "condition"),
    [
        ((), INTACT),
        ((link(DEGRADED),), INTACT),
        ((cut(),), SWITCHED),
        ((link(ONE_END),), SWITCHED),
        ((cut(), link(DEGRADED)), SWITCHED),
        ((cut(), cut()), SPLIT),
        ((cut(), link(ONE_END), cut()), SPLIT),
        ((link(UNSEEN),), UNKNOWN),
        ((link(UNSEEN), cut()), SWITCHED),
        ((link(UNSEEN), cut(), cut()), SPLIT),
        ((cut(admin_down=True),), MANUAL),
        ((cut(admin_down=True), cut()), SPLIT),
        ((unseen_since_cut(50.0),), SWITCHED),
        ((unseen_since_cut(50.0), cut()), SPLIT),
    ],
)
def test_a_ring_is_judged_by_how_many_of_its_links_are_known_to_be_broken(states, condition):
    assert judged(*states).condition is condition


def test_a_ring_of_no_links_is_not_known():
    state = fold_ring(RING, None, {}, WALL_S)
    assert (state.condition, state.why) == (UNKNOWN, ("no link of ring ring-a is declared",))


def test_a_switched_ring_names_its_break_and_that_nothing_is_left():
    state = judged(link(), cut(70.0))
    assert state.broken == ("ring-a-2",)
    assert state.members == LINKS
    assert state.why[0] == "ring-a-2 is broken: somewhere is down"
    assert "reserve" in state.why[1]


def test_a_second_break_names_the_first_as_contributing():
    state = judged(cut(90.0), link(), cut(30.0))
    assert state.broken == ("ring-a-3", "ring-a-1")
    assert state.why[-1].startswith("ring-a-3 broke first and contributes")


def test_what_is_not_known_is_named_and_so_is_a_break_nobody_sees_now():
    assert judged(link(UNSEEN), link(), link(UNSEEN)).why == ("not known: ring-a-1, ring-a-3",)
    assert judged(unseen_since_cut(50.0)).why[0] == "ring-a-1 was broken when last seen"


def test_each_condition_begins_with_the_break_or_the_healing_that_made_it():
    seen = Folding()
    seen.look(cut(50.0), at_s=60)
    assert (seen.state.condition, seen.since_s) == (SWITCHED, 50.0)
    seen.look(cut(50.0), cut(70.0), at_s=80)
    assert (seen.state.condition, seen.since_s) == (SPLIT, 70.0)
    seen.look(link(since_s=95.0), cut(70.0), at_s=100)
    assert (seen.state.condition, seen.since_s) == (SWITCHED, 95.0)
    seen.look(link(since_s=95.0), link(since_s=115.0), at_s=120)
    assert (seen.state.condition, seen.since_s) == (INTACT, 115.0)
    seen.look(at_s=130)
    assert seen.since_s == 115.0


def test_a_ring_found_split_begins_with_its_second_break():
    seen = Folding()
    seen.look(cut(50.0), cut(20.0), cut(70.0))
    assert seen.since_s == 70.0


@pytest.mark.parametrize("reported", [RESTORING, NO_BLOCK, MANUAL, SWITCHED, SPLIT])
def test_a_report_tells_what_links_cannot(reported):
    state = judged(reported=reported)
    assert state.condition is reported
    assert "report" in state.why[0]
    assert judged(link(UNSEEN), reported=reported).condition is reported


def test_a_report_of_intact_settles_what_is_not_seen_and_one_of_unknown_nothing():
    assert judged(link(UNSEEN), reported=INTACT).condition is INTACT
    assert judged(link(UNSEEN), reported=UNKNOWN).condition is UNKNOWN
    assert judged(reported=UNKNOWN).condition is INTACT


@pytest.mark.parametrize("reported", list(RingCondition))
def test_no_report_talks_a_broken_link_away(reported):
    assert judged(cut(), reported=reported).condition is SWITCHED


def test_who_contradicts_the_links_stands_beside_them_and_what_one_switch_cannot_know_is_no_contradiction():
    assert judged(cut(), reported=INTACT).why[-1] == "but sw-1 says intact by its own MIB"
    assert not any("sw-1" in sentence for sentence in judged(cut(), reported=SWITCHED).why)
    assert not any("sw-1" in sentence for sentence in judged(cut(), cut(), reported=SWITCHED).why)
    both = RingReport(said={SWITCHED: ("sw-1",), INTACT: ("sw-2", "sw-3")})
    state = fold_ring(RING, None, dict.fromkeys(LINKS, link()), WALL_S, both)
    assert (state.condition, state.why[-1]) == (SWITCHED, "but sw-2, sw-3 say intact by their own MIB")


def test_a_healed_ring_is_restoring_for_as_long_as_it_says_so():
    seen = Folding()
    seen.look(cut(50.0), at_s=60)
    seen.look(link(since_s=70.0), at_s=71, reported=RESTORING)
    assert (seen.state.condition, seen.since_s) == (RESTORING, 70.0)
    seen.look(link(since_s=70.0), at_s=400, reported=INTACT)
    assert (seen.state.condition, seen.since_s) == (INTACT, 400.0)


def test_the_time_without_reserve_runs_from_the_break_to_the_healing_not_from_poll_to_poll():
    seen = Folding()
    seen.look(at_s=40)
    assert seen.look(cut(50.0), at_s=60).unprotected_s == 10.0
    assert seen.look(cut(50.0), cut(75.0), at_s=80).unprotected_s == 30.0
    assert seen.look(cut(50.0), link(since_s=90.0), at_s=95).unprotected_s == 45.0
    assert seen.look(link(since_s=100.0), at_s=110).unprotected_s == 50.0
    assert seen.look(at_s=500).unprotected_s == 50.0


def test_a_ring_found_broken_counts_from_when_it_was_found():
    seen = Folding()
    assert seen.look(cut(50.0), at_s=1000).unprotected_s == 0.0
    assert seen.look(cut(50.0), at_s=1010).unprotected_s == 10.0


def test_time_that_is_not_known_is_not_counted():
    seen = Folding()
    seen.look(cut(50.0), at_s=60)
    seen.look(link(UNSEEN, 70.0), at_s=70)
    seen.look(link(UNSEEN, 70.0), at_s=500)
    assert seen.state.unprotected_s == 10.0
    seen.look(cut(50.0), at_s=510)
    assert seen.state.unprotected_s == 20.0


def test_a_switch_made_by_hand_is_not_counted():
    seen = Folding()
    seen.look(at_s=40)
    seen.look(cut(50.0, admin_down=True), at_s=60)
    assert seen.look(cut(50.0, admin_down=True), at_s=90).unprotected_s == 0.0


states = st.builds(
    link, st.sampled_from(list(LinkCondition)), st.floats(-1e6, 1e6), admin_down=st.booleans()
) | st.builds(unseen_since_cut, st.floats(-1e6, 1e6))
looks = st.lists(
    st.tuples(st.lists(states, max_size=4), st.floats(-1e6, 1e6), st.none() | st.sampled_from(list(RingCondition))),
    min_size=1,
    max_size=20,
)


@given(looks)
def test_the_time_without_reserve_never_falls_whatever_clocks_and_links_do(looks):
    seen, total = Folding(), 0.0
    for found, at_s, reported in looks:
        state = seen.look(*found, at_s=at_s, reported=reported)
        assert state.unprotected_s >= total
        total = state.unprotected_s


@given(looks)
def test_events_chain_from_condition_to_condition(looks):
    seen, told = Folding(), "unknown"
    for found, at_s, reported in looks:
        seen.look(*found, at_s=at_s, reported=reported)
    for event in seen.events:
        assert event.detail["from"] == told
        told = event.detail["to"]
    assert told == seen.state.condition.value


@given(st.lists(states, max_size=4))
def test_a_ring_is_never_intact_or_protected_with_a_link_known_to_be_broken(found):
    state = judged(*found)
    broken = sum(one.condition in (CUT, ONE_END) or one.before_dark is not None for one in found)
    assert len(state.breaks) == broken
    assert (state.condition in UNPROTECTED or state.condition is MANUAL) is (broken > 0)
    assert (state.condition is SPLIT) is (broken > 1)


def test_each_change_is_one_event_with_its_reasons():
    seen = Folding()
    seen.look(at_s=40)
    seen.look(cut(50.0), at_s=60)
    seen.look(cut(50.0), at_s=70)
    first, second = seen.events
    assert (first.detail["from"], first.detail["to"]) == ("unknown", "intact")
    assert (second.kind, second.subject, second.at_wall_s) == (EventKind.RING_STATE, "ring:ring-a", WALL_S + 50.0)
    assert "ring-a-1 is broken" in second.detail["why"]


def resumed(condition, *, since_s=10.0):
    told = Told(condition=condition, since_wall_s=WALL_S + since_s)
    return Folding(resumed_ring(told, unprotected_s=500.0, counted_wall_s=WALL_S + 80.0))


def test_a_restart_goes_on_with_the_time_counted_and_tells_only_what_changed():
    seen = resumed(SWITCHED)
    assert seen.look(*(link(UNSEEN),) * 4, at_s=200).unprotected_s == 500.0
    state = seen.look(cut(50.0), at_s=210)
    assert (state.condition, seen.since_s, state.told, seen.events) == (SWITCHED, 10.0, None, [])
    seen.look(at_s=220)
    assert [event.detail["to"] for event in seen.events] == ["intact"]
    assert "found_after_gap" not in seen.events[0].detail  # it healed while we watched


def test_a_ring_broken_over_the_whole_restart_was_without_reserve_all_the_while():
    assert resumed(SWITCHED).look(cut(50.0), at_s=100).unprotected_s == 520.0


def test_a_ring_healed_during_a_restart_is_an_event():
    seen = resumed(SWITCHED)
    seen.look(link(since_s=90.0), at_s=100)
    (event,) = seen.events
    assert (event.detail["from"], event.detail["to"], event.detail["found_after_gap"]) == ("switched", "intact", True)


def test_a_ring_that_a_restart_does_not_find_again_within_minutes_is_told_to_be_unknown():
    seen = resumed(SWITCHED)
    for at_s in (200, 499, 501, 600):
        seen.look(link(UNSEEN), at_s=at_s)
    assert [(event.detail["from"], event.detail["to"]) for event in seen.events] == [("switched", "unknown")]


def test_a_store_that_had_told_nothing_keeps_the_time_alone():
    seen = Folding(resumed_ring(None, unprotected_s=500.0, counted_wall_s=WALL_S))
    assert seen.look(at_s=100).unprotected_s == 500.0
    assert [event.detail["from"] for event in seen.events] == ["unknown"]
