"""`netwatch handover` as people read it: text and one HTML file, in English and Korean, with and without a daemon."""

from html.parser import HTMLParser

import pytest

from netwatch.cli.handover_html import as_html
from netwatch.cli.handover_text import as_text
from netwatch.cli.handover_words import _WORDS, Words
from netwatch.cli.main import main

WORK = {"at": "2026-11-22T19:10:00+09:00", "at_s": 1.0, "user": "kim", "text": "한빛 <b>"}
FAULT = {
    "id": "3f9a",
    "kind": "cable_cut",
    "subject": "cable:c-017",
    "severity": "major",
    "district": "옥정동",
    "since": "2026-11-22T19:00:00+09:00",
    "since_s": 1.0,
    "cleared": None,
    "cleared_s": None,
    "lasts_s": 7500.0,
    "is_new": True,
    "devices": 3,
    "out_of_service": 12,
    "send": "fibre crew",
    "call": "한빛통신 031-000-0000",
    "evidence": ["no light <script>alert(1)</script>"],
    "acknowledged": WORK,
    "assigned": None,
    "dispatched": None,
    "ticket": None,
    "notes": [WORK],
}
TOLD = {
    "city": "Yangju",
    "timezone": "Asia/Seoul",
    "since": "2026-11-22T18:00:00+09:00",
    "until": "2026-11-22T21:00:00+09:00",
    "running": True,
    "opened": 2,
    "open": [FAULT, {**FAULT, "id": "77aa", "acknowledged": None, "notes": [], "is_new": False}],
    "closed": [{**FAULT, "cleared": "2026-11-22T20:00:00+09:00", "cleared_s": 2.0}],
    "maintenance": [
        {
            "state": "planned",
            "from": "2026-11-23T01:00:00+09:00",
            "until": "2026-11-23T05:00:00+09:00",
            "subject": "ring:a",
            "reason": "증설",
            "by": "lee",
            "approved_by": "",
        }
    ],
    "not_observed": {
        "gaps": [{"from": "2026-11-22T18:30:00+09:00", "until": None, "cause": "own_uplink_dark"}],
        "devices": [{"device": "acc-9", "since": "2026-11-22T18:30:00+09:00"}],
    },
}
EMPTY = {**TOLD, "open": [], "closed": [], "maintenance": [], "not_observed": {"gaps": [], "devices": []}}


def test_the_text_says_what_is_open_and_whose_it_is():
    text = as_text(TOLD, "en")
    assert text.splitlines()[:2] == [
        "Yangju Handover, from 11-22 18:00 to 11-22 21:00 Asia/Seoul",
        "2 opened, 1 closed, 2 still open",
    ]
    assert "  major  cable cut  cable:c-017  [3f9a]\n    since         11-22 19:00, 2 h 5 min (new)\n" in text
    assert "send          fibre crew 한빛통신 031-000-0000" in text
    assert "nobody's: nobody has taken note of it" in text
    assert "planned  from 11-23 01:00 to 11-23 05:00  ring:a  증설  lee, approved by nobody" in text
    assert "from 11-22 18:30 to now: netwatch's own uplink was dark" in text


def test_in_korean_no_english_word_of_ours_is_left():
    text = as_text(TOLD, "ko")
    assert text.startswith("Yangju 근무 교대 인계서, 11-22 18:00부터 11-22 21:00까지 Asia/Seoul\n")
    assert [
        word in text for word in ("중대  케이블 절단  cable:c-017", "2시간 5분", "담당 없음", "광케이블 복구반")
    ] == [True] * 4


@pytest.mark.parametrize("language", ["en", "ko"])
def test_an_empty_night_is_told_as_one(language):
    words = Words(language)
    text = as_text(EMPTY, language)
    assert (text.count(words("none")), words("all_observed") in text) == (3, True)


def test_a_daemon_that_does_not_run_is_told_first():
    assert "netwatch has not run since 11-22 21:00" in as_text({**TOLD, "running": False}, "en").splitlines()[1]
    assert '<p class="stopped">' in as_html({**TOLD, "running": False}, "en")


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen, self.open = [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_page_is_whole_and_nothing_that_people_wrote_becomes_markup(language):
    page = as_html(TOLD, language)
    tags = Tags()
    tags.feed(page)
    assert (tags.open, tags.seen[0]) == ([], ("html", {"lang": language}))
    assert {tag for tag, _ in tags.seen}.isdisjoint(("script", "b", "img", "link"))
    assert "&lt;script&gt;" in page


def test_every_word_is_there_in_both_languages():
    assert [key for key, pair in _WORDS.items() if not all(pair) or pair[0] == pair[1]] == []


def test_without_a_daemon_or_a_store_that_is_said(tmp_path, capsys):
    assert main(["handover", "--since", "18:00", "--state-dir", str(tmp_path)]) == 3
    said = capsys.readouterr().err
    assert "This is what the record says." in said
    assert "which --state-dir does netwatch run with?" in said
