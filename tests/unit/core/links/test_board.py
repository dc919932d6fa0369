"""Links and rings of a town: folded when touched, once, and kept over reloads by name."""

from dataclasses import replace

import pytest

from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.device.reachability import Answer, Reachability
from netwatch.core.device.record import DeviceState, InterfaceStatus, InterfaceTraffic
from netwatch.core.events import EventKind
from netwatch.core.faults.scene import End
from netwatch.core.links.board import KEPT_EVERY_S, LinkBoard, sight_of
from netwatch.core.links.rings import RingCondition
from netwatch.core.links.state import LinkCondition, resumed_link
from netwatch.core.model import PortRef
from netwatch.core.topology.graph import Topology
from tests.unit.core.streets import NOW, town

UP, DOWN = 1, 2
RING = town("core-a", "a-b", "b-core", ring=("core-a", "a-b", "b-core"))


def state(device, *, dark=(), shut=(), answers=True, city=RING, read_s=100.0):
    """What the switch told of its ports, by the far end's name; `answers`: whether its agent does now."""
    joints = [pair for link in city.links.values() for pair in ((link.a, link.b), *link.members)]
    names = tuple(sorted({port.interface for pair in joints for port in pair if port.device == device}))
    oper = tuple(DOWN if name in (*dark, *shut) else UP for name in names)
    status = InterfaceStatus(
        admin=tuple(DOWN if name in shut else UP for name in names),
        oper=oper,
        last_oper=oper,
        changed_wall_s=tuple(NOW if one == DOWN else NOW - 3600.0 for one in oper),
        read_s=read_s,
        read_wall_s=NOW + 5.0,
    )
    answer = Answer.ANSWERS if answers else Answer.SILENT
    interfaces = InterfaceMap(epoch=1, indexes=names, names=names)
    return replace(DeviceState(), interfaces=interfaces, status=status, snmp=Reachability(answer=answer, since_s=50.0))


class Board(LinkBoard):
    """`tell` what switches say; they are touched and everything is folded."""

    def __init__(self, city=RING):
        super().__init__()
        self.states = {name: state(name, city=city) for name in city.devices}
        self.use(Topology(city))
        self.events, self.sees_other = self.fold(self.states, now_wall_s=NOW)

    def tell(self, at_s=10.0, **told):
        for name, one in told.items():
            self.states[name] = one
            self.touch(name)
        self.events, self.sees_other = self.fold(self.states, now_wall_s=NOW + at_s)
        return self.events


@pytest.fixture
def board():
    return Board()


def test_a_whole_ring_is_up_and_intact(board):
    assert {one.condition for one in board.links.values()} == {LinkCondition.UP}
    assert board.rings["ring"].condition is RingCondition.INTACT


def test_a_link_is_folded_only_when_an_end_of_it_was_touched(board):
    before = dict(board.links)
    board.tell(a=state("a", dark=("b",)))
    assert board.links["b-core"] is before["b-core"]
    assert board.links["a-b"] is not before["a-b"]


def test_of_the_links_of_a_switch_those_are_folded_whose_ports_turned(board):
    board.tell(a=board.states["a"])
    before = dict(board.links)
    board.tell(a=replace(board.states["a"], status=state("a", dark=("b",)).status))
    assert board.links["a-b"].condition is LinkCondition.ONE_END
    assert board.links["core-a"] is before["core-a"]
    board.tell(a=replace(board.states["a"], status=state("a", dark=("core",)).status))
    assert (board.links["a-b"].condition, board.broken) == (LinkCondition.UP, {"core-a"})


def test_an_aggregate_lacks_a_member_as_soon_as_a_port_of_that_turns():
    link = RING.links["a-b"]
    second = PortRef(device="a", interface="b2"), PortRef(device="b", interface="a2")
    city = replace(RING, links=RING.links | {"a-b": replace(link, members=((link.a, link.b), second))})
    board = Board(city)
    board.tell(a=board.states["a"])
    assert board.links["a-b"].condition is LinkCondition.UP
    board.tell(a=replace(board.states["a"], status=state("a", dark=("b2",), city=city).status))
    assert (board.links["a-b"].condition, board.short) == (LinkCondition.DEGRADED, {"a-b"})


