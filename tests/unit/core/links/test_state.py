"""The state of a link over time: since when, known before the dark, degraded with hysteresis, and its events."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.core.events import EventKind
from netwatch.core.links.ends import Sight
from netwatch.core.links.state import Definite, LinkCondition, link_event, resumed_link
from netwatch.core.links.troubles import Level
from tests.unit.core.lit import DOWN, GBIT, WALL_S, A, B, Folding, dark, end, make_link, totals, unseen

UP, DEGRADED, ONE_END, CUT, UNKNOWN = LinkCondition


def test_a_cut_dates_from_the_first_evidence_of_either_end_whichever_is_read_first():
    seen = Folding()
    seen.look(end(), end(), at_s=100)
    seen.look(dark(since_s=203.0), end(), at_s=205)
    assert (seen.state.condition, seen.since_s) == (ONE_END, 203.0)
    seen.look(dark(since_s=203.0), dark(since_s=202.5), at_s=212)
    assert (seen.state.condition, seen.since_s) == (CUT, 202.5)


def test_a_condition_that_stays_keeps_its_beginning():
    seen = Folding()
    seen.look(dark(since_s=50.0), dark(since_s=60.0))
    seen.look(dark(since_s=70.0), dark(since_s=60.0), at_s=110)
    assert seen.since_s == 50.0
    seen.look(dark(since_s=70.0), dark(since_s=40.0), at_s=120)
    assert seen.since_s == 40.0, "an end told later of something earlier"


def test_a_link_known_to_be_cut_is_remembered_as_cut_when_its_ends_fall_silent():
    seen = Folding()
    seen.look(dark(since_s=50.0), dark(since_s=51.0))
    seen.look(unseen(oper=DOWN), unseen(oper=DOWN), at_s=130)
    assert (seen.state.condition, seen.since_s) == (UNKNOWN, 130.0)
    assert seen.state.before_dark == Definite(condition=CUT, since_wall_s=WALL_S + 50.0)
    seen.look(unseen(oper=DOWN), unseen(oper=DOWN), at_s=140)
    assert seen.since_s == 130.0
    seen.look(dark(since_s=150.0), unseen(), at_s=160)
    assert (seen.state.condition, seen.since_s, seen.state.before_dark) == (CUT, 50.0, None)


def test_a_cut_that_one_end_contradicts_is_known_no_longer():
    seen = Folding()
    seen.look(dark(), dark())
    seen.look(unseen(oper=DOWN), unseen(oper=DOWN))
    seen.look(end(), unseen(oper=DOWN))
    assert (seen.state.condition, seen.state.before_dark) == (UNKNOWN, None)


def test_a_link_that_was_up_before_the_dark_goes_on_unless_a_port_came_up_meanwhile():
    seen = Folding()
    seen.look(end(since_s=10.0), end(since_s=20.0), at_s=100)
    seen.look(end(since_s=10.0), unseen(), at_s=110)
    assert seen.state.before_dark.condition is UP
    seen.look(end(since_s=10.0), end(since_s=20.0), at_s=120)
    assert (seen.state.condition, seen.since_s) == (UP, 20.0)
    seen.look(end(since_s=10.0), unseen(), at_s=130)
    seen.look(end(since_s=10.0), end(since_s=133.0), at_s=140)
    assert seen.since_s == 133.0


def test_the_ports_seen_are_told_even_where_they_are_not_fresh_and_an_end_not_asked_is_none():
    seen = Folding()
    state = seen.look(unseen(), None)
    assert (state.a.is_fresh, state.b) == (False, None)


@pytest.mark.parametrize(
    ("declared", "a_bps", "b_bps", "capacity"),
    [
        (5 * GBIT, GBIT, GBIT, 5 * GBIT),
        (None, 10 * GBIT, GBIT, GBIT),
        (None, None, GBIT, GBIT),
        (None, None, None, None),
    ],
)
def test_the_capacity_is_the_inventorys_else_that_of_the_slower_end(declared, a_bps, b_bps, capacity):
    seen = Folding(make_link(capacity_bps=declared))
    assert seen.look(end(speed_bps=a_bps), end(speed_bps=b_bps)).capacity_bps == capacity


def test_rates_and_utilisation_go_from_end_to_end():
    seen = Folding(make_link(capacity_bps=8 * GBIT))
    for at_s in (0, 30):
        a = totals(at_s, transmit_bytes=at_s * 10**8, receive_bytes=at_s * 5 * 10**8)
        seen.look(end(totals=a), end(), at_s=at_s)
    state = seen.state
    assert (state.rate_a_to_b, state.rate_b_to_a) == (1e8, 5e8)
    assert (state.utilization_a_to_b, state.utilization_b_to_a) == (0.1, 0.5)
    gone = seen.look(end(), end(), at_s=60)
    assert (gone.rate_a_to_b, gone.utilization_b_to_a) == (None, None)


def test_without_a_capacity_there_is_a_rate_and_no_utilisation():
    seen = Folding()
    for at_s in (0, 30):
        seen.look(end(totals=totals(at_s, transmit_bytes=at_s), speed_bps=None), end(speed_bps=None), at_s=at_s)
    assert (seen.state.rate_a_to_b, seen.state.utilization_a_to_b) == (1.0, None)


class Frames(Folding):
    """A link over which a million frames come every 30 seconds, some of them broken."""

    def __init__(self):
        super().__init__()
        self.errors = self.looks = 0

    def interval(self, errors):
        self.errors, self.looks = self.errors + errors, self.looks + 1
        at_s = 30 * self.looks
        b = totals(at_s, receive_errors=self.errors, receive_packets=self.looks * 10**6)
        return self.look(end(read_s=at_s), end(totals=b, read_s=at_s), at_s=at_s)


def worst(state):
    return max(one.level for one in state.troubles.values())


def degraded():
    seen = Frames()
    for errors in (0, 500, 500):
        seen.interval(errors)
    return seen


def test_errors_degrade_a_link_with_the_second_bad_interval_and_it_recovers_with_the_third_good_one():
    seen = Frames()
    told = [seen.interval(errors).condition for errors in (0, 500, 500, 0, 0, 0)]
    assert told == [UP, UP, DEGRADED, DEGRADED, DEGRADED, UP]
    assert seen.since_s == 180.0, "up again since it recovered, not since its ports came up"


def test_a_degraded_link_tells_why_how_bad_and_since_the_first_bad_interval():
    seen = degraded()
    state = seen.state
    assert state.why == ("500 of a million frames that agg-1 Te0/2 received were broken",)
    assert (worst(state), seen.since_s) == (Level.MAJOR, 60.0)


def test_looking_again_at_the_same_readings_counts_once():
    seen = Folding(make_link(capacity_bps=10 * GBIT))
    a, b = end(speed_bps=GBIT, read_s=100), end(speed_bps=GBIT, read_s=105)
    first = seen.look(a, b, at_s=106)
    assert [seen.look(a, b, at_s=107 + again) for again in range(5)] == [first] * 5
    assert seen.look(end(speed_bps=GBIT, read_s=110), b, at_s=111).condition is UP, "b was not read since"
    assert seen.look(end(speed_bps=GBIT, read_s=110), end(speed_bps=GBIT, read_s=115), at_s=116).condition is DEGRADED


def test_what_weakened_a_link_is_forgotten_once_it_is_down():
    seen = degraded()
    assert seen.look(dark(), dark(), at_s=120).why == ("core-1 Te0/1 is down", "agg-1 Te0/2 is down")
    assert seen.look(end(since_s=150.0), end(since_s=151.0), at_s=160).condition is UP
    assert seen.since_s == 151.0


def test_what_weakened_a_link_is_still_so_after_a_time_of_not_knowing():
    seen = degraded()
    assert seen.look(end(), unseen(), at_s=100).condition is UNKNOWN
    assert seen.look(end(), end(), at_s=110).condition is DEGRADED
    assert seen.since_s == 60.0


def filled(seen, ratio, looks=35):
    for at_s in range(0, looks * 60, 60):
        seen.look(end(totals=totals(at_s, transmit_bytes=int(at_s * ratio * GBIT / 8))), end(), at_s=at_s)
    return seen.state


def test_a_link_nearly_full_for_fifteen_minutes_is_warned_of_and_one_fuller_is_degraded():
    link = make_link(capacity_bps=GBIT)
    warned, full = filled(Folding(link), 0.75), filled(Folding(link), 0.9)
    assert (warned.condition, worst(warned)) == (UP, Level.WARNING)
    assert [one.sentence for one in warned.troubles.values()] == ["75% full from core-1 to agg-1 for 15 minutes"]
    assert (full.condition, worst(full)) == (DEGRADED, Level.MAJOR)
    assert not filled(Folding(link), 0.5).troubles


def test_an_aggregate_without_a_member_is_degraded_at_once_and_whole_again_at_once():
    seen = Folding(make_link(members=((A, B), (A, B))))
    lit, cut = (end(), end()), (dark(since_s=50.0), dark(since_s=50.0))
    state = seen.look(end(), end(), members=(lit, cut))
    assert (state.condition, state.missing, seen.since_s) == (DEGRADED, (1,), 50.0)
    assert seen.look(end(), end(), members=(lit, lit), at_s=120).condition is UP
    assert seen.since_s == 120.0


def events_of(*looks, begin=None):
    seen, told = Folding(), []
    seen.state = begin
    for at_s, (a, b) in enumerate(looks):
        before = seen.state
        event = link_event(seen.link, before, seen.look(a, b, at_s=200 + at_s))
        told += [event] if event else []
    return told


def changes(events):
    return [(event.detail["from"], event.detail["to"]) for event in events]


def test_each_change_is_one_event_dated_from_its_evidence_with_its_reasons():
    first, cut = events_of((end(), end()), (end(), end()), (dark(since_s=150.0), dark(since_s=151.0)))
    assert (first.detail["from"], first.detail["to"]) == ("unknown", "up")
    assert (cut.kind, cut.subject, cut.at_wall_s) == (EventKind.LINK_STATE, "link:ring-a-1", WALL_S + 150.0)
    assert cut.detail["why"] == "core-1 Te0/1 is down; agg-1 Te0/2 is down"
    assert "found_after_gap" not in cut.detail


def test_a_restart_tells_only_what_changed_while_nobody_watched():
    up, cut = resumed_link(UP, WALL_S + 1.0), resumed_link(CUT, WALL_S + 1.0)
    nothing = (unseen(Sight.NOT_OBSERVED), unseen(Sight.NOT_OBSERVED))
    assert events_of(nothing, (end(), end()), begin=up) == []
    [healed] = found = events_of(nothing, (end(), end()), begin=cut)
    assert (changes(found), healed.detail["found_after_gap"]) == ([("down", "up")], True)
    assert changes(events_of((end(), end()), nothing, begin=up)) == [("up", "unknown")]


def test_what_a_restart_does_not_find_again_within_minutes_is_told_to_be_unknown():
    nothing = unseen(Sight.NOT_OBSERVED)
    seen, told = Folding(), []
    seen.state = resumed_link(CUT, WALL_S + 1.0)
    for at_s in (200, 400, 499, 501, 600):
        before = seen.state
        event = link_event(seen.link, before, seen.look(nothing, nothing, at_s=at_s))
        told += [(at_s, event.detail["from"], event.detail["to"])] if event else []
    assert told == [(501, "down", "unknown")]
    assert seen.state.before_dark.condition is CUT, "still the last that was known"


def test_a_cut_from_the_store_that_one_end_contradicts_is_told_to_be_unknown():
    assert changes(events_of((end(), unseen()), begin=resumed_link(CUT, WALL_S + 1.0))) == [("down", "unknown")]


def test_a_condition_goes_on_over_a_restart():
    seen = Folding()
    seen.state = resumed_link(CUT, WALL_S + 1.0)
    seen.look(dark(since_s=99.0), dark(since_s=99.0))
    assert seen.since_s == 1.0


any_end = st.sampled_from([end(), dark(since_s=50.0), end(4), unseen(), unseen(Sight.UNMATCHED), end(admin=DOWN), None])


@given(st.lists(st.tuples(any_end, any_end), min_size=1, max_size=12))
def test_whatever_the_ends_say_in_turn_a_state_has_a_beginning_and_its_events_chain(looks):
    events = events_of(*looks)
    told = "unknown"
    for event in events:
        assert event.detail["from"] == told
        told = event.detail["to"]
        assert event.at_wall_s >= WALL_S
