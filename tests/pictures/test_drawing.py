"""Courses and points as they are drawn: gaps, stacks, spells, and a picture of every dashboard that README shows."""

import re
import xml.etree.ElementTree as ET

import pytest

from tests.pictures import drawing
from tests.pictures.draw import BOTH_LANGUAGES, PICTURES
from tests.pictures.frames import Course
from tests.pictures.page import Seen, page
from tests.project.files import ROOT
from tests.rules.boards import boards, panels

LARGEST = 300_000
SEEN = Seen(0, 60, 5, "en", 0, ((10, 20),), 15)
BANDS = [(at, 0.0, 1.0) for at in (0, 5, 10, 30, 35)]


def test_a_gap_ends_a_line_and_begins_another():
    assert [[at for at, *_ in run] for run in drawing.runs(BANDS, 5)] == [[0, 5, 10], [30, 35]]


def test_stacked_courses_stand_on_each_other_and_turned_ones_go_down():
    courses = [Course(name, {}, [(0, 2.0), (5, 3.0)]) for name in ("a", "b")]
    assert [bands for _, bands in drawing.stacked(courses)] == [[(0, 0, 2), (5, 0, 3)], [(0, 2, 4), (5, 3, 6)]]
    down = Course("out", {"custom.transform": "negative-Y"}, [(0, 2.0)])
    assert [bands for _, bands in drawing.plain([down])] == [[(0, 0, -2)]]


def test_equal_states_are_one_spell_and_silence_is_none():
    samples = [(0, 1.0), (5, 1.0), (10, 0.0), (40, 0.0)]
    assert drawing.spells(samples, 5) == [[0, 10, 1.0], [10, 10, 0.0], [40, 40, 0.0]]


@pytest.mark.parametrize(("extent", "step"), [(1, 0.25), (7, 2), (0.04, 0.01), (900, 250)])
def test_an_axis_has_round_steps(extent, step):
    assert drawing.nice_step(extent) == pytest.approx(step)


def answer(target, panel):
    """One made-up series with every label that a panel of ours may ask for."""
    labels = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])) | {"latitude", "longitude"}
    for one in panel.get("transformations", []):
        labels |= {one["options"].get("byField", "site")} | set(one["options"].get("include", {}).get("names", ()))
    metric = {name: "37.8" for name in labels if not name.startswith("Value")}
    return [{"metric": metric, **({"value": [60, "1"]} if target["instant"] else {"values": [[0, "0"], [60, "1"]]})}]


@pytest.mark.parametrize("name", sorted(boards()))
def test_every_panel_can_be_drawn_with_data_and_without(name):
    board = boards()[name]
    full = {panel["id"]: {one["refId"]: answer(one, panel) for one in panel["targets"]} for panel in panels(board)}
    empty = {panel["id"]: {one["refId"]: [] for one in panel["targets"]} for panel in panels(board)}
    drawn, height = page(board, [("District", "<All>")], full, SEEN)
    bare, same_height = page(board, [], empty, SEEN)
    assert height == same_height > 400
    assert "&lt;All&gt;" in drawn
    assert drawn.count("<section") == bare.count("<section") == len(panels(board))
    assert 'class="none"' not in drawn
    for panel in panels(board):
        if panel["type"] != "stat":
            assert panel["fieldConfig"]["defaults"]["noValue"].replace("'", "&#x27;") in bare
    for picture in re.findall(r"<svg.*?</svg>", drawn):
        ET.fromstring(picture)


def test_readme_shows_a_picture_of_every_dashboard_and_of_the_page_and_none_is_large():
    wanted = {
        f"{name}-{language}.png"
        for name in boards()
        for language in ("en", "ko")
        if language == "en" or name in BOTH_LANGUAGES
    } | {"page-en.png", "page-phone-ko.png"}
    assert {path.name for path in PICTURES.iterdir()} == wanted
    assert all(path.stat().st_size < LARGEST for path in PICTURES.iterdir())
    shown = set(re.findall(r"\(grafana/pictures/([\w.-]+)\)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert shown == wanted
