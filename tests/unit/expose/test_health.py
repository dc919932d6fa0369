import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.expose.health import LoopLag, Progress
from tests.virtual_time import VirtualLoop


def lag_of(*late_s: float, window: int = 1200) -> LoopLag:
    lag = LoopLag(window=window)
    for one in late_s:
        lag.record(one)
    return lag


def test_there_is_no_lag_before_the_first_sample():
    assert LoopLag().p99_s == 0.0


def test_one_slow_turn_in_a_thousand_is_not_the_99th_percentile_and_twenty_are():
    assert lag_of(*[0.001] * 999, 0.5).p99_s == 0.001
    assert lag_of(*[0.001] * 980, *[0.5] * 20).p99_s == 0.5


def test_only_the_last_samples_count():
    assert lag_of(*[0.5] * 100, *[0.001] * 100, window=100).p99_s == 0.001


@given(st.lists(st.floats(0, 10), min_size=1, max_size=60), st.integers(1, 20))
def test_whatever_comes_the_percentile_is_that_of_the_window(samples, window):
    recent = sorted(samples[-window:])
    assert lag_of(*samples, window=window).p99_s == recent[min(len(recent) - 1, int(len(recent) * 0.99))]


def test_a_loop_that_stood_still_is_seen_to_be_late():
    lag, loop = LoopLag(every_s=0.05), VirtualLoop()

    async def stall() -> None:
        watching = asyncio.create_task(lag.watch())
        await asyncio.sleep(0.06)
        loop.now_s += 0.5
        await asyncio.sleep(0.06)
        watching.cancel()

    loop.run_until_complete(stall())
    loop.close()
    assert lag.p99_s == pytest.approx(0.46, abs=0.06)


def progress() -> Progress:
    return Progress(started_s=100.0, patience_s=60.0)


def test_a_start_counts_as_progress():
    assert progress().is_real(160.0)
    assert progress().complaint(160.0) == ""


def test_a_sweep_that_does_not_end_is_no_progress_whatever_the_store_does():
    one = progress()
    one.last_answer_s = 161.0
    assert not one.is_real(161.0)
    assert one.complaint(161.0) == "no sweep has ended for 61 s"


def test_a_store_that_answers_nothing_is_no_progress_whatever_is_polled():
    one = progress()
    one.last_sweep_s = 165.0
    assert not one.is_real(165.0)
    assert one.complaint(165.0) == "the store has answered nothing for 65 s"


def test_both_together_are_progress():
    one = progress()
    one.last_sweep_s, one.last_answer_s = 150.0, 155.0
    assert one.is_real(210.0)
    assert not one.is_real(210.1)


def test_what_cannot_be_recorded_is_told_and_starves_nobody():
    one = progress()
    one.is_recording = False
    assert one.is_real(160.0)
    assert one.complaint(160.0) == "what is told cannot be recorded; all else goes on"
    assert one.complaint(161.0) == "no sweep has ended for 61 s"


def test_patience_can_grow_with_the_intervals():
    one = progress()
    one.patience_s = 300.0
    assert one.is_real(399.0)
