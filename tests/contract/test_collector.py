"""The Collector as the daemon uses it: what an inventory starts, what a reload touches, and what goes wrong."""

import asyncio
import contextlib
import logging
from dataclasses import replace

import pytest

from netwatch.collect.echo import EchoOutcome
from netwatch.collect.ping import CANARY_S
from netwatch.collect.resolve import Resolver, Terms
from netwatch.core.device.reachability import REPROBES
from netwatch.core.errors import Reason
from netwatch.core.model import Check, FieldDevice, Lane, Ping, PingMethod, Settings
from netwatch.core.observation import DEVICE, FIELD_DEVICE, Completeness
from netwatch.snmp.errors import Outcome
from tests.contract.snmp_agents import Agent, running
from tests.polling import device, inventory, watching
from tests.switches import IN_FROM, switch

EVERY_S = {Lane.STATUS: 0.2, Lane.TRAFFIC: 0.2}
CAMERA = FieldDevice(
    id="cam-1", kind="cctv", site="hall", address="127.0.0.1", checks=(Check(kind="ping"), Check(kind="tcp", port=9))
)


def sw(port, name="sw-7", **more):
    return device(name, port=port, **({"every_s": EVERY_S} | more))


def received(watch, name="sw-7"):
    return [key for key in watch.samples()[name] if key[0] == "interface_receive_bytes_total"]


class EchoHost(asyncio.DatagramProtocol):
    """Sends back what comes, unless that is to be lost, and counts it."""

    def __init__(self):
        self.heard = 0
        self.lost = 0
        self.lose = frozenset()  # which of the datagrams, counted from 1

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        self.heard += 1
        if self.heard in self.lose:
            self.lost += 1
        else:
            self.transport.sendto(data, address)


@contextlib.asynccontextmanager
async def echo_hosts(count):
    loop = asyncio.get_running_loop()
    ends = [await loop.create_datagram_endpoint(EchoHost, local_addr=("127.0.0.1", 0)) for _ in range(count)]
    try:
        yield [host for _, host in ends]
    finally:
        for transport, _ in ends:
            transport.close()


async def test_each_device_is_echoed_once_an_interval_and_three_times_more_after_a_loss_whatever_its_agent_does(
    tmp_path,
):
    every_s, long_s = 0.5, 5.0
    async with running(Agent(switch(4))) as agent, echo_hosts(5) as hosts:
        ports = [host.transport.get_extra_info("sockname")[1] for host in hosts]
        hosts[0].lose = frozenset([4])
        devices = [
            replace(
                sw(agent.port if turn else 9, f"sw-{turn}", every_s={**EVERY_S, Lane.PING: every_s}, timeout_s=0.05),
                ping=Ping(method=PingMethod.UDP, port=port),
            )
            for turn, port in enumerate(ports)
        ]  # the agent of the first never answers, so that it is looked at again and again
        async with watching(tmp_path, inventory(*devices, settings=Settings(ping_timeout_s=0.4))) as watch:
            await watch.until(lambda: all(host.heard for host in hosts))
            before = [host.heard for host in hosts]
            await asyncio.sleep(long_s)
            echoes = [host.heard - was for host, was in zip(hosts, before, strict=True)]
            answered = watch.collector.pinger.replies[EchoOutcome.ANSWERED]
    due = long_s / every_s
    assert hosts[0].lost == 1
    assert echoes[1:] == [pytest.approx(due, abs=1)] * 4
    assert echoes[0] == pytest.approx(due + REPROBES, abs=1)
    own = answered - sum(host.heard - host.lost for host in hosts)  # our echoes to ourselves
    assert 0 < own <= (long_s + 2) / CANARY_S


