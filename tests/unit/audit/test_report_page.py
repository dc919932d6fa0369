"""The report of a day, as page and as tables: it stands alone, says all in both languages, and adds up."""

import csv
import io
import json
import re
from decimal import Decimal
from html.parser import HTMLParser

import openpyxl
import pytest

from grafana.states import CREW, KIND, SEVERITY
from netwatch.audit.ledger_read import reading
from netwatch.audit.report.comma_separated import as_csv
from netwatch.audit.report.page import page
from netwatch.audit.report.proof import proof, readable_key
from netwatch.audit.report.source import read_source
from netwatch.audit.report.spreadsheets import as_xlsx
from netwatch.audit.report.words import LANGUAGES, term, words
from netwatch.core.audit.ledger_row import canonical
from netwatch.core.audit.report.iso37106 import SHEET
from netwatch.core.audit.report.public import public
from netwatch.core.audit.report.tables import TABLES, Table, tables
from tests.unit.audit import report_ledger
from tests.unit.audit.report_ledger import HOSTILE
from tests.unit.audit.test_report_pack import QUESTION
from tests.unit.core.audit.report.city import T0

WIDOWED = ("link", "meta", "br", "rect", "line", "hr", "input", "img")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """(report, proof) of the day."""
    ledger = report_ledger.rows()
    ledger.add("event daemon.started", "daemon:", 1, {"version": "1.2.3", "fingerprint": "f" * 64}, recorded=90_000)
    ledger.add(
        "correction correction",
        "field_device:cam-2",
        30_002,
        {
            "id": "k-1",
            "from": T0 + 30_002,
            "until": T0 + 31_002,
            "state": "up",
            "reason": "녹화가 있다",
            "by": "hwang",
            "user": "operator",
            "key": "00",
            "signature": "00",
        },
        recorded=90_000,
    )
    state = report_ledger.write(tmp_path_factory.mktemp("state"), ledger)
    with reading(state) as reader:
        source = read_source(reader)
        report = source.report(QUESTION)
    return json.loads(json.dumps(report)), proof(canonical(report), source.checkpoint, readable_key(state))


@pytest.fixture(params=LANGUAGES)
def language(request):
    return request.param


class Page(HTMLParser):
    """Tags that close, the text, and where links lead."""

    def __init__(self, html):
        super().__init__()
        self.open, self.text, self.tags, self.anchors, self.links = [], [], [], set(), []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        self.tags.append((tag, told))
        self.anchors.add(told.get("id"))
        if tag == "a":
            self.links.append(told["href"].removeprefix("#"))
        if tag not in WIDOWED:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in WIDOWED:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)

    @property
    def said(self):
        return " ".join(" ".join(self.text).split())


def test_a_page_is_whole_and_fetches_nothing(made, language):
    html = page(*made, language=language)
    read = Page(html)
    assert read.open == []
    assert set(read.links) <= read.anchors
    assert not {tag for tag, _ in read.tags} & {"script", "link", "img", "iframe", "object"}
    assert not re.search(r"""(src|href)=["'](?!#)|url\((?!#)|@import""", html)


def test_what_people_wrote_is_text_and_no_markup(made, language):
    html = page(*made, language=language)
    assert HOSTILE not in html
    assert HOSTILE in Page(html).said


def test_every_section_says_the_figures_that_the_ledger_gives(made, language):
    said, told = Page(page(*made, language=language)).said, words(language)
    assert {key for key in told if key.startswith("kind_")} == {f"kind_{kind}" for kind in made[0]["accounts"]}
    for title in ("services", "adds_up", "faults", "rings", "repairs", "iso", "own_network", "method", "proof"):
        assert told[title] in said
    assert "4 × 86,400.000" in said  # four field devices, a day
    assert "1:00:00" in said  # the outage, and the time without reserve
    assert told["missed"] in said
    assert told["late"] in said  # the window that was declared a second before
    assert term("monitor_down", language) in said
    assert term("device_power", language) in said
    assert made[1]["checkpoint"]["root"] in said
    assert made[1]["signature"] in said
    assert "녹화가 있다" in said
    assert told["annex_starts"] in said
    assert "1.2.3" in said


def test_the_languages_have_the_same_words_and_neither_leaves_one_empty():
    korean, english = (words(language) for language in LANGUAGES)
    assert korean.keys() == english.keys()
    assert all(korean.values())
    assert all(english.values())
    assert all(re.findall(r"\{\w+\}", korean[key]) == re.findall(r"\{\w+\}", english[key]) for key in korean)


def test_kinds_of_faults_and_crews_are_called_as_on_the_dashboards():
    for shown in (*KIND, *CREW, *SEVERITY):
        assert (term(shown.value, "en"), term(shown.value, "ko")) == (shown.word.en, shown.word.ko)


