"""Discovery of the tables beside the interfaces, and the power asked by what it found: against simulated switches and
small agents with a will of their own.
"""

import asyncio
import contextlib
from dataclasses import replace

import pytest

from netwatch.collect.agent import Agent
from netwatch.collect.asking import asking
from netwatch.collect.requests import Shared
from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.device.ports import Ground
from netwatch.core.device.record import DeviceState
from netwatch.core.device.state import Watched, fold
from netwatch.core.errors import Reason
from netwatch.core.model import Lane, PortRef, SnmpVersion
from netwatch.core.neighbours.poe import PoeStatus
from netwatch.core.observation import Completeness
from netwatch.profiles.load import plan_for
from netwatch.simulate.growth import generate
from netwatch.simulate.server import Ports, simulate_city
from netwatch.simulate.world import How
from netwatch.snmp import ber
from netwatch.snmp.message import PduType
from netwatch.snmp.mux import Mux
from tests.contract.snmp_agents import Agent as Box
from tests.contract.snmp_agents import running
from tests.polling import HALL, device, shipped_profiles
from tests.switches import switch

POE_ADMIN, POE_STATUS = "1.3.6.1.2.1.105.1.1.1.3", "1.3.6.1.2.1.105.1.1.1.6"
LLDP, LLDP_LOCAL, FDB = "1.0.8802.1.1.2.1.4.1.1", "1.0.8802.1.1.2.1.3.7", "1.3.6.1.2.1.17.7.1.2.2.1"
PORTS = 6
POE_TREE = {f"{POE_ADMIN}.1.{n}": (ber.INTEGER, 1) for n in range(1, PORTS + 1)}
POE_TREE |= {f"{POE_STATUS}.1.{n}": (ber.INTEGER, 3 if n == 2 else 2) for n in range(1, PORTS + 1)}
STATION = "1.0.64.140.0.0"


@pytest.fixture
async def mux():
    one = Mux()
    yield one
    one.close()


class Asked:
    """One device, polled and folded as the daemon does it."""

    def __init__(self, mux, *, port, address="127.0.0.1", every_s=None, **snmp):
        known = device("sw-7", port=port, address=address, every_s=every_s, **snmp)
        ground = Ground(device=known, charset="cp949", max_interfaces=2000, capacities_bps={})
        self.watched, self.state, self.mux = Watched(ground=ground, site=HALL), DeviceState(), mux
        plan = plan_for(known, shipped_profiles())
        self.agent = Agent("sw-7", asking(known, known.snmp), plan, shared=Shared(), max_rows=2000)
        self.agent.stand_at(address)

    async def poll(self, lane, within_s=10.0):
        self.agent.use_rows(self.state.interfaces)
        seen = await self.agent.poll(self.mux, lane, deadline_s=asyncio.get_running_loop().time() + within_s)
        if seen is not None:
            self.state = fold(self.watched, self.state, seen).state
        return seen


@contextlib.contextmanager
def simulated(vendor):
    simulation = simulate_city(generate(switches=12, vendors=(vendor,)), ports=Ports(snmp=0, echo=None, tcp=None))
    simulation.start()
    try:
        yield simulation
    finally:
        simulation.stop()


def walked(box, column):
    """How many GETBULKs asked below an object."""
    prefix = ber.oid_content(column)
    return sum(
        request.pdu_type is PduType.GET_BULK and any(one.oid.startswith(prefix) for one in request.varbinds)
        for request in box.requests
    )


@pytest.mark.parametrize("version", [SnmpVersion.V1, SnmpVersion.V2C])
@pytest.mark.parametrize("vendor", ["dasan", "moxa", "westermo", "cisco", "juniper", "huawei", "hirschmann"])
async def test_what_a_switch_sees_is_what_the_city_is_like(mux, vendor, version):
    with simulated(vendor) as simulation:
        city = simulation.city.city
        camera = next(one for one in city.field_devices.values() if one.kind == "cctv" and not one.shared)
        here = camera.port.device
        one = Asked(mux, port=simulation.snmp_port, address=city.devices[here].address, version=version)
        seen = await one.poll(Lane.DISCOVERY)
        await one.poll(Lane.HEALTH)
        assert seen.completeness is Completeness.COMPLETE
        ends = [end for link in city.links.values() for end in ((link.a, link.b), (link.b, link.a))]
        sightings = one.state.sightings
        expected = {(near.interface, far.device) for near, far in ends if near.device == here}
        assert {(found.interface, found.system_name) for found in sightings.neighbours} == expected
        assert sightings.macs[camera.port.interface] == {camera.mac}
        assert sightings.poe[camera.port.interface] is PoeStatus.DELIVERING
        assert (sightings.reasons, sightings.unmapped) == ({}, {})
        simulation.fail(f"field_device:{camera.id}", how=How.POWER)
        await one.poll(Lane.HEALTH)
        assert one.state.sightings.poe[camera.port.interface] is PoeStatus.SEARCHING
        await one.poll(Lane.DISCOVERY)
        assert one.state.sightings.macs[camera.port.interface] == frozenset()


