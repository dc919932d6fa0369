"""TCP connect checks: an address and a port in, one CheckObservation out. Nothing is ever sent to the service.

An open port proves the service's host and stack alive; a refusal proves the host alive and the service not.
"""

import asyncio
import errno
import socket
import time
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

from netwatch.core.errors import Reason
from netwatch.core.observation import CheckObservation

AT_ONCE = 256  # connections being made at one moment: far below LimitNOFILE, and no SYN burst

_REFUSED = (errno.ECONNREFUSED, errno.ECONNRESET, errno.ECONNABORTED)
_UNREACHABLE = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EHOSTDOWN, errno.ENETDOWN, errno.ENOPROTOOPT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Connect:
    """How one connection attempt went. `duration_s` None: it failed, for `reason`."""

    at_s: float  # monotonic, when it was begun
    duration_s: float | None
    reason: Reason | None = None


async def tcp_connect(
    address: str, *, port: int, timeout_s: float, source: IPv4Address | IPv6Address | None = None
) -> Connect:
    """Open a TCP connection to a numeric address and close it. Every failure is a Reason; nothing is raised."""
    begun_s = time.monotonic()
    try:
        family, peer = _peer(address, port)
    except (ValueError, OSError):  # a name, or a zone this host does not have
        return Connect(at_s=begun_s, duration_s=None, reason=Reason.UNRESOLVED)
    try:
        with socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK) as connection:
            if source is not None:
                connection.bind((str(source), 0))
            async with asyncio.timeout(timeout_s):
                await asyncio.get_running_loop().sock_connect(connection, peer)
            duration_s = time.monotonic() - begun_s
            if connection.getsockname() == connection.getpeername():
                # RFC 9293 §3.5 lets a socket connect to itself where the port is our own ephemeral one
                return Connect(at_s=begun_s, duration_s=None, reason=Reason.REFUSED)
    except OSError as error:  # TimeoutError too
        return Connect(at_s=begun_s, duration_s=None, reason=_reason(error))
    return Connect(at_s=begun_s, duration_s=duration_s)


class TcpChecks:
    """Connect checks, a bounded number at once. The wait for a turn is in no check's duration or timeout."""

    def __init__(self, *, at_once: int = AT_ONCE) -> None:
        self._turns = asyncio.Semaphore(at_once)

    async def check(
        self,
        subject: str,
        *,
        address: str,
        port: int,
        timeout_s: float,
        source: IPv4Address | IPv6Address | None = None,
    ) -> CheckObservation:
        """One check of `subject`, named `tcp/PORT`."""
        async with self._turns:
            connect = await tcp_connect(address, port=port, timeout_s=timeout_s, source=source)
        return CheckObservation(
            subject=subject,
            check=f"tcp/{port}",
            at_s=connect.at_s,
            wall_s=time.time() - time.monotonic(),
            duration_s=connect.duration_s,
            reason=connect.reason,
        )


def _peer(address: str, port: int) -> tuple[socket.AddressFamily, tuple[str, int] | tuple[str, int, int, int]]:
    ip = ip_address(address)
    if isinstance(ip, IPv4Address):
        return socket.AF_INET, (str(ip), port)
    # a zone such as fe80::1%eth0 is resolved by the numeric lookup, which asks no server
    host = socket.getaddrinfo(address, port, socket.AF_INET6, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST)[0][4]
    return socket.AF_INET6, (str(host[0]), port, 0, int(host[3]) if len(host) == 4 else 0)


def _reason(error: OSError) -> Reason:
    if isinstance(error, TimeoutError):
        return Reason.TIMEOUT
    if error.errno in _REFUSED:
        return Reason.REFUSED
    if error.errno in _UNREACHABLE:
        return Reason.UNREACHABLE
    return Reason.LOCAL