async def test_from_nothing_known_a_device_is_found_and_read_at_once_though_its_lanes_are_slow(tmp_path):
    slow = dict.fromkeys((Lane.STATUS, Lane.DISCOVERY), 3600.0) | {Lane.TRAFFIC: 0.2}
    async with running(Agent(switch(4))) as agent, watching(tmp_path, inventory(sw(agent.port, every_s=slow))) as watch:
        await watch.until(lambda: len(received(watch)) == 4)
        assert [one.lane for one in watch.seen["sw-7"][:2]] == [Lane.STATUS, Lane.DISCOVERY]
        assert watch.samples()["sw-7"]["interface_up", "Gi1/0/1"] == 1  # status was looked at again, of itself
        assert len(watch.of("sw-7", Lane.DISCOVERY)) == 1


async def test_a_device_without_interfaces_is_discovered_once_and_not_for_ever(tmp_path):
    async with running(Agent(switch(0))) as agent, watching(tmp_path, inventory(sw(agent.port))) as watch:
        await watch.until(lambda: len(watch.of("sw-7", Lane.STATUS)) >= 6)
        assert len(watch.of("sw-7", Lane.DISCOVERY)) == 1


async def test_a_device_that_was_dark_from_the_start_is_discovered_when_it_answers(tmp_path):
    awake = []
    box = Agent(switch(4), lambda _a, _r, answer: [answer] if awake else [])
    async with running(box) as agent:
        stock = inventory(sw(agent.port, timeout_s=0.05, retries=0))
        async with watching(tmp_path, stock) as watch:
            await watch.until(lambda: watch.samples()["sw-7"].get(("device_snmp_up",)) == 0)
            assert watch.of("sw-7", Lane.DISCOVERY) == []  # nobody walks the silent
            awake.append(True)
            await watch.until(lambda: len(received(watch)) == 4)


async def test_a_poll_that_outlasts_its_interval_is_counted_on_the_page_of_its_device(tmp_path):
    def late(agent, _request, answer):
        agent.send(answer, after_s=0.7)
        return []

    async with running(Agent(switch(1), late)) as agent:
        stock = inventory(sw(agent.port, timeout_s=2.0))
        async with watching(tmp_path, stock) as watch:
            await watch.until(lambda: watch.samples()["sw-7"].get(("poll_overruns_total", "status"), 0) >= 2)


async def test_a_fault_of_our_own_in_one_poll_is_logged_told_and_harms_nobody(tmp_path, caplog):
    async with running(Agent(switch(1))) as agent:
        stock = inventory(sw(agent.port), sw(agent.port, "sw-8"))
        async with watching(tmp_path, stock) as watch:
            await watch.until(lambda: len(received(watch)) == 1 == len(received(watch, "sw-8")))

            def broken(_lane):
                raise LookupError("a fault of ours")

            watch.collector._agents[DEVICE + "sw-7"]._asked = broken
            with caplog.at_level(logging.ERROR):
                await watch.until(
                    lambda: watch.samples()["sw-7"].get(("poll_failures_total", "local", "status"), 0) >= 2
                )
            assert "a fault of ours" in caplog.text
            assert watch.engine.states["sw-7"].snmp.answer.value == "answers"  # it says nothing about the device
            polls = len(watch.seen["sw-8"])
            await watch.until(lambda: len(watch.seen["sw-8"]) > polls + 2)


# names


async def test_a_name_that_stops_resolving_keeps_its_last_good_address(tmp_path):
    lookups = []

    def lookup(name, _prefer):
        lookups.append(name)
        if len(lookups) > 1:
            raise OSError(-3, "Temporary failure in name resolution")
        return ["127.0.0.1"]

    terms = Terms(every_s=0.1, again_after_failure_s=0.1)
    async with running(Agent(switch(2))) as agent:
        stock = inventory(sw(agent.port, address="sw-7.city.example"))
        async with watching(tmp_path, inventory()) as watch:
            resolver = Resolver(terms, lookup=lookup)
            watch.collector.resolver = resolver
            watch.use(stock)
            looking = asyncio.get_running_loop().create_task(resolver.run())
            await watch.until(lambda: len(lookups) > 4)
            polls = len(watch.of("sw-7", Lane.TRAFFIC))
            await watch.until(lambda: len(watch.of("sw-7", Lane.TRAFFIC)) > polls + 3)
            assert resolver.resolutions["sw-7.city.example"].failure
            assert all(one.completeness is Completeness.COMPLETE for one in watch.seen["sw-7"][-3:])
            looking.cancel()


