import pytest

from netwatch.core.audit.availability import declared_after, seen_in_maintenance, tally
from netwatch.core.audit.declarations import DAY_MS, Refusal
from netwatch.core.audit.intervals import Class, Span, ms_of, stretches
from netwatch.core.events import Event, EventKind
from tests.unit.core.audit.moments import DAY, DOWN, HOUR, OUT, UNKNOWN, UP, classes, hour, line_of, span, window


def refusals(*spans: Span, windows) -> list[list[Refusal]]:
    return [list(one.refusals) for one in line_of(*spans, windows=windows).judged]


def test_where_intervals_overlap_the_first_class_that_matches_counts():
    line = line_of(span(0, 24, UP), span(2, 12, DOWN), span(4, 10, UNKNOWN), span(6, 8, OUT))
    assert classes(line) == [
        (2, "UP"), (2, "DOWN"), (2, "UNKNOWN"), (2, "NOT_IN_SERVICE"), (2, "UNKNOWN"), (2, "DOWN"), (12, "UP"),
    ]  # fmt: skip


def test_what_no_interval_covers_was_not_observed():
    assert classes(line_of(span(3, 5, UP), span(6, 7, UP))) == [
        (3, "UNKNOWN"), (2, "UP"), (1, "UNKNOWN"), (1, "UP"), (17, "UNKNOWN"),
    ]  # fmt: skip
    assert classes(line_of()) == [(24, "UNKNOWN")]


def test_an_open_outage_runs_to_the_end_of_the_period():
    assert classes(line_of(span(-5, 20, UP), span(20, None, DOWN))) == [(20, "UP"), (4, "DOWN")]


def test_what_happens_after_the_period_changes_nothing_in_it():
    closed = line_of(span(0, 20, UP), span(20, 30, DOWN), span(30, None, UP), windows=(window(25, 26),))
    assert classes(closed) == classes(line_of(span(0, 20, UP), span(20, None, DOWN)))
    assert closed.judged == ()


def test_an_interval_that_ends_before_it_begins_counts_for_nothing():
    assert classes(line_of(span(0, 24, UP), span(9, 8, DOWN), span(9, 9, DOWN))) == [(24, "UP")]


def test_no_interval_may_claim_maintenance():
    with pytest.raises(ValueError, match="maintenance is declared, not seen"):
        stretches([Span(0, 1, Class.MAINTENANCE)], from_ms=0, until_ms=1)


def test_a_loss_is_charged_to_the_fault_that_was_there_first():
    line = line_of(span(0, 4, DOWN, "power"), span(2, 8, DOWN, "cut"), span(2, 8, DOWN, "a-cut"), span(8, 24, UP))
    assert [(one.until_ms, one.fault) for one in line.segments] == [
        (hour(4), "power"), (hour(8), "a-cut"), (hour(24), ""),
    ]  # fmt: skip


def test_maintenance_declared_in_time_and_approved_excuses():
    line = line_of(span(0, 10, UP), span(10, 12, DOWN), span(12, 24, UP), windows=(window(9, 13),))
    assert classes(line) == [(9, "UP"), (1, "MAINTENANCE"), (2, "MAINTENANCE"), (1, "MAINTENANCE"), (11, "UP")]
    assert tally(line.within(DAY)).maintenance == 4 * HOUR
    assert seen_in_maintenance(line.segments).down == 2 * HOUR
    assert line.judged[0].excuses


@pytest.mark.parametrize(("ahead_ms", "refused"), [(DAY_MS, []), (DAY_MS - 1, [Refusal.LATE]), (-1, [Refusal.LATE])])
def test_notice_is_kept_to_the_millisecond(ahead_ms, refused):
    declared = window(9, 13, recorded_ms=hour(9) - ahead_ms)
    assert refusals(span(0, 24, UP), windows=(declared,)) == [refused]


@pytest.mark.parametrize(
    ("requested_by", "approved_by"),
    [(("kim",), ""), (("kim",), "kim"), (("kim",), " KIM"), (("kim", "lee"), "lee"), ((), "lee"), (("",), "lee")],
)
def test_nobody_approves_what_they_asked_for_themselves(requested_by, approved_by):
    declared = window(9, 13, requested_by=requested_by, approved_by=approved_by)
    assert refusals(span(0, 24, UP), windows=(declared,)) == [[Refusal.NOT_APPROVED]]


def test_a_declaration_does_not_excuse_an_outage_that_was_there_before():
    line = line_of(span(0, 8, UP), span(8, 11, DOWN), span(11, 24, UP), windows=(window(9, 13),))
    assert line.judged[0].refusals == (Refusal.OUTAGE_OPEN,)
    assert tally(line.within(DAY)).maintenance == 0
    assert declared_after(line, DAY).down == 2 * HOUR
    assert declared_after(line, DAY).up == 2 * HOUR


def test_an_outage_of_last_month_is_known_this_month():
    line = line_of(span(-30, -20, DOWN), span(-20, 5, UNKNOWN), span(5, 24, UP), windows=(window(0, 6),))
    assert line.judged[0].refusals == (Refusal.OUTAGE_OPEN,)


def test_what_was_down_and_is_not_observed_since_is_still_out():
    seen = (span(0, 6, UP), span(6, 7, DOWN), span(7, 10, UNKNOWN), span(10, 24, UP))
    assert refusals(*seen, windows=(window(9, 11),)) == [[Refusal.OUTAGE_OPEN]]


@pytest.mark.parametrize("begin", [8, 7.5])
def test_an_outage_that_begins_with_the_window_or_later_is_the_work(begin):
    assert refusals(span(0, 8, UP), span(8, 24, DOWN), windows=(window(begin, 12),)) == [[]]


def test_an_outage_that_ended_as_the_window_begins_is_over():
    assert refusals(span(0, 8, DOWN), span(8, 24, UP), windows=(window(8, 12),)) == [[]]


def test_the_work_of_one_window_may_go_on_in_the_next():
    seen = (span(0, 9, UP), span(9, 12, DOWN), span(12, 24, UP))
    assert refusals(*seen, windows=(window(8, 10), window(10, 12, id="m-2"))) == [[], []]
    overrun = (window(8, 10), window(11, 12, id="m-2"))
    assert refusals(*seen, windows=overrun) == [[], [Refusal.OUTAGE_OPEN]]


def test_what_one_window_excuses_another_does_not_tell_of():
    late = window(8, 12, id="m-2", recorded_ms=hour(8))
    line = line_of(span(0, 24, UP), windows=(window(9, 11), late))
    assert tally(line.within(DAY)).maintenance == 2 * HOUR
    assert declared_after(line, DAY).up == 2 * HOUR


def test_what_is_not_in_service_is_not_in_maintenance():
    line = line_of(span(0, 24, UP), span(10, 11, OUT), windows=(window(9, 12),))
    assert tally(line.within(DAY)).maintenance == 2 * HOUR
    assert tally(line.within(DAY)).not_in_service == HOUR


@pytest.mark.parametrize("wall_s", [1_793_458_800.0005, 1_793_458_800.0015, 1_793_458_800.1234567, 0.0009, 12.9999])
def test_a_time_is_the_millisecond_that_the_record_writes(wall_s):
    written = Event(kind=EventKind.DAEMON_STARTED, subject="daemon:", at_wall_s=wall_s).canonical_json()
    assert f'"at":{ms_of(wall_s) / 1000}' in written
