"""Which profile a device is asked by, as the poller finds out: by what the device says, probes, reloads and swaps."""

from dataclasses import replace

import pytest

from netwatch.collect.agent import Agent
from netwatch.collect.asking import asking
from netwatch.collect.requests import Shared
from netwatch.core.model import Lane, SnmpVersion
from netwatch.core.observation import Completeness
from netwatch.profiles.load import plan_for
from netwatch.snmp import ber
from netwatch.snmp.mux import Mux
from tests.contract.snmp_agents import Agent as Box
from tests.contract.snmp_agents import running
from tests.polling import device, shipped_profiles
from tests.switches import switch

SYS_OBJECT_ID = "1.3.6.1.2.1.1.2.0"
HIKVISION = {
    "1.3.6.1.4.1.39165.1.1.0": (ber.OCTET_STRING, b"DS-2CD2185FWD-I"),
    "1.3.6.1.4.1.39165.1.7.0": (ber.OCTET_STRING, b"15 PERCENT"),
}
MOXA = {
    "1.3.6.1.4.1.8691.7.84.1.2.0": (ber.OCTET_STRING, b"EDS-510E"),
    "1.3.6.1.4.1.8691.7.84.1.10.11.1.9.2": (ber.OCTET_STRING, b"-5.3"),
    "1.3.6.1.4.1.8691.7.85.1.10.11.1.9.1": (ber.OCTET_STRING, b"-7.1"),
}


@pytest.fixture
async def mux():
    one = Mux()
    yield one
    one.close()


@pytest.fixture(scope="module")
def profiles():
    return shipped_profiles()


def says(object_id):
    return {SYS_OBJECT_ID: (ber.OBJECT_ID, ber.oid_content(object_id))}


def agent_for(port, profiles, *, profile="auto", inner=False, **snmp):
    known = replace(device("sw-7", port=port, **snmp), profile=profile)
    plan = plan_for(known, profiles)
    agent = Agent("sw-7", asking(known, known.snmp), plan.inner if inner else plan, shared=Shared(), max_rows=100)
    agent.stand_at("127.0.0.1")
    return agent


async def poll(agent, mux, lane=Lane.DISCOVERY):
    return await agent.poll(mux, lane, deadline_s=1e12)


async def test_the_first_discovery_already_asks_by_the_profile_that_fits(mux, profiles):
    async with running(Box(switch(3) | MOXA | says("1.3.6.1.4.1.8691.7.84"))) as box:
        agent = agent_for(box.port, profiles)
        seen = await poll(agent, mux)
        assert (seen.plan.profile, seen.plan.model_arc, seen.completeness) == ("moxa", "84", Completeness.COMPLETE)
        assert agent.why == "sysObjectID 1.3.6.1.4.1.8691.7.84 begins with 1.3.6.1.4.1.8691.7"
        assert seen.tables["moxa_fibre"].indexes == ("2",)
        health = await poll(agent, mux, Lane.HEALTH)
        assert health.tables["moxa_fibre"].columns["rx"] == [b"-5.3"]


@pytest.mark.parametrize("version", [SnmpVersion.V1, SnmpVersion.V2C])
async def test_a_camera_without_a_system_group_is_known_by_a_probe(mux, profiles, version):
    async with running(Box(switch(0) | HIKVISION)) as box:
        agent = agent_for(box.port, profiles, version=version)
        seen = await poll(agent, mux)
        assert seen.plan.profile == "hikvision"
        health = await poll(agent, mux, Lane.HEALTH)
        assert health.tables["camera"].columns["cpu"] == [b"15 PERCENT"]


async def test_a_box_swapped_for_another_model_is_asked_by_that_models_objects(mux, profiles):
    async with running(Box(switch(3) | MOXA | says("1.3.6.1.4.1.8691.7.84"))) as box:
        agent = agent_for(box.port, profiles)
        await poll(agent, mux)
        box.tree = Box(switch(3) | MOXA | says("1.3.6.1.4.1.8691.7.85")).tree
        seen = await poll(agent, mux)
        assert (seen.plan.model_arc, seen.tables["moxa_fibre"].indexes) == ("85", ("1",))


async def test_what_the_inventory_names_is_asked_whatever_the_device_says(mux, profiles):
    async with running(Box(switch(3) | MOXA | says("1.3.6.1.4.1.8691.7.84"))) as box:
        agent = agent_for(box.port, profiles, profile="standard")
        assert (await poll(agent, mux)).plan.profile == "standard"
        assert agent.why == "the inventory says so"


async def test_a_device_nobody_has_described_gets_what_the_standard_mibs_give(mux, profiles):
    async with running(Box(switch(3) | says("1.3.6.1.4.1.99999.1"))) as box:
        agent = agent_for(box.port, profiles)
        seen = await poll(agent, mux)
        assert (seen.plan.profile, seen.tables["interface"].indexes) == ("standard", ("1", "2", "3"))
        assert "1.3.6.1.4.1.99999.1" in agent.why


async def test_an_inner_device_is_asked_no_forwarding_table_by_its_own_profile_either(mux, profiles):
    async with running(Box(switch(3) | MOXA | says("1.3.6.1.4.1.8691.7.84"))) as box:
        agent = agent_for(box.port, profiles, inner=True)
        seen = await poll(agent, mux)
        assert seen.plan.profile == "moxa"
        assert not any(table.edge_only for table in seen.plan.tables)


async def test_a_reload_keeps_the_profile_that_was_found_and_its_rows(mux, profiles):
    async with running(Box(switch(3) | MOXA | says("1.3.6.1.4.1.8691.7.84"))) as box:
        before = agent_for(box.port, profiles)
        await poll(before, mux)
        after = agent_for(box.port, profiles)
        after.succeed(before)
        assert (after.plan.profile, after.plan.model_arc) == ("moxa", "84")
        health = await poll(after, mux, Lane.HEALTH)
        assert health.tables["moxa_fibre"].columns["rx"] == [b"-5.3"]


async def test_silence_chooses_nothing(mux, profiles):
    async with running(Box(switch(3) | says("1.3.6.1.4.1.8691.7.84"), lambda *_: [])) as box:
        agent = agent_for(box.port, profiles, timeout_s=0.05, retries=0)
        seen = await poll(agent, mux)
        assert (seen.completeness, seen.plan.profile) == (Completeness.FAILED, "standard")
        assert agent.why == "the device has not said yet what it is"
