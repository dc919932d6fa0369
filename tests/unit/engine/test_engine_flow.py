import asyncio
import itertools
from dataclasses import replace

import pytest

from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.device.reachability import Answer, Reachability
from netwatch.core.device.record import DeviceState, InterfaceStatus
from netwatch.core.errors import Reason
from netwatch.core.events import Event, EventKind
from netwatch.core.model import Lane, Maintenance
from netwatch.engine import REFOLDED_AT_ONCE
from netwatch.expose import slices
from tests.unit.core.polled import DOWN, WALL_S, echo
from tests.unit.engine.town import camera, checked, town


def lost(name: str, at_s: float, attempts=range(4)) -> list:
    return [echo(at_s + 0.3 * turn, lost=True, attempt=turn, subject=f"device:{name}") for turn in attempts]


def answered(name: str, at_s: float):
    return echo(at_s, subject=f"device:{name}")


async def test_what_is_polled_is_on_the_page_after_one_tick(build):
    city = build(town("acc-1"))
    await city.discovered(10.0, "acc-1")
    await city.at(11.0, answered("acc-1", 10.9))
    assert city.verdict("acc-1") == "up"
    assert city.told("netwatch_interface_up", interface="Gi1/0/1") == [1]
    assert city.told("netwatch_interface_receive_bytes_total", interface="Gi1/0/1") == [10_300_000]
    assert [kind for kind, _, _ in city.recorded()] == ["device.state"]


async def test_a_device_nobody_looked_at_yet_is_unknown_and_nothing_else(build):
    city = build(town("acc-1"))
    await city.at(10.0)
    assert city.verdict("acc-1") == "unknown"
    assert city.told("netwatch_device_up") == []


async def test_observations_of_devices_that_are_not_in_the_inventory_are_dropped(build):
    city = build(town("acc-1", cameras=(camera(),)))
    stranger = replace(city.polled("acc-1", Lane.DISCOVERY, 10.0), device="acc-99")
    await city.at(10.0, stranger, answered("acc-99", 10.0), checked(10.0, name="cam-99"))
    await city.at(11.0, echo(11.0, subject="canary:192.0.2.1", lost=True))
    city.engine.note_overrun("acc-99", Lane.STATUS)
    await city.at(12.0)
    assert city.engine.states.keys() == {"acc-1"}
    assert city.recorded() == []
    assert b"99" not in city.page()
    assert city.engine.tally.fold_errors == 0


async def test_the_engine_passes_on_what_is_to_be_looked_at_next(build):
    city = build(town("acc-1"))
    await city.discovered(10.0, "acc-1")
    assert city.hints.looks == [("acc-1", Lane.STATUS)]
    assert city.hints.rows["acc-1"] is city.engine.states["acc-1"].interfaces
    city.switches["acc-1"].if_number = 9
    await city.at(20.0, city.polled("acc-1", Lane.STATUS, 20.0), *lost("acc-1", 20.0, [0]))
    assert city.hints.looks[1:] == [("acc-1", Lane.DISCOVERY)]
    assert city.hints.rows["acc-1"].in_doubt
    assert city.hints.echoes == [("device:acc-1", attempt * 0.3, attempt) for attempt in (1, 2, 3)]


async def test_doubtful_rows_are_on_no_page(build):
    city = build(town("acc-1"))
    await city.discovered(10.0, "acc-1")
    city.switches["acc-1"].if_number = 9
    await city.at(20.0, city.polled("acc-1", Lane.STATUS, 20.0))
    assert city.told("netwatch_interface_up") == []
    assert city.told("netwatch_interface_receive_bytes_total") == []
    await city.discovered(21.0, "acc-1")
    assert len(city.told("netwatch_interface_up")) == 2


async def test_stamped_samples_of_missed_polls_leave_the_page_while_states_stay(build):
    city = build(town("acc-1"))
    await city.discovered(10.0, "acc-1")
    for at_s in range(20, 100, 10):
        await city.at(float(at_s), city.polled("acc-1", Lane.STATUS, float(at_s)))
    assert city.told("netwatch_interface_receive_bytes_total") == []
    assert len(city.told("netwatch_interface_up")) == 2


async def test_time_alone_makes_a_device_unknown(build):
    city = build(town("acc-1"))
    await city.at(10.0, answered("acc-1", 10.0))
    await city.at(30.0)
    assert city.verdict("acc-1") == "unknown"
    assert [detail["to"] for _, _, detail in city.recorded("device.state")] == ["up", "unknown"]


