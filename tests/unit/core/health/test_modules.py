"""Limits of modules: what is sound of them, what stands in for them, and how far the light is from them."""

import pytest

from netwatch.core.health.measures import Measure
from netwatch.core.health.modules import margins, sensitivities, sensitivity_dbm, sound_limits

LOW, LOW_WARNING, HIGH_WARNING, HIGH = (
    Measure.RECEIVE_LOW_ALARM,
    Measure.RECEIVE_LOW_WARNING,
    Measure.RECEIVE_HIGH_WARNING,
    Measure.RECEIVE_HIGH_ALARM,
)


@pytest.mark.parametrize(
    ("said", "limit"),
    [
        ("1000BASE-LX SFP", -19.0),
        ("1000BaseLX", -19.0),
        ("SFP-1GLXLC-T", -19.0),
        ("SFP-1G-LONG", None),  # a part number is no type
        ("GLC-LH-SMD", -19.0),
        ("SFP-1G10ALC 1000BASE-BX10", -19.5),
        ("1000BASE-SX", -17.0),
        ("10GBASE-LR", -14.4),
        ("SFP-10G-LR", -14.4),
        ("SFP+ 10GBASE-LRM", None),
        ("SFP-10G-SR", -9.9),
        ("10G-SFPP-ZR", None),
        ("100BASE-FX MM", -31.0),
        ("100GBASE-LR4", -10.6),
        ("40GBASE-SR4", -9.5),
        ("1.3.6.1.2.1.26.4.24", -19.0),  # dot3MauType1000BaseLXFD
        ("1.3.6.1.2.1.26.4.35", -14.4),  # dot3MauType10GigBaseLR
        ("1.3.6.1.2.1.26.4.30", None),  # copper
        ("10/100/1000BASE-T", None),
        ("", None),
    ],
)
def test_a_type_has_the_sensitivity_of_its_clause(said, limit):
    assert sensitivity_dbm(said) == limit


def test_only_types_that_are_known_have_one():
    assert sensitivities({"1": "1000BASE-LX", "2": "DAC"}) == {"1": -19.0}


def test_limits_in_order_stay_and_those_of_other_ports_with_them():
    fixed = {LOW: {"1": -19.0, "2": -14.0}, LOW_WARNING: {"1": -17.0}, HIGH_WARNING: {"1": -3.0}, HIGH: {"1": -1.0}}
    assert sound_limits(fixed) is fixed


@pytest.mark.parametrize(
    "wrong",
    [
        {LOW: -3.0, HIGH: -19.0},
        {LOW: -20.0, HIGH: -20.0},  # all the same: a maker's way to have none
        {LOW: -20.0, LOW_WARNING: -21.0},
        {HIGH_WARNING: 2.0, HIGH: 1.0},
    ],
)
def test_limits_that_contradict_each_other_are_none(wrong):
    fixed = {measure: {"bad": value, "good": -18.0 + place} for place, (measure, value) in enumerate(wrong.items())}
    sound = sound_limits({**fixed, Measure.TRANSMIT_LOW_ALARM: {"bad": -9.0}})
    assert all(set(sound[measure]) == {"good"} for measure in wrong)
    assert sound[Measure.TRANSMIT_LOW_ALARM] == {"bad": -9.0}, "the other direction is not touched"


def test_the_margin_is_to_the_modules_own_limit_else_to_its_types_and_only_of_ports_that_are_up():
    fixed = {LOW: {"1": -20.0}, Measure.RECEIVE_SENSITIVITY: {"1": -19.0, "2": -14.4, "3": -14.4}}
    received = {"1": -12.0, "2": -15.0, "3": -30.0, "4": -3.0}
    assert margins(received, fixed, ("1", "2", "4", "5")) == pytest.approx({"1": 8.0, "2": -0.6})
