from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netwatch.core.audit.periods import Period, days, each_day, month, month_of, year
from tests.unit.core.audit.histories import DAYS, MONTHS
from tests.unit.core.audit.oracle import begin_of

HOUR = 3_600_000
SEOUL, BERLIN = ZoneInfo("Asia/Seoul"), ZoneInfo("Europe/Berlin")


def hours(day: date, zone: str) -> float:
    return days(day, day, ZoneInfo(zone)).length_ms / HOUR


@pytest.mark.parametrize(("zone", "day"), DAYS)
def test_a_day_begins_when_the_wall_first_shows_it(zone, day):
    period = days(day, day, ZoneInfo(zone))
    assert (period.from_ms, period.until_ms) == (
        begin_of(day, zone) * 1000,
        begin_of(day + timedelta(days=1), zone) * 1000,
    )


@pytest.mark.parametrize(("zone", "year_", "number"), MONTHS)
def test_a_month_begins_with_its_first_day_and_ends_where_the_next_begins(zone, year_, number):
    period = month(year_, number, ZoneInfo(zone))
    after = date(year_ + number // 12, number % 12 + 1, 1)
    assert period.from_ms == begin_of(date(year_, number, 1), zone) * 1000
    assert period.until_ms == begin_of(after, zone) * 1000


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.sampled_from(sorted(available_timezones() - {"Factory"})), st.dates(date(1973, 1, 1), date(2099, 12, 30)))
def test_any_day_of_any_zone_begins_where_the_oracle_says(zone, day):
    try:
        period = days(day, day, ZoneInfo(zone))
    except ValueError:
        assert begin_of(day, zone) == begin_of(day + timedelta(days=1), zone)  # left out: Apia, Kwajalein
        return
    assert period.from_ms == begin_of(day, zone) * 1000


def test_days_have_twenty_three_twenty_four_or_twenty_five_hours():
    assert hours(date(2026, 3, 29), "Europe/Berlin") == 23
    assert hours(date(2026, 10, 24), "Europe/Berlin") == 24
    assert hours(date(2026, 10, 25), "Europe/Berlin") == 25
    assert hours(date(2026, 4, 5), "Australia/Lord_Howe") == 24.5
    assert hours(date(2018, 11, 4), "America/Sao_Paulo") == 23
    assert hours(date(1919, 3, 31), "America/Toronto") == 23.5


def test_a_minute_of_november_that_came_before_october_was_over_begins_november():
    october, november = month(2009, 10, ZoneInfo("America/St_Johns")), month(2009, 11, ZoneInfo("America/St_Johns"))
    assert october.until_ms == november.from_ms
    assert october.length_ms == 31 * 24 * HOUR
    assert november.length_ms == (30 * 24 + 1) * HOUR


def test_a_day_that_never_was_is_no_period_and_in_no_month():
    apia = ZoneInfo("Pacific/Apia")
    with pytest.raises(ValueError, match="must have a length"):
        days(date(2011, 12, 30), date(2011, 12, 30), apia)
    assert month(2011, 12, apia).length_ms == 30 * 24 * HOUR
    assert [one.label for one in each_day(date(2011, 12, 29), date(2011, 12, 31), apia)] == ["2011-12-29", "2011-12-31"]


@pytest.mark.parametrize(("text", "length_days"), [("2028-02", 29), ("2026-02", 28), ("2100-02", 28), ("2026-12", 31)])
def test_leap_years_and_the_ends_of_months(text, length_days):
    assert month_of(text, SEOUL).length_ms == length_days * 24 * HOUR


def test_a_year_is_its_months():
    assert year(2028, SEOUL).length_ms == 366 * 24 * HOUR
    months = [month(2026, number, BERLIN) for number in range(1, 13)]
    assert all(before.until_ms == after.from_ms for before, after in pairwise(months))
    assert (months[0].from_ms, months[-1].until_ms) == (year(2026, BERLIN).from_ms, year(2026, BERLIN).until_ms)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/St_Johns", "Pacific/Apia", "Africa/Casablanca"])
def test_the_days_of_a_year_leave_nothing_out(zone):
    there = ZoneInfo(zone)
    found = list(each_day(date(2011, 1, 1), date(2011, 12, 31), there))
    assert all(before.until_ms == after.from_ms for before, after in pairwise(found))
    assert sum(one.length_ms for one in found) == year(2011, there).length_ms


def test_a_period_says_what_it_is_called_and_in_which_zone():
    assert (month_of("2026-10", SEOUL).label, month_of("2026-10", SEOUL).zone) == ("2026-10", "Asia/Seoul")
    assert days(date(2026, 10, 1), date(2026, 10, 2), SEOUL).label == "2026-10-01/2026-10-02"


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-00", "2026-1", "26-10", "2026-10-01", "0000-01", "２０２６-10"]
)
def test_what_is_no_month_is_refused(text):
    with pytest.raises(ValueError, match="is not a month such as 2026-10"):
        month_of(text, SEOUL)


def test_of_a_period_that_runs_only_what_is_over_counts():
    period = Period(from_ms=0, until_ms=1000, zone="UTC", label="now")
    assert period.cut_at(400) == Period(from_ms=0, until_ms=400, zone="UTC", label="now")
    assert period.cut_at(1000) is period
    with pytest.raises(ValueError, match="must have a length"):
        period.cut_at(0)
