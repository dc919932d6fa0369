"""Whom an LLDP neighbour's words mean."""

from dataclasses import replace

import pytest

from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.device.record import DeviceState, Identity
from netwatch.core.model import PortRef
from netwatch.core.neighbours.far_end import Directory, FarEnd
from netwatch.core.neighbours.sightings import Neighbour, Sightings
from tests.unit.core.polled import make_device
from tests.unit.engine.town import inventory

PORTS = InterfaceMap(
    epoch=1,
    indexes=("1", "2", "3"),
    names=("Gi1/0/1", "Gi1/0/2", "Gi1/0/3"),
    descriptions=("GigabitEthernet1/0/1", "GigabitEthernet1/0/2", "GigabitEthernet1/0/3"),
    aliases=("to core", "to core", "카메라"),
)
HEARD = Neighbour(interface="Te1", chassis_id="02:00:00:00:00:99", port_id="x")


def state(*, sys_name="", chassis_id="", interfaces=PORTS):
    return DeviceState(
        identity=Identity(sys_name=sys_name), sightings=Sightings(chassis_id=chassis_id), interfaces=interfaces
    )


@pytest.fixture
def directory():
    devices = [make_device(name, address=f"10.20.1.{turn}") for turn, name in enumerate(("acc-1", "acc-2", "acc-3"))]
    known = Directory()
    known.use(inventory(replace(devices[0], name="옥정 3"), *devices[1:]))
    return known


def device(directory, **words):
    far = directory.far_end(replace(HEARD, **words))
    return None if far is None else far.device


def port(directory, **words):
    return directory.far_end(replace(HEARD, system_name="acc-1", **words)).port


@pytest.mark.parametrize("name", ["acc-1", "ACC-1", " acc-1 ", "옥정 3", "acc-1.yangju.example"])
def test_a_device_is_known_by_its_id_and_its_name_before_it_was_ever_asked(directory, name):
    assert device(directory, system_name=name) == "acc-1"


def test_a_device_is_known_by_the_name_and_the_chassis_that_its_own_agent_tells(directory):
    directory.see("acc-2", state(sys_name="SW-0017.city", chassis_id="02:00:00:00:00:02"))
    assert device(directory, system_name="sw-0017.city") == "acc-2"
    assert device(directory, system_name="SW-0017") == "acc-2"
    assert device(directory, chassis_id="02:00:00:00:00:02", system_name="") == "acc-2"


def test_a_chassis_id_that_is_an_address_is_that_devices(directory):
    assert device(directory, chassis_id="10.20.1.2") == "acc-3"


def test_the_chassis_is_believed_before_the_name(directory):
    directory.see("acc-2", state(sys_name="acc-2", chassis_id="02:00:00:00:00:02"))
    assert device(directory, chassis_id="02:00:00:00:00:02", system_name="acc-1") == "acc-2"


def test_a_name_that_several_bear_is_nobodys_but_their_chassis_still_tell_them_apart(directory):
    directory.see("acc-1", state(sys_name="Switch", chassis_id="02:00:00:00:00:01"))
    directory.see("acc-2", state(sys_name="Switch", chassis_id="02:00:00:00:00:02"))
    assert device(directory, system_name="Switch") is None
    assert device(directory, system_name="Switch", chassis_id="02:00:00:00:00:01") == "acc-1"


def test_a_name_given_up_is_free_for_another(directory):
    directory.see("acc-1", state(sys_name="ring-head"))
    directory.see("acc-1", state(sys_name="acc-1"))
    directory.see("acc-2", state(sys_name="ring-head"))
    assert device(directory, system_name="ring-head") == "acc-2"


def test_a_device_that_is_watched_no_more_is_none_of_ours(directory):
    directory.see("acc-1", state(sys_name="ring-head"))
    directory.use(inventory(make_device("acc-2")))
    assert device(directory, system_name="ring-head") is None
    assert device(directory, system_name="acc-1") is None


def test_no_words_mean_nobody(directory):
    directory.see("acc-1", state())
    assert device(directory, system_name="", chassis_id="") is None


@pytest.mark.parametrize(
    ("port_id", "description", "name"),
    [
        ("Gi1/0/2", "", "Gi1/0/2"),
        ("GigabitEthernet1/0/2", "", "Gi1/0/2"),
        ("카메라", "", "Gi1/0/3"),
        ("02:00:00:00:00:07", "GigabitEthernet1/0/3", "Gi1/0/3"),
        ("02:00:00:00:00:07", "to core", None),  # two ports bear it
        ("7", "", None),
    ],
)
def test_a_port_is_whatever_name_of_it_the_neighbour_tells(directory, port_id, description, name):
    directory.see("acc-1", state())
    assert port(directory, port_id=port_id, port_description=description) == name


def test_a_port_of_a_device_never_discovered_is_not_known(directory):
    assert port(directory, port_id="Gi1/0/2") is None


def test_a_port_text_is_looked_up_again_when_the_devices_ports_change(directory):
    text = PortRef(device="acc-1", interface="GigabitEthernet1/0/2")
    assert directory.name_of(text) is text
    directory.see("acc-1", state())
    assert directory.name_of(text).interface == "Gi1/0/2"
    directory.see("acc-1", state(interfaces=replace(PORTS, names=("ge1", "ge2", "ge3"))))
    assert directory.name_of(text).interface == "ge2"


def test_a_far_end_reads_as_a_port_does():
    assert str(FarEnd(device="acc-1", port="Gi1/0/2")) == "acc-1 Gi1/0/2"
    assert str(FarEnd(device="acc-1")) == "acc-1"
