"""What the manager does with agents that behave: one suite, SNMPv1 and v2c, against net-snmp and our own simulator."""

import asyncio
import contextlib
import gc
import itertools
import socket
import time
from dataclasses import replace

import pytest
import uvloop

from netwatch.snmp import ber
from netwatch.snmp.binding import MOST_PER_TURN
from netwatch.snmp.course import Flaw, FlawKind
from netwatch.snmp.errors import NoSuchName, Outcome, Overdue, SendFailed, Timeout, TooBig
from netwatch.snmp.message import COMMUNITY_VERSIONS, PduType, VarBind, Version, decode, encode
from netwatch.snmp.mux import Mux
from netwatch.snmp.request import Question
from netwatch.snmp.rows import AgentMemory, RowRequest, read_rows
from netwatch.snmp.slow import SlowMux
from netwatch.snmp.target import Target, Way
from netwatch.snmp.template import Kind, Template, TemplateCache
from netwatch.snmp.walk import walk, walk_subtree
from tests.contract.snmp_agents import Agent, running, small_tree
from tests.contract.snmp_simulated import Simulated
from tests.own_time import own_time
from tests.snmpd.daemon import NAME, UPTIME, Snmpd

SYS_OBJECT_ID, SYS_UPTIME, SYS_NAME = "1.3.6.1.2.1.1.2.0", "1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.1.5.0"
IF_DESCR, IF_OPER, IF_NAME = "1.3.6.1.2.1.2.2.1.2", "1.3.6.1.2.1.2.2.1.8", "1.3.6.1.2.1.31.1.1.1.1"
SYSTEM = Template((SYS_UPTIME, SYS_NAME, SYS_OBJECT_ID), (Kind.NUMBER, Kind.OCTETS, Kind.OBJECT_ID))


@pytest.fixture
async def mux():
    one = Mux()
    yield one
    one.close()


@pytest.fixture(params=[Mux, SlowMux])
async def port(request):
    """Whatever implements the port: ours, and pysnmp behind it."""
    one = Mux() if request.param is Mux else SlowMux(dict.fromkeys(Outcome, 0))
    yield one
    one.close()


