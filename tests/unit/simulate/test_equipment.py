"""What simulated switches tell of themselves: light by the length of the cable, and power by what is fed."""

import pytest

from netwatch.simulate.equipment import CAMERA_W, DARK_DBM, LOSS_DB_PER_KM
from netwatch.simulate.growth import generate
from netwatch.simulate.living_city import LivingCity
from tests.unit.simulate.asking import walked

NAME, CLASS, PARENT, ALIAS = (
    "1.3.6.1.2.1.47.1.1.1.1.7",
    "1.3.6.1.2.1.47.1.1.1.1.5",
    "1.3.6.1.2.1.47.1.1.1.1.4",
    "1.3.6.1.2.1.47.1.3.2.1.2",
)
VALUE, STATUS = "1.3.6.1.2.1.99.1.1.1.4", "1.3.6.1.2.1.99.1.1.1.5"
POE_USED = "1.3.6.1.2.1.105.1.3.1.1.4"
MODULE = 9


@pytest.fixture(scope="module")
def city():
    return generate(switches=30)


@pytest.fixture
def living(city):
    return LivingCity(city)


def light(living, port, what):
    """dBm of one port, by the name of its sensor."""
    names = {name.decode(): index for index, name in walked(living, port.device, NAME).items()}
    return walked(living, port.device, VALUE)[names[f"{port.interface} {what}"]] / 100


def metres(living, link):
    return sum(living.city.cables[run.cable].length_m for run in link.fibre)


def test_a_link_loses_light_by_its_length(living):
    lost = {}
    for link in list(living.city.links.values())[:12]:
        lost[metres(living, link)] = light(living, link.a, "transmit power") - light(living, link.b, "receive power")
    (near, least), *_, (far, most) = sorted(lost.items())
    assert most - least == pytest.approx((far - near) / 1000 * LOSS_DB_PER_KM, abs=0.02)


def test_a_cut_takes_the_light_at_both_ends_and_leaves_that_sent(living):
    link = next(iter(living.city.links.values()))
    before = light(living, link.a, "transmit power")
    living.fail(f"link:{link.id}", 1.0)
    assert [light(living, end, "receive power") for end in (link.a, link.b)] == [DARK_DBM, DARK_DBM]
    assert light(living, link.a, "transmit power") == before
    living.restore_all(2.0)
    assert light(living, link.a, "receive power") > DARK_DBM


def test_every_module_is_in_a_port_that_is_an_interface(living):
    for device in living.city.devices.values():
        kinds, parents = walked(living, device.id, CLASS), walked(living, device.id, PARENT)
        aliases = {index.partition(".")[0]: name for index, name in walked(living, device.id, ALIAS).items()}
        modules = [index for index, kind in kinds.items() if kind == MODULE]
        links = [one for one in living.city.links.values() if device.id in (one.a.device, one.b.device)]
        assert len(modules) == len(links)
        assert {str(parents[index]) for index in modules} == aliases.keys()
        assert set(walked(living, device.id, STATUS).values()) == {1}


def test_what_is_fed_is_what_is_drawn(living):
    cameras = {}
    for one in living.city.field_devices.values():
        if one.kind == "cctv":
            cameras.setdefault(one.port.device, {}).setdefault(one.port, one)
    switch, fed = next((device, ports) for device, ports in cameras.items() if len(ports) > 1)
    assert list(walked(living, switch, POE_USED).values()) == [CAMERA_W * len(fed)]
    living.fail(f"port:{switch} {next(iter(fed)).interface}", 1.0)
    assert list(walked(living, switch, POE_USED).values()) == [CAMERA_W * (len(fed) - 1)]
    assert walked(living, "core-1", POE_USED) == {}
