import asyncio
import socket
import struct
import threading
from contextlib import contextmanager

import pytest

from netwatch.collect.echo import EchoOutcome, Wire
from netwatch.collect.echo_path import NOT_PERMITTED
from netwatch.collect.ping import Pinger
from netwatch.core.errors import Reason
from netwatch.core.model import Ping, PingMethod, Settings
from tests.contract.snmp_agents import until
from tests.e2e.own_network import in_own_network

QUICK = Settings(ping_timeout_s=0.3)
ICMP = Ping()
NEAR = ("10.99.0.1/24", "2001:db8:99::1/64")
FAR = ("10.99.0.2/24", "10.99.0.3/24", "2001:db8:99::2/64")


def two_hosts(network):
    """The pinger's host, which this thread is in, and another one behind a cable."""
    other = network.enter_new()
    near = network.enter_new()
    network.permit_icmp()
    network.wire_to(other, here=NEAR, there=FAR)
    return near, other


async def ask(pinger, address, ping=ICMP):
    told = asyncio.get_running_loop().create_future()
    pinger.send("sw-1", address=address, ping=ping, attempt=0, done=told.set_result)
    async with asyncio.timeout(60):
        return await told


def with_pinger(conversation, settings=QUICK):
    """Run one conversation with a started pinger in this thread's network."""

    async def run():
        pinger = Pinger(settings)
        complaints = await pinger.start()
        try:
            await conversation(pinger, complaints)
        finally:
            await pinger.stop()

    asyncio.run(run())


@in_own_network
def test_where_the_kernel_refuses_icmp_start_says_why_and_what_to_do(network):
    network.sysctl("net.ipv4.ping_group_range", "1 0")

    async def conversation(pinger, complaints):
        assert complaints[0] == NOT_PERMITTED
        assert "net.ipv4.ping_group_range does not include this process's groups" in NOT_PERMITTED
        assert "install deploy/sysctl.d/60-netwatch.conf" in NOT_PERMITTED
        assert complaints.count(NOT_PERMITTED) == 1, "once, not per family"
        observation = await ask(pinger, "127.0.0.1")
        assert observation.reason is Reason.LOCAL, "not the device's fault"
        assert set(pinger.receive_buffer_bytes) == {Wire.UDP4, Wire.UDP6}

    with_pinger(conversation)


@in_own_network
def test_where_icmp_is_refused_udp_echoes_still_work(network):
    network.sysctl("net.ipv4.ping_group_range", "1 0")

    async def conversation(pinger, _complaints):
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(Echoing, local_addr=("127.0.0.1", 0))
        udp = Ping(method=PingMethod.UDP, port=transport.get_extra_info("sockname")[1])
        assert (await ask(pinger, "127.0.0.1", udp)).rtt_s > 0
        transport.close()

    with_pinger(conversation)


@in_own_network
def test_icmp_begins_to_work_without_a_restart_once_the_kernel_allows_it(network):
    network.sysctl("net.ipv4.ping_group_range", "1 0")

    async def conversation(pinger, _complaints):
        assert (await ask(pinger, "127.0.0.1")).reason is Reason.LOCAL
        network.permit_icmp()
        for path in pinger._paths.values():
            path._tried_s = -100.0  # the pause between two attempts is over
        await asyncio.sleep(0.05)
        assert (await ask(pinger, "127.0.0.1")).rtt_s > 0
        assert NOT_PERMITTED not in pinger.complaints

    with_pinger(conversation)


@in_own_network
@pytest.mark.parametrize("address", ["127.0.0.1", "127.1.2.3", "::1"])
def test_this_host_answers_with_the_kernels_own_round_trip_time(network, address):
    network.permit_icmp()

    async def conversation(pinger, complaints):
        assert NOT_PERMITTED not in complaints
        observations = [await ask(pinger, address) for _ in range(5)]
        assert {observation.reason for observation in observations} == {None}
        assert 0 < min(observation.rtt_s for observation in observations) < 0.05
        age_s = [asyncio.get_running_loop().time() - observation.at_s for observation in observations]
        assert 0 <= min(age_s) < 1

    with_pinger(conversation)


