"""What waits to be folded: everything in its order, but no poll that a newer one makes needless."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.core.inbox import Inbox
from netwatch.core.model import Lane
from netwatch.core.observation import CheckObservation
from tests.unit.core.polled import DOWN, Folding, Port, Switch, echo, failed

CHECK = CheckObservation(subject="field_device:c", check="tcp/554", at_s=1.0, wall_s=0.0, duration_s=None)


def inbox_of(*devices):
    """The inbox of an engine that keeps pace, with agents that have answered for a while."""
    inbox = Inbox()
    for device in devices or ("acc-17", "acc-18"):
        for at_s in (1.0, 2.0):
            inbox.put(replace(Switch().discovery(at_s), device=device))
    list(inbox.take())
    return inbox


def waiting(*observations, inbox=None):
    inbox = inbox or inbox_of()
    for observation in observations:
        inbox.put(observation)
    return list(inbox.take()), inbox.superseded


def traffic(at_s, switch=None, **changes):
    return (switch or Switch()).traffic(at_s, 1, **changes)


def status(at_s, switch=None, **changes):
    return (switch or Switch()).status(at_s, 1, **changes)


def test_what_waits_comes_out_in_its_order_behind_what_was_held_back():
    inbox = Inbox()
    seen = [echo(1.0), CHECK, status(2.0), failed(Lane.TRAFFIC, 3.0), traffic(4.0)]
    for observation in seen:
        inbox.put(observation)
    held = [echo(0.5, lost=True), CHECK]
    assert list(inbox.take(held)) == [*held, *seen]
    assert list(inbox.take()) == []


@pytest.mark.parametrize("is_lost", [False, True])
@pytest.mark.parametrize("poll", [traffic, status])
def test_the_newer_of_two_polls_takes_its_place_at_the_end_whatever_became_of_the_echo_between(poll, is_lost):
    old, between, new = poll(10.0), echo(11.0, lost=is_lost), poll(40.0)
    assert waiting(old, between, new) == ([between, new], 1)


def test_what_was_taken_to_be_folded_is_no_longer_left_out():
    inbox = inbox_of()
    inbox.put(traffic(10.0))
    taken = inbox.take()
    inbox.put(traffic(40.0))
    assert [one.read_s for one in taken] == [10.0]
    assert ([one.read_s for one in inbox.take()], inbox.superseded) == ([40.0], 0)


@pytest.mark.parametrize(
    "seen",
    [
        [traffic(10.0), replace(traffic(11.0), device="acc-18"), status(12.0)],  # of other devices, of other lanes
        [echo(1.0), echo(2.0), CHECK, CHECK, failed(Lane.STATUS, 3.0), failed(Lane.STATUS, 4.0)],
        # the failed one tells when the silence began, so the answer before it stays
        [traffic(10.0), failed(Lane.STATUS, 11.0), traffic(40.0)],
        [traffic(10.0), failed(Lane.TRAFFIC, 11.0), traffic(40.0)],
    ],
)
def test_nothing_that_tells_something_of_its_own_is_left_out(seen):
    assert waiting(*seen) == (seen, 0)


def test_the_answers_that_bring_a_silent_agent_back_stay_and_those_after_them_need_not():
    back = [failed(Lane.STATUS, 10.0), status(20.0), status(30.0)]
    left, superseded = waiting(*back, status(40.0), status(50.0), inbox=Inbox())
    assert ([one.read_s for one in left[1:]], superseded) == ([20.0, 30.0, 50.0], 1)


def changed(at_s, **changes):
    return Switch(ports={"1": replace(Port(b"Gi1/0/1"), **changes), "2": Port(b"Gi1/0/2")}).status(at_s, 1)


def rebooted(at_s):
    """A switch that started anew five seconds before."""
    switch = Switch()
    switch.reboot(at_s - 5.0)
    return switch


TIMELESS = Switch(has_uptime=False)
NARROW = Switch(ports={"1": Port(b"Gi1/0/1", width=32), "2": Port(b"Gi1/0/2")})


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        (status(10.0), changed(20.0, oper=DOWN)),
        (status(10.0), changed(20.0, last_change=7)),
        (status(10.0), status(20.0, rebooted(20.0))),
        (status(10.0), replace(status(20.0), epoch=2)),
        (status(10.0), status(20.0, unread=("1",))),
        (status(10.0), status(20.0, Switch(if_number=3))),
        (traffic(10.0), traffic(40.0, rebooted(40.0))),
        (traffic(10.0, rebooted(10.0)), traffic(40.0, rebooted(40.0))),
        (traffic(10.0, TIMELESS), traffic(40.0, TIMELESS)),
        (traffic(10.0), replace(traffic(40.0), epoch=2)),
        (traffic(10.0), traffic(40.0, unread=("1",))),
        (traffic(10.0, unread=("1",)), traffic(40.0)),
        (traffic(10.0, NARROW), traffic(40.0, NARROW)),
        (Switch().discovery(10.0), Switch().discovery(910.0)),
    ],
)
def test_whatever_a_newer_poll_does_not_tell_stays(older, newer):
    assert waiting(older, newer) == ([older, newer], 0)


def test_a_device_that_is_folded_never_leaves_one_poll_of_each_lane_and_its_echoes():
    inbox = inbox_of()
    for at_s in range(10, 3010, 10):
        inbox.put(status(float(at_s)))
        if at_s % 30 == 10:
            inbox.put(traffic(at_s + 1.0))
    assert len(list(inbox.take())) == 2
    assert inbox.superseded == 299 + 99


@given(st.lists(st.sampled_from(("status", "traffic", "echo", "lost", "failed", "dark", "lit", "reboot")), max_size=40))
def test_whatever_is_left_out_states_events_and_totals_come_to_the_same(story):
    switch, at_s, seen = Switch(), 20.0, []
    direct, late = Folding(switch=switch).settle(), Folding(switch=switch).settle()
    for word in story:
        at_s += 10.0
        if word in ("dark", "lit"):
            switch.ports["1"].oper = DOWN if word == "dark" else 1
        elif word == "reboot":
            switch.reboot(at_s)
        elif word in ("echo", "lost"):
            seen.append(echo(at_s, lost=word == "lost"))
        elif word == "failed":
            seen.append(failed(Lane.STATUS, at_s))
        else:
            seen.append(getattr(switch, word)(at_s, direct.epoch))
    left, _ = waiting(*seen, inbox=Inbox())
    direct.see(echo(25.0), *seen)
    late.see(echo(25.0), *left)
    assert [event.kind for event in late.events] == [event.kind for event in direct.events]
    assert late.state.verdict is direct.state.verdict
    assert late.state.status.oper == direct.state.status.oper
    assert late.state.traffic.totals == direct.state.traffic.totals


def test_what_was_taken_waits_until_it_is_given():
    inbox = Inbox()
    for number in range(3):
        inbox.put(echo(float(number)))
    taken = inbox.take()
    assert len(inbox) == 3
    next(taken)
    inbox.put(echo(3.0))
    assert len(inbox) == 3
    list(taken)
    assert len(inbox) == 1
