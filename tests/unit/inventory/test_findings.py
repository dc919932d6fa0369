"""Sentences an operator can read, and the word that was meant, without keeping anybody waiting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.core.errors import InventoryError
from netwatch.inventory import findings as inventory_findings
from netwatch.inventory.findings import Findings, Refused, legible, nfc, quoted


@given(st.text(max_size=300))
def test_whatever_is_shown_is_one_short_printable_line(text):
    shown = quoted(text)
    assert shown.isprintable()
    assert len(shown) <= 60 * len("\\U00000000") + 4


def test_a_short_word_is_shown_as_it_is_and_a_long_one_is_cut():
    assert quoted("한빛") == "'한빛'"
    assert legible("x" * 60) == "x" * 60
    assert legible("x" * 61) == "x" * 60 + "…"
    assert legible("a\nb\x1b[0m") == "a\\nb\\x1b[0m"


@given(st.text())
def test_nfc_of_nfc_is_itself(text):
    assert nfc(nfc(text)) == nfc(text)


def test_problems_come_in_the_order_of_files_then_lines_each_once():
    findings = Findings()
    for file, line in (("b", 1), ("a", 9), ("a", 2), ("a", 2), ("elsewhere", 1), ("a", 0)):
        findings.add(file, line, "", "wrong")
    told = [(problem.file, problem.line) for problem in findings.in_file_order(["a", "b"])]
    assert told == [("a", 0), ("a", 2), ("a", 9), ("b", 1), ("elsewhere", 1)]


def test_two_mistakes_of_one_line_stay_in_the_order_they_were_found():
    findings = Findings()
    findings.add("a", 1, "z", "first")
    findings.add("a", 1, "b", "second")
    assert [problem.what for problem in findings.in_file_order(["a"])] == ["first", "second"]


def test_a_refused_value_brings_the_word_that_was_meant():
    findings = Findings()
    findings.refuse("f", 3, "where", Refused("is no role", word="acces", among=("core", "access")))
    assert [str(problem) for problem in findings.in_file_order(["f"])] == [
        "f:3 where: is no role; did you mean 'access'?"
    ]


def test_a_word_like_no_other_or_far_too_long_gets_no_suggestion():
    findings = Findings()
    assert findings.suggestion("zzz", ["access"]) == ""
    assert findings.suggestion("", ["access"]) == ""
    assert findings.suggestion("access" * 20, ["access" * 20]) == ""


def test_suggestions_end_when_they_would_take_too_long(monkeypatch):
    monkeypatch.setattr(inventory_findings, "COMPARISONS", 2000)
    findings = Findings()
    names = [f"switch-{number}" for number in range(200)]
    answers = [findings.suggestion(f"swich-{number}", names) for number in range(1000)]
    assert answers[:3] == [f"; did you mean 'switch-{number}'?" for number in range(3)]
    assert answers[10:] == [""] * 990


def test_the_same_wrong_word_costs_one_search(monkeypatch):
    monkeypatch.setattr(inventory_findings, "COMPARISONS", 200)
    findings = Findings()
    names = [f"switch-{number}" for number in range(200)]
    first = findings.suggestion("swich-7", names)
    assert first == "; did you mean 'switch-7'?"
    assert [findings.suggestion("swich-7", names) for _ in range(3)] == [first] * 3


def test_an_inventory_error_reads_as_all_its_sentences():
    findings = Findings()
    findings.add("f", 1, "a", "is missing")
    findings.add("f", 0, "", "cannot be read")
    with pytest.raises(InventoryError, match=r"^f: cannot be read\nf:1 a: is missing$"):
        raise InventoryError(findings.in_file_order(["f"]))
