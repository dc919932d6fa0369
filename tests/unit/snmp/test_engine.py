"""What is held true of an agent's engine: time is an argument, and only what was proven moves it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.snmp.engine import LATCHED_BOOTS, WINDOW_S, EngineChange, RemoteEngine

ID, OTHER = bytes.fromhex("80001f880401020304"), bytes.fromhex("80001f8804aabbccdd")


def known(boots=5, time_s=1_000, at_s=100.0):
    engine = RemoteEngine(ID)
    assert engine.take(boots, time_s, at_s)
    return engine


def test_before_anything_is_known_boots_and_time_are_zero():
    assert RemoteEngine().now(123.0) == (0, 0)
    assert RemoteEngine(ID).now(123.0) == (0, 0)


def test_time_goes_on_with_our_own_clock():
    engine = known()
    assert engine.now(100.0) == (5, 1_000)
    assert engine.now(160.9) == (5, 1_060)


@pytest.mark.parametrize(
    ("boots", "time_s", "fits"),
    [
        (5, 1_060, True),
        (5, 1_060 - WINDOW_S, True),
        (5, 1_060 - WINDOW_S - 1, False),
        (4, 1_060, False),
        (4, 2**31 - 1, False),
        (5, 90_000, True),  # RFC 3414 section 3.2, 7b: only the past is refused
        (6, 0, True),
        (LATCHED_BOOTS, 1_060, False),
    ],
)
def test_the_window_is_that_of_rfc_3414(boots, time_s, fits):
    assert known().take(boots, time_s, 160.0) is fits


def test_an_older_message_in_the_window_does_not_turn_the_clock_back():
    engine = known()
    assert engine.take(5, 950, 110.0)
    assert engine.now(110.0) == (5, 1_010)


def test_a_clock_slower_than_ours_is_followed():
    engine = known()
    for step in range(1, 400):  # ten per cent slow, for hours
        assert engine.take(5, 1_000 + 54 * step, 100.0 + 60 * step)
    assert engine.now(100.0 + 60 * 399)[1] == 1_000 + 54 * 399


def test_a_refused_message_changes_nothing():
    engine = known()
    before = engine.now(160.0)
    assert not engine.take(4, 9_999, 160.0)
    assert not engine.take(5, 1, 160.0)
    assert engine.now(160.0) == before
    assert engine.news is None


def test_boots_that_go_up_are_news():
    engine = known()
    assert engine.take(6, 12, 160.0)
    news = engine.news
    assert (news.change, news.boots, news.time_s) == (EngineChange.REBOOTED, 6, 12)
    assert (news.before_boots, news.before_time_s) == (5, 1_060)


@pytest.mark.parametrize(
    ("boots", "time_s", "change"),
    [
        (0, 3, EngineChange.RESET),
        (7, 3, EngineChange.REBOOTED),
        (5, 1_060 + WINDOW_S + 1, EngineChange.CLOCK_STEPPED),
        (5, 1_060 - WINDOW_S - 1, EngineChange.CLOCK_STEPPED),
    ],
)
def test_a_proven_report_sets_the_clock_wherever_it_points(boots, time_s, change):
    engine = known()
    engine.resynchronize(boots, time_s, 160.0)
    assert engine.now(161.0) == (boots, time_s + 1)
    assert engine.news.change is change


@pytest.mark.parametrize("time_s", [1_060, 1_060 - WINDOW_S, 1_060 + WINDOW_S])
def test_a_proven_report_within_the_window_is_no_news(time_s):
    engine = known()
    engine.resynchronize(5, time_s, 160.0)
    assert engine.news is None


def test_the_first_clock_of_all_is_no_news():
    engine = RemoteEngine(ID)
    engine.resynchronize(5, 1_000, 100.0)
    assert engine.news is None
    assert engine.synchronized


def test_another_engine_that_has_proven_itself_takes_the_place():
    engine, proven = known(), RemoteEngine(OTHER)
    proven.resynchronize(1, 20, 130.0)
    engine.adopt(proven, 130.0)
    assert (engine.id, engine.now(140.0)) == (OTHER, (1, 30))
    assert (engine.news.change, engine.news.before_id) == (EngineChange.REPLACED, ID)


def test_the_first_engine_of_all_is_no_news():
    engine, proven = RemoteEngine(), RemoteEngine(OTHER)
    proven.resynchronize(1, 20, 130.0)
    engine.adopt(proven, 130.0)
    assert (engine.id, engine.news) == (OTHER, None)


# over a restart


@given(st.integers(0, LATCHED_BOOTS - 1), st.integers(0, 2**31 - 1), st.floats(0, 1e7), st.floats(1e9, 2e9))
def test_what_is_kept_comes_back_under_another_clock(boots, time_s, at_s, wall_s):
    kept = json.loads(json.dumps(known(boots, time_s, at_s).as_dict(wall_s)))
    engine = RemoteEngine()
    assert engine.restore(kept, wall_s + 50.0)  # a machine that booted 50 s later
    assert (engine.id, engine.boots, engine.synchronized) == (ID, boots, True)
    assert engine.now(at_s - 50.0 + 10.0)[1] == pytest.approx(min(time_s + 10, 2**31 - 1), abs=1)


def test_an_engine_without_a_clock_keeps_its_id():
    kept = RemoteEngine(ID).as_dict(0.0)
    engine = RemoteEngine()
    assert engine.restore(kept, 0.0)
    assert (engine.id, engine.synchronized) == (ID, False)
    assert RemoteEngine().as_dict(0.0) == {}


@pytest.mark.parametrize(
    "kept",
    [
        {},
        {"id": 5},
        {"id": "no hex"},
        {"id": "80"},
        {"id": "80" * 33},
        {"id": ID.hex(), "boots": 1},
        {"id": ID.hex(), "boots": -1, "time": 1, "at_wall": 1.0},
        {"id": ID.hex(), "boots": 2**31, "time": 1, "at_wall": 1.0},
        {"id": ID.hex(), "boots": 1, "time": "1", "at_wall": 1.0},
        {"id": ID.hex(), "boots": 1, "time": 1, "at_wall": float("nan")},
        {"id": ID.hex(), "boots": 1, "time": 1, "at_wall": 1e300},
    ],
)
def test_what_netwatch_never_wrote_is_not_taken(kept):
    engine = RemoteEngine()
    assert not engine.restore(kept, 0.0)
    assert (engine.id, engine.synchronized) == (b"", False)
