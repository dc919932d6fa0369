"""net-snmp's own tools read our simulated agents as they read real ones."""

import asyncio
import re

import pytest

from netwatch.simulate.growth import generate
from netwatch.simulate.recording import read
from netwatch.simulate.server import Ports, serve_recordings, simulate_city
from tests.tools import require_recordings, require_tool

ANY_PORT = Ports(snmp=0, echo=None, tcp=None)
BOTH = pytest.mark.parametrize(("version", "tool"), [("1", "snmpwalk"), ("2c", "snmpbulkwalk")])


async def run(tool, *arguments):
    process = await asyncio.create_subprocess_exec(
        require_tool(tool), "-m", "", "-t", "2", *arguments, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    return out.decode("utf-8", "replace").splitlines()


@pytest.fixture
async def serve():
    running = []

    def start(simulation):
        simulation.start()
        running.append(simulation)
        return simulation.snmp_port

    yield start
    for simulation in running:
        simulation.stop()


def numeric(recording):
    """The lines `snmpwalk -OnQUet` prints for numbers."""
    return {
        "." + ".".join(map(str, arcs)): str(int.from_bytes(value[2:], "big", signed=value[0] == 2))
        for arcs, value in recording.values.items()
        if value[0] in (0x02, 0x41, 0x42, 0x46) and arcs[:4] == (1, 3, 6, 1)
    }


@BOTH
@pytest.mark.parametrize("name", ["weos_ddw-225", "hirschmann", "moxa-etherdevice_edsg516e"])
async def test_a_walk_reads_every_recorded_object_with_its_value(serve, name, version, tool):
    file = require_recordings() / f"{name}.snmprec"
    port = serve(serve_recordings({"127.1.0.1": file}, ports=ANY_PORT))
    lines = await run(tool, f"-v{version}", "-c", "public", "-OnQUet", f"127.1.0.1:{port}", ".1.3.6.1")
    found = dict(match.groups() for line in lines if (match := re.fullmatch(r"(\.[\d.]+) = (-?\d+)", line)))
    recording = read(file)
    expected = numeric(recording)
    if version == "1":
        wide = {"." + ".".join(map(str, arcs)) for arcs, value in recording.values.items() if value[0] == 0x46}
        expected = {oid: value for oid, value in expected.items() if oid not in wide}
        assert wide.isdisjoint(found)
    assert {oid: found.get(oid) for oid in expected} == expected


async def test_a_bulk_walk_reads_the_names_of_a_recording_in_its_order(serve):
    file = require_recordings() / "procurve_2520.snmprec"
    port = serve(serve_recordings({"127.1.0.9": file}, ports=ANY_PORT))
    lines = await run("snmpbulkwalk", "-v2c", "-c", "public", "-On", "-Cr50", f"127.1.0.9:{port}", ".1.3.6.1")
    names = [match[1] for line in lines if (match := re.match(r"\.([\d.]+) = (?!No more)", line))]
    assert names == [".".join(map(str, arcs)) for arcs in sorted(read(file).values)]


@BOTH
async def test_a_city_switch_is_read_like_a_switch(serve, version, tool):
    city = generate(switches=10, vendors=("cisco",))
    port = serve(simulate_city(city, ports=ANY_PORT))
    device = city.devices["acc-0001"]
    where = f"{device.address}:{port}"
    names = await run(tool, f"-v{version}", "-c", "public", "-Ovq", where, ".1.3.6.1.2.1.31.1.1.1.1")
    assert [line.strip('"') for line in names] == [p.name for p in device.ports]
    (system,) = await run("snmpget", f"-v{version}", "-c", "public", "-Onvq", where, ".1.3.6.1.2.1.1.2.0")
    assert system == ".1.3.6.1.4.1.9.1.2494"


async def test_a_wrong_community_times_out(serve):
    city = generate(switches=4)
    port = serve(simulate_city(city, ports=ANY_PORT))
    where = f"{city.devices['core-1'].address}:{port}"
    assert await run("snmpget", "-r0", "-v2c", "-c", "private", where, ".1.3.6.1.2.1.1.3.0") == []
