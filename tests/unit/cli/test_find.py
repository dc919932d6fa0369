"""`netwatch find` without a daemon: the inventory alone, and it says so."""

import json

import pytest

from netwatch.cli.find_report import as_text, way_text
from netwatch.cli.main import main
from tests.unit.cli.small_city import write_city


@pytest.fixture
def find(tmp_path, capsys):
    """Run the command on the small city: (exit code, what it said, its complaints)."""
    path = write_city(tmp_path)

    def run(*words):
        code = main(["find", *words, "--inventory", str(path), "--state-dir", str(tmp_path / "none")])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_without_a_daemon_the_inventory_answers_and_says_so(find):
    code, said, complaints = find("cam-3")
    assert (code, complaints.count("\n")) == (0, 1)
    assert "This is what the inventory alone says." in complaints
    assert said.splitlines()[0] == "cam-3 (field device), at okjeong-3 옥정 3, 옥정동, on acc-3 Gi9"
    assert "acc-3 -(c-4)- acc-2 -(c-3)- core-1" in said
    assert any(line.split() == ["call", "새벽전기"] for line in said.splitlines())


def test_words_need_no_quotes(find):
    assert find("옥정", "3")[1].splitlines()[0].startswith("okjeong-3 옥정 3 (site)")


def test_what_else_fits_is_told_in_a_line_each_and_the_rest_is_counted(find):
    _, said, _ = find("cam", "--limit", "2")
    assert said.splitlines()[-3:] == [
        "also:",
        "  cam-2 (field device), at okjeong-2 옥정 2, 옥정동, on acc-2 Gi9",
        "and at least 2 more that fit",
    ]


def test_nothing_that_fits_is_the_answer_no(find):
    code, said, _ = find("zzzzzzzz")
    assert (code, said) == (1, "nothing fits 'zzzzzzzz'\n")


def test_json_has_everything(find):
    code, said, _ = find("--json", "c-4")
    told = json.loads(said)
    assert (code, told["watched"], told["total"]) == (0, False, 2)
    hit = told["hits"][0]
    assert (hit["subject"], hit["state"], hit["faults"]) == ("cable:c-4", None, [])
    assert hit["without_it"] == {"devices": 1, "field_devices": 3}
    assert hit["contractor"]["phone"] == "031-000-0000"


@pytest.mark.parametrize("words", [("--limit", "0", "a"), ("--limit", "x", "a"), ()])
def test_what_cannot_be_asked_is_a_mistake_of_use(find, words):
    with pytest.raises(SystemExit) as ended:
        find(*words)
    assert ended.value.code == 2


def test_blanks_are_no_question(find):
    assert find(" ")[0] == 1


def test_a_way_shows_where_it_is_broken():
    hops = [
        {"link": "chain-1", "cables": ["c-4"], "device": "acc-2", "broken": True},
        {"link": "ring-a-3", "cables": [], "device": "core-1", "broken": False},
    ]
    told = way_text({"from": "acc-3", "hops": hops, "anchor": "core-1", "whole": False})
    assert told == "acc-3 -BROKEN chain-1 (c-4)- acc-2 -(ring-a-3)- core-1"
    assert way_text({"from": "core-1", "hops": [], "anchor": "core-1", "whole": True}) == "core-1 is the anchor"


def test_the_state_stands_on_the_first_line():
    hit = {
        "subject": "field_device:cam-1",
        "kind": "field_device",
        "id": "cam-1",
        "name": "정문",
        "matched": {"by": "id", "how": "is", "text": "cam-1"},
        "sites": [],
        "port": None,
        "facts": {"mac": "02:00:00:00:00:01"},
        "state": "fault: no_power",
        "since": "2026-11-30T11:59:00+09:00",
        "evidence": ["PoE denies power"],
        "last_seen": {"at": "2026-11-30T11:58:00+09:00", "at_s": 1.0, "how": "answered ping"},
        "on_it": {"field_devices": {"count": 14, "first": ["a", "b"]}},
        "without_it": {"devices": 0, "field_devices": 0},
        "way": None,
        "faults": [{"id": "f1", "severity": "minor", "kind": "poe", "subject": "port:acc-1 Gi9", "since": "then"}],
        "maintenance": True,
        "contractor": None,
    }
    told = as_text({"asked": "cam-1", "total": 1, "hits": [hit]}).splitlines()
    assert told[0] == "cam-1 정문 (field device), fault: no_power, in maintenance"
    assert [line.split()[0] for line in told[1:]] == ["found", "mac", "since", "seen", "last", "fault", "there"]
    assert told[-1].split(maxsplit=1)[1] == "14 field devices: a, b, ..."