def pytest_generate_tests(metafunc):
    """Every agent by every version it speaks, unless the test says which: simulated agents speak SNMPv1 and v2c."""
    agents, wanted = (Snmpd, Simulated), metafunc.fixturenames
    is_told = any("version" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
    if "agent" in wanted and "version" in wanted and not is_told:
        pairs = itertools.product(agents, Version)
        spoken = [pair for pair in pairs if pair != (Simulated, Version.V3)]
        metafunc.parametrize(("agent", "version"), spoken, indirect=["agent"])
    elif "agent" in wanted:
        metafunc.parametrize("agent", agents, indirect=True)
    elif "version" in wanted and not is_told:
        metafunc.parametrize("version", Version)


@pytest.fixture
async def agent(request, tmp_path):
    one = request.param(tmp_path)
    await one.start()
    yield one
    await one.kill()


@pytest.fixture
async def snmpd(tmp_path):
    one = Snmpd(tmp_path)
    await one.start()
    yield one
    await one.kill()


def soon(seconds=60.0):
    return asyncio.get_running_loop().time() + seconds


async def test_values_come_back_by_their_kind(port, agent, version):
    target = agent.target(version=version)
    reply = await port.get(target, SYSTEM)
    uptime, name, object_id = reply.values
    assert 0 <= uptime < 60_000
    assert name == NAME.encode()
    assert ber.oid_to_dotted(object_id).startswith("1.3.6.1.4.1.8072.3.2")
    assert (reply.wrong_type, reply.attempts) == ((), 1)
    assert 0 < reply.received_s - reply.sent_s < target.timeout_s
    is_contact = version is Version.V3 and isinstance(port, Mux)  # pysnmp keeps its Reports to itself
    contact = (Outcome.ENGINE_DISCOVERY, Outcome.TIME_SYNCHRONIZATION) if is_contact else ()
    assert {outcome for outcome, count in port.outcomes.items() if count} == {Outcome.OK, *contact}
    assert sum(port.outcomes.values()) == 1 + len(contact)


async def test_a_missing_object_is_none_in_v2c_and_an_error_in_v1(port, agent, version):
    template = Template((SYS_UPTIME, f"{IF_OPER}.987654"), (Kind.NUMBER, Kind.NUMBER))
    target = agent.target(version=version)
    if version is Version.V1:
        with pytest.raises(NoSuchName) as caught:
            await port.get(target, template)
        assert caught.value.error_index == 2
    else:
        assert (await port.get(target, template)).values[1] is None


@pytest.mark.parametrize("version", COMMUNITY_VERSIONS)
async def test_a_wrong_community_is_a_timeout_after_all_retries(port, agent, version):
    with own_time():
        started = soon(0)
        with pytest.raises(Timeout, match="no answer to 2 requests"):
            await port.get(agent.target(version=version, community=b"wrong", timeout_s=0.15, retries=1), UPTIME)
        assert 0.3 <= soon(0) - started < (0.6 if isinstance(port, Mux) else 4.0)
    assert port.outcomes[Outcome.TIMEOUT] == 1


async def test_the_port_next_door_is_a_timeout_and_harms_nobody(mux, agent):
    """The kernel answers with ICMP; the shared socket must not mind."""
    with pytest.raises(Timeout):
        await mux.get(agent.target(port=agent.port + 1, timeout_s=0.1, retries=1), UPTIME)
    assert (await mux.get(agent.target(), UPTIME)).values[0] is not None
    assert mux.socket_errors == 0


async def test_a_walk_finds_the_rows_that_gets_confirm(port, agent, version):
    target = agent.target(version=version)
    found = await walk(port, target, [IF_DESCR, IF_OPER, IF_NAME], deadline_s=soon())
    assert (found.complete, found.flaws) == (True, ())
    indexes = list(found.columns[IF_DESCR])
    assert indexes
    assert indexes == sorted(indexes, key=int)
    assert list(found.columns[IF_NAME]) == indexes
    request = RowRequest(
        head=((SYS_UPTIME, Kind.NUMBER),),
        scalars=((SYS_NAME, Kind.OCTETS),),
        rows=tuple(((f"{IF_DESCR}.{index}", Kind.OCTETS), (f"{IF_OPER}.{index}", Kind.NUMBER)) for index in indexes),
    )
    memory = AgentMemory(TemplateCache())
    for _ in range(2):  # strictly, then at a glance
        reply = await read_rows(port, target, request, memory, deadline_s=soon())
        assert reply.complete
        assert reply.scalars == [NAME.encode()]
        assert reply.columns == [list(found.columns[IF_DESCR].values()), list(found.columns[IF_OPER].values())]
        assert all(0 <= pdu.head[0] < 60_000 for pdu in reply.pdus)


async def test_an_absent_column_is_complete_and_empty(port, agent, version):
    found = await walk(port, agent.target(version=version), ["1.3.6.1.2.1.999.1"], deadline_s=soon())
    assert (found.complete, found.columns) == (True, {"1.3.6.1.2.1.999.1": {}})


async def test_the_last_object_of_all_ends_a_walk(port, agent, version):
    found = await walk(port, agent.target(version=version), ["2.999"], deadline_s=soon())
    assert (found.complete, found.columns["2.999"]) == (True, {})


async def test_a_whole_device_is_walked_in_order(mux, agent, version):
    everything = [
        one async for one in walk_subtree(mux, agent.target(version=version), "1.3.6.1", deadline_s=soon(120))
    ]
    assert not any(isinstance(one, Flaw) for one in everything)
    order = [ber.content_arcs(varbind.oid) for varbind in everything]
    assert len(order) > 50
    assert order == sorted(set(order))


async def test_an_agent_killed_mid_walk_leaves_its_rows_and_a_flaw(mux, agent):
    target = agent.target(timeout_s=0.1, retries=0)
    seen = []
    async for one in walk_subtree(mux, target, "1.3.6.1", deadline_s=soon()):
        if not seen:
            await agent.kill()
        seen.append(one)
    assert len(seen) > 10
    assert isinstance(seen[-1], Flaw)
    assert seen[-1].kind is FlawKind.TIMEOUT
    assert not any(isinstance(one, Flaw) for one in seen[:-1])


async def test_an_agent_that_restarts_is_read_again_over_the_same_socket(mux, agent, version):
    target = agent.target(version=version, timeout_s=0.2, retries=0)
    await mux.get(target, UPTIME)
    await agent.kill()
    with pytest.raises(Timeout):
        await mux.get(target, UPTIME)
    await agent.start()
    assert (await mux.get(target, UPTIME)).values[0] < 60_000
    assert len(mux.receive_buffers) == 1


async def test_ipv6(port, snmpd, version):
    reply = await port.get(snmpd.target(host="::1", version=version), SYSTEM)
    assert reply.values[1] == NAME.encode()


async def test_a_source_address_is_used_and_has_its_own_socket(mux, snmpd):
    """This community is granted to 127.0.0.2 alone."""
    bound = snmpd.target(community=b"onlytwo", source="127.0.0.2", timeout_s=0.2, retries=0)
    unbound = snmpd.target(community=b"onlytwo", timeout_s=0.2, retries=0)
    assert (await mux.get(bound, UPTIME)).values[0] is not None
    with pytest.raises(Timeout):
        await mux.get(unbound, UPTIME)
    assert {way.source for way in mux.receive_buffers} == {None, "127.0.0.2"}


async def test_an_interface_binds_the_socket_or_says_why_not(mux, snmpd):
    try:
        reply = await mux.get(snmpd.target(interface="lo"), UPTIME)
    except SendFailed as refused:  # before Linux 5.7, and under some seccomp profiles, this needs CAP_NET_RAW
        assert "not permitted" in str(refused)  # noqa: PT017 - either outcome is right
    else:
        assert reply.values[0] is not None
        assert [way.interface for way in mux.receive_buffers] == ["lo"]


async def the_largest(mux, agent):
    """net-snmp says nothing at all where its reply would not fit UDP, and its tables grow with what else runs here."""
    for repetitions in range(2500, 500, -200):
        question = Question(PduType.GET_BULK, (ber.oid_content("1.3.6.1"),), repetitions)
        try:
            return await mux.ask(agent.target(timeout_s=5), question, retries=0)
        except (TooBig, Timeout):
            continue
    raise AssertionError("no large reply came at all")


async def test_a_reply_of_sixty_kilobytes_is_read(mux, agent):
    sizes = []
    received = mux._received

    def measured(data, peer):
        sizes.append(len(data))
        received(data, peer)

    mux._received = measured  # no socket is open yet
    message = await the_largest(mux, agent)
    assert sizes[-1] > 40_000
    assert len(message.varbinds) > 500


async def test_a_reply_as_large_as_udp_allows_is_read(mux):
    """Where agents stop earlier: 65,507 octets is what IPv4 carries."""
    tree = {f"1.3.6.1.4.1.9999.{n}.0": (ber.OCTET_STRING, b"x" * 6_500) for n in range(1, 11)}
    async with running(Agent(tree)) as large:
        template = Template(tuple(tree), (Kind.OCTETS,) * 10)
        reply = await mux.get(large.target(), template)
        assert reply.size > 65_200
        assert reply.values == [b"x" * 6_500] * 10


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"source": "203.0.113.7"}, "Cannot assign requested address"),
        ({"interface": "nosuchif0"}, "No such device|not permitted"),
        ({"host": "255.255.255.255"}, "Permission denied|unreachable"),
    ],
)
async def test_what_the_kernel_refuses_is_an_error_with_its_reason_at_once(mux, changes, words):
    target = Target(**({"host": "127.0.0.1", "port": 1161, "community": b"x", "timeout_s": 30} | changes))
    with pytest.raises(SendFailed, match=words):
        await mux.get(target, UPTIME)
    assert (mux.outcomes[Outcome.SEND_FAILED], mux.in_flight) == (1, 0)


