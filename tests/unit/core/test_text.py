import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.core.text import MAX_LENGTH, decode_text, visible

UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"", ""),
        (b"Gi1/0/3", "Gi1/0/3"),
        ("옥정3동 CCTV".encode(), "옥정3동 CCTV"),
        ("옥정3동 CCTV".encode("cp949"), "옥정3동 CCTV"),
        (b"uplink\0\0\0", "uplink"),
        (b"up\0link", "up\\x00link"),
        (b"first\r\nsecond\tthird", "first\\r\\nsecond\\tthird"),
        (b"\xff\xfe link", "\\xff\\xfe link"),
        (b"\xc2\x85next", "\\x85next"),
        ("a\u202egnp.exe".encode(), "a\\u202egnp.exe"),
        ("a\u2028b\u200bc".encode(), "a\\u2028b\\u200bc"),
        ("정자동\u3000교차로".encode(), "정자동\u3000교차로"),
        (b'say "hi" \\ bye', 'say "hi" \\ bye'),
    ],
)
def test_octets_become_text_that_can_be_seen(raw, text):
    assert decode_text(raw, "cp949") == text


def test_decomposed_hangul_is_composed_so_that_it_equals_what_the_inventory_says():
    assert decode_text(unicodedata.normalize("NFD", "옥정").encode(), "cp949") == "옥정"


def test_a_surrogate_written_in_utf_8_stays_visible_octets():
    assert decode_text(b"a\xed\xa0\x80b", "ascii") == "a\\xed\\xa0\\x80b"
    assert visible("a\ud800b") == "a\\ud800b"


def test_a_text_of_the_full_length_is_whole_and_a_longer_one_says_it_was_cut():
    assert decode_text(b"x" * MAX_LENGTH, "cp949") == "x" * MAX_LENGTH
    assert decode_text(b"x" * 60_000, "cp949") == "x" * (MAX_LENGTH - 1) + "…"


def test_a_charset_python_does_not_have_is_an_error_and_no_silent_escape():
    with pytest.raises(LookupError):
        decode_text(b"\xff", "cp9494")


@given(st.binary(max_size=600), st.sampled_from(["cp949", "euc-kr", "latin-1", "shift_jis", "utf-16"]))
def test_any_octets_in_any_charset_become_one_line_that_utf_8_carries_unchanged(raw, charset):
    text = decode_text(raw, charset)
    assert len(text) <= MAX_LENGTH
    assert not UNSEEN & {unicodedata.category(c) for c in text}
    assert unicodedata.is_normalized("NFC", text)
    assert text.encode().decode() == text
    assert len(text.splitlines()) <= 1


@given(st.text(st.characters(), max_size=300))
def test_what_is_visible_already_is_left_as_it_is(text):
    assert visible(visible(text)) == visible(text)


@given(st.text(st.characters(blacklist_categories=sorted(UNSEEN)), max_size=200))
def test_text_in_utf_8_that_can_be_seen_comes_through_composed_and_otherwise_untouched(text):
    composed = unicodedata.normalize("NFC", text)
    if len(composed) <= MAX_LENGTH:
        assert decode_text(text.encode(), "cp949") == composed
