"""Devices that nobody has recorded, written by hand from their MIBs: what is made of them, field by field."""

import asyncio

import pytest

from netwatch.core.health.measures import RING_WORDS, Measure
from netwatch.core.neighbours.sightings import PoeStatus
from tests.recorded.serving import WRITTEN, ask, ask_all, changed

NAMED = ("ntcip-signal", "ntcip-ess", "ntcip-sign")
SHARED = tuple(sorted({path.stem for path in WRITTEN.glob("*.snmprec")} - set(NAMED)))


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
    assert what(states, "dasan-v5824g") == ("Dasan", "V5824GP", "D5824G18030021", "8.02p3")
    assert what(states, "dasan-v5812g") == ("Dasan", "V5812G", "", "6.07p1")
    assert what(states, "ubiquoss-e5124") == ("Ubiquoss", "E5124", "U5124A0007", "8.2.1")
    assert what(states, "hanwha-xnv-8082r") == ("Hanwha", "XNV-8082R", "", "")
    assert what(states, "korenix-jetnet5010g") == ("Korenix", "JetNet 5010G", "", "3.0-20171215")
    assert what(states, "edgecore-ecs4110") == ("Edgecore", "ECS4110-28P", "EC1415000123", "1.2.2.8")
    assert what(states, "ntcip-signal") == ("", "ATC-2", "", "1.0")
    assert what(states, "comware-5130") == ("HPE", "5130-24G-PoE+-4SFP+ EI Switch", "CN65FP0001", "7.1.070")
    assert what(states, "awplus-x230") == ("Allied Telesis", "AT-x230-10GP", "A04939H170800001", "5.5.2-2.1")
    assert what(states, "exos-x440") == ("Extreme", "X440G2-24p-10G4", "", "31.7.1.4")
    assert what(states, "hios-grs1042")[1:3] == ("GRS1042-6T6Z", "942123999000100001")
    assert what(states, "hios-grs1042")[3].startswith("HiOS-2A-09.0.01"), "what runs, and not what lies in flash"
    assert what(states, "omniswitch-6860") == ("Alcatel-Lucent", "OS6860E-P24", "X1782001", "8.7.252.R02")
    assert what(states, "aruba-6300") == ("Aruba", "JL661A", "SG00KN0001", "FL.10.13.1000")
    assert what(states, "scalance-xc216") == ("Siemens", "XC216", "SVPK1234567", "04.04.00")
    assert what(states, "scalance-x308") == ("Siemens", "X308-2", "", "4.1.6")
    assert what(states, "weos-redfox5528") == ("Westermo", "RedFox-5528-F16G-T12G-HV", "", "5.10.1")
    assert what(states, "advantech-eki7710") == ("Advantech", "EKI-7710G-2CI", "", "1.01.12")
    assert what(states, "planet-gs4210")[:2] == ("Planet", "GS-4210-24P4C")
    assert what(states, "dahua-nvr5216") == ("Dahua", "DHI-NVR5216-16P-4KS2E", "5K01234PAZ00001", "4.001.0000000.0")
    assert what(states, "teltonika-trb140") == ("Teltonika", "TRB140002000", "1108812345", "TRB1_R_00.07.04")
    assert what(states, "moxa-eds-g4012")[1:3] == ("EDS-G4012-8P-4QGS", "TBCDE1000001")
    assert what(states, "saos-3930") == ("Ciena", "170-3930-900", "M9654321", "saos-06-16-00-0268")
    assert what(states, "routeros-rb1100") == ("MikroTik", "RB1100AHx4", "8A2F0B1C2D3E", "6.48.6")
    assert what(states, "cisco-ie4000") == ("Cisco", "IE-4000-8GT4G-E", "FDO2001U0AA", "15.2(7)E3")


