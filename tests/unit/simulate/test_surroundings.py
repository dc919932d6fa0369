"""What simulated agents say of their surroundings: true now, and still true after something has happened."""

import pytest

from netwatch.core.model import PortRef, Role
from netwatch.simulate.city_agents import mac_of
from netwatch.simulate.growth import generate
from netwatch.simulate.living_city import LivingCity
from netwatch.simulate.world import How, UnknownSubjectError
from tests.unit.simulate.asking import Manager, walked

LLDP_NAME, LLDP_PORT = "1.0.8802.1.1.2.1.4.1.1.9", "1.0.8802.1.1.2.1.4.1.1.7"
LOCAL_ID, LOCAL_CHASSIS = "1.0.8802.1.1.2.1.3.7.1.3", "1.0.8802.1.1.2.1.3.2.0"
VLAN_PORT, VLAN_STATUS, PLAIN_PORT = (
    "1.3.6.1.2.1.17.7.1.2.2.1.2",
    "1.3.6.1.2.1.17.7.1.2.2.1.3",
    "1.3.6.1.2.1.17.4.3.1.2",
)
BASE_PORT, POE, IP_MAC = "1.3.6.1.2.1.17.1.4.1.2", "1.3.6.1.2.1.105.1.1.1.6", "1.3.6.1.2.1.4.35.1.4"
SEARCHING, DELIVERING = 2, 3


def stations(living, device):
    """Bridge port -> MACs, from the forwarding table that this agent has."""
    found = {}
    column = VLAN_PORT if living.city.devices[device].vendor.knows_vlans else PLAIN_PORT
    for index, port in walked(living, device, column).items():
        mac = bytes(map(int, index.split(".")[-6:])).hex(":")
        found.setdefault(port, set()).add(mac)
    return found


def number_of(living, port):
    return [one.name for one in living.city.devices[port.device].ports].index(port.interface) + 1


@pytest.fixture(params=["ubiquoss", "moxa", "westermo", "cisco"])
def living(request):
    return LivingCity(generate(switches=30, vendors=(request.param,)))


@pytest.fixture
def camera(living):
    return next(thing for thing in living.city.field_devices.values() if thing.kind == "cctv" and not thing.shared)


def test_both_ends_of_every_link_hear_each_other_by_name_and_port(living):
    for link in living.city.links.values():
        for near, far in ((link.a, link.b), (link.b, link.a)):
            index = f"0.{number_of(living, near)}.1"
            assert walked(living, near.device, LLDP_NAME)[index] == far.device.encode()
            heard = walked(living, near.device, LLDP_PORT)[index]
            assert heard == walked(living, far.device, LOCAL_ID)[str(number_of(living, far))]


def test_an_end_that_gets_no_light_hears_nobody_and_hears_again_when_mended(living):
    link = next(iter(living.city.links.values()))
    index = f"0.{number_of(living, link.a)}.1"
    living.fail(f"link:{link.id}", 1.0)
    assert index not in walked(living, link.a.device, LLDP_NAME)
    living.restore(f"link:{link.id}", 2.0)
    assert walked(living, link.a.device, LLDP_NAME)[index] == link.b.device.encode()


def test_a_device_is_known_to_its_neighbours_by_the_chassis_id_it_gives_itself(living):
    (own,) = Manager(living.agents["core-1"]).get(LOCAL_CHASSIS).varbinds
    assert own.value == mac_of(living.city.devices["core-1"])


def test_a_camera_is_learned_on_its_own_port_and_on_every_port_that_leads_to_it_up_to_its_gateway(living, camera):
    assert camera.mac in stations(living, camera.port.device)[number_of(living, camera.port)]
    device, hops = camera.port.device, 0
    while living.city.devices[device].role is Role.ACCESS:
        link_id, above = living.state.parents[device]
        link = living.city.links[link_id]
        far = link.b if link.a.device == device else link.a
        assert camera.mac in stations(living, above)[number_of(living, far)]
        device, hops = above, hops + 1
    assert hops >= 1
    assert camera.mac not in set().union(*stations(living, living.state.parents[device][1]).values())


def test_bridge_ports_are_counted_from_one_and_lead_to_the_ifindex(living):
    device = living.city.devices["acc-0001"]
    said = walked(living, device.id, BASE_PORT)
    assert said == {str(number): port.index for number, port in enumerate(device.ports, start=1)}