async def test_a_moved_and_replaced_camera_is_seen_where_it_is(mux):
    with simulated("ubiquoss") as simulation:
        city = simulation.city.city
        camera = next(one for one in city.field_devices.values() if one.kind == "cctv" and not one.shared)
        one = Asked(mux, port=simulation.snmp_port, address=city.devices[camera.port.device].address)
        simulation.move(camera.id, PortRef(device=camera.port.device, interface="1/1/20"))
        simulation.exchange(camera.id, "00:12:34:56:78:9a")
        await one.poll(Lane.DISCOVERY)
        assert one.state.sightings.macs["1/1/20"] == {"00:12:34:56:78:9a"}
        assert one.state.sightings.macs[camera.port.interface] == frozenset()


async def test_a_switch_without_any_of_the_tables_is_asked_once_for_all_of_them(mux):
    async with running(Box(switch(PORTS))) as box:
        one = Asked(mux, port=box.port)
        await one.poll(Lane.DISCOVERY)
        asked = [request for request in box.requests if request.pdu_type is PduType.GET_BULK]
        assert walked(box, LLDP) == walked(box, FDB) == 1
        assert walked(box, LLDP_LOCAL) == 0, "nobody is heard, so nobody asks where"
        of_interfaces = walked(box, "1.3.6.1.2.1.2.2.1")
        assert len(asked) - of_interfaces == 1
        assert await one.poll(Lane.HEALTH) is None


async def test_status_and_traffic_ask_no_more_than_before(mux):
    async with running(Box(switch(PORTS) | POE_TREE)) as box:
        one = Asked(mux, port=box.port)
        await one.poll(Lane.DISCOVERY)
        for lane in (Lane.STATUS, Lane.TRAFFIC):
            box.requests.clear()
            seen = await one.poll(lane)
            assert set(seen.tables) == {"interface"}
            assert len(box.requests) <= 3
            assert not any(one.dotted.startswith(POE_STATUS) for request in box.requests for one in request.varbinds)


async def test_power_is_asked_by_the_rows_found_in_one_request(mux):
    async with running(Box(switch(PORTS) | POE_TREE)) as box:
        one = Asked(mux, port=box.port)
        await one.poll(Lane.DISCOVERY)
        box.requests.clear()
        seen = await one.poll(Lane.HEALTH)
        assert (seen.completeness, len(box.requests)) == (Completeness.COMPLETE, 1)
        assert one.state.sightings.poe["Gi1/0/2"] is PoeStatus.DELIVERING
        assert len(one.state.sightings.poe) == PORTS


async def test_the_power_ports_are_handed_on_at_a_reload_and_kept_when_a_walk_fails(mux):
    quiet = ber.oid_content(POE_ADMIN)

    def twist(box, request, answer):
        return [] if box.hushed and any(one.oid.startswith(quiet) for one in request.varbinds) else [answer]

    async with running(Box(switch(PORTS) | POE_TREE, twist)) as box:
        box.hushed = False
        before = Asked(mux, port=box.port, timeout_s=0.05, retries=0)
        await before.poll(Lane.DISCOVERY)
        box.hushed = True
        seen = await before.poll(Lane.DISCOVERY)
        assert (seen.completeness, seen.tables["poe_port"].reason) == (Completeness.PARTIAL, Reason.TIMEOUT)
        assert seen.tables["interface"].reason is None
        after = Asked(mux, port=box.port)
        after.agent.succeed(before.agent)
        after.state = before.state
        assert (await after.poll(Lane.HEALTH)).tables["poe_port"].indexes == tuple(f"1.{n}" for n in range(1, 7))
        assert len(after.state.sightings.poe) == PORTS


async def test_a_table_that_silences_the_agent_costs_itself_alone(mux):
    bad = ber.oid_content(LLDP)

    def twist(_box, request, answer):
        return [] if any(one.oid.startswith(bad) for one in request.varbinds) else [answer]

    tree = switch(PORTS) | POE_TREE | {f"{FDB}.2.{STATION}.1": (ber.INTEGER, 2)}
    async with running(Box(tree, twist)) as box:
        one = Asked(mux, port=box.port, timeout_s=0.05, retries=0)
        seen = await one.poll(Lane.DISCOVERY)
        assert (seen.completeness, seen.reason) == (Completeness.PARTIAL, Reason.TIMEOUT)
        assert seen.tables["lldp_neighbour"].reason is Reason.TIMEOUT
        assert {name for name, table in seen.tables.items() if table.reason} == {"lldp_neighbour"}
        assert seen.tables["vlan_mac"].indexes == (f"{STATION}.1",)
        assert "lldp_v2_neighbour" not in seen.tables, "it stands in for a table that is empty, not for one unread"
        assert one.state.interfaces.names
        assert not one.state.interfaces.in_doubt


