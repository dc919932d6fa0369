"""LLDP against the inventory: what is told, when, and with what evidence; and above all what is not told."""

from dataclasses import replace

import pytest

from netwatch.core.model import Link
from netwatch.core.neighbours.drift import Drift
from netwatch.core.neighbours.sightings import NEIGHBOURS, Neighbour
from tests.unit.core.overheard import Overheard, declared, port

CHAIN = declared("l-1: a-1 Te1 = b-1 Te2", "l-2: b-1 Te1 = c-1 Te2")
STRANGER = Neighbour(interface="Te1", chassis_id="02:ff:ff:ff:ff:ff", port_id="1", system_name="printer")


@pytest.fixture
def chain():
    """Three switches in a row, cabled as declared."""
    network = Overheard(CHAIN)
    network.cable("a-1 Te1", "b-1 Te2")
    network.cable("b-1 Te1", "c-1 Te2")
    return network


def test_a_city_as_declared_has_nothing_to_tell(chain):
    assert chain.read(times=3) == []
    assert chain.findings() == {}
    assert set(chain.observed()) == {("a-1 Te1", "b-1 Te2"), ("b-1 Te1", "c-1 Te2")}


def test_each_adjacency_says_who_heard_it_and_when_last(chain):
    chain.read("a-1")
    chain.read("b-1")
    assert chain.observed()["a-1 Te1", "b-1 Te2"] == {"a-1": 1010.0, "b-1": 1020.0}


def test_a_cable_in_another_port_of_the_right_switch_is_moved_once_seen_twice(chain):
    chain.cable("a-1 Te1", "b-1 Gi2")
    assert chain.read() == []
    assert chain.read("a-1") == [("moved", "link:l-1", True)]
    (found,) = chain.drift.findings
    assert (found.link, found.declared, found.seen) == ("l-1", "a-1 Te1 – b-1 Te2", "a-1 Te1 – b-1 Gi2")
    assert "a-1 Te1 hears 'b-1' 02:00:00:62:2d:31, its port 'Gi2'" in found.evidence
    assert "b-1 Te2 is up and hears nobody" in found.evidence
    assert chain.read(times=3) == []


def test_a_cable_that_one_end_alone_can_tell_of_is_found_from_there():
    network = Overheard(declared("l-1: a-1 Te1 = b-1 Te2"))
    network.boxes["b-1"].has_lldp = False
    network.cable("a-1 Gi1", "b-1 Te2")
    network.read(times=2)
    assert network.findings() == {"link:l-1": "moved"}
    assert network.drift.findings[0].seen == "b-1 Te2 – a-1 Gi1"


def test_a_cable_to_another_switch_is_moved(chain):
    chain.cable("a-1 Te1", "spare-1 Gi1")
    chain.read(times=2)
    assert chain.findings() == {"link:l-1": "moved"}
    assert chain.drift.findings[0].seen == "a-1 Te1 – spare-1 Gi1"


def test_two_patch_cords_exchanged_are_two_links_swapped():
    network = Overheard(declared("l-1: a-1 Te1 = b-1 Te2", "l-2: a-1 Te2 = c-1 Te1"))
    network.cable("a-1 Te1", "c-1 Te1")
    network.cable("a-1 Te2", "b-1 Te2")
    network.read(times=3)
    assert network.findings() == {"link:l-1": "swapped", "link:l-2": "swapped"}
    assert [found.seen for found in network.drift.findings] == ["a-1 Te1 – c-1 Te1", "a-1 Te2 – b-1 Te2"]


def test_the_far_ends_of_two_links_of_four_switches_may_be_exchanged_too():
    network = Overheard(declared("l-1: a-1 Te1 = b-1 Te1", "l-2: c-1 Te1 = d-1 Te1"))
    network.cable("a-1 Te1", "d-1 Te1")
    network.cable("c-1 Te1", "b-1 Te1")
    network.read(times=3)
    assert network.findings() == {"link:l-1": "swapped", "link:l-2": "swapped"}


def test_a_link_written_down_with_its_ends_exchanged_is_swapped():
    network = Overheard(declared("l-1: a-1 Te1 = b-1 Te2"))
    network.cable("a-1 Te2", "b-1 Te1")
    network.read(times=2)
    assert network.findings() == {"link:l-1": "swapped"}
    assert network.drift.findings[0].seen == "a-1 Te2 – b-1 Te1"


def test_parallel_links_crosswise_do_not_make_each_other_swapped():
    network = Overheard(declared("l-1: a-1 Te1 = b-1 Te2", "l-2: a-1 Te2 = b-1 Te1"))
    network.cable("a-1 Te2", "b-1 Te1")
    network.boxes["a-1"].dark.add("Te1")
    network.boxes["b-1"].dark.add("Te2")
    network.read(times=3)
    assert network.findings() == {}


