"""From a trap to the metrics: verified and named within a second, though statuses are read every half a minute."""

import re
import socket
import time
from pathlib import Path

import pytest

from netwatch.simulate.city_text import SECRET_FILE, inventory_files
from netwatch.simulate.growth import generate
from netwatch.simulate.server import Ports, simulate_city
from netwatch.simulate.world import How
from tests.e2e.lost_time import lost_s
from tests.e2e.network import COMMUNITY, Network
from tests.e2e.process import Daemon, until
from tests.ports import free_udp_port
from tests.traps import COLD_START, LINK_DOWN, LINK_UP, REFUSED, port, trap

CITY = generate(switches=12, seed=5)
PACES = '{"ping": "1s", "status": "30s", "traffic": "30s", "health": "60s", "discovery": "15m"}'
PATIENCE_S = 1.0 + 4 * 0.5 + 3.0  # after a start nothing is named before all have had their time to answer
WITHIN_S = 1.0  # of the trap, which leaves within a millisecond of the cut
COUNTED_S = 1.2  # the daemon's own counters are brought to the page each second
SCRAPED_S = 0.25  # asking for the pages takes time too, with two cores for all
RING = [link for link in CITY.links.values() if link.ring][-1]
SPUR = next(link for link in CITY.links.values() if not link.ring)
CAMERA = next(
    thing
    for thing in CITY.field_devices.values()
    if thing.kind == "cctv"
    and not thing.shared
    and thing.port.device not in {end.device for link in (RING, SPUR) for end in (link.a, link.b)}
)


class Watched:
    """A simulated city whose switches send traps, and the daemon that hears them."""

    def __init__(self, folder: Path):
        self.traps_at = ("127.0.0.1", free_udp_port())
        ports = Ports(snmp=0, echo=0, tcp=None, traps_to=self.traps_at)
        self.network = Network(lambda: simulate_city(CITY, ports=ports, community=COMMUNITY.encode()))
        served = Ports(snmp=self.network.snmp_port, echo=self.network.echo_port, tcp=None)
        for name, text in inventory_files(CITY, ports=served, community=COMMUNITY).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            paces = f'defaults: {{"every": {PACES}, "snmp": {{"timeout": "500ms", "retries": 1, '
            told = re.sub(r'^defaults: \{"snmp": \{', paces, text, flags=re.MULTILINE)
            path.write_text(told, encoding="utf-8")
        (folder / SECRET_FILE).chmod(0o600)
        more = ("--traps", f"{self.traps_at[0]}:{self.traps_at[1]}")
        self.daemon = Daemon(folder / "inventory.yaml", folder / "state", more=more)

    def __enter__(self):
        self.daemon.start().ready()
        until(self.is_well, what="a city that is well")
        time.sleep(PATIENCE_S)
        return self

    def __exit__(self, *_):
        self.daemon.__exit__()
        self.network.close()

    def is_well(self):
        return not self.ailing()

    def ailing(self):
        """What is not as it should be."""
        page = self.daemon.page()
        well = (("netwatch_device_state", "up"), ("netwatch_ring_state", "intact"), ("netwatch_link_state", "up"))
        states = [sample for family, state in well for sample in page.where(family, state=state)]
        return [sample.labels for sample in states if not sample.value] + list(self.faults())

    def faults(self):
        """(kind, subject) of those that are open, a single link by its cable."""
        page = self.daemon.page("/metrics/faults")
        return {(sample.labels["kind"], sample.labels["subject"]) for sample in page.where("netwatch_fault_info")}

    def outcomes(self):
        page = self.daemon.page("/metrics?shard=city")
        told = {sample.labels["outcome"]: int(sample.value) for sample in page.where("netwatch_traps_total")}
        assert page.value("netwatch_traps_received_total") == sum(told.values())
        return {outcome: number for outcome, number in told.items() if number}

    def took_s(self, work, *args, until_told, **kwargs):
        """How long after this `until_told` is true, on a machine that has the time."""
        lost_before_s = lost_s(self.daemon.pid)
        self.network.call(work, *args, **kwargs)
        began_s = time.monotonic()
        until(until_told, what=f"{args} in the metrics")
        return time.monotonic() - began_s - (lost_s(self.daemon.pid) - lost_before_s)

    def is_up(self, where):
        return self.daemon.page().value("netwatch_interface_up", device=where.device, interface=where.interface)


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    with Watched(tmp_path_factory.mktemp("traps")) as one:
        yield one


