import pytest

from netwatch.core.device.reachability import (
    REPROBE_APART_S,
    REPROBES,
    Answer,
    Reachability,
    age,
    fold_ping,
    fold_snmp,
    unobserved,
)
from netwatch.core.errors import Reason
from netwatch.core.model import Lane
from netwatch.core.observation import Completeness, PingObservation, SnmpObservation


def echo(at_s, *, answered, attempt=0, reason=None):
    return PingObservation(
        subject="acc-17",
        at_s=at_s,
        wall_s=0.0,
        rtt_s=0.001 if answered else None,
        reason=reason or (None if answered else Reason.TIMEOUT),
        attempt=attempt,
    )


def poll(started_s, finished_s, completeness, reason=None):
    return SnmpObservation(
        device="acc-17",
        lane=Lane.STATUS,
        epoch=1,
        started_s=started_s,
        read_s=finished_s,
        finished_s=finished_s,
        wall_s=0.0,
        completeness=completeness,
        reason=reason,
    )


def folded(*echoes, start=None):
    """The state after (at_s, answered) echoes; the re-probes of a lost one are lost too."""
    state = start or Reachability()
    for at_s, answered in echoes:
        state, apart_s = fold_ping(state, echo(at_s, answered=answered))
        if apart_s is not None:
            for attempt in range(1, REPROBES + 1):
                state, _ = fold_ping(state, echo(at_s + attempt * apart_s, answered=False, attempt=attempt))
    return state


ANSWERING = folded((0, True))
SILENT = folded((0, True), (5, False))


def test_nothing_is_known_before_the_first_observation():
    assert Reachability().answer is Answer.NOT_OBSERVED
    assert Reachability().loss_ratio is None


def test_the_first_answer_is_believed():
    assert (ANSWERING.answer, ANSWERING.since_s) == (Answer.ANSWERS, 0)


def test_one_lost_echo_is_no_silence_and_asks_for_a_re_probe():
    state, wanted = fold_ping(ANSWERING, echo(5, answered=False))
    assert (state.answer, wanted) == (Answer.ANSWERS, REPROBE_APART_S)


def test_three_lost_re_probes_make_it_silent_since_the_first_miss():
    state, wanted = fold_ping(ANSWERING, echo(5, answered=False))
    for attempt in (1, 2):
        state, wanted = fold_ping(state, echo(5 + attempt * 0.3, answered=False, attempt=attempt))
        assert (state.answer, wanted) == (Answer.ANSWERS, None)  # all three were asked for by the first miss
    state, wanted = fold_ping(state, echo(5.9, answered=False, attempt=3))
    assert (state.answer, state.since_s, wanted) == (Answer.SILENT, 5, None)


def test_a_re_probe_that_was_lost_before_a_later_one_was_answered_says_nothing_any_more():
    state, _ = fold_ping(ANSWERING, echo(5, answered=False))
    state, _ = fold_ping(state, echo(5.6, attempt=2, answered=True))
    assert fold_ping(state, echo(5.3, attempt=1, answered=False)) == (state, None)


@pytest.mark.parametrize("answered_attempt", [1, 2, 3])
def test_any_answered_re_probe_ends_the_suspicion(answered_attempt):
    state, _ = fold_ping(ANSWERING, echo(5, answered=False))
    for attempt in range(1, answered_attempt + 1):
        state, wanted = fold_ping(state, echo(5 + attempt, answered=attempt == answered_attempt, attempt=attempt))
    assert (state.answer, state.since_s, state.run, wanted) == (Answer.ANSWERS, 0, 0, None)


def test_a_device_never_seen_becomes_silent_since_its_first_miss():
    state = folded((7, False))
    assert (state.answer, state.since_s) == (Answer.SILENT, 7)


def test_a_silent_device_is_not_re_probed():
    assert fold_ping(SILENT, echo(10, answered=False)) == (folded((10, False), start=SILENT), None)


def test_it_is_back_after_two_answers_since_the_first_of_them():
    once = folded((20, True), start=SILENT)
    assert (once.answer, once.since_s) == (Answer.SILENT, 5)
    twice = folded((25, True), start=once)
    assert (twice.answer, twice.since_s) == (Answer.ANSWERS, 20)


