"""One UDP socket, shared by all agents reached the same way. Datagrams in and out; nothing is understood here.

The socket is never connected: the kernel then keeps ICMP errors about one agent from the others (RFC 1122 section
4.1.3.3 errors reach only connected sockets), and `Target.accepts` does what connecting would.
"""

import asyncio
import socket
from collections import deque
from collections.abc import Callable

from netwatch.snmp.target import Way

RECEIVE_BUFFER = 8 << 20
LARGEST_DATAGRAM = 65_535
MOST_PER_TURN = 32  # datagrams read before other tasks get a turn: up to 10 ms, where all are read strictly
SO_BINDTODEVICE = 25  # asm-generic/socket.h; the socket module does not name it everywhere


class Binding:
    """An open socket read by the event loop. OSError when it cannot be opened that way."""

    def __init__(self, way: Way, received: Callable[[bytes, tuple[str, int]], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._received = received
        self._backlog: deque[tuple[bytes, tuple[str, int]]] = deque()
        self.errors = 0  # sends and receives that the kernel refused behind the caller's back
        self._socket = socket.socket(way.family, socket.SOCK_DGRAM)
        try:
            self._open(way)
        except OSError:
            self._socket.close()
            raise
        self.receive_buffer = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        self._loop.add_reader(self._socket, self.read)

    def _open(self, way: Way) -> None:
        self._socket.settimeout(0)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        if way.interface is not None:
            self._socket.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, way.interface.encode() + b"\0")
        anywhere = "::" if way.family == socket.AF_INET6 else "0.0.0.0"
        self._socket.bind((way.source or anywhere, 0))

    def send(self, datagram: bytes, peer: tuple[str, int]) -> None:
        """Send now, or as soon as the send buffer has room. OSError when the kernel refuses."""
        if self._backlog:
            self._backlog.append((datagram, peer))
            return
        try:
            self._socket.sendto(datagram, peer)
        except BlockingIOError:
            self._backlog.append((datagram, peer))
            self._loop.add_writer(self._socket, self._writable)

    def _writable(self) -> None:
        while self._backlog:
            try:
                self._socket.sendto(*self._backlog[0])
            except BlockingIOError:
                return
            except OSError:
                self.errors += 1  # the request's own timeout tells its owner
            self._backlog.popleft()
        self._loop.remove_writer(self._socket)

    def read(self) -> None:
        """Hand over what has come; of much, the first."""
        for _ in range(MOST_PER_TURN):
            try:
                datagram, peer = self._socket.recvfrom(LARGEST_DATAGRAM)
            except BlockingIOError:
                return
            except OSError:
                self.errors += 1
                return
            self._received(datagram, peer)

    def close(self) -> None:
        """Stop reading and close; what was waiting to be sent is dropped."""
        self._loop.remove_reader(self._socket)
        self._loop.remove_writer(self._socket)
        self._backlog.clear()
        self._socket.close()
