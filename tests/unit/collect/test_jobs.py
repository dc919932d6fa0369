import pytest

from netwatch.collect.jobs import SAVED_UP_S, Hints, Job, Turn
from netwatch.collect.sweep import Sweep
from netwatch.core.model import Lane


def job(subject="device:a", lane=Lane.STATUS):
    return Job(subject=subject, lane=lane, interval_s=30.0, phase=0.0)


def turn(*lanes, **state):
    return Turn(jobs={lane: job(lane=lane) for lane in lanes}, **state)


# hints


def test_a_hint_stands_in_the_line_once_and_may_come_again_after_it_went():
    hints = Hints()
    for _ in range(5):
        hints.put("device:a", Lane.STATUS)
    assert len(hints) == 1
    assert list(hints.release(1000.0, per_s=100)) == [("device:a", Lane.STATUS)]
    hints.put("device:a", Lane.STATUS)
    assert len(hints) == 1


def test_the_more_urgent_lane_goes_first_and_within_it_who_came_first():
    hints = Hints()
    for subject, lane in [("a", Lane.DISCOVERY), ("b", Lane.STATUS), ("c", Lane.TRAFFIC), ("d", Lane.STATUS)]:
        hints.put(subject, lane)
    assert [subject for subject, _ in hints.release(1000.0, per_s=1000)] == ["b", "d", "c", "a"]


def test_a_look_that_settles_something_goes_first_also_if_it_stood_in_the_line_before():
    hints = Hints()
    for subject in "abc":
        hints.put(subject, Lane.STATUS)
    hints.put("c", Lane.STATUS, settles=True)
    hints.put("c", Lane.STATUS)
    hints.put("d", Lane.STATUS, settles=True)
    assert len(hints) == 4
    assert [subject for subject, _ in hints.release(1000.0, per_s=1000)] == ["c", "d", "a", "b"]
    assert not hints
    hints.put("c", Lane.STATUS)
    assert [subject for subject, _ in hints.release(1001.0, per_s=1000)] == ["c"]


def test_a_place_left_behind_costs_nothing_of_the_pace():
    hints = Hints()
    for turn in range(100):
        hints.put(f"device:{turn}", Lane.STATUS)
        hints.put(f"device:{turn}", Lane.STATUS, settles=True)
    went = [len(list(hints.release(1000.0 + step / 10, per_s=10))) for step in range(120)]
    assert sum(went) == 100
    assert max(went) <= 2


@pytest.mark.parametrize("per_s", [100.0, 400.0])
def test_hints_go_at_their_pace_and_an_idle_line_saves_up_a_tenth_of_a_second(per_s):
    hints = Hints()
    for number in range(2000):
        hints.put(f"device:{number}", Lane.STATUS)
    at_once = len(list(hints.release(1000.0, per_s=per_s)))
    assert at_once == pytest.approx(per_s * SAVED_UP_S, abs=2)
    went = [len(list(hints.release(1000.0 + step / 100, per_s=per_s))) for step in range(1, 101)]
    assert sum(went) == pytest.approx(per_s, abs=2)
    assert max(went) <= per_s / 100 + 1


# turns


def test_the_probe_is_the_status_lane_or_else_the_most_urgent():
    assert turn(Lane.TRAFFIC, Lane.STATUS, Lane.DISCOVERY).probe is Lane.STATUS
    assert turn(Lane.DISCOVERY, Lane.HEALTH).probe is Lane.HEALTH


def test_a_silent_device_may_only_be_asked_by_its_probe():
    one = turn(Lane.STATUS, Lane.DISCOVERY, silent_polls=1)
    assert one.may_ask(Lane.STATUS)
    assert not one.may_ask(Lane.DISCOVERY)
    one.silent_polls = 0
    assert one.may_ask(Lane.DISCOVERY)
    assert not one.may_ask(Lane.TRAFFIC)  # it has no such lane


def test_nothing_is_next_while_a_poll_runs():
    assert turn(Lane.STATUS, waiting={Lane.STATUS}, running=Lane.TRAFFIC).most_urgent() is None
    assert turn(Lane.STATUS, waiting={Lane.DISCOVERY, Lane.TRAFFIC}).most_urgent() is Lane.TRAFFIC


# sweeps


def test_a_sweep_is_complete_only_when_every_expected_job_has_ended():
    sweep, jobs = Sweep(), [job(subject=f"device:{number}") for number in range(3)]
    for one in jobs:
        sweep.expect(one)
    sweep.done(jobs[0], 1.0)
    sweep.done(jobs[0], 2.0)  # twice is not two
    sweep.done(jobs[1], 3.0)
    assert sweep.completed_s is None
    sweep.done(jobs[2], 4.0)
    assert sweep.completed_s == 4.0
    sweep.done(jobs[2], 5.0)  # the next sweep has begun anew
    assert sweep.completed_s == 4.0


def test_other_lanes_neither_hold_up_nor_complete_a_sweep():
    sweep, status, traffic = Sweep(), job(), job(lane=Lane.TRAFFIC)
    sweep.expect(status)
    sweep.expect(traffic)
    sweep.done(traffic, 1.0)
    assert sweep.completed_s is None
    sweep.done(status, 2.0)
    assert sweep.completed_s == 2.0


def test_a_forgotten_job_is_waited_for_no_more_and_a_new_one_is():
    sweep, one, gone, new = Sweep(), job("device:a"), job("device:b"), job("device:c")
    sweep.expect(one)
    sweep.expect(gone)
    sweep.forget(gone)
    sweep.expect(new)
    sweep.done(one, 1.0)
    assert sweep.completed_s is None
    sweep.done(new, 2.0)
    assert sweep.completed_s == 2.0
