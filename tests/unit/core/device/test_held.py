from dataclasses import replace

import pytest

from netwatch.core.device.held import LONGEST_HOLD_S, HeldSilence, is_silence
from netwatch.core.faults.vantage import View, fold_canary, watch
from netwatch.core.model import Lane
from netwatch.core.observation import CheckObservation
from tests.unit.core.polled import Switch, echo, failed

CANARY = "canary:10.20.0.254"
LIT, _ = fold_canary(watch(View(), [CANARY]), echo(10.0, subject=CANARY))
IN_QUESTION, _ = fold_canary(LIT, echo(12.0, lost=True, subject=CANARY))
SILENCE = echo(12.1, lost=True)
CHECK = CheckObservation(subject="field_device:c", check="tcp/554", at_s=1.0, wall_s=0.0, duration_s=0.1)


def dark() -> View:
    view = IN_QUESTION
    for attempt in (1, 2, 3):
        view, _ = fold_canary(view, echo(12.0 + attempt, lost=True, attempt=attempt, subject=CANARY))
    return view


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (echo(1.0), False),
        (echo(1.0, lost=True), True),
        (CHECK, False),
        (replace(CHECK, duration_s=None), True),
        (failed(Lane.STATUS, 1.0), True),
        (Switch().status(1.0, 1), False),
    ],
)
def test_silence_is_what_brought_nothing(seen, expected):
    assert is_silence(seen) is expected


def test_nothing_is_held_while_our_own_view_is_lit_or_unknown():
    held = HeldSilence()
    assert not held.keep(SILENCE, LIT, 12.0)
    assert not held.keep(SILENCE, View(), 12.0)
    assert held.release(LIT, 12.0) == []


def test_an_answer_is_never_held():
    assert not HeldSilence().keep(echo(12.1), IN_QUESTION, 12.2)


def test_the_silence_of_a_canary_is_never_held():
    assert not HeldSilence().keep(echo(12.5, lost=True, attempt=1, subject=CANARY), IN_QUESTION, 12.6)


def test_silence_waits_while_the_view_is_in_question_and_counts_once_it_is_lit():
    held = HeldSilence()
    assert held.keep(SILENCE, IN_QUESTION, 12.2)
    assert held.release(IN_QUESTION, 13.0) == []
    assert held.release(LIT, 14.0) == [SILENCE]
    assert held.release(LIT, 14.0) == []


def test_silence_that_was_ours_is_forgotten():
    held = HeldSilence()
    assert held.keep(SILENCE, IN_QUESTION, 12.2)
    assert held.release(dark(), 16.0) == []
    assert held.release(LIT, 60.0) == []


def test_a_question_that_stays_open_holds_nobody_for_longer_than_it_may():
    held = HeldSilence()
    assert held.keep(SILENCE, IN_QUESTION, 12.0)
    late_s = 12.0 + LONGEST_HOLD_S + 0.1
    assert held.release(IN_QUESTION, late_s) == [SILENCE]
    assert not held.keep(SILENCE, IN_QUESTION, late_s)
    assert held.release(LIT, late_s + 1) == []
    assert held.keep(SILENCE, IN_QUESTION, late_s + 50.0)  # another question
