"""The generated city: what must hold for every size and seed."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netwatch.core.model import Role
from netwatch.simulate.city import CANARIES
from netwatch.simulate.city_text import inventory_text
from netwatch.simulate.growth import generate
from netwatch.simulate.world import Wiring

cities = st.builds(
    lambda switches, seed, cameras: generate(switches=switches, seed=seed, cameras_per_switch=cameras),
    st.integers(4, 400),
    st.integers(0, 1000),
    st.sampled_from([0.0, 3.6, 30.0]),
)


@settings(max_examples=40, deadline=None)
@given(cities)
def test_every_device_has_its_own_address_and_a_way_to_the_vantage(city):
    addresses = [device.address for device in city.devices.values()]
    addresses += [thing.address for thing in city.field_devices.values()] + list(CANARIES)
    assert len(set(addresses)) == len(addresses)
    assert all(address.startswith("127.") and address.split(".")[3] not in ("0", "255") for address in addresses)
    assert set(Wiring(city).paths(dead=set(), dark_links=set())) == set(city.devices)


@settings(max_examples=40, deadline=None)
@given(cities)
def test_every_port_exists_once_and_carries_one_thing(city):
    for device in city.devices.values():
        for column in ("name", "index"):
            assert len({getattr(port, column) for port in device.ports}) == len(device.ports)
    used = Counter(end for link in city.links.values() for end in (link.a, link.b))
    used.update(thing.port for thing in city.field_devices.values() if not thing.shared)
    used.update({thing.port for thing in city.field_devices.values() if thing.shared})
    assert set(used.values()) == {1}
    assert all(city.port(ref).name == ref.interface for ref in used)


@settings(max_examples=40, deadline=None)
@given(cities)
def test_a_ring_is_a_ring_and_a_sub_ring_ends_on_its_parent(city):
    for ring in city.rings.values():
        links = [link for link in city.links.values() if link.ring == ring.id]
        ends = Counter(end.device for link in links for end in (link.a, link.b))
        odd = [device for device, times in ends.items() if times % 2]
        assert len(links) >= 3
        if ring.parent is None:
            assert odd == []
        else:
            parents = {e.device for side in city.links.values() if side.ring == ring.parent for e in (side.a, side.b)}
            assert len(odd) == 2
            assert set(odd) <= parents


@settings(max_examples=40, deadline=None)
@given(cities)
def test_every_reference_is_whole(city):
    assert {device.site for device in city.devices.values()} <= set(city.sites)
    assert {run.cable for link in city.links.values() for run in link.fibre} == set(city.cables)
    assert {link.ring for link in city.links.values() if link.ring} == set(city.rings)
    cores = Counter((run.cable, core) for link in city.links.values() for run in link.fibre for core in run.cores)
    assert set(cores.values()) == {1}


def test_the_same_seed_gives_the_same_city_and_another_seed_another():
    text = inventory_text(generate(switches=50, seed=3))
    assert inventory_text(generate(switches=50, seed=3)) == text
    assert inventory_text(generate(switches=50, seed=4)) != text


@pytest.mark.parametrize("switches", [4, 10, 100, 1000])
def test_a_city_has_exactly_as_many_switches_as_asked(switches):
    city = generate(switches=switches)
    assert len(city.devices) == switches
    assert sum(1 for device in city.devices.values() if device.role is Role.CORE) == 2


def test_a_city_of_yangjus_size_looks_like_one():
    city = generate(switches=1200)
    access = [device for device in city.devices.values() if device.role is Role.ACCESS]
    cameras = [thing for thing in city.field_devices.values() if thing.kind == "cctv"]
    assert 3.4 < len(cameras) / len(access) < 3.8
    assert {thing.kind for thing in city.field_devices.values()} == {
        "cctv",
        "signal_controller",
        "vms",
        "black_ice_sensor",
    }
    assert all(len(device.ports) == 28 for device in access)
    assert {site.district for site in city.sites.values()} >= {"중앙동", "옥정동", "회천동", "덕계동"}
    assert any(ring.parent for ring in city.rings.values())
    assert any(thing.shared for thing in city.field_devices.values())


def test_some_rings_have_both_sides_in_one_duct_and_a_few_in_one_cable():
    city = generate(switches=1200)
    sides = Counter()
    for ring in city.rings:
        links = [link for link in city.links.values() if link.ring == ring]
        first, last = (city.cables[link.fibre[0].cable] for link in (links[0], links[-1]))
        sides["cable" if first is last else "duct" if first.duct == last.duct else "apart"] += 1
    assert sides["apart"] > sides["duct"] > sides["cable"] > 0


def test_aliases_come_in_utf_8_and_in_cp949():
    aliases = [port.alias for device in generate(switches=100).devices.values() for port in device.ports if port.alias]
    broken = [alias for alias in aliases if b"CCTV" in alias and "\ufffd" in alias.decode("utf-8", "replace")]
    assert 0 < len(broken) < len(aliases) / 2
    assert all("방범 CCTV" in alias.decode("cp949") for alias in broken)
    assert any("방범 CCTV" in alias.decode("utf-8", "replace") for alias in aliases)


def test_ports_are_named_as_their_makers_name_them():
    names = {port.name for device in generate(switches=200).devices.values() for port in device.ports}
    assert {"Ethernet Port 1-1", "1/1/3", "Gi1/0/3", "GigabitEthernet0/0/3", "Ethernet Port 3", "eth3"} <= names


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"switches": 3}, "a city has at least 4 switches, not 3"),
        ({"switches": 10, "ports": 4}, "an access switch has at least 8 ports, not 4"),
        ({"switches": 10, "vendors": ("acme",)}, "unknown vendor 'acme'; known are dasan, "),
    ],
)
def test_a_city_that_cannot_be_built_is_refused_with_a_sentence(wrong, sentence):
    with pytest.raises(ValueError, match="^" + sentence):
        generate(**wrong)
