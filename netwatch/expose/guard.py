"""Between a socket and aiohttp's protocol: caps on connections, and a deadline for everything a client does.

aiohttp waits without end for headers and for a client to read, and takes every connection. A Guard passes every
callback on, and cuts the connection when it has sent no complete request, taken nothing, or not finished in time.
A page that nobody takes keeps the rendered bytes of its moment alive, so the total time bounds that memory too.
"""

import asyncio
import socket
import struct
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import cast

from aiohttp import web

from netwatch.expose.web_tls import Tls

GOES_ON = web.RequestKey("goes_on", partial[bool])  # where a request finds what prolongs it; False: it is to end
_RESET = struct.pack("ii", 1, 0)  # struct linger: on, 0 s


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Prometheus gives up on a scrape after 10 s by default, so nobody honest needs more than `request_s`."""

    connections: int = 256
    connections_per_peer: int = 64
    handshake_s: float = 5.0  # of TLS, from when it has its turn
    header_s: float = 5.0  # from connection or handshake, or the first byte of a further request, to its last header
    idle_s: float = 75.0  # between requests; longer than most scrape intervals
    stall_s: float = 5.0  # a client that takes nothing at all
    request_s: float = 15.0  # a whole request and its reply, however steadily the client reads


class Cut(StrEnum):
    """Why a connection was refused or ended by us; label values of `netwatch_http_connections_cut_total`."""

    TOO_MANY = "too_many"
    TOO_MANY_FROM_PEER = "too_many_from_peer"
    NO_TLS = "no_tls"  # no handshake in time, or one that failed: no TLS, or no certificate that we know
    NOT_ALLOWED = "not_allowed"  # a certificate that we know, of somebody who is not on the list
    NO_HEADERS = "no_headers"
    STALLED = "stalled"
    TOO_LONG = "too_long"
    IDLE = "idle"


class Gate:
    """All connections of one listener. `on_cut` is told of each refused or ended; `tls` is asked for each new one."""

    def __init__(
        self,
        make: Callable[[], asyncio.Protocol],
        limits: Limits,
        on_cut: Callable[[Cut], None],
        *,
        tls: Callable[[], Tls | None] = lambda: None,
    ) -> None:
        self.make = make
        self.limits = limits
        self.on_cut = on_cut
        self.tls = tls
        self._per_peer: Counter[str] = Counter()
        self._guards: dict[asyncio.BaseProtocol, Guard] = {}

    def __call__(self) -> "Guard":
        """The protocol factory for `loop.create_unix_server`."""
        return Guard(self)

    @property
    def connections(self) -> int:
        return len(self._guards)

    def refusal(self, peer: str) -> Cut | None:
        """Why one more connection from `peer` is too many; None: it is welcome."""
        if len(self._guards) >= self.limits.connections:
            return Cut.TOO_MANY
        if self._per_peer[peer] >= self.limits.connections_per_peer:
            return Cut.TOO_MANY_FROM_PEER
        return None

    def enter(self, guard: "Guard", inner: asyncio.Protocol, peer: str) -> None:
        self._guards[inner] = guard
        self._per_peer[peer] += 1

    def leave(self, inner: asyncio.Protocol, peer: str) -> None:
        del self._guards[inner]
        self._per_peer[peer] -= 1
        if not self._per_peer[peer]:
            del self._per_peer[peer]

    def cut(self, transport: asyncio.Transport, why: Cut) -> None:
        if why is not Cut.IDLE:
            # a reset: half a page must not look like a whole one, nor linger in the kernel
            reset_on_close(transport.get_extra_info("socket"))
        transport.abort()
        self.on_cut(why)

    def retire(self) -> None:
        """What is in force has changed: every connection of before ends, those in use with their reply."""
        for guard in list(self._guards.values()):
            guard.retire()

    def request_begins(self, inner: asyncio.BaseProtocol) -> None:
        """All headers of a request have come in on this connection."""
        if guard := self._guards.get(inner):
            guard.request_begins()

    def request_goes_on(self, inner: asyncio.BaseProtocol) -> bool:
        """A reply that is meant to last, still under way: its time begins anew. False: it is to end now."""
        guard = self._guards.get(inner)
        return guard is not None and guard.request_goes_on()

    def request_ends(self, inner: asyncio.BaseProtocol) -> None:
        """The reply has been handed to the transport; the client may be gone by now."""
        if guard := self._guards.get(inner):
            guard.request_ends()


def reset_on_close(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)


class Guard(asyncio.Protocol):
    """One connection. At any time exactly one deadline runs, and a second one while the client takes nothing.

    It counts from `enter` on, which may be before it is open; `tls` is what it was opened with.
    """

    def __init__(self, gate: Gate, tls: Tls | None = None) -> None:
        self.tls = tls
        self._gate = gate
        self._loop = asyncio.get_running_loop()
        self._peer = ""
        self._inner: asyncio.Protocol | None = None
        self._transport: asyncio.Transport | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._stall: asyncio.TimerHandle | None = None
        self._idle = False
        self._retired = False

    @property
    def is_open(self) -> bool:
        """Whether requests have been able to come in."""
        return self._transport is not None

    def enter(self, peer: str) -> None:
        self._peer = peer
        self._inner = self._gate.make()
        self._gate.enter(self, self._inner, peer)

    def leave(self) -> None:
        """Once it has entered. Whoever opened it for nothing says so; else `connection_lost` does."""
        if self._inner:
            self._gate.leave(self._inner, self._peer)
            self._inner = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports have the interface, not the base class
        stream = cast(asyncio.Transport, transport)
        if self._inner is None:
            if why := self._gate.refusal(""):
                self._gate.cut(stream, why)
                return
            self.enter("")
        assert self._inner is not None
        if self.tls and not self.tls.lets_in(transport.get_extra_info("ssl_object")):
            self._gate.cut(stream, Cut.NOT_ALLOWED)
            return
        self._transport = stream
        self._arm(self._gate.limits.header_s, Cut.NO_HEADERS)
        self._inner.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        if self._inner is None or self._transport is None:
            return
        if self._idle:
            self._idle = False
            self._arm(self._gate.limits.header_s, Cut.NO_HEADERS)
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received() if self._inner else None

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._deadline, self._stall):
            if timer:
                timer.cancel()
        inner = self._inner
        self.leave()
        if inner and self._transport:
            inner.connection_lost(exc)

    def pause_writing(self) -> None:
        if self._inner:
            self._stall = self._loop.call_later(self._gate.limits.stall_s, self._cut, Cut.STALLED)
            self._inner.pause_writing()

    def resume_writing(self) -> None:
        if self._stall:
            self._stall.cancel()
        if self._inner:
            self._inner.resume_writing()

    def request_begins(self) -> None:
        self._idle = False
        self._arm(self._gate.limits.request_s, Cut.TOO_LONG)

    def request_goes_on(self) -> bool:
        if not self._retired:
            self._arm(self._gate.limits.request_s, Cut.TOO_LONG)
        return not self._retired

    def request_ends(self) -> None:
        self._idle = True
        self._arm(self._gate.limits.idle_s, Cut.IDLE)
        if self._retired and self._transport:
            self._transport.close()

    def retire(self) -> None:
        self._retired = True
        if self._idle and self._transport:
            self._transport.close()

    def _arm(self, delay_s: float, why: Cut) -> None:
        if self._deadline:
            self._deadline.cancel()
        self._deadline = self._loop.call_later(delay_s, self._cut, why)

    def _cut(self, why: Cut) -> None:
        if self._transport:
            self._gate.cut(self._transport, why)
