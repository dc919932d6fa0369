"""A fault has one id for good: over refinement, reopening, reload and restart; and is told once."""

import pytest

from netwatch.core.events import EventKind
from netwatch.core.faults.book import REOPENED_WITHIN_S, TOLD_CLEARED_S, FaultBook, Found, fault_id
from netwatch.core.faults.diagnosis import Cause, FaultKind
from netwatch.core.faults.severity import Severity

T0 = 1_760_000_000.0
OPENED, CHANGED, CLEARED, SETTLED = (
    EventKind.FAULT_OPENED,
    EventKind.FAULT_CHANGED,
    EventKind.FAULT_CLEARED,
    EventKind.FAULT_SETTLED,
)


def cause(subject="cable:c1", kind=FaultKind.CABLE_CUT, *, since=T0, links=("l1",), devices=(), fields=(), **changes):
    told = {"links": frozenset(links), "devices": frozenset(devices), "field_devices": frozenset(fields)}
    return Cause(kind=kind, subject=subject, since_wall_s=since, **{**told, **changes})


def found(*arguments, severity=Severity.MAJOR, affected=None, **changes):
    return Found(cause=cause(*arguments, **changes), severity=severity, affected=affected or {})


class Book(FaultBook):
    """Folds at `at` seconds after the beginning; `well`: what is no longer said is well."""

    def see(self, *found_, at=0.0, well=False):
        return self.fold(found_, now_wall_s=T0 + at, is_well=lambda _: well)

    @property
    def open(self):
        return [fault for fault in self.faults.values() if fault.is_open]


def kinds(events):
    return [event.kind for event in events]


@pytest.fixture
def book():
    one = Book()
    one.see(found())
    return one


def test_a_fault_is_told_once_and_then_only_when_it_changes(book):
    assert book.see(found(), at=1.0) == ()


def test_opening_is_dated_from_when_it_happened():
    (event,) = Book().see(found(since=T0 - 7.0), at=3.0)
    assert (event.kind, event.subject, event.at_wall_s) == (OPENED, "cable:c1", T0 - 7.0)


def test_the_event_tells_what_it_costs_and_whom_to_send():
    one = found(devices=("a", "b"), ambiguous_with=("link:l1",), evidence=("dark",), affected={("cctv", "east"): 3})
    (event,) = Book().see(one)
    assert event.detail["devices"] == 2
    assert event.detail["field_devices"] == 3
    assert event.detail["ambiguous_with"] == "link:l1"
    assert event.detail["evidence"] == "dark"
    assert event.detail["send"] == "nobody"


def test_the_same_fault_has_the_same_id_wherever_it_is_worked_out():
    assert fault_id(FaultKind.CABLE_CUT, "cable:c1", T0) == fault_id(FaultKind.CABLE_CUT, "cable:c1", T0 + 0.0001)
    others = {fault_id(FaultKind.CABLE_CUT, "cable:c2", T0), fault_id(FaultKind.LINK_CUT, "cable:c1", T0)}
    assert fault_id(FaultKind.CABLE_CUT, "cable:c1", T0) not in others
    assert fault_id(FaultKind.CABLE_CUT, "cable:c1", T0 + 1) != fault_id(FaultKind.CABLE_CUT, "cable:c1", T0)


# refinement


def test_growing_worse_is_a_change_of_the_same_fault(book):
    (before,) = book.open
    events = book.see(found(severity=Severity.CRITICAL, devices=("a",)), at=5.0)
    assert kinds(events) == [CHANGED]
    (after,) = book.open
    assert (after.id, after.since_wall_s) == (before.id, before.since_wall_s)


def test_a_severity_it_has_left_is_remembered_to_be_told_as_none_and_then_forgotten(book):
    book.see(found(severity=Severity.CRITICAL), at=5.0)
    assert book.open[0].left == {Severity.MAJOR: T0 + 5.0}
    book.see(found(severity=Severity.CRITICAL), at=6.0 + TOLD_CLEARED_S)
    assert book.open[0].left == {}


def test_a_severity_it_comes_back_to_is_not_among_those_it_left(book):
    book.see(found(severity=Severity.CRITICAL), at=5.0)
    book.see(found(severity=Severity.MAJOR), at=6.0)
    assert book.open[0].left.keys() == {Severity.CRITICAL}