def counting(one, at_s, octets=0, **counts):
    """A switch's state after a traffic poll at `at_s`: each of its ports has so many octets, and what else is told."""
    ports = len(one.interfaces.names)
    told = {"receive_bytes": octets, "transmit_bytes": octets, **counts}
    totals = {column: [count] * ports for column, count in told.items()}
    stamps = [int((NOW + at_s) * 1000)] * ports
    return replace(one, traffic=InterfaceTraffic(totals=totals, stamp_ms=stamps, read_s=at_s))


def test_a_link_is_brought_forward_with_the_polls_of_its_a_end_alone(board):
    board.tell(a=counting(board.states["a"], 0.0), b=counting(board.states["b"], 5.0))
    board.changed_links = {}
    board.tell(b=counting(board.states["b"], 35.0, 3000), at_s=36.0)
    assert "a-b" not in board.changed_links
    board.tell(a=counting(board.states["a"], 30.0, 6000), at_s=37.0)
    link = board.links["a-b"]
    assert (link.rate_a_to_b, link.rate_b_to_a) == (200.0, 100.0), "each end counts what it sends"


def test_where_the_a_end_counts_nothing_a_link_is_brought_forward_with_the_b_end(board):
    board.tell(b=counting(board.states["b"], 5.0))
    board.tell(b=counting(board.states["b"], 35.0, 3000), at_s=36.0)
    assert board.links["a-b"].rate_b_to_a == 100.0


def test_totals_withdrawn_take_the_rates_along(board):
    board.tell(a=counting(board.states["a"], 0.0), b=counting(board.states["b"], 0.0))
    board.tell(a=counting(board.states["a"], 30.0, 3000), b=counting(board.states["b"], 30.0, 3000), at_s=30.0)
    assert board.links["a-b"].rate_a_to_b == 100.0
    silent = {name: replace(board.states[name], traffic=InterfaceTraffic()) for name in ("a", "b")}
    board.tell(**silent, at_s=150.0)
    assert board.links["a-b"].rate_a_to_b is None


def test_lost_frames_degrade_a_link_with_the_second_interval_that_has_them_and_three_good_ones_end_that(board):
    seen = []
    for poll, errors in enumerate((0, 50, 100, 100, 100, 100)):
        told = {"receive_unicast_packets": 1000 * poll, "receive_errors": errors}
        board.tell(a=counting(board.states["a"], 30.0 * poll, **told), at_s=30.0 * poll)
        seen.append(board.links["a-b"].condition.value)
    assert seen == ["up", "up", "degraded", "degraded", "degraded", "up"]


def test_a_port_that_goes_dark_is_judged_at_once_whoever_counts(board):
    board.tell(a=counting(board.states["a"], 0.0), b=counting(board.states["b"], 0.0))
    dark = replace(counting(board.states["b"], 5.0), status=state("b", dark=("a",)).status)
    board.tell(b=dark)
    assert board.links["a-b"].condition is LinkCondition.ONE_END


def test_a_link_that_runs_slower_than_before_is_compared_with_every_poll_until_that_is_settled(board):
    slow = counting(board.states["a"], 30.0)
    slow = replace(slow, status=replace(slow.status, own_bps=[10**8, 10**8], read_wall_s=NOW + 30.0))
    fast = replace(state("b"), status=replace(state("b").status, own_bps=[10**9, 10**9], read_wall_s=NOW + 25.0))
    board.tell(a=slow, b=fast, at_s=30.0)
    again = replace(fast, status=replace(fast.status, read_wall_s=NOW + 55.0))
    newer = replace(slow.traffic, stamp_ms=[stamp + 30_000 for stamp in slow.traffic.stamp_ms])
    board.tell(b=again, a=replace(slow, status=replace(slow.status, read_wall_s=NOW + 60.0), traffic=newer), at_s=60.0)
    assert board.links["a-b"].condition is LinkCondition.DEGRADED


def test_a_link_dark_at_both_ends_is_broken_and_its_ring_switched(board):
    events = board.tell(a=state("a", dark=("b",)), b=state("b", dark=("a",)))
    assert board.broken == {"a-b"}
    assert board.rings["ring"].condition is RingCondition.SWITCHED
    assert {event.kind for event in events} == {EventKind.LINK_STATE, EventKind.RING_STATE}


def test_what_was_told_once_is_not_told_again(board):
    dark = {"a": state("a", dark=("b",)), "b": state("b", dark=("a",))}
    board.tell(**dark)
    assert board.tell(**dark, at_s=20.0) == ()
    assert not board.sees_other


