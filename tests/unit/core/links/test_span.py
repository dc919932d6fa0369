"""A span of fibre over days: what it was like when it was new, what it loses, when that will be too much."""

import pytest

from netwatch.core.links.span import DAY_S, ENOUGH_READINGS, MOST_DAYS, MOST_DAYS_LEFT, Span, dark, falling, fold_span

EVERY_S = 600.0
START_S = 20_000 * DAY_S


def lived(days, received, *, sent=-2.0, limit=-20.0, span=None, start_s=START_S):
    """A span after that many days; `received` of the day."""
    span = span or Span()
    for step in range(int(days * DAY_S / EVERY_S) + 1):
        now_s = start_s + step * EVERY_S
        light = received(step * EVERY_S / DAY_S) if callable(received) else received
        span = fold_span(span, received=light, sent=sent, limit=limit, now_wall_s=now_s)
    return span


def test_nothing_is_said_of_drift_before_the_first_day_is_over():
    young = lived(0.9, -8.0)
    assert (young.loss, young.drift, young.days_left) == (6.0, None, None)
    assert lived(1.1, -8.0).drift == pytest.approx(0.0)


def test_the_first_day_is_its_mean_and_stands():
    span = lived(1.1, lambda day: -8.0 if day < 0.5 else -8.2)
    assert span.commissioned == pytest.approx(-8.1, abs=0.02)
    later = lived(3, -12.0, span=span, start_s=START_S + 2 * DAY_S)
    assert later.commissioned == span.commissioned
    assert later.drift == pytest.approx(3.9, abs=0.05)


def test_a_laser_that_weakens_is_no_loss_of_the_fibre_where_both_ends_tell():
    span = lived(1.1, -8.0, sent=-2.0)
    weaker = fold_span(span, received=-11.0, sent=-5.0, limit=-20.0, now_wall_s=START_S + 3 * DAY_S)
    assert weaker.drift == pytest.approx(0.0)
    mute = fold_span(span, received=-11.0, sent=None, limit=-20.0, now_wall_s=START_S + 3 * DAY_S)
    assert (mute.loss, mute.drift) == (None, pytest.approx(3.0))


def test_few_readings_commission_nothing():
    span = Span()
    for hour in range(ENOUGH_READINGS - 10):
        span = fold_span(span, received=-8.0, sent=None, limit=None, now_wall_s=START_S + hour * 3600.0)
    assert span.commissioned is None


def test_a_steady_fall_has_an_end():
    span = lived(20, lambda day: -8.0 - 0.1 * day)
    # at -10 dBm after twenty days, a tenth of a decibel a day, ten to go
    assert span.days_left == pytest.approx(100, abs=3)
    assert lived(20, lambda day: -8.0 - 0.1 * day, limit=None).days_left is None


@pytest.mark.parametrize(
    "received",
    [
        -8.0,
        lambda day: -8.0 + 0.1 * day,
        lambda day: -8.0 - 0.01 * day,  # too little to be anything
        lambda day: -8.0 - (3.0 if int(day) % 2 else 0.0) - 0.05 * day,  # heat of the day, more than the fall
    ],
)
def test_what_does_not_fall_for_sure_has_none(received):
    assert lived(20, received).days_left is None


def test_a_limit_reached_is_no_day_off_and_a_far_one_is_cut():
    assert lived(20, lambda day: -19.0 - 0.1 * day).days_left == 0.0
    assert lived(29, lambda day: -1.0 - 0.02 * day, limit=-90.0).days_left == MOST_DAYS_LEFT


def test_no_more_than_the_last_days_are_kept_and_a_clock_set_back_leaves_none_of_tomorrow():
    span = lived(MOST_DAYS + 5, -8.0)
    assert len(span.days) == MOST_DAYS
    back = fold_span(span, received=-8.0, sent=None, limit=None, now_wall_s=START_S + 3 * DAY_S)
    assert all(day < 20_003 for day, _ in back.days)


def test_a_dark_span_keeps_what_it_was_like():
    span = lived(2, -8.0)
    assert dark(span)._replace(received=span.received, loss=span.loss) == span
    assert (dark(span).drift, dark(span).days_left) == (None, None)
    assert dark(Span()) == Span()


def test_a_week_with_gaps_is_a_week():
    days = [(day, -8.0 - 0.2 * day) for day in (0, 1, 2, 4, 5, 7, 9)]
    slope, latest = falling(days)
    assert (slope, latest) == (pytest.approx(-0.2), pytest.approx(-9.8))
    assert falling(days[:6]) is None
    assert falling([(day, -8.0 - day) for day in range(6)]) is None
