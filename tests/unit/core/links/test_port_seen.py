"""What is seen of a port: its state with its age, and whether that holds now."""

import pytest

from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.links.port_seen import PortRows, PortSeen, port_at, row_of, turned_rows
from netwatch.core.model import Lane
from tests.unit.core.polled import DOWN, UP, WALL_S, Folding, Port, Switch, failed, make_watched

GI1 = "Gi1/0/1"


def seen_at(state, port):
    return port_at(state, row_of(state.interfaces, port))


def seen_after(*steps):
    folding = Folding().settle()
    for step in steps:
        step(folding)
    return folding


def silence(folding, from_s=21.0):
    folding.see(*(failed(Lane.STATUS, from_s + 6 * again) for again in range(3)))


def test_a_port_is_told_with_its_states_its_speed_and_its_times():
    seen = seen_at(seen_after().state, GI1)
    assert (seen.admin, seen.oper, seen.speed_bps, seen.duplex) == (UP, UP, 10**9, None)
    assert (seen.is_fresh, seen.is_up, seen.is_shut) == (True, True, False)
    assert (seen.since_wall_s, seen.read_wall_s) == pytest.approx((WALL_S + 11.0, WALL_S + 11.02))


def test_the_speed_is_what_the_port_says_whatever_capacity_the_inventory_declares():
    folding = Folding(watched=make_watched(capacities={GI1: 10**10})).settle()
    assert folding.state.status.speed_bps[0] == 10**10
    assert seen_at(folding.state, GI1).speed_bps == 10**9
    assert seen_at(folding.state, "Gi1/0/2").speed_bps == 10**9


def test_a_port_that_no_row_is_or_several_are_is_not_seen():
    ports = {"1": Port(GI1.encode(), alias=b"uplink"), "2": Port(b"Gi1/0/2", alias=b"uplink")}
    state = Folding(switch=Switch(ports=ports)).settle().state
    assert row_of(state.interfaces, "Gi1/0/9") is None
    assert row_of(state.interfaces, "uplink") is None
    assert row_of(Folding().state.interfaces, GI1) is None


def test_a_silent_agents_port_is_told_as_it_was_and_is_not_fresh():
    seen = seen_at(seen_after(silence).state, GI1)
    assert (seen.oper, seen.is_fresh, seen.is_up) == (UP, False, None)
    assert seen.read_wall_s == pytest.approx(WALL_S + 11.02)


def test_an_agent_that_answers_again_does_not_make_old_states_new():
    folding = seen_after(silence)
    folding.traffic(41.0)
    folding.traffic(71.0)
    assert not seen_at(folding.state, GI1).is_fresh
    folding.status(72.0)
    assert seen_at(folding.state, GI1).is_fresh


def test_a_port_of_a_map_in_doubt_is_not_fresh():
    folding = seen_after()
    folding.switch.if_number = 3
    folding.status(21.0)
    assert folding.state.interfaces.in_doubt
    assert not seen_at(folding.state, GI1).is_fresh


def test_a_row_missing_from_the_last_poll_is_told_as_it_was():
    folding = seen_after(lambda folding: folding.status(21.0, unread=("1",)))
    missed, read = (seen_at(folding.state, name) for name in (GI1, "Gi1/0/2"))
    assert (missed.oper, missed.is_fresh, missed.read_wall_s) == (UP, False, None)
    assert read.is_fresh


@pytest.mark.parametrize(
    ("oper", "is_up"), [(1, True), (2, False), (3, False), (4, None), (5, False), (6, False), (7, False), (None, None)]
)
def test_only_up_is_up_and_unknown_is_not_down(oper, is_up):
    assert PortSeen(admin=UP, oper=oper, is_fresh=True).is_up is is_up
    assert PortSeen(admin=UP, oper=oper, is_fresh=False).is_up is None


def test_a_port_is_shut_only_while_that_is_seen():
    assert PortSeen(admin=DOWN, oper=DOWN, is_fresh=True).is_shut
    assert not PortSeen(admin=DOWN, oper=DOWN, is_fresh=False).is_shut


def test_a_port_text_is_looked_for_once_per_map():
    searches = []

    class Counted(tuple):
        __slots__ = ()

        def __contains__(self, name):
            searches.append(name)
            return tuple.__contains__(self, name)

    first = InterfaceMap(indexes=("1",), names=Counted((GI1,)), aliases=("",), descriptions=("",), types=(6,))
    rows = PortRows()
    assert [rows.at(first, name) for name in (GI1, GI1, "Gi1/0/2", "Gi1/0/2")] == [0, 0, None, None]
    assert searches == [GI1, "Gi1/0/2"]
    second = InterfaceMap(
        indexes=("1", "2"), names=("Gi1/0/2", GI1), aliases=("", ""), descriptions=("", ""), types=(6, 6)
    )
    assert rows.at(second, GI1) == 1


def test_only_the_rows_are_told_that_say_something_else():
    folding = Folding().settle()
    before = folding.state
    folding.status(21.0)
    assert turned_rows(before, folding.state) == set()
    folding.switch.ports["2"].oper = DOWN
    folding.status(31.0)
    assert turned_rows(before, folding.state) == {1}


def test_every_row_may_be_another_once_the_agent_is_silent():
    folding = Folding().settle()
    before = folding.state
    silence(folding)
    assert turned_rows(before, folding.state) is None
