"""Who is seen, and what a silence is worth."""

from dataclasses import replace

import pytest

from netwatch.core.device.reachability import Answer, Reachability
from netwatch.core.device.record import DeviceState, DeviceVerdict
from netwatch.core.faults.lookout import ECHOES_MISSED, PATIENCE_S, Lookout
from netwatch.core.faults.scene import End, LinkSight
from netwatch.core.model import Device, Inventory, Lane, Link, PortRef, Site, Vantage
from netwatch.core.topology.graph import Topology

WALL_S = 1_800_000_000.0
EVERY_S = {Lane.PING: 5.0, Lane.STATUS: 10.0}
DARK_S = 100.0


def link(name, a, b):
    return Link(id=name, a=PortRef(device=a, interface=name), b=PortRef(device=b, interface=name))


CHAIN = Inventory(
    city="",
    timezone="UTC",
    charset="utf-8",
    fingerprint="",
    files=(),
    vantage=Vantage(attached_to=("core",)),
    sites={"hall": Site(id="hall", name="hall")},
    devices={n: Device(id=n, site="hall", address="192.0.2.1", every_s=EVERY_S) for n in ("core", "near", "far")},
    links={"one": link("one", "core", "near"), "two": link("two", "near", "far")},
)


def heard(at_s, *, run=0):
    return Reachability(answer=Answer.ANSWERS, since_s=0.0, last_s=at_s, run=run)


def lit(at_s):
    return DeviceState(icmp=heard(at_s), snmp=heard(at_s), verdict=DeviceVerdict.UP, verdict_since_wall_s=WALL_S)


def dark(since_s):
    silent = Reachability(answer=Answer.SILENT, since_s=since_s, last_s=since_s + 5.0)
    return DeviceState(icmp=silent, snmp=silent, verdict=DeviceVerdict.DOWN, verdict_since_wall_s=WALL_S + since_s)


class Watch:
    def __init__(self):
        self.states = {name: lit(90.0) for name in CHAIN.devices}
        self.lookout = Lookout()
        self.lookout.wall_s = WALL_S
        self.lookout.use(Topology(CHAIN), self.states)

    def become(self, name, state):
        self.states[name] = state
        self.lookout.see(name, state)

    def scene(self, now_s, **sights):
        return self.lookout.scene(sights, (), is_lit=True, now_wall_s=WALL_S + now_s)


@pytest.fixture
def watch():
    return Watch()


def test_a_silent_switch_forwards_if_what_hangs_on_it_alone_has_answered_since(watch):
    watch.become("near", dark(DARK_S))
    assert "near" not in watch.scene(102.0).forwarding
    watch.states["far"] = lit(DARK_S + PATIENCE_S + 1.0)
    assert "near" in watch.scene(105.0).forwarding


def test_an_answer_after_which_an_echo_was_missed_proves_nothing(watch):
    watch.become("near", dark(DARK_S))
    watch.states["far"] = replace(lit(DARK_S + 9.0), icmp=heard(110.0, run=1), snmp=heard(90.0))
    assert "near" not in watch.scene(111.0).forwarding


def test_a_neighbour_without_light_from_it_denies_that_it_forwards(watch):
    watch.become("near", dark(DARK_S))
    watch.states["far"] = lit(DARK_S + 9.0)
    assert "near" not in watch.scene(110.0, one=LinkSight(a=End.DOWN)).forwarding


def test_what_forwarded_and_is_heard_through_no_more_is_dark_like_any_other(watch):
    watch.become("near", dark(DARK_S))
    watch.states["far"] = lit(DARK_S + 9.0)
    assert "near" in watch.scene(110.0).forwarding
    forgotten_s = 109.0 + ECHOES_MISSED * CHAIN.settings.field_ping_every_s
    assert watch.lookout.let_time_pass(WALL_S + forgotten_s - 1.0) is False
    assert watch.lookout.let_time_pass(WALL_S + forgotten_s + 1.0) is True
    assert "near" not in watch.scene(forgotten_s + 1.0).forwarding


def test_a_silent_switch_that_forwards_was_last_asked_in_vain_by_echo_and_not_at_all_once_it_begins_to_answer(watch):
    watch.become("near", dark(DARK_S))
    watch.states["far"] = lit(DARK_S + 9.0)
    assert watch.scene(110.0).in_vain_wall_s == {"near": WALL_S + DARK_S + 5.0}
    silent = watch.states["near"]
    watch.states["near"] = replace(silent, icmp=replace(silent.icmp, last_s=120.0))
    assert watch.scene(121.0).in_vain_wall_s == {"near": WALL_S + 120.0}
    watch.states["near"] = replace(silent, icmp=replace(silent.icmp, last_s=130.0, run=1))
    assert watch.scene(131.0).in_vain_wall_s == {"near": float("-inf")}


def test_a_silent_switch_that_is_asked_no_echo_was_last_asked_in_vain_by_its_agent(watch):
    watch.become("near", replace(dark(DARK_S), icmp=Reachability()))
    watch.states["far"] = lit(DARK_S + 9.0)
    assert watch.scene(110.0).in_vain_wall_s == {"near": WALL_S + DARK_S + 5.0}


def test_an_agent_beside_the_darkness_has_told_of_its_ports_since_it_answers(watch):
    watch.become("far", dark(DARK_S))
    watch.states["near"] = replace(lit(140.0), snmp=replace(heard(140.0), since_s=130.0))
    assert watch.scene(141.0).telling_since_wall_s == {"near": WALL_S + 130.0}
    watch.states["near"] = replace(lit(140.0), snmp=dark(DARK_S).snmp)
    assert watch.scene(141.0).telling_since_wall_s == {}


def test_a_silent_agent_of_a_switch_that_answers_was_last_asked_in_vain_until_it_answers_once(watch):
    silent = dark(DARK_S).snmp
    mute = replace(lit(110.0), snmp=silent, verdict=DeviceVerdict.DEGRADED)
    watch.become("near", mute)
    assert watch.scene(111.0).in_vain_wall_s == {"near": WALL_S + DARK_S + 5.0}
    watch.become("near", replace(mute, snmp=replace(silent, last_s=120.0, run=1)))
    assert watch.scene(121.0).in_vain_wall_s == {"near": float("-inf")}
    watch.become("near", lit(125.0))
    assert watch.scene(126.0).in_vain_wall_s == {}


def test_a_switch_that_answers_again_is_told_as_just_back_for_as_long_as_the_others_may_take(watch):
    watch.become("near", dark(DARK_S))
    back = replace(lit(200.0), verdict_since_wall_s=WALL_S + 200.0)
    watch.become("near", back)
    assert watch.scene(201.0).seen_since_wall_s == {"near": WALL_S + 200.0, **watch.scene(201.0).seen_since_wall_s}
    watch.lookout.let_time_pass(WALL_S + 200.0 + watch.lookout.patience_s + 1.0)
    assert "near" not in watch.scene(260.0).seen_since_wall_s


def test_after_our_own_darkness_those_not_yet_found_silent_again_are_waited_for_as_after_a_start(watch):
    assert watch.scene(100.0).watched_since_wall_s == WALL_S + 100.0
    assert watch.scene(160.0).watched_since_wall_s == WALL_S + 100.0
    watch.lookout.scene({}, (), is_lit=False, now_wall_s=WALL_S + 200.0)
    assert watch.scene(240.0).watched_since_wall_s == WALL_S + 240.0
    assert watch.scene(250.0).watched_since_wall_s == WALL_S + 240.0
