import asyncio
import errno
import socket
import time

import pytest
import uvloop

from netwatch.collect.echo import EchoOutcome, Instant, Wire
from netwatch.collect.ping import Pinger, read_clocks
from netwatch.core.errors import Reason
from netwatch.core.model import Ping, PingMethod, Settings
from tests.contract.snmp_agents import until
from tests.lateness import lateness

QUICK = Settings(ping_timeout_s=0.3)


class Peer(asyncio.DatagramProtocol):
    """Answers each datagram with what `answers` makes of it: (bytes, from-socket) pairs."""

    def __init__(self, answers):
        self.answers = answers
        self.seen = []

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        self.seen.append(data)
        for answer in self.answers(data):
            self.transport.sendto(answer, address)


@pytest.fixture
async def peer():
    loop, transports = asyncio.get_running_loop(), []

    async def start(answers=lambda data: [data], host="127.0.0.1"):
        transport, protocol = await loop.create_datagram_endpoint(lambda: Peer(answers), local_addr=(host, 0))
        transports.append(transport)
        protocol.ping = Ping(method=PingMethod.UDP, port=transport.get_extra_info("sockname")[1])
        return protocol

    yield start
    for transport in transports:
        transport.close()
    await asyncio.sleep(0)


@pytest.fixture
async def pinger():
    pinger = Pinger(QUICK)
    await pinger.start()
    yield pinger
    await pinger.stop()


async def ask(pinger, ping, address="127.0.0.1", attempt=0):
    """One echo's observation."""
    told = asyncio.get_running_loop().create_future()
    pinger.send("sw-1", address=address, ping=ping, attempt=attempt, done=told.set_result)
    async with asyncio.timeout(60):
        return await told


async def test_an_echo_comes_back_with_its_round_trip_time(pinger, peer):
    other = await peer()
    before_s = asyncio.get_running_loop().time()
    observation = await ask(pinger, other.ping, attempt=2)
    assert (observation.subject, observation.attempt, observation.reason) == ("sw-1", 2, None)
    assert 0 < observation.rtt_s < 0.3
    assert before_s <= observation.at_s <= asyncio.get_running_loop().time()
    assert observation.at_s + observation.wall_s == pytest.approx(read_clocks().wall_ns / 1e9, abs=5)
    assert [len(data) for data in other.seen] == [16]


async def test_ipv6_is_echoed_from_one_socket_as_well(pinger, peer):
    other = await peer(host="::1")
    assert (await ask(pinger, other.ping, address="::1")).rtt_s > 0


async def test_a_silent_host_is_a_timeout_at_its_time(pinger, peer):
    other = await peer(lambda _: [])
    async with lateness() as late:
        observation = await ask(pinger, other.ping)
        waited_s = asyncio.get_running_loop().time() - observation.at_s
    assert (observation.rtt_s, observation.reason) == (None, Reason.TIMEOUT)
    assert 0.29 < waited_s < 0.4 + late.s


async def test_a_port_nobody_listens_on_is_a_timeout_and_disturbs_no_other_echo(pinger, peer):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        closed = Ping(method=PingMethod.UDP, port=probe.getsockname()[1])
    other = await peer()
    observations = await asyncio.gather(*(ask(pinger, ping) for ping in (closed, other.ping) * 5))
    assert [observation.reason for observation in observations] == [Reason.TIMEOUT, None] * 5


async def test_junk_is_counted_by_kind_and_shortens_no_wait(pinger, peer):
    other = await peer(lambda data: [b"!", b"x" * 16, data[:8], data + b"!", data[::-1]])
    observation = await ask(pinger, other.ping)
    assert observation.reason is Reason.TIMEOUT
    assert pinger.replies[EchoOutcome.MALFORMED] == 3
    assert pinger.replies[EchoOutcome.UNKNOWN] == 2


async def test_a_duplicate_is_counted_and_told_to_nobody(pinger, peer):
    other = await peer(lambda data: [data, data, data])
    told = []
    pinger.send("sw-1", address="127.0.0.1", ping=other.ping, attempt=0, done=told.append)
    await ask(pinger, other.ping)
    await asyncio.sleep(0.4)
    assert len(told) == 1
    assert pinger.replies[EchoOutcome.DUPLICATE] == 4


async def test_the_right_token_from_the_port_next_door_is_foreign(pinger, peer):
    stranger = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    stranger.bind(("127.0.0.1", 0))
    other = await peer(lambda _: [])
    other.datagram_received = stranger.sendto
    assert (await ask(pinger, other.ping)).reason is Reason.TIMEOUT
    assert pinger.replies[EchoOutcome.FOREIGN] == 1
    stranger.close()


