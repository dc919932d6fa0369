"""One UDP socket on which traps come in: datagrams with their sources out, answers back from the address asked.

Opened here, or by systemd, which may open port 162 where we may not. What the kernel dropped because nobody read in
time is known as well: SO_MEMINFO has the count that SO_RXQ_OVFL would put beside the next datagram, also where none
comes after the flood.
"""

import asyncio
import os
import socket
import struct
from collections.abc import Callable, Iterator, Mapping

from netwatch.core.errors import NetwatchError
from netwatch.snmp.target import canonical

RECEIVE_BUFFER = 8 << 20
LARGEST_DATAGRAM = 65_535
MOST_PER_TURN = 128  # datagrams read before other tasks get a turn: a flood costs them a millisecond
FIRST_PASSED = 3  # sd_listen_fds(3)
SO_MEMINFO, MEMINFO_WORDS, DROPS = 55, 9, 8  # asm-generic/socket.h, linux/sock_diag.h
IP_PKTINFO = getattr(socket, "IP_PKTINFO", 8)  # the socket module names it from Python 3.12 on
_IN_PKTINFO = struct.Struct("=i4s4s")  # interface, local address, destination
_IN6_PKTINFO = struct.Struct("=16si")
_ROOM = socket.CMSG_SPACE(_IN6_PKTINFO.size) + socket.CMSG_SPACE(_IN_PKTINFO.size)

Ancillary = list[tuple[int, int, bytes]]


class TrapSocket:
    """An open socket, read by the running loop until `close`. `received` takes (datagram, host) and may answer."""

    def __init__(self, opened: socket.socket, received: Callable[[bytes, str], bytes | None]) -> None:
        self._socket = opened
        self._received = received
        self._drops_before = self._drops()  # by a socket that stood open before we came
        self.errors = 0  # sends and receives that the kernel refused
        opened.settimeout(0)
        is_ipv6 = opened.family == socket.AF_INET6
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        if is_ipv6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
        else:
            opened.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(opened, self._readable)

    @property
    def address(self) -> tuple[str, int]:
        host, port = self._socket.getsockname()[:2]
        return str(host), int(port)

    @property
    def dropped(self) -> int:
        """Datagrams that the kernel had no room for, since we read this socket."""
        return (self._drops() - self._drops_before) & 0xFFFFFFFF

    def close(self) -> None:
        """Read no more. What is still in the socket is lost, or left to whoever else holds it."""
        self._loop.remove_reader(self._socket)
        self._socket.close()

    def _drops(self) -> int:
        words = self._socket.getsockopt(socket.SOL_SOCKET, SO_MEMINFO, 4 * MEMINFO_WORDS)
        return int(struct.unpack(f"={len(words) // 4}I", words)[DROPS])

    def _readable(self) -> None:
        receive = self._socket.recvmsg
        for _ in range(MOST_PER_TURN):
            try:
                datagram, ancillary, _, peer = receive(LARGEST_DATAGRAM, _ROOM)
            except BlockingIOError:
                return
            except OSError:
                self.errors += 1
                return
            reply = self._received(datagram, peer[0])
            if reply is not None:
                self._reply(reply, list(from_where_asked(ancillary)), peer)

    def _reply(self, reply: bytes, ancillary: Ancillary, peer: tuple[str, int]) -> None:
        try:
            self._socket.sendmsg((reply,), ancillary, 0, peer)
        except OSError:
            self.errors += 1  # the sender of an inform asks again


def from_where_asked(ancillary: Ancillary) -> Iterator[tuple[int, int, bytes]]:
    """What makes an answer leave from the address that was asked: a sender hears no other."""
    for level, kind, content in ancillary:
        if (level, kind) == (socket.IPPROTO_IP, IP_PKTINFO):
            _, local, _ = _IN_PKTINFO.unpack(content)
            yield level, kind, _IN_PKTINFO.pack(0, local, bytes(4))
        elif (level, kind) == (socket.IPPROTO_IPV6, socket.IPV6_PKTINFO):
            yield level, kind, content


def open_port(host: str, port: int) -> socket.socket:
    """A socket at this numeric address. NetwatchError in one sentence where that cannot be."""
    try:
        family, address = canonical(host)
        opened = socket.socket(family, socket.SOCK_DGRAM)
    except (OSError, ValueError) as error:
        raise NetwatchError(f"cannot hear traps at {host}: {error}") from error
    try:
        opened.bind((address, port))
    except OSError as error:
        opened.close()
        raise NetwatchError(f"cannot hear traps at {host} port {port}: {os.strerror(error.errno or 0)}") from error
    return opened


def passed_sockets(environ: Mapping[str, str]) -> list[socket.socket]:
    """The sockets that systemd opened for us (sd_listen_fds(3)). NetwatchError where one is not for traps."""
    if environ.get("LISTEN_PID") != str(os.getpid()):
        return []
    passed = []
    for number in range(FIRST_PASSED, FIRST_PASSED + int(environ.get("LISTEN_FDS", "0"))):
        opened = socket.socket(fileno=number)
        opened.set_inheritable(False)
        if opened.type != socket.SOCK_DGRAM or opened.family not in (socket.AF_INET, socket.AF_INET6):
            raise NetwatchError("systemd passed a socket that is no UDP socket; only one for traps is known")
        passed.append(opened)
    return passed