def test_two_answers_with_a_miss_between_them_do_not_bring_it_back():
    state = folded((20, True), (25, False), (30, True), start=SILENT)
    assert state.answer is Answer.SILENT
    assert folded((35, True), start=state).since_s == 30


def test_the_loss_ratio_counts_the_last_twenty_regular_echoes_and_no_re_probes():
    state = folded((0, True), (5, True), (10, True), (15, False))
    assert state.loss_ratio == 1 / 4
    assert folded(*((t, True) for t in range(20, 35)), start=state).loss_ratio == 1 / 19
    assert folded(*((t, True) for t in range(20, 40)), start=state).loss_ratio == 0


@pytest.mark.parametrize("reason", [Reason.LOCAL, Reason.UNRESOLVED])
def test_what_fails_on_our_own_side_says_nothing_about_the_device(reason):
    assert fold_ping(ANSWERING, echo(5, answered=False, reason=reason)) == (ANSWERING, None)
    assert fold_snmp(ANSWERING, poll(5, 6, Completeness.FAILED, reason)) == (ANSWERING, None)


def test_a_result_that_comes_in_late_changes_nothing():
    state = folded((5, True))
    assert fold_ping(state, echo(4, answered=False)) == (state, None)
    assert fold_snmp(state, poll(1, 4, Completeness.FAILED, Reason.TIMEOUT)) == (state, None)


def test_after_three_intervals_without_an_observation_it_is_not_observed_since_the_last():
    assert age(ANSWERING, 15.0, 5.0) == ANSWERING
    state = age(folded((5, True), start=ANSWERING), 20.1, 5.0)
    assert (state.answer, state.since_s, state.loss_ratio) == (Answer.NOT_OBSERVED, 5, None)
    assert age(state, 1000.0, 5.0) is state
    assert age(Reachability(), 1000.0, 5.0) == Reachability()


def test_misses_through_a_dark_uplink_convict_nobody():
    suspected, _ = fold_ping(ANSWERING, echo(5, answered=False))
    dark = unobserved(suspected, 5.1)
    assert (dark.answer, dark.since_s, dark.run) == (Answer.NOT_OBSERVED, 5.1, 0)
    missed, _ = fold_ping(dark, echo(6, answered=False))
    still = unobserved(missed, 6.1)
    assert (still.since_s, still.run, still.loss_ratio) == (5.1, 0, None)
    back = folded((10, True), start=still)
    assert (back.answer, back.since_s) == (Answer.ANSWERS, 10)


@pytest.mark.parametrize(
    ("completeness", "reason"),
    [
        (Completeness.COMPLETE, None),
        (Completeness.PARTIAL, Reason.TIMEOUT),
        (Completeness.FAILED, Reason.AGENT_ERROR),
        (Completeness.FAILED, Reason.ABSENT),
    ],
)
def test_whatever_the_agent_replied_is_an_answer_dated_from_its_end(completeness, reason):
    state, wanted = fold_snmp(Reachability(), poll(5, 7, completeness, reason))
    assert (state.answer, state.since_s, wanted) == (Answer.ANSWERS, 7, None)


def test_a_failed_poll_is_repeated_once_before_the_agent_is_silent_since_its_start():
    state, _ = fold_snmp(Reachability(), poll(0, 1, Completeness.COMPLETE))
    state, wanted = fold_snmp(state, poll(10, 16, Completeness.FAILED, Reason.TIMEOUT))
    assert (state.answer, wanted) == (Answer.ANSWERS, REPROBE_APART_S)
    state, wanted = fold_snmp(state, poll(16.3, 22, Completeness.FAILED, Reason.TIMEOUT))
    assert (state.answer, state.since_s, wanted) == (Answer.SILENT, 10, None)


def test_a_poll_that_began_before_another_lanes_answer_dates_silence_after_that_answer():
    state, _ = fold_snmp(Reachability(), poll(3, 4, Completeness.COMPLETE))
    for finished_s in (6, 9):
        state, _ = fold_snmp(state, poll(finished_s - 6, finished_s, Completeness.FAILED, Reason.TIMEOUT))
    assert (state.answer, state.since_s) == (Answer.SILENT, 4)
