from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from netwatch.audit.schema import APPLICATION_ID, MIGRATIONS
from netwatch.audit.store import Store
from netwatch.core.maintenance.windows import Origin, Phase, Window
from netwatch.core.model import Maintenance

PLAN = Maintenance(
    id="m-1", subject="ring:ring-a", from_s=2000.0, until_s=3000.0, reason="증설", by="kim", approved_by="lee"
)
DECLARED = Window(plan=PLAN, origin=Origin.COMMAND, declared_wall_s=1000.5, user="root")
ENDED = replace(DECLARED, ended_wall_s=2500.0, ended_by="kim", told=Phase.RUNNING)


@pytest.fixture
def store(tmp_path):
    opened = Store.open(tmp_path)
    yield opened
    opened.close()


async def test_windows_come_back_as_they_were_saved(store):
    of_the_inventory = replace(DECLARED, origin=Origin.INVENTORY, user="")
    anew = replace(of_the_inventory, declared_wall_s=1500.0)
    await store.save_windows([DECLARED, of_the_inventory, anew])
    assert set(store.load().windows) == {DECLARED, of_the_inventory, anew}


async def test_an_ended_window_stays_ended_whatever_older_row_is_written_after_it(store):
    await store.save_windows([DECLARED])
    await store.save_windows([ENDED])
    await store.save_windows([replace(DECLARED, plan=replace(PLAN, reason="확장"))])
    assert store.load().windows == (replace(ENDED, plan=replace(PLAN, reason="확장")),)


async def test_what_was_told_of_a_window_stays_told(store):
    await store.save_windows([replace(ENDED, told=Phase.OVER)])
    await store.save_windows([ENDED])
    assert [window.told for window in store.load().windows] == [Phase.OVER]


async def test_a_time_that_is_no_number_is_refused_before_it_reaches_the_disk(store):
    with pytest.raises(ValueError, match="nan cannot be stored"):
        await store.save_windows([replace(DECLARED, declared_wall_s=float("nan"))])
    assert store.load().windows == ()


async def test_a_store_of_the_first_release_learns_to_keep_windows_and_loses_nothing(tmp_path: Path):
    old = apsw.Connection(str(tmp_path / "netwatch.db"))
    old.execute(MIGRATIONS[0])
    old.execute("INSERT INTO verdict VALUES ('device:acc-1', 'device.state', 'down', 1.0)")
    old.pragma("application_id", APPLICATION_ID)
    old.pragma("user_version", 1)
    old.close()
    store = Store.open(tmp_path)
    await store.save_windows([DECLARED])
    stored = store.load()
    store.close()
    assert stored.windows == (DECLARED,)
    assert set(stored.verdicts) == {"device:acc-1"}
