"""Shares of memory in use, by whichever amounts an agent tells."""

import pytest

from netwatch.core.health.measures import Measure
from netwatch.core.health.memory import memory_shares

USED, FREE, TOTAL = Measure.MEMORY_USED_AMOUNT, Measure.MEMORY_FREE_AMOUNT, Measure.MEMORY_TOTAL_AMOUNT


def shares(**amounts):
    measures = {"used": USED, "free": FREE, "total": TOTAL}
    return memory_shares({measures[name]: values for name, values in amounts.items()}).get(Measure.MEMORY_USED, {})


def test_two_of_the_three_amounts_are_enough():
    assert shares(used={"a": 1}, total={"a": 4}) == {"a": 0.25}
    assert shares(free={"a": 1}, total={"a": 4}) == {"a": 0.75}
    assert shares(used={"a": 1}, free={"a": 3}) == {"a": 0.25}
    assert shares(used={"a": 1}) == {}
    assert shares(used={"a": 5}, total={"a": 4}) == {}, "more than all cannot be"


def test_what_a_linux_lent_is_not_in_use_and_stands_nowhere_by_itself():
    names = ("Physical memory", "Memory buffers", "Cached memory", "Shared memory")
    used = dict(zip(names, (50_192, 7_100, 17_416, 428), strict=True))
    total = dict(zip(names, (125_984, 125_984, 17_416, 428), strict=True))
    assert shares(used=used, total=total) == {"Physical memory": pytest.approx(0.2038, abs=1e-4)}


def test_so_it_is_where_ucd_snmp_tells_it():
    free = {"memory": 23_744, "memory buffers": 6_896, "memory cache": 17_980}
    assert shares(free=free, total={"memory": 60_844}) == {"memory": pytest.approx(0.2009, abs=1e-4)}


def test_more_lent_than_used_is_not_believed():
    used = {"RAM": 10, "RAM (Buffers)": 4, "RAM (Cache)": 9}
    assert shares(used=used, total={"RAM": 40}) == {"RAM": 0.25}
