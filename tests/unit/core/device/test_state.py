from dataclasses import replace

import pytest

from netwatch.core.device.reachability import Answer
from netwatch.core.device.record import DeviceState, DeviceVerdict, LaneHealth, Remembered
from netwatch.core.device.state import blind, overrun
from netwatch.core.errors import Reason
from netwatch.core.events import EventKind
from netwatch.core.model import Lane
from tests.unit.core.polled import PING_ONLY, SNMP_ONLY, WALL_S, Folding, echo, failed, make_watched

UP, DEGRADED, DOWN, UNKNOWN = DeviceVerdict.UP, DeviceVerdict.DEGRADED, DeviceVerdict.DOWN, DeviceVerdict.UNKNOWN


def lost(at_s: float) -> list:
    """An echo and its three re-probes, none of them answered."""
    return [echo(at_s + 0.3 * attempt, lost=True, attempt=attempt) for attempt in range(4)]


def silent(at_s: float) -> list:
    return [failed(Lane.STATUS, at_s + 6.0), failed(Lane.STATUS, at_s + 12.0)]


def changes(seen: Folding) -> list[tuple[str, str, float]]:
    """(from, to, monotonic time) of every verdict told."""
    return [
        (event.detail["from"], event.detail["to"], round(event.at_wall_s - WALL_S, 3))
        for event in seen.events
        if event.kind is EventKind.DEVICE_STATE
    ]


# -- the verdict ------------------------------------------------------------------------------------------------------


def test_a_device_is_up_from_the_first_answer_on():
    seen = Folding()
    seen.see(echo(10.0))
    assert changes(seen) == [("unknown", "up", 10.0)]
    assert seen.state.verdict_since_wall_s == 10.0 + WALL_S


def test_lost_echoes_while_snmp_answers_are_policing_and_no_event():
    seen = Folding().settle()
    seen.see(*lost(20.0))
    assert seen.state.icmp.answer is Answer.SILENT
    assert (seen.state.verdict, seen.events) == (UP, [])


def test_an_answered_echo_does_not_clear_a_silent_agent():
    seen = Folding().settle()
    seen.see(*silent(20.0), echo(33.0), echo(38.0), echo(43.0))
    assert seen.state.snmp.answer is Answer.SILENT
    assert seen.state.verdict is DEGRADED
    assert changes(seen) == [("up", "degraded", 20.0)]


def test_down_dates_from_the_first_miss_and_needs_both_to_be_silent():
    seen = Folding().settle()
    seen.see(*lost(20.0))
    assert seen.events == []
    seen.see(*silent(21.0))
    assert changes(seen) == [("up", "down", 21.0)]


def test_down_of_a_device_that_is_only_pinged_dates_from_the_first_lost_echo():
    seen = Folding(watched=make_watched(PING_ONLY))
    seen.see(echo(10.0), *lost(20.0))
    assert changes(seen)[-1] == ("up", "down", 20.0)


def test_up_again_dates_from_the_first_of_two_answers():
    seen = Folding(watched=make_watched(PING_ONLY))
    seen.see(echo(10.0), *lost(20.0), echo(40.0))
    assert seen.state.verdict is DOWN
    seen.see(echo(45.0))
    assert changes(seen)[-1] == ("down", "up", 40.0)


def test_a_miss_asks_for_a_reprobe_and_a_return_for_a_status_poll():
    seen = Folding().settle()
    assert seen.see(echo(20.0, lost=True)).wants.echoes_apart_s == 0.3
    seen.see(*lost(20.3), echo(40.0))
    assert seen.see(echo(45.0)).wants.look_at == (Lane.STATUS,)


def test_a_return_of_a_device_without_snmp_asks_for_no_poll():
    seen = Folding(watched=make_watched(PING_ONLY))
    seen.see(echo(10.0), *lost(20.0), echo(40.0))
    assert seen.see(echo(45.0)).wants.look_at == ()


def test_a_failed_poll_is_tried_once_more_at_once():
    seen = Folding().settle()
    assert seen.see(failed(Lane.TRAFFIC, 30.0)).wants.look_at == (Lane.STATUS,)
    assert seen.see(failed(Lane.STATUS, 37.0)).wants.look_at == ()


@pytest.mark.parametrize("device", [PING_ONLY, SNMP_ONLY])
def test_a_device_asked_in_one_way_only_is_judged_by_that(device):
    seen = Folding(watched=make_watched(device))
    seen.see(*lost(20.0), *silent(30.0))
    assert seen.state.verdict is DOWN


# -- lanes ------------------------------------------------------------------------------------------------------------


def test_a_lane_keeps_count_of_why_it_failed_and_when_it_last_brought_something():
    seen = Folding().settle()
    seen.see(failed(Lane.STATUS, 30.0), failed(Lane.STATUS, 40.0, Reason.UNREACHABLE), failed(Lane.STATUS, 50.0))
    health = seen.state.lanes[Lane.STATUS]
    assert health.failures == {Reason.TIMEOUT: 2, Reason.UNREACHABLE: 1}
    assert health.last_success_wall_s == pytest.approx(11.02 + WALL_S)
    assert (health.duration_s, health.reason) == (6.0, Reason.TIMEOUT)


def test_a_partial_poll_is_an_answer_and_a_failure_of_its_reason():
    seen = Folding().settle()
    seen.status(30.0, unread=("2",))
    health = seen.state.lanes[Lane.STATUS]
    assert health.failures == {Reason.TIMEOUT: 1}
    assert health.last_success_wall_s == pytest.approx(30.02 + WALL_S)
    assert seen.state.snmp.answer is Answer.ANSWERS


