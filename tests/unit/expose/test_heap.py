"""Cycles are freed within a second or an hour, and what stays is not looked through again.

Each is tried in an interpreter of its own: the collector belongs to the whole process, and a worker of the test run
holds a gigabyte that would be looked through each time.
"""

import gc
import multiprocessing
import weakref
from concurrent.futures import ProcessPoolExecutor

import pytest

from netwatch.expose.heap import MANY, MUCH, SAMPLED, WHOLE_EVERY_S, Heap


class Knot:
    """An object that holds itself."""

    def __init__(self):
        self.itself = self


def what_was_built_is_not_looked_through_again(heap):
    kept = [[number] for number in range(1000)]
    heap.tidy(1001.0)
    assert gc.get_count()[0] < 1000
    assert not any(one is kept for one in gc.get_objects())


def a_cycle_of_the_last_second_is_freed(heap):
    gone = weakref.ref(Knot())
    assert gone() is not None
    heap.tidy(1001.0)
    assert gone() is None


def while_there_are_cycles_none_is_missed_and_then_one_tenth_in_some_is_looked_at(heap):
    for _ in range(3 * SAMPLED):
        gone = [weakref.ref(Knot()) for _ in range(MANY)]
        heap.tidy(1001.0)
        assert not any(one() for one in gone)
    heap.tidy(1002.0)  # nothing was to be found
    looked = []
    for _ in range(3 * SAMPLED):
        gone = weakref.ref(Knot())
        heap.tidy(1003.0)
        looked.append(gone() is None)
    assert looked == ([False] * (SAMPLED - 1) + [True]) * 3


def a_cycle_that_outlived_a_second_is_freed_within_the_hour(heap):
    knot = Knot()
    heap.tidy(1001.0)
    gone = weakref.ref(knot)
    del knot
    heap.tidy(1000.0 + WHOLE_EVERY_S - 1.0)
    assert gone() is not None
    heap.tidy(1000.0 + WHOLE_EVERY_S)
    assert gone() is None


def while_the_whole_holds_little_it_is_searched_ever_more_rarely_but_each_day(heap):
    searched_s = [at_s for at_s in range(1000, 1000 + 100 * 3600, 1800) if is_searched_at(heap, at_s)]
    assert [(at_s - 1000) // 3600 for at_s in searched_s] == [1, 3, 7, 15, 31, 55, 79]


def where_the_whole_held_much_it_is_searched_again_after_an_hour(heap):
    assert is_searched_at(heap, 1000 + 3600)
    knots = [Knot() for _ in range(MUCH)]
    heap.tidy(1000 + 2 * 3600)
    del knots
    assert is_searched_at(heap, 1000 + 3 * 3600)
    assert not is_searched_at(heap, 1000 + 4 * 3600 - 1)
    assert is_searched_at(heap, 1000 + 4 * 3600)


def is_searched_at(heap, at_s):
    """Whether what had outlived its tenth is freed then."""
    knot = Knot()
    gc.freeze()
    gone = weakref.ref(knot)
    del knot
    heap.tidy(float(at_s))
    return gone() is None


def tried(fact):
    heap = Heap()
    heap.settle(1000.0)
    fact(heap)
    return True


@pytest.mark.parametrize(
    "fact",
    [
        what_was_built_is_not_looked_through_again,
        a_cycle_of_the_last_second_is_freed,
        while_there_are_cycles_none_is_missed_and_then_one_tenth_in_some_is_looked_at,
        a_cycle_that_outlived_a_second_is_freed_within_the_hour,
        while_the_whole_holds_little_it_is_searched_ever_more_rarely_but_each_day,
        where_the_whole_held_much_it_is_searched_again_after_an_hour,
    ],
)
def test_the_heap_is_kept_small(fact):
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as fresh:
        assert fresh.submit(tried, fact).result(30)
