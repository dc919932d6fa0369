import pytest

from netwatch.core.neighbours.local_ports import local_ports
from netwatch.core.neighbours.poe import PoeStatus, poe_interfaces, poe_statuses
from tests.unit.core.tables import interfaces, reading

NAMES = [f"Ethernet Port 1-{n}" for n in range(1, 9)]
HERE = {"1.1": "Ethernet Port 1-1", "1.2": "Ethernet Port 1-2"}


def found(indexes, names=NAMES):
    table = reading("admin", dict.fromkeys(indexes, (1,)))
    return poe_interfaces(table, local_ports(interfaces(names), None))


def test_the_ports_of_one_group_are_the_interfaces_of_their_numbers():
    assert found(["1.1", "1.2", "1.8"]) == {**HERE, "1.8": "Ethernet Port 1-8"}


def test_switches_whose_power_ports_are_called_alike_share_what_they_are():
    assert found(["1.1", "1.2"]) is found(["1.1", "1.2"])


def test_a_stack_that_counts_through_is_one_group():
    assert found(["1.1", "2.2"], ["1", "2"]) == {"1.1": "1", "2.2": "2"}


def test_a_stack_that_counts_anew_is_told_by_the_names():
    names = [f"Gi{member}/0/{n}" for member in (1, 2) for n in (1, 2)]
    assert found(["1.1", "1.2", "2.1", "2.2"], names) == {
        "1.1": "Gi1/0/1",
        "1.2": "Gi1/0/2",
        "2.1": "Gi2/0/1",
        "2.2": "Gi2/0/2",
    }


MODULAR = [f"1/{module}/{n}" for module in (1, 2) for n in range(1, 5)]


@pytest.mark.parametrize(
    ("rows", "names", "ports"),
    [
        (["2.1", "2.3"], MODULAR, ["1/2/1", "1/2/3"]),  # as numbers they would be ports of the first module
        (["1.2", "2.2"], MODULAR, ["1/1/2", "1/2/2"]),
        (["1.1", "2.7"], MODULAR, ["1/1/1"]),  # no module has a port 7: they are counted through all of them
        (["2.1", "2.3"], [name.replace("1/2", "2/2") for name in MODULAR], ["1/1/1", "1/1/3"]),  # of two units
        (["2.1", "2.2"], ["Gi1/2/1", "Te1/2/1"], ["Gi1/2/1"]),  # either may be the one of that module
    ],
)
def test_groups_are_the_modules_of_a_box_where_every_row_is_such_a_port(rows, names, ports):
    assert list(found(rows, names).values()) == ports


def test_what_is_no_interface_for_sure_is_left_out():
    assert found(["1.1", "1.99", "1", "1.2.3"]) == {"1.1": "Ethernet Port 1-1"}
    assert found(["1.1", "2"]) == {"1.1": "Ethernet Port 1-1"}, "a row without the group, in a table with groups"


def test_a_table_without_groups_has_one():
    assert found(["1", "2", "99"]) == {"1": "Ethernet Port 1-1", "2": "Ethernet Port 1-2"}


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (1, PoeStatus.DISABLED),
        (2, PoeStatus.SEARCHING),
        (3, PoeStatus.DELIVERING),
        (4, PoeStatus.FAULT),
        (5, PoeStatus.TEST),
        (6, PoeStatus.OTHER_FAULT),
    ],
)
def test_the_status_is_the_rfcs(value, status):
    assert poe_statuses(reading("detection", {"1.1": (value,)}), HERE, {}) == {"Ethernet Port 1-1": status}


def test_a_port_that_was_not_read_keeps_its_status_and_one_without_any_loses_it():
    known = {"Ethernet Port 1-1": PoeStatus.DELIVERING, "Ethernet Port 1-2": PoeStatus.DELIVERING}
    unread = reading("detection", {"1.1": (None,), "1.2": (2,)}, unread={"1.1"})
    assert poe_statuses(unread, HERE, known) == {**known, "Ethernet Port 1-2": PoeStatus.SEARCHING}
    for nothing in (None, 0, 7, b"delivering"):
        gone = reading("detection", {"1.1": (nothing,), "1.2": (3,)})
        assert poe_statuses(gone, HERE, known) == {"Ethernet Port 1-2": PoeStatus.DELIVERING}
