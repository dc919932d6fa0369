"""Costly work leaves the core to others for four times as long as it took."""

from netwatch.core.breather import MOMENT_S, SHARE, Breather


class Clock:
    """CPU time, moved by hand."""

    def __init__(self):
        self.used_s = 7.0

    def __call__(self):
        return self.used_s


def worked(breather, clock, *, now_s, for_s):
    with breather.work(now_s):
        clock.used_s += for_s


def test_before_any_work_it_may_be_done():
    assert Breather(Clock()).is_over(0.0)


def test_what_took_a_moment_may_be_done_again_at_once():
    breather = Breather(clock := Clock())
    worked(breather, clock, now_s=100.0, for_s=MOMENT_S)
    assert breather.is_over(100.0)


def test_what_took_long_takes_its_share_of_the_time_since_it_began():
    breather = Breather(clock := Clock())
    worked(breather, clock, now_s=100.0, for_s=0.4)
    assert not breather.is_over(100.0 + 0.4 / SHARE - 0.001)
    assert breather.is_over(100.0 + 0.4 / SHARE)


def test_cpu_time_that_others_use_meanwhile_does_not_count():
    breather = Breather(clock := Clock())
    worked(breather, clock, now_s=100.0, for_s=0.0)
    clock.used_s += 5.0
    worked(breather, clock, now_s=101.0, for_s=0.0)
    assert breather.is_over(101.0)


def test_a_moment_after_a_long_one_ends_the_wait():
    breather = Breather(clock := Clock())
    worked(breather, clock, now_s=100.0, for_s=1.0)
    worked(breather, clock, now_s=105.0, for_s=0.0)
    assert breather.is_over(105.0)
