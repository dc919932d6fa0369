"""A link between two polled switches, from the wire's observations to its state: cut, healed, half dead, restarted."""

import pytest

from netwatch.core.links.ends import LinkSeen, end_seen
from netwatch.core.links.port_seen import PortRows
from netwatch.core.links.state import LinkCondition, fold_link
from netwatch.core.links.troubles import Level
from netwatch.core.model import Lane, Link, PortRef
from tests.unit.core.polled import DOWN, UP, WALL_S, Folding, Port, Switch, failed, make_watched

PORT = "Gi1/0/1"
LINK = Link(
    id="l-1",
    a=PortRef(device="core-1", interface=PORT),
    b=PortRef(device="agg-1", interface=PORT),
    capacity_bps=10**9,
)


class Story:
    """Two switches and the link between their first ports."""

    def __init__(self):
        self.ends = [Folding(switch=Switch(booted_s=0.0), watched=make_watched()).settle() for _ in range(2)]
        self.rows = PortRows(), PortRows()
        self.state = None
        self.judge(13.0)

    def judge(self, at_s):
        a, b = (end_seen(one.state, PORT, rows) for one, rows in zip(self.ends, self.rows, strict=True))
        self.state = fold_link(LINK, self.state, LinkSeen(a=a, b=b), now_wall_s=WALL_S + at_s)
        return self.state

    def turn(self, oper, at_s, *, ends=(0, 1), says_when=True):
        """The ports change; no poll has seen it yet."""
        for end in ends:
            port = self.ends[end].switch.ports["1"]
            port.oper, port.last_change = oper, int(at_s * 100) if says_when else None

    def poll(self, at_s, *, ends=(0, 1)):
        for end in ends:
            self.ends[end].status(at_s)
        return self.judge(at_s)

    def silence(self, end, at_s):
        self.ends[end].see(*(failed(Lane.STATUS, at_s + 6 * again) for again in range(3)))
        return self.judge(at_s + 12)


def since(state):
    return state.since_wall_s - WALL_S


def test_a_cut_is_dated_to_the_moment_by_the_devices_own_clocks():
    story = Story()
    assert story.state.condition is LinkCondition.UP
    story.turn(DOWN, 17.25)
    state = story.poll(21.0)
    assert (state.condition, since(state)) == (LinkCondition.DOWN, pytest.approx(17.25))
    story.turn(UP, 42.0)
    state = story.poll(51.0)
    assert (state.condition, since(state)) == (LinkCondition.UP, pytest.approx(42.0))


def test_agents_that_do_not_tell_when_date_the_cut_by_the_first_poll_that_saw_it():
    story = Story()
    story.turn(DOWN, 17.25, says_when=False)
    state = story.poll(21.0, ends=(0,))
    assert (state.condition, since(state)) == (LinkCondition.ONE_END, 21.0)
    state = story.poll(24.0, ends=(1,))
    assert (state.condition, since(state)) == (LinkCondition.DOWN, 21.0)


def test_a_switch_that_loses_power_leaves_a_link_down_whose_other_end_is_silent():
    story = Story()
    story.silence(1, 21.0)
    story.turn(DOWN, 20.0, ends=(0,))
    state = story.poll(41.0, ends=(0,))
    assert state.condition is LinkCondition.DOWN
    assert state.why == (f"core-1 {PORT} is down", "the agent of agg-1 does not answer")


def test_an_agent_that_dies_alone_leaves_the_link_unknown_and_its_last_state_remembered():
    story = Story()
    state = story.silence(1, 21.0)
    assert (state.condition, state.before_dark.condition) == (LinkCondition.UNKNOWN, LinkCondition.UP)
    assert (state.b.oper, state.b.is_fresh) == (UP, False)
    assert state.b.read_wall_s == pytest.approx(WALL_S + 11.02)


def test_a_link_that_was_cut_while_an_end_was_silent_is_known_once_that_end_is_read_again():
    story = Story()
    story.silence(1, 21.0)
    story.turn(DOWN, 35.0, ends=(1,))
    story.ends[1].traffic(51.0)
    story.ends[1].traffic(52.0)
    assert story.judge(52.0).condition is LinkCondition.UNKNOWN, "old states are not new because the agent answers"
    state = story.poll(53.0, ends=(1,))
    assert (state.condition, since(state)) == (LinkCondition.ONE_END, pytest.approx(35.0))


def test_rows_in_doubt_say_nothing_of_the_link_until_they_are_found_again():
    story = Story()
    story.ends[0].switch.if_number = 3
    assert story.poll(21.0).condition is LinkCondition.UNKNOWN
    story.ends[0].discover(22.0)
    assert story.poll(23.0).condition is LinkCondition.UP


def test_a_port_that_negotiated_less_than_the_inventory_declares_degrades_the_link():
    story = Story()
    for one in story.ends:
        one.switch.ports["1"] = Port(PORT.encode(), high_speed=100, speed=10**8)
    assert story.poll(21.0).condition is LinkCondition.UP
    state = story.poll(31.0)
    assert (state.condition, state.troubles["speed"].level) == (LinkCondition.DEGRADED, Level.MAJOR)
    assert "runs at 100 Mbit/s instead of 1 Gbit/s" in state.why[0]


def test_traffic_gives_rates_and_its_withdrawal_takes_them_away():
    story = Story()
    assert story.state.rate_a_to_b is None, "one look is no rate"
    for one in story.ends:
        one.traffic(33.0)
    state = story.judge(33.0)
    assert (state.rate_a_to_b, state.rate_b_to_a) == pytest.approx((1e6, 1e6)), "what the other end receives"
    assert state.utilization_a_to_b == pytest.approx(0.008)
    for one in story.ends:
        one.age(233.0)
    assert story.judge(233.0).rate_a_to_b is None
