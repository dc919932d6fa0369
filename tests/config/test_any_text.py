"""Whatever stands in the file: an inventory or an InventoryError, soon, and in bounded memory."""

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netwatch.core.errors import InventoryError
from netwatch.inventory import load
from netwatch.inventory.schema import MAIN

SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
FOLDER = settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
# a city in the tests must not include what happens to lie around on the machine that runs them
WORDS = st.text(st.characters(exclude_characters="/", exclude_categories=["Cs"]), max_size=12)
LEAVES = st.one_of(WORDS, st.sampled_from(["5s", "10G", "10.0.0.1", "sw-1 p1", "off", "3", "2c", "ring:a", "hall", ""]))
KEYS = st.sampled_from(
    [
        *MAIN.names,
        "field",
        "hall",
        "sw-1",
        "site",
        "address",
        "snmp",
        "every",
        "ping",
        "version",
        "community",
        "file",
        "env",
    ]
)
NODES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS | WORDS, inner, max_size=5)),
    max_leaves=25,
)


def outcome(path: Path):
    """The inventory or the problems; anything else that is raised fails the test."""
    try:
        return load(path, environ={}, credentials_dir=None)
    except InventoryError as error:
        problems = error.problems
    assert all(str(problem).startswith(str(path.parent)) for problem in problems)
    assert all("\n" not in str(problem) for problem in problems)
    return problems


@FOLDER
@given(content=st.binary(max_size=300))
def test_any_bytes(tmp_path, content):
    (tmp_path / "inventory.yaml").write_bytes(content)
    assert outcome(tmp_path / "inventory.yaml")


@FOLDER
@given(text=st.text(alphabet="ab:-{}[]\"'&*!|>%@`#?,\n\t 01\ufeff\u0000한", max_size=80))
def test_any_text_of_yamls_own_characters(tmp_path, text):
    (tmp_path / "inventory.yaml").write_text(text, encoding="utf-8")
    assert outcome(tmp_path / "inventory.yaml")


def as_yaml(node) -> str:
    """Flow style with double quotes: JSON is YAML, but for the escapes of surrogates."""
    import json

    return (
        json.dumps(node, ensure_ascii=True)
        if isinstance(node, str)
        else (
            "[" + ", ".join(map(as_yaml, node)) + "]"
            if isinstance(node, list)
            else "{" + ", ".join(f"? {as_yaml(key)} : {as_yaml(value)}" for key, value in node.items()) + "}"
        )
    )


@FOLDER
@given(node=st.dictionaries(KEYS, NODES, max_size=6))
def test_any_tree_of_known_and_unknown_keys(tmp_path, node):
    (tmp_path / "inventory.yaml").write_text(as_yaml(node), encoding="utf-8")
    assert outcome(tmp_path / "inventory.yaml")


@FOLDER
@given(rows=st.lists(st.lists(WORDS, max_size=5), max_size=5), charset=st.sampled_from(["utf-8", "utf-16", "cp949"]))
def test_any_spreadsheet(tmp_path, rows, charset):
    include = "include: [{file: a.csv, as: field_devices, columns: {번호: id}}]\n"
    head = "city: Y\ntimezone: Asia/Seoul\ncharset: cp949\n" + include
    (tmp_path / "inventory.yaml").write_text(head, encoding="utf-8")
    sheet = "번호,kind,site\n" + "\n".join(",".join(row) for row in rows)
    (tmp_path / "a.csv").write_bytes(sheet.encode(charset, "replace"))
    assert outcome(tmp_path / "inventory.yaml")


def test_the_bomb_of_547_bytes_is_refused_at_once(mistakes):
    bomb = "a: &a [" + ", ".join(['"lol"'] * 9) + "]\n"
    for previous, name in zip("abcdefghijk", "bcdefghijkl", strict=True):
        bomb += f"{name}: &{name} [" + ", ".join([f"*{previous}"] * 9) + "]\n"
    assert len(bomb) == 543, "and 9 ** 12 = 2.8e11 leaves, were it ever expanded"
    start = time.process_time()
    sentences = mistakes(bomb)
    assert time.process_time() - start < 0.5
    assert "inventory.yaml:2: a YAML alias (`*name`) is refused; write the value out" in sentences
    assert len([sentence for sentence in sentences if "anchor" in sentence]) == 12


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_nesting_20_000_deep_is_refused_at_once(mistakes, opening):
    start = time.process_time()
    (sentence,) = mistakes("city: Y\ntimezone: Asia/Seoul\nsites:\n " + opening * 20_000)
    assert time.process_time() - start < 1.0
    assert sentence == "inventory.yaml:4: nested deeper than 20 levels; an inventory never is"


def test_a_file_over_64_mib_is_refused_unread(mistakes):
    assert mistakes(b"#" * (64 * 1024 * 1024 + 1)) == ["inventory.yaml: larger than 64 MiB; split it with `include:`"]


def test_a_sheet_whose_every_name_is_wrong_is_told_in_reasonable_time(mistakes):
    switches = "id,site,address\n" + "".join(f"sw-{i},hall,10.0.{i >> 8}.{i & 255}\n" for i in range(1, 3001))
    cameras = "id,kind,site,device,interface\n" + "".join(f"cam-{i},cctv,hall,switch_{i},p1\n" for i in range(3000))
    text = (
        "city: Y\ntimezone: Asia/Seoul\nsites: {hall: {}}\n"
        "include: [{file: sw.csv, as: devices}, {file: cam.csv, as: field_devices}]\n"
    )
    start = time.process_time()
    sentences = mistakes(text, files={"sw.csv": switches, "cam.csv": cameras})
    assert time.process_time() - start < 8.0
    assert len(sentences) == 3000
    assert sentences[-1].startswith(
        "cam.csv:3001 field_devices.cam-2999.port: there is no 'switch_2999' among the devices"
    )


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"# nothing\n", b"---\n"])
def test_an_empty_file_misses_its_two_required_keys(mistakes, content):
    assert mistakes(content) == ["inventory.yaml:1 city: is missing", "inventory.yaml:1 timezone: is missing"]


def test_a_file_that_is_not_utf_8_names_the_line(mistakes):
    assert mistakes("city: Y\ntimezone: Asia/Seoul\nsites: {a: {name: 시청}}\n".encode("cp949")) == [
        "inventory.yaml:3: not UTF-8; save the file as UTF-8 (CSV files may be in the city's charset)"
    ]


def test_a_byte_order_mark_is_no_part_of_the_first_key(read):
    assert read(b"\xef\xbb\xbfcity: Y\ntimezone: Asia/Seoul\n").city == "Y"


def test_a_file_that_is_not_there(tmp_path):
    for path, reason in ((tmp_path / "none.yaml", "no such file"), (tmp_path, "it is not a file")):
        with pytest.raises(InventoryError) as caught:
            load(path, environ={}, credentials_dir=None)
        assert [str(problem) for problem in caught.value.problems] == [f"{path}: cannot be read: {reason}"]
