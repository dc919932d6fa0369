"""Answers -> rows and courses, as Grafana's own transformations and overrides make them."""

from tests.pictures import frames

TABLE = {
    "type": "table",
    "targets": [{"refId": "A"}, {"refId": "B"}],
    "options": {"sortBy": [{"displayName": "Load", "desc": True}]},
    "transformations": [
        {"id": "joinByField", "options": {"byField": "link", "mode": "outer"}},
        {"id": "organize", "options": {"indexByName": {"link": 0, "Value #B": 1, "board": 2}}},
    ],
    "fieldConfig": {
        "defaults": {"unit": "none", "custom": {"align": "auto"}},
        "overrides": [
            {"matcher": {"id": "byName", "options": "link"}, "properties": [{"id": "displayName", "value": "Link"}]},
            {
                "matcher": {"id": "byName", "options": "Value #B"},
                "properties": [{"id": "displayName", "value": "Load"}, {"id": "unit", "value": "percentunit"}],
            },
            {
                "matcher": {"id": "byName", "options": "board"},
                "properties": [{"id": "custom.hideFrom.viz", "value": True}],
            },
        ],
    },
}


def sample(value, **labels):
    return {"metric": labels, "value": [0, str(value)]}


def test_queries_become_one_table_by_their_key_and_what_is_missing_comes_last():
    answers = {
        "A": [sample(1, link="l-1", ring="r"), sample(1, link="l-2"), sample(1, link="l-3")],
        "B": [sample(0.5, link="l-3"), sample(0.7, link="l-1")],
    }
    found = frames.rows(TABLE, answers)
    assert [(row["link"], row.get("Value #B")) for row in found] == [("l-1", 0.7), ("l-3", 0.5), ("l-2", None)]
    assert found[0]["ring"] == "r"


def test_columns_stand_in_their_order_without_those_that_are_hidden():
    shown = frames.columns(TABLE)
    assert [(one.source, one.title) for one in shown] == [("link", "Link"), ("Value #B", "Load")]
    assert (shown[0].settings["unit"], shown[1].settings["unit"]) == ("none", "percentunit")


def graph(*targets, overrides=()):
    return {"targets": targets, "fieldConfig": {"defaults": {"unit": "bps"}, "overrides": list(overrides)}}


def test_a_course_is_called_by_its_legend_and_then_by_its_override():
    panel = graph(
        {"refId": "A", "legendFormat": "{{port}} out"},
        overrides=[
            {
                "matcher": {"id": "byRegexp", "options": "/ out$/"},
                "properties": [{"id": "custom.transform", "value": "negative-Y"}],
            },
            {
                "matcher": {"id": "byName", "options": "Gi2 out"},
                "properties": [{"id": "displayName", "value": "uplink"}],
            },
        ],
    )
    told = frames.courses(
        panel, {"A": [{"metric": {"port": port}, "values": [[1, "2"], [6, "3"]]} for port in ("Gi1", "Gi2")]}
    )
    assert [one.name for one in told] == ["Gi1 out", "uplink"]
    assert all(one.settings["custom.transform"] == "negative-Y" for one in told)
    assert told[0].samples == [(1.0, 2.0), (6.0, 3.0)]


def test_without_a_legend_a_course_is_called_by_its_labels():
    panel = graph({"refId": "A", "legendFormat": "__auto"})
    assert (
        frames.courses(panel, {"A": [sample(4, __name__="up", job="netwatch", instance="a")]})[0].name == "a, netwatch"
    )