def test_a_better_name_for_the_same_darkness_keeps_the_id(book):
    (before,) = book.open
    events = book.see(found("device:a", FaultKind.DEVICE_POWER, ambiguous_with=("cable:c1",)), at=5.0)
    assert kinds(events) == [CHANGED]
    assert (book.open[0].id, book.open[0].subject) == (before.id, "device:a")


def test_a_new_date_does_not_change_the_date_of_the_fault(book):
    book.see(found(since=T0 - 60.0), at=5.0)
    assert book.open[0].since_wall_s == T0


def test_more_evidence_alone_is_no_news(book):
    assert book.see(found(evidence=("another port is dark",)), at=5.0) == ()
    assert book.open[0].found.cause.evidence == ("another port is dark",)


def test_another_fault_that_could_be_the_same_but_is_about_other_things_is_another(book):
    events = book.see(found(), found("device:a", FaultKind.DEVICE_POWER, links=("l9",), ambiguous_with=("cable:c1",)))
    assert kinds(events) == [OPENED]
    assert len(book.open) == 2


def test_a_camera_gone_dark_is_no_continuation_of_a_stranger_in_its_place():
    book, camera = Book(), "field_device:cam-1"
    book.see(found(camera, FaultKind.WRONG_DEVICE, links=(), fields=("cam-1",)))
    events = book.see(found(camera, FaultKind.PORT, links=(), fields=("cam-1",)), at=5.0)
    assert kinds(events) == [OPENED, CLEARED]
    assert [fault.kind for fault in book.open] == [FaultKind.PORT]


# what is not sure


def test_what_is_not_sure_is_not_told():
    book = Book()
    assert book.see(found(is_sure=False)) == ()
    assert book.open == []


def test_what_was_sure_keeps_its_words_while_the_new_ones_are_not(book):
    assert book.see(found(kind=FaultKind.LINK_CUT, is_sure=False, severity=Severity.CRITICAL), at=5.0) == ()
    assert (book.open[0].kind, book.open[0].severity) == (FaultKind.CABLE_CUT, Severity.MAJOR)


# clearing


def test_what_is_no_longer_said_but_not_seen_to_be_well_stays_open(book):
    assert book.see(at=5.0) == ()
    assert len(book.open) == 1


def test_it_clears_when_what_it_was_about_is_seen_to_be_well(book):
    (event,) = book.see(at=5.0, well=True)
    assert (event.kind, event.subject, event.at_wall_s) == (CLEARED, "cable:c1", T0 + 5.0)
    assert book.open == []


def test_it_is_asked_of_the_cause_that_is_no_longer_said(book):
    asked = []
    book.fold((), now_wall_s=T0 + 5.0, is_well=lambda one: bool(asked.append(one)))
    assert [one.subject for one in asked] == ["cable:c1"]


def test_what_another_fault_now_explains_is_merged_into_it():
    book = Book()
    book.see(found("device:a", FaultKind.DEVICE_POWER, devices=("a",), links=("l1",)))
    whole = found("device:core", FaultKind.DEVICE_POWER, devices=("a", "b"), links=("l1", "l2"), since=T0 + 1.0)
    opened, cleared = book.see(whole, at=5.0)
    assert (opened.kind, cleared.kind) == (OPENED, CLEARED)
    assert cleared.detail["merged_into"] == opened.detail["fault"]
    assert [fault.subject for fault in book.open] == ["device:core"]


def test_what_another_only_partly_explains_is_not():
    book = Book()
    book.see(found("device:a", FaultKind.DEVICE_POWER, devices=("a", "z"), links=("l1",)))
    book.see(found("device:core", FaultKind.DEVICE_POWER, devices=("a",), links=("l1",), since=T0 + 1.0), at=5.0)
    assert len(book.open) == 2


def test_a_cleared_fault_is_kept_to_be_told_as_gone_and_then_forgotten(book):
    book.see(at=5.0, well=True)
    book.see(at=5.0 + TOLD_CLEARED_S)
    assert len(book.faults) == 1
    book.see(at=6.0 + TOLD_CLEARED_S)
    assert book.faults == {}


# reopening


def test_one_that_is_back_soon_is_the_same_fault_again(book):
    (before,) = book.open
    book.see(at=5.0, well=True)
    (event,) = book.see(found(since=T0 + 60.0), at=65.0)
    assert (event.kind, event.detail["again"]) == (OPENED, True)
    assert (book.open[0].id, book.open[0].since_wall_s) == (before.id, T0)


