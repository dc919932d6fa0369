"""All counters of a device as one array read like the columns that they were made of."""

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.core.device.counter_block import CounterBlock

CELLS = st.integers(0, 2**64 - 1)


@st.composite
def tables(draw):
    """Columns of one length, by name."""
    names = draw(st.lists(st.text(max_size=4), min_size=1, max_size=5, unique=True))
    rows = draw(st.integers(0, 5))
    return {name: array("Q", draw(st.lists(CELLS, min_size=rows, max_size=rows))) for name in names}


@given(tables())
def test_a_block_is_the_mapping_that_it_was_made_of(columns):
    block = CounterBlock.of(tuple(columns), columns)
    assert block == columns
    assert columns == block
    assert list(block) == list(columns)
    assert len(block) == len(columns)
    assert block.get("no such column") is None
    assert "no such column" not in block
    assert all(name in block for name in columns)


@given(tables())
def test_a_row_has_a_cell_of_each_column_in_their_order(columns):
    block = CounterBlock.of(tuple(columns), columns)
    for row in range(block.rows):
        assert list(block.across(row)) == [cells[row] for cells in columns.values()]


@given(tables(), st.randoms(use_true_random=False))
def test_the_order_asked_for_is_that_of_the_columns(columns, chance):
    names = list(columns)
    chance.shuffle(names)
    assert list(CounterBlock.of(tuple(names), columns).items()) == [(name, columns[name]) for name in names]


def test_other_cells_stand_where_those_before_stood():
    block = CounterBlock.of(("a", "b"), {"a": [1, 2], "b": [3, 4]})
    other = block.filled(array("Q", [5, 6, 7, 8]))
    assert other == {"a": array("Q", [5, 6]), "b": array("Q", [7, 8])}
    assert block == {"a": array("Q", [1, 2]), "b": array("Q", [3, 4])}
    assert block != other


def test_a_block_without_columns_is_refused():
    with pytest.raises(ValueError, match="without columns"):
        CounterBlock.of((), {})