async def test_a_table_that_took_all_patience_comes_last_the_next_time(mux):
    bad = ber.oid_content(LLDP)

    def twist(_box, request, answer):
        return [] if any(one.oid.startswith(bad) for one in request.varbinds) else [answer]

    tree = switch(PORTS) | {f"{FDB}.2.{STATION}.1": (ber.INTEGER, 2)}
    async with running(Box(tree, twist)) as box:
        one = Asked(mux, port=box.port, timeout_s=0.2, retries=2)
        one.agent.patience_s = 0.3
        seen = await one.poll(Lane.DISCOVERY)
        assert seen.tables["vlan_mac"].reason is Reason.DEADLINE
        seen = await one.poll(Lane.DISCOVERY)
        assert {name for name, table in seen.tables.items() if table.reason} == {"lldp_neighbour"}
        assert seen.tables["vlan_mac"].indexes == (f"{STATION}.1",)


async def test_an_agent_that_falls_silent_after_its_interfaces_is_not_asked_for_all_the_rest(mux):
    above = ber.oid_content("1.3.6.1.2.1.2")

    def twist(_box, request, answer):
        of_interfaces = any(one.oid.startswith(above) for one in request.varbinds)
        return [answer] if request.pdu_type is PduType.GET or of_interfaces else []

    async with running(Box(switch(PORTS), twist)) as box:
        one = Asked(mux, port=box.port, timeout_s=0.05, retries=0)
        seen = await one.poll(Lane.DISCOVERY)
        assert seen.tables["interface"].reason is None
        unread = {name for name, table in seen.tables.items() if table.reason is Reason.TIMEOUT}
        assert unread == set(seen.tables) - {"interface"}
        assert sum(request.pdu_type is PduType.GET_BULK for request in box.requests) < 10
        assert one.state.interfaces.names


async def test_a_slow_agent_is_left_after_half_a_status_interval_with_what_it_told(mux):
    def twist(box, request, answer):
        slow = any(one.oid.startswith(ber.oid_content(FDB)) for one in request.varbinds)
        box.send(answer, after_s=0.2 if slow else 0.0)
        return []

    table = {f"{FDB}.2.{STATION}.{n}": (ber.INTEGER, 2) for n in range(250)}
    async with running(Box(switch(PORTS) | table, twist)) as box:
        one = Asked(mux, port=box.port, every_s={Lane.STATUS: 1.0}, timeout_s=1.0)
        one.agent.patience_s = 0.7
        seen = await one.poll(Lane.DISCOVERY)
        assert seen.tables["vlan_mac"].reason is Reason.DEADLINE
        assert 20 <= len(seen.tables["vlan_mac"].indexes) < 250
        assert seen.finished_s - seen.started_s < 1.5


async def test_more_rows_than_a_table_may_have_are_cut_off_and_told(mux):
    async with running(Box(switch(PORTS) | {f"{FDB}.2.{STATION}.{n}": (ber.INTEGER, 2) for n in range(30)})) as box:
        one = Asked(mux, port=box.port)
        plan = one.agent.plan
        capped = tuple(replace(table, max_rows=20) if table.name == "vlan_mac" else table for table in plan.tables)
        one.agent.plan = replace(plan, tables=capped)
        seen = await one.poll(Lane.DISCOVERY)
        assert (seen.reason, seen.tables["vlan_mac"].reason) == (Reason.TRUNCATED, Reason.TRUNCATED)
        assert len(seen.tables["vlan_mac"].indexes) == 20
        assert one.state.interfaces != InterfaceMap()


async def test_while_rows_are_in_doubt_the_interfaces_are_looked_for_alone_and_the_rest_next(mux):
    async with running(Box(switch(PORTS) | POE_TREE)) as box:
        one = Asked(mux, port=box.port)
        await one.poll(Lane.DISCOVERY)
        sightings = one.state.sightings
        one.state = replace(one.state, interfaces=replace(one.state.interfaces, in_doubt=True))
        seen = await one.poll(Lane.DISCOVERY)
        assert set(seen.tables) == {"interface"}
        assert (one.agent.rest_is_due, one.state.interfaces.in_doubt) == (True, False)
        assert one.state.sightings.read_wall_s["neighbours"] == sightings.read_wall_s["neighbours"]
        assert one.state.sightings.poe_interfaces is sightings.poe_interfaces
        one.state = replace(one.state, interfaces=replace(one.state.interfaces, in_doubt=True))
        seen = await one.poll(Lane.DISCOVERY)
        assert "poe_port" in seen.tables, "once put off is enough, whatever has become of the doubt"
        assert not one.agent.rest_is_due
