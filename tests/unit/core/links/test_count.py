"""A link that is up and well counts on; whatever else its counters tell has it judged anew."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.core.links.count import counted_on, is_well
from netwatch.core.links.ends import LinkSeen
from netwatch.core.links.state import LinkCondition, fold_link
from tests.unit.core.lit import GBIT, WALL_S, dark, end, make_link, totals

LINK = make_link(capacity_bps=10 * GBIT)
AT_REST = {
    "receive_bytes": 0,
    "transmit_bytes": 0,
    "receive_packets": 0,
    "transmit_packets": 0,
    "receive_errors": 0,
    "transmit_errors": 0,
    "transmit_discards": 0,
}


def told(at_s, **counts):
    return totals(at_s, **{**AT_REST, **counts})


def look(before, a, b, at_s=100.0, link=LINK):
    return fold_link(link, before, LinkSeen(a=a, b=b), now_wall_s=WALL_S + at_s)


WELL = look(None, end(totals=told(0)), end(totals=told(0)))


@pytest.mark.parametrize(
    ("link", "a", "b", "well"),
    [
        (LINK, end(), end(), True),
        (LINK, end(), None, True),
        (LINK, end(), dark(), False),
        (LINK, end(speed_bps=GBIT), end(), False),
        (LINK, end(duplex=2), end(), False),
        (make_link(), end(speed_bps=GBIT), end(), False),
        (make_link(), end(), end(), True),
    ],
)
def test_well_is_a_link_that_is_lit_and_whose_ports_run_as_declared_and_alike(link, a, b, well):
    assert is_well(link, look(None, a, b, link=link), LinkSeen(a=a, b=b)) is well


def test_a_link_with_a_trouble_that_is_not_in_force_yet_is_not_well():
    a, b = end(totals=told(30, receive_errors=900, receive_packets=1000)), end(totals=told(30))
    troubled = look(WELL, a, b)
    assert troubled.condition is LinkCondition.UP
    assert not is_well(LINK, troubled, LinkSeen(a=a, b=b))


@pytest.mark.parametrize(
    ("lost", "is_looked_at"),
    [
        ({"receive_errors": 2}, False),
        ({"receive_errors": 3}, True),
        ({"transmit_errors": 3}, True),
        ({"transmit_discards": 9}, False),
        ({"transmit_discards": 10}, True),
        ({"receive_errors": None}, False),
    ],
)
@pytest.mark.parametrize("side", ["a", "b"])
def test_lost_frames_are_looked_at_once_there_are_enough_of_them(lost, is_looked_at, side):
    ends = {"a": told(30), "b": told(30), side: told(30, **lost)}
    assert (counted_on(WELL, ends["a"], ends["b"]) is None) is is_looked_at


def test_a_link_that_was_full_for_fifteen_minutes_is_looked_at():
    state, most = WELL, 10 * GBIT // 8
    for at_s in range(30, 900, 30):
        state = counted_on(state, told(at_s, transmit_bytes=at_s * most * 8 // 10), told(at_s))
    assert counted_on(state, told(900, transmit_bytes=900 * most * 8 // 10), told(900)) is None


counts = st.integers(0, 2 * GBIT)


@given(st.lists(st.tuples(st.integers(1, 90), counts, counts, st.sampled_from("ab-")), max_size=12))
def test_to_count_on_comes_to_what_folding_comes_to(polls):
    quick = folded = WELL
    at_s = sent = received = 0
    for passed_s, more_sent, more_received, missing in polls:
        at_s, sent, received = at_s + passed_s, sent + more_sent, received + more_received
        a = None if missing == "a" else told(at_s, transmit_bytes=sent, receive_bytes=received)
        b = None if missing == "b" else told(at_s, transmit_bytes=received, receive_bytes=sent)
        folded = look(folded, end(totals=a), end(totals=b), at_s)
        quick = counted_on(quick, a, b) or folded
        assert quick.counts == folded.counts
        assert quick == folded._replace(counts=quick.counts, compared_wall_s=quick.compared_wall_s)
