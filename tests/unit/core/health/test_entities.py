"""What a sysDescr of nobody we know tells of the box, and what it does not."""

import pytest

from netwatch.core.health.entities import model_in, version_in

MODELS = {
    "EDS-405A": "EDS-405A",
    "ES8510 Industrial Managed Ethernet Switch": "ES8510",
    "INETPOE-4GP2GF : Switch 2 ports 1000BASE-X": "INETPOE-4GP2GF",
    "GS-4210-24P4C, 24-Port PoE": "GS-4210-24P4C",
    "Linux rtr-2 5.4.0 #1 SMP": "",
    "24-Port Gigabit Switch": "",
    "Westermo Wolverine, primary: v4.28.6": "",
    "HP Stack, revision KA.15": "",
    "": "",
}
VERSIONS = {
    "IES-2208 Hardware Version 1.3, Firmware Version 2.46": "2.46",
    "ISW-504 HW Ver 1.0 SW Ver 3.11b": "3.11b",
    "PSGS: Software Rev. 1.0.5": "1.0.5",
    "Switch, FW: Version V04.02.00, Boot Version: 1.0": "04.02.00",
    "release 7.1.070": "7.1.070",
    "Boot version 1.2": "",
    "Linux version 5.10.0": "",
    "32-port switch": "",
}


@pytest.mark.parametrize("descr", MODELS)
def test_a_model_is_what_stands_first_in_capitals_and_digits(descr):
    assert model_in(descr) == MODELS[descr]


@pytest.mark.parametrize("descr", VERSIONS)
def test_a_version_is_that_of_the_software_and_of_nothing_else(descr):
    assert version_in(descr) == VERSIONS[descr]
