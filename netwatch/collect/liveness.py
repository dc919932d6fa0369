"""Checks of field devices over TCP: a subject, a check and an address in, one CheckObservation out.

An open port proves the service's host and stack alive; a refusal proves the host alive and the service not. RTSP and
ONVIF go one question further. All connections together are a bounded number at once.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from ipaddress import IPv4Address, IPv6Address

from netwatch.collect.connection import Answer, connect, reason_of
from netwatch.collect.onvif import ask_time
from netwatch.collect.rtsp import ask_options
from netwatch.core.errors import PollError
from netwatch.core.model import Check
from netwatch.core.observation import CheckObservation

AT_ONCE = 256  # connections at one moment: far below LimitNOFILE, and no SYN burst


async def tcp_connect(
    address: str, *, port: int, timeout_s: float, source: IPv4Address | IPv6Address | None = None
) -> Answer:
    """Open a TCP connection to a numeric address and close it; nothing is sent. Every failure is a Reason."""
    begun_s = time.monotonic()
    try:
        async with asyncio.timeout(timeout_s):
            connection = await connect(address, port=port, source=source)
        connection.close()
    except (OSError, PollError) as error:  # TimeoutError too
        return Answer(at_s=begun_s, duration_s=None, reason=reason_of(error))
    return Answer(at_s=begun_s, duration_s=time.monotonic() - begun_s)


ASKED: Mapping[str, Callable[..., Awaitable[Answer]]] = {"tcp": tcp_connect, "rtsp": ask_options, "onvif": ask_time}


class Checks:
    """Checks, a bounded number at once. The wait for a turn is in no check's duration or timeout."""

    def __init__(self, *, at_once: int = AT_ONCE) -> None:
        self._turns = asyncio.Semaphore(at_once)

    async def make(self, subject: str, check: Check, *, address: str, timeout_s: float) -> CheckObservation:
        """One check of `subject`, of a kind in ASKED. Nothing is raised for what the network or the peer did."""
        async with self._turns:
            answer = await ASKED[check.kind](address, port=check.service_port, timeout_s=timeout_s)
        return CheckObservation(
            subject=subject,
            check=str(check),
            at_s=answer.at_s,
            wall_s=time.time() - time.monotonic(),
            duration_s=answer.duration_s,
            reason=answer.reason,
            clock_offset_s=answer.clock_offset_s,
            evidence=answer.evidence,
        )
