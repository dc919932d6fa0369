"""The standard profile against the MIBs, by a table written from them by hand."""

import pytest

from netwatch.core.model import Lane
from netwatch.core.neighbours import sighted
from netwatch.core.plan import Syntax
from netwatch.profiles.load import load_profiles

LLDP, LLDP_V2 = "1.0.8802.1.1.2.1", "1.3.111.2.802.1.1.13.1"  # IEEE 802.1AB-2005, -2009
BRIDGE, POE = "1.3.6.1.2.1.17", "1.3.6.1.2.1.105.1.1.1"  # RFC 4188 and 4363, RFC 3621
NUMBER, OCTETS, TEXT = Syntax.INTEGER, Syntax.OCTETS, Syntax.TEXT

TREE = ("entity", "entity_alias")  # what `core.health` reads rows by

REMOTE = {"chassis_subtype": (4, NUMBER), "chassis": (5, OCTETS), "port_subtype": (6, NUMBER), "port": (7, OCTETS)}
REMOTE |= {"port_description": (8, TEXT), "system_name": (9, TEXT)}
POE_TABLE = {"admin": (f"{POE}.3", NUMBER, Lane.DISCOVERY), "detection": (f"{POE}.6", NUMBER, Lane.HEALTH)}
TABLES = {
    "poe_port": POE_TABLE,
    "lldp_neighbour": {
        name: (f"{LLDP}.4.1.1.{column}", syntax, Lane.DISCOVERY) for name, (column, syntax) in REMOTE.items()
    },
    "lldp_local_port": {
        "subtype": (f"{LLDP}.3.7.1.2", NUMBER, Lane.DISCOVERY),
        "port": (f"{LLDP}.3.7.1.3", OCTETS, Lane.DISCOVERY),
        "description": (f"{LLDP}.3.7.1.4", TEXT, Lane.DISCOVERY),
    },
    "lldp_v2_neighbour": {
        name: (f"{LLDP_V2}.4.1.1.{column + 1}", syntax, Lane.DISCOVERY) for name, (column, syntax) in REMOTE.items()
    },
    "bridge_port": {"interface": (f"{BRIDGE}.1.4.1.2", NUMBER, Lane.DISCOVERY)},
    "ip_neighbour": {"mac": ("1.3.6.1.2.1.4.35.1.4", OCTETS, Lane.DISCOVERY)},
    "ip_neighbour_old": {"mac": ("1.3.6.1.2.1.4.22.1.2", OCTETS, Lane.DISCOVERY)},
    "vlan_mac": {
        "port": (f"{BRIDGE}.7.1.2.2.1.2", NUMBER, Lane.DISCOVERY),
        "status": (f"{BRIDGE}.7.1.2.2.1.3", NUMBER, Lane.DISCOVERY),
    },
    "bridge_mac": {
        "port": (f"{BRIDGE}.4.3.1.2", NUMBER, Lane.DISCOVERY),
        "status": (f"{BRIDGE}.4.3.1.3", NUMBER, Lane.DISCOVERY),
    },
}


@pytest.fixture(scope="module")
def profiles():
    return load_profiles()


@pytest.fixture(scope="module")
def tables(profiles):
    """Those that `core.sighted` folds."""
    return {
        table.name: table
        for table in profiles["standard"].tables
        if table.name == sighted.POE_PORT or (table.name not in ("interface", *TREE) and not table.is_measured)
    }


def test_it_asks_all_that_if_mib_asks_and_the_interfaces_first(profiles):
    standard, below = profiles["standard"], profiles["if-mib"]
    assert standard.tables[0] == below.tables[0]
    assert standard.scalars[: len(below.scalars)] == below.scalars


def test_every_column_is_the_mibs(tables):
    found = {
        name: {column.name: (column.oid, column.syntax, column.lane) for column in table.columns}
        for name, table in tables.items()
    }
    assert found == TABLES


def test_status_and_traffic_ask_no_more_than_if_mib(profiles):
    for lane in (Lane.STATUS, Lane.TRAFFIC):
        asked = [
            (plan.scalars_of(lane), [table.of(lane) for table in plan.tables if table.of(lane)])
            for plan in (profiles["standard"], profiles["if-mib"])
        ]
        assert asked[0] == asked[1]


def test_every_table_has_a_cap_and_the_long_ones_come_last(tables):
    assert all(table.max_rows for table in tables.values())
    assert [name for name, table in tables.items() if table.max_rows == 16384][-2:] == ["vlan_mac", "bridge_mac"]
    assert list(tables)[-2:] == ["vlan_mac", "bridge_mac"]


def test_what_stands_in_and_what_goes_along(tables):
    assert {name: table.unless for name, table in tables.items() if table.unless} == {
        "lldp_v2_neighbour": "lldp_neighbour",
        "ip_neighbour_old": "ip_neighbour",
        "bridge_mac": "vlan_mac",
    }
    assert {name: table.along for name, table in tables.items() if table.along} == {"lldp_local_port": "lldp_neighbour"}


def test_every_measured_table_is_found_by_one_object_and_has_a_cap_where_it_has_rows(profiles):
    measured = [table for table in profiles["standard"].tables if table.is_measured]
    assert len(measured) > 5
    assert all(table.walked for table in measured)
    assert all(table.max_rows or not table.index for table in measured)


def test_an_inner_device_is_asked_all_but_its_forwarding_tables(profiles):
    standard = profiles["standard"]
    left_out = {table.name for table in standard.tables} - {table.name for table in standard.inner.tables}
    assert left_out == set(sighted.FORWARDING)
    assert profiles["if-mib"].inner is profiles["if-mib"]


def test_every_table_is_one_that_is_folded(tables):
    folded = {sighted.BRIDGE_PORT, sighted.POE_PORT, sighted.LLDP, sighted.LLDP_V2, sighted.LLDP_LOCAL}
    assert set(tables) == folded | set(sighted.FORWARDING) | set(sighted.IP_NEIGHBOUR)
