import logging
from dataclasses import replace

import pytest
from prometheus_client import CollectorRegistry

from netwatch.audit.city_rows import city_memory
from netwatch.audit.committer import Patience
from netwatch.audit.pieces import COMMITTED_AT_ONCE
from netwatch.core.device.recall import Resumption, recall, remember
from netwatch.core.model import Lane
from netwatch.expose.pages import Pages
from tests.unit.audit.held import held_by_another_program
from tests.unit.core.polled import PING_ONLY, WALL_S
from tests.unit.engine.test_engine_flow import answered, lost
from tests.unit.engine.test_engine_vantage import canary_answers, canary_lost
from tests.unit.engine.town import WITH_CANARY, camera, checked, inventory, recorded, town

IMPATIENT = Patience(commit_s=0.5, retry_first_s=0.05, retry_longest_s=0.2)


class WitnessingPages(Pages):
    """Pages that note, whenever a device is published, what the ledger already has."""

    def __init__(self, directory) -> None:
        super().__init__(own=CollectorRegistry())
        self.directory = directory
        self.witnessed: list[int] = []

    def publish_device(self, device, *, site, fragments) -> None:
        self.witnessed.append(len(recorded(self.directory)))
        super().publish_device(device, site=site, fragments=fragments)


def one_pinged():
    return inventory(PING_ONLY)


async def test_an_event_is_in_the_ledger_before_the_page_tells_of_it(build, tmp_path):
    pages = WitnessingPages(tmp_path)
    city = build(one_pinged(), pages=pages)
    await city.at(10.0)
    await city.at(11.0, answered("acc-17", 11.0))
    await city.at(25.0, *lost("acc-17", 20.0))
    assert pages.witnessed == [0, 1, 3]  # the device's state, and the fault
    assert city.verdict("acc-17") == "down"


async def test_a_dark_vantage_is_in_the_ledger_before_the_page_tells_of_it(build):
    city = build(inventory(PING_ONLY, vantage=WITH_CANARY), patience=IMPATIENT)
    await city.at(10.0, canary_answers(10.0))
    committed = city.committer.commit
    told_at_commit = []

    async def commit(verdicts, events) -> bool:
        told_at_commit.extend(city.told("netwatch_vantage_up"))
        return await committed(verdicts, events)

    city.committer.commit = commit
    await city.at(16.0, *canary_lost(12.0))
    assert told_at_commit == [1]
    assert city.told("netwatch_vantage_up") == [0]


async def test_when_the_store_fails_the_page_tells_it_anyway_and_the_log_says_so_once(build, tmp_path, caplog):
    city = build(one_pinged(), patience=IMPATIENT)
    await city.at(10.0, answered("acc-17", 10.0))
    with held_by_another_program(tmp_path), caplog.at_level(logging.WARNING, "netwatch.engine"):
        await city.at(25.0, *lost("acc-17", 20.0))
        assert city.verdict("acc-17") == "down"
        assert not city.committer.ok
        await city.at(45.0, answered("acc-17", 41.0), answered("acc-17", 44.0))
        assert city.verdict("acc-17") == "up"
    assert caplog.text.count("told before they are committed") == 1
    while not await city.committer.drain():
        continue
    states = [detail["to"] for kind, _, detail in recorded(tmp_path) if kind == "device.state"]
    assert states == ["up", "down", "up"]
    await city.at(65.0, *lost("acc-17", 60.0))
    assert caplog.text.count("committed in time again") == 1


async def test_a_great_many_events_are_committed_in_order_each_with_its_verdict(build):
    names = [f"acc-{turn:04}" for turn in range(2 * COMMITTED_AT_ONCE + 1)]
    city = build(inventory(*(replace(PING_ONLY, id=name) for name in names)))
    await city.at(10.0, *(answered(name, 10.0) for name in names))
    assert [subject for _, subject, _ in city.recorded("device.state")] == [f"device:{name}" for name in names]
    verdicts = city.store.load().verdicts
    assert {subject: one.state for subject, one in verdicts.items()} == {f"device:{name}": "up" for name in names}


