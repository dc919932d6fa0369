"""The whole city, watched in virtual time: what follows for services, cameras and faults from what is polled."""

import gc
import random
from collections import Counter

import pytest

from netwatch.core.city import City, district_of
from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.device.reachability import Answer, Reachability
from netwatch.core.device.record import DeviceState, DeviceVerdict, InterfaceStatus
from netwatch.core.events import EventKind
from netwatch.core.faults.diagnosis import Cause, FaultKind
from netwatch.core.faults.severity import Severity
from netwatch.core.field.verdict import FieldCause, FieldCondition
from netwatch.core.model import PortRef
from netwatch.core.neighbours.link_drift import Discrepancy, DriftKind, joined
from netwatch.core.records import replace
from netwatch.core.topology.graph import Topology
from tests.proof.sight import inventory_of
from tests.proof.watch import DARK, LIT, Watch
from tests.proof.world import (
    CABLE,
    FIELD,
    FORWARDING,
    HANG,
    LINK,
    MUTE,
    POWER,
    SHUT,
    SITE,
    Failure,
    Line,
    World,
)
from tests.unit.core.polled import WALL_S
from tests.unit.core.streets import town

AT_S, LATER_S = 50.0, 110.0
CCTV = "cctv"


def world(*links, cameras=None, anchors=None, cables=None, sites=None, agentless=()):
    """Links told as `core-a`; `cameras`: camera -> switch; the anchors of their service, else the vantage."""
    one = World(roots=("core",), anchors={CCTV: tuple(anchors or ())}, agentless=set(agentless))
    for device in dict.fromkeys(["core", *(end for link in links for end in link.split("-"))]):
        one.site_of[device] = (sites or {}).get(device, f"at-{device}")
        one.role_of[device] = "core" if device == "core" else "access"
    for link in links:
        a, b = link.split("-")
        runs = tuple(cable for cable, inside in (cables or {}).items() if link in inside.split())
        one.lines[link] = Line(one.port(a), one.port(b), runs)
    for name, device in (cameras or {}).items():
        one.fields[name] = (one.port(device), CCTV)
    return one.index()


def watch(one):
    found = Watch(one, inventory_of(one), random.Random(7))
    found.run(AT_S)
    assert found.open_faults() == []
    return found


def after(one, *failures, until_s=LATER_S):
    found = watch(one)
    found.breaks(*failures)
    found.run(until_s)
    return found


def faults(found):
    return {fault.subject: fault for fault in found.open_faults()}


def verdicts(found):
    return {name: (one.condition, one.cause) for name, one in found.city.fields.verdicts.items()}


def conditions(found):
    return Counter(one.condition for one in found.city.fields.verdicts.values())


CHAIN = world("core-a", "a-b", cameras={"cam-1": "a", "cam-2": "b", "cam-3": "b"}, cables={"c1": "core-a", "c2": "a-b"})
UPSTREAM = FieldCondition.UNREACHABLE, FieldCause.UPSTREAM


def test_all_is_well():
    assert set(conditions(watch(CHAIN))) == {FieldCondition.FINE}


def test_a_cut_cable_is_one_fault_with_the_cameras_it_costs():
    found = after(CHAIN, Failure(CABLE, "c2"))
    (fault,) = found.open_faults()
    assert (fault.kind, fault.subject) == (FaultKind.CABLE_CUT, "cable:c2")
    assert dict(fault.found.affected) == {(CCTV, "east"): 2}
    assert verdicts(found) == {"cam-1": (FieldCondition.FINE, None), "cam-2": UPSTREAM, "cam-3": UPSTREAM}


def told(found):
    return {name: found.city.verdict(name) for name in found.city.topology.names}


def test_a_device_behind_a_dead_uplink_is_unreachable_not_down():
    found = after(CHAIN, Failure(CABLE, "c1"))
    hidden = DeviceVerdict.UNREACHABLE
    assert told(found) == {"core": DeviceVerdict.UP, "a": hidden, "b": hidden}
    assert found.city.as_told("b").verdict is hidden
    found.mends()
    found.run(LATER_S + 60.0)
    assert set(told(found).values()) == {DeviceVerdict.UP}


