"""One socket for all echoes of one wire: packets in, datagrams with the kernel's receive stamps out.

ICMP uses Linux's datagram ICMP sockets, which need no privilege but the group's entry in net.ipv4.ping_group_range.
"""

import errno
import socket
import struct
from typing import NamedTuple

from netwatch.collect.echo import SocketAddress, Wire

BUFFER_BYTES = 8 * 1024 * 1024
DRAIN_AT_ONCE = 128  # datagrams read before the event loop gets its turn

# Linux numbers that the socket module does not name (asm-generic/socket.h)
_SO_TIMESTAMPNS = 35
_STAMPED = (socket.SOL_SOCKET, _SO_TIMESTAMPNS)
_SO_MEMINFO = 55
_MEMINFO_WORDS = 9
_MEMINFO_DROPS = 8  # sk_drops: datagrams this socket had no room for

_TIMESPEC = struct.Struct("@ll")
_MEMINFO = struct.Struct(f"={_MEMINFO_WORDS}I")
_DATAGRAM_BYTES = 256
_ANCILLARY_BYTES = socket.CMSG_SPACE(_TIMESPEC.size)

FAMILY = {
    Wire.ICMP4: socket.AF_INET,
    Wire.UDP4: socket.AF_INET,
    Wire.ICMP6: socket.AF_INET6,
    Wire.UDP6: socket.AF_INET6,
}
_PROTOCOL = {Wire.ICMP4: socket.IPPROTO_ICMP, Wire.ICMP6: socket.IPPROTO_ICMPV6}
_LOOPBACK = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}


class Datagram(NamedTuple):
    """What arrived, from whom, and the kernel's wall-clock stamp in nanoseconds where it gave one."""

    payload: bytes
    peer: SocketAddress
    stamp_ns: int | None


class EchoSocket:
    """An open, non-blocking, unconnected socket. Raises OSError where the kernel refuses it."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self._socket = socket.socket(FAMILY[wire], socket.SOCK_DGRAM | socket.SOCK_NONBLOCK, _PROTOCOL.get(wire, 0))
        try:
            self._prepare()
        except OSError:
            self._socket.close()
            raise
        self._drops_seen = self._drops()

    def _prepare(self) -> None:
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        if not self.wire.is_icmp:
            if FAMILY[self.wire] is socket.AF_INET6:
                self._socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            self._socket.bind(("", 0))

    @property
    def granted_bytes(self) -> int:
        """The receive buffer the kernel granted. It reports twice what it was asked for (socket(7))."""
        return self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) // 2

    @property
    def own_address(self) -> tuple[str, int]:
        """Where an echo to ourselves goes: our host's ICMP, or this very UDP socket, which hears what it says."""
        port = 0 if self.wire.is_icmp else self._socket.getsockname()[1]
        return _LOOPBACK[FAMILY[self.wire]], port

    def send(self, packet: bytes, peer: SocketAddress) -> None:
        self._socket.sendto(packet, peer)

    def drain(self) -> tuple[list[Datagram], bool]:
        """What has arrived, and whether that was all."""
        datagrams: list[Datagram] = []
        receive = self._socket.recvmsg
        for _ in range(DRAIN_AT_ONCE):
            try:
                payload, ancillary, _flags, peer = receive(_DATAGRAM_BYTES, _ANCILLARY_BYTES)
            except BlockingIOError:
                return datagrams, True
            except OSError:
                if not datagrams:
                    raise
                return datagrams, True  # what was read counts; the error shows again on the next call
            datagrams.append(Datagram(payload, peer, _stamp_ns(ancillary)))
        return datagrams, False

    def newly_dropped(self) -> int:
        """How many datagrams the kernel dropped since the last call, our receive buffer being full."""
        drops = self._drops()
        new = (drops - self._drops_seen) & 0xFFFFFFFF
        self._drops_seen = drops
        return new

    def close(self) -> None:
        self._socket.close()

    def _drops(self) -> int:
        try:
            words = self._socket.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, _MEMINFO.size)
        except OSError as error:
            if error.errno != errno.ENOPROTOOPT:  # before Linux 4.12 it is not told
                raise
            return 0
        return int(_MEMINFO.unpack(words)[_MEMINFO_DROPS])


def _stamp_ns(ancillary: list[tuple[int, int, bytes]]) -> int | None:
    for level, kind, data in ancillary:
        if (level, kind) == _STAMPED and len(data) == _TIMESPEC.size:
            seconds, nanoseconds = _TIMESPEC.unpack(data)
            return int(seconds * 1_000_000_000 + nanoseconds)
    return None
