"""A proxy between a manager and an agent that does not do what it is told: UDP on loopback, one manager at a time.

`tamper` gets every datagram of the agent with the request it answers, and says what the manager gets instead.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field


@dataclass
class Exchange:
    """A request of the manager, and the agent's answer to it."""

    request: bytes
    answer: bytes


@dataclass
class Proxy:
    """Passes datagrams on. What `tamper` returns goes to the manager at once, the true answer `late_s` later."""

    agent: tuple[str, int]
    tamper: Callable[["Proxy", Exchange], list[bytes]] | None = None
    late_s: float = 0.04
    drops_answers: bool = False  # of the tampered ones: the manager never gets the true answer
    port: int = 0
    exchanges: list[Exchange] = field(default_factory=list)
    _outside: asyncio.DatagramTransport | None = None
    _inside: asyncio.DatagramTransport | None = None
    _manager: tuple[str, int] | None = None
    _requests: list[bytes] = field(default_factory=list)

    def from_manager(self, data: bytes, peer: tuple[str, int]) -> None:
        self._manager = peer
        self._requests.append(data)
        self._inside.sendto(data, self.agent)

    def from_agent(self, data: bytes, _peer: tuple[str, int]) -> None:
        exchange = Exchange(self._requests[-1], data)
        self.exchanges.append(exchange)
        forged = self.tamper(self, exchange) if self.tamper is not None else []
        for datagram in forged:
            self.to_manager(datagram)
        if not forged:
            self.to_manager(data)
        elif not self.drops_answers:
            asyncio.get_running_loop().call_later(self.late_s, self.to_manager, data)

    def to_manager(self, data: bytes) -> None:
        if self._outside is not None and not self._outside.is_closing():
            self._outside.sendto(data, self._manager)


class _Side(asyncio.DatagramProtocol):
    def __init__(self, received):
        self.datagram_received = received


@contextlib.asynccontextmanager
async def between(agent_port: int, tamper=None, **terms) -> AsyncIterator[Proxy]:
    """A proxy in front of the agent on this port of loopback."""
    proxy = Proxy(("127.0.0.1", agent_port), tamper, **terms)
    loop = asyncio.get_running_loop()
    here = ("127.0.0.1", 0)
    outside, _ = await loop.create_datagram_endpoint(lambda: _Side(proxy.from_manager), local_addr=here)
    inside, _ = await loop.create_datagram_endpoint(lambda: _Side(proxy.from_agent), local_addr=here)
    proxy._outside, proxy._inside = outside, inside
    proxy.port = outside.get_extra_info("sockname")[1]
    try:
        yield proxy
    finally:
        outside.close()
        inside.close()
