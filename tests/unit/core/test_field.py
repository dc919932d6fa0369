from netwatch.core.errors import Reason
from netwatch.core.events import Event, EventKind
from netwatch.core.field import FieldState, fold_check
from netwatch.core.observation import CheckObservation
from tests.unit.core.polled import WALL_S, echo


def check(at_s: float, *, failed: Reason | None = None, name: str = "tcp/554") -> CheckObservation:
    return CheckObservation(
        subject="field_device:cam-0412",
        check=name,
        at_s=at_s,
        wall_s=WALL_S,
        duration_s=None if failed else 0.02,
        reason=failed,
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
    assert event.detail == {"check": "tcp/554", "up": False, "reason": "refused"}
    assert state.checks["tcp/554"].since_wall_s == 20.0 + WALL_S


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
