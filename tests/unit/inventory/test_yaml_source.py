"""YAML as text: what its version 1.1 would make of a word is not ours."""

import pytest
import yaml

from netwatch.inventory import yaml_source
from netwatch.inventory.findings import Findings
from netwatch.inventory.nodes import Items, Table, Text
from netwatch.inventory.yaml_source import compose


@pytest.fixture(params=["libyaml", "pure Python"], autouse=True)
def loader(request, monkeypatch):
    """Both parsers PyYAML may have give the same nodes."""
    monkeypatch.setattr(yaml_source, "_Loader", yaml.CSafeLoader if request.param == "libyaml" else yaml.SafeLoader)


def read(text):
    findings = Findings()
    root = compose(text.encode(), "f", findings)
    return root, [str(problem) for problem in findings.in_file_order(["f"])]


def plain(node):
    if isinstance(node, Text):
        return node.value
    if isinstance(node, Items):
        return [plain(value) for value in node.values]
    return {key: plain(entry.value) for key, entry in node.entries.items()}


WORDS = ["007", "0x10", "0o7", "1_000", "on", "off", "yes", "NO", "null", "~", "1:30", "1e3", ".inf", "2026-12-01"]
WORDS += ["=", "1.10", "00:11:22:33:44:55", "12:34:56", "true"]


@pytest.mark.parametrize(
    "word",
    WORDS,
)
def test_every_word_stays_the_word_it_is(word):
    root, problems = read(f"{word}: [{word}]\n")
    assert problems == []
    assert plain(root) == {word: [word]}


def test_keys_and_items_know_their_lines():
    root, _ = read("a:\n  b: 1\n  c: {d: 2,\n    e: 3}\nf:\n  - x\n  - y\n")
    assert isinstance(root, Table)
    inner = root.entries["a"].value.entries
    assert (inner["b"].line, inner["c"].line) == (2, 3)
    assert [entry.line for entry in inner["c"].value.entries.values()] == [3, 4]
    assert [item.line for item in root.entries["f"].value.values] == [6, 7]


def test_nothing_and_an_empty_text_are_told_apart():
    root, _ = read("a:\nb: ''\nc: {d: , e: \"\"}\n")
    assert root.entries["a"].value == Text("", 1, quoted=False)
    assert root.entries["b"].value == Text("", 2, quoted=True)
    assert root.entries["c"].value.entries["d"].value.quoted is False
    assert root.entries["c"].value.entries["e"].value.quoted is True


def test_keys_and_values_are_nfc():
    root, _ = read("\u1112\u1161\u11ab: \u1100\u1161\n")
    assert plain(root) == {"한": "가"}


def test_a_key_is_a_duplicate_also_when_it_is_typed_in_jamo():
    _, problems = read("한: 1\n\u1112\u1161\u11ab: 2\n")
    assert problems == ["f:2: the key '한' stands here twice, first in line 1"]


def test_folded_and_quoted_texts_are_texts():
    root, _ = read("a: >\n  one\n  two\nb: |\n  one\n  two\nc: 'it''s'\n")
    assert plain(root) == {"a": "one two\n", "b": "one\ntwo\n", "c": "it's"}


def test_a_merge_key_is_only_a_key():
    root, problems = read("a: {<<: b}\n")
    assert problems == []
    assert plain(root) == {"a": {"<<": "b"}}


def test_anchors_aliases_and_tags_are_all_reported_in_one_go():
    _, problems = read("a: &x 1\nb: *x\nc: !!int 3\nd: &y [1]\ne: !t {}\n")
    assert [problem.partition(" is refused")[0] for problem in problems] == [
        "f:1: a YAML anchor (`&name`)",
        "f:2: a YAML alias (`*name`)",
        "f:3: a YAML tag (`!name`)",
        "f:4: a YAML anchor (`&name`)",
        "f:5: a YAML tag (`!name`)",
    ]


def test_more_values_than_any_city_has_are_refused(monkeypatch):
    monkeypatch.setattr(yaml_source, "MOST_VALUES", 10)
    assert read("a: [1, 2, 3, 4, 5, 6, 7]\n")[1] == []
    root, problems = read("a: [1, 2,\n 3, 4, 5, 6, 7, 8, 9, 10]\n")
    assert root is None
    assert problems == ["f:2: more than 10 values in one file"]


@pytest.mark.parametrize("text", ["just words", "[a, b]", "5"])
def test_a_root_that_is_no_table(text):
    root, problems = read(text)
    assert root is None
    assert problems == ["f:1: this file is a table of keys, each with a colon and its value"]


def test_a_control_character_has_its_line():
    root, problems = read("a: 1\nb: \x07\n")
    assert root is None
    assert problems == ["f:2: a control character is not allowed in YAML"]
