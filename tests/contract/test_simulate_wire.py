"""The simulation's sockets: every address answers for itself, and failures reach the wire."""

import asyncio
import socket

import pytest

from netwatch.collect.liveness import Checks
from netwatch.core.errors import Reason
from netwatch.core.model import Check
from netwatch.simulate.agent import from_recording
from netwatch.simulate.growth import generate
from netwatch.simulate.recording import parse
from netwatch.simulate.server import Ports, Simulation, Step, simulate_city
from netwatch.simulate.tcp import TcpFace, TooManyListenersError
from netwatch.simulate.traffic import field_rate
from netwatch.simulate.wire import packed
from netwatch.simulate.world import How
from netwatch.snmp import ber
from netwatch.snmp.errors import Timeout
from netwatch.snmp.message import PduType
from netwatch.snmp.mux import Mux
from netwatch.snmp.request import Question
from netwatch.snmp.target import Target
from tests.onvif import known_within_s
from tests.ports import free_tcp_port, free_udp_port

ENOUGH_S = 30.0  # for an answer that must come
SILENT_S = 0.5  # without one
SYS_NAME = ber.oid_content("1.3.6.1.2.1.1.5.0")


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


async def name_at(mux, address, port, *, within_s=ENOUGH_S):
    target = Target(host=address, port=port, community=b"public", timeout_s=within_s, retries=0)
    reply = await mux.ask(target, Question(PduType.GET, (SYS_NAME,)))
    return reply.varbinds[0].value.decode()


async def echo(address, port, *, within_s=ENOUGH_S):
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as asking:
        asking.connect((address, port))  # a connected socket hears only the address it asked
        await loop.sock_sendall(asking, b"token")
        try:
            async with asyncio.timeout(within_s):
                return await loop.sock_recv(asking, 100)
        except TimeoutError:
            return None


async def knock(address, port):
    try:
        async with asyncio.timeout(SILENT_S):
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
        await name_at(mux, "127.1.0.200", simulation.snmp_port, within_s=SILENT_S)
    assert await echo("127.1.0.200", simulation.echo_port, within_s=SILENT_S) is None


async def test_switches_cameras_and_canaries_echo_what_they_get(simulation):
    city = simulation.city.city
    for address in (city.devices["core-2"].address, camera_of(simulation).address, "127.8.0.1"):
        assert await echo(address, simulation.echo_port) == b"token"


async def test_a_failed_switch_is_silent_until_it_is_restored(simulation, mux):
    camera = camera_of(simulation)
    device = simulation.city.city.devices[camera.port.device]
    simulation.fail(f"device:{device.id}")
    with pytest.raises(Timeout):
        await name_at(mux, device.address, simulation.snmp_port, within_s=SILENT_S)
    assert await echo(device.address, simulation.echo_port, within_s=SILENT_S) is None
    assert await echo(camera.address, simulation.echo_port, within_s=SILENT_S) is None
    simulation.restore(f"device:{device.id}")
    assert await name_at(mux, device.address, simulation.snmp_port) == device.id
    assert await echo(camera.address, simulation.echo_port) == b"token"


async def asked(camera, port, *, kind="rtsp", within_s=SILENT_S):
    """What a check of this kind makes of a camera."""
    return await Checks().make("x", Check(kind=kind, port=port), address=camera.address, timeout_s=within_s)


async def test_a_camera_answers_accepts_without_a_word_when_hung_and_is_silent_when_dark(simulation):
    camera = camera_of(simulation)
    port = simulation._tcp._port
    for subject, how, met, evidence in (
        (f"field_device:{camera.id}", How.HANG, "accepted", "connected, but no answer"),
        (f"field_device:{camera.id}", How.POWER, "silence", "no connection"),
        (f"device:{camera.port.device}", How.POWER, "silence", "no connection"),
    ):
        simulation.fail(subject, how=how)
        assert await knock(camera.address, port) == met
        hung = await asked(camera, port)
        assert (hung.duration_s, hung.reason, hung.evidence) == (None, Reason.TIMEOUT, evidence)
        simulation.restore(subject)
        assert (await asked(camera, port)).reason is None
    assert simulation.counts["accepted"] >= 4


async def test_a_camera_that_was_hung_and_then_cut_off_goes_from_no_answer_to_silence_and_back(simulation):
    camera = camera_of(simulation)
    port = simulation._tcp._port
    for change, met in (
        (lambda: simulation.fail(f"field_device:{camera.id}"), "connected, but no answer"),
        (lambda: simulation.fail(f"site:{camera.site}"), "no connection"),
        (lambda: simulation.restore(f"site:{camera.site}"), "connected, but no answer"),
    ):
        change()
        assert (await asked(camera, port)).evidence == met
    simulation.restore_all()
    assert (await asked(camera, port)).evidence.startswith("RTSP/1.0 ")


async def test_each_make_answers_rtsp_in_its_way_and_some_tell_the_time(simulation):
    port = simulation._tcp._port
    cameras = [thing for thing in simulation.city.city.field_devices.values() if thing.kind == "cctv"]
    options = await asyncio.gather(*(asked(camera, port, within_s=ENOUGH_S) for camera in cameras))
    assert {one.reason for one in options} == {None}
    assert {one.evidence for one in options} == {"RTSP/1.0 200 OK", "RTSP/1.0 401 Unauthorized"}
    askable = [camera for camera in cameras if any(check.kind == "onvif" for check in camera.checks)]
    assert 0 < len(askable) < len(cameras)
    times = await asyncio.gather(*(asked(camera, port, kind="onvif", within_s=ENOUGH_S) for camera in askable))
    for camera, time in zip(askable, times, strict=True):
        offset_s = simulation.city.camera(packed(camera.address)).clock_offset_s
        assert time.clock_offset_s == pytest.approx(offset_s, abs=known_within_s(time.duration_s)), camera.id


async def test_a_camera_without_its_stream_answers_everything_and_sends_a_fiftieth(simulation):
    camera = camera_of(simulation)
    simulation.fail(f"field_device:{camera.id}", how=How.STREAM)
    assert (await asked(camera, simulation._tcp._port)).reason is None
    assert await echo(camera.address, simulation.echo_port) == b"token"
    at = simulation.started_at + simulation.now()
    await asyncio.sleep(0.5)
    sent = simulation.truth(camera.port, at + 0.5) - simulation.truth(camera.port, at)
    assert sent == pytest.approx(0.02 * field_rate(camera).steady * 0.5, rel=0.2)


async def test_visitors_beyond_the_cap_are_let_go_unheard_and_the_next_is_heard(simulation, monkeypatch):
    monkeypatch.setattr("netwatch.simulate.tcp.MOST_VISITORS", 2)
    camera, port = camera_of(simulation), simulation._tcp._port
    idle = [await asyncio.open_connection(camera.address, port) for _ in range(2)]
    assert (await asked(camera, port)).reason is Reason.CLOSED
    for _, writer in idle:
        writer.close()
        await writer.wait_closed()
    while simulation._tcp._visits:  # noqa: ASYNC110 - it is they who are to be gone
        await asyncio.sleep(0.005)
    assert (await asked(camera, port)).reason is None


async def test_an_agent_can_answer_over_ipv6(mux):
    agent = from_recording(parse(b"1.3.6.1.2.1.1.5.0|4|six\n", source="x"))
    simulation = Simulation({"::1": agent}, ports=Ports(snmp=free_udp_port(), echo=None))
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
        TcpFace(simulation.city.doors(), lambda _address, _request: None, port=1).start()