def test_one_that_is_back_late_is_another(book):
    book.see(at=5.0, well=True)
    at_s = 6.0 + REOPENED_WITHIN_S
    (event,) = book.see(found(since=T0 + at_s), at=at_s)
    assert "again" not in event.detail
    assert len(book.faults) == 2


def test_one_that_is_back_soon_as_something_else_is_another(book):
    """Prometheus tells of an end for a quarter of an hour: under one id, of a fault that is open as well."""
    book.see(at=5.0, well=True)
    (event,) = book.see(found(kind=FaultKind.REDUNDANCY_LOST, since=T0 + 60.0), at=65.0)
    assert (event.kind, "again" in event.detail) == (OPENED, False)
    assert [(fault.kind, fault.is_open) for fault in book.faults.values()] == [
        (FaultKind.CABLE_CUT, False),
        (FaultKind.REDUNDANCY_LOST, True),
    ]


# reload and restart


def test_a_recalled_fault_that_is_found_again_is_not_told_again(book):
    after = Book()
    after.recall(book.faults.values())
    assert after.see(found(since=T0 + 3.0), at=60.0) == ()
    assert (after.open[0].id, after.open[0].since_wall_s) == (book.open[0].id, T0)


def test_a_recalled_fault_that_is_not_yet_seen_stays_open(book):
    after = Book()
    after.recall(book.faults.values())
    assert after.see(at=60.0) == ()
    assert after.open[0].is_recalled


def test_a_recalled_fault_that_is_well_clears_once(book):
    after = Book()
    after.recall(book.faults.values())
    assert kinds(after.see(at=60.0, well=True)) == [CLEARED]
    assert after.see(at=61.0, well=True) == ()


# what is to be stored


def test_what_changed_is_given_once(book):
    assert [fault.subject for fault in book.take_changed()] == ["cable:c1"]
    book.see(found(), at=1.0)
    assert book.take_changed() == ()
    book.see(found(devices=("a",)), at=2.0)
    assert len(book.take_changed()) == 1


def test_the_store_is_told_which_faults_there_still_are(book):
    assert book.subjects == {f"fault:{book.open[0].id}"}


def test_what_the_return_of_the_device_told_is_told_once(book):
    (fault,) = book.open
    book.see(at=5.0, well=True)
    event = book.settle(fault.id, "a restarted")
    assert (event.kind, event.detail["told"], event.at_wall_s) == (SETTLED, "a restarted", T0 + 5.0)
    assert book.settle(fault.id, "a restarted") is None
    assert book.settle("unheard-of", "a restarted") is None
    assert book.faults[fault.id].settled == "a restarted"


def test_a_lost_reserve_stays_one_when_a_second_cut_of_the_same_minute_darkens_what_is_between():
    book = FaultBook()
    first = found(kind=FaultKind.REDUNDANCY_LOST, severity=Severity.MINOR)
    book.fold([first], now_wall_s=T0 + 5, is_well=lambda _cause: False)
    (known,) = book.faults.values()
    shared = found(kind=FaultKind.CABLE_CUT, severity=Severity.MAJOR, shares_in_darkness=True)
    second = found("cable:c2", links=("l2",), devices=("acc-1",), since=T0 + 4, severity=Severity.MAJOR)
    events = book.fold([shared, second], now_wall_s=T0 + 9, is_well=lambda _cause: False)
    assert [(event.kind, event.subject) for event in events] == [(EventKind.FAULT_OPENED, "cable:c2")]
    after = book.faults[known.id]
    assert (after.kind, after.severity) == (FaultKind.REDUNDANCY_LOST, Severity.MINOR)


def test_the_open_ones_are_told_the_worst_first_then_the_oldest():
    book = Book()
    told = [("link:b", Severity.MINOR, 0.0), ("link:c", Severity.CRITICAL, 9.0), ("link:d", Severity.MINOR, -5.0)]
    book.see(*(found(name, links=(name,), since=T0 + at, severity=bad) for name, bad, at in told))
    assert list(map(str, book.open_faults)) == [
        "critical cable_cut link:c",
        "minor cable_cut link:d",
        "minor cable_cut link:b",
    ]
