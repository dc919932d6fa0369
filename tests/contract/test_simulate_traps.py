"""What simulated switches say unasked: from their own addresses, only what could arrive, and only where told to."""

import socket

import pytest

from netwatch.simulate.growth import generate
from netwatch.simulate.server import Ports, simulate_city
from netwatch.simulate.world import How
from netwatch.snmp import ber
from netwatch.snmp.trap import decode_trap
from tests.traps import COLD_START, IF_INDEX, LINK_DOWN, LINK_UP

CITY = generate(switches=12, seed=5)
LINK = [link for link in CITY.links.values() if link.ring][-1]  # far from the vantage, which hears nobody without power


@pytest.fixture
def heard():
    """Takes what has arrived: (device, kind, port's ifIndex or None)."""
    of = {device.address: device for device in CITY.devices.values()}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.bind(("127.0.0.1", 0))
        ear.settimeout(0)

        def take():
            found = []
            while True:
                try:
                    datagram, (host, _) = ear.recvfrom(65_535)
                except BlockingIOError:
                    return found
                trap = decode_trap(datagram)
                assert trap.community == b"public"
                ports = [one.value for one in trap.told.varbinds if one.dotted.startswith(f"{IF_INDEX}.")]
                found.append((of[host].id, ber.oid_to_dotted(trap.told.kind), ports[0] if ports else None))

        take.address = ear.getsockname()
        yield take


@pytest.fixture
async def simulation(heard):
    running = simulate_city(CITY, ports=Ports(snmp=0, echo=None, tcp=None, traps_to=heard.address))
    running.start()
    yield running
    running.stop()


def index_of(port):
    return next(one.index for one in CITY.devices[port.device].ports if one.name == port.interface)


async def test_both_ends_of_a_cut_tell_of_their_ports_and_again_when_it_is_mended(simulation, heard):
    simulation.fail(f"link:{LINK.id}")
    assert sorted(heard()) == sorted((end.device, LINK_DOWN, index_of(end)) for end in (LINK.a, LINK.b))
    simulation.restore(f"link:{LINK.id}")
    assert sorted(heard()) == sorted((end.device, LINK_UP, index_of(end)) for end in (LINK.a, LINK.b))


async def test_a_switch_without_power_says_nothing_until_it_starts_again(simulation, heard):
    simulation.fail(f"device:{LINK.a.device}")
    told = heard()
    assert told
    assert {(kind, device != LINK.a.device) for device, kind, _ in told} == {(LINK_DOWN, True)}
    simulation.restore_all()
    told = heard()
    assert (LINK.a.device, COLD_START, None) in told
    assert {kind for device, kind, _ in told if device != LINK.a.device} == {LINK_UP}


async def test_one_that_hangs_says_nothing_and_nobody_notices(simulation, heard):
    simulation.fail(f"device:{LINK.a.device}", how=How.HANG)
    assert heard() == []


async def test_a_camera_without_power_is_told_of_by_its_switch(simulation, heard):
    camera = next(thing for thing in CITY.field_devices.values() if thing.kind == "cctv")
    simulation.fail(f"field_device:{camera.id}", how=How.POWER)
    assert heard() == [(camera.port.device, LINK_DOWN, index_of(camera.port))]


async def test_nothing_is_said_where_nobody_is_named(heard):
    running = simulate_city(CITY, ports=Ports(snmp=0, echo=None, tcp=None))
    running.start()
    try:
        running.fail(f"link:{LINK.id}")
        assert heard() == []
    finally:
        running.stop()


async def test_a_target_that_cannot_be_reached_is_counted(heard):
    running = simulate_city(CITY, ports=Ports(snmp=0, echo=None, tcp=None, traps_to=("127.0.0.1", 0)))
    running.start()
    try:
        running.fail(f"link:{LINK.id}")
        assert running.counts["EINVAL"] == 2
    finally:
        running.stop()