def test_two_ports_that_are_up_and_hear_nobody_are_a_missing_link_once_both_say_so(chain):
    chain.read()
    chain.cut("a-1 Te1")
    chain.read("a-1", times=4)
    chain.read("b-1", "a-1")
    assert chain.findings() == {}
    assert chain.read("b-1") == [("missing", "link:l-1", True)]
    (found,) = chain.drift.findings
    assert found.evidence == ("a-1 Te1 is up and hears nobody", "b-1 Te2 is up and hears nobody")


@pytest.mark.parametrize("dark", [("a-1",), ("b-1",), ("a-1", "b-1")])
def test_a_cut_cable_is_no_drift(chain, dark):
    chain.read()
    chain.cut("a-1 Te1")
    for name in dark:
        chain.boxes[name].dark.add({"a-1": "Te1", "b-1": "Te2"}[name])
    chain.read(times=3)
    assert chain.findings() == {}


def test_a_dead_far_end_behind_a_converter_that_keeps_light_on_is_no_drift(chain):
    chain.read()
    chain.cut("a-1 Te1")
    chain.read("a-1", times=5)  # b-1 is without power, and never read
    assert chain.findings() == {}


def test_a_switch_without_lldp_makes_none_of_its_links_missing(chain):
    chain.boxes["b-1"].has_lldp = False
    chain.cut("a-1 Te1")
    chain.read(times=3)
    assert chain.findings() == {}


def test_two_switches_joined_where_nothing_is_declared_are_extra(chain):
    chain.cable("a-1 Gi1", "c-1 Gi2")
    assert chain.read() == []
    assert chain.read() == [("extra", "port:a-1 Gi1", True)]
    (found,) = chain.drift.findings
    assert (found.link, found.declared, found.seen) == (None, "no link", "a-1 Gi1 – c-1 Gi2")


def test_an_extra_that_was_seen_once_and_went_dark_is_never_told(chain):
    chain.cable("a-1 Gi1", "c-1 Gi2")
    chain.read()
    for name, interface in (("a-1", "Gi1"), ("c-1", "Gi2")):
        chain.boxes[name].dark.add(interface)
    assert chain.read(times=3) == []


def test_what_is_put_right_is_taken_back_at_the_next_reading(chain):
    chain.cable("a-1 Te1", "b-1 Gi2")
    chain.cable("a-1 Gi1", "c-1 Gi2")
    chain.read(times=2)
    chain.cable("a-1 Te1", "b-1 Te2")
    chain.cut("a-1 Gi1")
    assert chain.read("a-1") == [("moved", "link:l-1", False)]
    assert chain.read("c-1") == [("extra", "port:a-1 Gi1", False)]
    assert chain.findings() == {}


def test_what_was_told_stays_told_while_its_ports_are_dark(chain):
    chain.cable("a-1 Te1", "b-1 Gi2")
    chain.read(times=2)
    chain.boxes["a-1"].dark.add("Te1")
    assert chain.read(times=2) == []
    assert chain.findings() == {"link:l-1": "moved"}


def test_what_is_seen_otherwise_each_time_is_never_told(chain):
    for far in ("b-1 Gi1", "b-1 Gi2", "c-1 Gi1", "c-1 Gi2") * 2:
        chain.cable("a-1 Te1", far)
        assert chain.read() == []


def test_a_reading_counts_once_however_often_it_is_looked_at(chain):
    chain.cable("a-1 Te1", "b-1 Gi2")
    chain.read()
    same = chain.state("a-1")
    assert [chain.see("a-1", replace(same, rtt_s=float(turn))) for turn in range(3)][1:] == [(), ()]


def test_a_neighbour_that_is_none_of_ours_is_told_only_where_ours_is_known_by_its_chassis(chain):
    chain.cut("a-1 Te1")
    chain.added[port("a-1 Te1")] = (STRANGER,)
    chain.boxes["b-1"].has_lldp = False
    chain.read(times=3)
    assert chain.findings() == {}
    chain.boxes["b-1"].has_lldp = True
    chain.read(times=3)
    assert chain.findings() == {"link:l-1": "moved"}
    assert chain.drift.findings[0].seen == "a-1 Te1 – a stranger, 'printer'"


def test_a_stranger_beside_the_right_neighbour_is_nothing(chain):
    chain.added[port("a-1 Te1")] = (STRANGER,)
    assert chain.read(times=3) == []


