"""Figures of usage: what they mean where there is much, little and nothing to reckon them from."""

import math
import random
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.core.audit.usage import DAY_S, Way, carried, growth, joined, line, percentile
from netwatch.core.audit.usage_code import codes, light, light_code, numbers, pack, unpack
from netwatch.core.audit.usage_light import Light, fading

T0 = 1_790_000_100
CELLS = 288  # of a day


def way(rates, *, seen_s=300, first=T0, errors=0):
    """Five minutes after five minutes at these bytes/s."""
    seen = [seen_s] * len(rates)
    return Way(
        from_s=[first + 300 * n for n in range(len(rates))],
        seen_s=array("H", seen),
        bytes=codes([rate * seen_s for rate in rates]),
        peak=max(codes([2 * rate for rate in rates])),
        packets=1000.0 * len(rates),
        errors=float(errors) * len(rates),
    )


@given(st.floats(0, 2.0**62))
def test_a_code_is_within_a_third_of_a_thousandth_and_grows_with_its_number(number):
    [code] = codes([number])
    assert numbers()[code] == pytest.approx(number, rel=0.00034, abs=0.6)
    [larger] = codes([number * 1.001 + 1])
    assert larger > code


def test_whole_numbers_below_1024_come_back_whole_and_light_to_a_hundredth():
    assert [numbers()[code] for code in codes(range(1024))] == list(range(1024))
    assert [light(light_code(power)) for power in (-40.0, -18.37, 3.5, None)] == [-40.0, -18.37, 3.5, None]
    assert codes([2.0**80]) == codes([2.0**63])


def test_a_block_gives_the_columns_that_are_asked_for_and_nonsense_is_none():
    block = pack({"a": array("H", [1, 2, 65535]), "b": array("H", [])})
    assert unpack(block, {"a"}) == {"a": array("H", [1, 2, 65535])}
    assert unpack(block, {"b", "c"}) == {"b": array("H")}
    for nonsense in (b"", b"[[1]]\n", b'[["a",9]]\n123456789', block[:-9] + bytes(9), b'{"a":1}\n'):
        with pytest.raises(ValueError, match=r"."):
            unpack(nonsense, {"a", "b"})


def test_a_column_that_repeats_is_packed_and_one_that_does_not_stands_as_it_is_and_both_are_read_back():
    dice = random.Random(3)
    columns = {"same": array("H", [300] * 1000), "mixed": array("H", [dice.randrange(65536) for _ in range(1000)])}
    block = pack(columns)
    assert unpack(block, set(columns)) == columns
    assert unpack(block, {"mixed"}, most=10) == {"mixed": columns["mixed"][:10]}
    assert columns["mixed"].tobytes() in block
    assert len(block) < 2 * 1000 + 100


def test_the_figures_of_a_period_say_how_much_of_it_was_seen():
    found = carried(way([100.0] * 90 + [1000.0] * 10, seen_s=150, errors=1), expected_s=60_000)
    assert found.mean == pytest.approx(190, rel=0.001)
    assert found.p95 == pytest.approx(1000, rel=0.001)
    assert found.peak == pytest.approx(2000, rel=0.001)
    assert found.missing == 0.75
    assert found.error_ppm == 1000
    assert found.utilisation(16_000) == pytest.approx(0.5, rel=0.001)
    assert found.utilisation(None) is None


def test_of_nothing_no_figure_is_made():
    found = carried(Way(), expected_s=300)
    assert (found.mean, found.p95, found.peak, found.error_ppm, found.missing) == (None, None, None, None, 1.0)
    assert carried(Way(), expected_s=0).missing is None
    assert growth(Way()).days_to(10**9) is None


def test_five_minutes_that_were_hardly_seen_have_no_say_in_the_percentile_but_in_the_bytes():
    few = carried(way([1000.0], seen_s=149), expected_s=300)
    assert (few.p95, few.bytes) == (None, pytest.approx(149_000, rel=0.001))


@given(st.lists(st.integers(0, 50), min_size=1))
def test_a_percentile_is_the_least_value_that_so_many_do_not_exceed(values):
    found = percentile(values, 0.95)
    assert found in values
    assert sum(one <= found for one in values) >= 0.95 * len(values)
    assert sum(one < found for one in values) < 0.95 * len(values)


