"""Numbers as Grafana would write them."""

import math

import pytest

from tests.pictures.values import COLOURS, in_unit, span, tell, threshold
from tests.rules.boards import boards, panels

STEPS = {
    "steps": [{"value": None, "color": "green"}, {"value": 0.6, "color": "yellow"}, {"value": 0.8, "color": "red"}]
}


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "text"),
    [
        (0.0, "short", 0, "0"),
        (1234.0, "short", 0, "1.23 K"),
        (0.12345, "percentunit", 1, "12.3%"),
        (1.0, "percentunit", None, "100%"),
        (8_640_000.0, "bps", None, "8.64 Mb/s"),
        (1e9, "bps", None, "1 Gb/s"),
        (-2500.0, "bps", None, "-2.5 kb/s"),
        (0.00042, "s", None, "420 µs"),
        (0.0123, "s", 2, "12.30 ms"),
        (95.0, "s", 0, "1.6 mins"),
        (3.0, "pps", None, "3 p/s"),
        (-7.25, "dBm", 1, "-7.2 dBm"),
        (41.0, "celsius", None, "41 °C"),
        (1250.0, "watt", None, "1.25 kW"),
        (math.nan, "s", None, "NaN"),
    ],
)
def test_a_number_is_told_in_its_unit(value, unit, decimals, text):
    assert in_unit(value, unit, decimals=decimals) == text


def test_a_duration_is_told_in_words_of_the_language():
    assert span(3725, "en") == "1 hour, 2 minutes"
    assert span(3725, "ko") == "1시간, 2분"
    assert span(0, "en") == "0 seconds"
    assert in_unit(1000 * 940.0, "dateTimeFromNow", now_s=1000.0) == "1 minute ago"


def test_a_value_has_the_colour_of_the_last_step_it_reaches():
    assert [threshold(value, STEPS) for value in (0, 0.6, 0.79, 5)] == [
        COLOURS["green"],
        COLOURS["yellow"],
        COLOURS["yellow"],
        COLOURS["red"],
    ]


def test_a_mapping_goes_before_unit_and_threshold():
    settings = {"unit": "percentunit", "thresholds": STEPS, "mappings": [{"options": {"0": {"text": "none"}}}]}
    assert tell(0.0, settings, language="en", now_s=0) == ("none", "")
    assert tell(1.0, settings, language="en", now_s=0) == ("100%", COLOURS["red"])
    assert tell("0", settings, language="en", now_s=0) == ("none", "")
    assert tell("acc-1", settings, language="en", now_s=0) == ("acc-1", "")


def test_every_unit_and_colour_of_the_dashboards_is_known():
    for board in boards().values():
        for panel in panels(board):
            defaults = panel["fieldConfig"]["defaults"]
            given = [
                prop["value"]
                for one in panel["fieldConfig"]["overrides"]
                for prop in one["properties"]
                if prop["id"] == "unit"
            ]
            assert all(in_unit(1.0, unit) for unit in [defaults["unit"], *given])
            colours = {step["color"] for step in defaults["thresholds"]["steps"]}
            assert all(one in COLOURS or one.startswith("#") for one in colours)
