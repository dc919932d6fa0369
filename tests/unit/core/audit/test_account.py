"""A city in small: two cameras behind a cut, one with a fault of its own, a signal controller and a switch."""

import json
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netwatch.core.audit import readings
from netwatch.core.audit.account import Account, account
from netwatch.core.audit.intervals import Class, Span
from netwatch.core.audit.periods import Period
from netwatch.core.audit.protection import RingSpan, protection
from netwatch.core.audit.readings import View
from netwatch.core.audit.record import as_record
from netwatch.core.audit.service_availability import CITY, Scope
from netwatch.core.audit.subjects import Method, Subject
from netwatch.core.audit.target import Verdict, target_of
from netwatch.core.device.record import DeviceVerdict
from netwatch.core.field.verdict import FieldCondition
from netwatch.core.links.rings import UNPROTECTED, RingCondition
from netwatch.core.links.state import LinkCondition
from tests.unit.core.audit.histories import History, histories, moments
from tests.unit.core.audit.moments import BEGIN, DAY, DOWN, HOUR, UNKNOWN, UP, hour, span, window

SERVICE = Method(view=View.SERVICE, observed={"ping_ms": 10_000, "lost_in_a_row": 4})
CAMERAS = {"service": "cctv", "district": "중앙동", "up_means": "rtsp", "target": target_of(0.9)}
STORY = (  # hours of the day, as the record has a camera behind a cut from 6 to 10
    (0, 6, FieldCondition.FINE, ""),
    (6, 10, FieldCondition.UNREACHABLE, "cut-17"),
    (10, 24, FieldCondition.FINE, ""),
)


def read(reading: dict[FieldCondition, Class]) -> list[Span]:
    return [span(begin, end, reading[state], fault) for begin, end, state, fault in STORY]


def city(method: Method = SERVICE) -> Account:
    behind = read(readings.FIELD_SERVICE)
    return account(
        [
            Subject(id="field_device:cam-1", spans=behind, site="a", **CAMERAS),
            Subject(id="field_device:cam-2", spans=behind, site="b", **(CAMERAS | {"district": "옥정동"})),
            Subject(
                id="field_device:cam-3",
                spans=[span(0, 20, UP), span(20, None, DOWN, "port-3")],
                declarations=(window(1, 2),),
                site="a",
                **CAMERAS,
            ),
            Subject(id="field_device:sig-1", spans=[span(0, 24, UP)], service="signal", up_means="ping"),
            Subject(id="device:sw-1", spans=[span(0, 22, UP), span(22, 24, DOWN)], weight=10, site="a"),
        ],
        DAY,
        method=method,
        gaps=[(hour(12), hour(13)), (hour(23.5), None)],
    )


def test_a_camera_behind_a_cut_is_not_observed_as_a_device_and_down_as_a_service():
    (as_device, as_service) = (
        account([Subject(id="cam", spans=read(reading))], DAY, method=Method(view=view)).subjects["cam"]
        for reading, view in ((readings.FIELD_DEVICE, View.DEVICE), (readings.FIELD_SERVICE, View.SERVICE))
    )
    assert (as_device.time.unknown, as_device.time.down, as_device.lost_ms) == (4 * HOUR, 0, {})
    assert (as_service.time.unknown, as_service.time.down, as_service.lost_ms) == (0, 4 * HOUR, {"cut-17": 4 * HOUR})


def test_faults_are_ranked_by_the_camera_hours_they_cost():
    costs = [(cost.fault, cost.camera_ms / HOUR, cost.subjects) for cost in city().scopes[Scope(service="cctv")].faults]
    assert costs == [("cut-17", 8, 2), ("port-3", 3.5, 1)]
    assert [cost.fault for cost in city().scopes[CITY].faults] == ["", "cut-17", "port-3"]  # the switch: 10 cameras


def test_a_service_is_the_sum_of_its_cameras():
    cctv = city().scopes[Scope(service="cctv")]
    assert (cctv.subjects, cctv.weight, cctv.lost_camera_ms) == (3, 3, 11.5 * HOUR)
    assert cctv.time.unknown == 3 * 1.5 * HOUR
    assert cctv.time.maintenance == HOUR
    assert cctv.time.availability == Fraction(55) / Fraction(133, 2)


def test_services_and_districts_each_have_their_own():
    scopes = city().scopes
    assert scopes[Scope(service="cctv", district="옥정동")].lost_camera_ms == 4 * HOUR
    assert scopes[Scope(service="cctv", district="중앙동")].lost_camera_ms == 7.5 * HOUR
    assert scopes[Scope(district="중앙동")].subjects == 2
    assert scopes[Scope(site="a")].subjects == 3
    assert next(iter(scopes)) == CITY
    assert scopes[CITY].weight == 14


