"""Faults as alarms of TMF642: its attributes and no others, its words, its filters."""

from dataclasses import replace

import pytest

from netwatch.core.faults.diagnosis import FaultKind
from netwatch.expose.api import tmf642
from tests.unit.expose.api.town import NOON_S

# the attributes of the Alarm resource, TMF642 v4.0
ATTRIBUTES = {
    *("id", "href", "ackState", "ackSystemId", "ackUserId", "alarmChangedTime", "alarmClearedTime", "alarmDetails"),
    *("alarmEscalation", "alarmRaisedTime", "alarmReportingTime", "alarmType", "alarmedObject", "alarmedObjectType"),
    *("affectedService", "clearSystemId", "clearUserId", "comment", "correlatedAlarm", "crossedThresholdInformation"),
    *("externalAlarmId", "isRootCause", "parentAlarm", "perceivedSeverity", "place", "plannedOutageIndicator"),
    *("probableCause", "proposedRepairedActions", "reportingSystemId", "serviceAffecting", "sourceSystemId"),
    *("specificProblem", "state", "@type", "@baseType", "@schemaLocation"),
}
# X.733 §8.1.1, with the security alarms of X.736
ALARM_TYPES = {
    *("communicationsAlarm", "processingErrorAlarm", "environmentalAlarm", "qualityOfServiceAlarm", "equipmentAlarm"),
    *("integrityViolation", "operationalViolation", "physicalViolation", "securityServiceOrMechanismViolation"),
    "timeDomainViolation",
}


def book(town, worked_on=None):
    return tmf642.Alarms(town.city.book.faults.values(), town.city.topology.inventory, worked_on or {})


def alarms(town, **wanted):
    known = book(town)
    return [known.alarm(fault) for fault in known.matching(wanted)]


def test_an_alarm_has_the_attributes_of_the_standard_and_no_others(troubled):
    assert set(tmf642.FIELDS) <= ATTRIBUTES
    for alarm in alarms(troubled):
        assert set(alarm) <= set(tmf642.FIELDS)
        assert None not in alarm.values()


def test_a_cut_tells_what_it_is_of_what_it_costs_and_whom_to_send(troubled):
    cut = alarms(troubled)[0]
    fault = troubled.city.book.open_faults[0]
    assert (cut["id"], cut["href"]) == (fault.id, f"/api/tmf-api/alarmManagement/v4/alarm/{fault.id}")
    assert (cut["alarmType"], cut["probableCause"]) == ("communicationsAlarm", "lossOfSignal")
    assert (cut["state"], cut["perceivedSeverity"], cut["serviceAffecting"]) == ("raised", "major", True)
    assert (cut["alarmedObjectType"], cut["alarmedObject"]) == ("link", {"id": "link:chain-1"})
    assert cut["affectedService"] == [{"id": "cctv", "name": "방범 CCTV"}, {"id": "its", "name": "교통정보"}]
    assert cut["place"] == [{"role": "district", "name": "옥정동"}]
    assert cut["proposedRepairedActions"] == "send fibre crew 한빛통신 031-000-0000"
    assert cut["alarmRaisedTime"] == "2026-11-30T02:59:00.000Z"
    assert "alarmClearedTime" not in cut


def test_what_costs_nobody_anything_affects_no_service(troubled):
    reserve = alarms(troubled, specificProblem="redundancy_lost")[0]
    assert reserve["serviceAffecting"] is False
    assert "affectedService" not in reserve


def test_every_kind_of_fault_has_a_type_of_the_standard():
    assert set(tmf642.ALARM_TYPES) <= ALARM_TYPES
    assert set(tmf642.PROBLEMS) == {kind.value for kind in FaultKind}
    assert set(tmf642._NATURES) == set(FaultKind)


def test_once_cleared_the_severity_is_cleared(troubled):
    fault = replace(troubled.city.book.open_faults[0], cleared_wall_s=NOON_S)
    known = tmf642.Alarms([fault], troubled.city.topology.inventory, {})
    alarm = known.alarm(fault)
    assert (alarm["state"], alarm["perceivedSeverity"]) == ("cleared", "cleared")
    assert alarm["alarmClearedTime"] == alarm["alarmChangedTime"] == "2026-11-30T03:00:00.000Z"
    assert known.matching({"perceivedSeverity": "cleared"}) == [fault]
    assert known.matching({"perceivedSeverity": "major"}) == []


def test_maintenance_shows_as_a_planned_outage(troubled):
    fault = troubled.city.book.open_faults[0]
    assert book(troubled).alarm(fault)["plannedOutageIndicator"] == "inService"
    assert book(troubled, {fault.subject: True}).alarm(fault)["plannedOutageIndicator"] == "outOfService"


@pytest.mark.parametrize(
    ("wanted", "kinds"),
    [
        ({}, ["link_cut", "redundancy_lost"]),
        ({"perceivedSeverity": "minor"}, ["redundancy_lost"]),
        ({"state": "raised", "alarmedObjectType": "link"}, ["link_cut", "redundancy_lost"]),
        ({"probableCause": "lossOfSignal"}, ["link_cut"]),
        ({"state": "cleared"}, []),
    ],
)
def test_alarms_are_filtered_by_their_attributes(troubled, wanted, kinds):
    assert [one["specificProblem"] for one in alarms(troubled, **wanted)] == kinds


def test_named_fields_alone_are_told_and_always_the_id(troubled):
    known = book(troubled)
    alarm = known.alarm(troubled.city.book.open_faults[0], ("state", "bogus"))
    assert set(alarm) == {"id", "href", "state"}


def test_an_earlier_fault_that_contributes_is_correlated(troubled):
    cut, reserve = troubled.city.book.open_faults
    contributed = replace(
        cut, found=replace(cut.found, cause=replace(cut.found.cause, contributing=(reserve.subject,)))
    )
    known = tmf642.Alarms([contributed, reserve], troubled.city.topology.inventory, {})
    assert known.alarm(contributed)["correlatedAlarm"] == [{"id": reserve.id, "href": tmf642.href(reserve.id)}]
    assert "correlatedAlarm" not in known.alarm(reserve)