def test_what_one_mib_does_not_say_of_a_device_another_does(states):
    assert what(states, "cisco-2924") == ("Cisco", "", "FAB0450Q0AB", "12.0(5)WC17"), "no ENTITY-MIB yet"
    assert what(states, "cisco-asr9001")[3] == "6.1.4", "without the kind of its build"
    assert what(states, "juniper-ex4300") == ("Juniper", "ex4300-48t", "PE3715410285", "14.1X53-D35.3")
    assert what(states, "raisecom-iscom2924")[1] == "ISCOM2924GF-4GE"
    assert what(states, "procurve-2530") == ("HPE", "J9773A 2530-24G-PoEP", "CN63FP70AB", "YA.16.05.0004")


def test_older_software_tells_processor_memory_and_temperature_elsewhere(states):
    assert told(states, "cisco-2924", Measure.CPU) == {"CPU": 0.17}
    assert told(states, "cisco-n5548", Measure.CPU) == {"system": 0.14}
    assert told(states, "cisco-n5548", Measure.MEMORY_USED) == {"system": 0.38}
    assert told(states, "raisecom-iscom2924", Measure.CPU) == {"CPU 3.0": 0.19}, "of one minute"
    assert told(states, "raisecom-iscom2924", Measure.MEMORY_USED) == {"memory": 0.5}
    assert told(states, "dasan-v5824g", Measure.MEMORY_USED) == {"system": 0.5}
    assert told(states, "dasan-v5812g", Measure.MEMORY_USED) == {"system": 0.5}  # what is lent to buffers is free
    assert told(states, "raisecom-iscom2924", Measure.TEMPERATURE) == {"system": 44.0}
    assert told(states, "procurve-2530", Measure.TEMPERATURE) == {"Chassis": 43.0}


def test_one_sys_object_id_of_two_systems_is_told_apart_by_what_they_say(states):
    assert states["exos-x440"].equipment.profile == "extreme"
    assert states["voss-5520"].equipment.profile == "extreme-fabric"
    assert what(states, "voss-5520")[2:] == ("JA012200G-00001", "8.10.1.0")
    assert states["catalyst-1300"].equipment.profile == "cisco-catalyst-1000"
    assert what(states, "catalyst-1300")[1] == "C1300-24P-4G"
    assert told(states, "catalyst-1300", Measure.RECEIVE_POWER) == {"gi1/0/25": pytest.approx(-11.2)}


def test_a_power_port_beyond_the_count_of_ports_is_an_if_index(states):
    assert told(states, "exos-x440", Measure.POE_POWER) == {"1:1": 6.3}
    assert told(states, "aruba-6300", Measure.POE_POWER) == {"1/1/25": 12.369}
    assert told(states, "comware-5130", Measure.POE_POWER) == {"GigabitEthernet1/0/1": 4.7}
    assert told(states, "omniswitch-6860", Measure.POE_POWER) == {"1/1/1": 7.4}


def test_a_power_port_that_is_counted_through_all_modules_is_the_port_of_that_count(states):
    assert told(states, "hirschmann-mach1040", Measure.POE_POWER) == {"1/1/2": 6.4}
    assert told(states, "hirschmann-mach1040", Measure.POE_USED) == {"PoE module 1": 7.0}


LIMITS = {  # the module's own of Rx: low alarm, low warning, high warning, high alarm
    "comware-5130": ("Ten-GigabitEthernet1/0/25", (-12.04, -14.4, -13.4, 1.5, 2.5)),
    "awplus-x230": ("port1.0.9", (-15.0, -23.01, -22.01, -4.0, -3.0)),
    "hios-grs1042": ("1/2", (-19.2, -24.0, -23.0, -1.0, 0.0)),
    "omniswitch-6850": ("1/1", (-14.2, -22.0, -20.0, -3.0, -1.0)),
    "omniswitch-6860": ("1/1/25", (-9.8, -18.5, -14.4, 0.5, 2.5)),
    "scalance-xc216": ("P0.1", (-11.2, -23.0, None, None, -3.0)),
    "dasan-v5824g": ("2/1", (-13.0, -23.01, -22.01, -3.0, -2.0)),
    "cisco-ie4000": ("GigabitEthernet1/1", (-17.1, -21.0, -19.0, -5.0, -3.0)),
    "juniper-ex4300": ("et-0/1/0", (-9.55, -16.49, -12.49, 1.5, 2.5)),
    "raisecom-iscom2924": ("gigaethernet1/1/25", (-14.2, -24.0, -22.0, -2.0, -1.0)),
}


