"""TCP listeners for field devices: connections in, accepted and closed; or refused; or met with silence.

One listening socket an address, because the three must differ: a hung camera refuses (its listener is closed), and a
camera behind a cut must time out, which no listener can do by itself: a socket filter that drops everything makes
the kernel ignore the SYN. A single wildcard listener would accept for the dead as well.
"""

import asyncio
import ctypes
import errno
import resource
import select
import socket
import struct
from collections import Counter
from collections.abc import Mapping

from netwatch.core.errors import NetwatchError
from netwatch.simulate.living_city import Door

SO_ATTACH_FILTER = 26
SO_DETACH_FILTER = 27
BPF_RETURN_NOTHING = struct.pack("HBBI", 0x06, 0, 0, 0)  # struct sock_filter: BPF_RET | BPF_K, keep 0 octets
BACKLOG = 16
FILES_FOR_OTHERS = 256
BATCH = 256


class TooManyListenersError(NetwatchError):
    """The process may not open as many sockets as there are addresses; the message says what to do."""


class TcpFace:
    """Listeners on one port at many addresses. Building is inert."""

    def __init__(self, doors: Mapping[str, Door], *, port: int) -> None:
        self.counts: Counter[str] = Counter()
        self._doors = dict(doors)
        self._port = port
        self._listeners: dict[str, socket.socket] = {}
        self._by_file: dict[int, socket.socket] = {}
        self._ready: select.epoll | None = None

    def start(self) -> None:
        """Listen everywhere. TooManyListenersError, or OSError when the port is taken."""
        _allow_files(len(self._doors) + FILES_FOR_OTHERS)
        self._ready = select.epoll()
        asyncio.get_running_loop().add_reader(self._ready.fileno(), self._accept)
        try:
            for address, door in self._doors.items():
                self._open(address, door)
        except OSError:
            self.stop()
            raise

    def stop(self) -> None:
        for address in tuple(self._listeners):
            self._close(address)
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
            if Door.REFUSED in (was, door):
                self._close(address)
                self._open(address, door)
            elif door is Door.DARK:
                _drop_everything(self._listeners[address])
            else:
                self._listeners[address].setsockopt(socket.SOL_SOCKET, SO_DETACH_FILTER, 0)

    def _open(self, address: str, door: Door) -> None:
        if door is Door.REFUSED:
            return
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        self._listeners[address] = listener
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if door is Door.DARK:
            _drop_everything(listener)
        listener.bind((address, self._port))
        listener.listen(BACKLOG)
        assert self._ready is not None
        self._ready.register(listener.fileno(), select.EPOLLIN)
        self._by_file[listener.fileno()] = listener

    def _close(self, address: str) -> None:
        listener = self._listeners.pop(address, None)
        if listener is not None:
            self._by_file.pop(listener.fileno(), None)
            listener.close()  # leaves the epoll set by itself

    def _accept(self) -> None:
        assert self._ready is not None
        for file, _ in self._ready.poll(0, BATCH):
            try:
                connection, _ = self._by_file[file].accept()
                connection.close()
                self.counts["accepted"] += 1
            except OSError as error:  # the peer is gone already, or we are out of files: the next one may do better
                self.counts[errno.errorcode.get(error.errno or 0, "unknown")] += 1


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
