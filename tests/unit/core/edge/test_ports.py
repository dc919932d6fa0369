from dataclasses import replace

import pytest

from netwatch.core.edge.ports import EdgeWatch
from netwatch.core.events import EventKind
from netwatch.core.model import PortRef
from tests.unit.core.edge_city import (
    CAMERA_1,
    CAMERA_2,
    CAMERA_3,
    CAMERAS,
    T0,
    Switch,
    camera,
    in_doubt,
    inventory_of,
    neighbour,
    stranger,
)

UNREGISTERED, MOVED, RISEN = EventKind.MAC_UNREGISTERED, EventKind.MAC_MOVED, EventKind.PORT_UNEXPECTED_UP
OWN_1 = PortRef(device="acc-1", interface="Gi1/0/1")


def city(*cameras, linked: bool = True) -> tuple[EdgeWatch, Switch, Switch]:
    watch = EdgeWatch(inventory_of(*cameras, linked=linked))
    return watch, Switch(watch, "acc-1"), Switch(watch, "acc-2")


def settled(**changes) -> tuple[EdgeWatch, Switch, Switch]:
    """Every camera in its place, seen by both."""
    watch, one, two = city(**changes)
    events = one.tell(0, p1={CAMERA_1}, p2={CAMERA_2}, up={CAMERA_3}) + two.tell(1, p1={CAMERA_3}, up={CAMERA_1})
    assert events == ()
    return watch, one, two


def test_a_stranger_on_an_edge_port_is_told_once_until_it_goes():
    watch, one, _ = settled()
    (event,) = one.tell(60, p1={CAMERA_1, stranger(1)})
    assert (event.kind, event.subject, event.at_wall_s) == (UNREGISTERED, "port:acc-1 Gi1/0/1", T0 + 60)
    assert event.detail == {"mac": stranger(1), "first_sight": False}
    assert watch.unregistered("acc-1") == {"Gi1/0/1": 1}
    assert set(watch.with_unregistered) == {"acc-1"}
    assert one.tell(120) == ()
    assert one.tell(180, p1={CAMERA_1}) == ()
    assert watch.unregistered("acc-1") == {}
    assert not watch.with_unregistered
    assert [event.detail["mac"] for event in one.tell(240, p1={CAMERA_1, stranger(1)})] == [stranger(1)]


def test_a_device_that_is_forgotten_takes_its_strangers_along():
    watch, one, _ = settled()
    one.tell(60, p1={CAMERA_1, stranger(1)})
    watch.forget("acc-1")
    assert not watch.with_unregistered


def test_a_stranger_on_a_port_that_nobody_uses_is_one_too():
    _, one, _ = settled()
    (event,) = one.tell(60, p4={stranger(1)})
    assert event.subject == "port:acc-1 Gi1/0/4"


def test_what_passes_over_an_uplink_or_a_port_without_a_socket_is_no_stranger():
    watch, one, _ = settled()
    assert one.tell(60, up={CAMERA_3, stranger(1), stranger(2)}, lag={stranger(3)}) == ()
    assert watch.unregistered("acc-1") == {}


def test_a_flood_of_macs_ends_in_one_event_that_says_many():
    watch, one, _ = settled()
    events = one.tell(60, p4={stranger(number) for number in range(100)})
    assert [event.kind for event in events] == [UNREGISTERED] * 9
    assert events[-1].detail == {"many": True, "count": 100, "first_sight": False}
    assert watch.unregistered("acc-1") == {"Gi1/0/4": 100}
    assert one.tell(120, p4={stranger(number) for number in range(100, 200)}) == ()


def test_macs_that_change_with_every_poll_are_bounded_until_the_port_is_clean():
    _, one, _ = settled()
    told = [event for turn in range(50) for event in one.tell(60.0 * turn, p4={stranger(turn)})]
    assert len(told) == 9
    assert told[-1].detail["many"] is True
    assert one.tell(4000, p4=set()) == ()
    assert len(one.tell(4060, p4={stranger(1)})) == 1


def test_a_stranger_that_was_there_when_we_started_is_told_as_such():
    _, one, _ = city()
    one.macs = None
    assert one.tell(0) == ()
    one.macs = {}
    (event,) = one.tell(60, p4={stranger(1)})
    assert event.detail == {"mac": stranger(1), "first_sight": True}


