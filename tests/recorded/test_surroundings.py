"""What recorded devices see around them, held against the facts and against the recordings themselves.

The facts are another monitor's reading. They name only neighbours that say a system name or description, spell octets
its own way, and hold CDP neighbours too, which are no business of these tables.
"""

import asyncio
import json
import re

import pytest

from netwatch.collect.once import poll_once
from netwatch.core.neighbours.sightings import MACS, NEIGHBOURS
from netwatch.profiles.load import plan_for
from netwatch.simulate.recording import read
from netwatch.simulate.server import Ports, serve_recordings
from tests.polling import device, inventory, shipped_profiles
from tests.tools import RECORDINGS, require_recordings

LLDP_REMOTE = (1, 0, 8802, 1, 1, 2, 1, 4, 1, 1)
FORWARDING = ((1, 3, 6, 1, 2, 1, 17, 7, 1, 2, 2, 1, 2), (1, 3, 6, 1, 2, 1, 17, 4, 3, 1, 2))
BRIDGE_PORT = (1, 3, 6, 1, 2, 1, 17, 1, 4, 1, 2)
OCTETS_AS_HEX = re.compile(r"([0-9A-F]{2} )+[0-9A-F]{2}")
NAMES = sorted(path.stem for path in RECORDINGS.glob("*.snmprec"))

# why facts are not met: how the recording shows it
OWN_LLDP_MIB = {"timos"}  # the neighbours stand in the maker's table, and none in LLDP-MIB
NO_LOCAL_PORT = {"routeros_crs317"}  # the index is one number and names no local port
PORTS_NOT_TOLD = {"junos_qfx5100"}  # nearly every entry of the forwarding table is on port 0
ONLY_GROUPS = {"fs-centec_s5850-48s2q4c"}  # nothing but group addresses


async def poll_all(recordings):
    simulation = serve_recordings(recordings, ports=Ports(snmp=0, echo=None, tcp=None))
    simulation.start()
    profiles, found = shipped_profiles(), {}
    try:
        for address, path in recordings.items():
            one = device(path.stem, address=address, port=simulation.snmp_port, timeout_s=2.0)
            polled = await poll_once(inventory(one), one, plan_for(one, profiles))
            found[path.stem] = polled.state.sightings
    finally:
        simulation.stop()
    return found


@pytest.fixture(scope="module")
def seen():
    require_recordings()
    return asyncio.run(poll_all({f"127.3.{n}.1": RECORDINGS / f"{name}.snmprec" for n, name in enumerate(NAMES, 1)}))


def facts(name):
    """(system name, port) of every LLDP neighbour in the facts."""
    path = RECORDINGS / f"{name}.facts.json"
    neighbours = json.loads(path.read_text()).get("neighbours", []) if path.exists() else []
    told = [one for one in neighbours if one["protocol"] == "lldp"]
    return {(one["remote_hostname"], spelt(one["remote_port"].partition(" (")[0])) for one in told}


def spelt(port):
    """A port as the facts write it, in our spelling."""
    if OCTETS_AS_HEX.fullmatch(port):
        octets = bytes.fromhex(port)
        return octets.hex(":") if len(octets) == 6 else octets.rstrip(b"\0").decode()
    return bytes.fromhex(port).hex(":") if re.fullmatch(r"[0-9A-F]{12}", port) else port


def said(name, *columns):
    """index -> value octets, of the objects below any of the columns."""
    values = read(RECORDINGS / f"{name}.snmprec").values
    return {
        arcs[len(column) :]: value[2:]
        for arcs, value in values.items()
        for column in columns
        if arcs[: len(column)] == column
    }


@pytest.mark.parametrize("name", [name for name in NAMES if facts(name)])
def test_every_neighbour_of_the_facts_is_seen_on_its_port(seen, name):
    ours = {(one.system_name, one.port_id) for one in seen[name].neighbours or ()}
    nameless = {port for system, port in ours if not system}
    missing = {(system, port) for system, port in facts(name) if (system, port) not in ours and port not in nameless}
    if name in OWN_LLDP_MIB:
        assert not said(name, LLDP_REMOTE)
        assert missing == facts(name)
    else:
        assert missing == set()


@pytest.mark.parametrize("name", [name for name in NAMES if facts(name)])
def test_whom_the_facts_do_not_have_says_no_name(seen, name):
    more = {(one.system_name, one.port_id) for one in seen[name].neighbours or ()} - facts(name)
    assert {system for system, _ in more} <= {""}


@pytest.mark.parametrize("name", NAMES)
def test_every_neighbour_row_is_told_or_counted(seen, name):
    rows = {arcs[1:] for arcs in said(name, LLDP_REMOTE)}
    told = seen[name].neighbours or ()
    if name in NO_LOCAL_PORT:
        assert {len(row) for row in rows} == {1}
        assert (told, seen[name].unmapped[NEIGHBOURS] > 0) == ((), True)
    else:
        assert NEIGHBOURS not in seen[name].unmapped
        assert len({one.interface for one in told}) == len({row[1] for row in rows})


@pytest.mark.parametrize("name", NAMES)
def test_every_learned_station_is_told_on_a_port_or_counted(seen, name):
    stations = {arcs[-6:] for arcs in said(name, *FORWARDING) if not arcs[-6] & 1 and any(arcs[-6:])}
    macs = {mac for found in (seen[name].macs or {}).values() for mac in found}
    assert macs <= {bytes(station).hex(":") for station in stations}
    if name in PORTS_NOT_TOLD:
        untold = sum(not int.from_bytes(value, "big") for value in said(name, *FORWARDING).values())
        assert untold > len(stations) / 2
        assert set(map(len, seen[name].macs.values())) == {1}, "of a port without a station nothing is known"
    elif said(name, *FORWARDING) and not stations:
        assert (seen[name].macs, name in ONLY_GROUPS) == (None, True)
    bridge = {arcs[0]: int.from_bytes(value, "big") for arcs, value in said(name, BRIDGE_PORT).items()}
    ports = {arcs[-6:]: int.from_bytes(value, "big") for arcs, value in said(name, *FORWARDING).items()}
    nowhere = {arcs for arcs in stations if ports[arcs] not in bridge and ports[arcs] not in bridge.values()}
    assert len(macs) >= len(stations - nowhere)
    assert not nowhere or MACS in seen[name].unmapped or seen[name].macs is None


@pytest.mark.parametrize("name", NAMES)
def test_nothing_asked_of_these_tables_failed(seen, name):
    assert seen[name].reasons == {}
