"""What weakens a link that is up: errors, discards, speed, duplex and fullness, with hysteresis."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.core.links.ends import LinkSeen
from netwatch.core.links.flow import Flow
from netwatch.core.links.troubles import (
    Level,
    Look,
    Measurement,
    duplex_measured,
    fold_troubles,
    frames_measured,
    fullness_measured,
    speed_measured,
)
from netwatch.core.model import NOTHING
from tests.unit.core.lit import GBIT, WALL_S, dark, end, make_link, totals, unseen

FINE, WARNING, MAJOR = Level
LINK = make_link()


def measure(*levels, key="speed"):
    troubles, told = NOTHING, []
    for at, level in enumerate(levels):
        seen = Measurement(key=key, level=level, sentence=f"{level.name} {at}", at_wall_s=float(at))
        troubles = fold_troubles(troubles, [seen])
        told.append(troubles[key].level if key in troubles else FINE)
    return troubles, told


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        ([WARNING], [FINE]),
        ([WARNING, FINE, WARNING, FINE], [FINE, FINE, FINE, FINE]),
        ([WARNING, WARNING], [FINE, WARNING]),
        ([WARNING, MAJOR], [FINE, WARNING]),
        ([MAJOR, MAJOR], [FINE, MAJOR]),
        ([WARNING, WARNING, FINE, FINE, FINE], [FINE, WARNING, WARNING, WARNING, FINE]),
        ([WARNING, WARNING, FINE, FINE, WARNING, FINE], [FINE, WARNING, WARNING, WARNING, WARNING, WARNING]),
        ([WARNING, WARNING, MAJOR, WARNING], [FINE, WARNING, WARNING, WARNING]),
        ([WARNING, WARNING, MAJOR, MAJOR, WARNING, WARNING], [FINE, WARNING, WARNING, MAJOR, MAJOR, WARNING]),
    ],
)
def test_a_trouble_begins_with_the_second_bad_look_and_ends_with_the_third_good_one(seen, told):
    assert measure(*seen)[1] == told


def test_a_trouble_dates_from_the_first_bad_look_and_tells_the_newest_bad_one():
    trouble = measure(FINE, WARNING, MAJOR, FINE)[0]["speed"]
    assert (trouble.since_wall_s, trouble.sentence) == (1.0, "MAJOR 2")


def test_a_healthy_link_has_no_troubles_and_what_is_not_measured_stays():
    troubles, _ = measure(WARNING, WARNING)
    other = Measurement(key="duplex", level=FINE, sentence="", at_wall_s=9.0)
    assert fold_troubles(troubles, [other]) is troubles
    assert measure(WARNING, WARNING, FINE, FINE, FINE)[0] is NOTHING


@given(st.lists(st.sampled_from(list(Level)), max_size=40))
def test_however_a_measurement_jumps_the_state_never_changes_twice_within_two_looks(levels):
    _, told = measure(*levels)
    turns = [at for at in range(1, len(told)) if (told[at] is FINE) is not (told[at - 1] is FINE)]
    assert all(later - earlier >= 2 for earlier, later in pairwise(turns))


def look(a=None, b=None, *, link=LINK, before_a=None, before_b=None):
    seen = LinkSeen(a=a or end(), b=b or end())
    return Look(link=link, seen=seen, capacity_bps=link.capacity_bps, before_a=before_a, before_b=before_b)


def levels(measured):
    return {one.key: one.level for one in measured}


def after(**counts):
    """Frames measured where b's totals were all 0 a traffic interval ago."""
    zeros = totals(0, **dict.fromkeys(counts, 0))
    return list(frames_measured(look(b=end(totals=totals(30, **counts)), before_b=zeros)))


@pytest.mark.parametrize(
    ("errors", "packets", "level"),
    [
        (0, 10**6, FINE),
        (0, 0, FINE),
        (2, 1000, FINE),  # two frames are no ratio
        (3, 10**7, FINE),  # 0.3 ppm
        (3, 10**6, WARNING),
        (100, 10**6, WARNING),
        (101, 10**6, MAJOR),
        (3, 0, MAJOR),
    ],
)
def test_broken_frames_weigh_by_their_share(errors, packets, level):
    measured = after(receive_errors=errors, receive_packets=packets, transmit_errors=errors, transmit_packets=packets)
    assert levels(measured) == {"errors receive b": level, "errors transmit b": level}


