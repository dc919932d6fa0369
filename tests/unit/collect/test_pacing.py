import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.collect.pacing import BURST_S, Caps, Pacer, TokenBucket

ONE, OTHER = b"\x0a\x00\x00", b"\x0a\x00\x01"


def pacer(per_s=100.0, per_subnet_per_s=100.0, waiting=1000):
    return Pacer(Caps(per_s=per_s, per_subnet_per_s=per_subnet_per_s, waiting=waiting), now_s=0.0)


def offer(pacer, item, subnet, now_s, sent):
    if pacer.admit(subnet, now_s):
        sent.append((now_s, item))
        return True
    return pacer.queue(item, subnet)


def test_a_bucket_gives_its_depth_at_once_and_then_its_rate():
    bucket = TokenBucket(rate_per_s=10, depth=2, now_s=0.0)
    given_at = []
    for step in range(100):
        now_s = step / 100
        while bucket.holds_one(now_s):
            bucket.take_one()
            given_at.append(now_s)
    assert given_at[:2] == [0.0, 0.0]
    assert given_at[2:] == pytest.approx([k / 10 for k in range(1, len(given_at) - 1)], abs=0.011)


def test_a_clock_that_stands_still_or_goes_back_gives_nothing_new():
    bucket = TokenBucket(rate_per_s=10, depth=1, now_s=100.0)
    assert bucket.holds_one(100.0)
    bucket.take_one()
    assert not bucket.holds_one(100.0)
    assert not bucket.holds_one(50.0)
    assert not bucket.holds_one(100.05), "going back earned nothing"


def test_what_is_under_the_caps_goes_at_once():
    paced = pacer()
    assert paced.admit(ONE, 0.0)
    assert paced.waiting == 0


def test_echoes_over_the_subnets_cap_wait_and_leave_at_its_rate():
    paced, sent = pacer(per_s=1000, per_subnet_per_s=20), []
    for item in range(42):
        offer(paced, item, ONE, 0.0, sent)
    assert (len(sent), paced.waiting) == (2, 40)
    for step in range(1, 250):
        sent += [(step / 100, item) for item in paced.release(step / 100)]
    assert [item for _, item in sent] == list(range(42)), "first come, first served"
    assert sent[-1][0] == pytest.approx(2.0, abs=0.05)


def test_a_subnet_over_its_cap_holds_up_nobody_else():
    paced, sent = pacer(per_s=1000, per_subnet_per_s=20), []
    for item in range(10):
        offer(paced, item, ONE, 0.0, sent)
    assert paced.admit(OTHER, 0.0)


def test_one_that_comes_later_does_not_overtake_its_subnets_line():
    paced, sent = pacer(per_subnet_per_s=20), []
    for item in "12b":
        offer(paced, item, ONE, 0.0, sent)
    assert not paced.admit(ONE, 0.06), "the allowance of this moment is b's"
    paced.queue("c", ONE)
    assert paced.release(0.06) == ["b"]
    assert paced.release(0.11) == ["c"]


def test_subnets_take_turns_under_the_overall_cap():
    paced = pacer(per_s=20, per_subnet_per_s=20)
    assert paced.admit(b"x", 0.0)
    assert paced.admit(b"x", 0.0)
    for subnet in (ONE, OTHER, b"3"):
        for number in range(4):
            paced.queue((subnet, number), subnet)
    served = [item for step in range(1, 13) for item in paced.release(step * 0.0501)]
    assert sorted(number for _, number in served[:3]) == [0, 0, 0]
    assert sorted(number for _, number in served[3:6]) == [1, 1, 1]
    assert len(served) == 12


def test_full_lines_refuse_and_lose_nothing_they_hold():
    paced = pacer(waiting=2)
    assert paced.queue("a", ONE)
    assert paced.queue("b", OTHER)
    assert not paced.queue("c", ONE)
    assert sorted(paced.drain()) == ["a", "b"]
    assert paced.waiting == 0
    assert paced.release(10.0) == []


def test_a_rate_below_one_per_burst_still_lets_one_go():
    paced = pacer(per_s=1, per_subnet_per_s=1)
    assert paced.admit(ONE, 0.0)
    assert not paced.admit(ONE, 0.9)
    assert paced.admit(ONE, 0.96), "a twentieth was saved up"


@given(
    st.lists(st.tuples(st.integers(0, 30), st.sampled_from([b"1", b"2", b"3"])), max_size=120),
    st.integers(1, 200),
    st.integers(1, 200),
)
def test_no_window_ever_holds_more_than_the_caps_allow_and_nothing_is_lost(arrivals, per_s, per_subnet_per_s):
    paced, sent = pacer(per_s=per_s, per_subnet_per_s=per_subnet_per_s), []
    now_s = 0.0
    for number, (gap_ms, subnet) in enumerate(arrivals):
        now_s += gap_ms / 1000
        sent += [(now_s, item) for item in paced.release(now_s)]
        assert offer(paced, (number, subnet), subnet, now_s, sent)
    while paced.waiting:
        now_s += 0.02
        sent += [(now_s, item) for item in paced.release(now_s)]
    assert sorted(number for _, (number, _) in sent) == list(range(len(arrivals)))
    for chosen, rate in [(None, per_s), *((subnet, per_subnet_per_s) for subnet in (b"1", b"2", b"3"))]:
        times = [at for at, (_, subnet) in sent if chosen in (None, subnet)]
        for first, begin in enumerate(times):
            for last in range(first, len(times)):
                allowed = 1.0 + rate * BURST_S + (times[last] - begin) * rate
                assert last - first + 1 <= allowed + 1e-6
