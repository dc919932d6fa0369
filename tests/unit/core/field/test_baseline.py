"""A port's usual ingress, in virtual time: what it calls silent, what it learns, and what it must never learn."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netwatch.core.field.baseline import (
    ENOUGH_SAMPLES,
    FLOOR,
    LONGEST_S,
    MOST_CREDIT,
    IngressBaseline,
    PortIngress,
    fold_ingress,
    ingress,
    learn,
    recall,
    remember,
)

POLL_S = 60.0
HOUR, DAY = 60, 1440  # polls
CAMERA = 500_000.0  # bytes/s: 4 Mb/s
RATES = st.floats(20_000.0, 5_000_000.0)
SEEDS = st.integers(0, 2**32)


class Port:
    """One port in virtual time: `run` gives what was said of each poll."""

    def __init__(self, seed=0, poll_s=POLL_S):
        self.state = PortIngress()
        self._chance = random.Random(seed)
        self._poll_s = poll_s
        self._at_s, self._total = 100.0, 7.0
        self.run(0.0, 1)

    def run(self, rate, polls, noise=0.0):
        said = []
        for _ in range(polls):
            self._at_s += self._poll_s
            self._total += rate * math.exp(self._chance.gauss(0, noise)) * self._poll_s
            self.state = fold_ingress(self.state, int(self._total), at_s=self._at_s)
            said.append(self.state.flowing)
        return said


def learned(rate=CAMERA, polls=DAY, seed=0):
    port = Port(seed)
    port.run(rate, polls, noise=0.2)
    return port


@given(rate=RATES)
@settings(max_examples=30, deadline=None)
def test_nothing_is_said_before_twenty_rates_are_known(rate):
    said = Port().run(rate, ENOUGH_SAMPLES + 2)
    assert said == [None] * ENOUGH_SAMPLES + [True, True]


def test_the_second_low_poll_in_a_row_is_silence_and_one_alone_is_none():
    port = learned()
    assert port.run(CAMERA * 0.02, 1) + port.run(CAMERA, 1) == [True, True]
    assert port.run(CAMERA * 0.02, 3) == [True, False, False]
    assert port.run(CAMERA, 1) == [True]


@given(rate=RATES, seed=SEEDS, share=st.floats(0.0, 0.02))
@settings(max_examples=15, deadline=None)
def test_a_dead_stream_stays_silent_for_days_and_is_known_at_once_when_it_returns(rate, seed, share):
    port = learned(rate, seed=seed)
    said = port.run(rate * share, 5 * DAY, noise=0.1)
    assert set(said[1:]) == {False}
    assert port.run(rate, 3, noise=0.2) == [True, True, True]


@given(rate=RATES, seed=SEEDS, share=st.floats(0.16, 1.0))
@settings(max_examples=15, deadline=None)
def test_a_lower_bit_rate_is_never_called_silence_and_is_the_new_normal_within_hours(rate, seed, share):
    port = learned(rate, seed=seed)
    assert False not in port.run(rate * share, 12 * HOUR, noise=0.15)
    if rate * share > FLOOR * 2:
        assert port.state.baseline.rate == pytest.approx(rate * share, rel=0.3)
        assert port.run(rate * share * 0.02, 3)[1:] == [False, False]


@given(rate=st.floats(200_000.0, 5_000_000.0), seed=SEEDS, share=st.floats(0.04, 0.09))
@settings(max_examples=15, deadline=None)
def test_a_much_lower_bit_rate_is_called_silence_for_some_hours_and_then_learned(rate, seed, share):
    port = learned(rate, seed=seed)
    said = port.run(rate * share, 6 * HOUR, noise=0.05)
    assert False in said[:HOUR]
    assert set(said[-HOUR:]) == {True}


@given(seed=SEEDS, depth=st.floats(0.0, 0.8))
@settings(max_examples=10, deadline=None)
def test_day_and_night_and_noise_are_no_silence(seed, depth):
    port = learned(seed=seed)
    said = []
    for hour in range(72):
        wave = 1 - depth * (1 - math.cos(math.tau * hour / 24)) / 2
        said += port.run(CAMERA * wave, HOUR, noise=0.3)
    assert set(said) == {True}


@given(seed=SEEDS, storm=st.floats(2.0, 200.0), hours=st.integers(1, 12))
@settings(max_examples=10, deadline=None)
def test_a_storm_of_hours_makes_no_camera_silent_afterwards(seed, storm, hours):
    port = learned(seed=seed, polls=3 * DAY)
    port.run(CAMERA * storm, hours * HOUR)
    assert set(port.run(CAMERA, 2 * DAY, noise=0.2)) == {True}


@given(rate=st.floats(0.0, FLOOR * 0.7), seed=SEEDS)
@settings(max_examples=15, deadline=None)
def test_of_a_sensor_that_says_little_nothing_is_ever_said(rate, seed):
    port = Port(seed)
    assert set(port.run(rate, DAY, noise=0.1) + port.run(0.0, DAY)) == {None}


def test_a_camera_that_was_dead_from_the_start_is_learned_when_it_comes_alive():
    port = Port()
    assert set(port.run(0.0, DAY)) == {None}
    assert False not in port.run(CAMERA, DAY + DAY // 2, noise=0.2)
    assert port.run(CAMERA * 0.02, 3)[1:] == [False, False]


def test_what_was_learned_wrong_in_the_first_minutes_is_forgotten_in_days():
    """A storm while a port was learned, or another device plugged in since."""
    port = Port()
    port.run(100 * CAMERA, ENOUGH_SAMPLES)
    said = port.run(CAMERA, 3 * DAY, noise=0.2)
    assert said[10] is False
    assert set(said[-HOUR:]) == {True}


def test_totals_that_are_missing_or_far_apart_say_nothing_and_teach_nothing():
    port = learned()
    before = port.state
    gap = fold_ingress(before, None, at_s=before.at_s + POLL_S)
    assert (gap.flowing, gap.baseline, gap.total) == (None, before.baseline, before.total)
    late = fold_ingress(before, before.total, at_s=before.at_s + LONGEST_S + 1)
    assert (late.flowing, late.baseline, late.total) == (None, before.baseline, before.total)
    after_gap = fold_ingress(gap, before.total + int(CAMERA * 120), at_s=before.at_s + 120)
    assert after_gap.flowing is True
    anew = fold_ingress(before, before.total - 1, at_s=before.at_s + POLL_S)
    assert (anew.flowing, anew.baseline) == (None, before.baseline)


def test_the_same_poll_told_twice_is_one_poll():
    port = learned()
    assert fold_ingress(port.state, port.state.total, at_s=port.state.at_s) is port.state


@given(rate=RATES, seed=SEEDS)
@settings(max_examples=15, deadline=None)
def test_a_restart_goes_on_with_what_was_learned(rate, seed):
    baseline = learned(rate, seed=seed, polls=100).state.baseline
    assert recall(*remember(baseline)) == baseline
    again = Port()
    again.state = PortIngress(baseline=recall(*remember(baseline)))
    assert again.run(rate, 3) == [None, True, True]  # the first total has nothing to be compared with


@pytest.mark.parametrize(
    ("rate", "credit"), [(math.nan, 30.0), (-1.0, 30.0), (math.inf, 30.0), (1.0, math.nan), (1.0, -1.0), (1.0, 1e9)]
)
def test_what_cannot_be_a_baseline_is_none(rate, credit):
    assert recall(rate, credit) == IngressBaseline()


@given(rates=st.lists(st.floats(0.0, 1.25e12), max_size=200), over_s=st.floats(0.001, LONGEST_S))
def test_whatever_the_rates_the_baseline_stays_a_number_within_them(rates, over_s):
    baseline = IngressBaseline()
    for rate in rates:
        assert ingress(baseline, rate) in (None, True, False)
        baseline = learn(baseline, rate, over_s=over_s)
        assert 0 <= baseline.rate <= max(rates) * 1.001 + 1001
        assert 0 <= baseline.credit <= MOST_CREDIT
    assert ingress(baseline, None) is None
