"""Faults as alarms of RFC 8632: one alarm a resource and type, its story, and what it is connected with."""

from dataclasses import replace

from netwatch.core.faults.diagnosis import FaultKind
from netwatch.core.faults.severity import Severity
from netwatch.expose.api.alarms import AlarmList, alarm_inventory, type_id
from netwatch.expose.api.fault_words import history
from tests.unit.expose.api.town import NOON_S

NODE = "/ietf-network:networks/network[network-id='physical']/node[node-id='acc-3']"
LINK = "/ietf-network:networks/network[network-id='physical']/ietf-network-topology:link[link-id='{}:a-to-b']"


def alarm_list(town, faults=None):
    book = town.city.book.faults.values() if faults is None else faults
    return AlarmList(book, town.city.topology.inventory)


def alarms(town, faults=None):
    return list(alarm_list(town, faults).alarms())


def of_kind(town, kind):
    return next(fault for fault in town.city.book.faults.values() if fault.kind is kind)


def test_a_town_that_is_well_has_no_alarm_and_nothing_changed_last(town):
    book = alarm_list(town)
    assert (len(book), list(book.alarms()), dict(book.last_changed)) == (0, [], {})
    assert {one["total"] for one in book.summary()["alarm-summary"]} == {0}


def test_a_cut_is_an_alarm_with_its_severity_its_cost_and_whom_to_send(troubled):
    cut, reserve = alarms(troubled)
    assert cut["alarm-type-id"] == "netwatch:link-cut"
    assert (cut["resource"], cut["alarm-type-qualifier"]) == (LINK.format("chain-1"), "")
    assert cut["alt-resource"] == ["link:chain-1"]
    assert (cut["is-cleared"], cut["perceived-severity"]) == (False, "major")
    assert cut["time-created"] == cut["last-raised"] == cut["last-changed"] == "2026-11-30T02:59:00.000Z"
    assert "1 devices dark, 3 field devices out of service" in cut["alarm-text"]
    assert cut["alarm-text"].endswith("send fibre crew 한빛통신 031-000-0000")
    assert cut["impacted-resource"] == [NODE]
    assert (reserve["alarm-type-id"], reserve["perceived-severity"]) == ("netwatch:redundancy-lost", "minor")


def test_what_the_evidence_cannot_tell_apart_may_each_be_the_root_cause(troubled):
    cut = alarms(troubled)[0]
    assert cut["root-cause-resource"][0] == LINK.format("chain-1")
    assert {"cable:c-4", NODE, "site:okjeong-3"} <= set(cut["root-cause-resource"])
    assert len(cut["root-cause-resource"]) == len(set(cut["root-cause-resource"]))


def test_a_thing_of_the_topology_is_the_resource_and_the_subject_stands_beside_it(town):
    town.darken("acc-1", "Gi2", since_s=NOON_S - 120.0)
    town.darken("acc-2", "Gi1", since_s=NOON_S - 120.0)
    (fault,) = town.city.book.open_faults
    moved = replace(fault, found=replace(fault.found, cause=replace(fault.found.cause, subject="device:acc-3")))
    (alarm,) = alarms(town, [moved])
    assert (alarm["resource"], alarm["alt-resource"]) == (NODE, ["device:acc-3"])


def test_earlier_faults_without_which_it_would_cost_less_are_related(troubled):
    cut, reserve = troubled.city.book.open_faults
    contributed = replace(
        cut, found=replace(cut.found, cause=replace(cut.found.cause, contributing=(reserve.subject,)))
    )
    first, second = alarms(troubled, [contributed, reserve])
    (related,) = first["related-alarm"]
    assert related == {name: second[name] for name in related}
    assert "related-alarm" not in second


def test_a_severity_that_changed_and_an_end_are_told_with_their_times(troubled):
    cut = troubled.city.book.open_faults[0]
    worse = replace(
        cut,
        found=replace(cut.found, severity=Severity.CRITICAL),
        left={Severity.MAJOR: NOON_S - 30.0},
        cleared_wall_s=NOON_S,
    )
    (alarm,) = alarms(troubled, [worse])
    assert [(one["time"][-13:-5], one["perceived-severity"]) for one in alarm["status-change"]] == [
        ("02:59:00", "major"),
        ("02:59:30", "critical"),
        ("03:00:00", "cleared"),
    ]
    assert (alarm["is-cleared"], alarm["perceived-severity"]) == (True, "critical")
    assert alarm["last-changed"] == "2026-11-30T03:00:00.000Z"


def test_a_clock_that_stepped_back_turns_no_story_round(troubled):
    cut = troubled.city.book.open_faults[0]
    odd = replace(cut, left={Severity.MINOR: cut.since_wall_s - 900.0}, cleared_wall_s=cut.since_wall_s - 300.0)
    times = [at_s for at_s, _ in history(odd)]
    assert times == sorted(times)
    assert [severity for _, severity in history(odd)] == [Severity.MINOR, Severity.MAJOR, None]


def test_a_fault_that_comes_back_is_the_alarm_it_was(troubled):
    again = troubled.city.book.open_faults[0]
    earlier = replace(again, id="earlier", since_wall_s=NOON_S - 1000.0, cleared_wall_s=NOON_S - 700.0)
    book = alarm_list(troubled, [earlier, again])
    (alarm,) = book.alarms()
    assert (alarm["time-created"], alarm["last-raised"]) == ("2026-11-30T02:43:20.000Z", "2026-11-30T02:59:00.000Z")
    assert alarm["is-cleared"] is False
    assert [one["perceived-severity"] for one in alarm["status-change"]] == ["major", "cleared", "major"]
    assert {one["severity"]: (one["not-cleared"], one["cleared"]) for one in book.summary()["alarm-summary"]}[
        "major"
    ] == (1, 0)


def test_pages_of_the_list_add_up_to_the_list(troubled):
    book = alarm_list(troubled)
    everything = list(book.alarms())
    assert [*book.alarms(slice(0, 1)), *book.alarms(slice(1, 2)), *book.alarms(slice(2, 9))] == everything
    assert len(everything) == len(book) == 2


def test_every_kind_of_fault_is_in_the_alarm_inventory_with_what_it_means():
    told = {one["alarm-type-id"]: one for one in alarm_inventory()["alarm-type"]}
    assert set(told) == {type_id(kind) for kind in FaultKind}
    assert all(one["will-clear"] and len(one["description"]) > 20 for one in told.values())
