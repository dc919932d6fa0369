from fractions import Fraction

from netwatch.core.audit.classes import Timeline
from netwatch.core.audit.declarations import DAY_MS
from netwatch.core.audit.repair import Bound, Outage, Repair, outages, repair
from tests.unit.core.audit.moments import DAY, DOWN, HOUR, OUT, UNKNOWN, UP, hour, line_of, span, window


def found(line: Timeline) -> tuple[Outage, ...]:
    return outages(line.segments, DAY)


def repairs(line: Timeline, *, up_ms: int = 0) -> Repair:
    return repair(found(line), up_ms=up_ms)


def test_an_outage_seen_to_begin_and_to_end_has_a_length():
    (one,) = found(line_of(span(0, 6, UP), span(6, 8, DOWN, "cut"), span(8, 24, UP)))
    assert (one.from_ms, one.until_ms, one.down_ms, one.fault) == (hour(6), hour(8), 2 * HOUR, "cut")
    assert (one.began, one.ended, one.is_censored) == (Bound.SEEN, Bound.SEEN, False)


def test_an_open_outage_is_censored_at_the_end_of_the_period():
    line = line_of(span(0, 20, UP), span(20, None, DOWN))
    assert [(one.down_ms, one.ended) for one in found(line)] == [(4 * HOUR, Bound.PERIOD)]
    assert (repairs(line).open_at_end, repairs(line).censored) == (1, 1)


def test_an_outage_of_before_counts_here_only_from_here_and_is_no_failure_of_this_period():
    line = line_of(span(-10, -4, UP), span(-4, 3, DOWN), span(3, 24, UP))
    (one,) = found(line)
    assert (one.since_ms, one.from_ms, one.down_ms, one.began) == (hour(-4), hour(0), 3 * HOUR, Bound.PERIOD)
    assert (repairs(line).outages, repairs(line).failures) == (1, 0)


def test_an_outage_that_was_over_before_is_not_of_this_period():
    assert found(line_of(span(-4, -1, DOWN), span(-1, 24, UP))) == ()
    assert found(line_of(span(-4, -1, DOWN), span(-1, 5, UNKNOWN), span(5, 24, UP))) == ()


def test_not_to_be_observed_does_not_end_an_outage():
    line = line_of(span(0, 6, UP), span(6, 7, DOWN), span(7, 9, UNKNOWN), span(9, 10, DOWN), span(10, 24, UP))
    (one,) = found(line)
    assert (one.from_ms, one.until_ms, one.down_ms, one.unknown_ms) == (hour(6), hour(10), 2 * HOUR, 2 * HOUR)
    assert one.is_censored


def test_an_outage_whose_end_nobody_saw_may_have_been_longer():
    (one,) = found(line_of(span(0, 6, UP), span(6, 7, DOWN), span(9, 24, UP)))
    assert (one.until_ms, one.unknown_ms, one.ended) == (hour(7), 2 * HOUR, Bound.UNSEEN)


def test_an_outage_whose_beginning_nobody_saw_says_so():
    assert [one.began for one in found(line_of(span(6, 7, DOWN), span(7, 24, UP)))] == [Bound.UNSEEN]


def test_what_a_window_leaves_broken_is_an_outage_from_its_end_on():
    (one,) = found(line_of(span(0, 9, UP), span(9, 12, DOWN), span(12, 24, UP), windows=(window(8, 11),)))
    assert (one.from_ms, one.down_ms, one.began) == (hour(11), HOUR, Bound.MAINTENANCE)


def test_taking_it_out_of_service_ends_an_outage():
    assert [one.ended for one in found(line_of(span(0, 5, UP), span(5, 8, DOWN), span(7, 24, OUT)))] == [
        Bound.NOT_IN_SERVICE
    ]


def test_two_outages_have_a_mean():
    line = line_of(span(0, 24, UP), span(2, 3, DOWN), span(10, 14, DOWN))
    all_of_them = repairs(line, up_ms=19 * HOUR)
    assert all_of_them.mttr_ms == all_of_them.mttr_complete_ms == Fraction(5 * HOUR, 2)
    assert all_of_them.mtbf_ms == Fraction(19 * HOUR, 2)


def test_a_censored_outage_lengthens_the_mean_of_all_but_not_that_of_the_complete():
    line = line_of(span(0, 24, UP), span(2, 3, DOWN), span(14, None, DOWN))
    assert (repairs(line).mttr_ms, repairs(line).mttr_complete_ms) == (Fraction(11 * HOUR, 2), HOUR)


def test_where_nothing_failed_there_is_no_mean_only_the_time_it_held():
    none = repairs(line_of(span(0, 24, UP)), up_ms=DAY_MS)
    assert (none.mttr_ms, none.mttr_complete_ms, none.mtbf_ms, none.up_ms) == (None, None, None, DAY_MS)


def test_what_was_left_of_last_month_gives_no_time_between_failures():
    line = line_of(span(-4, 3, DOWN), span(3, 24, UP))
    assert (repairs(line, up_ms=21 * HOUR).mttr_ms, repairs(line, up_ms=21 * HOUR).mtbf_ms) == (3 * HOUR, None)


def test_repairs_of_several_subjects_add_up():
    one = repairs(line_of(span(0, 24, UP), span(2, 3, DOWN)), up_ms=23 * HOUR)
    other = repairs(line_of(span(0, 24, UP), span(2, None, DOWN)), up_ms=2 * HOUR)
    both = one + other
    assert (both.outages, both.failures, both.censored, both.open_at_end) == (2, 2, 1, 1)
    assert (both.down_ms, both.complete_down_ms, both.up_ms) == (23 * HOUR, HOUR, 25 * HOUR)