async def test_a_great_many_events_that_could_not_be_committed_are_written_later_each_once(build, tmp_path):
    names = [f"acc-{turn:04}" for turn in range(2 * COMMITTED_AT_ONCE + 1)]
    city = build(inventory(*(replace(PING_ONLY, id=name) for name in names)), patience=IMPATIENT)
    await city.at(9.0)
    with held_by_another_program(tmp_path):
        await city.at(10.0, *(answered(name, 10.0) for name in names))
        assert city.told("netwatch_device_up") == [1] * len(names)
    while not await city.committer.drain():
        continue
    assert sorted(subject for _, subject, _ in city.recorded("device.state")) == [f"device:{name}" for name in names]
    assert city.store.load().verdicts.keys() == {f"device:{name}" for name in names}


async def test_verdicts_are_stored_with_the_time_they_hold_since(build):
    city = build(one_pinged())
    await city.at(10.0, answered("acc-17", 10.0))
    await city.at(25.0, *lost("acc-17", 20.0))
    verdict = city.store.load().verdicts["device:acc-17"]
    assert (verdict.kind, verdict.state, verdict.since_wall_s) == ("device.state", "down", 20.0 + WALL_S)


async def test_the_verdict_of_a_flapping_device_is_stored_although_its_events_are_held_back(build):
    city = build(one_pinged())
    for turn in range(12):
        at_s = 10.0 + 20 * turn
        await city.at(at_s + 5.0, *lost("acc-17", at_s))
        await city.at(at_s + 15.0, answered("acc-17", at_s + 10.0), answered("acc-17", at_s + 14.0))
    kinds = [kind for kind, _, detail in city.recorded() if "device.state" in (kind, detail.get("of"))]
    assert kinds == ["device.state"] * 4 + ["flapping"]
    verdict = city.store.load().verdicts["device:acc-17"]
    assert (verdict.state, verdict.since_wall_s) == ("up", 240.0 + WALL_S)


async def restart(build, city, inventory_now, *, now_s: float):
    """The daemon stops and starts: what the store has, recalled."""
    states = city.engine.states
    await city.store.save_devices(
        [
            remember(name, state, learned={}, wall_s=WALL_S, ports=city.engine.ports(name))
            for name, state in states.items()
        ]
    )
    again = build(inventory_now)
    stored = again.store.load()
    found, refused = recall(stored.devices, stored.device_verdicts(), Resumption(now_s=now_s, wall_s=WALL_S))
    assert refused == {}
    again.engine.restore(found, stored.check_verdicts(), city_memory(stored.verdicts.values()))
    return again


async def test_after_a_restart_the_verdict_found_again_is_no_event_and_keeps_its_since(build):
    city = build(town("acc-1"))
    await city.discovered(10.0, "acc-1")
    since = city.engine.states["acc-1"].verdict_since_wall_s
    again = await restart(build, city, town("acc-1"), now_s=100.0)
    await again.at(100.0)
    assert again.verdict("acc-1") == "unknown"  # nothing is known until it is seen again
    await again.at(110.0, again.polled("acc-1", Lane.STATUS, 110.0))
    assert again.verdict("acc-1") == "up"
    assert again.engine.states["acc-1"].verdict_since_wall_s == since
    assert len(again.recorded("device.state")) == 1


async def test_after_a_restart_another_verdict_is_an_event_found_after_a_gap(build):
    city = build(one_pinged())
    await city.at(10.0, answered("acc-17", 10.0))
    again = await restart(build, city, one_pinged(), now_s=100.0)
    await again.at(105.0, *lost("acc-17", 101.0))
    (_, _, found) = again.recorded("device.state")[-1]
    assert (found["from"], found["to"], found["found_after_gap"]) == ("up", "down", True)


