"""Devices that nobody has recorded, written by hand from their MIBs: what is made of them, field by field."""

import asyncio

import pytest

from netwatch.core.health.measures import RING_WORDS, Measure
from netwatch.core.neighbours.sightings import PoeStatus
from tests.recorded.serving import WRITTEN, ask_all

SHARED = ("dasan-v5824g", "dasan-v5812g", "ubiquoss-e5124", "hanwha-xnv-8082r")
NAMED = ("ntcip-signal", "ntcip-ess")


@pytest.fixture(scope="module")
def states():
    async def asked():
        found = await ask_all({name: WRITTEN / f"{name}.snmprec" for name in SHARED})
        return found | await ask_all({name: WRITTEN / f"{name}.snmprec" for name in NAMED}, profile="ntcip")

    return {name: polled.state for name, polled in asyncio.run(asked()).items()}


def told(states, name, measure):
    equipment = states[name].equipment
    return {**equipment.fixed.get(measure, {}), **equipment.readings.get(measure, {})}


def rings(states, name):
    return {ring: RING_WORDS[int(word)] for ring, word in told(states, name, Measure.RING).items()}


def what(states, name):
    equipment = states[name].equipment
    return equipment.vendor, equipment.model, equipment.serial, equipment.firmware


def test_every_one_is_known_by_what_it_says_of_itself(states):
    assert what(states, "dasan-v5824g") == ("Dasan", "V5824G", "", "8.02p3")
    assert what(states, "dasan-v5812g") == ("Dasan", "V5812G", "", "6.07p1")
    assert what(states, "ubiquoss-e5124") == ("Ubiquoss", "E5124", "U5124A0007", "8.2.1")
    assert what(states, "hanwha-xnv-8082r") == ("Hanwha", "XNV-8082R", "", "")
    assert what(states, "ntcip-signal") == ("", "ATC-2", "", "1.0")


def test_light_of_a_dasan_is_a_raw_word_in_newer_software_and_text_in_older(states):
    assert told(states, "dasan-v5824g", Measure.RECEIVE_POWER) == {
        "2/1": pytest.approx(-13.0, abs=0.01),
        "2/2": pytest.approx(-24.95, abs=0.01),
    }
    assert told(states, "dasan-v5824g", Measure.MODULE_TEMPERATURE) == {"2/1": 43.5, "2/2": 42.0}
    assert told(states, "dasan-v5812g", Measure.RECEIVE_POWER) == {"4": -18.2}
    assert told(states, "dasan-v5812g", Measure.MODULE_TEMPERATURE) == {"4": 41.5}


def test_light_of_a_ubiquoss_is_told_by_its_sensors_names_and_held_against_its_modules_type(states):
    assert told(states, "ubiquoss-e5124", Measure.RECEIVE_POWER) == {"xe1": -7.4, "xe2": -13.9}
    assert told(states, "ubiquoss-e5124", Measure.RECEIVE_MARGIN) == pytest.approx({"xe1": 7.0, "xe2": 0.5})


def test_rings_are_told_in_the_one_vocabulary(states):
    assert rings(states, "dasan-v5824g") == {"ERPS 1": "intact", "ERPS 2": "switched"}
    assert rings(states, "ubiquoss-e5124") == {"ERPS 1": "switched"}


def test_a_port_whose_power_has_a_fault_is_told_and_one_without_anything_to_feed_is_not(states):
    assert told(states, "dasan-v5824g", Measure.POE_FAULT) == {"1/1": 0.0, "1/2": 0.0, "1/3": 1.0, "1/4": 0.0}
    assert told(states, "dasan-v5824g", Measure.POE_POWER)["1/2"] == 12.1
    assert told(states, "dasan-v5824g", Measure.POWER_SUPPLY) == {"supply 1": 1.0, "supply 2": 0.0}
    assert PoeStatus.FAULT not in states["ubiquoss-e5124"].sightings.poe.values()


def test_aliases_in_the_citys_charset_are_read(states):
    assert states["dasan-v5824g"].interfaces.aliases[:2] == ("방범 CCTV 옥정로 4", "버스정류장 안내기")
    assert states["dasan-v5812g"].interfaces.aliases[3] == "광 상위"


def test_a_station_is_on_its_port_whatever_the_vlan_it_was_learned_in(states):
    macs = states["ubiquoss-e5124"].sightings.macs
    assert macs["gi1"] == {"00:40:8c:11:22:33"}
    assert macs["gi2"] == {"00:40:8c:11:22:44"}
    assert macs["xe1"] == {"00:d0:cb:01:01:01"}, "in both VLANs"


def test_a_camera_tells_that_its_card_failed(states):
    assert told(states, "hanwha-xnv-8082r", Measure.ALARM) == {"SD card": 1.0}


def test_a_signal_that_its_monitor_made_flash_and_a_station_with_a_broken_sensor_raise_alarms(states):
    assert told(states, "ntcip-signal", Measure.ALARM) == {
        "signal flash": 1.0,
        "signal alarm 1": 1.0,
        "signal alarm 2": 0.0,
        "signal alarm": 1.0,
    }
    assert told(states, "ntcip-ess", Measure.ALARM) == {
        "station door": 0.0,
        "pavement sensor 1": 0.0,
        "pavement sensor 2": 1.0,
    }
    assert told(states, "ntcip-ess", Measure.BATTERY_CHARGE) == {"station": 0.64}
    assert told(states, "ntcip-ess", Measure.VOLTAGE) == {}, "255: it does not know"
