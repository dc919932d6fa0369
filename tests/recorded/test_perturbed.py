"""Recorded devices with something wrong: what is missing is missing alone, and nothing takes another's place."""

import asyncio
from functools import cache

import pytest

from netwatch.collect.once import poll_once
from netwatch.core.health.measures import Measure
from netwatch.core.observation import Completeness
from netwatch.profiles.load import load_profiles, plan_for
from netwatch.simulate.server import Ports, serve_recordings
from tests.polling import device, inventory
from tests.tools import RECORDINGS, require_recordings

MOXA, HUAWEI, CISCO = "moxa-etherdevice_edsg512epoe", "vrp_5720", "ios_2960x"
RECEIVED = {
    MOXA: "1.3.6.1.4.1.8691.7.108.1.10.11.1.9.",
    HUAWEI: "1.3.6.1.4.1.2011.5.25.31.1.1.3.1.8.",
    CISCO: "1.3.6.1.4.1.9.9.91.1.1.1.1.4.1067|",
}


def ask(file):
    """One recording, served on loopback and polled once in every lane."""

    async def served():
        simulation = serve_recordings({"127.5.0.1": file}, ports=Ports(snmp=0, echo=None, tcp=None))
        simulation.start()
        try:
            one = device("sw", address="127.5.0.1", port=simulation.snmp_port, timeout_s=2.0)
            return await poll_once(inventory(one), one, plan_for(one, load_profiles()))
        finally:
            simulation.stop()

    return asyncio.run(served())


@cache
def unchanged(name):
    """The equipment of the recording as it is."""
    require_recordings()
    return ask(RECORDINGS / f"{name}.snmprec").state.equipment


def poll(tmp_path, name, change):
    """A recording whose lines `change` has gone through, polled; None leaves a line out."""
    require_recordings()
    lines = (RECORDINGS / f"{name}.snmprec").read_text(encoding="latin-1").splitlines()
    file = tmp_path / "device.snmprec"
    file.write_text("\n".join(one for one in map(change, lines) if one is not None) + "\n", encoding="latin-1")

    return ask(file)


def others(equipment):
    return {measure: values for measure, values in equipment.readings.items() if measure is not Measure.RECEIVE_POWER}


@pytest.mark.parametrize("name", [MOXA, HUAWEI, CISCO])
def test_a_column_that_is_missing_is_missing_alone(tmp_path, name):
    whole = unchanged(name)
    polled = poll(tmp_path, name, lambda line: None if line.startswith(RECEIVED[name]) else line)
    lacking = polled.state.equipment
    assert len(lacking.readings.get(Measure.RECEIVE_POWER, {})) < len(whole.readings[Measure.RECEIVE_POWER])
    assert others(lacking) == others(whole)
    assert (lacking.model, lacking.serial) == (whole.model, whole.serial)
    assert all(seen.completeness is Completeness.COMPLETE for seen in polled.polls)


@pytest.mark.parametrize(("name", "value"), [(MOXA, "4|--"), (MOXA, "4|"), (HUAWEI, "2|2147483647"), (HUAWEI, "2|-1")])
def test_a_value_at_its_sentinel_is_no_value(tmp_path, name, value):
    def sentinel(line):
        return f"{line.partition('|')[0]}|{value}" if line.startswith(RECEIVED[name]) else line

    whole = unchanged(name)
    spoilt = poll(tmp_path, name, sentinel).state.equipment
    assert Measure.RECEIVE_POWER not in spoilt.readings
    assert others(spoilt) == others(whole)


@pytest.mark.parametrize("name", [MOXA, CISCO])
def test_a_value_of_a_wrong_type_costs_its_own_row(tmp_path, name):
    def wrong(line):
        return f"{line.partition('|')[0]}|6|1.3.6.1" if line.startswith(RECEIVED[name]) else line

    whole = unchanged(name)
    spoilt = poll(tmp_path, name, wrong).state.equipment
    assert len(spoilt.readings.get(Measure.RECEIVE_POWER, {})) < len(whole.readings[Measure.RECEIVE_POWER])
    assert others(spoilt) == others(whole)


def test_ports_that_are_numbered_anew_keep_their_light(tmp_path):
    def moved(line):
        oid, _, rest = line.partition("|")
        column, _, row = oid.rpartition(".")
        ports = ("1.3.6.1.2.1.2.2.1.", "1.3.6.1.2.1.31.1.1.1.", RECEIVED[MOXA][:-2])
        if column.startswith(ports) and row.isdecimal():
            value = str(int(row) + 100) if column.endswith("2.2.1.1") else rest.partition("|")[2]
            return f"{column}.{int(row) + 100}|{rest.partition('|')[0]}|{value}"
        return line

    whole = unchanged(MOXA)
    renumbered = poll(tmp_path, MOXA, moved).state.equipment
    assert renumbered.readings[Measure.RECEIVE_POWER] == whole.readings[Measure.RECEIVE_POWER]