def test_a_neighbour_that_does_not_tell_its_port_confirms_its_device_at_the_declared_one(chain):
    chain.cut("a-1 Te1")
    silent_on_port = replace(chain.boxes["b-1"].said("02:00:00:00:00:07", "Te1"), port_description="uplink")
    chain.added[port("a-1 Te1")] = (silent_on_port,)
    assert chain.read(times=3) == []
    assert ("a-1 Te1", "b-1 Te2") not in chain.observed()


def test_an_aggregate_without_listed_members_is_confirmed_by_any_port_between_the_two():
    network = Overheard(declared("lag: a-1 Po1 = b-1 Po1"))
    for name in ("a-1", "b-1"):
        network.boxes[name].ports = ("Te1", "Te2", "Po1")
        network.boxes[name].types = {"Po1": 161}
    network.cable("a-1 Te1", "b-1 Te1")
    network.cable("a-1 Te2", "b-1 Te2")
    assert network.read(times=3) == []
    assert network.findings() == {}


def test_a_listed_member_in_the_wrong_port_is_told_of_its_link():
    city = declared("lag: a-1 Po1 = b-1 Po1")
    members = ((port("a-1 Te1"), port("b-1 Te1")), (port("a-1 Te2"), port("b-1 Te2")))
    lag = Link(id="lag", a=port("a-1 Po1"), b=port("b-1 Po1"), members=members)
    network = Overheard(replace(city, links={"lag": lag}))
    network.cable("a-1 Te1", "b-1 Te1")
    network.cable("a-1 Te2", "b-1 Gi1")
    network.read(times=2)
    (found,) = network.drift.findings
    assert (found.subject, found.kind, found.declared) == ("link:lag", "moved", "a-1 Te2 – b-1 Te2")


def test_ports_are_compared_by_what_they_are_not_by_how_they_are_written():
    city = declared("l-1: a-1 port Te1 of a switch = b-1 port Te2 of a switch")
    network = Overheard(city)
    network.cable("a-1 Te1", "b-1 Te2")
    assert network.read(times=3) == []
    assert set(network.observed()) == {("a-1 Te1", "b-1 Te2")}


def test_correcting_the_inventory_takes_the_finding_back_at_once(chain):
    chain.cable("a-1 Te1", "b-1 Gi2")
    chain.cable("a-1 Gi1", "c-1 Gi2")
    chain.read(times=2)
    corrected = declared("l-1: a-1 Te1 = b-1 Gi2", "l-2: b-1 Te1 = c-1 Te2", "l-3: a-1 Gi1 = c-1 Gi2")
    assert sorted(chain.use(corrected)) == [("extra", "port:a-1 Gi1", False), ("moved", "link:l-1", False)]
    assert chain.read(times=3) == []


def test_a_reload_that_changes_nothing_forgets_nothing(chain):
    chain.cable("a-1 Te1", "b-1 Gi2")
    chain.read(times=2)
    before = chain.observed()
    assert chain.use(declared("l-1: a-1 Te1 = b-1 Te2", "l-2: b-1 Te1 = c-1 Te2")) == []
    assert (chain.findings(), chain.observed()) == ({"link:l-1": "moved"}, before)


def test_a_device_that_is_removed_takes_its_adjacencies_with_it(chain):
    chain.read()
    chain.use(declared("l-1: a-1 Te1 = b-1 Te2"))
    assert set(chain.observed()) == {("a-1 Te1", "b-1 Te2")}
    assert chain.see("c-1", chain.state("c-1")) == ()


def test_a_cut_keeps_the_adjacency_with_the_time_it_was_last_seen(chain):
    chain.read()
    last = chain.observed()["a-1 Te1", "b-1 Te2"]
    chain.cut("a-1 Te1")
    chain.boxes["a-1"].dark.add("Te1")
    chain.boxes["b-1"].dark.add("Te2")
    chain.read(times=3)
    assert chain.observed()["a-1 Te1", "b-1 Te2"] == last


def test_a_port_that_hears_another_ends_the_adjacency_before(chain):
    chain.read()
    chain.cable("a-1 Te1", "spare-1 Gi1")
    chain.read("a-1")
    assert ("a-1 Te1", "b-1 Te2") not in chain.observed()
    assert ("a-1 Te1", "spare-1 Gi1") in chain.observed()


def test_ports_that_get_new_names_leave_no_adjacency_of_the_old_ones(chain):
    chain.read()
    chain.boxes["a-1"].ports = ("xe1", "xe2", "ge1", "ge2")
    chain.cable("a-1 xe1", "b-1 Te2")
    chain.read(times=2)
    assert ("a-1 xe1", "b-1 Te2") in chain.observed()
    assert not [pair for pair in chain.observed() if "a-1 Te1" in pair]


def test_before_there_is_an_inventory_nothing_is_seen(chain):
    assert Drift().see("a-1", chain.state("a-1")) == ()


