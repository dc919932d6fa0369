"""One device as the poller asks it: Agent against our simulator and against small agents with a will of their own."""

import asyncio
import contextlib
from dataclasses import replace

import pytest

from netwatch.collect.agent import Agent
from netwatch.collect.asking import asking
from netwatch.collect.requests import Shared
from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.errors import Reason
from netwatch.core.model import Lane, SnmpVersion
from netwatch.core.observation import Completeness
from netwatch.core.plan import Column, Syntax
from netwatch.profiles.load import plan_for
from netwatch.simulate.server import Ports, serve_recordings
from netwatch.snmp import ber
from netwatch.snmp.message import PduType
from netwatch.snmp.mux import Mux
from tests.contract.snmp_agents import Agent as Box
from tests.contract.snmp_agents import running
from tests.own_time import own_time
from tests.polling import device, shipped_profiles
from tests.switches import IF_HC_IN, IF_IN, IF_NAME, IF_OPER, IN_FROM, UPTIME, snmprec, switch

PORTS = 6
ROWS = InterfaceMap(
    epoch=1,
    indexes=tuple(map(str, range(1, PORTS + 1))),
    names=tuple(f"Gi1/0/{index}" for index in range(1, PORTS + 1)),
)


@pytest.fixture
async def mux():
    one = Mux()
    yield one
    one.close()


def agent_for(port, *, rows=ROWS, max_rows=100, shared=None, **snmp):
    known = device("sw-7", port=port, **snmp)
    how = asking(known, known.snmp)
    agent = Agent("sw-7", how, plan_for(known, shipped_profiles()), shared=shared or Shared(), max_rows=max_rows)
    agent.stand_at("127.0.0.1")
    agent.use_rows(rows)
    return agent


async def poll(agent, mux, lane, within_s=5.0):
    return await agent.poll(mux, lane, deadline_s=asyncio.get_running_loop().time() + within_s)


@contextlib.asynccontextmanager
async def simulated(tmp_path, tree):
    """The tree behind our own simulator."""
    file = tmp_path / "switch.snmprec"
    file.write_text(snmprec(tree))
    simulation = serve_recordings({"127.0.0.1": file}, ports=Ports(snmp=0, echo=None, tcp=None))
    simulation.start()
    try:
        yield simulation.snmp_port
    finally:
        simulation.stop()


def gets_of(box, column):
    """How often a column was asked by GET."""
    return sum(
        varbind.dotted.startswith(f"{column}.")
        for request in box.requests
        if request.pdu_type is PduType.GET
        for varbind in request.varbinds
    )


# HC or 32-bit, per port


@pytest.mark.parametrize("version", [SnmpVersion.V1, SnmpVersion.V2C])
async def test_each_port_is_read_by_the_widest_counter_it_has(tmp_path, mux, version):
    tree = switch(PORTS)
    del tree[f"{IF_HC_IN}.3"]
    async with simulated(tmp_path, tree) as port:
        agent = agent_for(port, version=version)
        for _ in range(2):
            seen = await poll(agent, mux, Lane.TRAFFIC)
            table = seen.tables["interface"]
            hc = [] if version is SnmpVersion.V1 else [1, 2, 4, 5, 6]
            expected = [IN_FROM + index if index in hc else (IN_FROM + index) % 2**32 for index in range(1, PORTS + 1)]
            assert list(table.columns["receive_bytes"]) == expected
            assert list(table.widths["receive_bytes"]) == [64 if index in hc else 32 for index in range(1, PORTS + 1)]
            assert (seen.completeness, seen.reason) == (Completeness.COMPLETE, None)


async def test_the_other_counter_is_learned_within_one_poll_and_asked_directly_afterwards(mux):
    async with running(Box(switch(PORTS, high_capacity=False))) as box:
        agent = agent_for(box.port)
        assert None not in (await poll(agent, mux, Lane.TRAFFIC)).tables["interface"].columns["receive_bytes"]
        assert (gets_of(box, IF_HC_IN), gets_of(box, IF_IN)) == (PORTS, PORTS)
        await poll(agent, mux, Lane.TRAFFIC)
        assert (gets_of(box, IF_HC_IN), gets_of(box, IF_IN)) == (PORTS, 2 * PORTS)


