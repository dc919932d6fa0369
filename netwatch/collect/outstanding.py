"""The echoes under way: sent echoes and arriving tokens in, answers and misses out. Pure; time is an argument.

Each echo ends exactly once. It is remembered for a while after, so that a late or second answer is called so.
"""

import socket
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from ipaddress import ip_address
from typing import NamedTuple

from netwatch.collect.echo import NEVER, EchoOutcome, Instant, SocketAddress, Wire
from netwatch.core.model import PingMethod
from netwatch.core.observation import PingObservation

REMEMBERED_S = 10.0  # how long an ended echo is told from one never sent


class Target(NamedTuple):
    """Where an echo goes, and who alone may answer it."""

    wire: Wire
    address: SocketAddress
    subnet: bytes  # the packed IPv4 /24 or IPv6 /64

    def is_peer(self, wire: Wire, peer: SocketAddress) -> bool:
        """Whether an answer came the way the echo went: for ICMP the host, for UDP its port too."""
        if wire is not self.wire or peer[0] != self.address[0]:
            return False
        return wire.is_icmp or peer[1] == self.address[1]


def target_of(address: str, method: PingMethod, port: int) -> Target:
    """The target behind a numeric address. Raises ValueError where it is not one, or there is no way to echo it."""
    if method is PingMethod.OFF:
        raise ValueError(f"{address} is not to be pinged")
    ip = ip_address(address)
    is_udp = method is PingMethod.UDP
    if ip.version == 4:
        return Target(Wire.UDP4 if is_udp else Wire.ICMP4, (str(ip), port if is_udp else 0), ip.packed[:3])
    # the kernel names a peer without its zone, and in its own spelling
    host = socket.inet_ntop(socket.AF_INET6, ip.packed)
    zone = getattr(ip, "scope_id", None)
    scope = 0 if zone is None else int(zone) if zone.isdigit() else _interface_index(zone)
    return Target(Wire.UDP6 if is_udp else Wire.ICMP6, (host, port if is_udp else 0, 0, scope), ip.packed[:8])


def _interface_index(name: str) -> int:
    try:
        return socket.if_nametoindex(name)
    except OSError as error:
        raise ValueError(f"this host has no interface {name}") from error


class Stage(Enum):
    """How far an echo has come."""

    UNSENT = auto()
    WAITING = auto()
    ANSWERED = auto()
    MISSED = auto()


@dataclass(slots=True, kw_only=True, eq=False)
class Echo:
    """One echo, from being asked for to being told of. `done` is called once."""

    subject: str
    target: Target
    attempt: int
    done: Callable[[PingObservation], None]
    asked_s: float
    timeout_s: float
    is_canary: bool = False  # to ourselves
    token: bytes = b""
    sent: Instant = NEVER
    over_s: float = 0.0  # when an answer comes too late
    stage: Stage = Stage.UNSENT

    @property
    def sent_s(self) -> float:
        return self.sent.mono_ns * 1e-9


class Outstanding:
    """Sent echoes by token, and one queue per timeout, ordered because sending is."""

    def __init__(self) -> None:
        self._by_token: dict[bytes, Echo] = {}
        self._waiting: dict[float, deque[Echo]] = {}
        self._ended: deque[Echo] = deque()

    def __len__(self) -> int:
        """Echoes known, the remembered ones too."""
        return len(self._by_token)

    def sent(self, echo: Echo) -> None:
        echo.stage = Stage.WAITING
        echo.over_s = echo.sent_s + echo.timeout_s
        self._by_token[echo.token] = echo
        self._waiting.setdefault(echo.timeout_s, deque()).append(echo)

    def judge(self, token: bytes, wire: Wire, peer: SocketAddress) -> tuple[EchoOutcome, Echo | None]:
        """What an arriving token is. ANSWERED is for the caller to confirm with `answered`, or to refuse as late."""
        echo = self._by_token.get(token)
        if echo is None:
            return EchoOutcome.UNKNOWN, None
        if not echo.target.is_peer(wire, peer):
            return EchoOutcome.FOREIGN, None
        if echo.stage is Stage.ANSWERED:
            return EchoOutcome.DUPLICATE, None
        if echo.stage is Stage.MISSED:
            return EchoOutcome.LATE, None
        return EchoOutcome.ANSWERED, echo

    def expire(self, now_s: float) -> list[Echo]:
        """The echoes whose time is over without an answer, in the order they were sent; each only once."""
        missed = []
        for queue in self._waiting.values():
            while queue and queue[0].over_s <= now_s:
                echo = queue.popleft()
                self._ended.append(echo)
                if echo.stage is Stage.WAITING:
                    echo.stage = Stage.MISSED
                    missed.append(echo)
        ended = self._ended
        while ended and ended[0].over_s + REMEMBERED_S <= now_s:
            del self._by_token[ended.popleft().token]
        for timeout_s in [timeout_s for timeout_s, queue in self._waiting.items() if not queue]:
            del self._waiting[timeout_s]
        return missed

    def abandon(self) -> list[Echo]:
        """Every echo that still waits; nothing is remembered. For stopping."""
        waiting = [echo for echo in self._by_token.values() if echo.stage is Stage.WAITING]
        self._by_token.clear()
        self._waiting.clear()
        self._ended.clear()
        return waiting
