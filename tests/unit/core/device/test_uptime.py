import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.core.device.record import Identity
from netwatch.core.device.uptime import Continuity, advance, compare, runs_on, uptime_s

DAY = 86_400
WRAP_S = 2**32 / 100


def box(uptime_s=None, boots=None, engine_s=None, **more):
    ticks = None if uptime_s is None else round(uptime_s * 100) % 2**32
    return Identity(uptime_ticks=ticks, engine_boots=boots, engine_time_s=engine_s, **more)


@pytest.mark.parametrize(
    ("before", "after", "elapsed_s", "verdict"),
    [
        # sysUpTime alone
        (box(1000), box(1030), 30, Continuity.CONTINUOUS),
        (box(1000), box(1033), 30, Continuity.CONTINUOUS),  # a delayed poll
        (box(1000), box(12), 30, Continuity.REBOOTED),
        (box(8), box(3), 5, Continuity.REBOOTED),
        (box(1000), box(999.8), 0.1, Continuity.CONTINUOUS),  # a clock that stutters
        (box(1000), box(5000), 30, Continuity.CONTINUOUS),  # a reboot cannot make it older
        (box(100_000), box(50_000), 30, Continuity.REBOOTED),  # another box answers
        (box(1000), box(1015), 30, Continuity.CONTINUOUS),  # a slow clock: too old for a reboot
        (box(20), box(25), 40, Continuity.REBOOTED),  # grown, but not by what passed
        # the wrap after 497.1 days
        (box(WRAP_S - 10), box(20), 30, Continuity.WRAPPED),
        (box(WRAP_S - 10), box(23), 30, Continuity.WRAPPED),
        (box(WRAP_S - 10), box(2), 30, Continuity.REBOOTED),  # fell ten seconds from where the wrap put it
        (box(WRAP_S - 10 * DAY), box(20), 30, Continuity.REBOOTED),
        # engineBoots and engineTime decide
        (box(1000, 7, 1000), box(1030, 8, 5), 30, Continuity.REBOOTED),
        (box(1000, 7, 1000), box(12, 8, 12), 30, Continuity.REBOOTED),
        (box(1000, 7, 1000), box(1030, 7, 1030), 30, Continuity.CONTINUOUS),
        (box(1000, 7, 1000), box(2, 7, 1030), 30, Continuity.CONTINUOUS),  # a sysUpTime that wraps early
        (box(WRAP_S - 10, 7, 43_000_000), box(20, 7, 43_000_030), 30, Continuity.WRAPPED),
        (box(WRAP_S - 10, 7, 42_949_660), box(20, 7, 18), 30, Continuity.WRAPPED),  # engineTime made of sysUpTime
        (box(WRAP_S - 10, 7, 1000), box(20, 7, 20), 30, Continuity.REBOOTED),  # restarted just then
        (box(1000, 1, 1000), box(12, 1, 12), 30, Continuity.REBOOTED),  # an agent that keeps no boots
        (box(1000, 0, 0), box(1030, 0, 0), 30, Continuity.CONTINUOUS),  # an engine time that is none
        (box(None, 7, 1000), box(None, 7, 12), 30, Continuity.REBOOTED),
        (box(None, 7, 1000), box(None, 7, 1031), 30, Continuity.CONTINUOUS),
        # nothing to compare
        (box(), box(1000), 30, Continuity.UNKNOWN),
        (box(1000), box(), 30, Continuity.UNKNOWN),
        (box(None, 7, 10), box(1000), 30, Continuity.UNKNOWN),
    ],
)
def test_what_lies_between_two_readings(before, after, elapsed_s, verdict):
    assert compare(before, after, elapsed_s=elapsed_s) is verdict


def test_another_engine_id_is_another_box_whatever_its_clocks_say():
    before, after = box(1000, 7, 1000, engine_id=b"\x80a", sys_name="old"), box(1030, 7, 1030, engine_id=b"\x80b")
    identity, verdict = advance(before, after, elapsed_s=30)
    assert verdict is Continuity.SWAPPED
    assert (identity.engine_id, identity.sys_name) == (b"\x80b", "")


def test_a_reboot_while_the_daemon_was_away_is_seen_though_uptime_has_grown():
    before = box(600, 3, 600)
    assert compare(before, box(7000), elapsed_s=10 * DAY) is Continuity.REBOOTED
    assert compare(before, box(7000, 3, 7000), elapsed_s=10 * DAY) is Continuity.REBOOTED
    assert compare(before, box(600 + 10 * DAY, 3, 600 + 10 * DAY), elapsed_s=10 * DAY) is Continuity.CONTINUOUS