def test_a_device_without_power_is_down_and_only_what_is_behind_it_unreachable():
    ring = world("core-a", "a-b", "b-core", "a-leaf", cameras={})
    found = after(ring, Failure(POWER, "a"))
    assert [fault.subject for fault in found.open_faults()] == ["device:a"]
    assert told(found) == {
        "core": DeviceVerdict.UP,
        "a": DeviceVerdict.DOWN,
        "b": DeviceVerdict.UP,
        "leaf": DeviceVerdict.UNREACHABLE,
    }


def test_of_two_faults_on_one_way_nobody_is_counted_twice():
    found = after(CHAIN, Failure(CABLE, "c1"), Failure(POWER, "b"))
    assert sum(sum(fault.found.affected.values()) for fault in found.open_faults()) == 3


def test_cameras_lost_by_the_score_make_it_critical():
    many = world("core-a", cameras={f"cam-{n}": "a" for n in range(20)})
    assert faults(after(many, Failure(LINK, "core-a")))["link:core-a"].severity is Severity.CRITICAL


def test_a_camera_that_dies_is_a_fault_of_its_own_and_of_nobody_else():
    found = after(CHAIN, Failure(FIELD, "cam-2"), until_s=170.0)
    (fault,) = found.open_faults()
    assert (fault.kind, fault.subject) == (FaultKind.PORT, "field_device:cam-2")
    assert dict(fault.found.affected) == {(CCTV, "east"): 1}


def test_a_camera_that_was_dead_before_the_cut_is_still_one_fault_and_one_camera():
    found = after(CHAIN, Failure(FIELD, "cam-2"), until_s=170.0)
    found.breaks(Failure(FIELD, "cam-2"), Failure(CABLE, "c2"))
    found.run(260.0)
    assert sum(fault.found.affected.get((CCTV, "east"), 0) for fault in found.open_faults()) <= 3
    assert faults(found)["cable:c2"].found.affected[CCTV, "east"] >= 1


def test_a_silent_switch_behind_which_a_camera_answers_hangs_and_its_cameras_are_fine():
    found = after(CHAIN, Failure(FORWARDING, "b"), until_s=170.0)
    assert {subject: fault.kind for subject, fault in faults(found).items()} == {"device:b": FaultKind.DEVICE_HANG}
    assert faults(found)["device:b"].found.affected == {}


def test_a_hung_switch_costs_its_cameras():
    found = after(CHAIN, Failure(HANG, "a"), until_s=140.0)
    (fault,) = found.open_faults()
    assert (fault.kind, fault.subject) == (FaultKind.DEVICE_HANG, "device:a")
    assert fault.found.cause.devices == {"a", "b"}
    assert sum(fault.found.affected.values()) == 3


def test_a_silent_agent_alone_costs_nobody_anything():
    found = after(CHAIN, Failure(MUTE, "b"), until_s=140.0)
    (fault,) = found.open_faults()
    assert (fault.kind, fault.subject, fault.found.affected) == (FaultKind.DEVICE_HANG, "device:b", {})
    assert set(conditions(found)) == {FieldCondition.FINE}


def test_a_shut_port_is_named_as_the_port():
    a_port = " ".join(CHAIN.lines["a-b"].a)
    assert faults(after(CHAIN, Failure(SHUT, a_port))).keys() == {f"port:{a_port}"}


def test_two_switches_of_one_site_are_one_loss_of_power():
    pair = world("core-a", "core-b", sites={"a": "hut", "b": "hut"})
    assert {s: f.kind for s, f in faults(after(pair, Failure(SITE, "hut"))).items()} == {
        "site:hut": FaultKind.DEVICE_POWER
    }


# the vantage is not the video centre


def test_957_cameras_behind_a_head_end_link_that_we_lose_are_unknown_and_not_down():
    cameras = {f"cam-{n}": "abc"[n % 3] for n in range(957)}
    city = world("core-head", "head-a", "head-b", "head-c", cameras=cameras, anchors=("head",))
    found = after(city, Failure(LINK, "core-head"), until_s=140.0)
    (fault,) = found.open_faults()
    assert (fault.subject, dict(fault.found.affected)) == ("link:core-head", {})
    assert conditions(found) == {FieldCondition.UNKNOWN: 957}