async def test_every_outcome_is_there_from_the_start(mux):
    assert mux.outcomes == dict.fromkeys(Outcome, 0)


async def test_requests_bear_random_ids_and_end_in_one_count_each(mux):
    async with running(Agent(small_tree())) as agent:
        await asyncio.gather(*(mux.get(agent.target(), UPTIME) for _ in range(300)))
        ids = [request.request_id for request in agent.requests]
        assert len(set(ids)) == 300
        assert all(0x01000000 <= one <= 0x7FFFFFFF for one in ids)
        steps = {after - before for before, after in itertools.pairwise(ids)}
        assert len(steps) > 290
        assert mux.outcomes[Outcome.OK] == sum(mux.outcomes.values()) == 300


def busy_with_something_else():
    time.sleep(0.15)


async def test_what_came_in_time_while_we_were_busy_elsewhere_is_no_silence(mux):
    template = Template((SYS_UPTIME,), (Kind.NUMBER,))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as agent:
        agent.bind(("127.0.0.1", 0))
        agent.settimeout(5)
        target = Target(host="127.0.0.1", port=agent.getsockname()[1], community=b"public", timeout_s=0.1, retries=0)
        reading = asyncio.create_task(mux.get(target, template))
        await asyncio.sleep(0)
        datagram, manager = agent.recvfrom(65_535)
        asked = decode(datagram)
        uptime = VarBind(asked.varbinds[0].oid, ber.TIME_TICKS, 99)
        for _ in range(MOST_PER_TURN):  # all that is read before the timeouts have their turn
            agent.sendto(b"rubbish", manager)
        agent.sendto(encode(replace(asked, pdu_type=PduType.RESPONSE, varbinds=(uptime,))), manager)
        busy_with_something_else()
        assert (await reading).values == [99]
    assert (mux.outcomes[Outcome.OK], mux.outcomes[Outcome.TIMEOUT]) == (1, 0)


