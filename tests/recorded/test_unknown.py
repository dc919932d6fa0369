"""Every recorded device under a sysObjectID nobody knows: it still tells all that the standard MIBs give."""

import asyncio

import pytest

from netwatch.profiles.load import load_profiles
from tests.recorded.agreement import NAMES, poll_all
from tests.recorded.serving import ask_all, changed
from tests.tools import RECORDINGS, require_recordings

SYS_OBJECT_ID = "1.3.6.1.2.1.1.2.0|"
NOBODY = "1.3.6.1.4.1.99999.1.1"
FEW = ("ios_2960x", "arista_eos", "vrp_5720", "weos_ddw-225")
STANDARD = frozenset(table.name for table in load_profiles()["standard"].tables)


def anonymous(line):
    return f"{SYS_OBJECT_ID}6|{NOBODY}" if line.startswith(SYS_OBJECT_ID) else line


def pairs(names, tmp_path):
    """Name -> the device as it is, and as one that nobody knows."""
    require_recordings()
    files = {name: changed(RECORDINGS / f"{name}.snmprec", anonymous, tmp_path / f"{name}.snmprec") for name in names}

    async def asked():
        return await poll_all(names), await ask_all(files)

    known, unknown = asyncio.run(asked())
    return {name: (known[name].state, unknown[name].state) for name in names}


def insist(name, known, unknown):
    assert unknown.equipment.profile in ("standard", "hikvision", "teltonika"), name  # known by other signs too
    assert unknown.interfaces.names == known.interfaces.names, name
    assert unknown.sightings.neighbours == known.sightings.neighbours, name
    assert unknown.sightings.macs == known.sightings.macs, name
    ours = {table: gauges for table, gauges in unknown.equipment.gauges.items() if table in STANDARD}
    theirs = {table: gauges for table, gauges in known.equipment.gauges.items() if table in STANDARD}
    assert {table: gauges for table, gauges in ours.items() if table in theirs} == theirs, name
    for told in (unknown.equipment.model, unknown.equipment.serial, unknown.equipment.firmware):
        assert "\n" not in told, name


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    return pairs(FEW, tmp_path_factory.mktemp("unknown"))


def test_a_device_nobody_described_tells_what_the_standard_mibs_give(few):
    for name, (known, unknown) in few.items():
        insist(name, known, unknown)
        assert unknown.equipment.readings, name


def test_it_is_named_by_entity_mib_and_else_by_what_it_says_of_itself(few):
    cisco, arista, huawei, westermo = (few[name][1].equipment for name in FEW)
    assert (cisco.model, cisco.serial) == ("WS-C2960X-48FPS-L", "FCW1929B68S")
    assert (arista.model, arista.serial) == ("DCS-7050S-52", "JPE00000000")
    assert (huawei.model, huawei.serial) == ("S5720-56C-PWR-EI-AC", "2102359576DMHC000120")
    assert (westermo.model, westermo.serial) == ("", "")


@pytest.mark.soak
def test_so_do_all_of_them(tmp_path):
    for name, (known, unknown) in pairs(NAMES, tmp_path).items():
        insist(name, known, unknown)
