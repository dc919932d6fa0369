"""What an echo costs: 2,000 a second for 10,000 devices pinged each 5 s, CPU of sending, receiving and telling."""

import asyncio
import time

import pytest
import uvloop

from netwatch.collect.ping import Pinger
from netwatch.core.model import Ping, PingMethod, Settings
from netwatch.core.observation import PingObservation
from tests.bench.harness import arguments, note, simulated_agents, stay_on_core, table
from tests.e2e.own_network import OwnNetwork, in_own_network

PER_S = 2000
SLICE_S = 0.01


async def echoes(ping: Ping, addresses: list[str], seconds: int) -> tuple[float, int]:
    """CPU microseconds an echo, and how many were not answered."""
    pinger = Pinger(Settings(ping_packets_per_second_per_subnet=PER_S))
    await pinger.start()
    told: list[PingObservation] = []
    sent, wanted = 0, PER_S * seconds
    begun_s, spent_s = time.monotonic(), time.thread_time()
    while sent < wanted:
        due = min(wanted, int((time.monotonic() - begun_s) * PER_S))
        while sent < due:
            address = addresses[sent % len(addresses)]
            pinger.send(address, address=address, ping=ping, attempt=0, done=told.append)
            sent += 1
        await asyncio.sleep(SLICE_S)
    while len(told) < wanted:  # noqa: ASYNC110 - what is waited for is counters, which no event tells of
        await asyncio.sleep(SLICE_S)
    spent_s = time.thread_time() - spent_s
    await pinger.stop()
    return spent_s / wanted * 1e6, sum(one.rtt_s is None for one in told)


@in_own_network
def over_icmp(network: OwnNetwork, rows: list[tuple[str, float, int, str]], seconds: int) -> None:
    network.permit_icmp()
    addresses = [f"127.8.{number // 250}.{number % 250 + 1}" for number in range(2000)]
    rows.append(row("ICMP, answered by the kernel", *uvloop.run(echoes(Ping(), addresses, seconds))))


def row(what: str, cost_us: float, missed: int) -> tuple[str, float, int, str]:
    return what, cost_us, missed, f"{cost_us * PER_S / 1e6:.1%}"


def main() -> None:
    chosen = arguments(__doc__, seconds=3)
    stay_on_core()
    rows: list[tuple[str, float, int, str]] = []
    refused = ""
    try:
        over_icmp(rows, chosen.seconds)
    except pytest.skip.Exception as reason:
        refused = f"ICMP needs a network of its own: {reason}; its row is left out."
    with simulated_agents(1000) as agents:
        ping = Ping(method=PingMethod.UDP, port=agents.echo_port)
        rows.append(
            row("UDP echo, answered by the agents", *uvloop.run(echoes(ping, agents.addresses, chosen.seconds)))
        )
    table(f"{PER_S:,} echoes a second", ("", "CPU µs an echo", "missed", "of a core"), rows)
    if refused:
        note(refused)


if __name__ == "__main__":
    main()
