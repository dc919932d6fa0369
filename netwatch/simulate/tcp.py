"""TCP listeners for field devices: connections in; answered, accepted and left without a word, or met with silence.

One listening socket an address, because the three must differ: a hung camera's kernel still accepts, and a camera
behind a cut must time out, which no listener can do by itself: a socket filter that drops everything makes the kernel
ignore the SYN. A single wildcard listener would accept for the dead as well.
"""

import asyncio
import ctypes
import errno
import resource
import select
import socket
import struct
from collections import Counter
from collections.abc import Callable, Mapping

from netwatch.core.errors import NetwatchError
from netwatch.simulate.camera import LONGEST_REQUEST
from netwatch.simulate.living_city import Door

SO_ATTACH_FILTER = 26
SO_DETACH_FILTER = 27
BPF_RETURN_NOTHING = struct.pack("HBBI", 0x06, 0, 0, 0)  # struct sock_filter: BPF_RET | BPF_K, keep 0 octets
BACKLOG = 16
FILES_FOR_OTHERS = 256
BATCH = 256
MOST_VISITORS = 1024  # connections at one moment; more are closed unheard
PATIENCE_S = 10.0  # with a visitor, whatever it does

Respond = Callable[[str, bytes], bytes | None]  # (address, request so far) -> reply, or None: not yet, or never


class TooManyListenersError(NetwatchError):
    """The process may not open as many sockets as there are addresses; the message says what to do."""


class TcpFace:
    """Listeners on one port at many addresses. Building is inert."""

    def __init__(self, doors: Mapping[str, Door], respond: Respond, *, port: int) -> None:
        self.counts: Counter[str] = Counter()
        self._respond = respond
        self._doors = dict(doors)
        self._port = port
        self._listeners: dict[str, socket.socket] = {}
        self._plugs: dict[str, socket.socket] = {}  # where a full queue keeps a door dark
        self._by_file: dict[int, str] = {}
        self._visits: set[asyncio.Task[None]] = set()
        self._ready: select.epoll | None = None

    def start(self) -> None:
        """Listen everywhere. TooManyListenersError, or OSError when the port is taken."""
        _allow_files(len(self._doors) + MOST_VISITORS + FILES_FOR_OTHERS)
        self._ready = select.epoll()
        asyncio.get_running_loop().add_reader(self._ready.fileno(), self._accept)
        try:
            for address, door in self._doors.items():
                self._listen(address, door)
        except OSError:
            self.stop()
            raise

    def stop(self) -> None:
        for visit in self._visits:
            visit.cancel()
        for listener in self._listeners.values():
            listener.close()  # leaves the epoll set by itself
        for plug in self._plugs.values():
            plug.close()
        self._plugs.clear()
        self._listeners.clear()
        self._by_file.clear()
        if self._ready is not None:
            asyncio.get_running_loop().remove_reader(self._ready.fileno())
            self._ready.close()
            self._ready = None

    def turn(self, doors: Mapping[str, Door]) -> None:
        """Change what connections meet, touching only the addresses where it differs."""
        for address, door in doors.items():
            was = self._doors[address]
            if was is door:
                continue
            self._doors[address] = door
            if door is Door.DARK:
                self._darken(address)
            elif was is Door.DARK:
                self._lighten(address)

    def _listen(self, address: str, door: Door) -> None:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        self._listeners[address] = listener
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, self._port))
        listener.listen(BACKLOG)
        assert self._ready is not None
        self._ready.register(listener.fileno(), select.EPOLLIN)
        self._by_file[listener.fileno()] = address
        if door is Door.DARK:
            self._darken(address)

    def _darken(self, address: str) -> None:
        """Let what comes meet silence. Where only root may filter TCP, a queue that is full drops it as well."""
        listener = self._listeners[address]
        try:
            _drop_everything(listener)
        except PermissionError:
            assert self._ready is not None
            self._ready.unregister(listener.fileno())
            listener.listen(0)  # room for one
            plug = self._plugs[address] = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            plug.connect(listener.getsockname())  # the kernel answers by itself, at once

    def _lighten(self, address: str) -> None:
        listener, plug = self._listeners[address], self._plugs.pop(address, None)
        if plug is None:
            listener.setsockopt(socket.SOL_SOCKET, SO_DETACH_FILTER, 0)
            return
        assert self._ready is not None
        plug.close()
        listener.listen(BACKLOG)
        self._ready.register(listener.fileno(), select.EPOLLIN)

    def _accept(self) -> None:
        assert self._ready is not None
        for file, _ in self._ready.poll(0, BATCH):
            address = self._by_file[file]
            try:
                connection, _ = self._listeners[address].accept()
            except OSError as error:  # the peer is gone already, or we are out of files: the next one may do better
                self._count(error)
                continue
            self.counts["accepted"] += 1
            if len(self._visits) >= MOST_VISITORS:
                connection.close()
                continue
            connection.setblocking(False)  # noqa: FBT003  its own signature
            visit = asyncio.get_running_loop().create_task(self._receive(address, connection))
            self._visits.add(visit)
            visit.add_done_callback(self._visits.discard)

    async def _receive(self, address: str, connection: socket.socket) -> None:
        """Answer a visitor until it leaves. What is hung hears it out and says nothing."""
        loop = asyncio.get_running_loop()
        request = b""
        try:
            with connection:
                async with asyncio.timeout(PATIENCE_S):
                    while octets := await loop.sock_recv(connection, LONGEST_REQUEST):
                        request = (request + octets)[:LONGEST_REQUEST]
                        reply = self._respond(address, request) if self._doors[address] is Door.OPEN else None
                        if reply is not None:
                            await loop.sock_sendall(connection, reply)
                            request = b""
        except OSError as error:  # reset by the visitor, or TimeoutError
            self._count(error)

    def _count(self, error: OSError) -> None:
        self.counts[errno.errorcode.get(error.errno or 0, type(error).__name__)] += 1


def _drop_everything(listener: socket.socket) -> None:
    program = ctypes.create_string_buffer(BPF_RETURN_NOTHING)
    listener.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HL", 1, ctypes.addressof(program)))


def _allow_files(wanted: int) -> None:
    """Raise the soft limit of open files as far as needed and allowed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and wanted > hard:
        raise TooManyListenersError(
            f"TCP listeners for every field device need {wanted} open files, and the limit is {hard}; "
            "raise it (ulimit -Hn), simulate a smaller city, or do without TCP"
        )
    if soft != resource.RLIM_INFINITY and wanted > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
