"""The listener as clients meet it: honest ones, wrong ones and hostile ones, over real sockets on loopback."""

import asyncio
import json
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
import uvloop
from aiohttp import ClientSession, web
from prometheus_client import CollectorRegistry

from netwatch.expose.guard import Cut, Limits
from netwatch.expose.http import Front, HttpServer
from netwatch.expose.pages import CONTENT_TYPE, Pages
from netwatch.expose.summary import Summary
from netwatch.expose.web_access import WebAccess
from tests.unit.expose.city import telling
from tests.unit.expose.reading import samples_of

HOST = "127.0.0.1"
MEGABYTE = 1 << 20


@dataclass
class Running:
    """A listener with what it is told, open for the test to change."""

    pages: Pages = field(default_factory=lambda: Pages(own=CollectorRegistry()))
    summary: Summary = field(default_factory=lambda: Summary(city="양주", version="0.1.0"))
    complaint: str = ""
    cuts: Counter[Cut] = field(default_factory=Counter)
    limits: Limits = field(default_factory=Limits)
    access: WebAccess | None = None
    mounted: list[Callable[[web.Application], None]] = field(default_factory=list)
    server: HttpServer = field(init=False)

    @property
    def port(self) -> int:
        return self.server.addresses[0][1]

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"


@asynccontextmanager
async def running(**told: object) -> AsyncIterator[Running]:
    it = Running(**told)
    it.server = HttpServer(
        Front(
            pages=it.pages,
            summary=lambda: it.summary,
            complaint=lambda: it.complaint,
            on_cut=lambda why: it.cuts.update([why]),
            limits=it.limits,
        ),
        it.access,
    )
    it.server.mounted += it.mounted
    await it.server.start(HOST, 0)
    try:
        async with asyncio.timeout(60):
            yield it
    finally:
        await it.server.stop()


async def ask(it: Running, path: str, method: str = "GET", **more: object) -> tuple[int, str, dict[str, str]]:
    async with ClientSession() as session, session.request(method, it.url + path, **more) as reply:
        return reply.status, await reply.text(), dict(reply.headers)


async def raw(it: Running, sent: bytes) -> bytes:
    """What comes back until the server closes."""
    try:
        reader, writer = await asyncio.open_connection(HOST, it.port)
    except ConnectionResetError:
        return b""  # refused before it was open for us
    writer.write(sent)
    try:
        return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


async def until(condition: object) -> None:
    while not condition():  # noqa: ASYNC110 - what it waits for happens in the code under test
        await asyncio.sleep(0.005)


