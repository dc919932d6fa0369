"""Counters as functions of time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.simulate.flow import DAY_S, Flow, Rate, wave

rates = st.builds(lambda steady, share: Rate(steady, steady * share), st.floats(0, 1e9), st.floats(-1, 1))
moments = st.floats(0, 10 * DAY_S)


def test_a_steady_flow_grows_by_its_rate_exactly():
    flow = Flow(1000, Rate(1_000_000.0))
    assert [flow.total(t) for t in (0.0, 1.0, 2.5)] == [1000, 1_001_000, 2_501_000]


def test_a_daily_wave_is_integrated_exactly():
    flow = Flow(0, Rate(1000.0, 500.0))
    assert flow.total(DAY_S) == pytest.approx(1000 * DAY_S, abs=1)
    assert flow.total(DAY_S / 2) == pytest.approx(1000 * DAY_S / 2 + 500 * wave(DAY_S / 2), abs=1)
    assert flow.rate.at(DAY_S / 4) == pytest.approx(1500)


def test_the_rate_is_the_derivative_of_the_total():
    flow = Flow(0, Rate(1e6, 3e5))
    assert flow.total(20_001) - flow.total(20_000) == pytest.approx(flow.rate.at(20_000.5), abs=2)


@given(rates, st.lists(moments, min_size=2))
def test_a_total_never_falls(rate, times):
    flow = Flow(7, rate)
    totals = [flow.total(t) for t in sorted(times)]
    assert totals == sorted(totals)


@given(rates, rates, moments)
def test_a_change_of_rate_neither_loses_nor_invents_an_octet(before, after, t):
    flow = Flow(12345, before)
    reached = flow.total(t)
    flow.change(after, t)
    assert flow.total(t) == reached


def test_the_past_stays_what_it_was():
    flow = Flow(0, Rate(10.0))
    flow.change(Rate(1000.0), 100.0)
    flow.change(Rate(), 200.0, total=0)
    assert [flow.total(t) for t in (50.0, 100.0, 150.0, 250.0)] == [500, 1000, 51_000, 0]