async def test_an_answer_after_the_timeout_is_late_and_changes_nothing(pinger, peer):
    other = await peer(lambda _: [])
    loop = asyncio.get_running_loop()
    other.datagram_received = lambda data, address: loop.call_later(0.4, other.transport.sendto, data, address)
    assert (await ask(pinger, other.ping)).reason is Reason.TIMEOUT
    await until(lambda: pinger.replies[EchoOutcome.LATE] == 1)
    assert pinger.replies[EchoOutcome.ANSWERED] == sum(1 for _ in pinger.replies.elements()) - 1


async def test_an_event_loop_busy_past_the_timeout_makes_no_host_look_silent(pinger):
    with echo_thread() as (ping, _):
        told = []
        for _ in range(20):
            pinger.send("sw-1", address="127.0.0.1", ping=ping, attempt=0, done=told.append)
        time.sleep(0.6)  # noqa: ASYNC251  the loop is blocked on purpose
        await asyncio.sleep(0.05)
    assert len(told) == 20
    assert all(observation.rtt_s < 0.3 for observation in told), "the kernel's stamps tell when they came"


async def test_answers_the_kernel_had_no_room_for_are_our_loss_not_the_hosts(pinger):
    tiny = pinger._paths[Wire.UDP4].socket._socket
    tiny.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    with echo_thread() as (ping, answered):
        told = []
        for _ in range(20):
            pinger.send("sw-1", address="127.0.0.1", ping=ping, attempt=0, done=told.append)
        while len(answered) < 20:
            time.sleep(0.001)  # noqa: ASYNC251  the loop is blocked on purpose
        await until(lambda: len(told) == 20)
    missed = [observation.reason for observation in told if observation.rtt_s is None]
    assert len(told) == 20
    assert pinger.replies[EchoOutcome.OVERFLOW] >= len(missed) > 0
    assert set(missed) == {Reason.LOCAL}


async def test_while_echoes_to_ourselves_are_lost_misses_are_not_believed_and_then_are_again(pinger, peer):
    other = await peer(lambda _: [])
    path = pinger._paths[Wire.UDP4]
    await ask(pinger, other.ping)
    for _ in range(3):
        path.loss.record(answered=False)
    assert pinger.own_loss_ratio > 0.1
    assert not pinger.believes_misses
    assert (await ask(pinger, other.ping)).reason is Reason.LOCAL
    for _ in range(20):
        path.loss.record(answered=True)
    assert pinger.believes_misses
    assert (await ask(pinger, other.ping)).reason is Reason.TIMEOUT


async def test_echoes_to_ourselves_go_through_the_same_socket_and_are_heard(pinger, peer):
    other = await peer()
    await ask(pinger, other.ping)
    recent = pinger._paths[Wire.UDP4].loss._recent
    await until(lambda: len(recent) >= 2)
    assert all(recent)
    assert pinger.own_loss_ratio == 0.0
    assert not pinger._paths[Wire.UDP6].loss._recent, "a wire not in use is left alone"


async def test_a_flood_of_junk_delays_a_miss_but_not_for_ever_and_never_as_the_hosts(pinger, peer):
    silent = await peer(lambda _: [])
    read = pinger._read
    pinger._read = lambda path: read(path) and False  # however much was read, there is more
    async with lateness() as late:
        observation = await ask(pinger, silent.ping)
        waited_s = asyncio.get_running_loop().time() - observation.at_s
    assert observation.reason is Reason.LOCAL
    assert 1.1 < waited_s < 1.5 + late.s


