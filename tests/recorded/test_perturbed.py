"""Recorded devices with something wrong: what is missing is missing alone, and nothing takes another's place."""

from functools import cache

import pytest

from netwatch.core.errors import Reason
from netwatch.core.health.measures import MEANINGS, Measure
from netwatch.core.observation import Completeness
from tests.recorded.agreement import NAMES
from tests.recorded.perturbations import KINDS
from tests.recorded.serving import ask, changed
from tests.tools import RECORDINGS, require_recordings

MOXA, HUAWEI, CISCO = "moxa-etherdevice_edsg512epoe", "vrp_5720", "ios_2960x"
OF_PORTS = [measure for measure, meaning in MEANINGS.items() if meaning.of_port]
RECEIVED = {
    MOXA: "1.3.6.1.4.1.8691.7.108.1.10.11.1.9.",
    HUAWEI: ("1.3.6.1.4.1.2011.5.25.31.1.1.3.1.8.", "1.3.6.1.4.1.2011.5.25.31.1.1.3.1.32."),
    CISCO: "1.3.6.1.4.1.9.9.91.1.1.1.1.4.1067|",
}


@cache
def unchanged(name):
    """The equipment of the recording as it is."""
    require_recordings()
    return ask(RECORDINGS / f"{name}.snmprec").state.equipment


def poll(tmp_path, name, change):
    """A recording whose lines `change` has gone through, polled; None leaves a line out."""
    require_recordings()
    return ask(changed(RECORDINGS / f"{name}.snmprec", change, tmp_path / "device.snmprec"))


def others(equipment):
    of_received = (Measure.RECEIVE_POWER, Measure.RECEIVE_MARGIN)
    return {measure: values for measure, values in equipment.readings.items() if measure not in of_received}


@pytest.mark.parametrize("name", [MOXA, CISCO])
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


def insist(kind, whole, spoilt, plan):
    """What is missing is missing alone; what is told is what was told, and of the same port."""
    assert all(one.completeness is Completeness.COMPLETE for one in spoilt.polls)
    before, after = whole.state, spoilt.state
    assert len(after.interfaces.names) == len(before.interfaces.names)
    assert named(after) == named(before)
    was, now = before.sightings.neighbours or (), after.sightings.neighbours or ()
    # where LLDP counts by ifIndex, numbers that were moved mean nothing: no port then, and never another one
    assert set(now) <= set(was) if kind == "renumbered" else now == was
    assert after.equipment.profile == before.equipment.profile
    if kind == "at sentinels":
        for measure, values in after.equipment.readings.items():
            assert all(MEANINGS[measure].least <= value <= MEANINGS[measure].most for value in values.values()), measure
        return
    same = {name for name, table in gauges(plan) if table.decoder is None and table.unless is None}
    for name in same & set(after.equipment.gauges):
        told = {(gauge.measure, gauge.label.split(" ")[0]) for gauge in before.equipment.gauges.get(name, ())}
        assert {(one.measure, one.label.split(" ")[0]) for one in after.equipment.gauges[name]} <= told, name
    of_ports = named(before)
    for measure in OF_PORTS:
        was, now = before.equipment.readings.get(measure, {}), after.equipment.readings.get(measure, {})
        assert set(now) & of_ports <= set(was), measure
        if kind == "renumbered":
            assert only(now, of_ports) == only(was, of_ports), measure


def only(values, names):
    return {name: value for name, value in values.items() if name in names}


def named(state):
    """The interfaces whose names the device itself gave, and not its numbers."""
    rows = zip(state.interfaces.indexes, state.interfaces.names, strict=True)
    return {name for index, name in rows if name != f"if{index}" and not name.endswith(f"({index})")}


def gauges(plan):
    return [(table.name, table) for table in plan.tables if table.is_measured]


def perturb(tmp_path, name, kind):
    require_recordings()
    file = RECORDINGS / f"{name}.snmprec"
    whole = ask(file)
    plan = whole.polls[-1].plan or whole.polls[0].plan
    spoilt = ask(changed(file, KINDS[kind](plan), tmp_path / "device.snmprec"))
    insist(kind, whole, spoilt, plan)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_wrong_with_one_table_costs_nothing_else(tmp_path, kind):
    perturb(tmp_path, MOXA, kind)


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", NAMES)
def test_so_it_is_with_every_recorded_device(tmp_path, name, kind):
    perturb(tmp_path, name, kind)


def test_a_table_that_is_not_answered_costs_itself_and_the_discovery_is_partial():
    require_recordings()
    whole = unchanged(MOXA)
    deaf = ask(RECORDINGS / f"{MOXA}.snmprec", deaf_to=RECEIVED[MOXA].rstrip("."), timeout_s=0.2)
    discovery = deaf.polls[0]
    assert (discovery.completeness, discovery.reason) == (Completeness.PARTIAL, Reason.TIMEOUT)
    assert {name for name, table in discovery.tables.items() if table.reason} == {"moxa_fibre"}
    kept = deaf.state.equipment
    assert kept.readings[Measure.POE_POWER] == whole.readings[Measure.POE_POWER]
    assert (kept.model, kept.serial, kept.firmware) == (whole.model, whole.serial, whole.firmware)
    assert Measure.RECEIVE_POWER not in kept.readings