def test_an_overrun_is_counted_where_the_lane_was_never_polled_too():
    state = overrun(overrun(DeviceState(), Lane.TRAFFIC), Lane.TRAFFIC)
    assert state.lanes == {Lane.TRAFFIC: LaneHealth(overruns=2)}


# -- time passing -----------------------------------------------------------------------------------------------------


def test_nothing_ages_before_its_time():
    seen = Folding().settle()
    before = seen.state
    seen.age(20.0)
    assert seen.state is before


def test_what_nobody_looked_at_for_three_intervals_is_unknown_from_the_last_look_on():
    seen = Folding().settle()
    seen.see(echo(20.0), *silent(20.0), echo(34.0))
    seen.age(80.0)
    assert seen.state.verdict is UNKNOWN
    assert changes(seen) == [("up", "degraded", 20.0), ("degraded", "unknown", 34.0)]


def test_the_pace_actually_kept_decides_what_is_late():
    seen = Folding(watched=make_watched(SNMP_ONLY)).settle()
    seen.age(70.0, pace_s={Lane.STATUS: 20.0})
    assert seen.state.snmp.answer is Answer.ANSWERS
    seen.age(74.0, pace_s={Lane.STATUS: 20.0})
    assert seen.state.snmp.answer is Answer.NOT_OBSERVED


def test_two_missed_polls_withdraw_stamped_samples_while_states_stay():
    seen = Folding().settle()
    for at_s in (23.0, 33.0, 43.0, 53.0, 63.0, 73.0, 83.0, 93.0):
        seen.status(at_s)
    seen.age(87.0)
    assert seen.totals() != []
    seen.age(89.0)  # the last reading is of 13
    assert seen.totals() == []
    assert set(seen.oper().values()) == {1}
    assert seen.state.status.speed_bps


@pytest.mark.parametrize("step_s", [-3600.0, 3600.0])
def test_a_step_of_the_wall_clock_neither_withdraws_samples_nor_keeps_them(step_s):
    seen = Folding().settle()
    seen.age(30.0, wall_s=WALL_S + step_s)
    assert seen.totals() != []
    seen.age(89.0, wall_s=WALL_S + step_s)
    assert seen.totals() == []


def test_withdrawn_totals_go_on_where_they_would_have_been():
    seen = Folding().settle()
    seen.age(500.0)
    seen.traffic(513.0)
    assert seen.totals() == [513_000_000, 513_000_000]


def test_when_our_own_uplink_is_dark_nothing_is_known_from_then_on():
    seen = Folding().settle()
    folded = blind(seen.watched, seen.state, at_s=20.0, wall_s=WALL_S)
    assert folded.state.verdict is UNKNOWN
    (event,) = folded.events
    assert (event.detail["to"], event.at_wall_s) == ("unknown", 20.0 + WALL_S)


# -- after a restart --------------------------------------------------------------------------------------------------


def remembering(told: DeviceVerdict, device=None) -> Folding:
    state = DeviceState(before_restart=Remembered(verdict=told, since_wall_s=555.0))
    return Folding(state=state, watched=make_watched(device))


def test_the_remembered_verdict_found_again_is_no_event_and_keeps_its_since():
    seen = remembering(UP)
    seen.see(echo(10.0))
    assert (seen.state.verdict, seen.state.verdict_since_wall_s) == (UP, 555.0)
    assert seen.events == []
    seen.see(echo(15.0))
    assert seen.events == []


def test_another_verdict_than_the_remembered_one_is_an_event_found_after_a_gap():
    seen = remembering(UP)
    seen.see(*lost(10.0), *silent(11.0))
    (event,) = seen.events
    assert event.detail["found_after_gap"] is True
    assert (event.detail["from"], event.detail["to"]) == ("up", "down")
    assert event.at_wall_s == 11.0 + WALL_S
    seen.see(echo(40.0), echo(45.0))
    assert [event.detail["found_after_gap"] for event in seen.events] == [True, False]


def test_a_device_remembered_as_degraded_is_not_called_up_before_its_agent_was_asked():
    seen = remembering(DEGRADED)
    seen.see(echo(10.0), echo(15.0))
    assert (seen.state.verdict, seen.events) == (UNKNOWN, [])
    seen.see(*silent(16.0))
    assert (seen.state.verdict, seen.state.verdict_since_wall_s, seen.events) == (DEGRADED, 555.0, [])


def test_a_device_remembered_as_down_is_found_down_again_without_an_event():
    seen = remembering(DOWN)
    seen.see(*lost(10.0), *silent(11.0))
    assert (seen.state.verdict, seen.state.verdict_since_wall_s, seen.events) == (DOWN, 555.0, [])


def test_an_agent_that_answers_is_up_whatever_echoes_will_say():
    seen = remembering(DOWN)
    seen.status(10.0)
    assert changes(seen) == [("down", "up", 10.02)]


def test_an_observation_that_never_comes_is_not_waited_for_for_ever():
    seen = remembering(DEGRADED)
    seen.see(echo(10.0), echo(35.0))
    seen.age(39.0)
    assert seen.events == []
    seen.age(41.0)
    assert changes(seen) == [("degraded", "up", 10.0)]


def test_a_device_only_pinged_is_judged_by_its_first_echo():
    seen = remembering(DOWN, PING_ONLY)
    seen.see(echo(10.0))
    assert changes(seen) == [("down", "up", 10.0)]


def test_what_is_remembered_survives_a_view_that_is_dark_from_the_start():
    seen = remembering(UP)
    folded = blind(seen.watched, seen.state, at_s=10.0, wall_s=WALL_S)
    assert folded.events == ()
    seen.state = replace(folded.state)
    seen.see(echo(60.0))
    assert (seen.state.verdict_since_wall_s, seen.events) == (555.0, [])