async def test_a_caller_that_leaves_is_counted_and_its_answer_is_late(mux):
    def twist(agent, _request, answer):
        agent.send(answer, after_s=0.1)
        return []

    async with running(Agent(small_tree(), twist)) as agent:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.03):
                await mux.get(agent.target(), UPTIME)
        assert (mux.in_flight, mux.outcomes[Outcome.CANCELLED]) == (0, 1)
        async with asyncio.timeout(2):
            while not mux.outcomes[Outcome.LATE]:  # noqa: ASYNC110 - a counter sets no event
                await asyncio.sleep(0.01)


async def test_closing_tells_those_who_wait():
    mux = Mux()
    async with running(Agent(small_tree(), lambda *_: [])) as agent:
        waiting = asyncio.create_task(mux.get(agent.target(timeout_s=30), UPTIME))
        await asyncio.sleep(0)
        mux.close()
        with pytest.raises(SendFailed, match="closing"):
            await waiting


def test_the_manager_runs_on_uvloop_as_on_asyncio():
    async def poll():
        mux = Mux()
        async with running(Agent(small_tree())) as agent:
            reply = await mux.get(agent.target(), UPTIME)
            found = await walk(mux, agent.target(), [IF_NAME], deadline_s=soon())
            with pytest.raises(Timeout):
                await mux.get(agent.target(community=b"wrong", timeout_s=0.1, retries=1), UPTIME)
        buffers = mux.receive_buffers
        mux.close()
        return reply.values, len(found.columns[IF_NAME]), buffers

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        values, rows, buffers = runner.run(poll())
    assert (values, rows) == ([123_456], 28)
    assert list(buffers) == [Way(2, None, None)]
    assert all(granted > 0 for granted in buffers.values())


async def test_a_deadline_ends_a_request_before_its_timeout_and_one_in_the_past_asks_nothing(port, agent):
    target = agent.target(community=b"wrong", timeout_s=5, retries=3)
    with own_time():
        started = soon(0)
        with pytest.raises(Overdue):
            await port.get(target, UPTIME, until_s=soon(0.2))
        assert soon(0) - started < 1.0
    with pytest.raises(Overdue):
        await port.ask(target, Question(PduType.GET, (ber.oid_content("1.3.6.1.2.1.1.3.0"),)), until_s=soon(-1))
    assert port.outcomes[Outcome.CANCELLED] == 2


async def test_what_met_silence_leaves_no_cycle_behind(mux):
    """Thousands of dark devices time out each minute, and the collector looks at what is old once an hour."""
    target = Target(host="127.0.0.1", port=9, community=b"public", timeout_s=0.03, retries=1)
    request = RowRequest(head=((UPTIME.oids[0], Kind.NUMBER),), scalars=((UPTIME.oids[0], Kind.NUMBER),))
    gc.collect()
    gc.disable()
    try:
        await asyncio.gather(
            *(read_rows(mux, target, request, AgentMemory(TemplateCache()), deadline_s=soon()) for _ in range(20)),
            *(walk(mux, target, ["1.3.6.1.2.1.2.2.1.2"], deadline_s=soon()) for _ in range(20)),
        )
        assert gc.collect() < 20  # of forty requests; each left 35 objects
    finally:
        gc.enable()
