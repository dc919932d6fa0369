"""What is told of optics, power and sensors, and when it is not."""

from dataclasses import replace

import pytest

from netwatch.core.device.reachability import Answer, Reachability
from netwatch.core.health.equipment import Equipment
from netwatch.core.health.measures import MEANINGS, RING_WORDS, Measure
from netwatch.core.metrics import BY_NAME
from netwatch.core.model import Lane
from netwatch.expose.fragments import DeviceView
from netwatch.expose.health_fragments import DROPPED, FAMILIES, HEALTH_FAMILIES
from tests.unit.expose.city import SITE, make_device, make_equipment, make_interfaces, make_state
from tests.unit.expose.reading import samples_of, text_of

AMOUNTS = {Measure.MEMORY_USED_AMOUNT, Measure.MEMORY_FREE_AMOUNT, Measure.MEMORY_TOTAL_AMOUNT}


def page(state):
    def never(error):
        raise error

    fragments = DeviceView(make_device(), SITE).render(state, never)
    return b"".join(text_of(fragments[family], family) for family in HEALTH_FAMILIES)


def told(state):
    return {
        (one.name, one.labels.get("interface") or one.labels.get("sensor") or ""): one.value
        for one in samples_of(page(state))
    }


def test_every_measure_but_amounts_of_memory_has_a_family_of_its_own_kind():
    assert set(Measure) - set(FAMILIES) == AMOUNTS
    assert len(set(FAMILIES.values())) == len(FAMILIES)
    for measure, family in FAMILIES.items():
        labels = BY_NAME[family].labels
        assert ("interface" in labels, "sensor" in labels) == (MEANINGS[measure].of_port, not MEANINGS[measure].of_port)


def test_ports_are_told_by_their_names_and_sensors_by_theirs():
    found = told(make_state(("Gi1/0/1 %d", "Gi1/0/2")))
    assert found["netwatch_optical_receive_power_dbm", "Gi1/0/1 %d"] == -59.5
    assert found["netwatch_device_temperature_celsius", "sensor 1"] == -59.5
    assert found[DROPPED, ""] == 0


@pytest.mark.parametrize("answer", [Answer.SILENT, Answer.NOT_OBSERVED])
def test_of_a_silent_agent_nothing_is_told(answer):
    assert page(make_state(snmp=Reachability(answer=answer))) == b""


def test_while_rows_are_in_doubt_no_port_has_light_or_power_but_sensors_go_on():
    found = told(make_state(interfaces=make_interfaces(("Gi1/0/1", "Gi1/0/2"), in_doubt=True)))
    assert ("netwatch_device_temperature_celsius", "sensor 1") in found
    assert not any("optical" in name or "poe_port" in name for name, _ in found)


def test_a_port_that_is_gone_is_left_out():
    state = replace(make_state(), interfaces=make_interfaces(("Gi1/0/7", "Gi1/0/8")))
    state = replace(make_state(("Gi1/0/7", "Gi1/0/8")), equipment=state.equipment)
    assert not any("optical" in name for name, _ in told(state))


def test_sensors_that_look_alike_once_cut_are_told_apart():
    names = {"a\x00": 20.0, "a\\x00": 21.0, "b" * 300 + "1": 22.0, "b" * 300 + "2": 23.0}
    equipment = Equipment(readings={Measure.TEMPERATURE: names})
    found = told(make_state(equipment=equipment))
    assert sorted(found.values()) == [20.0, 21.0, 22.0, 23.0]


def test_rings_are_told_as_state_sets_aggregates_and_the_root_as_text():
    equipment = Equipment(
        readings={Measure.RING: {"ring 1": 1.0}, Measure.AGGREGATE_MEMBER: {"Gi1/0/1": 0.0}},
        aggregates={"Gi1/0/1": "Po1", "Gi9/9": "Po2"},
        stp_root="32768/00:11:22:33:44:55",
    )
    found = samples_of(page(make_state(equipment=equipment)))
    rings = {one.labels["state"]: one.value for one in found if one.name == "netwatch_device_ring_state"}
    assert rings == {word: float(word == "switched") for word in RING_WORDS}
    assert [one.labels["aggregate"] for one in found if one.name == "netwatch_interface_aggregate_info"] == ["Po1"]
    (root,) = (one for one in found if one.name == "netwatch_device_stp_root_info")
    assert root.labels["root"] == "32768/00:11:22:33:44:55"
    assert ("netwatch_interface_aggregate_member_up", 0.0) in {(one.name, one.value) for one in found}


def test_what_never_changes_stands_beside_what_does_and_digits_are_those_of_a_sensor():
    equipment = Equipment(
        fixed={Measure.RECEIVE_LOW_ALARM: {"Gi1/0/1": -19.0}},
        readings={Measure.RECEIVE_POWER: {"Gi1/0/1": -6.0205999132796}},
    )
    found = told(make_state(equipment=equipment))
    assert found["netwatch_optical_receive_low_alarm_dbm", "Gi1/0/1"] == -19
    assert found["netwatch_optical_receive_power_dbm", "Gi1/0/1"] == -6.0206


def test_a_device_says_what_it_is_on_its_info():
    state = make_state(lanes={Lane.STATUS: make_state().lanes[Lane.STATUS]})
    fragments = DeviceView(make_device(), SITE).render(state, lambda error: pytest.fail(str(error)))
    (info,) = samples_of(fragments["netwatch_device_info"])
    assert set(info.labels) == set(BY_NAME["netwatch_device_info"].labels)
    assert [info.labels[name] for name in ("profile", "vendor", "model", "serial")] == [
        "cabinet",
        "Hanbit",
        "HB-1",
        "S1",
    ]
    unknown = replace(make_equipment(("Gi1/0/1",)), profile="")
    fragments = DeviceView(make_device(), SITE).render(replace(state, equipment=unknown), lambda error: None)
    (info,) = samples_of(fragments["netwatch_device_info"])
    assert info.labels["profile"] == "auto"
