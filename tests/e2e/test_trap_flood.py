"""A flood of traps on a daemon that polls: every datagram is counted once, and no poll is late for it."""

import contextlib
import socket
import subprocess
import time
from dataclasses import dataclass

import pytest

from netwatch.simulate.city import FIELD_BLOCK
from netwatch.simulate.growth import generate
from netwatch.simulate.server import Ports
from tests.e2e.lost_time import lost_s
from tests.e2e.process import ENVIRONMENT, NETWATCH, ROOT, Daemon, until
from tests.ports import free_tcp_port, free_udp_port
from tests.traps import INFORM, LINK_DOWN, LINK_UP, port, trap

SECONDS = 30
BATCH_S = 0.01
MAY_LOSE_S = 1.0  # half an interval: by whoever lost more of the processors, polls may be late without a flood
STRANGERS = 10  # of the sources, with addresses of no device


@dataclass(frozen=True)
class Flood:
    per_s: int
    seconds: float
    sources: int

    @property
    def number(self):
        return int(self.per_s * self.seconds)


@contextlib.contextmanager
def simulated(folder, switches):
    """A city in a process of its own, and its inventory."""
    ports = Ports(snmp=free_udp_port(), echo=free_udp_port(), tcp=free_tcp_port(f"127.{FIELD_BLOCK}.0.1"))
    words = ["simulate", "--switches", switches, "--inventory-dir", folder, "--until-eof"]
    words += ["--port", ports.snmp, "--echo-port", ports.echo, "--tcp-port", ports.tcp]
    process = subprocess.Popen(
        [*NETWATCH, *map(str, words)], cwd=ROOT, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert process.stdout.readline().startswith(b"simulating")
        yield folder / "inventory.yaml"
    finally:
        process.communicate(timeout=60)


def datagrams():
    """What comes in a flood: ports that flap, informs, guesses, rubbish; each with its own variables."""
    rest = [trap(LINK_DOWN, community=b"guess"), trap(LINK_UP, port(1), tag=INFORM), b"\x30\x82\xff\xff", bytes(1400)]
    return [trap(kind, port(number)) for number in range(1, 29) for kind in (LINK_DOWN, LINK_UP)] + rest * 4


def pour(flood, addresses, target):
    """Send it all at its pace; how many the kernel took."""
    sent = 0
    with contextlib.ExitStack() as stack:
        sources = [stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) for _ in addresses]
        for source, address in zip(sources, addresses, strict=True):
            source.bind((address, 0))
        what = datagrams()
        began_s, lost_before_s = time.monotonic(), lost_s()
        while sent < flood.number:
            due = min(flood.number, int((time.monotonic() - began_s + BATCH_S) * flood.per_s))
            for number in range(sent, due):
                sources[number % len(sources)].sendto(what[number % len(what)], target)
            sent = due
            time.sleep(BATCH_S)
        took_s = time.monotonic() - began_s - (lost_s() - lost_before_s)
    assert took_s < 1.2 * flood.seconds + 0.5, f"{sent} took {took_s:.1f} s: that was no flood"
    return sent


def overruns(page):
    return sum(one.value for one in page.where("netwatch_poll_overruns_total"))


def unanswered(page):
    found = page.where("netwatch_poll_failures_total")
    return sum(one.value for one in found if one.labels["reason"] in ("timeout", "deadline"))


def hasten(inventory):
    """Look often, so that the test need not wait long for all to be seen, and late polls show."""
    every = '"every": {"ping": "1s", "status": "2s", "traffic": "2s"}, '
    inventory.write_text(inventory.read_text().replace("defaults: {", "defaults: {" + every, 1))


def withstands(folder, flood, *, switches, is_brisk=False):
    """Watch a city through the flood; what became of it, by outcome."""
    where = ("127.0.0.1", free_udp_port())
    city = generate(switches=switches, seed=1)
    known = [device.address for device in city.devices.values()][: flood.sources - STRANGERS]
    addresses = known + [f"127.99.0.{number}" for number in range(1, STRANGERS + 1)]
    with simulated(folder, switches) as inventory:
        if is_brisk:
            hasten(inventory)
        more = ("--traps", f"{where[0]}:{where[1]}")
        with Daemon(inventory, folder / "state", more=more) as daemon:
            daemon.ready(300)
            until(lambda: sees_all(daemon.page()), within_s=300, what="every device seen")
            counted = drowned(daemon, flood, addresses, where)
    return counted


def sees_all(page):
    return all(one.value for one in page.where("netwatch_device_up"))


def drowned(daemon, flood, addresses, where):
    """The flood, and that nothing came of it but numbers."""
    before, lost_before_s = daemon.page(), lost_s(daemon.pid)
    sent = pour(flood, addresses, where)
    until(lambda: daemon.value("netwatch_traps_received_total") >= sent, what=f"{sent} counted")
    after = daemon.page()
    counted = {one.labels["outcome"]: int(one.value) for one in after.where("netwatch_traps_total")}
    assert after.value("netwatch_traps_received_total") == sum(counted.values()) == sent
    assert sees_all(after)
    if lost_s(daemon.pid) - lost_before_s < MAY_LOSE_S:
        assert overruns(after) == overruns(before)
        assert unanswered(after) == unanswered(before)
    assert not after.where("netwatch_fault_active")
    swept_s = after.value("netwatch_last_sweep_timestamp_seconds")
    assert swept_s > (before.value("netwatch_last_sweep_timestamp_seconds") or 0.0)
    told = {outcome: number for outcome, number in counted.items() if number}
    print(
        f"\n{sent} traps in {flood.seconds:g} s: {told}; lag {after.value('netwatch_loop_lag_seconds') * 1000:.0f} ms"
    )
    return counted


def test_two_seconds_of_flood_are_counted_to_the_last_and_delay_no_poll(tmp_path):
    counted = withstands(tmp_path, Flood(per_s=10_000, seconds=2, sources=40), switches=30, is_brisk=True)
    assert counted["rate_limited"] > counted["acted_on"] > 0
    assert counted["unknown_source"] > 1000


@pytest.mark.soak
def test_half_a_minute_of_flood_on_a_thousand_devices(tmp_path):
    flood = Flood(per_s=10_000, seconds=SECONDS, sources=200)
    counted = withstands(tmp_path, flood, switches=1000)
    assert counted["acted_on"] > 0
