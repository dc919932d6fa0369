import pytest

from netwatch.core.clockstep import STEP_S, ClockOffset, look


def test_the_first_look_only_learns_the_offset():
    assert look(None, monotonic_s=50.0, wall_s=1050.0) == (ClockOffset(offset_s=1000.0), None)


@pytest.mark.parametrize("step_s", [STEP_S, -STEP_S, 3600.0, -3600.0])
def test_a_step_is_told_once_with_its_sign(step_s):
    before, _ = look(None, monotonic_s=50.0, wall_s=1050.0)
    after, told = look(before, monotonic_s=51.0, wall_s=1051.0 + step_s)
    assert told == step_s
    assert look(after, monotonic_s=52.0, wall_s=1052.0 + step_s)[1] is None


def test_slewing_is_followed_in_silence_however_far_it_leads():
    offset, _ = look(None, monotonic_s=0.0, wall_s=1000.0)
    for second in range(1, 10_000):
        offset, told = look(offset, monotonic_s=float(second), wall_s=1000.0 + second * 1.0005)
        assert told is None
    assert offset.offset_s == pytest.approx(1005.0, abs=0.01)
