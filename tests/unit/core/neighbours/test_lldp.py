import pytest

from netwatch.core.neighbours.lldp import Neighbour, neighbours
from netwatch.core.neighbours.local_ports import local_ports
from tests.unit.core.tables import interfaces, lldp, reading

MAC = bytes.fromhex("0012a4bc0001")
PORTS = local_ports(interfaces(["Gi1/0/1", "Gi1/0/2", "Gi1/0/3"]), None)


def local(*rows, **changes):
    return reading("subtype port description", {str(number): cells for number, *cells in rows}, **changes)


def heard(*rows, told=None, ports=PORTS):
    return neighbours(lldp(*rows), told, ports, "cp949")


def test_a_neighbour_is_told_by_chassis_port_and_name_at_our_interface():
    told = local((7, 5, b"Gi1/0/2", b""))
    found = heard(("40.7.1", 4, MAC, 5, b"1/1/9", "→ 7번 함체".encode(), b"acc-9"), told=told)
    assert found.told == (
        Neighbour(
            interface="Gi1/0/2",
            chassis_id="00:12:a4:bc:00:01",
            port_id="1/1/9",
            port_description="→ 7번 함체",
            system_name="acc-9",
        ),
    )
    assert found.unmapped == 0


@pytest.mark.parametrize(
    ("chassis_subtype", "chassis", "port_subtype", "port", "ids"),
    [
        (4, MAC, 3, MAC, ("00:12:a4:bc:00:01", "00:12:a4:bc:00:01")),
        (5, b"\x01\x0a\x14\x00\x01", 7, b"5", ("10.20.0.1", "5")),
        (5, b"\x02" + bytes(15) + b"\x01", 4, b"\x01\x0a\x14\x00\x02", ("::1", "10.20.0.2")),
        (7, b"plc-3", 7, b"port-001", ("plc-3", "port-001")),
        (4, b"00-12-A4-BC-00-01", 5, b"Gi0/1\0", ("00:12:a4:bc:00:01", "Gi0/1")),
        (7, "교차로".encode("cp949"), 1, b"a\nb", ("교차로", "a\\nb")),
        (None, MAC, None, b"eth0", ("00:12:a4:bc:00:01", "eth0")),  # an agent without subtypes
    ],
)
def test_ids_are_read_by_their_subtypes(chassis_subtype, chassis, port_subtype, port, ids):
    (found,) = heard(("0.1.1", chassis_subtype, chassis, port_subtype, port, b"", b"")).told
    assert (found.chassis_id, found.port_id) == ids


@pytest.mark.parametrize(
    "cells",
    [
        (4, MAC[:5], 5, b"Gi0/1"),
        (4, b"none of our MACs", 5, b"Gi0/1"),
        (4, MAC, 5, b""),
        (4, MAC, 3, b"\x01\x02"),
        (5, b"\x01\x0a\x14", 5, b"Gi0/1"),
        (99, MAC, 5, b"Gi0/1"),
        (4, 17, 5, b"Gi0/1"),
        (4, None, 5, b"Gi0/1"),
        (4, MAC, 5, None),
    ],
)
def test_a_row_whose_ids_are_none_is_no_neighbour_and_costs_no_other(cells):
    found = heard(("0.1.1", *cells, b"", b""), ("0.2.1", 4, MAC, 5, b"Gi0/2", b"", b""))
    assert [one.interface for one in found.told] == ["Gi1/0/2"]
    assert found.unmapped == 0


def test_a_neighbour_behind_a_port_that_nobody_knows_is_counted():
    found = heard(("0.9.1", 4, MAC, 5, b"Gi0/1", b"", b""), ("4", 4, MAC, 5, b"Gi0/2", b"", b""))
    assert (found.told, found.unmapped) == ((), 2)


def test_a_neighbour_heard_twice_is_one_and_two_on_a_port_are_two():
    rows = [(f"{mark}.1.{mark}", 4, MAC, 5, b"Gi0/1", b"", b"hall") for mark in (85, 105)]
    other = ("9.1.9", 4, MAC[:5] + b"\x09", 5, b"Gi0/1", b"", b"hall")
    assert [one.chassis_id[-2:] for one in heard(*rows, other).told] == ["01", "09"]


def test_the_mac_address_of_our_own_port_is_not_its_name():
    told = local((2, 3, b"Gi1/0/3", b"Gi1/0/1"))
    (found,) = heard(("0.2.1", 4, MAC, 5, b"x", b"", b""), told=told).told
    assert found.interface == "Gi1/0/1"


def test_the_second_version_of_the_mib_numbers_ports_by_ifindex():
    ports = local_ports(interfaces(["Gi1/0/1", "Gi1/0/2"], first=10101), None)
    (found,) = heard(("77.10102.1.1", 4, MAC, 5, b"x", b"", b""), ports=ports).told
    assert found.interface == "Gi1/0/2"
