"""From a raw cell to a number in the unit of its meaning, or the reason why there is none."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.core.health.measures import CONVERSIONS, MEANINGS, Measure, Rejection, Scale, Transform, Unit, measured

CELSIUS = Scale(unit=Unit.CELSIUS)
HUNDREDTHS = Scale(unit=Unit.DBM, factor=0.01)
HUAWEI = Scale(unit=Unit.DBM, factor=0.01, transform=Transform.POSITIVE_IS_MICROWATT)
DASAN = Scale(unit=Unit.DBM, transform=Transform.SFF8472_OR_TEXT)
DASAN_HEAT = Scale(unit=Unit.CELSIUS, transform=Transform.SFF8472_TEMPERATURE)
HUAWEI_BIAS = Scale(unit=Unit.AMPERE, factor=1e-6, transform=Transform.SMALL_IS_MILLIAMPERE)
RING = Scale(unit=Unit.STATE, states=(("3", "intact"), ("5", "switched"), ("0", "absent")))
DUPLEX = Scale(unit=Unit.STATE, states=(("2", "half"), ("3", "full")))
LACP = Scale(unit=Unit.STATE, transform=Transform.LACP_ACTOR)
BITMAP = Scale(unit=Unit.STATE, transform=Transform.ANY_BIT)
MAJOR = Scale(unit=Unit.STATE, transform=Transform.MAJOR_ALARM)
SIGNAL_1 = Scale(unit=Unit.STATE, transform=Transform.UNIT_ALARM_1)
SIGNAL_2 = Scale(unit=Unit.STATE, transform=Transform.UNIT_ALARM_2)
SIGNAL = Scale(unit=Unit.STATE, transform=Transform.SHORT_ALARM)
LISTED = Scale(unit=Unit.DBM, transform=Transform.LOWEST_OF_LIST)
FAN = Scale(unit=Unit.STATE, states=(("1", "up"), ("2", "down"), ("ok", "up"), ("5", "absent")))


@pytest.mark.parametrize(
    ("measure", "scale", "cell", "value"),
    [
        (Measure.RECEIVE_POWER, HUNDREDTHS, -2177, -21.77),
        (Measure.RECEIVE_POWER, Scale(unit=Unit.WATT, factor=1e-7), 2500, -6.0206),  # Nokia: 0.1 µW
        (Measure.RECEIVE_POWER, Scale(unit=Unit.WATT, factor=1e-3), 1, 0.0),
        (Measure.RECEIVE_POWER, Scale(unit=Unit.DBM), b" -5.3 dBm\0", -5.3),
        (Measure.RECEIVE_LOW_ALARM, Scale(unit=Unit.DBM), b"[-21.00, -2.00]", -21.0),
        (Measure.RECEIVE_POWER, HUAWEI, -1520, -15.2),
        (Measure.RECEIVE_POWER, HUAWEI, 536, -2.7084),
        (Measure.RECEIVE_POWER, DASAN, bytes([0x09, 0xC4]), -6.0206),
        (Measure.RECEIVE_POWER, DASAN, b"-18.2", -18.2),
        (Measure.RECEIVE_POWER, DASAN, b"-8", -8.0),
        (Measure.RECEIVE_POWER, LISTED, b"-2.10,-3.45,-2.90", -3.45),
        (Measure.TEMPERATURE, CELSIUS, 45, 45.0),
        (Measure.TEMPERATURE, Scale(unit=Unit.FAHRENHEIT), 113, 45.0),
        (Measure.TEMPERATURE, Scale(unit=Unit.KELVIN, factor=0.1), 3182, 45.05),
        (Measure.CPU, Scale(unit=Unit.RATIO, factor=0.01), b"15 PERCENT", 0.15),
        (Measure.CPU, Scale(unit=Unit.RATIO, factor=0.01, transform=Transform.COMPLEMENT), 85, 0.15),
        (Measure.MODULE_TEMPERATURE, DASAN_HEAT, bytes([0x2B, 0x80]), 43.5),
        (Measure.MODULE_TEMPERATURE, DASAN_HEAT, bytes([0xF6, 0x00]), -10.0),
        (Measure.MODULE_TEMPERATURE, DASAN_HEAT, b"41.5", 41.5),
        (Measure.LASER_BIAS, HUAWEI_BIAS, 5232, 0.005232),  # µA
        (Measure.LASER_BIAS, HUAWEI_BIAS, 34, 0.034),  # mA
        (Measure.RING, RING, 5, 1.0),
        (Measure.FULL_DUPLEX, DUPLEX, 2, 0.0),
        (Measure.AGGREGATE_MEMBER, LACP, b"\xbc", 1.0),  # active, aggregation, in sync, collecting, distributing
        (Measure.AGGREGATE_MEMBER, LACP, b"\xa2", 0.0),
        (Measure.AGGREGATE_MEMBER, LACP, b"\x3d", 1.0),  # the same as it is on the wire
        (Measure.AGGREGATE_MEMBER, LACP, b"\x45", 0.0),
        (Measure.ALARM, BITMAP, 128, 1.0),
        (Measure.ALARM, BITMAP, 0, 0.0),
        (Measure.ALARM, BITMAP, b"\x00\x04", 1.0),
        (Measure.ALARM, MAJOR, b"\x20", 1.0),  # critical
        (Measure.ALARM, MAJOR, b"\x0c", 0.0),  # minor, warning
        (Measure.ALARM, SIGNAL_1, 0xC0, 0.0),  # coordinated, free
        (Measure.ALARM, SIGNAL_1, 0x90, 1.0),  # coordinated, and made to flash by its monitor
        (Measure.ALARM, SIGNAL_2, 0x29, 0.0),  # in transition, started from outside, restarted
        (Measure.ALARM, SIGNAL_2, 0x02, 1.0),  # low battery
        (Measure.ALARM, SIGNAL, 0x0D, 0.0),  # overridden, at cycle zero, preempted
        (Measure.ALARM, SIGNAL, 0x20, 1.0),  # a detector
        (Measure.FAN, FAN, 1, 1.0),
        (Measure.FAN, FAN, b"ok", 1.0),
        (Measure.FAN, FAN, 2, 0.0),
    ],
)
def test_a_cell_becomes_a_number_of_its_meaning(measure, scale, cell, value):
    assert measured(measure, scale, cell) == pytest.approx(value, abs=1e-4)


@pytest.mark.parametrize(
    ("measure", "scale", "cell", "why"),
    [
        (Measure.TEMPERATURE, CELSIUS, None, Rejection.ABSENT),
        (Measure.TEMPERATURE, Scale(unit=Unit.CELSIUS, invalid=frozenset({"-128"})), -128, Rejection.SENTINEL),
        (Measure.RECEIVE_POWER, Scale(unit=Unit.DBM, invalid=frozenset({"N/A"})), b"N/A ", Rejection.SENTINEL),
        (Measure.RECEIVE_POWER, Scale(unit=Unit.DBM), b"--", Rejection.NOT_A_NUMBER),
        (Measure.RECEIVE_POWER, LISTED, b"", Rejection.NOT_A_NUMBER),
        (Measure.RECEIVE_POWER, Scale(unit=Unit.WATT, factor=1e-7), 0, Rejection.NO_POWER),
        (Measure.RECEIVE_POWER, HUNDREDTHS, 2147483647, Rejection.IMPLAUSIBLE),
        (Measure.RECEIVE_POWER, Scale(unit=Unit.DBM), b"-99.9", Rejection.IMPLAUSIBLE),
        (Measure.CPU, Scale(unit=Unit.RATIO, factor=0.01), 101, Rejection.IMPLAUSIBLE),
        (Measure.AGGREGATE_MEMBER, LACP, b"\x80", Rejection.SENTINEL),  # it may not be aggregated
        (Measure.RING, RING, 0, Rejection.SENTINEL),
        (Measure.RECEIVE_LOW_ALARM, HUNDREDTHS, 0, Rejection.IMPLAUSIBLE),
        (Measure.FAN, FAN, 7, Rejection.UNKNOWN_STATE),
        (Measure.FAN, FAN, 5, Rejection.SENTINEL),
    ],
)
def test_a_cell_that_is_no_value_says_why(measure, scale, cell, why):
    assert measured(measure, scale, cell) is why


def test_a_value_may_be_divided_by_another_cell():
    assert measured(Measure.TEMPERATURE, CELSIUS, 455, divisor=10.0) == 45.5


@given(st.sampled_from(Measure), st.one_of(st.integers(-(2**63), 2**64), st.binary(max_size=40), st.none()))
def test_whatever_a_device_sends_is_a_plausible_number_or_a_reason(measure, cell):
    meaning = MEANINGS[measure]
    units = [Scale(unit=meaning.unit)] + [Scale(unit=unit) for unit, wanted in CONVERSIONS if wanted is meaning.unit]
    for scale in units:
        value = measured(measure, scale, cell)
        assert isinstance(value, Rejection) or (math.isfinite(value) and meaning.least <= value <= meaning.most)


def test_every_measure_has_a_meaning_and_bounds():
    assert set(MEANINGS) == set(Measure)
    assert all(meaning.least < meaning.most for meaning in MEANINGS.values())