def fill(pages: Pages, megabytes: int) -> None:
    line = b'netwatch_device_up{device="x",site="s",district="d",role="r"} 1\n'
    for number in range(megabytes * 16):
        fragments = telling({"netwatch_device_up": line * (MEGABYTE // 16 // len(line))})
        pages.publish_device(f"d-{number}", site="s", fragments=fragments)


async def test_a_page_has_the_type_that_prometheus_expects_and_the_official_parser_reads_it():
    async with running() as it:
        told = telling({"netwatch_device_up": b'netwatch_device_up{device="a"} 1\n'})
        it.pages.publish_device("a", site="s", fragments=told)
        status, text, headers = await ask(it, "/metrics")
    assert (status, headers["Content-Type"]) == (200, CONTENT_TYPE)
    assert [sample.labels for sample in samples_of(text.encode())] == [{"device": "a"}]


async def test_a_page_of_many_pieces_arrives_whole():
    async with running() as it:
        fill(it.pages, 5)
        _, text, _ = await ask(it, "/metrics?shard=0&of=1")
    wanted = b"".join(record.fragments["netwatch_device_up"] for record in it.pages.devices.values()).decode()
    assert text.endswith(wanted)
    assert text.count("# TYPE") == 1


async def test_the_page_of_faults_is_there_and_empty():
    async with running() as it:
        assert (await ask(it, "/metrics/faults"))[:2] == (200, "")


@pytest.mark.parametrize("path", ["/metrics", "/metrics/faults", "/sd?shards=2", "/-/healthy", "/-/ready"])
async def test_head_answers_like_get_without_a_body(path):
    async with running() as it:
        status, text, headers = await ask(it, path, "HEAD")
        assert (status, text) == (200, "")
        assert headers["Content-Type"] == (await ask(it, path))[2]["Content-Type"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("path", ["/metrics", "/metrics/faults", "/sd", "/-/healthy", "/-/ready"])
async def test_nothing_can_be_sent_to_the_listener(method, path):
    async with running() as it:
        status, _, headers = await ask(it, path, method, data=b"x")
    assert status == 405
    assert set(headers["Allow"].split(",")) == {"GET", "HEAD"}


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/metrics?target=10.0.0.1", "Unknown parameter; there are shard, of, site.\n"),
        ("/metrics?shard=4&of=4", "shard must be a whole number from 0 to 3.\n"),
        ("/metrics?site=nowhere", "No device stands at a site of that name.\n"),
        ("/metrics/faults?shard=1", "Unknown parameter; this page takes none.\n"),
        ("/sd?shards=0", "shards must be a whole number from 1 to 1000.\n"),
    ],
)
async def test_a_wrong_parameter_is_a_400_with_one_sentence(path, said):
    async with running() as it:
        assert (await ask(it, path))[:2] == (400, said)


async def test_an_unknown_path_is_a_404_that_repeats_nothing_of_what_was_asked():
    async with running() as it:
        status, text, _ = await ask(it, "/config?<script>")
    assert status == 404
    assert "script" not in text


async def test_ready_and_healthy_say_what_is_missing():
    async with running() as it:
        it.summary = Summary(city="x", version="1", waiting_for="12 devices have not been polled yet.")
        it.complaint = "no sweep has ended for 300 s"
        assert (await ask(it, "/-/ready"))[:2] == (503, "12 devices have not been polled yet.\n")
        assert (await ask(it, "/-/healthy"))[:2] == (503, "no sweep has ended for 300 s\n")


async def test_service_discovery_names_every_page_of_the_split_at_the_address_the_caller_used():
    async with running() as it:
        status, text, headers = await ask(it, "/sd?shards=2", headers={"Host": "netwatch.example:9780"})
    assert (status, headers["Content-Type"].split(";")[0]) == (200, "application/json")
    host = ["netwatch.example:9780"]
    shard = {"__metrics_path__": "/metrics", "__param_of": "2"}
    assert json.loads(text) == [
        {"targets": host, "labels": {"__metrics_path__": "/metrics/faults", "instance": "netwatch-faults"}},
        {
            "targets": host,
            "labels": {"__metrics_path__": "/metrics", "__param_shard": "city", "instance": "netwatch-city"},
        },
        {"targets": host, "labels": {**shard, "__param_shard": "0", "instance": "netwatch-shard-0"}},
        {"targets": host, "labels": {**shard, "__param_shard": "1", "instance": "netwatch-shard-1"}},
    ]


async def test_every_discovered_target_can_be_scraped():
    async with running() as it:
        for entry in json.loads((await ask(it, "/sd?shards=3"))[1]):
            labels = entry["labels"]
            query = {key.removeprefix("__param_"): value for key, value in labels.items() if key.startswith("__param_")}
            assert entry["targets"] == [f"{HOST}:{it.port}"]
            assert (await ask(it, labels["__metrics_path__"], params=query))[0] == 200


@pytest.mark.parametrize("host", ["evil host", "a/b", 'x"y', "<b>", "[::1", "a:b:c"])
async def test_a_host_header_that_is_no_host_is_refused(host):
    async with running() as it:
        reply = await raw(it, f"GET /sd HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    assert b" 400 " in reply.split(b"\r\n")[0]


async def test_without_a_host_header_the_listening_address_is_told():
    async with running() as it:
        reply = await raw(it, b"GET /sd HTTP/1.0\r\n\r\n")
        assert json.loads(reply.partition(b"\r\n\r\n")[2])[0]["targets"] == [f"{HOST}:{it.port}"]


async def test_replies_do_not_tell_which_software_answers():
    async with running() as it:
        for path in ("/metrics", "/nowhere"):
            assert (await ask(it, path))[2]["Server"] == "netwatch"


async def test_a_page_in_the_making_is_not_torn_by_a_reload():
    async with running() as it:
        fill(it.pages, 20)
        reader, writer = await asyncio.open_connection(HOST, it.port, limit=MEGABYTE)
        writer.write(b"GET /metrics HTTP/1.0\r\n\r\n")
        begun = await reader.read(1000)
        it.pages.devices = {}
        rest = await reader.read()
        writer.close()
    assert len(begun) + len(rest) > 19 * MEGABYTE
    assert rest.endswith(b"} 1\n")


async def test_headers_that_trickle_in_are_cut_at_the_deadline_however_many_bytes_came():
    async with running(limits=Limits(header_s=0.3)) as it:
        client = await connected_client(it, b"GET /metrics HTTP/1.1\r\nHost: x\r\n")
        started = asyncio.get_running_loop().time()
        with pytest.raises(ConnectionError):
            await trickle(client)
        took = asyncio.get_running_loop().time() - started
        client.close()
        await until(lambda: it.server.connections == 0)
    assert 0.25 < took < 2
    assert it.cuts == {Cut.NO_HEADERS: 1}


async def test_a_connection_that_says_nothing_is_cut():
    async with running(limits=Limits(header_s=0.1)) as it:
        assert await raw(it, b"") == b""
        assert it.cuts == {Cut.NO_HEADERS: 1}


async def test_an_idle_connection_is_kept_for_the_next_scrape_and_then_cut():
    async with running(limits=Limits(idle_s=0.3)) as it:
        reader, writer = await asyncio.open_connection(HOST, it.port)
        for _ in range(3):
            writer.write(b"GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n")
            assert (await reader.readuntil(b"ok\n")).startswith(b"HTTP/1.1 200")
        assert await reader.read() == b""
        writer.close()
        assert it.cuts == {Cut.IDLE: 1}


async def test_a_body_that_never_ends_is_cut():
    async with running(limits=Limits(header_s=0.2, idle_s=0.2)) as it:
        reply = await raw(it, b"GET /-/healthy HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\nabc")
        await until(lambda: it.server.connections == 0)
    assert not reply or reply.startswith(b"HTTP/1.1 200")


async def trickle(client: socket.socket) -> None:
    """One header after the other, for ever."""
    loop = asyncio.get_running_loop()
    while True:
        await loop.sock_sendall(client, b"X-A: b\r\n")
        await asyncio.sleep(0.02)


async def sip(client: socket.socket) -> None:
    """A little at a time, for ever."""
    loop = asyncio.get_running_loop()
    while True:
        await loop.sock_recv(client, 65536)
        await asyncio.sleep(0.01)


async def connected_client(it: Running, sent: bytes) -> socket.socket:
    """A client with little room for what comes back, that has sent something."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.settimeout(0)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(client, (HOST, it.port))
    await loop.sock_sendall(client, sent)
    return client


async def stalled_client(it: Running) -> socket.socket:
    """A client that asks for everything and takes nothing."""
    return await connected_client(it, b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")


async def test_a_stalled_reader_is_cut_holds_little_and_delays_nobody():
    async with running(limits=Limits(stall_s=1.0)) as it:
        fill(it.pages, 100)
        clients = [await stalled_client(it) for _ in range(5)]
        await until(lambda: it.server.connections == 5)
        await asyncio.sleep(0.2)
        gate = it.server._gate
        assert gate is not None
        held = [guard._transport.get_write_buffer_size() for guard in gate._guards.values()]
        assert len(held) == 5
        assert max(held) < MEGABYTE
        assert (await ask(it, "/-/healthy"))[0] == 200
        await until(lambda: it.server.connections == 0)
        assert it.cuts[Cut.STALLED] == 5
        for client in clients:
            client.close()


async def test_a_reader_that_sips_is_cut_at_the_total_deadline():
    async with running(limits=Limits(stall_s=5, request_s=0.5)) as it:
        fill(it.pages, 100)
        client = await stalled_client(it)
        with pytest.raises(ConnectionResetError):  # not the end of a page
            await sip(client)
        client.close()
        await until(lambda: it.server.connections == 0)
    assert it.cuts == {Cut.TOO_LONG: 1}


async def test_connections_beyond_the_cap_of_one_peer_are_refused_and_other_peers_are_served():
    async with running(limits=Limits(connections_per_peer=3)) as it:
        held = [await asyncio.open_connection(HOST, it.port) for _ in range(3)]
        await until(lambda: it.server.connections == 3)
        assert await raw(it, b"GET / HTTP/1.0\r\n\r\n") == b""
        assert it.cuts == {Cut.TOO_MANY_FROM_PEER: 1}
        reader, writer = await asyncio.open_connection(HOST, it.port, local_addr=("127.0.0.2", 0))
        writer.write(b"GET /-/healthy HTTP/1.0\r\n\r\n")
        assert (await reader.read()).endswith(b"ok\n")
        for _, held_writer in [*held, (None, writer)]:
            held_writer.close()
        await until(lambda: it.server.connections == 0)
        assert (await ask(it, "/-/healthy"))[0] == 200


async def test_connections_beyond_the_cap_of_all_are_refused():
    async with running(limits=Limits(connections=2)) as it:
        held = [await asyncio.open_connection(HOST, it.port, local_addr=(f"127.0.0.{n}", 0)) for n in (2, 3)]
        await until(lambda: it.server.connections == 2)
        assert await raw(it, b"GET / HTTP/1.0\r\n\r\n") == b""
        assert it.cuts == {Cut.TOO_MANY: 1}
        for _, writer in held:
            writer.close()


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET /metrics\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: " + b"b" * 20_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    ],
)
async def test_what_is_no_http_is_refused_and_the_next_client_served(sent):
    async with running(limits=Limits(header_s=0.5)) as it:
        reply = await raw(it, sent)
        assert reply == b"" or b" 400 " in reply.split(b"\r\n")[0]
        assert (await ask(it, "/-/healthy"))[0] == 200


async def test_stopping_lets_a_reply_under_way_end_and_takes_no_more():
    async with running() as it:
        fill(it.pages, 20)
        reader, writer = await asyncio.open_connection(HOST, it.port, limit=MEGABYTE)
        port = it.port
        writer.write(b"GET /metrics HTTP/1.0\r\n\r\n")
        begun = await reader.read(1000)
        stopping = asyncio.create_task(it.server.stop())
        rest = await reader.read()
        await stopping
        writer.close()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(HOST, port)
    assert len(begun) + len(rest) > 19 * MEGABYTE


@pytest.mark.parametrize(
    "scenario",
    [
        test_a_page_of_many_pieces_arrives_whole,
        test_headers_that_trickle_in_are_cut_at_the_deadline_however_many_bytes_came,
        test_an_idle_connection_is_kept_for_the_next_scrape_and_then_cut,
        test_a_stalled_reader_is_cut_holds_little_and_delays_nobody,
        test_a_reader_that_sips_is_cut_at_the_total_deadline,
        test_connections_beyond_the_cap_of_one_peer_are_refused_and_other_peers_are_served,
        test_stopping_lets_a_reply_under_way_end_and_takes_no_more,
    ],
)
def test_all_this_holds_on_uvloop_too_which_the_daemon_runs_on(scenario):
    uvloop.run(scenario())