def test_the_same_cameras_with_their_anchor_on_our_side_are_cut_off_and_counted_once():
    cameras = {f"cam-{n}": "ab"[n % 2] for n in range(400)}
    found = after(world("core-head", "head-a", "head-b", cameras=cameras), Failure(LINK, "core-head"), until_s=140.0)
    (fault,) = found.open_faults()
    assert sum(fault.found.affected.values()) == 400
    assert conditions(found) == {FieldCondition.UNREACHABLE: 400}


def test_dark_canaries_are_one_fault_without_blame_and_nothing_is_called_down():
    found = watch(CHAIN)
    found.view = DARK
    found.breaks(Failure(POWER, "core"))
    found.run(140.0)
    assert faults(found).keys() == {"vantage:"}
    assert FieldCondition.UNREACHABLE not in conditions(found)
    assert DeviceVerdict.DOWN not in told(found).values()


def test_when_the_canaries_answer_again_the_vantage_is_well():
    found = watch(CHAIN)
    found.view = DARK
    found.run(60.0)
    assert faults(found).keys() == {"vantage:"}
    found.view = LIT
    found.run(70.0)
    assert found.open_faults() == []


# the life of a fault


def test_a_fault_keeps_its_id_over_a_reload_and_is_not_told_again():
    found = after(CHAIN, Failure(CABLE, "c2"))
    (before,) = found.open_faults()
    told = len(found.told())
    found.city.use(replace(inventory_of(CHAIN), city="renamed"), found.states)
    found.run(LATER_S + 60.0)
    (now,) = found.open_faults()
    assert (now.id, now.since_wall_s) == (before.id, before.since_wall_s)
    assert len(found.told()) == told


def test_what_a_reload_removes_is_a_fault_no_longer():
    found = after(CHAIN, Failure(CABLE, "c2"))
    small = world("core-a", cameras={"cam-1": "a"}, cables={"c1": "core-a"})
    del found.states["b"]
    found.city.use(inventory_of(small), found.states)
    found.city.refold(found.view, now_wall_s=found.wall_s(found.now_s))
    assert found.open_faults() == []


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (Failure(POWER, "b"), "its power was gone"),
        (Failure(CABLE, "c2"), "the way to it was"),
    ],
)
def test_on_its_return_the_device_tells_whether_power_or_the_fibre_was_gone(failure, said):
    found = after(CHAIN, failure)
    found.mends()
    found.run(LATER_S + 80.0)
    (event,) = found.told(EventKind.FAULT_SETTLED)
    assert said in event.detail["told"]


def test_a_repaired_cable_clears_its_fault_and_its_cameras_are_fine_again():
    found = after(CHAIN, Failure(CABLE, "c2"))
    found.mends()
    found.run(LATER_S + 80.0)
    assert found.open_faults() == []
    assert set(conditions(found)) == {FieldCondition.FINE}
    assert found.city.fields.counts[CCTV, "east", FieldCondition.FINE] == 3


def test_a_second_break_names_the_first_as_contributing():
    ring = world("core-a", "a-b", "b-core", cameras={"cam-1": "a"})
    found = after(ring, Failure(LINK, "core-a"))
    assert faults(found)["link:core-a"].kind is FaultKind.REDUNDANCY_LOST
    found.breaks(Failure(LINK, "core-a"), Failure(LINK, "b-core"))
    found.run(LATER_S + 60.0)
    second = faults(found)["link:b-core"]
    assert second.found.cause.contributing == ("link:core-a",)
    assert second.found.cause.devices == {"a", "b"}
    assert sum(second.found.affected.values()) == 1


def test_a_child_polled_before_its_parent_is_not_blamed():
    found = after(CHAIN, Failure(POWER, "a"))
    assert [event.subject for event in found.told()] == [fault.subject for fault in found.open_faults()]
    assert "device:a" in {found.open_faults()[0].subject, *found.open_faults()[0].found.cause.ambiguous_with}