def test_a_word_that_is_not_known_is_told_as_it_stands():
    assert term("gremlins", "ko") == "gremlins"


def test_the_sheet_of_iso_37106_leads_to_sections_that_are_there_and_claims_no_level(made, language):
    read = Page(page(*made, language=language))
    assert {one.section for one in SHEET} - {"usage"} <= read.anchors
    assert not re.search(r"level [1-5]|[1-5]단계|성숙도 [1-5]", read.said)


def test_classes_add_up_to_the_period_in_every_row_of_the_figures(made):
    (figures,) = (one for one in tables(made[0], str) if one.name == "figures")
    place = {column: number for number, column in enumerate(figures.columns)}
    assert {len(row) for row in figures.rows} == {len(figures.columns)}
    for row in figures.rows:
        parts = [row[place[f"{name}_s"]] for name in ("up", "down", "maintenance", "unknown", "not_in_service")]
        assert sum(parts) == row[place["total_s"]] == 86_400 * row[place["weight"]]


def test_the_table_of_maintenance_says_what_each_window_counts_as(made):
    def counted(report):
        (windows,) = (one for one in tables(report, str) if one.name == "maintenance")
        return [row[windows.columns.index("counts_as")] for row in windows.rows]

    report = json.loads(json.dumps(made[0]))
    assert counted(report) == ["maintenance", "late"]
    for account in report["accounts"].values():
        for one in account["subjects"].values():
            for window in one["maintenance"]:
                window["refusals"] += ["outage_open"] if window["refusals"] else []
    report["maintenance"][0]["id"] = "m-99"
    assert counted(report) == ["covers_nothing", "late outage_open"]


def test_the_faults_together_are_all_that_was_lost(made):
    lost = sum(one["camera_ms"] for one in made[0]["faults"])
    whole = made[0]["accounts"]["service"]["scopes"][0]
    assert lost == whole["raw"]["down"] == 3 * 3600_000


def test_corrections_stand_apart_and_change_no_figure_of_the_report(made):
    report = made[0]
    recorded = report["accounts"]["service"]["subjects"]["field_device:cam-2"]["raw"]
    corrected = report["with_corrections"]["service"]["subjects"]["field_device:cam-2"]["raw"]
    assert (recorded["down"], corrected["down"]) == (3600_000, 2600_000)
    assert sum(corrected[name] for name in ("up", "down", "maintenance", "unknown")) == 86_400_000
    assert set(report["with_corrections"]) == {"service", "field_device"}


def test_csv_and_xlsx_have_the_same_numbers(made):
    every = tables(made[0], str)
    assert tuple(one.name for one in every) == TABLES
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(every)), read_only=True)
    assert tuple(book.sheetnames) == TABLES
    for one in every:
        written = list(csv.reader(io.StringIO(as_csv(one).decode("utf-8-sig"))))
        assert written[0] == list(one.columns)
        rows = list(book[one.name].iter_rows(min_row=2, values_only=True))
        assert len(rows) == len(written) - 1 == len(one.rows)
        for cells, texts, meant in zip(rows, written[1:], one.rows, strict=True):
            for cell, text, value in zip((*cells, *[None] * (len(texts) - len(cells))), texts, meant, strict=True):
                if isinstance(value, (int, Decimal)):
                    assert Decimal(text) == value
                    assert float(cell) == float(value)
                else:
                    assert (text, cell or "") == (value or "", value or "")


def test_no_cell_becomes_a_formula_and_no_control_character_breaks_a_sheet():
    hostile = Table(name="figures", columns=("a", "b"), rows=(("=1+1", "bell\x07"), ("@cmd", "-2+3")))
    assert as_csv(hostile).decode("utf-8-sig").splitlines()[1:] == ["'=1+1,bell\x07", "'@cmd,'-2+3"]
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx([hostile])))["figures"]
    assert (sheet["A2"].value, sheet["A2"].data_type, sheet["B2"].value) == ("=1+1", "s", "bell\ufffd")


def test_the_public_variant_has_no_address_no_mac_no_place_and_nobody_but_every_figure(made, language):
    report = public(made[0])
    html = page(report, made[1], language=language)
    text = html + json.dumps(report, ensure_ascii=False)
    for secret in ("10.20.0", "10.30.0", "00:40:8c", "37.7", "127.0", "kim", "lee", "operator", "hwang", "증설"):
        assert secret not in text
    assert words(language)["public_note"] in html
    for kind, account in made[0]["accounts"].items():
        for name, one in account["subjects"].items():
            assert report["accounts"][kind]["subjects"][name]["raw"] == one["raw"]