async def test_after_a_restart_counters_go_on_without_a_rediscovery(build):
    city = build(town("acc-1"))
    await city.discovered(10.0, "acc-1")
    again = await restart(build, city, town("acc-1"), now_s=100.0)
    await again.at(110.0, again.polled("acc-1", Lane.STATUS, 110.0))
    await again.at(111.0, again.polled("acc-1", Lane.TRAFFIC, 111.0))
    assert again.told("netwatch_interface_receive_bytes_total", interface="Gi1/0/1") == [111_000_000]
    assert again.hints.looks == []


async def test_what_is_remembered_of_a_device_that_is_no_longer_in_the_inventory_stays_in_the_store(build):
    city = build(town("acc-1", "acc-2"))
    await city.discovered(10.0, "acc-1", "acc-2")
    again = await restart(build, city, town("acc-1"), now_s=100.0)
    await again.at(100.0)
    assert again.engine.states.keys() == {"acc-1"}
    assert b"acc-2" not in again.page()
    assert "acc-2" in again.store.load().devices


@pytest.mark.parametrize("lane", [Lane.STATUS, Lane.TRAFFIC])
async def test_a_poll_under_way_over_a_fresh_start_does_not_meet_a_map_of_the_same_epoch(build, lane):
    city = build(town("acc-1"))
    await city.discovered(10.0, "acc-1")
    old = city.polled("acc-1", lane, 20.0)
    city.engine.use(town())
    city.engine.use(town("acc-1"))
    city.switches["acc-1"].ports["7"] = city.switches["acc-1"].ports.pop("1")
    await city.discovered(30.0, "acc-1")
    assert old.epoch == city.engine.states["acc-1"].interfaces.epoch
    before = city.engine.states["acc-1"]
    await city.at(31.0, old)
    after = city.engine.states["acc-1"]
    assert (after.status, after.traffic) == (before.status, before.traffic)


async def test_after_a_restart_checks_and_ports_tell_only_what_changed(build):
    there = town("acc-1", cameras=(camera("cam-1"), camera("cam-2", port=None)))
    city = build(there)
    await city.discovered(10.0, "acc-1")
    await city.at(20.0, checked(15.0, name="cam-1", ok=False), checked(18.0, name="cam-1", ok=False))
    await city.at(20.2, checked(16.0, name="cam-2"), city.polled("acc-1", Lane.STATUS, 20.1))
    before = city.recorded()
    again = await restart(build, city, there, now_s=100.0)
    again.switches = city.switches
    await again.at(110.0, again.polled("acc-1", Lane.STATUS, 110.0), checked(108.0, name="cam-1", ok=False))
    await again.at(111.0, checked(110.0, name="cam-1", ok=False), checked(110.0, name="cam-2"))
    assert again.recorded() == before
    city.switches["acc-1"].ports["1"].oper = 2
    third = await restart(build, again, there, now_s=200.0)
    third.switches = city.switches
    await third.at(210.0, third.polled("acc-1", Lane.STATUS, 210.0), checked(209.0, name="cam-1"))
    told = [(kind, subject, detail.get("found_after_gap")) for kind, subject, detail in third.recorded()[len(before) :]]
    assert sorted(told) == [
        ("check.state", "field_device:cam-1", True),
        ("fault.changed", "field_device:cam-1", None),
        ("field_device.state", "field_device:cam-1", True),
        ("interface.state", "port:acc-1 Gi1/0/1", True),
    ]


async def test_a_check_that_goes_up_and_down_is_one_row_of_the_store(build):
    city = build(town("acc-1", cameras=(camera("cam-1"),)))
    await city.at(10.0, checked(9.0))
    await city.at(30.0, checked(20.0, ok=False), checked(25.0, ok=False))
    verdict = city.store.load().verdicts["field_device:cam-1 tcp/554"]
    assert (verdict.kind, verdict.state, verdict.since_wall_s) == ("check.state", "down", 20.0 + WALL_S)