async def test_a_discovery_lets_every_port_be_asked_by_its_wide_counter_again(mux):
    """An agent that has just booted may not have its ifXTable yet; 32 bits at 10 Gbit/s are no counter."""
    full = {ber.oid_content(oid): typed for oid, typed in switch(PORTS).items()}
    async with running(Box(switch(PORTS, high_capacity=False))) as box:
        agent = agent_for(box.port)
        first = await poll(agent, mux, Lane.TRAFFIC)
        assert set(first.tables["interface"].widths["receive_bytes"]) == {32}
        box.tree, box.order = full, sorted(full, key=ber.content_arcs)
        await poll(agent, mux, Lane.DISCOVERY)
        again = await poll(agent, mux, Lane.TRAFFIC)
        assert set(again.tables["interface"].widths["receive_bytes"]) == {64}


async def test_one_row_that_only_errs_does_not_keep_the_others_from_their_narrow_counters(mux):
    bad = ber.oid_content(f"{IF_IN}.2"), ber.oid_content(f"{IF_HC_IN}.2")

    def twist(_box, request, answer):
        at = [index for index, varbind in enumerate(request.varbinds, 1) if varbind.oid in bad]
        if not at or request.pdu_type is not PduType.GET:
            return [answer]
        return [replace(answer, varbinds=request.varbinds, error_status=5, error_index=at[0])]

    async with running(Box(switch(PORTS, high_capacity=False), twist)) as box:
        seen = await poll(agent_for(box.port), mux, Lane.TRAFFIC)
        cells = seen.tables["interface"].columns["receive_bytes"]
        assert [index for index, cell in enumerate(cells, 1) if cell is None] == [2]
        assert (seen.completeness, seen.reason) == (Completeness.PARTIAL, Reason.AGENT_ERROR)


async def test_an_snmpv1_agents_missing_objects_are_pruned_and_asked_no_more(mux):
    tree = switch(PORTS, high_capacity=False)
    async with running(Box(tree)) as box:
        agent = agent_for(box.port, version=SnmpVersion.V1)
        first = await poll(agent, mux, Lane.STATUS)
        assert (first.completeness, first.reason) == (Completeness.COMPLETE, None)
        assert list(first.tables["interface"].columns["oper"]) == [1, 1, 1, 1, 2, 1]
        assert set(first.tables["interface"].columns["high_speed"]) == {None}
        asked = len(box.requests)
        assert asked > PORTS
        again = await poll(agent, mux, Lane.STATUS)
        assert again.tables["interface"].columns == first.tables["interface"].columns
        assert len(box.requests) == asked + 1


# rows in doubt, and rows unknown


async def test_rows_in_doubt_are_not_asked_and_the_scalars_are(mux):
    async with running(Box(switch(PORTS))) as box:
        agent = agent_for(box.port, rows=replace(ROWS, in_doubt=True))
        seen = await poll(agent, mux, Lane.STATUS)
        assert (seen.tables, seen.scalars["sys_uptime"]) == ({}, 123_456)
        assert await poll(agent, mux, Lane.TRAFFIC) is None
        assert gets_of(box, IF_OPER) == gets_of(box, IF_HC_IN) == 0
        agent.use_rows(replace(ROWS, epoch=2))
        seen = await poll(agent, mux, Lane.TRAFFIC)
        assert (seen.epoch, seen.tables["interface"].indexes) == (2, ROWS.indexes)


async def test_every_row_has_the_time_and_the_uptime_of_the_pdu_that_carried_it(mux):
    ticks = iter(range(1000, 2000))

    def twist(_box, _request, answer):
        uptime = ber.oid_content(UPTIME)
        now = next(ticks)
        return [
            replace(
                answer,
                varbinds=tuple(one._replace(value=now) if one.oid == uptime else one for one in answer.varbinds),
            )
        ]

    async with running(Box(switch(PORTS), twist)) as box:
        agent = agent_for(box.port)
        agent.remember({"size": 30, "proven": 30, "ceiling": 30})  # two rows of 13 to a PDU
        seen = await poll(agent, mux, Lane.TRAFFIC)
        table = seen.tables["interface"]
        assert list(table.uptime_ticks) == [1000, 1000, 1001, 1001, 1002, 1002]
        assert seen.pdus == 3
        assert table.at_s[0] == table.at_s[1] < table.at_s[2] < table.at_s[4] <= seen.finished_s
        assert seen.started_s <= table.at_s[0]
        assert 0 < table.slack_s < 0.3


# discovery