async def test_overruns_are_counted_by_lane(build):
    city = build(town("acc-1"))
    city.engine.note_overrun("acc-1", Lane.TRAFFIC)
    city.engine.note_overrun("acc-1", Lane.TRAFFIC)
    await city.at(10.0)
    assert city.told("netwatch_poll_overruns_total", lane="traffic") == [2]


async def test_a_state_that_cannot_be_rendered_costs_nobody_else_and_not_its_own_other_parts(build):
    city = build(town("acc-1", "acc-2"))
    broken = DeviceState(
        snmp=Reachability(answer=Answer.ANSWERS),
        interfaces=InterfaceMap(epoch=1, indexes=("1", "2"), names=("a", "b"), aliases=("", ""), descriptions=("", "")),
        status=InterfaceStatus(admin=(1,), oper=(1,), speed_bps=(1,)),
    )
    city.engine.restore({"acc-1": broken})
    await city.at(10.0, answered("acc-1", 10.0), answered("acc-2", 10.0))
    assert (city.verdict("acc-1"), city.verdict("acc-2")) == ("up", "up")
    assert city.told("netwatch_interface_up") == []
    assert city.engine.tally.render_errors == 1


async def test_an_observation_that_cannot_be_folded_is_counted_and_costs_nobody_else(build, caplog):
    city = build(town("acc-1", "acc-2"))
    await city.discovered(10.0, "acc-1", "acc-2")
    known = city.engine.states["acc-1"]
    good = city.polled("acc-1", Lane.STATUS, 20.0)
    torn = replace(good.tables["interface"], columns={**good.tables["interface"].columns, "oper": [1, None, 1]})
    city.switches["acc-2"].ports["1"].oper = DOWN
    await city.at(20.0, replace(good, tables={"interface": torn}), city.polled("acc-2", Lane.STATUS, 20.0))
    assert city.engine.tally.fold_errors == 1
    assert "acc-1" in caplog.text
    assert city.engine.states["acc-1"] is known
    assert city.told("netwatch_interface_up", device="acc-2") == [0, 1]


async def test_a_port_that_flaps_tells_a_bounded_number_of_events_and_its_state_is_right(build):
    city = build(town("acc-1"))
    await city.discovered(10.0, "acc-1")
    port = city.switches["acc-1"].ports["1"]
    for turn in range(101):
        port.oper = 1 + (turn + 1) % 2
        await city.at(20.0 + turn, city.polled("acc-1", Lane.STATUS, 20.0 + turn))
    assert city.told("netwatch_interface_up", interface="Gi1/0/1") == [0]
    told = [(kind, detail) for kind, subject, detail in city.recorded() if subject == "port:acc-1 Gi1/0/1"]
    kinds = [kind for kind, detail in told if "interface.state" in (kind, detail.get("of"))]
    assert kinds == ["interface.state"] * 4 + ["flapping"]
    for at_s in range(130, 500, 10):
        await city.at(float(at_s), city.polled("acc-1", Lane.STATUS, float(at_s)))
    settled = [one for one in city.recorded("settled") if one[2]["of"] == "interface.state"]
    assert [(subject, detail["to"]) for _, subject, detail in settled] == [("port:acc-1 Gi1/0/1", "down")]


async def test_events_are_counted_by_kind(build):
    city = build(town("acc-1"))
    started = Event(kind=EventKind.DAEMON_STARTED, subject="daemon:", at_wall_s=WALL_S)
    city.engine.record(started)
    await city.at(10.0, answered("acc-1", 10.0))
    counted = {kind: count for kind, count in city.engine.tally.events.items() if count}
    assert counted == {EventKind.DAEMON_STARTED: 1, EventKind.DEVICE_STATE: 1}
    assert city.engine.tally.events.keys() == set(EventKind)


async def test_a_step_of_the_wall_clock_is_an_event_and_ages_nobody(build):
    city = build(town("acc-1"))
    await city.at(10.0, answered("acc-1", 10.0))
    await city.at(11.0, wall_s=WALL_S + 3600.0)
    assert [detail for _, _, detail in city.recorded("clock.stepped")] == [{"step_seconds": 3600.0}]
    assert city.verdict("acc-1") == "up"
    await city.at(12.0, wall_s=WALL_S + 3600.0)
    assert len(city.recorded("clock.stepped")) == 1


async def test_a_field_device_that_fails_twice_is_an_event_and_on_the_page(build):
    city = build(town("acc-1", cameras=(camera(),)))
    await city.at(10.0, checked(10.0))
    assert city.told("netwatch_field_device_check_up") == [1]
    await city.at(20.0, checked(20.0, ok=False))
    assert city.told("netwatch_field_device_check_up") == [1]
    await city.at(30.0, replace(checked(30.0, ok=False), reason=Reason.REFUSED))
    assert city.told("netwatch_field_device_check_up") == [0]
    assert [detail["reason"] for _, _, detail in city.recorded("check.state")] == ["refused"]