def test_the_same_states_folded_again_are_no_other_sight(board):
    board.tell(a=state("a"))
    assert not board.sees_other


def test_each_end_is_seen_for_itself(board):
    board.tell(a=state("a", dark=("b",)))
    sight = board.sights["a-b"]
    assert (sight.a, sight.b, sight.is_one_way) == (End.DOWN, End.UP, True)


def test_a_shut_port_is_told_from_a_dark_one(board):
    board.tell(a=state("a", shut=("b",)), b=state("b", dark=("a",)))
    assert (board.sights["a-b"].a, board.sights["a-b"].b) == (End.ADMIN_DOWN, End.DOWN)


def test_what_nobody_reads_any_more_was_down_if_it_was_when_last_read(board):
    board.tell(a=state("a", dark=("b",)), b=state("b", dark=("a",)))
    board.tell(a=state("a", dark=("b",), answers=False), b=state("b", dark=("a",), answers=False), at_s=60.0)
    sight = board.sights["a-b"]
    assert (sight.a, sight.b, sight.was_down) == (End.UNKNOWN, End.UNKNOWN, True)
    assert sight.since_wall_s == NOW
    assert board.broken == {"a-b"}


def test_a_port_with_light_is_dated_by_the_port_and_not_by_what_became_of_the_link(board):
    board.tell(b=state("b", answers=False), at_s=60.0)
    assert board.sights["a-b"].lit_since_wall_s == NOW - 3600.0


def test_a_link_never_read_is_neither_broken_nor_lit():
    city = town("core-a", agentless=("core", "a"))
    board = Board(city)
    sight = board.sights["core-a"]
    assert (sight.is_broken, sight.is_lit) == (False, False)


def test_the_one_end_that_can_be_asked_speaks_for_a_link():
    board = Board(town("core-a", agentless=("a",)))
    assert board.links["core-a"].condition is LinkCondition.UP
    assert board.sights["core-a"].is_lit


def test_a_reload_keeps_what_stayed_and_begins_anew_what_is_told_differently(board):
    board.tell(a=state("a", dark=("b",)), b=state("b", dark=("a",)))
    links = {**RING.links, "core-a": replace(RING.links["core-a"], capacity_bps=10**9)}
    board.use(Topology(replace(RING, links=links)))
    assert board.broken == {"a-b"}
    assert "core-a" not in board.links
    assert {event.subject for event in board.tell()} == {"link:core-a"}
    assert board.links["core-a"].condition is LinkCondition.UP


def test_a_reload_forgets_links_and_rings_that_are_gone(board):
    board.use(Topology(town("core-a")))
    assert board.links.keys() <= {"core-a"}
    assert board.rings == {}


def test_after_a_restart_a_link_found_as_it_was_is_no_event():
    board = LinkBoard()
    board.use(Topology(RING))
    board.recall({"a-b": resumed_link(LinkCondition.DOWN, NOW - 60.0), "gone": resumed_link(LinkCondition.UP, NOW)}, {})
    states = {"core": state("core"), "a": state("a", dark=("b",)), "b": state("b", dark=("a",))}
    events, _ = board.fold(states, now_wall_s=NOW + 10.0)
    assert [event for event in events if event.subject == "link:a-b"] == []
    assert board.links["a-b"].since_wall_s == NOW - 60.0
    assert "gone" not in board.links


def test_a_ring_without_reserve_counts_its_time_and_is_stored_now_and_then(board):
    board.tell(a=state("a", dark=("b",)), b=state("b", dark=("a",)))
    board.changed_rings = {}
    for second in range(1, 30):
        board.let_time_pass()
        board.tell(at_s=10.0 + second)
    assert board.changed_rings == {}
    assert board.rings["ring"].unprotected_s >= 29.0
    board.let_time_pass()
    board.tell(at_s=10.0 + KEPT_EVERY_S)
    assert board.changed_rings == {"ring": None}


def test_what_changed_is_gathered_until_it_is_taken_away(board):
    board.changed_conditions = {}
    board.tell(a=state("a", dark=("b",)), b=state("b", dark=("a",)))
    assert board.changed_conditions == {"a-b": None}


def test_a_link_that_was_never_seen_is_seen_as_nothing():
    assert sight_of(resumed_link(LinkCondition.UP, NOW)).is_lit is False
