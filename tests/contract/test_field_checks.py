"""A field device's checks from the inventory to the metrics page: Collector and Engine against a simulated city."""

import asyncio
import contextlib
import socket
from collections import defaultdict
from dataclasses import replace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from netwatch.collect.doubts import LOOKS_PER_S
from netwatch.core.errors import Reason
from netwatch.core.model import Check, Ping, PingMethod, Settings
from netwatch.core.observation import CheckObservation
from netwatch.simulate.growth import generate
from netwatch.simulate.server import Ports, simulate_city
from netwatch.simulate.world import How
from tests.onvif import known_within_s
from tests.polling import HALL, inventory, watching
from tests.ports import free_tcp_port

KINDS = ("rtsp", "onvif", "tcp")
BRISK = Settings(field_ping_every_s=0.3, field_tcp_every_s=0.3, field_rtsp_every_s=0.3, field_onvif_every_s=0.3)


@pytest.fixture
async def simulation():
    running = simulate_city(generate(switches=12, seed=5), ports=Ports(snmp=0, echo=0, tcp=free_tcp_port()))
    running.start()
    yield running
    running.stop()


def camera_in(simulation, **more):
    """A simulated camera as the inventory has it, asked everything on the port it listens on."""
    port = simulation._tcp._port
    one = next(thing for thing in simulation.city.city.field_devices.values() if thing.kind == "cctv")
    checks = (Check(kind="ping"), *(Check(kind=kind, port=port) for kind in KINDS))
    ping = Ping(method=PingMethod.UDP, port=simulation.echo_port)
    return replace(one, site=HALL.id, port=None, service=None, checks=checks, ping=ping, **more)


@contextlib.asynccontextmanager
async def checking(folder, *cameras, settings=BRISK):
    """The watch, and every check seen: (subject, kind) -> observations."""
    stock = replace(inventory(settings=settings), field_devices={one.id: one for one in cameras})
    async with watching(folder, stock) as watch:
        seen = defaultdict(list)
        offer = watch.engine.offer

        def listen(observation):
            kind = observation.check.partition("/")[0] if isinstance(observation, CheckObservation) else "ping"
            seen[observation.subject.partition(":")[2], kind].append(observation)
            offer(observation)

        watch.engine.offer = listen
        yield watch, seen


async def test_every_check_of_a_camera_stands_on_the_page_with_its_clock(simulation, tmp_path):
    camera = camera_in(simulation)
    true_s = simulation.city._cameras[socket.inet_aton(camera.address)].clock_offset_s
    async with checking(tmp_path, camera) as (watch, _):

        def up():
            return samples(watch, "field_device_check_up")

        await watch.until(lambda: up() == {"ping": 1, "tcp": 1, "rtsp": 1, "onvif": 1})
        (clock_s,) = samples(watch, "field_device_clock_offset_seconds").values()
        asked_s = samples(watch, "field_device_check_duration_seconds")["onvif"]
        assert clock_s == pytest.approx(true_s, abs=known_within_s(asked_s))
        simulation.fail(f"field_device:{camera.id}", how=How.HANG)
        await watch.until(lambda: (up()["rtsp"], up()["onvif"]) == (0, 0))
        assert (up()["ping"], up()["tcp"]) == (1, 1)
        assert samples(watch, "field_device_clock_offset_seconds") == {}  # what is silent tells no time
        simulation.restore_all()
        await watch.until(lambda: set(up().values()) == {1})


def samples(watch, name):
    """Kind of check (empty where the family has none) -> value."""
    families = text_string_to_metric_families(watch.page())
    told = [one for family in families if family.name == f"netwatch_{name}" for one in family.samples]
    return {one.labels.get("check", "").partition("/")[0]: one.value for one in told}


async def test_a_doubt_makes_all_checks_at_once_though_they_are_due_in_minutes(simulation, tmp_path):
    camera = camera_in(simulation)
    async with checking(tmp_path, camera, settings=Settings()) as (watch, seen):
        watch.collector.check_now(camera.id)
        watch.collector.check_now(camera.id)  # stands in line already
        await watch.until(lambda: len(seen) == 4, within_s=10)
        await asyncio.sleep(0.2)
        assert {kind: len(all_) for (_, kind), all_ in seen.items()} == dict.fromkeys(("ping", *KINDS), 1)


async def test_a_doubt_about_nobody_and_about_one_just_removed_is_nothing(simulation, tmp_path):
    camera = camera_in(simulation)
    async with checking(tmp_path, camera, settings=Settings()) as (watch, seen):
        watch.collector.check_now("cam-nobody")
        watch.collector.check_now(camera.id)
        watch.use(inventory(settings=Settings()))
        await asyncio.sleep(0.2)
        assert (len(watch.collector._doubts), dict(seen)) == (0, {})


async def test_a_check_under_way_is_not_begun_again_by_a_doubt(simulation, tmp_path):
    camera = camera_in(simulation)
    simulation.fail(f"field_device:{camera.id}", how=How.HANG)
    async with checking(tmp_path, camera, settings=Settings()) as (watch, seen):
        for _ in range(5):
            watch.collector.check_now(camera.id)
            await asyncio.sleep(0.1)
        await watch.until(lambda: {(camera.id, "rtsp"), (camera.id, "onvif")} <= seen.keys(), within_s=20)
        assert [len(seen[camera.id, kind]) for kind in ("rtsp", "onvif")] == [1, 1]
        assert len(seen[camera.id, "tcp"]) == 5  # had ended each time


async def test_a_thousand_doubts_are_looked_into_at_their_pace(simulation, tmp_path):
    first = camera_in(simulation)
    cameras = [replace(first, id=f"cam-x{number}", checks=(Check(kind="ping"),)) for number in range(1000)]
    seldom = Settings(field_ping_every_s=3600.0)
    async with checking(tmp_path, *cameras, settings=seldom) as (watch, seen):
        for camera in cameras:
            watch.collector.check_now(camera.id)
        begun_s = asyncio.get_running_loop().time()
        await watch.until(lambda: len(seen) >= 60, within_s=20)
        took_s = asyncio.get_running_loop().time() - begun_s
        assert 60 / took_s < LOOKS_PER_S * 1.3 + 10  # a few may be saved up


async def test_what_a_replaced_camera_still_brings_is_not_taken_for_the_new_ones(simulation, tmp_path):
    camera = camera_in(simulation)
    simulation.fail(f"field_device:{camera.id}", how=How.HANG)
    async with checking(tmp_path, camera, settings=Settings()) as (watch, seen):
        watch.collector.check_now(camera.id)
        await watch.until(lambda: watch.collector._checking)
        moved = replace(camera, address="127.16.9.9")
        watch.use(replace(inventory(settings=Settings()), field_devices={camera.id: moved}))
        await watch.until(lambda: not watch.collector._checking)
        assert [one for (_, kind), all_ in seen.items() if kind == "rtsp" for one in all_] == []


async def test_out_of_files_is_our_own_fault_and_blames_no_camera(simulation, tmp_path, monkeypatch):
    camera = camera_in(simulation)
    async with checking(tmp_path, camera, settings=Settings()) as (watch, seen):

        def none_left(*_words):
            raise OSError(24, "Too many open files")

        monkeypatch.setattr("netwatch.collect.connection.socket.socket", none_left)
        watch.collector.check_now(camera.id)
        await watch.until(lambda: all((camera.id, kind) in seen for kind in KINDS))
        assert {one.reason for kind in KINDS for one in seen[camera.id, kind]} == {Reason.LOCAL}
        assert not {"rtsp", "tcp"} & samples(watch, "field_device_check_up").keys()