@pytest.mark.parametrize("loop_factory", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_the_daemons_event_loop_reopens_a_broken_socket_too(loop_factory):
    async def conversation():
        pinger = Pinger(QUICK)
        await pinger.start()
        with echo_thread() as (ping, _):
            assert (await ask(pinger, ping)).rtt_s > 0
            pinger._paths[Wire.UDP4]._tried_s = -100.0
            pinger._paths[Wire.UDP4].socket._socket.close()
            assert (await ask(pinger, ping)).reason is Reason.LOCAL
            await asyncio.sleep(0.05)
            assert (await ask(pinger, ping)).rtt_s > 0
        await pinger.stop()

    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(conversation())


async def test_a_broken_socket_is_reopened_without_a_restart_and_its_misses_are_ours(pinger, peer):
    other, silent = await peer(), await peer(lambda _: [])
    under_way = asyncio.ensure_future(ask(pinger, silent.ping))
    await asyncio.sleep(0.05)
    pinger._paths[Wire.UDP4]._tried_s = -100.0
    pinger._paths[Wire.UDP4].socket._socket.close()
    assert (await ask(pinger, other.ping)).reason is Reason.LOCAL
    await asyncio.sleep(0.05)
    assert (await ask(pinger, other.ping)).rtt_s is not None
    assert (await under_way).reason is Reason.LOCAL
    assert not any("broken" in sentence for sentence in pinger.complaints)


async def test_a_full_send_buffer_is_tried_again_and_given_up_in_time(pinger, peer):
    other = await peer()
    path = pinger._paths[Wire.UDP4]
    real, refusals = path.socket, iter([errno.EAGAIN, errno.ENOBUFS])

    class Full:
        def __init__(self, errors):
            self.errors = errors

        def send(self, packet, address):
            error = next(self.errors, None)
            if error is not None:
                raise OSError(error, "full")
            real.send(packet, address)

        def __getattr__(self, name):
            return getattr(real, name)

    path.socket = Full(refusals)
    assert (await ask(pinger, other.ping)).rtt_s is not None
    assert next(refusals, None) is None
    path.socket = Full(iter([errno.ENOBUFS] * 1000))
    observation = await ask(pinger, other.ping)
    assert observation.reason is Reason.LOCAL
    path.socket = real
    await asyncio.sleep(0.05)
    assert pinger.waiting == 0


async def test_a_name_an_unroutable_and_a_forbidden_address_are_told_apart(pinger):
    udp = Ping(method=PingMethod.UDP, port=7)
    assert (await ask(pinger, udp, address="sw-1.example")).reason is Reason.UNRESOLVED
    assert (await ask(pinger, udp, address="255.255.255.255")).reason is Reason.LOCAL


async def test_echoes_over_the_cap_are_spread_and_carry_the_time_they_left(peer):
    other = await peer()
    pinger = Pinger(Settings(ping_timeout_s=0.5, ping_packets_per_second_per_subnet=40))
    await pinger.start()
    asked_s = asyncio.get_running_loop().time()
    async with lateness() as late:
        observations = await asyncio.gather(*(ask(pinger, other.ping) for _ in range(23)))
    await pinger.stop()
    assert all(observation.rtt_s is not None for observation in observations)
    left_s = sorted(observation.at_s - asked_s for observation in observations)
    late_s = [at_s - max(0, number - 2) / 40 for number, at_s in enumerate(left_s)]
    assert -0.06 < min(late_s) <= max(late_s) < 0.06 + late.s


async def test_a_reload_keeps_what_waits_and_takes_the_new_caps(peer):
    other = await peer()
    pinger = Pinger(Settings(ping_timeout_s=0.5, ping_packets_per_second=1))
    await pinger.start()
    answers = [asyncio.ensure_future(ask(pinger, other.ping)) for _ in range(50)]
    await asyncio.sleep(0)
    assert pinger.waiting == 49
    pinger.adopt(Settings(ping_timeout_s=0.5))
    assert all([(await answer).rtt_s is not None for answer in answers])
    await pinger.stop()


async def test_stopping_ends_every_echo_once(peer):
    silent = await peer(lambda _: [])
    pinger = Pinger(Settings(ping_packets_per_second=100))
    await pinger.start()
    told = []
    for address in ["127.0.0.1"] * 30 + ["a-name"]:
        pinger.send("sw-1", address=address, ping=silent.ping, attempt=0, done=told.append)
    await pinger.stop()
    await asyncio.sleep(0.1)
    assert len(told) == 31
    assert {observation.reason for observation in told} == {Reason.LOCAL}


async def test_a_listener_that_fails_or_sends_again_costs_no_other_its_answer(pinger, peer):
    other = await peer()
    mistakes, told = [], []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: mistakes.append(context["message"]))

    def broken(observation):
        raise RuntimeError(observation.subject)

    def again(observation):
        told.append(observation)
        if len(told) < 3:
            pinger.send("sw-2", address="not numeric", ping=other.ping, attempt=len(told), done=again)

    pinger.send("sw-1", address="127.0.0.1", ping=other.ping, attempt=0, done=broken)
    pinger.send("sw-2", address="127.0.0.1", ping=other.ping, attempt=0, done=again)
    await until(lambda: len(told) == 3 and mistakes)
    assert mistakes == ["the listener to echoes of sw-1 failed"]
    assert [observation.attempt for observation in told] == [0, 1, 2]


async def test_a_clock_stepped_by_an_hour_bends_no_round_trip_time(peer):
    steps = iter([0] * 40 + [3_600_000_000_000] * 1_000_000)
    pinger = Pinger(QUICK, clocks=lambda: Instant(read_clocks().mono_ns, read_clocks().wall_ns - next(steps)))
    other = await peer()
    await pinger.start()
    observations = [await ask(pinger, other.ping) for _ in range(30)]
    assert all(0 < observation.rtt_s < 0.3 for observation in observations)
    await pinger.stop()


class echo_thread:  # noqa: N801  used like a function
    """A UDP echo that answers while the event loop does not run."""

    def __enter__(self):
        import threading

        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.answered = []
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()
        return Ping(method=PingMethod.UDP, port=self.socket.getsockname()[1]), self.answered

    def serve(self):
        while True:
            data, address = self.socket.recvfrom(64)
            if data == b"stop":
                return
            self.socket.sendto(data, address)
            self.answered.append(data)

    def __exit__(self, *_):
        self.socket.sendto(b"stop", self.socket.getsockname())
        self.thread.join()
        self.socket.close()
