from dataclasses import replace

from netwatch.core.model import Lane
from tests.unit.core.polled import PING_ONLY, WALL_S, failed
from tests.unit.engine.test_engine_flow import answered, lost
from tests.unit.engine.town import CANARY, WITH_CANARY, camera, checked, inventory, town

PINGED = [replace(PING_ONLY, id=f"acc-{turn}") for turn in range(3)]


def canary_lost(at_s: float, attempts=range(4)) -> list:
    return [replace(one, subject=f"canary:{CANARY}") for one in lost("x", at_s, attempts)]


def canary_answers(at_s: float):
    return replace(answered("x", at_s), subject=f"canary:{CANARY}")


async def lit_town(build, *devices, **changes: object):
    city = build(inventory(*devices, vantage=WITH_CANARY, **changes))
    await city.at(10.0, canary_answers(10.0), *(answered(one.id, 10.0) for one in devices))
    return city


async def test_dark_canaries_make_every_device_unknown_with_one_vantage_event_and_no_blame(build):
    city = await lit_town(build, *PINGED)
    await city.at(16.0, *canary_lost(12.0))
    assert [city.verdict(one.id) for one in PINGED] == ["unknown"] * 3
    assert city.told("netwatch_vantage_up") == [0]
    assert [detail for _, _, detail in city.recorded("vantage.state")] == [{"lit": False}]
    assert {detail["to"] for _, _, detail in city.recorded("device.state")} == {"up", "unknown"}


async def test_darkness_dates_from_the_canarys_first_lost_echo(build):
    city = await lit_town(build, PINGED[0])
    await city.at(16.0, *canary_lost(12.0))
    assert city.engine.states["acc-0"].verdict_since_wall_s == 12.0 + WALL_S


async def test_whoever_falls_silent_in_the_dark_is_not_told_as_down(build):
    city = await lit_town(build, *PINGED, cameras=(camera(port=None),))
    await city.at(16.0, *canary_lost(12.0))
    misses = [miss for one in PINGED for miss in lost(one.id, 20.0)]
    await city.at(25.0, *misses, checked(21.0, ok=False), checked(24.0, ok=False))
    assert "down" not in {detail.get("to") for _, _, detail in city.recorded()}
    assert city.recorded("check.state") == []


async def test_devices_that_were_asked_before_the_canary_are_not_blamed_either(build):
    city = await lit_town(build, *PINGED)
    await city.at(12.5, *canary_lost(11.5, [0]))  # the first sign that it may be us
    await city.at(14.0, *lost("acc-0", 11.6), *lost("acc-1", 11.8))
    assert city.verdict("acc-0") == "up"
    await city.at(16.0, *canary_lost(13.0, [1, 2, 3]))
    assert {detail["to"] for _, _, detail in city.recorded("device.state")} == {"up", "unknown"}
    await city.at(40.0, canary_answers(38.0), canary_answers(39.0))
    await city.at(41.0, answered("acc-0", 41.0))
    assert city.verdict("acc-0") == "up"


async def test_silence_held_back_counts_from_its_own_time_once_the_canary_answers(build):
    city = await lit_town(build, PINGED[0])
    await city.at(12.5, *canary_lost(11.5, [0]))
    await city.at(14.0, *lost("acc-0", 11.6))
    assert city.verdict("acc-0") == "up"
    await city.at(14.5, canary_answers(14.0))
    await city.at(14.6)
    assert city.verdict("acc-0") == "down"
    assert city.engine.states["acc-0"].verdict_since_wall_s == 11.6 + WALL_S


async def test_a_canary_that_is_never_heard_of_again_does_not_hide_a_dead_device(build):
    city = await lit_town(build, PINGED[0])
    await city.at(12.5, *canary_lost(11.5, [0]))
    await city.at(14.0, *lost("acc-0", 11.6))
    await city.at(23.9)
    assert city.verdict("acc-0") == "up"
    await city.at(24.1)
    assert city.verdict("acc-0") == "down"


async def test_light_returns_with_one_event_and_devices_are_judged_by_what_comes_then(build):
    city = await lit_town(build, *PINGED)
    await city.at(16.0, *canary_lost(12.0))
    await city.at(40.0, canary_answers(38.0), canary_answers(40.0))
    assert [detail["lit"] for _, _, detail in city.recorded("vantage.state")] == [False, True]
    assert city.verdict("acc-0") == "unknown"
    await city.at(45.0, answered("acc-0", 44.0), *lost("acc-1", 41.0))
    assert (city.verdict("acc-0"), city.verdict("acc-1")) == ("up", "down")
    assert city.told("netwatch_vantage_up") == [1]


async def test_a_canary_that_answers_from_the_start_is_no_event(build):
    city = await lit_town(build, PINGED[0])
    assert city.recorded("vantage.state") == []
    assert city.told("netwatch_vantage_up") == [1]


async def test_a_lost_canary_is_asked_again(build):
    city = await lit_town(build, PINGED[0])
    await city.at(12.5, *canary_lost(12.0, [0]))
    assert city.hints.echoes == [(f"canary:{CANARY}", attempt * 0.3, attempt) for attempt in (1, 2, 3)]


async def test_polls_that_fail_in_the_dark_are_not_counted_against_an_agent(build):
    city = build(town("acc-1", vantage=WITH_CANARY))
    await city.at(9.0, canary_answers(9.0))
    await city.discovered(10.0, "acc-1")
    await city.at(16.0, *canary_lost(12.0))
    await city.at(30.0, *(replace(failed(Lane.STATUS, 20.0 + turn), device="acc-1") for turn in range(4)))
    await city.at(40.0, canary_answers(38.0), canary_answers(40.0))
    await city.at(41.0, city.polled("acc-1", Lane.STATUS, 41.0))
    assert city.verdict("acc-1") == "up"
    assert city.told("netwatch_poll_failures_total") == []


async def test_canaries_never_heard_of_again_leave_the_view_open_and_devices_are_judged_without_them(build):
    city = await lit_town(build, *PINGED)
    await city.at(16.0, *canary_lost(12.0))
    assert city.told("netwatch_vantage_up") == [0]
    await city.at(30.0)  # our own pinger is stuck: neither answers nor misses
    assert city.told("netwatch_vantage_up") == []
    await city.at(32.0, answered("acc-0", 31.0), *lost("acc-1", 30.5))
    assert (city.verdict("acc-0"), city.verdict("acc-1")) == ("up", "down")
    await city.at(40.0, canary_answers(39.0))
    assert [detail["lit"] for _, _, detail in city.recorded("vantage.state")] == [False, None, True]