def test_a_port_that_blinks_before_its_table_is_read_again_tells_its_stranger_once():
    watch, one, _ = settled()
    one.macs["Gi1/0/4"] = {stranger(1)}
    table = one.state(60).sightings
    assert len(watch.see("acc-1", replace(one.state(60), sightings=table), at_wall_s=T0 + 60)) == 1
    for turn, oper in enumerate((2, 1, 2, 1)):
        one.put("Gi1/0/4", oper)
        state = replace(one.state(60), sightings=table)
        kinds = [event.kind for event in watch.see("acc-1", state, at_wall_s=T0 + 70 + turn)]
        assert kinds == ([RISEN] if oper == 1 else [])
        assert watch.unregistered("acc-1") == ({"Gi1/0/4": 1} if oper == 1 else {})


def test_a_camera_whose_mac_is_not_registered_accounts_for_one_unknown_mac():
    watch = EdgeWatch(inventory_of(camera("cam-1", "acc-1", "Gi1/0/1", None)))
    one = Switch(watch, "acc-1")
    assert one.tell(0, p1={stranger(5)}) == ()
    (event,) = one.tell(60, p1={stranger(5), stranger(1)})
    assert event.detail == {"mac": stranger(1), "first_sight": False}
    assert watch.unregistered("acc-1") == {"Gi1/0/1": 1}


def test_the_mac_of_one_of_our_own_switches_is_no_stranger():
    watch, one, two = settled()
    two.chassis_id = stranger(9)
    two.tell(60)
    assert one.tell(120, p4={stranger(9)}) == ()
    assert watch.unregistered("acc-1") == {}


def test_a_port_behind_which_a_switch_of_ours_is_heard_is_no_edge_port():
    watch, one, two = settled(linked=False)
    two.chassis_id = "00:00:5e:00:00:02"
    two.tell(60)
    one.neighbours = (neighbour("Gi1/0/4", two.chassis_id),)
    assert one.tell(61, p4={CAMERA_3, stranger(1)}) == ()
    one.neighbours = (neighbour("Gi1/0/4", "unknown", system_name="acc-2"),)
    assert one.tell(62, p4={CAMERA_3, stranger(2)}) == ()
    assert watch.unregistered("acc-1") == {}


def test_a_camera_that_speaks_lldp_stays_on_an_edge_port_and_a_switch_of_others_leads_on():
    _, one, _ = settled()
    one.neighbours = (neighbour("Gi1/0/1", CAMERA_1), neighbour("Gi1/0/3", "phone"), neighbour("Gi1/0/4", "carrier"))
    events = one.tell(60, p1={CAMERA_1, stranger(1)}, p3={stranger(3)}, p4={stranger(4), stranger(5)})
    assert {event.subject for event in events} == {"port:acc-1 Gi1/0/1", "port:acc-1 Gi1/0/3"}


def test_a_mac_is_located_on_its_own_port_whatever_else_sees_it():
    watch, one, two = settled(linked=False)
    assert watch.locate(CAMERA_1) == OWN_1
    two.tell(60, p4={CAMERA_1})
    one.tell(61)
    assert watch.locate(CAMERA_1) == OWN_1
    assert watch.locate(stranger(1)) is None


def test_a_camera_moved_to_another_port_is_told_once_with_both_ports():
    watch, one, two = settled()
    assert one.tell(60, p1=set()) == ()
    assert watch.locate(CAMERA_1) is None
    (event,) = two.tell(120, p3={CAMERA_1})
    assert (event.kind, event.subject, event.at_wall_s) == (MOVED, "field_device:cam-1", T0 + 120)
    assert event.detail == {"mac": CAMERA_1, "from": "acc-1 Gi1/0/1", "to": "acc-2 Gi1/0/3"}
    assert watch.locate(CAMERA_1) == two.port(3)
    assert two.tell(180) + one.tell(181) == ()
    assert one.tell(240, p1={CAMERA_1}) == ()
    assert watch.locate(CAMERA_1) == OWN_1


def test_a_camera_moved_within_its_switch_is_found_in_the_same_read():
    watch, one, _ = settled()
    (event,) = one.tell(60, p1=set(), p3={CAMERA_1})
    assert (event.kind, watch.locate(CAMERA_1)) == (MOVED, one.port(3))