async def test_a_discovery_finds_the_rows_with_their_texts_in_the_order_of_their_indexes(mux):
    tree = {oid: typed for oid, typed in switch(12).items() if oid != f"{IF_NAME}.4"}
    async with running(Box(tree)) as box:
        agent = agent_for(box.port, rows=InterfaceMap())
        seen = await poll(agent, mux, Lane.DISCOVERY)
    table = seen.tables["interface"]
    assert (seen.completeness, table.reason) == (Completeness.COMPLETE, None)
    assert table.indexes == tuple(map(str, range(1, 13)))
    assert table.columns["name"][2:5] == [b"Gi1/0/3", None, b"Gi1/0/5"]
    assert table.columns["description"][3] == b"GigabitEthernet 1/0/4"
    assert table.columns["type"] == [6] * 12
    assert seen.scalars["sys_name"] == "교차로-7".encode()


async def test_a_device_without_any_interface_has_a_complete_table_of_none(mux):
    async with running(Box({UPTIME: (ber.TIME_TICKS, 1)})) as box:
        agent = agent_for(box.port, rows=InterfaceMap())
        seen = await poll(agent, mux, Lane.DISCOVERY)
        assert (seen.completeness, seen.tables["interface"].indexes) == (Completeness.COMPLETE, ())


async def test_more_rows_than_twice_the_cap_are_cut_off_and_told(mux):
    async with running(Box(switch(12))) as box:
        seen = await poll(agent_for(box.port, max_rows=3), mux, Lane.DISCOVERY)
    assert (seen.completeness, seen.reason) == (Completeness.PARTIAL, Reason.TRUNCATED)
    assert len(seen.tables["interface"].indexes) == 6


async def test_a_column_in_circles_makes_the_table_partial_and_the_other_columns_whole(mux):
    def twist(box, request, answer):
        if request.pdu_type is PduType.GET:
            return [answer]
        back, limit, beyond = (ber.oid_content(f"{IF_NAME}.{index}") for index in (2, 4, 999))
        turned = tuple(box.get(back) if limit < one.oid < beyond else one for one in answer.varbinds)
        return [replace(answer, varbinds=turned)]

    async with running(Box(switch(PORTS), twist)) as box:
        seen = await poll(agent_for(box.port), mux, Lane.DISCOVERY)
    table = seen.tables["interface"]
    assert (seen.completeness, table.reason) == (Completeness.PARTIAL, Reason.LOOP)
    assert table.columns["name"] == [b"Gi1/0/1", b"Gi1/0/2", b"Gi1/0/3", b"Gi1/0/4", None, None]
    assert None not in table.columns["description"]


async def test_an_agent_that_dies_in_the_walk_leaves_a_partial_table(mux):
    def twist(_box, request, answer):
        return [answer] if request.pdu_type is PduType.GET else []

    async with running(Box(switch(PORTS), twist)) as box:
        agent = agent_for(box.port, rows=InterfaceMap(), timeout_s=0.05, retries=0)
        seen = await poll(agent, mux, Lane.DISCOVERY)
        assert (seen.completeness, seen.reason) == (Completeness.PARTIAL, Reason.TIMEOUT)
        assert seen.tables["interface"].indexes == ()


async def test_a_silent_device_is_not_walked(mux):
    async with running(Box(switch(PORTS), lambda *_: [])) as box:
        seen = await poll(agent_for(box.port, timeout_s=0.05, retries=1), mux, Lane.DISCOVERY)
        assert (seen.completeness, seen.reason) == (Completeness.FAILED, Reason.TIMEOUT)
        assert {request.pdu_type for request in box.requests} == {PduType.GET}


# what goes wrong


async def test_a_deadline_gives_what_was_read_until_then(mux):
    def twist(box, _request, answer):
        return [answer] if len(box.requests) <= 1 else []

    async with running(Box(switch(PORTS), twist)) as box:
        agent = agent_for(box.port, timeout_s=9.0)
        agent.remember({"size": 30, "proven": 30, "ceiling": 30})
        with own_time():
            seen = await poll(agent, mux, Lane.TRAFFIC, within_s=0.3)
        table = seen.tables["interface"]
    assert (seen.completeness, seen.reason) == (Completeness.PARTIAL, Reason.DEADLINE)
    assert [cell is not None for cell in table.columns["receive_bytes"]] == [True, True] + [False] * 4
    assert [at_s == at_s for at_s in table.at_s] == [True, True] + [False] * 4  # noqa: PLR0124 - NaN
    assert seen.finished_s - seen.started_s < 0.6


