"""Cycles are freed within a second or an hour, and what stays is not looked through again."""

import gc
import weakref

import pytest

from netwatch.expose.heap import WHOLE_EVERY_S, Heap


class Knot:
    """An object that holds itself."""

    def __init__(self):
        self.itself = self


@pytest.fixture
def heap():
    before = gc.get_threshold()
    heap = Heap()
    heap.settle(1000.0)
    yield heap
    gc.unfreeze()
    gc.set_threshold(*before)
    gc.collect()


def test_what_was_built_is_not_looked_through_again(heap):
    kept = [[number] for number in range(1000)]
    heap.tidy(1001.0)
    assert gc.get_count()[0] < 1000
    assert not any(one is kept for one in gc.get_objects())


def test_a_cycle_of_the_last_second_is_freed(heap):
    gone = weakref.ref(Knot())
    assert gone() is not None
    heap.tidy(1001.0)
    assert gone() is None


def test_a_cycle_that_outlived_a_second_is_freed_within_the_hour(heap):
    knot = Knot()
    heap.tidy(1001.0)
    gone = weakref.ref(knot)
    del knot
    heap.tidy(1000.0 + WHOLE_EVERY_S - 1.0)
    assert gone() is not None
    heap.tidy(1000.0 + WHOLE_EVERY_S)
    assert gone() is None


def test_the_search_of_the_whole_comes_round_again(heap):
    knot = Knot()
    heap.tidy(1000.0 + WHOLE_EVERY_S)
    gone = weakref.ref(knot)
    del knot
    heap.tidy(1000.0 + 2 * WHOLE_EVERY_S - 1.0)
    assert gone() is not None
    heap.tidy(1000.0 + 2 * WHOLE_EVERY_S)
    assert gone() is None