def test_a_wrap_while_the_daemon_was_away_is_predicted_too():
    before = box(WRAP_S - 3 * DAY)
    identity, verdict = advance(before, box(4 * DAY), elapsed_s=7 * DAY)
    assert verdict is Continuity.WRAPPED
    assert uptime_s(identity) == pytest.approx(WRAP_S + 4 * DAY)


def test_the_wraps_we_saw_are_undone_until_the_next_reboot():
    identity = box(WRAP_S - 10)
    identity, _ = advance(identity, box(20), elapsed_s=30)
    identity, _ = advance(identity, box(50), elapsed_s=30)
    assert uptime_s(identity) == pytest.approx(WRAP_S + 50)
    identity, verdict = advance(identity, box(3), elapsed_s=30)
    assert (verdict, uptime_s(identity)) == (Continuity.REBOOTED, 3)


def test_a_clock_that_was_set_back_between_two_readings_is_no_reboot():
    assert advance(box(1000), box(1030), elapsed_s=-3600)[1] is Continuity.CONTINUOUS


def test_a_reading_of_sysuptime_alone_does_not_replace_the_engines_figures():
    rich = box(1000, 7, 1000, engine_id=b"\x80a", sys_name="acc-17")
    identity, verdict = advance(rich, box(1015), elapsed_s=15)
    assert (identity, verdict) == (rich, Continuity.CONTINUOUS)
    assert advance(identity, box(1030, 7, 1030), elapsed_s=30)[1] is Continuity.CONTINUOUS


def test_a_reboot_seen_in_sysuptime_alone_is_told_once():
    rich = box(1000, 7, 1000, engine_id=b"\x80a", sys_name="acc-17")
    identity, verdict = advance(rich, box(3), elapsed_s=15)
    assert (verdict, identity.sys_name, identity.engine_boots) == (Continuity.REBOOTED, "acc-17", None)
    identity, verdict = advance(identity, box(18, 8, 18), elapsed_s=15)
    assert (verdict, identity.engine_boots) == (Continuity.CONTINUOUS, 8)


uptimes = st.none() | st.floats(0, WRAP_S - 1) | st.floats(0, 2000)


@given(uptimes, st.none() | st.integers(0, 9), uptimes, st.floats(-60, 3000))
def test_where_a_clock_runs_on_a_reading_of_it_alone_changes_nothing(before_s, boots, now_s, elapsed_s):
    rich = box(before_s, boots, before_s, engine_id=b"\x80a", sys_name="acc-17")
    reading = box(now_s)
    identity, verdict = advance(rich, reading, elapsed_s=elapsed_s)
    if runs_on(rich, reading.uptime_ticks, elapsed_s=elapsed_s):
        assert identity is rich
        assert not verdict.breaks_counters
    else:
        assert None in (before_s, boots, now_s) or verdict is Continuity.REBOOTED


def test_only_a_reboot_or_a_swap_breaks_counters():
    assert [c for c in Continuity if c.breaks_counters] == [Continuity.REBOOTED, Continuity.SWAPPED]


@given(
    st.floats(0, 3 * WRAP_S),
    st.lists(st.tuples(st.floats(0.5, 900), st.floats(-2, 2)), min_size=1, max_size=40),
    st.floats(0.9925, 1.0075),
)
def test_a_box_that_runs_on_never_seems_rebooted_whatever_jitter_and_drift(start_s, polls, drift):
    identity, truth_s, told_late_s = box(start_s), start_s, 0.0
    for passed_s, late_s in polls:
        truth_s += passed_s * drift
        elapsed_s = passed_s + late_s - told_late_s
        told_late_s = late_s
        identity, verdict = advance(identity, box(truth_s), elapsed_s=elapsed_s)
        assert verdict in (Continuity.CONTINUOUS, Continuity.WRAPPED)
    wraps_before = int(round(start_s * 100) // 2**32)
    assert uptime_s(identity) + wraps_before * WRAP_S == pytest.approx(truth_s, abs=0.02)


@given(st.floats(60, 400 * DAY), st.floats(10, 900), st.floats(0, 1))
def test_a_box_that_restarted_is_always_seen(uptime_before_s, elapsed_s, share):
    now_s = elapsed_s * share
    if now_s < uptime_before_s - 1 or now_s < uptime_before_s + elapsed_s * 0.98 - 6:
        assert compare(box(uptime_before_s), box(now_s), elapsed_s=elapsed_s) is Continuity.REBOOTED
