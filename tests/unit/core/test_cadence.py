import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from netwatch.core.cadence import Phases, backoff_s, missed, next_due

INTERVALS = st.sampled_from([0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 900.0])
PHASES = st.floats(0, 1, exclude_max=True)
NOW = st.floats(0, 1e8)


def widest_gap(phases):
    """The longest wait between two neighbours on the circle."""
    ring = sorted(phases)
    return max(b - a for a, b in zip(ring, [*ring[1:], ring[0] + 1], strict=True))


@given(st.integers(1, 3000))
@example(10_000)
def test_any_number_of_devices_is_spread_with_no_gap_of_two_mean_gaps(count):
    phases = Phases()
    assert widest_gap(phases.of(f"sw-{n}") for n in range(count)) <= 2 / count


def test_each_group_is_even_by_itself_however_the_groups_are_mixed():
    phases = Phases()
    mixed = [(f"{lane}/sw-{n}", lane) for n in range(500) for lane in ("ping", "status", "traffic")]
    random.Random(1).shuffle(mixed)
    given_out = {name: phases.of(name, among) for name, among in mixed}
    for lane in ("ping", "status", "traffic"):
        assert widest_gap(phase for name, phase in given_out.items() if name.startswith(lane)) <= 2 / 500


def test_a_name_keeps_its_phase_while_others_come_and_go():
    phases = Phases()
    before = {name: phases.of(name) for name in ("a", "b", "c")}
    phases.forget("b")
    phases.of("d")
    assert (phases.of("a"), phases.of("c")) == (before["a"], before["c"])


def test_a_phase_left_free_goes_to_the_next_that_comes():
    phases = Phases()
    left = [phases.of(name) for name in ("a", "b", "c")][1]
    phases.forget("b")
    phases.forget("never-seen")
    assert phases.of("d") == left


def test_a_device_whose_interval_changes_moves_to_the_other_group():
    phases = Phases()
    phases.of("a", 30.0)
    phases.of("b", 30.0)
    first_of_sixty = phases.of("c", 60.0)
    assert phases.of("b", 60.0) != first_of_sixty
    assert phases.of("d", 30.0) == pytest.approx(0.618034)


@given(NOW, INTERVALS, PHASES)
def test_the_next_due_time_is_after_now_and_at_most_an_interval_away(now_s, interval_s, phase):
    due_s = next_due(now_s, interval_s=interval_s, phase=phase)
    assert now_s < due_s <= now_s + interval_s * (1 + 1e-6)


@given(NOW, INTERVALS, PHASES, st.floats(0, 0.9))
def test_late_polls_do_not_make_the_grid_drift(now_s, interval_s, phase, lateness):
    due_s = next_due(now_s, interval_s=interval_s, phase=phase)
    for turn in range(1, 4):
        later_s = next_due(due_s + lateness * interval_s, interval_s=interval_s, phase=phase)
        assert later_s - due_s == pytest.approx(interval_s, abs=1e-6), turn
        due_s = later_s


def test_a_stall_is_skipped_and_counted_not_caught_up():
    due_s = next_due(100.0, interval_s=10.0, phase=0.3)
    assert due_s == 103.0
    assert missed(due_s, 147.0, interval_s=10.0) == 4
    assert next_due(147.0, interval_s=10.0, phase=0.3) == 153.0


@pytest.mark.parametrize(("ended_s", "overruns"), [(102.0, 0), (103.0, 0), (112.9, 0), (113.0, 1), (123.5, 2)])
def test_a_poll_that_runs_into_its_next_turn_overruns_it(ended_s, overruns):
    assert missed(103.0, ended_s, interval_s=10.0) == overruns


@given(st.integers(1, 1000), INTERVALS, st.floats(0, 1))
def test_a_silent_device_is_asked_less_often_but_within_two_intervals(silent_polls, interval_s, chance):
    wait_s = backoff_s(silent_polls, interval_s=interval_s, chance=chance)
    assert 0.75 * interval_s <= wait_s <= 2 * interval_s


def test_devices_silenced_together_are_asked_apart():
    chance = random.Random(7)
    waits = [backoff_s(3, interval_s=30.0, chance=chance.random()) for _ in range(5000)]
    assert max(waits) - min(waits) > 14
    in_one_second = max(sum(1 for wait_s in waits if second <= wait_s < second + 1) for second in range(45, 60))
    assert in_one_second < 2 * 5000 / 15


def test_five_thousand_devices_back_at_once_return_to_their_own_turns():
    phases = Phases()
    dues = [next_due(1000.0, interval_s=30.0, phase=phases.of(f"sw-{n}")) for n in range(5000)]
    for second in range(1000, 1030):
        assert 150 <= sum(1 for due_s in dues if second <= due_s < second + 1) <= 185
