from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.model import FieldDevice, Link, PortRef
from netwatch.core.neighbours.beside import NOBODY, Beside
from tests.traps import inventory

ROWS = InterfaceMap(
    epoch=1,
    indexes=("1", "2", "3", "49"),
    names=("Gi1", "Gi2", "Gi3", "Po1"),
    descriptions=("", "uplink", "", ""),
    aliases=("", "", "", ""),
)


def port(device, interface):
    return PortRef(device=device, interface=interface)


def camera(name, at):
    return FieldDevice(id=name, kind="cctv", site="hall", port=at)


CITY = inventory(
    links={
        "ring": Link(id="ring", a=port("sw", "uplink"), b=port("core", "Te1")),
        "lag": Link(
            id="lag", a=port("sw", "Po1"), b=port("agg", "Po7"), members=((port("sw", "Gi3"), port("agg", "Te3")),)
        ),
    },
    field_devices={name: camera(name, port("sw", "Gi1")) for name in ("cam-1", "cam-2")},
)
BESIDE = Beside(CITY)


def test_the_far_end_of_a_link_is_found_by_ifindex_however_the_inventory_calls_the_port():
    assert BESIDE.at("sw", 2, ROWS).devices == ("core",)


def test_both_ends_know_of_each_other():
    rows = InterfaceMap(epoch=1, indexes=("5",), names=("Te1",), descriptions=("",), aliases=("",))
    assert BESIDE.at("core", 5, rows).devices == ("sw",)


def test_a_member_of_an_aggregate_leads_where_the_aggregate_does():
    assert BESIDE.at("sw", 3, ROWS).devices == BESIDE.at("sw", 49, ROWS).devices == ("agg",)


def test_what_hangs_on_an_edge_port_is_found_too():
    there = BESIDE.at("sw", 1, ROWS)
    assert there.field_devices == ("cam-1", "cam-2")
    assert there.devices == ()


def test_what_is_not_known_leads_to_nobody():
    assert BESIDE.at("sw", 4, ROWS) == NOBODY  # no such row
    assert BESIDE.at("sw", 1, InterfaceMap()) == NOBODY  # never discovered
    assert BESIDE.at("gone", 1, ROWS) == NOBODY
    assert BESIDE.at("sw", -1, ROWS) == NOBODY