def test_broken_frames_are_told_with_the_end_that_saw_them():
    (one,) = after(receive_errors=500, receive_packets=10**6 - 500)
    assert one.sentence == "500 of a million frames that agg-1 Te0/2 received were broken"
    assert one.at_wall_s == WALL_S + 30


@pytest.mark.parametrize(
    ("discards", "packets", "level"), [(9, 100, FINE), (10, 10**5, FINE), (20, 10**4, WARNING), (200, 10**4, MAJOR)]
)
def test_frames_thrown_away_unsent_weigh_by_their_share(discards, packets, level):
    assert levels(after(transmit_discards=discards, transmit_packets=packets)) == {"discards b": level}


def test_totals_no_newer_missing_or_begun_anew_measure_nothing():
    counts = {"receive_errors": 5, "receive_packets": 100}
    assert list(frames_measured(look(b=end(totals=totals(30, **counts))))) == []
    same = look(b=end(totals=totals(30, **counts)), before_b=totals(30, **counts))
    assert list(frames_measured(same)) == []
    anew = look(b=end(totals=totals(60, receive_errors=0, receive_packets=5)), before_b=totals(30, **counts))
    assert list(frames_measured(anew)) == []


@pytest.mark.parametrize(("mean_bps", "level"), [(69, FINE), (70, FINE), (71, WARNING), (86, MAJOR)])
def test_fullness_is_the_mean_against_the_capacity(mean_bps, level):
    flow = Flow(last=(1000, 1), mean=mean_bps * GBIT / 100 / 8)
    (one,) = fullness_measured(LINK, flow, towards="a", capacity_bps=GBIT)
    assert (one.key, one.level, one.at_wall_s) == ("full a", level, 1.0)
    assert one.sentence == f"{mean_bps}% full from agg-1 to core-1 for 15 minutes"


def test_without_a_mean_or_a_capacity_fullness_is_not_known():
    assert list(fullness_measured(LINK, Flow(last=(1, 1)), towards="b", capacity_bps=GBIT)) == []
    assert list(fullness_measured(LINK, Flow(last=(1, 1), mean=5.0), towards="b", capacity_bps=None)) == []


def speeds(a_bps, b_bps, **changes):
    link = make_link(**changes)
    return levels(speed_measured(look(end(speed_bps=a_bps), end(speed_bps=b_bps), link=link), 1.0))


def test_a_speed_below_the_declared_capacity_is_major_and_two_that_differ_a_warning():
    assert speeds(GBIT, GBIT, capacity_bps=GBIT) == {"speed": FINE, "speeds": FINE}
    assert speeds(GBIT, GBIT, capacity_bps=10 * GBIT) == {"speed": MAJOR, "speeds": FINE}
    assert speeds(GBIT // 10, GBIT) == {"speed": FINE, "speeds": WARNING}
    assert speeds(GBIT, GBIT, capacity_bps=GBIT // 2)["speed"] is FINE


def test_a_speed_that_is_not_known_is_neither_low_nor_different():
    assert speeds(None, GBIT, capacity_bps=GBIT) == {"speed": FINE}
    assert speeds(0, GBIT, capacity_bps=GBIT) == {"speed": FINE}


def test_a_low_speed_is_told_with_both_figures():
    seen = look(end(speed_bps=GBIT // 10), end(speed_bps=GBIT), link=make_link(capacity_bps=GBIT))
    slow, different = speed_measured(seen, 1.0)
    assert slow.sentence == "core-1 Te0/1 runs at 100 Mbit/s instead of 1 Gbit/s"
    assert different.sentence == "core-1 Te0/1 runs at 100 Mbit/s; agg-1 Te0/2 runs at 1 Gbit/s"


def test_the_speed_of_an_aggregate_is_not_judged():
    members = ((LINK.a, LINK.b),)
    assert speeds(GBIT, 4 * GBIT, capacity_bps=4 * GBIT, members=members) == {}


def test_half_duplex_is_a_warning_and_an_end_not_seen_runs_at_nothing():
    (half,) = duplex_measured(look(end(duplex=2), end(duplex=3)), 1.0)
    assert (half.level, half.sentence) == (WARNING, "core-1 Te0/1 runs half duplex")
    assert levels(duplex_measured(look(), 1.0)) == {"duplex": FINE}
    assert levels(duplex_measured(look(unseen(), dark(duplex=2)), 1.0)) == {"duplex": FINE}
