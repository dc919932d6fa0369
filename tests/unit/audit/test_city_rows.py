"""What is told of the city and read of it again is the same, whatever it was; what cannot be read is left out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netwatch.audit.city_rows import FAULT, city_memory, fault_row, field_device_row, link_row, ring_row, rows_of
from netwatch.audit.records import Verdict
from netwatch.core.events import EventKind
from netwatch.core.faults.book import Fault, Found
from netwatch.core.faults.diagnosis import Cause, FaultKind
from netwatch.core.faults.dispatch import Crew, Dispatch
from netwatch.core.faults.severity import Severity
from netwatch.core.field.verdict import FieldCause, FieldCondition, FieldVerdict
from netwatch.core.links.rings import RingCondition, RingState, Told, resumed_ring
from netwatch.core.links.state import LinkCondition, LinkState
from netwatch.core.records import replace

T0 = 1_760_000_000.25
TIMES = st.floats(min_value=0.0, max_value=4e9, allow_nan=False)
TEXTS = st.text(max_size=12)
NAMES = st.frozensets(TEXTS, max_size=3)
LISTS = st.lists(TEXTS, max_size=3).map(tuple)
CAUSES = st.builds(
    Cause,
    kind=st.sampled_from(FaultKind),
    subject=TEXTS,
    since_wall_s=TIMES,
    ambiguous_with=LISTS,
    evidence=LISTS,
    contributing=LISTS,
    links=NAMES,
    stopped=NAMES,
    devices=NAMES,
    field_devices=NAMES,
    weakened=NAMES,
)
FOUND = st.builds(
    Found,
    cause=CAUSES,
    severity=st.sampled_from(Severity),
    affected=st.dictionaries(st.tuples(TEXTS, TEXTS), st.integers(0, 9), max_size=3),
    dispatch=st.builds(Dispatch, crew=st.sampled_from(Crew), contractor=TEXTS, name=TEXTS, phone=TEXTS),
    place=TEXTS,
)
FAULTS = st.builds(
    Fault,
    id=st.text("0123456789abcdef", min_size=12, max_size=12),
    found=FOUND,
    since_wall_s=TIMES,
    cleared_wall_s=st.none() | TIMES,
    left=st.dictionaries(st.sampled_from(Severity), TIMES, max_size=3),
    settled=TEXTS,
)


def a_fault(**changes):
    cause = Cause(kind=FaultKind.CABLE_CUT, subject="cable:c-017", since_wall_s=T0, links=frozenset({"l1"}))
    return replace(
        Fault(id="0123456789ab", found=Found(cause=cause, severity=Severity.MAJOR), since_wall_s=T0), **changes
    )


@settings(deadline=None)
@given(FAULTS)
def test_a_fault_is_the_same_after_it_was_stored(fault):
    assert city_memory([fault_row(fault)]).faults == (fault,)


@settings(deadline=None)
@given(FAULTS)
def test_a_stored_fault_is_one_line_under_its_id(fault):
    row = fault_row(fault)
    assert (row.subject, row.kind, row.since_wall_s) == (f"fault:{fault.id}", FAULT, fault.since_wall_s)
    assert "\n" not in row.state


@pytest.mark.parametrize("condition", [one for one in LinkCondition if one is not LinkCondition.UNKNOWN])
def test_a_link_resumes_unknown_and_remembers_what_it_was(condition):
    row = link_row("ring-a-1", LinkState(condition=condition, since_wall_s=T0))
    resumed = city_memory([row]).links["ring-a-1"]
    assert resumed.condition is LinkCondition.UNKNOWN
    assert (resumed.before_dark.condition, resumed.before_dark.since_wall_s) == (condition, T0)
    assert resumed.from_store


@pytest.mark.parametrize("condition", [one for one in RingCondition if one is not RingCondition.UNKNOWN])
def test_a_ring_resumes_with_its_time_without_reserve(condition):
    told = Told(condition=condition, since_wall_s=T0)
    before = resumed_ring(told, unprotected_s=3600.5, counted_wall_s=T0 + 60.0)
    state = replace(before, condition=condition, since_wall_s=T0)
    assert city_memory([ring_row("ring-a", state)]).rings["ring-a"] == before


@pytest.mark.parametrize("cause", [None, *FieldCause])
def test_a_field_device_resumes_with_its_cause(cause):
    verdict = FieldVerdict(condition=FieldCondition.FAULT, cause=cause, since_wall_s=T0)
    assert city_memory([field_device_row("cam-1", verdict)]).field_devices["cam-1"] == verdict


def test_what_is_not_known_is_not_stored_so_what_was_known_last_stays_on_record():
    assert link_row("l", LinkState(condition=LinkCondition.UNKNOWN, since_wall_s=T0)) is None
    assert ring_row("r", RingState(condition=RingCondition.UNKNOWN, since_wall_s=T0)) is None
    assert field_device_row("f", FieldVerdict(since_wall_s=T0)) is None
    assert field_device_row("f", FieldVerdict(condition=FieldCondition.FINE)) is None


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (FAULT, "no JSON"),
        (FAULT, "{}"),
        (FAULT, "[]"),
        (FAULT, '{"kind":"unheard_of"}'),
        (EventKind.LINK_STATE, "sideways"),
        (EventKind.RING_STATE, "intact"),
        (EventKind.RING_STATE, "intact much later"),
        (EventKind.FIELD_DEVICE_STATE, "fault by_magic"),
    ],
)
def test_a_row_that_cannot_be_read_is_left_out_and_the_others_are_not(kind, state):
    broken = Verdict(subject="x:y", kind=kind, state=state, since_wall_s=T0)
    memory = city_memory([broken, fault_row(a_fault())])
    assert [fault.id for fault in memory.faults] == ["0123456789ab"]
    assert (memory.links, memory.rings, memory.field_devices) == ({}, {}, {})


def test_rows_of_other_things_are_nothing_of_the_city():
    row = Verdict(subject="device:a", kind=EventKind.DEVICE_STATE, state="up", since_wall_s=T0)
    assert city_memory([row]).faults == ()


def test_only_what_is_known_is_among_the_rows_of_what_changed():
    links = {
        "l1": LinkState(condition=LinkCondition.UP, since_wall_s=T0),
        "l2": LinkState(condition=LinkCondition.UNKNOWN),
    }
    rows = list(rows_of(links, {}, {"cam": FieldVerdict()}, [a_fault()]))
    assert [row.subject for row in rows] == ["link:l1", "fault:0123456789ab"]


def test_a_cleared_fault_is_stored_as_cleared():
    (fault,) = city_memory([fault_row(a_fault(cleared_wall_s=T0 + 60.0))]).faults
    assert not fault.is_open
