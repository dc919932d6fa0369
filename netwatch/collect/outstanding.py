"""The echoes under way: sent echoes and arriving tokens in, answers and misses out. Pure; time is an argument.

Each echo ends exactly once. It is remembered for a while after, so that a late or second answer is called so.
"""

import socket
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_address
from itertools import takewhile
from typing import NamedTuple

from netwatch.collect.echo import NEVER, EchoOutcome, Instant, SocketAddress, Wire
from netwatch.core.model import PingMethod
from netwatch.core.observation import PingObservation

REMEMBERED_S = 10.0  # how long an echo that is over is told from one never sent
PIECE_S = 1.0  # so much of that is forgotten at once


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

    @property
    def sent_s(self) -> float:
        return self.sent.mono_ns * 1e-9


@dataclass(slots=True)
class _Piece:
    """Echoes that were over within a second: token -> where it went."""

    begun_s: float
    over_s: float
    targets: dict[bytes, Target] = field(default_factory=dict)


class _Ended:
    """Echoes that lately ended: as much of them as it takes to know their tokens, a quarter of an echo."""

    def __init__(self) -> None:
        self._pieces: deque[_Piece] = deque()

    def __len__(self) -> int:
        return sum(len(piece.targets) for piece in self._pieces)

    def add(self, echo: Echo) -> None:
        newest, over_s = self._pieces[-1] if self._pieces else None, echo.over_s
        if newest is None or over_s >= newest.begun_s + PIECE_S:
            newest = _Piece(over_s, over_s)
            self._pieces.append(newest)
        newest.over_s = max(newest.over_s, over_s)
        newest.targets[echo.token] = echo.target

    def find(self, token: bytes) -> Target | None:
        return next((piece.targets[token] for piece in self._pieces if token in piece.targets), None)

    def forget(self, now_s: float) -> None:
        while self._pieces and self._pieces[0].over_s + REMEMBERED_S <= now_s:
            self._pieces.popleft()

    def clear(self) -> None:
        self._pieces.clear()


class Outstanding:
    """Sent echoes by token, those of one timeout in the order they were sent, and what became of those that ended."""

    def __init__(self) -> None:
        self._waiting: dict[float, dict[bytes, Echo]] = {}
        self._answered, self._missed = _Ended(), _Ended()

    def __len__(self) -> int:
        """Echoes known, the remembered ones too."""
        return sum(map(len, self._waiting.values())) + len(self._answered) + len(self._missed)

    def sent(self, echo: Echo) -> None:
        echo.over_s = echo.sent_s + echo.timeout_s
        self._waiting.setdefault(echo.timeout_s, {})[echo.token] = echo

    def judge(self, token: bytes, wire: Wire, peer: SocketAddress) -> tuple[EchoOutcome, Echo | None]:
        """What an arriving token is. ANSWERED is for the caller to confirm with `answered`, or to refuse as late."""
        for waiting in self._waiting.values():
            echo = waiting.get(token)
            if echo is not None:
                return (EchoOutcome.ANSWERED, echo) if echo.target.is_peer(wire, peer) else (EchoOutcome.FOREIGN, None)
        for outcome, ended in ((EchoOutcome.DUPLICATE, self._answered), (EchoOutcome.LATE, self._missed)):
            target = ended.find(token)
            if target is not None:
                return outcome if target.is_peer(wire, peer) else EchoOutcome.FOREIGN, None
        return EchoOutcome.UNKNOWN, None

    def answered(self, echo: Echo) -> None:
        """Another answer to it is a duplicate."""
        del self._waiting[echo.timeout_s][echo.token]
        self._answered.add(echo)

    def expire(self, now_s: float) -> list[Echo]:
        """The echoes whose time is over without an answer, in the order they were sent; each only once."""
        missed: list[Echo] = []
        for waiting in self._waiting.values():
            missed += takewhile(lambda echo: echo.over_s <= now_s, waiting.values())
        for echo in missed:
            del self._waiting[echo.timeout_s][echo.token]
            self._missed.add(echo)
        self._answered.forget(now_s)
        self._missed.forget(now_s)
        for timeout_s in [timeout_s for timeout_s, waiting in self._waiting.items() if not waiting]:
            del self._waiting[timeout_s]
        return missed

    def abandon(self) -> list[Echo]:
        """Every echo that still waits; nothing is remembered. For stopping."""
        abandoned = [echo for waiting in self._waiting.values() for echo in waiting.values()]
        self._waiting.clear()
        self._answered.clear()
        self._missed.clear()
        return abandoned
