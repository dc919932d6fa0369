"""How recorded devices are, by our profiles, held against what another monitor read of them (`agreement`).

Every field that does not agree to the last value stands below with the reason; one that agrees must not stand there.
"""

import asyncio
import json
import time
from dataclasses import replace

import pytest

from netwatch.core.device.state import fold
from netwatch.core.health.measures import MEANINGS, Measure
from netwatch.core.surroundings import watched_devices
from netwatch.profiles.load import load_profiles
from tests.polling import inventory
from tests.recorded.agreement import AGREEMENT, NAMES, families, poll_all, scores, table
from tests.tools import require_recordings

NO_PROFILE = "no public MIB of this family is known to us, so only the standard MIBs are asked"
NOT_KNOWN = "no object of its MIB is known to us for certain"
NOT_TOLD = "the facts take it from an object that we do not ask"
CARD = "the facts name the management card, we the UPS behind it"
LANES = "the lanes of a module are one port to us, of which the weakest is told; the facts count each"
TWICE = "two MIBs tell one sensor; we tell it once"
UNPLACED = "the interface that the sensor names is not among the device's, so whose light it is nobody can say"
ONCE = "we tell the load of the processor over a minute, the facts that of every core or of several spans"
CHASSIS = "the facts have the serial number of a module, we that of the chassis"
LINUX = "of a Linux we tell what is in use; the facts tell buffers, caches, swap and file systems as well"
MAC = "the facts use a MAC address as a serial number"
BLANKED = "the facts have the value blanked, or changed; or the recording lacks the class of the entities"
WORDS = "the same in other words"
BEYOND = "-99.9 dBm is no power"
MINUS = "the facts tell -1 W where the port has nothing to feed"
THEIR_LIMITS = "the facts' limits are constants of theirs, or 0 throughout, and not what the module says"
OTHERS_LIMITS = "the facts have the limits of the other direction"
AS_DBM = "the same light, which we tell in dBm"
OF_PORTS = "volts and amperes of single PoE ports are not asked, their watts are"
NOW = "the facts tell the mean of what it draws as well, we what it draws now"
WRONG = "the facts are wrong: they read Rx where Tx stands, °C as °F, or another object than they name"
MICROWATTS = "the facts read 0.01 dBm as µW where this release sends no µW any more; the lanes tell which it is"

DISAGREE = {
    "ifotec_inetpoe-4gp2gf": dict.fromkeys(("serial", "firmware", "temperature"), NO_PROFILE),
    "transition": {"model": NO_PROFILE},
    "rutos": {"model": WORDS, "optics": NOT_TOLD, "memory": LINUX},  # the strength of a radio is no optical power
    "apc_smt750x-nmc2": {"firmware": CARD},
    "arista_eos": {"memory": LINUX},
    "axiscam_d4200-ve": {"serial": MAC},
    "axiscam_p1375": {"serial": MAC},
    "ciena-sds": {"temperature": TWICE, "power": AS_DBM, "cpu": ONCE},
    "ciscosb_sg550x-8f8t": {"model": WORDS},
    "eltex-mes23xx_mes2324p": {"limits": NOT_KNOWN},
    "enexus_sp2touch": {"current": NOT_TOLD, "load": NOT_TOLD},
    "fs-centec_s5850-48s2q4c": dict.fromkeys(("optics", "current", "limits"), LANES),
    "iosxe_c9500h-svl": {"optics": LANES, "current": LANES, "temperature": TWICE, "cpu": ONCE},
    "iosxe_ie32008t2s-ios17-12": {"cpu": ONCE},
    "iosxr_ncs540": {"serial": CHASSIS, "optics": UNPLACED, "limits": THEIR_LIMITS},
    "junos_mx5t-isis": {"optics": LANES, "limits": LANES},
    "microsens-g6": {"optics": WRONG, "temperature": WRONG, "current": OF_PORTS, "voltage": OF_PORTS, "memory": LINUX},
    "moxa-etherdevice_edsg512epoe": {"power": MINUS, "limits": THEIR_LIMITS},
    "moxa-etherdevice_edsg516e": {"limits": THEIR_LIMITS},
    "moxa-etherdevice_edsp506e": {"power": MINUS, "limits": THEIR_LIMITS},
    "moxa-etherdevice_iks-6728a": {"power": WRONG, "limits": THEIR_LIMITS},
    "mx-nos": {"current": OF_PORTS, "voltage": OF_PORTS},
    "procurve_2520": {"model": WORDS}
    | dict.fromkeys(("optics", "temperature", "current", "voltage", "limits"), UNPLACED),
    "scalance_xc206-2sfp": {"optics": BEYOND, "limits": OTHERS_LIMITS},
    "timos": {"model": WORDS},
    "vrp_5720": {"serial": BLANKED, "firmware": WORDS, "limits": OTHERS_LIMITS},
    "vrp_ne8000-m8": {"firmware": WORDS, "optics": MICROWATTS, "temperature": UNPLACED, "current": UNPLACED}
    | {"voltage": TWICE, "power": NOW, "limits": UNPLACED},
    "weos_ddw-225": {"model": BLANKED, "serial": BLANKED, "memory": LINUX},
}
LACKS = frozenset({BLANKED, NO_PROFILE, NOT_KNOWN, NOT_TOLD, OF_PORTS, WORDS})  # the other reasons are no lack of ours


