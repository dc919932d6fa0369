"""By which letters texts are compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.core.search.column import Column, Writing, drained
from netwatch.core.search.text import folded, initials, is_initials, words


@pytest.mark.parametrize(
    ("one", "other"),
    [("cam-0412", "CAM 0412"), ("Gi1/0/3", "gi1-0-3"), ("ＣＡＭ０４１２", "cam0412"), ("옥정 사거리", "옥정사거리")],
)
def test_case_width_blanks_and_punctuation_do_not_count(one, other):
    assert folded(one) == folded(other)


@pytest.mark.parametrize("typed", ["ㅇ", "오", "옥", "옥ㅈ", "옥저", "옥정", "옥정ㅅ", "옥정사거"])
def test_every_state_of_typing_begins_the_whole(typed):
    assert folded("옥정사거리").startswith(folded(typed))


def test_a_consonant_still_at_the_end_of_the_syllable_before_begins_the_next_one():
    assert folded("오정").startswith(folded("옺"))
    assert folded("갑시다").startswith(folded("값"))


def test_a_wrong_vowel_is_one_mistake():
    one, other = folded("사거라"), folded("사거리")
    assert sum(a != b for a, b in zip(one, other, strict=True)) == 1


@pytest.mark.parametrize(("text", "expected"), [("옥정 3", "ㅇㅈ3"), ("방범 CCTV", "ㅂㅂcctv"), ("cam-1", "")])
def test_initials_are_those_of_syllables_and_what_is_no_syllable_stays(text, expected):
    assert initials(text) == folded(expected)


@pytest.mark.parametrize(("typed", "expected"), [("ㅇㅈ", True), ("ㅇㅈ3", True), ("옥ㅈ", False), ("cam", False)])
def test_only_consonants_without_a_vowel_are_initials(typed, expected):
    assert is_initials(folded(typed)) is expected


def test_words_are_told_once_each():
    assert words("Cam cam 12") == ("cam", "12")


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert folded(folded(text)) == folded(text)


@given(
    st.lists(st.text(alphabet="ab옥정 1", max_size=6), max_size=12), st.text(alphabet="ab옥1", min_size=1, max_size=3)
)
def test_a_column_finds_what_looking_at_each_text_finds(texts, needle):
    column = Column([texts[:3], [], texts[3:]])
    assert [column.text(number) for number in range(len(column))] == texts
    expected = list(enumerate(texts))
    assert list(column.containing(needle)) == [number for number, text in expected if needle in text]
    assert list(column.beginning(needle)) == [number for number, text in expected if text.startswith(needle)]
    assert list(column.ending(needle)) == [number for number, text in expected if text.endswith(needle)]
    assert list(column.equal(needle)) == [number for number, text in expected if text == needle]
    if len(texts) > 2:
        inner = [number for number, text in expected[1:2] if needle in text]
        assert list(column.containing(needle, first=1, behind=2)) == inner


def test_pieces_of_a_column_are_all_of_it():
    texts = [str(number) for number in range(10)]
    assert [text for piece in Column([texts]).pieces(4) for text in piece] == texts


def test_a_text_with_a_line_break_in_it_is_one_text():
    writing = Writing([["폴\n교체"], ["b"]], {})
    assert list(writing.letters.equal(folded("폴교체"))) == [0]
    assert list(writing.with_initials(folded("ㅍㄱㅊ"))) == [0]
    assert list(writing.letters.equal("b")) == [1]


def test_of_thousands_of_texts_each_keeps_its_number():
    texts = [f"옥정 {number}" if number % 3 else f"cam {number}" for number in range(5000)]
    writing = Writing(drained(texts), {})
    assert texts == []
    assert list(writing.letters.equal(folded("옥정4001"))) == [4001]
    assert list(writing.letters.equal("cam4002")) == [4002]
    assert list(writing.with_initials(folded("ㅇㅈ4001"))) == [4001]
