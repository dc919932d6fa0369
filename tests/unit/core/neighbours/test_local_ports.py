"""Which interface a local port number is. Most lines stand in a recorded device's tables."""

import pytest

from netwatch.core.neighbours.local_ports import local_ports
from tests.unit.core.tables import BRIDGE_VLAN, bridged, interfaces


def lldp(names, number, *texts, first=1, bridge=None, **changes):
    table = bridged(bridge) if bridge is not None else None
    return local_ports(interfaces(names, first=first, **changes), table).lldp(number, texts)


def test_a_name_decides_whatever_the_number_is():
    names = [f"GigabitEthernet0/0/{n}" for n in range(1, 25)]  # Huawei: ifIndex 5 is port 1
    assert lldp(names, 14, "GigabitEthernet0/0/14", first=5) == "GigabitEthernet0/0/14"
    assert lldp(["Gi1/0/1", "Gi1/0/2"], 1, "00:11:22:33:44:55", "Gi1/0/2") == "Gi1/0/2", "the description, then"
    assert lldp(["te1", "te2"], 1, "TenGig 2", descriptions=["TenGig 1", "TenGig 2"]) == "te2"


@pytest.mark.parametrize(
    ("names", "number", "text"),
    [
        (["Gi1/1", "Gi1/2"], 2, "port-002"),  # Cisco IE3200, PROFINET's way of naming
        (["P0.1", "P0.2"], 2, "port-002"),  # Siemens SCALANCE
        (["Ethernet Port G1", "Ethernet Port G2"], 2, "2"),  # Moxa
        (["xe-0/0/7", "xe-0/0/8"], 2, "2"),  # Juniper: the id is the ifIndex itself
    ],
)
def test_a_number_that_agrees_with_its_text_is_the_ifindex(names, number, text):
    assert lldp(names, number, text) == names[1]


def test_a_text_that_speaks_against_the_number_leaves_the_port_unknown():
    assert lldp(["Gi1/0/1", "Gi1/0/2"], 2, "port-001") is None
    assert lldp(["Gi1/0/1", "Gi1/0/2"], 2, "uplink to the hall") is None


def test_a_number_with_no_text_is_the_ifindex_unless_the_bridge_says_otherwise():
    assert lldp(["a", "b"], 2) == "b"
    assert lldp(["a", "b"], 2, bridge=[1, 2]) == "b"
    assert lldp(["a", "b"], 2, bridge=[2, 1]) is None
    assert lldp(["a", "b"], 2, types=[6, BRIDGE_VLAN]) is None, "no VLAN has a neighbour"
    assert lldp(["a", "b"], 3) is None


def test_a_number_no_count_of_ports_reaches_is_an_ifindex_whatever_its_text():
    assert lldp(["tengigabitethernet1/1/1"], 272637955, "garbage\\n65", first=272637955) == "tengigabitethernet1/1/1"


def test_a_bridge_port_stands_in_where_no_ifindex_has_the_number():
    assert lldp(["Gi1/0/1", "Gi1/0/2"], 2, "port-002", first=10101, bridge=[10101, 10102]) == "Gi1/0/2"


def test_an_ambiguous_name_decides_nothing():
    assert lldp(["Gi1", "Gi2"], 7, "lab", descriptions=["lab", "lab"]) is None


def poe(names, group, port, *, groups=1, first=1, bridge=None):
    table = bridged(bridge) if bridge is not None else None
    return local_ports(interfaces(names, first=first), table).poe(group, port, groups=groups)


def test_a_power_port_is_the_bridge_port_of_its_number():
    names = [f"GigabitEthernet0/0/{n}" for n in range(1, 9)]
    assert poe(names, 1, 5, first=5, bridge=range(5, 13)) == "GigabitEthernet0/0/5"


def test_without_a_bridge_it_is_the_ifindex_if_the_name_agrees_and_else_the_one_so_called():
    names = [f"GigabitEthernet0/0/{n}" for n in range(1, 9)]
    assert poe(names, 1, 5, first=1) == "GigabitEthernet0/0/5"
    assert poe(names, 1, 5, first=5) == "GigabitEthernet0/0/5", "ifIndex 5 is called 1"
    assert poe(["ge-0/0/0", "ge-0/0/1"], 1, 2) == "ge-0/0/1", "counted from 0"
    assert poe(["uplink", "other"], 1, 2) is None


def test_a_management_port_with_the_first_ifindex_moves_no_power_port_by_one():
    names = ["GigabitEthernet0/0", *(f"GigabitEthernet1/0/{n}" for n in range(1, 5))]
    assert poe(names, 1, 1) is None, "ifIndex 1 is called 0, and another is called 1/0/1"
    assert [poe(names, 1, port) for port in (2, 3, 4)] == names[2:], "ifIndex 2 is called 1, and no port 0"
    assert poe(["Gi0/1", "Gi1/0/1"], 1, 1) is None


def test_in_a_stack_the_group_is_the_member():
    names = [f"Gi{member}/0/{n}" for member in (1, 2) for n in (1, 2)] + ["Te2/1/1"]
    assert poe(names, 2, 1, groups=2) == "Gi2/0/1"
    assert poe([*names, "Te2/0/1"], 2, 1, groups=2) is None, "two are called so"