@pytest.mark.parametrize("name", LIMITS)
def test_light_is_told_with_what_the_module_itself_calls_too_weak_and_too_strong(states, name):
    port, values = LIMITS[name]
    measures = (
        Measure.RECEIVE_POWER,
        Measure.RECEIVE_LOW_ALARM,
        Measure.RECEIVE_LOW_WARNING,
        Measure.RECEIVE_HIGH_WARNING,
        Measure.RECEIVE_HIGH_ALARM,
    )
    assert [told(states, name, one).get(port) for one in measures] == pytest.approx(values, abs=0.01)
    assert set(told(states, name, Measure.RECEIVE_MARGIN)) == {port}, "and nothing of empty cages"


def test_light_of_a_dasan_is_a_raw_word_in_newer_software_and_text_in_older(states):
    assert told(states, "dasan-v5824g", Measure.RECEIVE_POWER) == {
        "2/1": pytest.approx(-13.0, abs=0.01),
        "2/2": pytest.approx(-24.95, abs=0.01),
    }
    assert told(states, "dasan-v5824g", Measure.MODULE_TEMPERATURE) == {"2/1": 43.5, "2/2": 42.0}
    assert told(states, "dasan-v5812g", Measure.RECEIVE_POWER) == {"4": -18.2}
    assert told(states, "dasan-v5812g", Measure.MODULE_TEMPERATURE) == {"4": 41.5}


def test_light_of_a_ubiquoss_is_told_by_its_sensors_names_and_held_against_its_modules_limits_or_type(states):
    assert told(states, "ubiquoss-e5124", Measure.RECEIVE_POWER) == {"xe1": -7.4, "xe2": -13.9}
    assert told(states, "ubiquoss-e5124", Measure.RECEIVE_MARGIN) == pytest.approx({"xe1": 11.0, "xe2": 0.5})
    assert told(states, "ubiquoss-e5124", Measure.RECEIVE_LOW_ALARM) == {"xe1": -18.4}


def test_light_that_older_software_tells_in_microwatts_or_as_text_is_light_too(states):
    assert told(states, "hirschmann-mach1040", Measure.RECEIVE_POWER) == {"1/1/1": pytest.approx(-20.0)}
    assert told(states, "hirschmann-mach1040", Measure.MODULE_TEMPERATURE) == {"1/1/1": 39.0}, "-1000: no reading"
    assert told(states, "hirschmann-mach1040", Measure.ALARM) == {"light 1/1/1": 1.0}
    assert told(states, "moxa-eds-p510a", Measure.RECEIVE_MARGIN) == {"Ethernet Port 9": pytest.approx(10.6)}


@pytest.mark.parametrize("row", ["1.2", "2.1"])  # through all modules, or module by module
def test_light_of_a_second_module_is_that_of_its_port(tmp_path, row):
    def change(line):
        return line.replace("|1/1/2", "|1/2/1").replace("13.1.16.1.1|", f"13.1.16.{row}|")

    copy = changed(WRITTEN / "hirschmann-mach1040.snmprec", change, tmp_path / "modular")
    readings = ask(copy).state.equipment.readings
    assert readings[Measure.RECEIVE_POWER] == {"1/2/1": pytest.approx(-20.0)}
    assert readings[Measure.POE_POWER] == {"1/2/1": 6.4}


def test_of_a_module_of_several_lanes_the_bias_is_that_of_a_lane(states):
    assert told(states, "juniper-ex4300", Measure.LASER_BIAS) == {"et-0/1/0": pytest.approx(0.0311)}
    assert told(states, "juniper-ex4300", Measure.MODULE_VOLTAGE) == {"et-0/1/0": pytest.approx(3.287)}