async def test_a_name_that_never_resolved_is_told_as_such_and_not_as_silence(tmp_path):
    def lookup(_name, _prefer):
        raise OSError(-2, "Name or service not known")

    async with watching(tmp_path, inventory()) as watch:
        watch.collector.resolver = Resolver(lookup=lookup)
        watch.use(inventory(sw(161, address="nowhere.example")))
        await watch.until(lambda: watch.samples()["sw-7"].get(("poll_failures_total", "status", "unresolved"), 0) >= 3)
        assert {one.reason for one in watch.seen["sw-7"]} == {Reason.UNRESOLVED}
        assert watch.collector.pace_s("sw-7")[Lane.STATUS] == EVERY_S[Lane.STATUS]  # nobody was asked, or is silent
        assert watch.samples()["sw-7"]["device_state", "unknown"] == 1
        assert watch.collector.mux.outcomes[Outcome.TIMEOUT] == 0


# looks


async def test_a_walk_under_way_serves_for_a_look_around_that_what_was_read_before_it_asks_for(tmp_path):
    def late(agent, _request, answer):
        agent.send(answer, after_s=0.02)
        return []

    async with running(Agent(switch(1), late)) as agent, watching(tmp_path, inventory(sw(agent.port))) as watch:
        await watch.until(lambda: len(received(watch)) == 1)
        walks = len(watch.of("sw-7", Lane.DISCOVERY))
        watch.collector.look_now("sw-7", Lane.DISCOVERY)
        await watch.until(lambda: watch.collector.scheduler.is_asking(DEVICE + "sw-7", Lane.DISCOVERY))
        watch.collector.look_now("sw-7", Lane.DISCOVERY)
        polls = len(watch.of("sw-7", Lane.TRAFFIC))
        await watch.until(lambda: len(watch.of("sw-7", Lane.TRAFFIC)) > polls + 3)
        assert len(watch.of("sw-7", Lane.DISCOVERY)) == walks + 1


# reloads


async def test_a_reload_touches_only_what_changed_and_a_changed_device_keeps_its_rows_and_totals(tmp_path):
    async with running(Agent(switch(3))) as agent:
        stock = inventory(sw(agent.port), sw(agent.port, "sw-8"))
        async with watching(tmp_path, stock) as watch:
            await watch.until(lambda: len(received(watch)) == 3 == len(received(watch, "sw-8")))
            # a second walk is asked for where the folds lag behind the polls: it has come, or comes no more
            await watch.until(lambda: Lane.DISCOVERY not in [one.lane for one in watch.seen["sw-8"]][-6:])
            walks = len(watch.of("sw-8", Lane.DISCOVERY))
            agents, jobs = dict(watch.collector._agents), dict(watch.collector._jobs)
            phases = {job.lane: job.phase for job in jobs[DEVICE + "sw-8"]}
            changed = sw(agent.port, "sw-8", timeout_s=0.5)
            watch.use(inventory(sw(agent.port), changed))
            assert watch.collector._agents[DEVICE + "sw-7"] is agents[DEVICE + "sw-7"]
            assert watch.collector._jobs[DEVICE + "sw-7"] is jobs[DEVICE + "sw-7"]
            after = watch.collector._agents[DEVICE + "sw-8"]
            assert after is not agents[DEVICE + "sw-8"]
            assert after.interfaces == agents[DEVICE + "sw-8"].interfaces
            assert {job.lane: job.phase for job in watch.collector._jobs[DEVICE + "sw-8"]} == phases
            polls = len(watch.of("sw-8", Lane.TRAFFIC))
            await watch.until(lambda: len(watch.of("sw-8", Lane.TRAFFIC)) > polls + 2)
            assert len(watch.of("sw-8", Lane.DISCOVERY)) == walks
            assert watch.samples()["sw-8"]["interface_receive_bytes_total", "Gi1/0/1"] == IN_FROM + 1


