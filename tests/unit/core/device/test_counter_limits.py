from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.core.device.counter_limits import TOLERANCE, forbidden, have_grown, rounded_down

GIGABIT = 125e6  # bytes/s
COLUMNS = ("receive_bytes", "receive_unicast_packets")
EDGES = st.sampled_from([0, 1, 2**31, 2**32 - 1, 2**63 - 1, 2**63, 2**64 - 1])
COUNTS = EDGES | st.integers(0, 2**64 - 1) | st.integers(0, 2**33)
RATES = st.sampled_from([None, 0.0, 0.01, 1.25e6, GIGABIT, 1.25e9, 1e30])


def compared(now, last, rates, passed_s=30.0):
    """Whether two columns, one after the other, are believed to have grown from `last` to `now`."""
    return have_grown(array("Q", now), array("Q", last), forbidden(COLUMNS, tuple(rates), passed_s))


@given(st.data(), st.lists(RATES, min_size=1, max_size=4), st.floats(1e-3, 3600))
def test_what_is_believed_has_neither_fallen_nor_grown_above_its_limit_in_any_cell(data, rates, passed_s):
    cells = len(rates) * len(COLUMNS)
    last = data.draw(st.lists(COUNTS, min_size=cells, max_size=cells))
    grown = [count + data.draw(st.integers(0, 2**30)) for count in last]
    now = [data.draw(COUNTS | st.just(count % 2**64)) for count in grown]
    if compared(now, last, rates, passed_s):
        limits = [
            (1.25e12 if rate is None else rate) * passed_s * TOLERANCE / frame for frame in (1, 64) for rate in rates
        ]
        for new, old, limit in zip(now, last, limits, strict=True):
            assert 0 <= new - old <= limit


@given(st.lists(st.integers(0, 2**62), min_size=4, max_size=4), st.lists(st.floats(0, 0.5), min_size=4, max_size=4))
def test_growth_up_to_half_of_the_limit_is_always_believed(last, load):
    limits = [GIGABIT * 30 * TOLERANCE / frame for frame in (1, 1, 64, 64)]
    now = [int(count + share * limit * 0.999) for count, share, limit in zip(last, load, limits, strict=True)]
    assert compared(now, last, (GIGABIT, GIGABIT))


@pytest.mark.parametrize("cell", range(4))
@pytest.mark.parametrize(("was", "became"), [(5, 4), (2**63 - 1, 0), (2**64 - 1, 0), (2**64 - 1, 5), (2**32 - 1, 3)])
def test_a_cell_that_fell_is_seen_wherever_it_stands_and_however_it_wrapped(cell, was, became):
    last, now = [10, 10, 10, 10], [20, 20, 20, 20]
    last[cell], now[cell] = was, became
    assert not compared(now, last, (GIGABIT, GIGABIT))
    now[cell] = last[cell] = 10
    assert compared(now, last, (GIGABIT, GIGABIT))


def test_a_column_of_frames_is_limited_by_the_smallest_frame():
    most = int(GIGABIT * 30 / 64)
    assert not compared([0, most + most], [0, 0], (GIGABIT,))
    assert compared([most + most, 0], [0, 0], (GIGABIT,))


def test_a_port_without_speed_may_not_count_at_all_and_one_of_unknown_speed_may():
    assert not compared([1, 0], [0, 0], (0.0,))
    assert compared([0, 0], [0, 0], (0.0,))
    assert compared([10**12, 10**9], [0, 0], (None,))


@given(st.floats(1e-3, 1e6))
def test_a_time_rounded_down_is_never_longer_and_never_by_more_than_a_fifth_shorter(passed_s):
    assert 0.8 * passed_s <= rounded_down(passed_s) <= passed_s