def test_a_cut_in_a_ring_is_verified_and_named_within_a_second(watched):
    cables = {f"cable:{run.cable}" for run in RING.fibre} | {f"link:{RING.id}"}
    fail = watched.network.simulation.fail

    def told():
        return {subject for _, subject in watched.faults()} & cables

    assert watched.took_s(fail, f"link:{RING.id}", until_told=told) < WITHIN_S + SCRAPED_S
    assert watched.is_up(RING.a) == watched.is_up(RING.b) == 0
    mended_s = watched.took_s(watched.network.simulation.restore_all, until_told=lambda: not watched.faults())
    assert mended_s < WITHIN_S + SCRAPED_S
    assert watched.is_up(RING.a) == watched.is_up(RING.b) == 1


def test_a_switch_at_the_end_of_a_cut_cable_is_told_of_before_its_silence_is_proven(watched):
    fail = watched.network.simulation.fail
    cut = {f"cable:{run.cable}" for run in SPUR.fibre} | {f"link:{SPUR.id}"}

    def told():
        return {(kind, subject) for kind, subject in watched.faults() if subject in cut}

    assert watched.took_s(fail, f"link:{SPUR.id}", until_told=told) < WITHIN_S + SCRAPED_S
    assert {kind for kind, _ in told()} <= {"cable_cut", "link_cut"}
    behind = SPUR.b.device
    assert watched.daemon.page().value("netwatch_device_state", device=behind, state="unreachable") == 1
    watched.network.call(watched.network.simulation.restore_all)
    until(watched.is_well, what="a switch that is back")
    assert not any("redundancy_lost" in line and SPUR.id in line for line in watched.daemon.log)


def test_a_trap_that_lies_changes_nothing_but_the_counts(watched):
    time.sleep(COUNTED_S)
    before = watched.outcomes()
    switch = CITY.devices[RING.b.device]
    index = next(one.index for one in switch.ports if one.name == RING.b.interface)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as liar:
        liar.bind((switch.address, 0))
        for kind in (LINK_DOWN, COLD_START, LINK_UP, REFUSED):
            liar.sendto(trap(kind, port(index), community=COMMUNITY.encode()), watched.traps_at)
        liar.sendto(trap(LINK_DOWN, community=b"guess"), watched.traps_at)
        liar.sendto(b"\x30\x80" * 100, watched.traps_at)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.sendto(trap(LINK_DOWN, port(index), community=COMMUNITY.encode()), watched.traps_at)
    until(lambda: sum(watched.outcomes().values()) == sum(before.values()) + 7, what="all counted")
    after = watched.outcomes()
    new = {outcome: number - before.get(outcome, 0) for outcome, number in after.items()}
    assert {outcome: number for outcome, number in new.items() if number} == {
        "acted_on": 4,
        "wrong_community": 1,
        "malformed": 1,
        "unknown_source": 1,
    }
    until(lambda: watched.daemon.lines("authentication.failure"), what="the security event")
    assert watched.ailing() == []
    assert not any(COMMUNITY in line for line in watched.daemon.log)


def test_a_camera_without_power_is_verified_and_named_within_a_second(watched):
    fail = watched.network.simulation.fail
    subject = f"field_device:{CAMERA.id}"
    took_s = watched.took_s(
        fail, subject, how=How.POWER, until_told=lambda: subject in {one for _, one in watched.faults()}
    )
    assert took_s < WITHIN_S + SCRAPED_S
    assert watched.is_up(CAMERA.port) == 0