def test_rings_are_told_in_the_one_vocabulary(states):
    assert rings(states, "dasan-v5824g") == {"ERPS 1": "intact", "ERPS 2": "switched"}
    assert rings(states, "ubiquoss-e5124") == {"ERPS 1": "switched"}
    assert rings(states, "scalance-xc216") == {"ring": "switched"}
    assert rings(states, "advantech-eki7710") == {"ERPS 3": "switched"}
    assert rings(states, "weos-redfox5528") == {"FRNT 0.1": "intact", "FRNT 2.3": "switched"}
    assert rings(states, "korenix-jetnet5010g") == {"Super Ring 0": "switched"}, "the other one is disabled"
    assert rings(states, "edgecore-ecs4110") == {"ring-a": "switched", "ring-b": "intact"}
    assert rings(states, "omniswitch-6850") == {"ERP 3": "switched"}
    assert rings(states, "hios-grs1042") == {"MRP 255": "switched", "north": "intact"}
    assert rings(states, "comware-5130") == {"RRPP 1.1": "intact", "RRPP 1.2": "switched"}
    assert rings(states, "raisecom-iscom2924") == {"ring 1": "switched"}, "the other one is off"
    assert rings(states, "omniswitch-6860") == {"ERP 5": "manual"}
    assert rings(states, "timos-7210") == {
        "Ethernet ring 1.1": "intact",  # the end of its protection link blocks, as it should
        "Ethernet ring 2.1": "switched",  # it does not, for there is a break
        "Ethernet ring 2.2": "switched",  # which is here
    }
    assert rings(states, "moxa-eds508") == {"Turbo Ring": "switched"}, "of the first version; the second is off"
    assert rings(states, "moxa-eds-p510a") == {"Turbo Chain": "intact"}, "its tail blocks"
    assert rings(states, "moxa-eds-g4012") == {"Turbo Chain": "switched"}, "its tail does not"
    assert rings(states, "saos-3930") == {"ring 1": "switched"}, "the other one is disabled"
    assert rings(states, "cisco-ie4000") == {"REP 5": "intact", "REP 6": "switched"}
    assert rings(states, "hirschmann-mach1040") == {"Fast HIPER 3.1": "switched", "tunnel": "intact"}


