"""What is told of a subject, and from when on it holds; whose a time down is."""

from netwatch.core.audit.intervals import Class, Span
from netwatch.core.audit.report.history import FaultTold, Life, Point
from netwatch.core.audit.report.spans import charged, conditions, spans

READING = {"up": Class.UP, "down": Class.DOWN, "unknown": Class.UNKNOWN}


def fault(identity, since, cleared):
    return FaultTold(
        id=identity,
        kind="device_power",
        subject="device:sw-1",
        since_ms=since,
        cleared_ms=cleared,
        severity="critical",
        crew="electrician",
        contractor="",
        place="",
        affected=(),
        devices=frozenset(),
        field_devices=frozenset(),
        links=frozenset(),
    )


def owners(begin, end, *faults):
    return [(span.from_ms, span.until_ms, span.fault) for span in charged(begin, end, faults)]


def test_a_state_holds_until_the_next_and_the_last_goes_on():
    points = [Point(10, 10, "up"), Point(20, 22, "down")]
    assert list(conditions(points, READING)) == [(10, 20, "up"), (20, None, "down")]


def test_a_later_row_that_dates_back_knows_better():
    points = [Point(10, 10, "up"), Point(30, 30, "unknown"), Point(20, 35, "down")]
    assert list(conditions(points, READING)) == [(10, 20, "up"), (20, None, "down")]


def test_that_all_is_well_takes_nothing_back_and_holds_from_when_it_was_written():
    points = [Point(10, 10, "up"), Point(30, 30, "down"), Point(5, 45, "up")]
    assert list(conditions(points, READING)) == [(10, 30, "up"), (30, 45, "down"), (45, None, "up")]


def test_a_clock_that_was_set_back_makes_no_time_run_backwards():
    points = [Point(10, 10, "up"), Point(30, 30, "down"), Point(5, 6, "up")]
    assert list(conditions(points, READING)) == [(10, 30, "up"), (30, None, "up")]


def test_of_a_subject_that_nothing_is_told_of_nothing_is_known():
    assert spans((), (), READING) == []


def test_a_word_of_a_later_release_is_unknown_and_watched_no_more_is_not_in_service():
    found = spans([Point(1, 1, "sideways"), Point(5, 5, "")], (), READING)
    assert found == [Span(1, 5, Class.UNKNOWN), Span(5, None, Class.NOT_IN_SERVICE)]


def test_it_is_not_in_service_before_it_was_added_and_while_it_was_out():
    lives = [Life(100, is_in_service=True), Life(200, is_in_service=False), Life(300, is_in_service=True)]
    out = Class.NOT_IN_SERVICE
    assert spans((), lives, READING) == [Span(0, 100, out), Span(200, 300, out)]
    assert spans((), lives[1:2], READING) == [Span(200, None, out)]


def test_a_time_down_is_charged_whole_to_its_only_fault_though_that_is_told_later_and_cleared_sooner():
    assert owners(100, 200, fault("a", 110, 150)) == [(100, 200, "a")]


def test_who_was_first_keeps_it_until_it_is_cleared_then_it_is_the_next_ones():
    a, b, c = fault("a", 50, 140), fault("b", 60, 120), fault("c", 130, None)
    assert owners(100, 200, c, b, a) == [(100, 140, "a"), (140, 200, "c")]


def test_between_two_faults_it_stays_with_the_one_before():
    assert owners(100, 300, fault("a", 90, 150), fault("b", 200, 250)) == [(100, 200, "a"), (200, 300, "b")]


def test_a_fault_that_was_over_before_or_began_after_has_no_part_in_it():
    assert owners(100, 200, fault("a", 10, 100), fault("b", 200, None)) == [(100, 200, "")]


def test_an_open_time_down_is_charged_to_the_open_fault():
    assert owners(100, None, fault("a", 90, 150), fault("b", 120, None)) == [(100, 150, "a"), (150, None, "b")]