def test_a_place_counts_only_if_it_was_read_after_its_own_port_lacked_the_mac():
    """A dead camera leaves the tables one read after the other: an uplink that nobody registered shows it longest."""
    watch, one, two = settled()
    two.tell(60, p4={CAMERA_1, CAMERA_2})
    one.tell(61, p1=set())
    assert watch.locate(CAMERA_1) is None
    (event,) = two.tell(120)
    assert (event.kind, event.detail["to"]) == (MOVED, "acc-2 Gi1/0/4")


def test_a_port_with_many_macs_is_nobodys_place_and_the_one_with_fewest_wins():
    watch, one, two = settled()
    one.tell(60, p1=set())
    two.tell(61, p4={CAMERA_1, *(stranger(number) for number in range(20))})
    assert watch.locate(CAMERA_1) is None
    two.tell(62, p3={CAMERA_1, CAMERA_2}, p2={CAMERA_1})
    assert watch.locate(CAMERA_1) == two.port(2)


def test_a_registered_port_with_many_macs_is_still_the_place_of_its_device():
    watch, one, _ = settled()
    one.tell(60, p1={CAMERA_1, *(stranger(number) for number in range(20))})
    assert watch.locate(CAMERA_1) == OWN_1


def test_a_port_that_is_down_holds_no_one_whatever_its_table_still_says():
    watch, one, two = settled()
    one.put("Gi1/0/1", 2)
    one.tell(60)
    (event,) = two.tell(120, p3={CAMERA_1})
    assert (event.kind, watch.locate(CAMERA_1)) == (MOVED, two.port(3))


def test_where_its_own_switch_tells_no_macs_only_a_port_of_its_own_is_a_place():
    watch, one, two = city()
    one.macs = None
    one.tell(0)
    two.tell(1, p3={CAMERA_1, CAMERA_2})
    assert watch.locate(CAMERA_1) is None
    two.tell(60, p3={CAMERA_1})
    assert watch.locate(CAMERA_1) == two.port(3)


def test_a_camera_whose_own_switch_was_not_seen_yet_is_nowhere():
    watch, one, two = city(linked=False)
    assert two.tell(0, p3={CAMERA_1}) == ()
    assert watch.locate(CAMERA_1) is None
    one.tell(60, p1={CAMERA_1})
    assert watch.locate(CAMERA_1) == OWN_1


def test_a_camera_whose_registered_port_is_no_row_is_not_said_to_have_moved():
    watch = EdgeWatch(inventory_of(camera("cam-1", "acc-1", "Fa0/1", CAMERA_1)))
    assert Switch(watch, "acc-1").tell(0, p1={CAMERA_1}) == ()
    assert watch.locate(CAMERA_1) is None


def test_an_unused_port_that_was_down_and_comes_up_is_told():
    _, one, _ = city()
    one.put("Gi1/0/4", 2)
    assert one.tell(0) == ()
    one.put("Gi1/0/4", 1)
    (event,) = one.tell(60)
    assert (event.kind, event.subject, event.at_wall_s) == (RISEN, "port:acc-1 Gi1/0/4", T0 + 60)
    assert one.tell(120) == ()


@pytest.mark.parametrize("port", ["Gi1/0/1", "Te1/1/1", "Po1", "Vlan1"])
def test_a_port_in_use_or_without_a_socket_may_come_up(port):
    _, one, _ = city()
    one.put(port, 2)
    one.tell(0)
    one.put(port, 1)
    assert one.tell(60) == ()


@pytest.mark.parametrize("before", [None, 4])
def test_a_port_whose_state_was_not_known_may_come_up(before):
    _, one, _ = city()
    one.put("Gi1/0/4", 2)
    one.tell(0)
    one.put("Gi1/0/4", before)
    one.tell(30)
    one.put("Gi1/0/4", 1)
    assert one.tell(60) == ()


def test_a_link_that_goes_dark_between_two_reads_of_the_tables_is_no_news_and_hides_none():
    watch, one, _ = settled()
    state = one.state(60)
    for port, oper, told in (("Te1/1/1", 2, []), ("Gi1/0/4", 2, []), ("Te1/1/1", 1, []), ("Gi1/0/4", 1, [RISEN])):
        row = state.interfaces.names.index(port)
        turned = [oper if place == row else was for place, was in enumerate(state.status.oper)]
        state = replace(state, status=replace(state.status, oper=turned))
        assert [event.kind for event in watch.see("acc-1", state, at_wall_s=T0 + 60)] == told