def test_a_gap_of_the_record_is_nobodys_uptime():
    assert city().subjects["field_device:sig-1"].time.unknown == 1.5 * HOUR
    assert city().gaps == ((hour(12), hour(13)), (hour(23.5), DAY.until_ms))


def test_gaps_outside_the_period_are_not_told_of():
    gaps = [(BEGIN - 10, BEGIN), (BEGIN - 10, BEGIN + 5), (DAY.until_ms, None)]
    assert account([], DAY, method=SERVICE, gaps=gaps).gaps == ((BEGIN, BEGIN + 5),)


def test_a_scope_is_judged_by_the_target_that_all_of_it_has():
    scopes = city().scopes
    assert scopes[Scope(service="cctv")].verdict is Verdict.MISSED
    assert scopes[Scope(service="signal")].verdict is None
    assert scopes[CITY].verdict is None
    assert city().subjects["field_device:cam-3"].verdict is Verdict.MISSED


def test_what_up_meant_is_told_with_the_figures():
    assert city().scopes[Scope(service="cctv")].up_means == ("rtsp",)
    assert city().scopes[CITY].up_means == ("", "ping", "rtsp")


def test_repairs_of_a_service_are_those_of_its_cameras():
    cctv = city().scopes[Scope(service="cctv")].repair
    assert (cctv.outages, cctv.failures, cctv.censored) == (3, 3, 1)
    assert cctv.mttr_complete_ms == 4 * HOUR


def test_a_window_that_was_over_before_the_period_is_not_told_of():
    subject = Subject(id="a", spans=[span(-30, 24, UP)], declarations=(window(-3, -1), window(-1, 1, id="m-2")))
    (judged,) = account([subject], DAY, method=SERVICE).subjects["a"].judged
    assert judged.declaration.id == "m-2"


def test_two_subjects_of_one_id_are_a_mistake():
    twice = [Subject(id="a", spans=[]), Subject(id="a", spans=[])]
    with pytest.raises(ValueError, match="two subjects have one id"):
        account(twice, DAY, method=SERVICE)


def test_a_weight_is_not_negative():
    with pytest.raises(ValueError, match="weight counts things"):
        Subject(id="a", spans=[], weight=-1)


def part_of(scope: Scope, subject: Subject) -> bool:
    pairs = zip(scope, (subject.service, subject.district, subject.site), strict=True)
    return all(wanted in (None, its) for wanted, its in pairs)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(histories(st.just((5000, 9000)), before=3000, cell_ms=1), st.integers(0, 5)), max_size=4))
def test_sums_are_those_of_the_parts_however_they_are_grouped(drawn: list[tuple[History, int]]):
    subjects = [
        Subject(
            id=f"cam-{number}",
            spans=history.subject.spans,
            declarations=history.subject.declarations,
            service=("cctv", "vms")[number % 2],
            district=("a", "b", "")[number % 3],
            weight=weight,
        )
        for number, (history, weight) in enumerate(drawn)
    ]
    parts = [Period(from_ms=5000, until_ms=6000), Period(from_ms=6000, until_ms=9000)]
    found = account(subjects, Period(from_ms=5000, until_ms=9000), method=SERVICE, parts=parts)
    columns = found.calendar
    assert columns.keys() == found.scopes.keys()
    for number, part in enumerate(parts):
        alone = account(subjects, part, method=SERVICE).scopes
        assert {scope: column[number] for scope, column in columns.items()} == {
            scope: one.time for scope, one in alone.items()
        }
    for scope, one in found.scopes.items():
        of_it = [found.subjects[subject.id] for subject in subjects if part_of(scope, subject)]
        assert one.subjects == len(of_it)
        assert one.time.down == sum(part.weight * part.time.down for part in of_it)
        assert one.time.total == sum(part.weight * 4000 for part in of_it)
        assert one.n_interval.total == one.time.total
        assert sum(cost.camera_ms for cost in one.faults) == one.lost_camera_ms
        assert list(one.faults) == sorted(one.faults, key=lambda cost: (-cost.camera_ms, cost.fault))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(histories(moments(), before=3000, cell_ms=1), st.lists(st.integers(1, 4999), max_size=5))
def test_the_parts_of_a_calendar_add_up_to_the_period(history: History, cuts: list[int]):
    ends = sorted(
        {history.first, history.end, *(at + history.first for at in cuts if at < history.end - history.first)}
    )
    parts = [Period(from_ms=begin, until_ms=end) for begin, end in pairwise(ends)]
    found = account([history.subject], history.period, method=history.method, gaps=history.unseen, parts=parts)
    whole, columns = found.scopes[CITY].time, found.calendar[CITY]
    assert [part.total for part in columns] == [part.length_ms for part in parts]
    for name in ("up", "down", "maintenance", "unknown", "not_in_service"):
        assert sum(getattr(part, name) for part in columns) == getattr(whole, name)


