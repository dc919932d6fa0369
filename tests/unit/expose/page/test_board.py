"""The board: what a reader is told who has seen some of it."""

import asyncio
import json

import pytest

from netwatch.expose.page import board as module
from netwatch.expose.page.board import Board, encode


def told(board, number=0, *, private=True):
    return [json.loads(pair) for pair in board.since(number, private=private)]


def test_who_has_seen_nothing_is_told_everything_and_who_has_seen_all_nothing():
    board = Board()
    board.put("site/a", {"state": "fine"})
    board.put("site/b", {"state": "down"})
    assert told(board) == [["site/a", {"state": "fine"}], ["site/b", {"state": "down"}]]
    assert told(board, board.number) == []


def test_many_changes_of_one_record_are_one_and_a_record_put_again_as_it_was_is_none():
    board = Board()
    for state in ("fine", "down", "partly"):
        board.put("site/a", {"state": state})
    seen = board.number
    board.put("site/a", {"state": "partly"})
    assert board.number == seen
    assert told(board) == [["site/a", {"state": "partly"}]]


def test_what_is_no_more_is_told_as_null_and_forgotten_when_it_comes_back():
    board = Board()
    board.put("fault/1", {})
    seen = board.number
    board.remove("fault/1")
    board.remove("fault/1")
    assert told(board, seen) == [["fault/1", None]]
    board.put("fault/1", {"kind": "port"})
    assert told(board, seen) == [["fault/1", {"kind": "port"}]]


def test_only_what_begins_so_and_is_not_kept_goes():
    board = Board()
    for key in ("ring/a", "ring/b", "site/a"):
        board.put(key, {})
    board.keep_only("ring/", {"b"})
    assert [key for key, record in told(board) if record is not None] == ["ring/b", "site/a"]


def test_who_was_away_for_too_long_is_told_that_everything_has_to_come_anew(monkeypatch):
    monkeypatch.setattr(module, "MOST_TOMBS", 2)
    board = Board()
    for name in "abc":
        board.put(name, {})
    seen = board.number
    for name in "abc":
        board.remove(name)
    assert not board.has_all_since(seen)
    assert board.has_all_since(seen + 1)
    assert not board.has_all_since(board.number + 1)


def test_what_names_people_is_told_to_those_alone_who_are_known():
    board = Board()
    board.put("fault/1", {})
    board.put("work/1", {"user": "kim"})
    assert told(board, private=False) == [["fault/1", {}]]
    assert len(told(board)) == 2


async def test_who_waits_is_woken_by_news_or_when_the_time_is_over_and_who_is_behind_does_not_wait():
    board = Board()
    waiting = asyncio.create_task(board.wait(0, within_s=60))
    await asyncio.sleep(0)
    board.put("a", {})
    assert not waiting.done()
    board.tell()
    async with asyncio.timeout(1):
        await waiting
        await board.wait(0, within_s=60)
        await board.wait(board.number, within_s=0)


@pytest.mark.parametrize("text", ["\ud800", "\u2028", "</script>", "\n"])
def test_no_text_breaks_a_line_or_the_encoding(text):
    encoded = encode({"name": text})
    assert b"\n" not in encoded
    assert json.loads(encoded)["name"] == text