def test_fans_and_supplies_that_are_broken_are_told_apart_from_those_that_are_not_there_or_rest(states):
    assert told(states, "ubiquoss-e5124", Measure.FAN) == {"fan 1": 1.0, "fan 2": 0.0}
    assert told(states, "ubiquoss-e5124", Measure.POWER_SUPPLY) == {"power 1": 1.0}
    assert told(states, "ubiquoss-e5124", Measure.TEMPERATURE) == {"ambient": 41.0}
    assert told(states, "dasan-v5824g", Measure.FAN) == {"fan 1.1": 1.0, "fan 1.2": 0.0}
    assert told(states, "comware-5130", Measure.POWER_SUPPLY) == {"supply 1": 1.0}
    assert told(states, "awplus-x230", Measure.POWER_SUPPLY) == {"PSU 1": 1.0, "PSU 2": 0.0}
    assert told(states, "exos-x440", Measure.FAN) == {"fan 1": 1.0, "fan 2": 0.0}
    assert told(states, "voss-5520", Measure.POWER_SUPPLY) == {"supply 1": 1.0}
    assert told(states, "timos-7210", Measure.POWER_SUPPLY) == {"supply 1.1 AC": 1.0, "supply 1.2 AC": 0.0}
    assert told(states, "scalance-xc216", Measure.POWER_SUPPLY) == {"line L1": 1.0, "line L2": 0.0}
    assert told(states, "scalance-xc216", Measure.ALARM) == {
        "fault": 1.0,
        "ring coupling": 1.0,
        "MRP interconnection 1": 0.0,
    }
    assert told(states, "advantech-eki7710", Measure.POWER_SUPPLY) == {"input 1": 1.0, "input 2": 0.0}
    assert told(states, "advantech-eki7710", Measure.ALARM) == {"alarm lamp": 1.0, "loop at port 1": 1.0}
    assert told(states, "weos-redfox5528", Measure.ALARM) == {
        "alarm lamp": 1.0,
        "power": 1.0,
        "frnt": 0.0,
        "ring coupling 1.1.1": 0.0,
        "ring coupling 1.1.2": 1.0,
    }
    assert told(states, "omniswitch-6850", Measure.POWER_SUPPLY) == {"PS-1": 1.0, "PS-2": 0.0}, "and no chassis"
    assert told(states, "hios-grs1042", Measure.ALARM) == {"MRP 255 set-up": 1.0}, "two managers"
    assert told(states, "hios-grs1042", Measure.FAN) == {"fan 1.1.1": 1.0, "fan 1.1.2": 0.0}
    assert told(states, "routeros-rb1100", Measure.POWER_SUPPLY) == {"supply 1": 1.0, "supply 2": 0.0}
    assert told(states, "ntcip-sign", Measure.POWER_SUPPLY) == {"left": 1.0, "right": 0.0}
    assert told(states, "korenix-jetnet5010g", Measure.POWER_SUPPLY) == {"input 1 1": 1.0, "input 1 2": 0.0}
    assert told(states, "edgecore-ecs4110", Measure.POWER_SUPPLY) == {"supply 1.1": 1.0, "supply 1.2": 0.0}
    assert told(states, "raisecom-iscom2924", Measure.FAN) == {"fan 1": 1.0, "fan 2": 0.0}
    assert told(states, "raisecom-iscom2924", Measure.POWER_SUPPLY) == {"supply 1": 1.0, "supply 2": 0.0}
    assert told(states, "procurve-2530", Measure.FAN) == {"Fan Sensor": 1.0}
    assert told(states, "procurve-2530", Measure.POWER_SUPPLY) == {"Power Supply 1 Sensor": 1.0}
    assert told(states, "procurve-2530", Measure.ALARM) == {"Over-temperature Sensor": 1.0}
    assert told(states, "cisco-ie4000", Measure.POWER_SUPPLY) == {"power supply 1": 1.0, "power supply 2": 0.0}


def test_light_told_in_words_is_that_of_its_own_direction(states):
    assert told(states, "korenix-jetnet5010g", Measure.RECEIVE_POWER) == {"Port9": -7.2, "Port10": -21.4}
    assert told(states, "korenix-jetnet5010g", Measure.TRANSMIT_POWER) == {"Port9": -5.9, "Port10": -6.1}
    assert told(states, "korenix-jetnet5010g", Measure.RECEIVE_LOW_ALARM) == {"Port9": -20.0, "Port10": -20.0}
    assert told(states, "korenix-jetnet5010g", Measure.RECEIVE_MARGIN)["Port10"] == pytest.approx(-1.4)


def test_a_laser_that_is_off_has_no_power_and_a_current_too_small_for_one_is_in_milliampere(states):
    assert told(states, "scalance-xc216", Measure.TRANSMIT_POWER) == {}
    assert told(states, "scalance-xc216", Measure.MODULE_TEMPERATURE) == {"P0.1": pytest.approx(30.24)}
    assert told(states, "weos-redfox5528", Measure.LASER_BIAS) == {"eth1": pytest.approx(0.017)}
    assert told(states, "weos-redfox5528", Measure.MODULE_VOLTAGE) == {"eth1": pytest.approx(3.31)}


def test_a_port_that_was_shut_for_a_loop_behind_it_raises_an_alarm(states):
    assert told(states, "ubiquoss-e5124", Measure.ALARM) == {"self-loop gi1": 0.0, "self-loop gi2": 1.0}