@in_own_network
def test_the_granted_receive_buffer_is_told(network):
    network.permit_icmp()

    async def conversation(pinger, complaints):
        assert set(pinger.receive_buffer_bytes) == set(Wire)
        granted = pinger.receive_buffer_bytes[Wire.ICMP4]
        wanted = 8 * 1024 * 1024
        said = [sentence for sentence in complaints if "net.core.rmem_max" in sentence]
        assert (granted < wanted) == bool(said)
        assert all(f"{granted // 1024} KiB" in sentence for sentence in said)

    with_pinger(conversation)


@in_own_network
def test_a_host_over_the_cable_answers_on_ipv4_and_ipv6(network):
    two_hosts(network)

    async def conversation(pinger, _complaints):
        for address in ("10.99.0.2", "10.99.0.3", "2001:db8:99::2"):
            assert (await ask(pinger, address)).reason is None, address

    with_pinger(conversation)


@in_own_network
def test_a_host_without_route_is_unreachable_and_one_that_is_gone_times_out(network):
    two_hosts(network)

    async def conversation(pinger, _complaints):
        assert (await ask(pinger, "192.0.2.1")).reason is Reason.UNREACHABLE
        assert (await ask(pinger, "2001:db8:1::1")).reason is Reason.UNREACHABLE
        assert (await ask(pinger, "10.99.0.77")).reason is Reason.TIMEOUT
        assert pinger.own_loss_ratio == 0.0

    with_pinger(conversation)


@in_own_network
def test_a_pulled_cable_is_silence_and_a_mended_one_an_answer(network):
    _near, other = two_hosts(network)

    async def conversation(pinger, _complaints):
        assert (await ask(pinger, "10.99.0.2")).reason is None
        with network.inside(other):
            network.ip("link", "set", "far", "down")
        silent = [await ask(pinger, address) for address in ("10.99.0.2", "10.99.0.3")]
        assert all(observation.rtt_s is None for observation in silent)
        assert {observation.reason for observation in silent} <= {Reason.TIMEOUT, Reason.UNREACHABLE}
        with network.inside(other):
            network.ip("link", "set", "far", "up")
            network.carries("far")
        network.carries("near")
        answers = [await ask(pinger, "10.99.0.2") for _ in range(10)]  # the first may be lost to ARP
        assert answers[-1].reason is None

    with_pinger(conversation)


@in_own_network
def test_a_host_that_polices_echoes_loses_some_and_our_own_loss_stays_nil(network):
    _near, other = two_hosts(network)
    with network.inside(other):
        network.sysctl("net.ipv4.icmp_ratemask", "1")  # echo replies, at most one in 100 ms after a short burst
        network.sysctl("net.ipv4.icmp_ratelimit", "100")

    async def conversation(pinger, _complaints):
        observations = await asyncio.gather(*(ask(pinger, "10.99.0.2") for _ in range(25)))
        reasons = [observation.reason for observation in observations]
        assert 0 < reasons.count(None) < 25
        assert set(reasons) == {None, Reason.TIMEOUT}
        assert pinger.own_loss_ratio == 0.0
        assert pinger.believes_misses

    with_pinger(conversation)


@in_own_network
def test_a_server_told_to_ignore_echoes_still_believes_that_a_device_is_silent(network):
    two_hosts(network)
    network.sysctl("net.ipv4.icmp_echo_ignore_all", "1")  # ours: echoes to ourselves are never answered

    async def conversation(pinger, _complaints):
        assert (await ask(pinger, "10.99.0.2")).reason is None
        for _ in range(4):
            assert (await ask(pinger, "10.99.0.77")).reason is Reason.TIMEOUT
        assert pinger.own_loss_ratio == 0.0

    with_pinger(conversation)


@in_own_network
def test_when_our_own_loopback_is_dead_nobodys_silence_is_believed(network):
    two_hosts(network)

    async def conversation(pinger, _complaints):
        await ask(pinger, "10.99.0.2")
        await asyncio.sleep(0.6)
        assert pinger.believes_misses
        network.sysctl("net.ipv4.icmp_echo_ignore_all", "1")  # stands for whatever eats our own echoes
        await until(lambda: not pinger.believes_misses)
        observation = await ask(pinger, "10.99.0.77")
        assert observation.reason is Reason.LOCAL
        assert pinger.own_loss_ratio > 0.1

    with_pinger(conversation)


