from dataclasses import replace

from netwatch.core.model import FieldDevice, Inventory, Link, PortRef, Settings
from netwatch.core.surroundings import watched_devices
from tests.unit.core.polled import SITE, make_device

ONE, TWO = make_device("acc-1"), make_device("acc-2")


def link(name: str, port: str, capacity_bps: int | None) -> Link:
    ends = {end: PortRef(device=device, interface=port) for end, device in (("a", "acc-1"), ("b", "acc-2"))}
    return Link(id=name, capacity_bps=capacity_bps, **ends)


def inventory(*links: Link) -> Inventory:
    return Inventory(
        city="Yangju",
        timezone="Asia/Seoul",
        charset="cp949",
        fingerprint="",
        files=(),
        settings=Settings(max_interfaces_per_device=77),
        sites={SITE.id: SITE},
        devices={"acc-1": ONE, "acc-2": TWO},
        links={one.id: one for one in links},
    )


def test_every_device_comes_with_its_site_charset_and_cap():
    watched = watched_devices(inventory())
    assert watched.keys() == {"acc-1", "acc-2"}
    one = watched["acc-1"]
    assert (one.device, one.site) == (ONE, SITE)
    assert (one.ground.charset, one.ground.max_interfaces, one.ground.capacities_bps) == ("cp949", 77, {})


def test_the_capacity_of_a_link_holds_at_both_its_ends():
    watched = watched_devices(inventory(link("l-1", "Gi1/0/1", 300), link("l-2", "Gi1/0/2", None)))
    assert watched["acc-1"].ground.capacities_bps == {"Gi1/0/1": 300}
    assert watched["acc-2"].ground.capacities_bps == {"Gi1/0/1": 300}


def test_every_port_that_links_members_and_field_devices_name_is_known_on_its_device():
    camera = FieldDevice(id="cam-1", kind="cctv", site=SITE.id, port=PortRef(device="acc-2", interface="Gi1/0/9"))
    lag = replace(
        link("l-1", "Po1", None),
        members=((PortRef(device="acc-1", interface="Gi1/0/3"), PortRef(device="acc-2", interface="Gi1/0/4")),),
    )
    watched = watched_devices(replace(inventory(lag), field_devices={camera.id: camera}))
    assert watched["acc-1"].ground.ports == {"Po1", "Gi1/0/3"}
    assert watched["acc-2"].ground.ports == {"Po1", "Gi1/0/4", "Gi1/0/9"}


def test_the_same_inventory_gives_equal_surroundings_so_a_reload_touches_nothing():
    assert watched_devices(inventory(link("l-1", "Gi1/0/1", 300))) == watched_devices(
        inventory(link("l-1", "Gi1/0/1", 300))
    )