async def test_a_field_device_can_be_pinged_too(build):
    city = build(town("acc-1", cameras=(camera(),)))
    await city.at(10.0, echo(10.0, subject="field_device:cam-1"))
    assert city.told("netwatch_field_device_check_up", check="ping") == [1]
    assert city.told("netwatch_device_icmp_up") == []


async def test_maintenance_is_active_exactly_while_its_window_lasts(build):
    window = Maintenance(id="m-1", subject="ring:ring-a", from_s=WALL_S + 20.0, until_s=WALL_S + 30.0)
    city = build(town("acc-1", maintenance={"m-1": window}))
    seen = []
    for at_s in (19.0, 20.0, 29.0, 30.0):
        await city.at(at_s)
        seen += city.told("netwatch_maintenance_active", subject="ring:ring-a")
    assert seen == [0, 1, 1, 0]


async def turns_of_others(city, at_s: float) -> int:
    """How often others have their turn on the loop while the engine ticks once."""
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    beside = asyncio.create_task(others())
    await asyncio.sleep(0)
    city.committer.commit = stored_at_once  # what is counted is the engine's own patience
    turns = 0
    await city.engine.tick(at_s, at_s + WALL_S)
    beside.cancel()
    return turns


async def test_folding_and_publishing_let_the_loop_go_after_each_slice(build, monkeypatch):
    monkeypatch.setattr(slices, "SLICE_S", 0.0)
    names = [f"acc-{turn}" for turn in range(500)]
    city = build(town(*names))
    await city.at(9.0)
    for name in names:
        city.engine.offer(answered(name, 10.0))
        city.engine.offer(city.polled(name, Lane.STATUS, 10.1))
    assert await turns_of_others(city, 10.5) >= 1000 + 500
    assert city.engine.tally.folds == 1000


async def test_what_follows_for_the_city_from_a_great_many_observations_is_worked_out_in_pieces(build, monkeypatch):
    names = [f"acc-{turn}" for turn in range(REFOLDED_AT_ONCE)]
    city = build(town(*names))
    pieces, refold = [], city.engine.city.refold

    def counted(view, *, now_wall_s):
        pieces.append(city.engine.tally.folds)
        return refold(view, now_wall_s=now_wall_s)

    monkeypatch.setattr(city.engine.city, "refold", counted)
    for name in names:
        city.engine.offer(answered(name, 10.0))
        city.engine.offer(city.polled(name, Lane.STATUS, 10.1))
    await city.engine.tick(10.5, 10.5 + WALL_S)
    assert pieces == [REFOLDED_AT_ONCE, 2 * REFOLDED_AT_ONCE, 2 * REFOLDED_AT_ONCE]


async def stored_at_once(_verdicts, _events) -> bool:
    return True


async def test_the_engine_ticks_by_itself(build):
    city = build(town("acc-1"))
    running = asyncio.create_task(city.engine.run(lambda: (10.0, 10.0 + WALL_S)))
    for turn in range(2):
        city.engine.offer(answered("acc-1", 10.0 + turn))
        async with asyncio.timeout(10):
            while city.engine.tally.folds <= turn:  # noqa: ASYNC110 - what is asked is the public tally
                await asyncio.sleep(0.01)
    assert city.engine.states["acc-1"].icmp.last_s == 11.0
    running.cancel()


async def test_a_city_that_takes_long_to_think_over_is_thought_over_rarely_and_is_polled_meanwhile(build, monkeypatch):
    city = build(town("acc-1"), cpu_s=itertools.count(0.0, 0.5).__next__)  # half a second for each piece of work
    await city.discovered(10.0, "acc-1")
    thought_s, refold = [], city.engine.city.refold

    def noted(*args, **kwargs):
        thought_s.append(kwargs["now_wall_s"] - WALL_S)
        return refold(*args, **kwargs)

    monkeypatch.setattr(city.engine.city, "refold", noted)
    for turn in range(100):
        await city.at(20.0 + 0.1 * turn, city.polled("acc-1", Lane.STATUS, 20.0 + 0.1 * turn))
    assert thought_s == pytest.approx([20.0, 22.5, 25.0, 27.5], abs=0.11)
    assert city.engine.states["acc-1"].snmp.last_s == pytest.approx(29.9, abs=0.1)