def test_all_entries_are_learned(living):
    if living.city.devices["core-1"].vendor.knows_vlans:
        assert set(walked(living, "core-1", VLAN_STATUS).values()) == {3}


def test_a_camera_without_power_is_no_station_and_draws_none(living, camera):
    power = f"1.{number_of(living, camera.port)}"
    assert walked(living, camera.port.device, POE)[power] == DELIVERING
    living.fail(f"field_device:{camera.id}", 1.0, how=How.POWER)
    assert walked(living, camera.port.device, POE)[power] == SEARCHING
    assert camera.mac not in set().union(*stations(living, camera.port.device).values())
    living.restore_all(2.0)
    assert walked(living, camera.port.device, POE)[power] == DELIVERING


def test_a_hung_camera_still_draws_power(living, camera):
    living.fail(f"field_device:{camera.id}", 1.0, how=How.HANG)
    assert walked(living, camera.port.device, POE)[f"1.{number_of(living, camera.port)}"] == DELIVERING


def test_only_access_switches_feed_and_only_what_is_fed_by_its_port(living):
    assert walked(living, "core-1", POE) == {}
    for port, things in living.wiring.fields_by_port.items():
        fed = any(living.city.field_devices[thing].kind == "cctv" for thing in things)
        said = walked(living, port.device, POE)[f"1.{number_of(living, port)}"]
        assert said == (DELIVERING if fed else SEARCHING)


def test_ip_neighbours_stand_at_the_first_switch_above_that_is_no_access_switch(living, camera):
    device = camera.port.device
    while living.city.devices[device].role is Role.ACCESS:
        assert walked(living, device, IP_MAC) == {}
        device = living.state.parents[device][1]
    assert walked(living, device, IP_MAC)[f"1.1.4.{camera.address}"].hex(":") == camera.mac


def test_another_box_in_a_cameras_place_is_another_station(living, camera):
    living.exchange(camera.id, "00:12:34:56:78:9a", 1.0)
    here = stations(living, camera.port.device)[number_of(living, camera.port)]
    assert "00:12:34:56:78:9a" in here
    assert camera.mac not in here
    assert living.city.field_devices[camera.id].mac == camera.mac, "the inventory knows nothing of it"


def test_a_camera_moved_to_another_port_takes_light_power_station_and_traffic_along(living, camera):
    free = next(
        PortRef(device=camera.port.device, interface=port.name)
        for port in living.city.devices[camera.port.device].ports
        if PortRef(device=camera.port.device, interface=port.name) not in living.wiring.fields_by_port
    )
    old, new = number_of(living, camera.port) - 1, number_of(living, free) - 1
    living.move(camera.id, free, 1.0)
    agent = living.agents[camera.port.device]
    assert (agent.oper[old], agent.oper[new]) == (2, 1)
    assert (agent.power[old], agent.power[new]) == (SEARCHING, DELIVERING)
    assert camera.mac in stations(living, camera.port.device)[new + 1]
    assert old + 1 not in stations(living, camera.port.device)
    grown = [living.truth(free, t, direction="in") for t in (2.0, 3.0)]
    assert grown[1] - grown[0] > 100_000
    living.move(camera.id, camera.port, 4.0)
    assert (agent.oper[old], agent.oper[new]) == (1, 2)


def test_what_is_not_there_cannot_be_moved_or_replaced(living, camera):
    with pytest.raises(UnknownSubjectError, match="no field device"):
        living.exchange("cam-x", "00:12:34:56:78:9a", 1.0)
    with pytest.raises(UnknownSubjectError, match="no port"):
        living.move(camera.id, PortRef(device="core-1", interface="nowhere"), 1.0)


def test_a_get_of_a_row_that_comes_and_goes_is_answered_as_it_is_now(living):
    link = next(iter(living.city.links.values()))
    oid = f"{LLDP_NAME}.0.{number_of(living, link.a)}.1"
    manager = Manager(living.agents[link.a.device])
    for failed in (False, True, False):
        if failed:
            living.fail(f"link:{link.id}", 1.0)
        else:
            living.restore_all(1.0)
        (varbind,) = manager.get(oid, t=2.0).varbinds
        assert varbind.value == (None if failed else link.b.device.encode())
