"""One TCP connection to a numeric address, and one short exchange over it: a request in; a bounded reply out.

Every way in which it can fail is a Reason. Whatever the peer does (silence, one octet a second, octets without end, a
reset), an exchange ends at its total deadline or at its cap, and the connection is closed.
"""

import asyncio
import errno
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

from netwatch.core.errors import PollError, Reason

CHUNK = 4096
LONGEST_EVIDENCE = 100

_REFUSED = (errno.ECONNREFUSED, errno.ECONNRESET, errno.ECONNABORTED)
_CLOSED = (errno.ECONNRESET, errno.ECONNABORTED, errno.EPIPE)
_UNREACHABLE = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EHOSTDOWN, errno.ENOPROTOOPT)
_NO_ROUTE = (errno.ENETUNREACH, errno.EHOSTUNREACH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How one check went. `duration_s` None: it failed, for `reason`."""

    at_s: float  # monotonic, when it was begun
    duration_s: float | None
    reason: Reason | None = None
    evidence: str = ""
    clock_offset_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Whom to ask, how long everything together may take, and how much is read of what comes back."""

    address: str  # numeric
    port: int
    timeout_s: float
    most_octets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What one request brought. `reason` None: the whole reply is there."""

    at_s: float  # monotonic, when the connection was begun
    sent_s: float | None  # when the request had been sent; None: it never came to that
    heard_s: float | None  # when the first octets of the reply came
    ended_s: float
    reply: bytes
    reason: Reason | None

    def failed(self, evidence: str = "") -> Answer:
        """The check that came to nothing, and how far it got."""
        return Answer(at_s=self.at_s, duration_s=None, reason=self.reason, evidence=evidence or self._course())

    def _course(self) -> str:
        if self.sent_s is None:
            return "no connection"
        if not self.reply:
            return "connected, but no answer"
        return f"connected, but the answer broke off after {len(self.reply)} octets"


async def connect(address: str, *, port: int, source: IPv4Address | IPv6Address | None = None) -> socket.socket:
    """Open a connection; the caller closes it. OSError or PollError when there is none, and then nothing is open."""
    try:
        family, peer = _peer(address, port)
    except (ValueError, OSError) as error:  # a name, or a zone this host does not have
        raise PollError(Reason.UNRESOLVED) from error
    connection = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        if source is not None:
            connection.bind((str(source), 0))
        if connection.connect_ex(peer) in _NO_ROUTE:
            # told at once, before anything was sent: it is our own routing table, and no word of the network
            raise PollError(Reason.LOCAL)  # noqa: TRY301  what was opened is closed below
        await asyncio.get_running_loop().sock_connect(connection, peer)  # waits for what was begun
        if connection.getsockname() == connection.getpeername():
            # RFC 9293 §3.5 lets a socket connect to itself where the port is our own ephemeral one
            raise PollError(Reason.REFUSED)  # noqa: TRY301  what was opened is closed below
    except BaseException:
        connection.close()
        raise
    return connection


async def exchange(call: Call, request: bytes, *, is_whole: Callable[[bytearray], bool]) -> Exchange:
    """Send one request and read until the reply `is_whole`, the peer closes, or a limit is met. Raises nothing.

    A peer that closes before the reply is whole gives Reason.CLOSED; what it had said is in `reply` all the same.
    """
    at_s = time.monotonic()
    sent_s = heard_s = None
    reply = bytearray()
    reason: Reason | None = None
    try:
        async with asyncio.timeout(call.timeout_s):
            connection = await connect(call.address, port=call.port)
            with connection:
                loop = asyncio.get_running_loop()
                sent_s = time.monotonic()
                await loop.sock_sendall(connection, request)
                while reason is None and not is_whole(reply):
                    octets = await loop.sock_recv(connection, CHUNK)
                    heard_s = heard_s or time.monotonic()
                    reply += octets
                    if not octets:
                        reason = Reason.CLOSED
                    elif len(reply) > call.most_octets:
                        reason = Reason.TRUNCATED
    except (OSError, PollError) as error:  # TimeoutError too
        reason = _reason_in(error, is_connected=sent_s is not None, has_begun=bool(reply))
    return Exchange(
        at_s=at_s, sent_s=sent_s, heard_s=heard_s, ended_s=time.monotonic(), reply=bytes(reply), reason=reason
    )


def reason_of(error: OSError | PollError) -> Reason:
    """Why there is no connection. What is no word of the network about the peer is our own side's fault."""
    if isinstance(error, PollError):
        return error.reason
    if isinstance(error, TimeoutError):
        return Reason.TIMEOUT
    if error.errno in _REFUSED:
        return Reason.REFUSED
    if error.errno in _UNREACHABLE:
        return Reason.UNREACHABLE
    return Reason.LOCAL


def _reason_in(error: OSError | PollError, *, is_connected: bool, has_begun: bool) -> Reason:
    """Why an exchange broke off: once connected, a reset is no refusal, and silence may be half an answer."""
    if has_begun and isinstance(error, TimeoutError):
        return Reason.DEADLINE
    if is_connected and isinstance(error, OSError) and error.errno in _CLOSED:
        return Reason.CLOSED
    return reason_of(error)


def first_line(reply: bytes) -> bytes:
    """The reply up to its first line's end, whichever way it ends lines; empty while there is no whole line."""
    line, end, _ = reply.partition(b"\n")
    return line.removesuffix(b"\r") if end else b""


def head_end(reply: bytes | bytearray) -> int:
    """Where the body begins: behind the first empty line. -1: it is not there yet."""
    ends = [found + len(end) for end in (b"\r\n\r\n", b"\n\n") if (found := reply.find(end)) >= 0]
    return min(ends, default=-1)


def printable(octets: bytes) -> str:
    """What a peer said, safe for a log line, a page and a terminal, and short."""
    return "".join(chr(octet) if 32 <= octet < 127 else "?" for octet in octets[:LONGEST_EVIDENCE])


def url_host(address: str) -> str:
    """A numeric address as it stands in a URL (RFC 3986 §3.2.2). A zone is our own affair and stays out."""
    host = address.partition("%")[0]
    return f"[{host}]" if ":" in host else host


def _peer(address: str, port: int) -> tuple[socket.AddressFamily, tuple[str, int] | tuple[str, int, int, int]]:
    ip = ip_address(address)
    if isinstance(ip, IPv4Address):
        return socket.AF_INET, (str(ip), port)
    # a zone such as fe80::1%eth0 is resolved by the numeric lookup, which asks no server
    host = socket.getaddrinfo(address, port, socket.AF_INET6, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST)[0][4]
    return socket.AF_INET6, (str(host[0]), port, 0, int(host[3]) if len(host) == 4 else 0)
