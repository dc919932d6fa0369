"""Taking connections when the system has none to give, and being where one was told to be."""

import asyncio
import os
import resource
import socket

import pytest

from netwatch.expose import acceptor
from netwatch.expose.acceptor import Acceptor
from netwatch.expose.guard import Gate, Limits


class Greeter(asyncio.Protocol):
    def connection_made(self, transport):
        transport.write(b"hello")
        transport.close()


@pytest.fixture
def cuts():
    return []


@pytest.fixture
async def listening(cuts):
    it = Acceptor(Gate(Greeter, Limits(), cuts.append))
    yield it
    it.close()


async def greeting(it):
    host, port = it.addresses[0]
    reader, writer = await asyncio.open_connection(host, port)
    said = await reader.read()
    writer.close()
    return said


async def test_without_a_descriptor_left_it_says_so_waits_and_goes_on(listening, monkeypatch, caplog):
    monkeypatch.setattr(acceptor, "PAUSE_S", 1.0)
    await listening.listen("127.0.0.1", 0)
    client = socket.socket()
    client.settimeout(0)
    loop = asyncio.get_running_loop()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest = os.dup(0)
    os.close(lowest)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, hard))
        await loop.sock_connect(client, listening.addresses[0])
        await asyncio.sleep(0.05)
        assert caplog.messages == ["no connection can be taken for 1 s: Too many open files"]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert await loop.sock_recv(client, 100) == b"hello"
    client.close()


async def test_a_name_is_served_at_every_address_it_has(listening):
    await listening.listen("localhost", 0)
    assert {host for host, _ in listening.addresses} <= {"127.0.0.1", "::1"}
    assert await greeting(listening) == b"hello"


async def test_ipv4_and_ipv6_are_listened_at_side_by_side_where_no_host_is_named(listening):
    await listening.listen("", 0)
    assert {host for host, _ in listening.addresses} == {"0.0.0.0", "::"}


async def test_where_one_address_cannot_be_had_none_is(listening):
    with pytest.raises(OSError, match="Cannot assign requested address"):
        await listening.listen("192.0.2.1", 0)
    assert listening.addresses == []


async def test_nothing_is_taken_after_the_close(listening):
    await listening.listen("127.0.0.1", 0)
    host, port = listening.addresses[0]
    listening.close()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(host, port)
