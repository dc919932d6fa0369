from dataclasses import replace

from netwatch.core.model import Lane, Link, PortRef
from tests.unit.core.polled import PING_ONLY, make_device
from tests.unit.engine.test_engine_flow import answered, lost
from tests.unit.engine.town import FAR_SITE, WITH_CANARY, camera, checked, inventory, town


async def watched_town(build, *names: str, **changes: object):
    city = build(town(*names, **changes))
    await city.discovered(10.0, *names)
    await city.at(11.0, *(answered(name, 11.0) for name in names))
    return city


async def test_a_removed_device_vanishes_from_the_pages_at_once(build):
    city = await watched_town(build, "acc-1", "acc-2")
    city.engine.use(town("acc-1"))
    assert b'device="acc-2"' not in city.page()
    assert b'device="acc-1"' in city.page()
    await city.at(12.0, answered("acc-2", 12.0), city.polled("acc-1", Lane.STATUS, 12.0))
    assert b'device="acc-2"' not in city.page()
    assert city.engine.states.keys() == {"acc-1"}


async def test_a_device_removed_while_its_answer_waits_in_the_inbox_stays_away(build):
    city = await watched_town(build, "acc-1", "acc-2")
    city.engine.offer(city.polled("acc-2", Lane.TRAFFIC, 12.0))
    city.engine.note_overrun("acc-2", Lane.STATUS)
    city.engine.use(town("acc-1"))
    await city.at(13.0)
    assert b'device="acc-2"' not in city.page()


async def test_a_device_that_comes_back_begins_anew(build):
    city = await watched_town(build, "acc-1", "acc-2")
    city.engine.use(town("acc-1"))
    city.engine.use(town("acc-1", "acc-2"))
    await city.at(12.0)
    assert city.verdict("acc-2") == "unknown"
    assert city.engine.states["acc-2"].interfaces.epoch == 0


async def test_a_reload_that_changes_nothing_repeats_no_event_and_touches_no_page(build):
    city = await watched_town(build, "acc-1", "acc-2", cameras=(camera(),))
    city.engine.use(city_of := town("acc-1", "acc-2", cameras=(camera(),)))
    await city.at(12.0, checked(12.0), *lost("acc-1", 12.0))
    before, events = dict(city.pages.devices) | dict(city.pages.field_devices), city.recorded()
    city.engine.use(city_of)
    await city.at(12.1)
    after = dict(city.pages.devices) | dict(city.pages.field_devices)
    assert {name: after[name] is before[name] for name in before} == dict.fromkeys(before, True)
    assert city.recorded() == events


async def test_a_changed_device_keeps_its_state_and_gets_its_new_labels(build):
    city = await watched_town(build, "acc-1")
    before = city.engine.states["acc-1"]
    moved = replace(make_device("acc-1", address="10.20.1.0"), site=FAR_SITE.id)
    city.engine.use(inventory(moved))
    assert city.engine.states["acc-1"] is before
    await city.at(12.0)
    assert city.verdict("acc-1") == "up"
    assert city.told("netwatch_interface_up", site=FAR_SITE.id) == [1, 1]
    assert city.told("netwatch_interface_up", site="okjeong-3") == []
    assert len(city.recorded("device.state")) == 1


async def test_a_device_that_is_down_is_not_told_again_by_a_reload(build):
    device = replace(PING_ONLY, id="acc-1")
    city = build(inventory(device))
    await city.at(10.0, answered("acc-1", 10.0))
    await city.at(22.0, *lost("acc-1", 20.0))
    city.engine.use(inventory(replace(device, name="교차로 17")))
    await city.at(25.0, *lost("acc-1", 24.0))
    assert city.verdict("acc-1") == "down"
    assert [detail["to"] for _, _, detail in city.recorded("device.state")] == ["up", "down"]


async def test_a_device_at_another_address_is_kept_but_its_rows_wait_for_a_discovery(build):
    city = await watched_town(build, "acc-1")
    city.engine.use(inventory(make_device("acc-1", address="10.99.0.1")))
    await city.at(12.0)
    assert city.verdict("acc-1") == "up"
    assert city.told("netwatch_interface_up") == []
    await city.at(20.0, city.polled("acc-1", Lane.STATUS, 20.0))
    assert ("acc-1", Lane.DISCOVERY) in city.hints.looks


async def test_a_new_capacity_reaches_the_page_with_the_next_poll(build):
    city = await watched_town(build, "acc-1")
    end = PortRef(device="acc-1", interface="Gi1/0/1")
    link = Link(id="l-1", a=end, b=PortRef(device="elsewhere", interface="x"), capacity_bps=80_000)
    city.engine.use(town("acc-1", "elsewhere", links={"l-1": link}))
    await city.at(12.0, city.polled("acc-1", Lane.STATUS, 12.0))
    assert city.told("netwatch_interface_speed_bytes_per_second", interface="Gi1/0/1") == [10_000]


async def test_a_removed_field_device_vanishes_and_a_changed_one_keeps_how_it_stands(build):
    cameras = (camera("cam-1"), camera("cam-2"))
    city = await watched_town(build, "acc-1", cameras=cameras)
    await city.at(12.0, checked(12.0), checked(12.0, name="cam-2"))
    city.engine.use(town("acc-1", cameras=(camera("cam-1", site=FAR_SITE.id),)))
    assert b"cam-2" not in city.page()
    await city.at(13.0, checked(13.0, name="cam-2"))
    assert b"cam-2" not in city.page()
    assert city.told("netwatch_field_device_check_up", site=FAR_SITE.id) == [1]


async def test_canaries_that_the_inventory_drops_no_longer_blind_anyone(build):
    city = build(town("acc-1", vantage=WITH_CANARY))
    await city.at(15.0, *(replace(one, subject="canary:10.20.0.254") for one in lost("x", 10.0)))
    assert city.engine.view.is_lit is False
    city.engine.use(town("acc-1"))
    await city.at(20.0, answered("acc-1", 20.0))
    assert city.verdict("acc-1") == "up"
    assert city.told("netwatch_vantage_up") == []
