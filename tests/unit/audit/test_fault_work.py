from dataclasses import replace

import apsw
import pytest

from netwatch.audit.fault_work import MOST, read_work, work_row, write_work
from netwatch.audit.schema import APPLICATION_ID, MIGRATIONS
from netwatch.audit.store import Store
from netwatch.core.errors import StoreError
from netwatch.core.faults.severity import Severity
from netwatch.core.faults.work import Did, Work

WORK = Work(
    fault="01a60fd2d44d", at_wall_s=1000.5, user="kim", did=Did.NOTED, text="굴착기", severity=Severity.CRITICAL
)


@pytest.fixture
def store(tmp_path):
    opened = Store.open(tmp_path)
    yield opened
    opened.close()


async def test_work_comes_back_in_the_order_in_which_it_was_done(store):
    done = [replace(WORK, did=did, at_wall_s=1000.0 - place) for place, did in enumerate(Did)]
    for one in done:
        await store.save_work(one)
    assert store.load().work == tuple(done)


async def test_a_store_that_is_closed_refuses(tmp_path):
    store = Store.open(tmp_path)
    store.close()
    with pytest.raises(StoreError):
        await store.save_work(WORK)


async def test_a_time_that_is_no_number_is_refused_before_it_reaches_the_disk(store):
    with pytest.raises(ValueError, match="nan cannot be stored"):
        await store.save_work(replace(WORK, at_wall_s=float("nan")))
    assert store.load().work == ()


def test_of_a_long_life_only_the_newest_is_taken_up():
    connection = apsw.Connection(":memory:")
    connection.execute(str(MIGRATIONS[3]))
    for number in range(MOST + 5):
        write_work(connection, work_row(replace(WORK, at_wall_s=float(number))))
    found = read_work(connection)
    assert (len(found), found[0].at_wall_s, found[-1].at_wall_s) == (MOST, 5.0, MOST + 4.0)


async def test_a_store_from_before_learns_to_keep_work(tmp_path):
    old = apsw.Connection(str(tmp_path / "netwatch.db"))
    for step in MIGRATIONS[:2]:
        old.execute(str(step))
    old.pragma("application_id", APPLICATION_ID)
    old.pragma("user_version", 2)
    old.close()
    store = Store.open(tmp_path)
    await store.save_work(WORK)
    assert store.load().work == (WORK,)
    store.close()
