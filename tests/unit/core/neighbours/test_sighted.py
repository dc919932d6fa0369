"""Polls folded into what a device sees: each table by itself, and nothing forgotten because of a failure."""

from dataclasses import replace

import pytest

from netwatch.core.errors import Reason
from netwatch.core.model import Lane
from netwatch.core.neighbours.poe import PoeStatus
from netwatch.core.neighbours.sightings import ADDRESSES, INTERFACES, MACS, NEIGHBOURS, POE
from netwatch.core.observation import Completeness, TableReading
from tests.unit.core.polled import WALL_S, Folding, failed, renumbered
from tests.unit.core.tables import bridged, fdb, lldp, reading, said_of

CAMERA, OTHER = "00:40:8c:00:00:01", "00:40:8c:00:00:02"
HALL, HALL_2 = bytes.fromhex("0012a4bc0001"), bytes.fromhex("0012a4bc0002")
CHASSIS = {"lldp_chassis_subtype": 4, "lldp_chassis": bytes.fromhex("00d0cb000011")}
NONE = TableReading(indexes=(), columns={}, at_s=(), uptime_ticks=())
BROKEN = replace(NONE, reason=Reason.TIMEOUT)


def neighbour(port=1, chassis=HALL):
    return (f"0.{port}.1", 4, chassis, 5, b"1/1/9", b"", b"hall")


def around(**tables):
    """The tables of a switch with a neighbour on port 1, a camera on port 2 that draws power, and who has its IP."""
    return {
        "poe_port": reading("admin", {"1.2": (1,)}),
        "lldp_neighbour": lldp(neighbour()),
        "lldp_local_port": reading("subtype port description", {"1": (5, b"Gi1/0/1", b""), "2": (5, b"Gi1/0/2", b"")}),
        "bridge_port": bridged([1, 2]),
        "ip_neighbour": reading("mac", {"1.1.4.10.20.0.9": (bytes.fromhex("00408c000001"),)}),
        "vlan_mac": fdb({CAMERA: (2, 3)}),
        **tables,
    }


class Looking(Folding):
    """A switch whose discoveries bring more tables than that of its interfaces."""

    def look(self, at_s, tables, *, scalars=CHASSIS, **changes):
        seen = self.switch.discovery(at_s, **changes)
        wholes = {**seen.tables, **{name: one for name, one in tables.items() if one is not None}}
        complete = all(one.reason is None for one in wholes.values())
        return self.see(
            replace(
                seen,
                scalars={**seen.scalars, **scalars},
                tables=wholes,
                said=said_of(wholes),
                completeness=Completeness.COMPLETE if complete else Completeness.PARTIAL,
            )
        )

    def feel(self, at_s, **statuses):
        table = reading("detection", {f"1.{port.removeprefix('p')}": (status,) for port, status in statuses.items()})
        seen = self.switch.discovery(at_s)
        tables = {"poe_port": table}
        return self.see(replace(seen, lane=Lane.HEALTH, tables=tables, said=said_of(tables)))

    @property
    def seen(self):
        return self.state.sightings


class ReadingInFull(Looking):
    """The same, but nothing tells that a table is the one it was."""

    def see(self, *observations):
        return super().see(*(replace(one, said={}) for one in observations))