def test_the_first_sight_of_a_port_that_is_up_is_no_news():
    _, one, _ = city()
    assert one.tell(0) == ()


def test_a_port_that_comes_up_beside_unmatched_texts_may_be_one_of_them():
    watch = EdgeWatch(inventory_of(camera("cam-1", "acc-1", "Fa0/1", CAMERA_1)))
    one = Switch(watch, "acc-1")
    one.put("Gi1/0/4", 7)
    one.tell(0)
    one.put("Gi1/0/4", 1)
    assert [event.detail for event in one.tell(60)] == [{"unmatched_ports": 1}]


def test_rows_in_doubt_are_not_looked_at():
    watch, one, _ = settled()
    sure, one.interfaces = one.interfaces, in_doubt(one)
    assert one.tell(60, p4={stranger(1)}) == ()
    assert watch.unregistered("acc-1") == {}
    one.interfaces = sure
    assert len(one.tell(120)) == 1


def test_a_reload_that_changes_nothing_repeats_nothing():
    watch, one, _ = settled()
    one.tell(60, p4={stranger(1)})
    watch.use(inventory_of())
    assert watch.unregistered("acc-1") == {"Gi1/0/4": 1}
    assert one.tell(120) == ()
    assert watch.locate(CAMERA_1) == OWN_1


def test_a_camera_registered_by_a_reload_is_a_stranger_no_more():
    watch, one, _ = settled()
    one.tell(60, p4={stranger(1)})
    watch.use(inventory_of(*CAMERAS, camera("cam-4", "acc-1", "Gi1/0/4", stranger(1))))
    assert one.tell(120) == ()
    assert (watch.unregistered("acc-1"), watch.locate(stranger(1))) == ({}, one.port(4))


def test_a_device_removed_by_a_reload_has_no_say_any_more():
    watch, one, two = settled()
    one.tell(60, p1=set())
    two.tell(120, p3={CAMERA_1})
    watch.use(inventory_of(CAMERAS[0], devices=("acc-1",), linked=False))
    assert watch.locate(CAMERA_1) is None
    assert watch.unregistered("acc-2") == {}


def test_a_reading_of_power_alone_makes_nobody_look_anew_until_another_switch_becomes_known():
    watch, one, two = settled()
    one.neighbours = (neighbour("Gi1/0/4", "00:11:22:33:44:55"),)
    one.tell(60, p4={stranger(1)})
    assert watch.unregistered("acc-1") == {"Gi1/0/4": 1}
    state = one.state(120)
    watch.see("acc-1", state, at_wall_s=T0 + 120)
    power = replace(state, sightings=replace(state.sightings, poe={"Gi1/0/1": "delivering"}))
    assert power.sightings.is_around_as(state.sightings)
    assert not watch.is_outdated("acc-1")
    two.chassis_id = "00:11:22:33:44:55"
    two.tell(130)
    assert watch.is_outdated("acc-1")
    watch.see("acc-1", power, at_wall_s=T0 + 180)
    assert watch.unregistered("acc-1") == {}  # what is behind that port is a switch of ours
    assert not watch.is_outdated("acc-1")


def test_a_stranger_behind_a_port_that_is_down_is_remembered_while_only_power_is_read():
    watch, one, _ = settled()
    one.macs |= {"Gi1/0/4": {stranger(1)}}
    up = one.state(60)
    assert [event.kind for event in watch.see("acc-1", up, at_wall_s=T0 + 60)] == [UNREGISTERED]
    down = replace(up, status=replace(up.status, oper=(1, 1, 1, 2, 1, 1, 1)))
    watch.see("acc-1", down, at_wall_s=T0 + 70)
    power = replace(down, sightings=replace(down.sightings, poe={"Gi1/0/1": "delivering"}))
    watch.see("acc-1", power, at_wall_s=T0 + 80)
    again = replace(power, status=up.status)
    assert [event.kind for event in watch.see("acc-1", again, at_wall_s=T0 + 90)] == [RISEN]
