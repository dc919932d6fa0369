"""Agents for tests: a healthy one over a small tree, made hostile by a twist. UDP on loopback, no root needed."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

from netwatch.snmp import ber
from netwatch.snmp.errors import NO_SUCH_NAME_STATUS
from netwatch.snmp.message import Message, PduType, VarBind, Version, decode, encode
from netwatch.snmp.target import Target

UPTIME = "1.3.6.1.2.1.1.3.0"
IN_OCTETS = "1.3.6.1.2.1.31.1.1.1.6"
OUT_OCTETS = "1.3.6.1.2.1.31.1.1.1.10"
IF_NAME = "1.3.6.1.2.1.31.1.1.1.1"
OPER = "1.3.6.1.2.1.2.2.1.8"

Twist = Callable[["Agent", Message, Message], list[Message | bytes]]


def small_tree(ports=28):
    """A switch: uptime, names, states and counters of `ports` interfaces."""
    tree = {UPTIME: (ber.TIME_TICKS, 123_456), "1.3.6.1.2.1.1.5.0": (ber.OCTET_STRING, "교차로-7".encode())}
    for port in range(1, ports + 1):
        tree[f"{OPER}.{port}"] = (ber.INTEGER, 1 if port % 5 else 2)
        tree[f"{IF_NAME}.{port}"] = (ber.OCTET_STRING, f"Gi1/0/{port}".encode())
        tree[f"{IN_OCTETS}.{port}"] = (ber.COUNTER64, 10**9 + port)
        tree[f"{OUT_OCTETS}.{port}"] = (ber.COUNTER64, 10**12 + port)
    return tree


class Agent(asyncio.DatagramProtocol):
    """Answers rightly from `tree`; then `twist(agent, request, answer)` says what is sent instead."""

    def __init__(self, tree, twist: Twist | None = None, community=b"public"):
        self.tree = {ber.oid_content(oid): typed for oid, typed in tree.items()}
        self.order = sorted(self.tree, key=ber.content_arcs)
        self.twist = twist
        self.community = community
        self.requests: list[Message] = []
        self.transport: asyncio.DatagramTransport
        self.peer = None

    def connection_made(self, transport):
        self.transport = transport

    @property
    def port(self):
        return self.transport.get_extra_info("sockname")[1]

    def target(self, **changes):
        host = self.transport.get_extra_info("sockname")[0]
        plain = {"host": host, "port": self.port, "community": self.community, "timeout_s": 0.25, "retries": 1}
        return Target(**(plain | changes))

    def datagram_received(self, data, peer):
        request = decode(data)
        if request.community != self.community:
            return
        self.requests.append(request)
        self.peer = peer
        answer = self.answer(request)
        for datagram in self.twist(self, request, answer) if self.twist else [answer]:
            self.send(datagram)

    def send(self, datagram, after_s=0.0):
        """Send a message or raw octets to whoever asked last, perhaps later."""
        octets = datagram if isinstance(datagram, bytes) else encode(datagram)
        if after_s:
            asyncio.get_running_loop().call_later(after_s, self.transport.sendto, octets, self.peer)
        else:
            self.transport.sendto(octets, self.peer)

    def answer(self, request):
        if request.pdu_type is PduType.GET:
            varbinds = [self.get(varbind.oid) for varbind in request.varbinds]
        elif request.pdu_type is PduType.GET_NEXT:
            varbinds = [self.after(varbind.oid) for varbind in request.varbinds]
        else:
            varbinds, row = [], [varbind.oid for varbind in request.varbinds]
            for _ in range(request.max_repetitions):
                found = [self.after(oid) for oid in row]
                varbinds += found
                row = [varbind.oid for varbind in found]
        answer = replace(request, pdu_type=PduType.RESPONSE, varbinds=tuple(varbinds), error_status=0, error_index=0)
        if request.version is Version.V1:
            for index, varbind in enumerate(varbinds, 1):
                if varbind.syntax in ber.EXCEPTIONS:
                    return replace(
                        answer, varbinds=request.varbinds, error_status=NO_SUCH_NAME_STATUS, error_index=index
                    )
        return answer

    def get(self, oid):
        return VarBind(oid, *self.tree.get(oid, (ber.NO_SUCH_INSTANCE, None)))

    def after(self, oid):
        arcs = ber.content_arcs(oid)
        for known in self.order:
            if ber.content_arcs(known) > arcs:
                return VarBind(known, *self.tree[known])
        return VarBind(oid, ber.END_OF_MIB_VIEW)


@contextlib.asynccontextmanager
async def running(agent: Agent, host="127.0.0.1", port=0) -> AsyncIterator[Agent]:
    """The agent, listening."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: agent, local_addr=(host, port), family=family)
    try:
        yield agent
    finally:
        transport.close()


async def until(condition, within_s=60.0):
    """Wait for a counter to get where it should."""
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110 - a counter sets no event
            await asyncio.sleep(0.005)