class Aggregate:
    """Two switches joined by a link of two members, of which `lost` are dark."""

    def __init__(self):
        one = town("core-a")
        link = one.links["core-a"]
        members = tuple(
            (PortRef(device="core", interface=f"a{n}"), PortRef(device="a", interface=f"core{n}")) for n in "12"
        )
        self.states = {}
        self.city = City(vendor_of=lambda _mac: "")
        self.city.use(replace(one, links={"core-a": replace(link, members=members)}), self.states)
        self.now_s = 0.0
        self.tells()

    def tells(self, *lost):
        self.now_s += 10.0
        for device, far in (("core", "a"), ("a", "core")):
            names = (far, f"{far}1", f"{far}2")
            oper = tuple(2 if name in lost else 1 for name in names)
            status = InterfaceStatus(
                admin=(1, 1, 1),
                oper=oper,
                last_oper=oper,
                changed_wall_s=(WALL_S,) * 3,
                read_s=self.now_s,
                read_wall_s=WALL_S + self.now_s,
            )
            before = self.states.get(device, DeviceState())
            after = replace(
                DeviceState(),
                verdict=DeviceVerdict.UP,
                verdict_since_wall_s=WALL_S,
                interfaces=InterfaceMap(epoch=1, indexes=names, names=names),
                status=status,
                snmp=Reachability(answer=Answer.ANSWERS, since_s=1.0, last_s=self.now_s),
                icmp=Reachability(answer=Answer.ANSWERS, since_s=1.0, last_s=self.now_s),
            )
            self.states[device] = after
            self.city.see_device(device, before, after, wall_s=WALL_S)
        self.city.refold(LIT, now_wall_s=WALL_S + self.now_s)

    @property
    def faults(self):
        return [(fault.kind, fault.subject) for fault in self.city.book.faults.values() if fault.is_open]


def test_a_lost_member_of_an_aggregate_is_lost_reserve_and_its_return_clears_it():
    lag = Aggregate()
    assert lag.faults == []
    lag.tells("a1", "core1")
    assert lag.faults == [(FaultKind.REDUNDANCY_LOST, "link:core-a")]
    lag.tells()
    assert lag.faults == []


def test_states_that_tell_nothing_new_of_ports_are_not_held_beside_the_present_ones():
    def held():
        return sum(type(one) is DeviceState for one in gc.get_objects())

    gc.collect()
    before = held()
    one = watch(world("core-a", "a-b"))
    one.run(LATER_S)
    assert held() - before == len(one.states)


def test_a_city_in_which_nothing_happens_diagnoses_nothing_anew():
    found = watch(CHAIN)
    before = found.city.diagnosis
    found.run(AT_S + 120.0)
    assert found.city.diagnosis is before


def test_where_lldp_contradicts_the_inventory_the_fault_on_that_link_says_so():
    found = watch(CHAIN)
    one, other = found.city.topology.links["a-b"].a, found.city.topology.links["a-b"].b
    doubt = Discrepancy(
        kind=DriftKind.MOVED,
        link="a-b",
        subject="link:a-b",
        declared=joined(one, other),
        seen=f"{one} to elsewhere",
        evidence=(),
        ports=frozenset({one, other}),
    )
    found.city.drift.restore([doubt])
    found.breaks(Failure(CABLE, "c2"))
    found.run(LATER_S)
    assert faults(found)["cable:c2"].found.cause.evidence[-1] == (
        f"LLDP contradicts the inventory on a-b: it says {joined(one, other)}, seen is {one} to elsewhere"
    )


@pytest.mark.parametrize("subject", ["cable:c1", "link:core-a"])
def test_the_district_of_a_cut_is_the_same_whatever_it_has_broken_by_now(subject):
    topology = Topology(town("core-a", "a-b", cables={"c1": "core-a a-b"}))
    cut = Cause(kind=FaultKind.CABLE_CUT, subject=subject, since_wall_s=0.0)
    places = {
        district_of(topology, replace(cut, links=frozenset(links))) for links in ((), ("a-b",), ("a-b", "core-a"))
    }
    assert len(places) == 1
    assert places <= {"district of at-core", "district of at-a"}
