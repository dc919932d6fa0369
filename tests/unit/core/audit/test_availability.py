from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.core.audit.availability import Tally, tallies, tally
from netwatch.core.audit.n_intervals import IntervalRule, n_interval_tally
from netwatch.core.audit.periods import Period
from netwatch.core.audit.rounding import hours, percent
from netwatch.core.audit.target import Verdict, target_of, verdict
from tests.unit.core.audit.moments import BEGIN, DAY, DOWN, HOUR, UNKNOWN, UP, line_of, span, window

RULE = IntervalRule(length_ms=10_000, in_a_row=10)
TIMES = st.integers(0, 10**13)
SECOND = 1 / 3600


def after_rule(*spans, rule: IntervalRule = RULE, windows=()) -> Tally:
    return n_interval_tally(line_of(*spans, windows=windows).within(DAY), DAY, rule)


def test_the_figures_are_the_fractions_they_are_defined_as():
    time = Tally(up=90, down=5, maintenance=3, unknown=2, not_in_service=1000)
    assert time.availability == Fraction(90, 95)
    assert time.availability_all == Fraction(90, 98)
    assert time.availability_low == Fraction(90, 97)
    assert time.availability_high == Fraction(92, 97)
    assert time.coverage == Fraction(95, 97)
    assert time.total == 1100


def test_where_nothing_was_observed_there_is_no_availability():
    unseen = Tally(unknown=5)
    assert (unseen.availability, unseen.availability_all) == (None, None)
    assert (unseen.availability_low, unseen.availability_high, unseen.coverage) == (0, 1, 0)
    nothing = Tally(maintenance=3, not_in_service=5)
    assert (nothing.availability_low, nothing.availability_high, nothing.coverage) == (None, None, None)


@given(TIMES, TIMES, TIMES, TIMES)
def test_the_bounds_hold_the_figure_between_them(up, down, maintenance, unknown):
    time = Tally(up=up, down=down, maintenance=maintenance, unknown=unknown)
    if time.availability is not None:
        assert time.availability_low <= time.availability <= time.availability_high
        assert time.availability_all <= time.availability


@pytest.mark.parametrize(
    ("time", "said"),
    [
        (Tally(up=999, down=1), Verdict.MET),
        (Tally(up=998, down=2), Verdict.MISSED),
        (Tally(up=998, down=1, unknown=1), Verdict.NOT_DECIDABLE),
        (Tally(up=10, down=10, unknown=1), Verdict.MISSED),  # whatever was not seen
        (Tally(up=999, unknown=1), Verdict.MET),
        (Tally(maintenance=5), Verdict.NOT_DECIDABLE),
        (Tally(unknown=5), Verdict.NOT_DECIDABLE),
        (Tally(), Verdict.NOT_DECIDABLE),
    ],
)
def test_a_target_is_met_missed_or_not_decidable(time, said):
    assert verdict(time, target_of(0.999)) is said