@pytest.mark.parametrize("name", ["teltonika-rutx11", "teltonika-rut241"])
def test_a_router_of_the_newer_mib_says_what_it_is_and_how_its_modem_fares(states, name):
    assert what(states, name) == ("Teltonika", "RUTX11000000", "1105512345", "RUTX_R_00.07.04.4")
    assert told(states, name, Measure.TEMPERATURE) == {"modem 1": 39.5}
    assert told(states, name, Measure.SESSION) == {"modem 1": 1.0}


def test_a_gateway_that_calls_itself_by_its_model_alone_tells_that_it_is_not_connected(states):
    assert states["teltonika-trb140"].equipment.profile == "teltonika"
    assert told(states, "teltonika-trb140", Measure.SESSION) == {"modem 1": 0.0}
    assert told(states, "teltonika-trb140", Measure.CPU) == {"teltonika device": 0.12}


def test_the_number_of_a_sim_is_not_taken_for_a_firmware(states):
    assert what(states, "teltonika-rut955") == ("Teltonika", "RUT955", "", "3.18.44")
    assert told(states, "teltonika-rut955", Measure.SESSION) == {"mobile network": 0.0}


def test_a_port_whose_power_has_a_fault_is_told_and_one_without_anything_to_feed_is_not(states):
    assert told(states, "dasan-v5824g", Measure.POE_FAULT) == {"1/1": 0.0, "1/2": 0.0, "1/3": 1.0, "1/4": 0.0}
    assert told(states, "dasan-v5824g", Measure.POE_POWER)["1/2"] == 12.1
    assert told(states, "dasan-v5824g", Measure.POWER_SUPPLY) == {"supply 1": 1.0, "supply 2": 0.0}
    assert PoeStatus.FAULT not in states["ubiquoss-e5124"].sightings.poe.values()


def test_a_device_that_answers_no_ping_is_a_fault_of_its_power_and_one_that_nobody_pings_is_none(states):
    faults = [0.0, 1.0, 1.0, 0.0]  # the third one is a short circuit
    assert list(told(states, "moxa-eds-g4012", Measure.POE_FAULT).values()) == faults
    assert list(told(states, "moxa-eds-p506e", Measure.POE_FAULT).values()) == faults
    assert told(states, "moxa-eds-p506e", Measure.POE_POWER) == {"Ethernet Port 1": 6.0, "Ethernet Port 2": 7.0}
    assert told(states, "moxa-eds-g4012", Measure.POE_LIMIT) == {"PoE": 240.0}
    assert told(states, "moxa-eds-p506e", Measure.POE_LIMIT) == {"PoE": 120.0}


def test_a_port_that_a_switch_has_shut_for_an_error_raises_an_alarm(states):
    assert told(states, "cisco-ie4000", Measure.ALARM) == {"shut for an error GigabitEthernet1/6": 1.0}
    assert told(states, "cisco-ie4000", Measure.POE_POWER) == {"GigabitEthernet1/5": pytest.approx(8.7)}


def test_a_ups_with_the_least_of_its_mib_tells_of_its_battery_and_of_the_mains(states):
    assert told(states, "ups-mib", Measure.ALARM) == {"battery": 1.0, "UPS": 1.0}
    assert told(states, "ups-mib", Measure.MAINS) == {"battery": 0.0}
    assert told(states, "ups-mib", Measure.POWER) == {"output 1": 910.0}


def test_a_ups_of_three_phases_and_a_probe_in_fahrenheit_are_read(states):
    assert told(states, "apc-symmetra", Measure.CURRENT) == {"UPS output": 31.0, "output phase 1.1.1": 12.5}
    assert told(states, "apc-symmetra", Measure.TEMPERATURE) == {"battery": 24.0, "cabinet": pytest.approx(30.0)}
    assert told(states, "apc-symmetra", Measure.HUMIDITY) == {"cabinet": pytest.approx(0.47)}


