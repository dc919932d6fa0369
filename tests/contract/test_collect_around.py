"""When the Collector has devices looked around, and whom it asks for forwarding tables."""

import asyncio
from dataclasses import replace

import pytest

from netwatch.collect import collector as collecting
from netwatch.collect.collector import Collector, Sink
from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.model import FieldDevice, Lane, PortRef, Role, Settings
from netwatch.core.neighbours.poe import PoeStatus
from netwatch.profiles.load import plan_for
from netwatch.simulate.growth import generate
from netwatch.simulate.server import Ports, simulate_city
from netwatch.simulate.world import How
from tests.polling import device, inventory, shipped_profiles, watching

EVERY_S = {Lane.STATUS: 0.4, Lane.TRAFFIC: 0.4, Lane.HEALTH: 3600.0, Lane.DISCOVERY: 3600.0}


@pytest.fixture
async def simulation():
    one = simulate_city(generate(switches=12, vendors=("ubiquoss",)), ports=Ports(snmp=0, echo=None, tcp=None))
    one.start()
    yield one
    one.stop()


def switch(simulation, name, role=Role.OTHER):
    address = simulation.city.city.devices[name].address
    return replace(device(name, address=address, port=simulation.snmp_port, every_s=EVERY_S), role=role)


def camera_on(name):
    port = PortRef(device=name, interface="1/1/1")
    return FieldDevice(id="cam-1", kind="cctv", site="hall", port=port)


def discovered(watch, name):
    return {table for seen in watch.of(name, Lane.DISCOVERY) for table in seen.tables}


async def test_a_core_is_asked_for_stations_only_where_field_devices_hang_on_it(simulation, tmp_path):
    stock = inventory(switch(simulation, "core-1", Role.CORE), switch(simulation, "acc-0001", Role.ACCESS))
    async with watching(tmp_path, stock) as watch:
        await watch.until(lambda: discovered(watch, "core-1") and discovered(watch, "acc-0001"))
        assert "lldp_neighbour" in discovered(watch, "core-1")
        assert "vlan_mac" not in discovered(watch, "core-1")
        assert "vlan_mac" in discovered(watch, "acc-0001")
        with_camera = replace(stock, field_devices={"cam-1": camera_on("core-1")})
        watch.use(with_camera)
        watch.collector.look_now("core-1", Lane.DISCOVERY)
        await watch.until(lambda: "vlan_mac" in discovered(watch, "core-1"))


async def test_power_is_known_at_once_after_the_first_discovery_and_anew_whenever_asked(simulation, tmp_path):
    camera = next(one for one in simulation.city.city.field_devices.values() if one.kind == "cctv" and not one.shared)
    name, port = camera.port.device, camera.port.interface
    async with watching(tmp_path, inventory(switch(simulation, name))) as watch:
        await watch.until(lambda: watch.engine.states[name].sightings.poe.get(port) is PoeStatus.DELIVERING)
        simulation.fail(f"field_device:{camera.id}", how=How.POWER)
        watch.collector.look_now(name, Lane.HEALTH)
        await watch.until(lambda: watch.engine.states[name].sightings.poe[port] is PoeStatus.SEARCHING)


async def test_after_a_restart_a_device_is_looked_around_soon(simulation, monkeypatch):
    monkeypatch.setattr(collecting, "LOOK_AROUND_WITHIN_S", 1.0)
    ports = simulation.city.city.devices["acc-0001"].ports
    rows = InterfaceMap(
        epoch=3,
        indexes=tuple(str(port.index) for port in ports),
        names=tuple(port.name for port in ports),
        aliases=("",) * len(ports),
        descriptions=("",) * len(ports),
        types=(6,) * len(ports),
    )
    seen, profiles = [], shipped_profiles()
    one = Collector(
        Sink(offer=seen.append, note_overrun=lambda *_: None, record=lambda _event: None, unfolded=lambda: 0),
        settings=Settings(),
        plan_for=lambda known: plan_for(known, profiles),
    )
    one.recall("acc-0001", rows, {})
    one.use(inventory(switch(simulation, "acc-0001")))
    await one.start()
    task = asyncio.create_task(one.run())
    try:
        async with asyncio.timeout(60.0):
            while not any(poll.lane is Lane.DISCOVERY for poll in seen):  # noqa: ASYNC110 - a list sets no event
                await asyncio.sleep(0.02)
    finally:
        await one.stop(drain_s=1.0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert next(poll for poll in seen if poll.lane is Lane.DISCOVERY).tables["poe_port"].indexes
    assert sum(poll.lane is Lane.DISCOVERY for poll in seen) == 1


async def test_what_a_doubt_had_put_off_is_looked_at_right_after_it(simulation, tmp_path):
    async with watching(tmp_path, inventory(switch(simulation, "acc-0001"))) as watch:
        await watch.until(lambda: watch.engine.states.get("acc-0001") and watch.engine.states["acc-0001"].sightings.poe)
        watch.collector.use_rows("acc-0001", replace(watch.engine.states["acc-0001"].interfaces, in_doubt=True))
        watch.seen.clear()
        watch.collector.look_now("acc-0001", Lane.DISCOVERY)
        await watch.until(lambda: len(watch.of("acc-0001", Lane.DISCOVERY)) == 2)
        first, second = (set(seen.tables) for seen in watch.of("acc-0001", Lane.DISCOVERY))
        assert first == {"interface"}
        assert "lldp_neighbour" in second
