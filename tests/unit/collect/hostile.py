"""A TCP peer that does what a test tells it to, on a real loopback socket."""

import asyncio
import contextlib
import socket
import struct

RESET = struct.pack("ii", 1, 0)  # SO_LINGER for no time: close by RST


class Peer:
    """What it heard, and how many came."""

    def __init__(self):
        self.port = 0
        self.heard = b""
        self.visits = 0


@contextlib.asynccontextmanager
async def peer(act, host="127.0.0.1"):
    """`act(reader, writer)` meets every visitor once its first octets are there; then the connection is closed."""
    one = Peer()
    tasks = set()

    async def meet(reader, writer):
        tasks.add(asyncio.current_task())
        one.visits += 1
        try:
            with contextlib.suppress(ConnectionError):
                one.heard += await reader.read(65536)
                await act(reader, writer)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
        except asyncio.CancelledError:
            writer.transport.abort()  # a test that ends cancels who still waits here

    server = await asyncio.start_server(meet, host, 0)
    one.port = server.sockets[0].getsockname()[1]
    try:
        yield one
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def says(*pieces, apart_s=0.0):
    """Say these, and close."""

    async def act(_reader, writer):
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            if apart_s:
                await asyncio.sleep(apart_s)

    return act


def drips(octets, *, apart_s=0.02):
    """One octet at a time, for ever when they are a cycle."""

    async def act(_reader, writer):
        for octet in octets:
            writer.write(bytes([octet]))
            await writer.drain()
            await asyncio.sleep(apart_s)

    return act


def pours(beginning, piece):
    """Never stop."""

    async def act(_reader, writer):
        writer.write(beginning)
        while True:
            writer.write(piece)
            await writer.drain()

    return act


async def stays_silent(reader, _writer):
    """Until the visitor leaves."""
    await reader.read()


async def resets(_reader, writer):
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()
