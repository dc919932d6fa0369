"""Rates of one direction of a link, from whichever counter tells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.core.links.flow import LONGEST_MEAN_MS, MARK_EVERY_MS, MEAN_OVER_MS, Flow, advance
from tests.unit.core.lit import totals


def sent(at_s, octets):
    return totals(at_s, transmit_bytes=octets)


def received(at_s, octets):
    return totals(at_s, receive_bytes=octets)


def flowing(*looks):
    flow = Flow()
    for sender, receiver in looks:
        flow = advance(flow, sender, receiver)
    return flow


def steady(rate, every_s, until_s, from_s=0):
    return [(sent(at_s, rate * at_s), None) for at_s in range(from_s, until_s + 1, every_s)]


def test_the_first_totals_are_no_rate():
    assert flowing((sent(0, 5), None)).rate is None


def test_a_rate_is_what_the_sender_transmitted_over_the_time_between_its_own_stamps():
    assert flowing((sent(0, 1000), received(3, 7)), (sent(30, 31_000), received(33, 9))).rate == 1000.0


def test_where_the_sender_does_not_tell_the_receiver_does():
    assert flowing((None, received(0, 0)), (None, received(10, 500))).rate == 50.0


def test_the_counter_told_once_is_kept_to_as_long_as_it_tells():
    flow = flowing((None, received(0, 0)), (sent(5, 0), received(10, 500)))
    assert (flow.at_receiver, flow.rate) == (True, 50.0)
    changed = advance(flow, sent(15, 700), None)
    assert (changed.at_receiver, changed.rate) == (False, None), "two counters are never subtracted"
    assert advance(changed, sent(20, 800), None).rate == 20.0


def test_the_same_totals_seen_again_change_nothing():
    flow = flowing((sent(0, 0), None), (sent(10, 500), None))
    assert advance(flow, sent(10, 500), received(11, 3)) is flow


def test_a_gap_has_no_rate_and_the_next_totals_bridge_it():
    flow = flowing((sent(0, 0), None), (sent(10, 500), None), (totals(20), None))
    assert flow.rate is None
    assert advance(flow, None, None) is flow
    assert advance(flow, sent(30, 1500), None).rate == 50.0


def test_a_total_that_begins_anew_is_no_rate():
    flow = flowing((sent(0, 9000), None), (sent(10, 9500), None), (sent(20, 100), None))
    assert (flow.rate, flow.mean, len(flow.marks)) == (None, None, 2)


@pytest.mark.parametrize("every_s", [10, 30, 60, 240, 400])
def test_the_mean_takes_fifteen_minutes_to_be_known(every_s):
    assert flowing(*steady(1000, every_s, 870)).mean is None
    assert flowing(*steady(1000, every_s, 1300)).mean == 1000.0


def test_the_mean_is_over_the_last_fifteen_to_twenty_minutes_only():
    quiet = steady(0, 30, 3600)
    burst = [(sent(at_s, 1000 * (at_s - 3600)), None) for at_s in range(3630, 3600 + 1231, 30)]
    assert 450 / 1200 * 1000 <= flowing(*quiet, *burst[:15]).mean <= 450 / 900 * 1000
    assert flowing(*quiet, *burst).mean == 1000.0


def test_a_mean_does_not_reach_over_a_long_gap():
    flow = flowing(*steady(1000, 30, 1800), (sent(9000, 9_000_000), None))
    assert flow.rate == 1000.0
    assert flow.mean is None


@given(st.lists(st.tuples(st.integers(1, 900), st.integers(0, 10**9), st.booleans()), max_size=60))
def test_whatever_the_pace_rates_are_never_negative_and_marks_stay_few(steps):
    flow, at_s, octets = Flow(), 0, 0
    for passed_s, more, is_gap in steps:
        at_s, octets = at_s + passed_s, octets + more
        flow = advance(flow, totals(at_s) if is_gap else sent(at_s, octets), None)
        assert (flow.rate is None) or flow.rate >= 0
        assert len(flow.marks) <= 2 * (LONGEST_MEAN_MS // MARK_EVERY_MS + 1)
        if flow.mean is not None:
            assert MEAN_OVER_MS <= flow.last[0] - flow.marks[0] <= LONGEST_MEAN_MS + 900_000