def test_a_map_in_doubt_is_not_listened_to(chain):
    chain.cable("a-1 Te1", "b-1 Gi2")
    state = chain.state("a-1")
    doubtful = replace(state, interfaces=replace(state.interfaces, in_doubt=True))
    for turn in range(3):
        read = replace(doubtful.sightings, read_wall_s={NEIGHBOURS: 2000.0 + turn})
        assert chain.see("a-1", replace(doubtful, sightings=read)) == ()
    assert chain.observed() == {}


def test_findings_are_made_anew_only_when_they_change(chain):
    chain.cable("a-1 Te1", "b-1 Gi2")
    chain.read(times=2)
    findings = chain.drift.findings
    chain.read()
    assert chain.drift.findings is findings


def restarted(before, city=None):
    """The same network under a daemon that begins anew with what was told."""
    network = Overheard(city or declared("l-1: a-1 Te1 = b-1 Te2", "l-2: b-1 Te1 = c-1 Te2"))
    network.cables, network.now_s = dict(before.cables), before.now_s
    network.restore(before.drift.findings)
    return network


def test_a_restart_tells_nothing_twice(chain):
    chain.cable("a-1 Te1", "b-1 Gi2")
    chain.cable("a-1 Gi1", "c-1 Gi2")
    chain.read(times=2)
    later = restarted(chain)
    assert later.findings() == chain.findings() == {"link:l-1": "moved", "port:a-1 Gi1": "extra"}
    assert later.read(times=3) == []
    assert later.findings() == chain.findings()


def test_what_was_put_right_while_nobody_watched_is_taken_back(chain):
    chain.cable("a-1 Te1", "b-1 Gi2")
    chain.cable("a-1 Gi1", "c-1 Gi2")
    chain.read(times=2)
    later = restarted(chain)
    later.cable("a-1 Te1", "b-1 Te2")
    later.cut("a-1 Gi1")
    assert sorted(later.read()) == [("extra", "port:a-1 Gi1", False), ("moved", "link:l-1", False)]
    assert later.read(times=3) == []


def test_an_extra_whose_ports_are_dark_since_the_restart_stays_told(chain):
    chain.cable("a-1 Gi1", "c-1 Gi2")
    chain.read(times=2)
    later = restarted(chain)
    later.boxes["a-1"].dark.add("Gi1")
    later.boxes["c-1"].dark.add("Gi2")
    assert later.read(times=2) == []
    later.boxes["a-1"].dark.clear()
    assert later.read("a-1") == [("extra", "port:a-1 Gi1", False)]


def test_what_the_inventory_says_otherwise_since_is_not_restored(chain):
    chain.cable("a-1 Te1", "b-1 Gi2")
    chain.cable("a-1 Gi1", "c-1 Gi2")
    chain.read(times=2)
    corrected = declared("l-1: a-1 Te1 = b-1 Gi2", "l-2: b-1 Te1 = c-1 Te2", "l-3: a-1 Gi1 = c-1 Gi2")
    assert restarted(chain, corrected).findings() == {}


def test_a_neighbour_whose_ports_nobody_knows_yet_confirms_nothing(chain):
    chain.cable("a-1 Te1", "b-1 Gi2")
    chain.read(times=2)
    later = Overheard(declared())
    later.cables, later.now_s = dict(chain.cables), chain.now_s
    later.boxes = chain.boxes
    later.use(declared("l-1: a-1 Te1 = b-1 Te2", "l-2: b-1 Te1 = c-1 Te2"))
    later.restore(chain.drift.findings)
    assert later.read("a-1", times=3) == []
    assert later.findings() == {"link:l-1": "moved"}


def test_what_was_settled_is_judged_anew_by_another_inventory(chain):
    chain.read(times=3)
    assert chain.findings() == {}
    chain.use(declared("l-1: a-1 Te1 = b-1 Gi1", "l-2: b-1 Te1 = c-1 Te2"))
    assert chain.read(times=2) == [("moved", "link:l-1", True)]


def test_a_neighbour_that_is_known_only_later_is_heard_from_then_on_though_it_says_what_it_said(chain):
    chain.boxes["b-1"].sys_name = "not-in-the-inventory"
    chain.read("a-1", times=2)
    assert chain.observed() == {}
    chain.read("b-1")  # which tells its chassis id
    chain.read("a-1")
    assert chain.observed()["a-1 Te1", "b-1 Te2"].keys() == {"a-1", "b-1"}


def test_what_is_heard_again_is_as_old_as_its_last_reading(chain):
    chain.read(times=4)
    begun_s = chain.now_s
    chain.read()
    assert all(at_s > begun_s for ends in chain.observed().values() for at_s in ends.values())
