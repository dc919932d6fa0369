"""How recorded devices are, by our profiles, held against what another monitor read of them (`agreement`).

Every field that does not agree to the last value stands below with the reason; one that agrees must not stand there.
"""

import asyncio
import time

import pytest

from netwatch.core.health.measures import MEANINGS, Measure
from netwatch.profiles.load import load_profiles
from tests.recorded.agreement import FIELDS, NAMES, poll_all, scores, table
from tests.tools import require_recordings

NO_PROFILE = "no profile knows this family, so only the standard MIBs are asked"
NOT_KNOWN = "no object of its MIB is known to us for certain"
NOT_TOLD = "the facts take it from an object that we do not ask"
CARD = "the facts name the management card, we the UPS behind it"
LANES = "the lanes of a module are one port to us, of which the weakest is told"
TWICE = "two MIBs tell one sensor; we tell it once"
UNPLACED = "the interface that the sensor names is not among the device's"
ONCE = "we tell the load of the processor, the facts that of every core"
CHASSIS = "the facts have the serial number of a module, we that of the chassis"
LINUX = "of a Linux we tell what is in use; the facts take off buffers and caches, or tell them apart"
MAC = "the facts use a MAC address as a serial number"
BLANKED = "the facts have the value blanked, or changed"
WORDS = "the same in other words"
BEYOND = "-99.9 dBm is no power"
FEWER = "of temperatures we ask those of modules and of the chassis"

DISAGREE = {
    **dict.fromkeys(
        ("ciena-sds", "edgecos_ecs4120-28fv2", "fs-centec_s5850-48s2q4c"), dict.fromkeys(FIELDS, NO_PROFILE)
    ),
    **dict.fromkeys(("ifotec_inetpoe-4gp2gf", "sixnet", "transition"), dict.fromkeys(FIELDS, NO_PROFILE)),
    "rutos": dict.fromkeys(("model", "firmware", "optics", "temperature"), NO_PROFILE) | {"memory": LINUX},
    "advantech_eki-7428g-4c": dict.fromkeys(("model", "firmware"), NOT_KNOWN),
    "apc_smart1500": {"model": CARD, "firmware": CARD},
    "apc_smt750x-nmc2": {"firmware": CARD},
    "arista_eos": {"memory": LINUX},
    "axiscam_d4200-ve": {"serial": MAC, "memory": NOT_TOLD},
    "axiscam_p1375": {"serial": MAC},
    "ciscosb_sg550x-8f8t": {"model": WORDS, "temperature": FEWER},
    "eltex-mes23xx_mes2324p": {"temperature": FEWER, "memory": NOT_TOLD},
    "enexus_sp2touch": dict.fromkeys(("firmware", "temperature", "load"), NOT_KNOWN),
    "iosxe_c9500h-svl": {"optics": LANES, "bias": LANES, "temperature": TWICE, "cpu": ONCE},
    "iosxe_ie32008t2s-ios17-12": {"cpu": ONCE},
    "iosxr_ncs540": {"serial": CHASSIS, "optics": UNPLACED},
    "junos_mx5t-isis": {"optics": LANES},
    "microsens-g6": dict.fromkeys(("model", "serial", "firmware", "optics", "temperature"), NOT_KNOWN)
    | {"memory": LINUX},
    "planetos_igs-10020mt": {"model": NOT_KNOWN},
    "procurve_2520": {"model": WORDS, "optics": UNPLACED, "bias": UNPLACED, "temperature": FEWER},
    "raisecom-ros": {"memory": NOT_TOLD},
    "scalance_xc206-2sfp": {"optics": BEYOND},
    "timos": {"model": WORDS, "memory": NOT_TOLD},
    "ubiquoss-pon_9500": {"model": WORDS},
    "vrp_5720": {"serial": BLANKED, "firmware": WORDS},
    "vrp_ne8000-m8": {"firmware": WORDS, "optics": LANES, "temperature": NOT_TOLD},
    "weos_ddw-225": {"model": NOT_KNOWN, "serial": BLANKED, "memory": LINUX},
}


@pytest.fixture(scope="module")
def polls():
    require_recordings()
    return asyncio.run(poll_all())


@pytest.mark.parametrize("name", NAMES)
def test_a_recorded_device_is_what_the_facts_say_or_the_reason_is_known(polls, name):
    found = scores(name, polls[name])
    short = {field for field, (told, facts) in found.items() if told < facts}
    assert short == set(DISAGREE.get(name, {})) & set(found)
    assert set(DISAGREE.get(name, {})) <= set(found) | (set(FIELDS) if name in WITHOUT else set())


WITHOUT = {name for name, fields in DISAGREE.items() if set(fields.values()) == {NO_PROFILE}}


@pytest.mark.parametrize("name", NAMES)
def test_no_value_of_a_recorded_device_is_beyond_what_can_be(polls, name):
    equipment = polls[name].state.equipment
    for readings in (equipment.readings, equipment.fixed):
        for measure, values in readings.items():
            meaning = MEANINGS[measure]
            assert all(meaning.least <= value <= meaning.most for value in values.values()), measure
            if meaning.of_port:
                assert set(values) <= set(polls[name].state.interfaces.names)


def test_of_the_families_that_are_known_three_quarters_of_the_facts_are_told(polls):
    known = [score for name in NAMES if name not in WITHOUT for score in scores(name, polls[name]).values()]
    assert sum(told for told, _ in known) / sum(facts for _, facts in known) > 0.75


def test_the_report_has_a_line_for_every_recording(polls):
    lines = table(polls).splitlines()
    assert [line.split()[0] for line in lines[1:]] == NAMES
    moxa = next(line for line in lines if line.startswith("moxa-etherdevice_edsg516e"))
    assert moxa.split()[1:] == ["moxa", "1/1", "1/1", "1/1", "4/4", "3/3", "1/1", "1/1"]


def test_power_over_ethernet_is_told_by_port(polls):
    cisco = polls["ios_2960x"].state.equipment.readings[Measure.POE_POWER]
    assert len(cisco) > 100
    assert max(cisco.values()) < 35


def test_all_profiles_load_in_a_third_of_a_second():
    began_s = time.process_time()
    assert len(load_profiles()) > 30
    assert time.process_time() - began_s < 0.3
