import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from netwatch.expose.text import label_value, visible

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("port 1", "port 1"),
        ("용정 카메라", "용정 카메라"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("nul\x00", "nul\\x00"),
        ("\udcb0\udca1", "\\udcb0\\udca1"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("next\u0085line\u2028", "next\\x85line\\u2028"),
    ],
)
def test_what_could_deceive_is_shown_as_an_escape_and_the_rest_as_it_is(text, shown):
    assert visible(text) == shown


@given(ANY_TEXT)
def test_visible_text_is_one_line_that_encodes(text):
    shown = visible(text)
    assert len(shown.splitlines()) <= 1
    assert shown.encode().decode() == shown


@given(ANY_TEXT)
def test_visible_text_stays_as_it_is_when_shown_again(text):
    assert visible(visible(text)) == visible(text)


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("Gi1/0/1", "Gi1/0/1"),
        ('say "hi"', r"say \"hi\""),
        ("back\\slash", r"back\\slash"),
        ("two\nlines", r"two\nlines"),
        ("bell\x07", r"bell\\x07"),
        ("\udc80", r"\\udc80"),
    ],
)
def test_a_label_is_escaped_as_the_text_format_wants_it(text, inside):
    assert label_value(text) == inside


@given(st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp")) | st.just("\n"), max_size=255))
def test_a_label_reads_back_as_the_text_it_was(text):
    page = f'x{{a="{label_value(text)}"}} 1\n'
    (family,) = text_string_to_metric_families(page)
    assert family.samples[0].labels == {"a": text}


@given(ANY_TEXT, st.integers(1, 50))
def test_a_label_is_never_longer_than_its_limit_before_escaping(text, limit):
    (family,) = text_string_to_metric_families(f'x{{a="{label_value(text, limit)}"}} 1\n')
    assert len(family.samples[0].labels["a"]) <= 6 * limit


def test_a_cut_label_ends_in_an_ellipsis():
    assert label_value("x" * 300) == "x" * 254 + "…"