async def test_a_removed_device_is_asked_no_more_and_gone_from_the_page(tmp_path):
    one, two = Agent(switch(3)), Agent(switch(3))
    async with (
        running(one) as agent,
        running(two) as other,
        watching(tmp_path, inventory(sw(agent.port), sw(other.port, "sw-8"))) as watch,
    ):
        await watch.until(lambda: len(received(watch)) == 3)
        watch.use(inventory(sw(other.port, "sw-8")))
        assert 'device="sw-7"' not in watch.page()
        await asyncio.sleep(0.1)
        asked = len(agent.requests)
        before = len(other.requests)
        await watch.until(lambda: len(other.requests) > before + 10)
        assert len(agent.requests) == asked
        assert watch.collector.learned("sw-7") == {}


async def test_what_a_replaced_agent_still_brings_is_not_taken_for_the_new_ones(tmp_path):
    def late(agent, _request, answer):
        agent.send(answer, after_s=0.3)
        return []

    async with (
        running(Agent(switch(1), late)) as agent,
        running(Agent(switch(1))) as other,
        watching(tmp_path, inventory(sw(agent.port, timeout_s=2.0))) as watch,
    ):
        await watch.until(lambda: agent.requests)
        watch.use(inventory(sw(other.port)))
        assert watch.seen["sw-7"] == []
        await watch.until(lambda: len(received(watch)) == 1)
        assert all(one.finished_s - one.started_s < 0.25 for one in watch.seen["sw-7"])


async def test_a_device_that_is_asked_by_snmp_no_more_loses_its_polls_and_keeps_its_echoes(tmp_path):
    async with running(Agent(switch(3))) as agent, watching(tmp_path, inventory(sw(agent.port))) as watch:
        await watch.until(lambda: len(received(watch)) == 3)
        pinged = replace(sw(agent.port), snmp=None, ping=replace(sw(agent.port).ping, method="icmp"))
        watch.use(inventory(pinged))
        assert [job.lane for job in watch.collector._jobs[DEVICE + "sw-7"]] == [Lane.PING]
        assert watch.collector._agents == {}


async def test_changed_settings_reach_the_jobs_that_depend_on_them(tmp_path):
    stock = replace(inventory(), field_devices={CAMERA.id: CAMERA})
    async with watching(tmp_path, stock) as watch:
        subject = FIELD_DEVICE + CAMERA.id
        assert sorted(job.interval_s for job in watch.collector._jobs[subject]) == [30.0, 300.0]
        before = watch.collector._jobs[subject]
        watch.use(replace(stock, settings=Settings(ping_timeout_s=0.5)))
        assert watch.collector._jobs[subject] is before  # nothing it depends on
        watch.use(replace(stock, settings=Settings(field_ping_every_s=10.0, field_tcp_every_s=60.0)))
        assert sorted(job.interval_s for job in watch.collector._jobs[subject]) == [10.0, 60.0]


@pytest.mark.parametrize("hangs", [False, True], ids=["quick", "hanging"])
async def test_stopping_ends_in_time_whatever_is_under_way_and_nothing_is_asked_afterwards(tmp_path, hangs):
    box = Agent(switch(2), (lambda *_: []) if hangs else None)
    async with running(box) as agent, watching(tmp_path, inventory(sw(agent.port, timeout_s=5.0))) as watch:
        await watch.until(lambda: len(agent.requests) >= 1)
        began_s = asyncio.get_running_loop().time()
        await watch.collector.stop(drain_s=0.3)
        assert asyncio.get_running_loop().time() - began_s < 1.0
        assert watch.collector.scheduler.in_flight == watch.collector.mux.in_flight == 0
        asked = len(agent.requests)
        await asyncio.sleep(0.5)
        assert len(agent.requests) == asked