def test_parts_of_the_same_five_minutes_are_put_together():
    one, other = way([100.0, 200.0], seen_s=100), way([400.0], seen_s=200, first=T0 + 300, errors=3)
    parts = {name: [*getattr(one, name), *getattr(other, name)] for name in ("from_s", "seen_s", "bytes")}
    whole = joined(Way(**parts, peak=7, packets=3000.0, errors=3.0))
    assert (list(whole.from_s), list(whole.seen_s)) == ([T0, T0 + 300], [100, 300])
    assert numbers()[whole.bytes[1]] == pytest.approx(100_000, rel=0.001)
    assert (whole.bytes[0], whole.peak, whole.packets, whole.errors) == (one.bytes[0], 7, 3000, 3)
    assert joined(whole) is whole


def test_growth_is_found_through_noise_and_one_wild_day_and_tells_when_the_link_is_full():
    dice, rates = random.Random(1), []
    for day in range(40):
        level = 50e6 if day == 20 else 1e6 * (40 + day)
        rates += [level * dice.uniform(0.9, 1.0) for _ in range(CELLS)]
    found = growth(way(rates, first=DAY_S * 20_000))
    assert found.days == 40
    assert found.per_day == pytest.approx(1e6, rel=0.05)
    assert found.now == pytest.approx(79e6, rel=0.02)
    assert found.days_to(1_000_000_000) == pytest.approx(21, abs=2)
    assert found.days_to(500_000_000) == 0.0
    assert found.days_to(None) is None


def test_what_shrinks_or_stands_is_never_full_and_what_is_too_short_has_no_growth():
    assert growth(way([5e6] * CELLS * 14, first=DAY_S * 20_000)).days_to(10**9) is None
    assert growth(way([9e6 - day for day in range(CELLS * 20)], first=DAY_S * 20_000)).days_to(10**9) is None
    short = growth(way([5e6] * CELLS * 13, first=DAY_S * 20_000))
    assert (short.days, short.per_day, short.now) == (13, None, None)


def test_a_day_is_one_of_the_citys_clock_and_counts_where_half_of_it_was_seen():
    seoul_s, noon = 9 * 3600, DAY_S * 20_000 + 12 * 3600
    assert growth(way([5e6] * CELLS, first=noon)).days == 2
    assert growth(way([5e6] * CELLS, first=noon), zone_s=seoul_s).days == 1


def test_a_line_goes_through_points_that_lie_on_one():
    assert line([(1.0, 10.0), (2.0, 12.0), (5.0, 18.0)]) == (2.0, 18.0)


def lit(powers, *, alarm=-24.0):
    hours = len(powers)
    return Light(
        from_s=[DAY_S * 20_000 + 3600 * hour for hour in range(hours)],
        samples=[60] * hours,
        mean_dbm=[light_code(power) for power in powers],
        least_dbm=[light_code(power - 0.5) for power in powers],
        low_alarm_dbm=[light_code(alarm)] * hours,
    )


def test_light_that_fades_tells_its_drift_its_margin_and_its_days():
    found = fading(lit([-18.0 - hour / 24 * 0.05 for hour in range(24 * 60)]))
    assert (found.hours, found.first_dbm, found.last_dbm) == (1440, -18.02, -20.97)
    assert found.per_day_db == pytest.approx(-0.05, abs=0.001)
    assert found.drift_db == -2.95
    assert found.margin_db == pytest.approx(2.5, abs=0.05)
    assert found.days_to_alarm == pytest.approx(50, abs=2)


def test_light_that_holds_has_no_days_and_what_is_not_told_is_not_known():
    assert fading(lit([-18.0] * 24 * 20)).days_to_alarm is None
    assert fading(lit([-23.9] * 24 * 20)).days_to_alarm == 0.0
    unknown = fading(lit([-18.0] * 48, alarm=None))
    assert (unknown.margin_db, unknown.per_day_db, unknown.days_to_alarm) == (None, None, None)
    nothing = fading(lit([math.nan] * 0))
    assert (nothing.hours, nothing.drift_db, nothing.margin_db) == (0, None, None)
