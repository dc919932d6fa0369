import gc
import math
import sys
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.expose.samples import FEW, HeadedLines, StampedRows, column, headed_lines, number, sample
from tests.unit.expose.reading import samples_of, text_of

TOTALS = st.lists(st.none() | st.integers(0, 2**64 - 1), max_size=12)


def make_ports(count: int) -> list[bytes]:
    return [b'interface="100%%%% %d"' % row for row in range(count)]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, b"0"), (True, b"1"), (2**64 - 1, b"18446744073709551615"), (0.1, b"0.1"), (1e22, b"1e+22")],
)
def test_numbers_are_told_exactly(value, text):
    assert number(value) == text


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_that_are_none_are_told_as_the_format_wants_them(value):
    (read,) = samples_of(sample(b"x", b"", value))
    assert read.value == value or math.isnan(read.value) is math.isnan(value) is True


@given(TOTALS)
def test_a_column_tells_each_known_value_at_its_port_in_order(values):
    read = samples_of(column(b"x{", make_ports(len(values)), values))
    wanted = [(f"100% {row}", value) for row, value in enumerate(values) if value is not None]
    assert [(s.labels["interface"], s.value) for s in read] == wanted


@given(TOTALS | TOTALS.map(lambda totals: array("Q", [total or 0 for total in totals])))
def test_a_stamped_column_tells_each_known_total_with_the_stamp_of_its_row(totals):
    stamps = [1000 * (row + 1) for row in range(len(totals))]
    told = StampedRows(make_ports(len(totals)), stamps).column(b'x{cast="unicast",', totals)
    wanted = [(f"100% {row}", total, row + 1) for row, total in enumerate(totals) if total is not None]
    assert [(s.labels["interface"], s.value, s.timestamp) for s in samples_of(told)] == wanted
    assert {s.labels["cast"] for s in samples_of(told)} <= {"unicast"}


@given(TOTALS.filter(bool), st.integers(0, 14))
def test_columns_of_unequal_length_raise_and_never_shift_rows(totals, ports):
    if ports != len(totals):
        with pytest.raises(ValueError, match="values for"):
            column(b"x{", make_ports(ports), totals)
        with pytest.raises(ValueError, match="values for"):
            StampedRows(make_ports(ports), [1] * ports).insist_on(totals)


def test_stamps_of_unequal_length_raise():
    with pytest.raises(ValueError, match="values for"):
        StampedRows(make_ports(2), [1, 2, 3])


@given(st.lists(st.tuples(st.text(max_size=5), st.integers()), max_size=3 * FEW), st.text(max_size=5))
def test_lines_made_without_their_heads_are_those_that_had_them(rows, device):
    labels = b'device="%b"' % device.encode()
    lines = b"".join([sample(b"x", b"%b,%b" % (labels, text.encode()), value) for text, value in rows])
    made = headed_lines("x", labels, [b",%b} %d\n" % (text.encode(), value) for text, value in rows])
    assert text_of(made, "x") == lines
    assert isinstance(made, HeadedLines) is (len(rows) > FEW)


def test_lines_kept_without_their_heads_take_less_room():
    labels = b'device="acc-00017",site="okjeong-3"'
    lines = b"".join([sample(b"netwatch_x", b"%b,%b" % (labels, port), 1) for port in make_ports(28)])
    kept = headed_lines("netwatch_x", labels, [b",%b} 1\n" % port for port in make_ports(28)])
    held = [one for one in gc.get_referents(kept) if isinstance(one, bytes)]
    assert sum(map(sys.getsizeof, (kept, *held))) < 0.6 * sys.getsizeof(lines)