@in_own_network
def test_forged_answers_are_counted_by_kind_and_make_no_dead_host_alive(network):
    _near, other = two_hosts(network)
    forgeries = [
        lambda request: ("10.99.0.2", answer_to(request, token=bytes(16))),  # a guess
        lambda request: ("10.99.0.3", answer_to(request)),  # the right token from the wrong host
        lambda request: ("10.99.0.2", cut(answer_to(request))),  # cut short
        lambda request: ("10.99.0.2", answer_to(request, code=3)),  # no such code
    ]

    async def conversation(pinger, _complaints):
        with answering(network, other, forgeries):
            assert (await ask(pinger, "10.99.0.2")).reason is Reason.TIMEOUT
        assert pinger.replies[EchoOutcome.UNKNOWN] == 1
        assert pinger.replies[EchoOutcome.FOREIGN] == 1
        assert pinger.replies[EchoOutcome.MALFORMED] == 2

    with_pinger(conversation, Settings(ping_timeout_s=1.0))  # within which all of it must be heard


@in_own_network
def test_the_true_answer_among_forged_and_doubled_ones_is_taken_once(network):
    _near, other = two_hosts(network)
    answers = [
        lambda request: ("10.99.0.3", answer_to(request)),
        lambda request: ("10.99.0.2", answer_to(request, sequence=4711)),  # rewritten on its way: the token decides
        lambda request: ("10.99.0.2", answer_to(request)),
        lambda request: ("10.99.0.2", answer_to(request)),
    ]

    async def conversation(pinger, _complaints):
        with answering(network, other, answers):
            assert (await ask(pinger, "10.99.0.2")).reason is None
            await until(lambda: pinger.replies[EchoOutcome.DUPLICATE] == 2)
        assert pinger.replies[EchoOutcome.FOREIGN] == 1

    with_pinger(conversation)


@in_own_network
def test_a_thousand_hosts_are_echoed_at_once_and_none_is_lost(network):
    network.permit_icmp()

    async def conversation(pinger, _complaints):
        addresses = [f"127.7.{number // 250}.{number % 250 + 1}" for number in range(1000)]
        told = await asyncio.gather(*(ask(pinger, address) for address in addresses))
        assert all(observation.reason is None for observation in told)
        assert len(told) == 1000
        assert pinger.replies[EchoOutcome.OVERFLOW] == 0

    with_pinger(conversation, Settings())


class Echoing(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        self.transport.sendto(data, address)


def answer_to(request, *, token=None, sequence=None, code=0):
    """An ICMP echo reply to `request` (its ICMP part), as true as the arguments leave it."""
    identifier, asked = struct.unpack_from("!HH", request, 4)
    header = (0, code, 0, identifier, asked if sequence is None else sequence)
    body = request[8:] if token is None else token
    return struct.pack("!BBHHH", 0, code, checksum(struct.pack("!BBHHH", *header) + body), *header[3:]) + body


def cut(reply):
    """The first half of the token only, with a checksum the kernel accepts."""
    short = reply[:2] + bytes(2) + reply[4:16]
    return short[:2] + struct.pack("!H", checksum(short)) + short[4:]


def checksum(octets):
    """RFC 1071."""
    total = sum(struct.unpack(f"!{len(octets) // 2}H", octets))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return 0xFFFF - total


@contextmanager
def answering(network, place, answers):
    """Let the host in `place` answer each echo with `answers` instead of the kernel's own reply."""
    with network.inside(place):
        network.sysctl("net.ipv4.icmp_echo_ignore_all", "1")
        ear = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        mouths = {}
        for address in ("10.99.0.2", "10.99.0.3"):
            mouths[address] = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
            mouths[address].bind((address, 0))
    ear.settimeout(0.05)
    over = threading.Event()

    def serve():
        while not over.is_set():
            try:
                packet, (asker, _) = ear.recvfrom(2048)
            except TimeoutError:
                continue
            request = packet[(packet[0] & 15) * 4 :]
            if request[0] != 8:
                continue
            for answer in answers:
                source, reply = answer(request)
                mouths[source].sendto(reply, (asker, 0))

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        for opened in (ear, *mouths.values()):
            opened.close()