@given(TIMES, TIMES, TIMES, st.integers(0, 10**7).map(lambda part: Fraction(part, 10**7)))
def test_a_verdict_holds_whatever_happened_while_nobody_looked(up, down, unknown, target):
    said = verdict(Tally(up=up, down=down, unknown=unknown), target)
    for seen_up in (0, unknown // 3, unknown):
        whole = up + down + unknown
        really = Fraction(up + seen_up, whole) if whole else None
        if really is not None and said is not Verdict.NOT_DECIDABLE:
            assert (really >= target) is (said is Verdict.MET)


def test_a_target_is_the_decimal_that_was_written():
    assert target_of(0.999) == Fraction(999, 1000)
    assert target_of(0.99999) == Fraction(99_999, 100_000)
    assert target_of(1.0) == 1


@pytest.mark.parametrize(
    ("share", "digits", "printed"),
    [
        (Fraction(999_999_999, 1_000_000_000), 3, "99.999"),
        (Fraction(1), 3, "100.000"),
        (Fraction(998_999, 1_000_000), 1, "99.8"),
        (Fraction(2, 3), 0, "66"),
        (Fraction(0), 2, "0.00"),
    ],
)
def test_a_share_is_never_rounded_up(share, digits, printed):
    assert str(percent(share, digits=digits)) == printed


@given(st.fractions(0, 1), st.integers(0, 9))
def test_only_what_is_whole_is_printed_as_a_hundred_per_cent(share, digits):
    printed = percent(share, digits=digits)
    assert Fraction(printed) <= share * 100 < Fraction(printed) + Fraction(1, 10**digits)
    assert (printed == 100) is (share == 1)


@pytest.mark.parametrize(("lost_ms", "printed"), [(0, "0.0"), (1, "0.1"), (HOUR, "1.0"), (HOUR + 1, "1.1")])
def test_what_was_lost_is_never_rounded_down(lost_ms, printed):
    assert str(hours(lost_ms)) == printed


def test_large_sums_are_printed_to_the_last_digit():
    lost_ms = 10**40 + 1
    assert hours(lost_ms) == Decimal("2777777777777777777777777777777777.8")
    assert 0 <= Fraction(hours(lost_ms)) * HOUR - lost_ms < Fraction(HOUR, 10)


def test_the_days_of_a_time_line_add_up_to_it():
    line = line_of(span(-3, 7, UP), span(7, 9.5, DOWN), span(11, None, UP), windows=(window(12, 15),))
    parts = [
        Period(from_ms=BEGIN + begin * HOUR, until_ms=BEGIN + end * HOUR) for begin, end in ((0, 8), (8, 13), (13, 24))
    ]
    found = tallies(line.segments, parts)
    assert found == [tally(line.within(part)) for part in parts]
    assert [one.down for one in found] == [HOUR, 1.5 * HOUR, 0]
    assert sum(one.total for one in found) == DAY.length_ms


def test_nine_bad_intervals_in_a_row_are_no_unavailability_and_ten_are():
    nine = after_rule(span(0, 6, UP), span(6, 6 + 90 * SECOND, DOWN), span(6 + 90 * SECOND, 24, UP))
    assert (nine.up, nine.down) == (24 * HOUR, 0)
    ten = after_rule(span(0, 6, UP), span(6, 6 + 100 * SECOND, DOWN), span(6 + 100 * SECOND, 24, UP))
    assert (ten.up, ten.down) == (24 * HOUR - 100_000, 100_000)


def test_a_period_is_taken_to_begin_available():
    assert after_rule(span(0, 90 * SECOND, DOWN), span(90 * SECOND, 24, UP)).down == 0


def test_a_short_recovery_does_not_end_unavailability():
    seen = (span(0, 6, UP), span(6, 7, DOWN), span(7, 7 + 90 * SECOND, UP), span(7 + 90 * SECOND, 8, DOWN))
    assert after_rule(*seen, span(8, 24, UP)).down == 2 * HOUR


def test_an_interval_is_bad_by_the_share_of_what_was_observed_in_it():
    half = [span(number * 10 * SECOND, (number * 10 + 5) * SECOND, DOWN) for number in range(12)]
    assert after_rule(*half, span(0, 24, UP)).down == 0
    more = [span(number * 10 * SECOND, (number * 10 + 5.001) * SECOND, DOWN) for number in range(12)]
    assert after_rule(*more, span(0, 24, UP)).down == 120_000
    strict = IntervalRule(length_ms=10_000, in_a_row=10, threshold=Fraction(0))
    assert after_rule(*half, span(0, 24, UP), rule=strict).down == 120_000


def test_what_was_not_observed_neither_counts_nor_breaks_a_row():
    gap = span(6 + 50 * SECOND, 6.5, UNKNOWN)
    down = span(6, 6.5 + 50 * SECOND, DOWN)
    found = after_rule(span(0, 6, UP), down, gap, span(6.5 + 50 * SECOND, 24, UP))
    assert (found.down, found.unknown) == (100_000, HOUR // 2 - 50_000)


def test_the_rule_leaves_maintenance_as_it_is():
    found = after_rule(span(0, 24, UP), span(9, 12, DOWN), windows=(window(9, 11),))
    assert (found.maintenance, found.down, found.up) == (2 * HOUR, HOUR, 21 * HOUR)


@pytest.mark.parametrize("wrong", [{"length_ms": 0}, {"in_a_row": 0}, {"threshold": Fraction(1)}])
def test_a_rule_without_sense_is_refused(wrong):
    with pytest.raises(ValueError, match="IntervalRule"):
        IntervalRule(**wrong)