def test_a_calendar_without_days_is_empty():
    assert account([Subject(id="a", spans=[])], Period(from_ms=0, until_ms=1), method=SERVICE).calendar == {}


def test_an_account_is_data_that_says_how_it_was_made():
    record = json.loads(json.dumps(as_record(city())))
    assert record["period"] == {
        "from_ms": DAY.from_ms,
        "until_ms": DAY.until_ms,
        "zone": "Asia/Seoul",
        "label": "2026-11-01",
    }
    assert record["method"] == {
        "version": 1,
        "view": "service",
        "precedence": ["not_in_service", "maintenance", "unknown", "down", "up"],
        "notice_ms": 24 * HOUR,
        "raw": {"ping_ms": 10_000, "lost_in_a_row": 4},
        "n_interval": {"modelled_on": "MEF 10.3", "length_ms": 10_000, "in_a_row": 10, "threshold": "1/2"},
        "rounded": {"shares": "down", "losses": "up"},
    }
    camera = record["subjects"]["field_device:cam-3"]
    assert (camera["up_means"], camera["target"], camera["verdict"]) == ("rtsp", "9/10", "missed")
    assert camera["raw"]["availability"] == "36/43"
    assert camera["maintenance"][0]["refusals"] == []
    assert camera["outages"][0]["ended"] == "unseen"


def test_a_record_has_no_number_that_is_not_whole():
    def numbers(part: object) -> list[object]:
        if isinstance(part, dict | list):
            return [one for inner in (part.values() if isinstance(part, dict) else part) for one in numbers(inner)]
        return [part] if isinstance(part, int | float) else []

    found = numbers(as_record(city()))
    assert len(found) > 100
    assert {type(one) for one in found} == {int}


def test_the_same_record_comes_of_the_same_rows_in_any_order():
    subject = Subject(id="a", spans=[*read(readings.FIELD_SERVICE), span(3, 8, UNKNOWN)], declarations=(window(5, 9),))
    turned = Subject(id="a", spans=subject.spans[::-1], declarations=subject.declarations)
    ways = [as_record(account([one], DAY, method=SERVICE)) for one in (subject, turned)]
    assert json.dumps(ways[0]) == json.dumps(ways[1])


def ring(*spans: tuple[float, float, RingCondition], **other):
    rows = [RingSpan(hour(begin), hour(end), condition) for begin, end, condition in spans]
    return protection("ring-a", rows, other.get("windows", ()), DAY, notice_ms=24 * HOUR)


def test_a_ring_is_without_reserve_while_it_is_switched_or_split():
    found = ring(
        (0, 4, RingCondition.INTACT),
        (4, 9, RingCondition.SWITCHED),
        (9, 10, RingCondition.SPLIT),
        (10, 12, RingCondition.RESTORING),
        (12, 15, RingCondition.MANUAL),
        (15, 20, RingCondition.INTACT),
    )
    assert (found.unprotected_ms, found.split_ms, found.by_hand_ms) == (6 * HOUR, HOUR, 3 * HOUR)
    assert found.time.unknown == 4 * HOUR


def test_work_on_a_ring_that_was_declared_is_told_apart():
    found = ring((0, 4, RingCondition.INTACT), (4, 9, RingCondition.SWITCHED), windows=(window(3, 6),))
    assert (found.unprotected_ms, found.in_maintenance_ms) == (3 * HOUR, 2 * HOUR)


@pytest.mark.parametrize(
    ("reading", "states"),
    [
        (readings.DEVICE, DeviceVerdict),
        (readings.DEVICE_SERVICE, DeviceVerdict),
        (readings.FIELD_DEVICE, FieldCondition),
        (readings.FIELD_SERVICE, FieldCondition),
        (readings.LINK, LinkCondition),
        (readings.RING, RingCondition),
        (readings.ring_reserve(), RingCondition),
    ],
)
def test_every_state_of_the_record_counts_as_something(reading, states):
    assert set(reading) == set(states)
    assert all(reading[state] is Class.UNKNOWN for state in states if state.value == "unknown")
    assert Class.MAINTENANCE not in reading.values()


def test_what_is_behind_a_fault_is_not_observed_as_a_device_and_down_as_a_service():
    for of_device, of_service, behind in (
        (readings.DEVICE, readings.DEVICE_SERVICE, DeviceVerdict.UNREACHABLE),
        (readings.FIELD_DEVICE, readings.FIELD_SERVICE, FieldCondition.UNREACHABLE),
    ):
        assert (of_device[behind], of_service[behind]) == (Class.UNKNOWN, Class.DOWN)
        assert {state for state in of_device if of_device[state] is not of_service[state]} == {behind}


def test_what_leaves_a_ring_without_reserve_is_what_the_metric_counts():
    assert {state for state, read_as in readings.ring_reserve().items() if read_as is Class.DOWN} == UNPROTECTED
