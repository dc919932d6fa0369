from itertools import pairwise

from netwatch.core.errors import Reason
from netwatch.core.events import Event, EventKind
from netwatch.core.field.record import CheckTold, FieldState, as_told, fold_check, settled
from netwatch.core.observation import CheckObservation
from tests.unit.core.polled import WALL_S, echo


def check(at_s: float, *, failed: Reason | None = None, name: str = "tcp/554", **more) -> CheckObservation:
    return CheckObservation(
        subject="field_device:cam-0412",
        check=name,
        at_s=at_s,
        wall_s=WALL_S,
        duration_s=None if failed else 0.02,
        reason=failed,
        **more,
    )


def fold_all(*seen) -> tuple[FieldState, list[Event]]:
    state, events = FieldState(), []
    for one in seen:
        state, more = fold_check("cam-0412", state, one)
        events += more
    return state, events


def test_a_check_that_succeeds_from_the_start_is_no_news():
    state, events = fold_all(check(10.0), check(40.0))
    assert (state.checks["tcp/554"].up, state.checks["tcp/554"].since_wall_s, events) == (True, 10.0 + WALL_S, [])
    assert state.checks["tcp/554"].duration_s == 0.02


def test_one_failure_decides_nothing():
    state, events = fold_all(check(10.0, failed=Reason.TIMEOUT))
    assert (state.checks["tcp/554"].up, events) == (None, [])
    state, events = fold_all(check(10.0), check(20.0, failed=Reason.TIMEOUT), check(30.0))
    assert (state.checks["tcp/554"].up, events) == (True, [])


def test_the_second_failure_in_a_row_is_an_event_dated_from_the_first():
    refused = Reason.REFUSED
    state, events = fold_all(
        check(10.0), check(20.0, failed=refused), check(30.0, failed=refused), check(40.0, failed=refused)
    )
    (event,) = events
    assert (event.kind, event.subject) == (EventKind.CHECK_STATE, "field_device:cam-0412")
    assert event.at_wall_s == 20.0 + WALL_S
    assert event.detail == {"check": "tcp/554", "up": False, "reason": "refused", "found_after_gap": False}
    assert state.checks["tcp/554"].since_wall_s == 20.0 + WALL_S


def test_a_question_put_before_the_device_came_back_says_nothing_of_it_since():
    lost = Reason.TIMEOUT
    dark = (check(10.0), echo(20.0, lost=True), check(21.0, failed=lost), echo(22.0, lost=True))
    state, _ = fold_all(*dark, echo(30.0), check(29.0, failed=lost))
    assert state.checks["tcp/554"].up is True
    state, _ = fold_all(*dark, echo(30.0), check(31.0, failed=lost))
    assert state.checks["tcp/554"].up is False


def test_the_first_success_brings_it_back_and_says_when():
    lost = Reason.TIMEOUT
    _, events = fold_all(check(10.0, failed=lost), check(20.0, failed=lost), check(30.0))
    assert [(event.detail["up"], event.at_wall_s - WALL_S) for event in events] == [(False, 10.0), (True, 30.0)]


def test_checks_of_one_field_device_stand_apart():
    subject = "field_device:cam-0412"
    state, events = fold_all(
        check(10.0), echo(11.0, lost=True, subject=subject), check(12.0), echo(13.0, lost=True, subject=subject)
    )
    assert {name: one.up for name, one in state.checks.items()} == {"tcp/554": True, "ping": False}
    assert [event.detail["check"] for event in events] == ["ping"]


def test_a_failure_of_our_own_side_says_nothing():
    local = [check(10.0 + turn, failed=Reason.LOCAL) for turn in range(3)]
    unresolved = [check(20.0 + turn, failed=Reason.UNRESOLVED) for turn in range(3)]
    assert fold_all(*local, *unresolved) == (FieldState(), [])


def after_restart(*, up: bool):
    return as_told({"tcp/554": CheckTold(up=up, since_wall_s=77.0)})


def fold_from(state: FieldState, *seen) -> tuple[FieldState, list[Event]]:
    events: list[Event] = []
    for one in seen:
        state, more = fold_check("cam-0412", state, one)
        events += more
    return state, events


