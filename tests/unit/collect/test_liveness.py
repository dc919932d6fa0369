import asyncio
import errno
import socket
from contextlib import asynccontextmanager, closing
from ipaddress import ip_address
from pathlib import Path

import pytest

from netwatch.collect.connection import reason_of
from netwatch.collect.liveness import Checks, tcp_connect
from netwatch.core.errors import Reason
from netwatch.core.model import Check
from tests.lateness import lateness


@asynccontextmanager
async def service(host="127.0.0.1"):
    """A listening service: its port, and what each visitor sent and came from."""
    visits = asyncio.Queue()

    async def visited(reader, writer):
        visits.put_nowait((writer.get_extra_info("peername")[0], await reader.read()))
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(visited, host, 0)
    async with server:
        yield server.sockets[0].getsockname()[1], visits
        await asyncio.sleep(0.02)


@pytest.fixture
def closed_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        yield probe.getsockname()[1]


@pytest.fixture
def deaf_port():
    """A port whose backlog is full: SYNs to it go unanswered."""
    with closing(socket.socket()) as listener, closing(socket.socket()) as first, closing(socket.socket()) as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for filler in (first, second):
            filler.settimeout(0)
            assert filler.connect_ex(listener.getsockname()) == errno.EINPROGRESS
        yield listener.getsockname()[1]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_an_open_port_connects_and_is_left_politely_without_a_byte(host):
    async with service(host) as (port, visits):
        connect = await tcp_connect(host, port=port, timeout_s=30)
        async with asyncio.timeout(30):
            assert await visits.get() == (host, b""), "closed by FIN: a reset would have raised in the reader"
    assert connect.reason is None
    assert 0 < connect.duration_s < 30


async def test_a_closed_port_is_refused(closed_port):
    connect = await tcp_connect("127.0.0.1", port=closed_port, timeout_s=30)
    assert (connect.duration_s, connect.reason) == (None, Reason.REFUSED)


async def test_a_port_that_never_answers_times_out_at_its_time(deaf_port):
    loop = asyncio.get_running_loop()
    begun_s = loop.time()
    async with lateness() as late:
        connect = await tcp_connect("127.0.0.1", port=deaf_port, timeout_s=0.2)
        took_s = loop.time() - begun_s
    assert (connect.duration_s, connect.reason) == (None, Reason.TIMEOUT)
    assert 0.19 < took_s < 0.35 + late.s


async def test_the_source_address_is_the_one_given():
    async with service() as (port, visits):
        connect = await tcp_connect("127.0.0.1", port=port, timeout_s=30, source=ip_address("127.9.8.7"))
        async with asyncio.timeout(30):
            visitor, _ = await visits.get()
    assert connect.reason is None
    assert visitor == "127.9.8.7"


async def test_a_source_this_host_does_not_have_is_our_own_fault(closed_port):
    connect = await tcp_connect("127.0.0.1", port=closed_port, timeout_s=30, source=ip_address("192.0.2.77"))
    assert connect.reason is Reason.LOCAL


async def test_where_our_own_kernel_has_no_route_nobody_else_is_blamed():
    # TCP to a broadcast address is refused by the routing lookup, on every host
    connect = await tcp_connect("255.255.255.255", port=9, timeout_s=30)
    assert (connect.duration_s, connect.reason) == (None, Reason.LOCAL)


async def test_a_name_is_not_looked_up_here():
    for address in ("cam-1.example", "fe80::1%nowhere0", ""):
        assert (await tcp_connect(address, port=80, timeout_s=30)).reason is Reason.UNRESOLVED


async def test_a_port_of_our_own_connecting_to_itself_is_no_service():
    """The kernel may pick the very port asked for as the source, and the socket meets itself."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    loop = asyncio.get_running_loop()
    real = loop.sock_connect

    async def from_the_same_port(connection, peer):
        connection.bind(("127.0.0.1", port))
        await real(connection, peer)

    loop.sock_connect = from_the_same_port
    try:
        connect = await tcp_connect("127.0.0.1", port=port, timeout_s=30)
    finally:
        del loop.sock_connect
    assert connect.reason is Reason.REFUSED


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ECONNREFUSED, Reason.REFUSED),
        (errno.ECONNRESET, Reason.REFUSED),
        (errno.ENETUNREACH, Reason.UNREACHABLE),
        (errno.EHOSTUNREACH, Reason.UNREACHABLE),
        (errno.ETIMEDOUT, Reason.TIMEOUT),
        (errno.ENETDOWN, Reason.LOCAL),
        (errno.EMFILE, Reason.LOCAL),
        (errno.EADDRNOTAVAIL, Reason.LOCAL),
        (errno.EPERM, Reason.LOCAL),
    ],
)
def test_each_error_of_the_kernel_has_its_reason(number, reason):
    assert reason_of(OSError(number, "said the kernel")) is reason


async def test_a_check_says_of_whom_what_and_when(closed_port):
    observation = await Checks().make("cam-1", Check(kind="tcp", port=closed_port), address="127.0.0.1", timeout_s=1)
    assert (observation.subject, observation.check) == ("cam-1", f"tcp/{closed_port}")
    assert (observation.duration_s, observation.reason) == (None, Reason.REFUSED)
    assert 0 <= asyncio.get_running_loop().time() - observation.at_s < 1
    assert observation.wall_s > 1_000_000_000


async def test_no_more_connections_are_made_at_once_than_allowed_and_waiting_counts_for_nobody(deaf_port):
    checks = Checks(at_once=3)
    loop = asyncio.get_running_loop()
    begun_s = loop.time()
    observations = await asyncio.gather(
        *(
            checks.make(f"cam-{number}", Check(kind="tcp", port=deaf_port), address="127.0.0.1", timeout_s=0.2)
            for number in range(9)
        )
    )
    assert loop.time() - begun_s == pytest.approx(0.6, abs=0.25)
    waves = sorted(round((observation.at_s - begun_s) / 0.2) for observation in observations)
    assert waves == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert {observation.reason for observation in observations} == {Reason.TIMEOUT}


async def test_a_hundred_checks_leave_no_socket_open(closed_port):
    before = descriptors()
    await asyncio.gather(*(tcp_connect("127.0.0.1", port=closed_port, timeout_s=1) for _ in range(100)))
    assert descriptors() == before


def descriptors():
    return len(list(Path("/proc/self/fd").iterdir()))
