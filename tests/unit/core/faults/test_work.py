"""How the work on a fault stands."""

import itertools

import pytest

from netwatch.core.faults.severity import Severity
from netwatch.core.faults.work import Did, Work, WorkLog

CLOCK = itertools.count(1000.0)


def work(did, text="", *, fault="f1", severity=Severity.MAJOR, user="kim"):
    return Work(fault=fault, at_wall_s=next(CLOCK), user=user, did=did, text=text, severity=severity)


@pytest.fixture
def log():
    return WorkLog()


def test_a_fault_nobody_touched_has_no_work(log):
    assert (log.of("f1"), log.acknowledged("f1", Severity.MAJOR), log.assigned("f1"), log.ticketed("f1")) == (
        (),
        None,
        None,
        None,
    )


def test_an_acknowledgement_holds_until_it_is_withdrawn(log):
    log.put(taken := work(Did.ACKNOWLEDGED, "crew called"))
    log.put(work(Did.NOTED, "on the way"))
    assert log.acknowledged("f1", Severity.MAJOR) == taken
    log.put(work(Did.WITHDREW))
    assert log.acknowledged("f1", Severity.MAJOR) is None
    log.put(again := work(Did.ACKNOWLEDGED))
    assert log.acknowledged("f1", Severity.MAJOR) == again


@pytest.mark.parametrize(("now", "holds"), [(Severity.CRITICAL, False), (Severity.MAJOR, True), (Severity.MINOR, True)])
def test_a_fault_that_became_worse_is_acknowledged_no_longer(log, now, holds):
    log.put(work(Did.ACKNOWLEDGED, severity=Severity.MAJOR))
    assert (log.acknowledged("f1", now) is not None) is holds


def test_the_newest_assignment_and_ticket_count(log):
    log.restore([work(Did.ASSIGNED, "kim"), work(Did.ASSIGNED, "hanbit"), work(Did.TICKETED, "SR-1")])
    assert (log.assigned("f1").text, log.ticketed("f1").text) == ("hanbit", "SR-1")


def test_work_belongs_to_its_fault_alone(log):
    log.put(work(Did.ACKNOWLEDGED, fault="f2"))
    assert log.acknowledged("f1", Severity.MINOR) is None


def test_every_change_shows_in_the_version(log):
    before = log.version
    log.put(work(Did.NOTED, "a"))
    assert log.version != before