@pytest.mark.parametrize("other", [*around(), "interface"])
def test_what_is_told_again_comes_to_what_it_would_come_to_read_in_full(other):
    told = []
    for one in (Looking(), ReadingInFull()):
        for turn, tables in enumerate([{}, {}, {other: BROKEN}, {}, {}, {other: NONE}, {}]):
            one.look(10.0 + turn, {**around(), **tables})
            told.append((one.state, tuple(one.events)))
    assert told[: len(told) // 2] == told[len(told) // 2 :]


@pytest.fixture
def looking():
    one = Looking()
    one.look(10.0, around())
    one.feel(11.0, p2=3)
    return one


def test_a_discovery_tells_neighbours_stations_and_addresses_by_the_names_of_the_ports(looking):
    seen = looking.seen
    assert seen.chassis_id == "00:d0:cb:00:00:11"
    assert [(one.interface, one.system_name) for one in seen.neighbours] == [("Gi1/0/1", "hall")]
    assert seen.macs == {"Gi1/0/1": frozenset(), "Gi1/0/2": frozenset({CAMERA})}
    assert seen.addresses == {"10.20.0.9": CAMERA}
    assert seen.poe == {"Gi1/0/2": PoeStatus.DELIVERING}
    assert (seen.reasons, seen.unmapped) == ({}, {})
    ages = {INTERFACES: 10.02, NEIGHBOURS: 10.02, MACS: 10.02, ADDRESSES: 10.02}
    assert {what: round(wall_s - WALL_S, 2) for what, wall_s in seen.read_wall_s.items()} == ages


def test_power_ports_once_found_are_looked_at_at_once_and_not_again():
    one = Looking()
    assert one.look(10.0, around()).wants.look_at == (Lane.STATUS, Lane.HEALTH)
    assert one.look(20.0, around()).wants.look_at == ()


@pytest.mark.parametrize("name", sorted(around()))
def test_a_table_that_failed_takes_nothing_away_and_says_why(looking, name):
    before = looking.seen
    looking.look(900.0, around(**{name: BROKEN}))
    after = looking.seen
    assert (after.neighbours, after.macs, after.poe) == (before.neighbours, before.macs, before.poe)
    assert (after.addresses, after.poe_interfaces) == (before.addresses, before.poe_interfaces)
    of = {
        "lldp_neighbour": {NEIGHBOURS},
        "lldp_local_port": {NEIGHBOURS},
        "vlan_mac": {MACS},
        "bridge_port": {MACS},
        "ip_neighbour": {ADDRESSES},
        "poe_port": set(),
    }
    assert set(after.reasons) == of[name]
    for what in (NEIGHBOURS, MACS, ADDRESSES):
        assert (after.read_wall_s[what] == before.read_wall_s[what]) is (what in of[name])
    looking.look(1800.0, around())
    assert looking.seen.reasons == {}


def test_a_failed_table_never_puts_the_ports_in_doubt(looking):
    before = looking.state.interfaces
    looking.look(900.0, dict.fromkeys(around(), BROKEN))
    assert looking.state.interfaces == before
    looking.see(failed(Lane.DISCOVERY, 1800.0))
    assert looking.state.interfaces == before
    assert looking.seen.neighbours


def test_what_is_gone_from_a_complete_table_is_gone(looking):
    looking.look(900.0, around(lldp_neighbour=NONE, lldp_local_port=None, vlan_mac=fdb({OTHER: (1, 3)})))
    assert looking.seen.neighbours == ()
    assert looking.seen.macs == {"Gi1/0/1": frozenset({OTHER}), "Gi1/0/2": frozenset()}


def test_a_table_that_broke_off_adds_and_moves_what_it_showed(looking):
    looking.look(
        900.0,
        around(
            lldp_neighbour=lldp(neighbour(2, HALL_2), reason=Reason.TIMEOUT),
            vlan_mac=fdb({OTHER: (1, 3)}, reason=Reason.TRUNCATED),
            ip_neighbour=reading("mac", {"1.1.4.10.20.0.8": (HALL,)}, reason=Reason.DEADLINE),
        ),
    )
    seen = looking.seen
    assert [(one.interface, one.chassis_id[-2:]) for one in seen.neighbours] == [("Gi1/0/1", "01"), ("Gi1/0/2", "02")]
    assert seen.macs == {"Gi1/0/1": {OTHER}, "Gi1/0/2": {CAMERA}}
    assert set(seen.addresses) == {"10.20.0.8", "10.20.0.9"}
    assert seen.reasons == {NEIGHBOURS: Reason.TIMEOUT, MACS: Reason.TRUNCATED, ADDRESSES: Reason.DEADLINE}


def test_an_agent_without_these_tables_is_not_taken_for_one_that_sees_nobody():
    one = Looking()
    one.look(10.0, dict.fromkeys(("poe_port", "lldp_neighbour", "lldp_v2_neighbour", "vlan_mac"), NONE), scalars={})
    assert (one.seen.neighbours, one.seen.macs, one.seen.poe) == (None, None, {})


def test_an_agent_with_lldp_that_hears_nobody_hears_nobody():
    one = Looking()
    one.look(10.0, {"lldp_neighbour": NONE, "lldp_v2_neighbour": NONE})
    assert one.seen.neighbours == ()


def test_an_empty_forwarding_table_is_believed_only_of_a_bridge_that_had_shown_one(looking):
    empty = around(vlan_mac=NONE, bridge_mac=NONE)
    one = Looking()
    one.look(10.0, empty)
    assert one.seen.macs is None
    looking.look(900.0, empty)
    assert looking.seen.macs == {"Gi1/0/1": frozenset(), "Gi1/0/2": frozenset()}


def test_the_older_tables_stand_in():
    one = Looking()
    plain = reading("port status", {"0.64.140.0.0.1": (2, 3)})
    media = reading("mac", {"1.10.20.0.9": (b"0:40:8c:0:0:1",)})
    v2 = lldp(("0.2.1.1", 4, HALL, 5, b"1/1/9", b"", b"hall"))
    one.look(
        10.0,
        around(
            lldp_neighbour=NONE,
            lldp_local_port=None,
            lldp_v2_neighbour=v2,
            vlan_mac=NONE,
            bridge_mac=plain,
            ip_neighbour=NONE,
            ip_neighbour_old=media,
        ),
    )
    assert [one.interface for one in one.seen.neighbours] == ["Gi1/0/2"]
    assert one.seen.macs["Gi1/0/2"] == {CAMERA}
    assert one.seen.addresses == {"10.20.0.9": CAMERA}


def test_nothing_is_read_against_ports_in_doubt(looking):
    before = looking.seen
    looking.switch.ports = renumbered(looking.switch.ports, {"1": "2", "2": "1"})
    looking.switch.if_number = 3
    looking.status(890.0)
    assert looking.state.interfaces.in_doubt
    looking.look(900.0, {**around(), "interface": BROKEN})
    assert (looking.seen.neighbours, looking.seen.macs) == (before.neighbours, before.macs)
    assert looking.seen.reasons == {INTERFACES: Reason.TIMEOUT}
    looking.look(1800.0, around(lldp_local_port=NONE))  # so that the neighbour's port is known by its number alone
    assert not looking.state.interfaces.in_doubt
    assert [one.interface for one in looking.seen.neighbours] == ["Gi1/0/2"]
    assert looking.seen.macs["Gi1/0/1"] == {CAMERA}


def test_a_discovery_that_sees_the_same_keeps_the_same_objects(looking):
    before = looking.seen
    looking.look(900.0, around())
    assert looking.seen.neighbours is before.neighbours
    assert looking.seen.macs is before.macs
    assert looking.seen.addresses is before.addresses


def test_the_power_of_a_port_is_forgotten_with_the_port(looking):
    looking.look(900.0, around(poe_port=NONE))
    assert (looking.seen.poe, looking.seen.poe_interfaces) == ({}, {})


def test_power_ports_that_are_no_interface_are_counted(looking):
    looking.look(900.0, around(poe_port=reading("admin", {"1.2": (1,), "1.99": (1,)})))
    assert looking.seen.unmapped == {POE: 1}
    looking.feel(911.0, p2=1)
    assert looking.seen.unmapped == {POE: 1}


def test_power_that_is_as_it_was_changes_nothing(looking):
    before = looking.seen
    looking.feel(71.0, p2=3)
    assert looking.seen is before
    looking.feel(131.0, p2=2)
    assert looking.seen.poe == {"Gi1/0/2": PoeStatus.SEARCHING}


@pytest.mark.parametrize(
    ("index", "address"),
    [
        ("1.1.4.10.20.0.9", "10.20.0.9"),
        ("1.2.16.253.0.0.0.0.0.0.0.0.0.0.0.0.0.0.9", "fd00::9"),
        ("1.3.8.10.20.0.9.0.0.0.7", "10.20.0.9"),
        ("1.4.20.254.128.0.0.0.0.0.0.0.0.0.0.0.0.0.9.0.0.0.7", "fe80::9"),
        ("1.1.4.10.20.0", None),
        ("1.1.4.10.20.0.256", None),
        ("1.16.4.1.2.3.4", None),
        ("1.1", None),
        ("1", None),
    ],
)
def test_an_address_is_read_from_its_index(index, address):
    one = Looking()
    one.look(10.0, {"ip_neighbour": reading("mac", {index: (HALL,)})})
    assert list(one.seen.addresses) == ([address] if address else [])


@pytest.mark.parametrize("mac", [b"", HALL[:5], bytes(6), b"\xff" * 6, 7, None])
def test_an_address_without_a_station_is_no_neighbour(mac):
    one = Looking()
    one.look(10.0, {"ip_neighbour": reading("mac", {"1.1.4.10.20.0.9": (mac,)})})
    assert one.seen.addresses == {}


def test_a_device_without_interfaces_is_not_looked_through_again_and_again_because_another_table_fails():
    one = Looking()
    one.switch.ports, one.switch.if_number = {}, 0
    one.look(10.0, around(vlan_mac=BROKEN))
    assert one.status(20.0).wants.look_at == ()
    other = Looking()
    other.switch.ports, other.switch.if_number = {}, 0
    other.look(10.0, {**around(), "interface": BROKEN})
    assert other.status(20.0).wants.look_at == (Lane.DISCOVERY,)