async def test_silence_is_a_failed_poll_with_its_reason_although_the_rows_are_known(mux):
    async with running(Box(switch(PORTS), lambda *_: [])) as box:
        agent = agent_for(box.port, timeout_s=0.05, retries=0)
        for lane in (Lane.STATUS, Lane.TRAFFIC):
            seen = await poll(agent, mux, lane)
            assert (seen.completeness, seen.reason) == (Completeness.FAILED, Reason.TIMEOUT)


async def test_an_object_of_a_wrong_syntax_is_told_and_the_rest_of_its_row_kept(mux):
    tree = switch(PORTS) | {f"{IF_OPER}.2": (ber.OCTET_STRING, b"up")}
    async with running(Box(tree)) as box:
        seen = await poll(agent_for(box.port), mux, Lane.STATUS)
    table = seen.tables["interface"]
    assert (seen.completeness, table.reason) == (Completeness.PARTIAL, Reason.WRONG_TYPE)
    assert list(table.columns["oper"]) == [1, None, 1, 1, 2, 1]
    assert None not in table.columns["admin"]


async def test_an_agent_that_answers_only_errors_answers(mux):
    def twist(_box, request, answer):
        return [replace(answer, varbinds=request.varbinds, error_status=5, error_index=0)]

    async with running(Box(switch(PORTS), twist)) as box:
        seen = await poll(agent_for(box.port), mux, Lane.STATUS)
    assert (seen.completeness, seen.reason) == (Completeness.FAILED, Reason.AGENT_ERROR)


async def test_a_second_reading_by_other_counters_that_fails_does_not_cost_the_first(mux):
    def twist(box, _request, answer):
        return [answer] if len(box.requests) <= PORTS else []

    async with running(Box(switch(PORTS, high_capacity=False), twist)) as box:
        agent = agent_for(box.port, timeout_s=0.05, retries=0)
        agent.remember({"size": 13, "proven": 13, "ceiling": 13})  # a row to a PDU
        table = (await poll(agent, mux, Lane.TRAFFIC)).tables["interface"]
        assert list(table.columns["receive_errors"]) == list(range(1, PORTS + 1))
        assert set(table.columns["receive_bytes"]) == {None}
        assert len(box.requests) == PORTS + 1


# what is kept


async def test_what_was_learned_of_sizes_outlives_the_agent_and_nonsense_does_not(mux):
    def twist(_box, request, answer):
        return [answer] if len(request.varbinds) <= 15 else [replace(answer, varbinds=(), error_status=1)]

    async with running(Box(switch(PORTS), twist)) as box:
        before = agent_for(box.port)
        await poll(before, mux, Lane.TRAFFIC)
        after = agent_for(box.port)
        after.succeed(before)
        assert after.learned() == before.learned()
        assert after.interfaces == ROWS
        asked = len(box.requests)
        assert (await poll(after, mux, Lane.TRAFFIC)).completeness is Completeness.COMPLETE
        assert len(box.requests) - asked == PORTS  # a row each, and no tooBig
    for nonsense in ({"size": "9"}, {"size": 0, "proven": 1, "ceiling": 2}, {"other": 1}):
        fresh = agent_for(1)
        fresh.remember(nonsense)
        assert fresh.learned() == {}


async def test_a_device_that_moves_is_asked_at_its_new_address_with_all_it_has_taught(mux):
    async with running(Box(switch(PORTS))) as first, running(Box(switch(PORTS)), "127.0.0.2", first.port) as second:
        agent = agent_for(first.port)
        await poll(agent, mux, Lane.STATUS)
        learned = agent.learned()
        agent.stand_at("127.0.0.2")
        await poll(agent, mux, Lane.STATUS)
        assert (len(first.requests), len(second.requests)) == (1, 1)
        assert agent.learned() == learned


def test_the_plan_offers_a_narrow_counter_for_every_wide_one():
    plan = plan_for(device("sw-7"), shipped_profiles())
    wide = [column for table in plan.tables for column in table.columns if column.syntax is Syntax.COUNTER64]
    assert len(wide) == 8
    assert all(isinstance(one.otherwise, Column) and one.otherwise.syntax is Syntax.COUNTER32 for one in wide)
