"""The simulation's sockets: every address answers for itself, and failures reach the wire."""

import asyncio
import socket

import pytest

from netwatch.simulate.agent import from_recording
from netwatch.simulate.growth import generate
from netwatch.simulate.recording import parse
from netwatch.simulate.server import Ports, Simulation, Step, simulate_city
from netwatch.simulate.tcp import TcpFace, TooManyListenersError
from netwatch.simulate.world import How
from netwatch.snmp import ber
from netwatch.snmp.errors import Timeout
from netwatch.snmp.message import PduType
from netwatch.snmp.mux import Mux
from netwatch.snmp.request import Question
from netwatch.snmp.target import Target

SYS_NAME = ber.oid_content("1.3.6.1.2.1.1.5.0")


def free_tcp_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
async def simulation():
    city = generate(switches=12, seed=5)
    running = simulate_city(city, ports=Ports(snmp=0, echo=0, tcp=free_tcp_port()))
    running.start()
    yield running
    running.stop()


@pytest.fixture
async def mux():
    manager = Mux()
    yield manager
    manager.close()


def camera_of(simulation):
    return next(thing for thing in simulation.city.city.field_devices.values() if thing.kind == "cctv")


async def name_at(mux, address, port):
    target = Target(host=address, port=port, community=b"public", timeout_s=0.3, retries=0)
    reply = await mux.ask(target, Question(PduType.GET, (SYS_NAME,)))
    return reply.varbinds[0].value.decode()


async def echo(address, port):
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as asking:
        asking.connect((address, port))  # a connected socket hears only the address it asked
        await loop.sock_sendall(asking, b"token")
        try:
            async with asyncio.timeout(0.3):
                return await loop.sock_recv(asking, 100)
        except TimeoutError:
            return None


async def knock(address, port):
    try:
        async with asyncio.timeout(0.3):
            _, writer = await asyncio.open_connection(address, port)
    except TimeoutError:
        return "silence"
    except ConnectionRefusedError:
        return "refused"
    writer.close()
    await writer.wait_closed()
    return "accepted"


async def test_every_address_answers_for_its_own_device_from_that_address(simulation, mux):
    for device in simulation.city.city.devices.values():
        assert await name_at(mux, device.address, simulation.snmp_port) == device.id


async def test_an_address_that_is_nobodys_is_silent(simulation, mux):
    with pytest.raises(Timeout):
        await name_at(mux, "127.1.0.200", simulation.snmp_port)
    assert await echo("127.1.0.200", simulation.echo_port) is None


async def test_switches_cameras_and_canaries_echo_what_they_get(simulation):
    city = simulation.city.city
    for address in (city.devices["core-2"].address, camera_of(simulation).address, "127.8.0.1"):
        assert await echo(address, simulation.echo_port) == b"token"


async def test_a_failed_switch_is_silent_until_it_is_restored(simulation, mux):
    camera = camera_of(simulation)
    device = simulation.city.city.devices[camera.port.device]
    simulation.fail(f"device:{device.id}")
    with pytest.raises(Timeout):
        await name_at(mux, device.address, simulation.snmp_port)
    assert await echo(device.address, simulation.echo_port) is None
    assert await echo(camera.address, simulation.echo_port) is None
    simulation.restore(f"device:{device.id}")
    assert await name_at(mux, device.address, simulation.snmp_port) == device.id
    assert await echo(camera.address, simulation.echo_port) == b"token"


async def test_a_camera_accepts_refuses_when_hung_and_is_silent_when_dark(simulation):
    camera = camera_of(simulation)
    other = list(simulation.city.city.field_devices.values())[-1]
    port = simulation._tcp._port
    assert await knock(camera.address, port) == "accepted"
    for subject, how, met in (
        (f"field_device:{camera.id}", How.HANG, "refused"),
        (f"field_device:{camera.id}", How.POWER, "silence"),
        (f"device:{camera.port.device}", How.POWER, "silence"),
    ):
        simulation.fail(subject, how=how)
        assert await knock(camera.address, port) == met
        simulation.restore(subject)
        assert await knock(camera.address, port) == "accepted"
    assert other.address != camera.address
    assert simulation.counts["accepted"] >= 4


async def test_a_camera_that_was_hung_and_then_cut_off_goes_from_refusing_to_silence_and_back(simulation):
    camera = camera_of(simulation)
    port = simulation._tcp._port
    simulation.fail(f"field_device:{camera.id}")
    simulation.fail(f"site:{camera.site}")
    assert await knock(camera.address, port) == "silence"
    simulation.restore(f"site:{camera.site}")
    assert await knock(camera.address, port) == "refused"
    simulation.restore_all()
    assert await knock(camera.address, port) == "accepted"


async def test_an_agent_can_answer_over_ipv6(mux):
    agent = from_recording(parse(b"1.3.6.1.2.1.1.5.0|4|six\n", source="x"))
    simulation = Simulation({"::1": agent}, ports=Ports(snmp=free_tcp_port(), echo=None))
    simulation.start()
    try:
        assert await name_at(mux, "::1", simulation.snmp_port) == "six"
    finally:
        simulation.stop()


async def test_a_taken_port_is_an_error_and_leaves_nothing_open(simulation):
    port = simulation.snmp_port
    second = simulate_city(generate(switches=4), ports=Ports(snmp=port, echo=None, tcp=None))
    with pytest.raises(OSError, match="Address already in use"):
        second.start()
    second.stop()
    simulation.stop()
    third = simulate_city(generate(switches=4), ports=Ports(snmp=port, echo=None, tcp=None))
    third.start()
    third.stop()


async def test_a_burst_of_requests_is_answered_to_the_last(simulation, mux):
    devices = list(simulation.city.city.devices.values())
    asked = [devices[n % len(devices)] for n in range(300)]
    names = await asyncio.gather(*(name_at(mux, device.address, simulation.snmp_port) for device in asked))
    assert names == [device.id for device in asked]


async def test_a_counter_read_over_the_wire_is_the_truth_between_request_and_reply(simulation, mux):
    camera = camera_of(simulation)
    index = simulation.city.city.port(camera.port).index
    device = simulation.city.city.devices[camera.port.device]
    simulation.drive(camera.port, [Step(after_s=0.0, octets_per_second=1e9), Step(after_s=0.05, octets_per_second=1e6)])
    target = Target(host=device.address, port=simulation.snmp_port, community=b"public")
    question = Question(PduType.GET, (ber.oid_content(f"1.3.6.1.2.1.31.1.1.1.6.{index}"),))
    for _ in range(100):
        before = simulation.started_at + simulation.now()
        reply = await mux.ask(target, question)
        after = simulation.started_at + simulation.now()
        low, high = (simulation.truth(camera.port, at) for at in (before, after))
        assert low - 1000 <= reply.varbinds[0].value <= high + 1000  # epoch seconds resolve to a quarter microsecond


async def test_more_cameras_than_the_process_may_open_sockets_is_a_sentence(simulation, monkeypatch):
    monkeypatch.setattr("resource.getrlimit", lambda _what: (100, 200))
    with pytest.raises(TooManyListenersError, match=r"need \d+ open files, and the limit is 200; raise it"):
        TcpFace(simulation.city.doors(), port=1).start()
