"""The dashboards hold what Grafana's own types say, and nothing that they do not know.

`grafana/schema/schema.json` is taken from the npm package @grafana/schema by `make grafana-schema`. The SDK
that the dashboards are made with is older than the newest Grafana and writes what that has dropped; here it shows.
"""

import copy
import json

import pytest
from jsonschema import Draft7Validator

from grafana.generate import FOLDER
from grafana.words import Language
from tests.rules.boards import boards, panels

SCHEMA = json.loads((FOLDER.parent / "schema" / "schema.json").read_text(encoding="utf-8"))
# Read by Grafana's Prometheus plugin, whose annotations have no type of their own.
OF_PROMETHEUS = {"expr", "step", "textFormat", "titleFormat"}


def mistakes(what, name):
    """What Grafana's type `name` has against it."""
    return [f"{error.json_path}: {error.message}" for error in Draft7Validator(SCHEMA[name]).iter_errors(what)]


@pytest.fixture(scope="module", params=[language.value for language in Language])
def every_board(request):
    return boards(request.param)


def test_the_schema_is_of_a_current_grafana_and_whole():
    assert int(SCHEMA["version"].split(".")[0]) >= 13
    for name, schema in SCHEMA.items():
        if name != "version":
            Draft7Validator.check_schema(schema)
            assert schema["additionalProperties"] is False, name


def test_every_dashboard_is_one_to_grafana(every_board):
    for name, board in every_board.items():
        whole = copy.deepcopy(board)
        for annotation in whole["annotations"]["list"]:
            assert annotation.keys() >= OF_PROMETHEUS
            for key in OF_PROMETHEUS:
                del annotation[key]
        assert mistakes(whole, "dashboard") == [], name


def test_every_panel_and_heading_is_one_to_grafana(every_board):
    for name, board in every_board.items():
        for panel in board["panels"]:
            assert mistakes(panel, "row" if panel["type"] == "row" else "panel") == [], (name, panel["title"])


def test_the_options_of_every_panel_are_those_of_its_visualization(every_board):
    looks = set()
    for name, board in every_board.items():
        for panel in panels(board):
            looks.add(panel["type"])
            assert mistakes(panel["options"], f"{panel['type']} options") == [], (name, panel["title"])
    assert {f"{look} options" for look in looks} <= SCHEMA.keys()
    assert len(looks) == 6


def test_what_a_visualization_adds_to_its_fields_is_its_own(every_board):
    seen = 0
    for name, board in every_board.items():
        for panel in panels(board):
            given = panel["fieldConfig"]["defaults"].get("custom", {})
            for override in panel["fieldConfig"]["overrides"]:
                for prop in override["properties"]:
                    # a table's fields hold more kinds of cells than their type can say one by one: their keys count
                    if prop["id"].startswith("custom."):
                        given = {**given, prop["id"].split(".")[1]: prop["value"]}
            if given:
                seen += 1
                known = SCHEMA[f"{panel['type']} custom"]["properties"]
                assert given.keys() <= known.keys(), (name, panel["title"])
    assert seen > 30


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("dashboard", {"panles": []}),
        ("panel", {"gridPos": {"h": "8", "w": 8, "x": 0, "y": 0}}),
        ("table options", {"footer": {}}),
        ("geomap options", {"view": {"id": "fit", "zoomed": 3}}),
        ("timeseries options", {"legend": {"placement": "left"}}),
    ],
)
def test_what_grafana_does_not_know_is_found(name, change):
    city = boards("en")["city"]
    whole = {
        "dashboard": {**city, "annotations": {}},
        "panel": panels(city)[0],
        **{f"{panel['type']} options": panel["options"] for panel in panels(city)},
    }[name]
    assert mistakes(whole, name) == []
    assert mistakes({**whole, **change}, name)