def test_a_rectifier_whose_mains_fails_while_its_battery_is_well_says_so(states):
    assert told(states, "eltek-smartpack-s", Measure.ALARM) == {"power system": 1.0, "battery": 0.0}
    assert told(states, "eltek-smartpack-s", Measure.VOLTAGE) == {"Phase L1": 12.0, "battery": pytest.approx(49.87)}


def test_a_rectifier_counts_its_amperes_as_its_own_setting_says(states, tmp_path):
    setting, tenths = "1.3.6.1.4.1.12148.10.2.15.0|2|1", {"battery": -6.5, "load": 41.2, "rectifiers": 34.7}
    assert told(states, "eltek-smartpack-s", Measure.CURRENT) == pytest.approx(tenths)
    file, whole = WRITTEN / "eltek-smartpack-s.snmprec", {"battery": -65.0, "load": 412.0, "rectifiers": 347.0}
    for number, ampere in enumerate((setting[:-1] + "0", None)):  # older ones have no such setting
        copy = changed(file, lambda line, ampere=ampere: ampere if line == setting else line, tmp_path / str(number))
        assert ask(copy).state.equipment.readings[Measure.CURRENT] == whole


def test_it_counts_its_degrees_by_a_setting_too_that_holds_for_each_of_its_banks(states, tmp_path):
    assert told(states, "eltek-smartpack-s", Measure.TEMPERATURE) == pytest.approx(
        {"battery": 25.0, "Bank 1 top": 30.0}
    )
    file, setting = WRITTEN / "eltek-smartpack-s.snmprec", "1.3.6.1.4.1.12148.10.2.16.0|2|1"
    for number, scale in enumerate((setting[:-1] + "0", None)):
        copy = changed(file, lambda line, scale=scale: scale if line == setting else line, tmp_path / str(number))
        equipment = ask(copy).state.equipment
        assert equipment.readings[Measure.TEMPERATURE] == {"battery": 77.0, "Bank 1 top": 86.0}
        assert not any(name.startswith("eltek_bank") for name, _ in equipment.rejected), "the setting is no bank"


def test_watts_and_amperes_are_told_in_the_unit_that_the_box_counts_in(states):
    assert told(states, "exos-x440", Measure.POWER) == {"supply 1": 61.5}, "in the multiplier it says beside them"
    assert told(states, "routeros-rb1100", Measure.POWER) == {"board": pytest.approx(18.7)}
    assert told(states, "routeros-rb1100", Measure.CURRENT) == {"board": pytest.approx(0.78)}
    assert told(states, "advantech-eki7710", Measure.POE_LIMIT) == {"PoE": 120.0}
    assert told(states, "advantech-eki7710", Measure.POE_USED) == {"PoE": 31.0}
    assert told(states, "hios-grs1042", Measure.POE_LIMIT) == {"PoE module 1.1": 120.0}
    assert told(states, "hios-grs1042", Measure.POE_USED) == {"PoE module 1.1": 43.0}
    assert told(states, "ups-mib", Measure.VOLTAGE)["bypass 1"] == 221.0


def test_light_that_is_microwatts_above_zero_is_dbm_below_it(states):
    assert told(states, "voss-5520", Measure.RECEIVE_POWER) == {"1/1": -17.0}, "nothing of a cable without light"
    assert told(states, "voss-5520", Measure.TRANSMIT_POWER) == {"1/1": pytest.approx(-1.87, abs=0.01)}


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


def test_a_recorder_tells_which_disk_failed(states):
    assert what(states, "hikvision-ds7716")[:2] == ("Hikvision", "DS-7716NI-I4")
    assert told(states, "hikvision-ds7716", Measure.ALARM) == {"disk 1": 0.0, "disk 2": 1.0}
    assert told(states, "hikvision-ds7716", Measure.MEMORY_USED) == {"recorder": pytest.approx(0.41)}
    assert told(states, "dahua-nvr5216", Measure.ALARM) == {"device": 1.0}
    assert told(states, "dahua-nvr5216", Measure.CPU) == {"camera": 0.37}


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