def test_after_a_restart_a_check_found_as_it_was_told_is_no_news_and_keeps_its_since():
    lost = Reason.TIMEOUT
    fine, events = fold_from(after_restart(up=True), check(10.0), check(40.0))
    assert (fine.checks["tcp/554"].up, fine.checks["tcp/554"].since_wall_s, events) == (True, 77.0, [])
    broken, events = fold_from(after_restart(up=False), check(10.0, failed=lost), check(40.0, failed=lost))
    assert (broken.checks["tcp/554"].up, broken.checks["tcp/554"].since_wall_s, events) == (False, 77.0, [])


def test_what_changed_while_nobody_watched_is_told_as_found_after_a_gap_in_both_directions():
    lost = Reason.TIMEOUT
    _, (failed,) = fold_from(after_restart(up=True), check(10.0, failed=lost), check(40.0, failed=lost))
    assert (failed.detail["up"], failed.detail["found_after_gap"], failed.at_wall_s) == (False, True, 10.0 + WALL_S)
    state, (back,) = fold_from(after_restart(up=False), check(10.0))
    assert (back.detail["up"], back.detail["found_after_gap"], back.at_wall_s) == (True, True, 10.0 + WALL_S)
    _, (later,) = fold_from(state, check(40.0, failed=lost), check(70.0, failed=lost))
    assert later.detail["found_after_gap"] is False


def test_a_first_failure_after_a_restart_decides_nothing_and_forgets_nothing():
    state, events = fold_from(after_restart(up=True), check(10.0, failed=Reason.TIMEOUT))
    assert (state.checks["tcp/554"].up, events) == (None, [])
    assert fold_from(state, check(40.0))[0].checks["tcp/554"].since_wall_s == 77.0


def test_what_must_survive_a_restart_is_each_decision_once():
    lost = Reason.TIMEOUT
    states = [FieldState()]
    for seen in (
        check(10.0),
        check(20.0),
        check(30.0, failed=lost),
        check(40.0, failed=lost),
        check(50.0, failed=lost),
    ):
        states.append(fold_check("cam-0412", states[-1], seen)[0])
    told = [settled(before, after) for before, after in pairwise(states)]
    up, down = CheckTold(up=True, since_wall_s=10.0 + WALL_S), CheckTold(up=False, since_wall_s=30.0 + WALL_S)
    assert told == [{"tcp/554": up}, {}, {}, {"tcp/554": down}, {}]


def test_the_time_of_the_last_answer_goes_on_while_its_since_stays_and_a_miss_does_not_move_it():
    state, _ = fold_all(check(10.0), check(40.0))
    assert (state.checks["tcp/554"].since_wall_s, state.checks["tcp/554"].answered_wall_s) == (
        10.0 + WALL_S,
        40.0 + WALL_S,
    )
    state, _ = fold_all(check(10.0), check(40.0), check(70.0, failed=Reason.TIMEOUT))
    assert (state.checks["tcp/554"].failures, state.checks["tcp/554"].answered_wall_s) == (1, 40.0 + WALL_S)


def test_the_clock_is_the_last_told_stays_through_one_failure_and_goes_with_the_second():
    lost = Reason.TIMEOUT
    clock = {"name": "onvif", "clock_offset_s": -3.5}

    def offset_after(*more):
        return fold_all(check(10.0, **clock), *more)[0].checks["onvif"].clock_offset_s

    assert offset_after() == -3.5
    assert offset_after(check(20.0, name="onvif", clock_offset_s=7.0)) == 7.0
    assert offset_after(check(20.0, name="onvif")) is None  # it answers, and tells no time any more
    one = check(20.0, name="onvif", failed=lost)
    assert offset_after(one) == -3.5
    assert offset_after(one, check(30.0, name="onvif", failed=lost)) is None


def test_the_evidence_is_that_of_the_last_try_whether_it_came_to_something_or_not():
    state, _ = fold_all(
        check(10.0, evidence="RTSP/1.0 200 OK"), check(20.0, failed=Reason.TIMEOUT, evidence="no answer")
    )
    assert state.checks["tcp/554"].evidence == "no answer"
    assert fold_all(check(10.0, failed=Reason.CLOSED, evidence="x"), check(20.0))[0].checks["tcp/554"].evidence == ""
