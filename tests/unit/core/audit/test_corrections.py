"""What is corrected counts as it is said to have been, in figures of their own; what was recorded stays."""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from netwatch.core.audit.account import account
from netwatch.core.audit.corrections import CLASSES, Correction, TrueState, corrected, corrections_of
from netwatch.core.audit.declarations import Declaration
from netwatch.core.audit.intervals import Class, Span, stretches
from netwatch.core.audit.periods import Period
from netwatch.core.audit.readings import View
from netwatch.core.audit.record import as_record
from netwatch.core.audit.service_availability import CITY
from netwatch.core.audit.subjects import Method, Subject

CAM = "field_device:cam-1"
PERIOD = Period(from_ms=1000, until_ms=2000)
DARK = (Span(0, None, Class.DOWN, "f1"),)
METHOD = Method(view=View.SERVICE, notice_ms=0)


def correction(from_ms, until_ms, seen=Class.UP, name="k-1"):
    return Correction(id=name, subject=CAM, from_ms=from_ms, until_ms=until_ms, seen=seen)


def figures(*corrections, spans=DARK, gaps=(), declarations=()):
    one = Subject(id=CAM, spans=spans, corrections=corrections, declarations=declarations, weight=2)
    made = account([one, Subject(id="field_device:cam-2", spans=spans)], PERIOD, method=METHOD, gaps=gaps)
    return made, made.subjects[CAM]


def test_the_figures_as_recorded_stay_and_those_with_the_correction_stand_beside_them():
    made, one = figures(correction(1200, 1500))
    assert (one.time.up, one.time.down, one.lost_ms) == (0, 1000, {"f1": 1000})
    assert (one.corrected.up, one.corrected.down) == (300, 700)
    city = made.scopes[CITY]
    assert (city.time.down, city.corrected.down, city.corrected.up) == (3000, 2400, 600)  # cam-1 weighs 2
    told = as_record(made)["subjects"]
    assert told[CAM]["corrected"]["availability"] == "3/10"
    assert told["field_device:cam-2"]["corrected"] is None


def test_what_nobody_watched_can_be_corrected_too_and_maintenance_still_comes_first():
    window = Declaration(id="m-1", recorded_ms=0, from_ms=1300, until_ms=1400, requested_by=("kim",), approved_by="lee")
    _, one = figures(
        correction(1200, 1500), spans=[Span(0, None, Class.UP)], gaps=[(1100, 1600)], declarations=[window]
    )
    assert (one.time.unknown, one.time.maintenance) == (400, 100)
    assert (one.corrected.unknown, one.corrected.maintenance, one.corrected.up) == (200, 100, 700)


def test_a_correction_of_another_time_or_subject_changes_nothing():
    assert figures(correction(0, 1000), correction(2000, 3000))[1].corrected is None
    assert figures()[0].scopes[CITY].corrected is None


@dataclass
class Row:
    seq: int
    detail: dict[str, Any]
    subject: str = CAM
    more: dict[str, Any] = field(default_factory=dict)


def told(name, state, from_s=1.2, until_s=1.5):
    return {"id": name, "state": state, "from": from_s, "until": until_s, "reason": "r", "by": "kim"}


def test_rows_are_read_in_their_order_and_what_was_withdrawn_no_longer_counts():
    rows = [
        Row(3, told("k-2", "down")),
        Row(2, told("k-1", "up")),
        Row(5, {"withdraws": "k-1", "by": "kim"}),
        Row(4, told("k-3", "not_in_service"), subject="link:l-1"),
        Row(6, {"withdraws": "k-9", "by": "kim"}),
    ]
    assert corrections_of(rows) == {
        CAM: [correction(1200, 1500, Class.DOWN, "k-2")],
        "link:l-1": [Correction(id="k-3", subject="link:l-1", from_ms=1200, until_ms=1500, seen=Class.NOT_IN_SERVICE)],
    }
    assert {CLASSES[state] for state in TrueState} == set(Class) - {Class.MAINTENANCE}


TIMES = st.tuples(st.integers(0, 40), st.one_of(st.none(), st.integers(0, 40)))
SEEN = st.sampled_from([Class.UP, Class.DOWN, Class.UNKNOWN, Class.NOT_IN_SERVICE])


@given(
    st.lists(st.tuples(TIMES, SEEN), max_size=6),
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20), SEEN), max_size=4),
)
def test_moment_by_moment_the_last_correction_counts_and_elsewhere_what_was_recorded(recorded, made):
    spans = [Span(begin, end, seen) for (begin, end), seen in recorded]
    corrections = [correction(begin, begin + length, seen) for begin, length, seen in made]

    def seen_at(one, moment):
        return next(stretch.seen for stretch in one if stretch.from_ms <= moment < stretch.until_ms)

    before = stretches(spans, from_ms=0, until_ms=60)
    after = stretches(corrected(spans, corrections), from_ms=0, until_ms=60)
    for moment in range(60):
        last = [one.seen for one in corrections if one.from_ms <= moment < one.until_ms][-1:]
        assert seen_at(after, moment) == (last[0] if last else seen_at(before, moment))
