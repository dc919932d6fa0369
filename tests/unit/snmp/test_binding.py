"""The shared socket when its send buffer is full. Loopback never fills one, so a socket that says so stands in."""

import asyncio
import socket

import pytest

from netwatch.snmp.binding import Binding
from netwatch.snmp.target import Way


class FullAtFirst:
    """A real socket that refuses its first sends."""

    def __init__(self, real, refusals):
        self.real = real
        self.refusals = refusals

    def sendto(self, datagram, peer):
        if self.refusals:
            raise self.refusals.pop(0)
        return self.real.sendto(datagram, peer)

    def __getattr__(self, name):
        return getattr(self.real, name)


@pytest.fixture
def receiver():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        one.settimeout(0)
        yield one


async def sent_through(receiver, refusals, datagrams):
    binding = Binding(Way(socket.AF_INET, None, None), lambda *_: None)
    binding._socket = FullAtFirst(binding._socket, refusals)
    loop, seen = asyncio.get_running_loop(), []
    try:
        for datagram in datagrams:
            binding.send(datagram, receiver.getsockname())
        async with asyncio.timeout(1.0):
            while len(seen) < len(datagrams):
                seen.append(await loop.sock_recv(receiver, 100))
    except TimeoutError:
        seen.append(None)
    finally:
        binding.close()
    return seen, binding.errors


async def test_what_does_not_fit_the_send_buffer_goes_out_later_in_order(receiver):
    seen, errors = await sent_through(receiver, [BlockingIOError(), BlockingIOError()], [b"1", b"2", b"3"])
    assert (seen, errors) == ([b"1", b"2", b"3"], 0)


async def test_a_send_refused_behind_the_callers_back_is_counted_and_the_rest_goes_out(receiver):
    seen, errors = await sent_through(receiver, [BlockingIOError(), OSError("no route")], [b"1", b"2"])
    assert (seen, errors) == ([b"2", None], 1)


async def test_a_send_refused_at_once_is_the_callers_error(receiver):
    with pytest.raises(OSError, match="no route"):
        await sent_through(receiver, [OSError("no route")], [b"1"])


async def test_the_kernels_receive_buffer_is_known():
    binding = Binding(Way(socket.AF_INET6, "::1", None), lambda *_: None)
    assert binding.receive_buffer > 0
    binding.close()