@pytest.fixture(scope="module")
def polls():
    require_recordings()
    return asyncio.run(poll_all())


@pytest.mark.parametrize("name", NAMES)
def test_a_recorded_device_is_what_the_facts_say_or_the_reason_is_known(polls, name):
    found = scores(name, polls[name])
    short = {field for field, (told, facts) in found.items() if told < facts}
    assert short == set(DISAGREE.get(name, {}))


@pytest.mark.parametrize("name", NAMES)
def test_what_a_recorded_device_says_again_comes_to_what_it_would_read_in_full(polls, name):
    polled = polls[name]
    watched = watched_devices(inventory(polled.device))[polled.device.id]
    read, known = polled.state, polled.state
    for seen in polled.polls:
        read = fold(watched, read, replace(seen, said={})).state
        known = fold(watched, known, seen).state
        assert known == read
    assert any(seen.said for seen in polled.polls)


@pytest.mark.parametrize("name", NAMES)
def test_no_value_of_a_recorded_device_is_beyond_what_can_be(polls, name):
    equipment = polls[name].state.equipment
    for readings in (equipment.readings, equipment.fixed):
        for measure, values in readings.items():
            meaning = MEANINGS[measure]
            assert all(meaning.least <= value <= meaning.most for value in values.values()), measure
            if meaning.of_port:
                assert set(values) <= set(polls[name].state.interfaces.names)


def test_all_but_a_fiftieth_of_the_facts_are_told_where_neither_a_lane_nor_a_mistake_of_theirs_is_the_reason(polls):
    told = facts = 0
    for name in NAMES:
        for field, (agreed, all_) in scores(name, polls[name]).items():
            told += agreed
            facts += all_ if DISAGREE.get(name, {}).get(field) in LACKS else agreed
    assert told / facts > 0.98


def test_the_sums_of_which_readme_is_made_are_those_of_today(polls):
    assert json.loads(AGREEMENT.read_text(encoding="utf-8")) == families(polls), (
        "run -m tests.recorded.agreement --write"
    )


def test_the_report_has_a_line_for_every_recording(polls):
    lines = table(polls).splitlines()
    assert [line.split()[0] for line in lines[1:]] == NAMES
    moxa = next(line for line in lines if line.startswith("moxa-etherdevice_edsg516e"))
    assert moxa.split()[1:] == ["moxa", *["1/1"] * 3, "4/4", "3/3", "3/3", "0/8", "1/1", "1/1"]


def test_power_over_ethernet_is_told_by_port(polls):
    cisco = polls["ios_2960x"].state.equipment.readings[Measure.POE_POWER]
    assert len(cisco) > 100
    assert max(cisco.values()) < 35


def test_a_module_whose_port_is_a_bit_of_a_list_is_on_that_port(polls):
    microsens = polls["microsens-g6"].state.equipment
    assert microsens.readings[Measure.RECEIVE_POWER] == {"1/5": -7.0, "1/6": -7.4}
    assert set(microsens.readings[Measure.POE_FAULT].values()) == {0.0}
    assert microsens.readings[Measure.MODULE_TEMPERATURE] == {"1/5": 63.5, "1/6": 63.6}


def test_all_profiles_load_in_a_third_of_a_second():
    began_s = time.process_time()
    assert len(load_profiles()) > 40
    assert time.process_time() - began_s < 0.3
