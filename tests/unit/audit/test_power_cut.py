"""What was acknowledged outlives the power, a full disk and a broken one; and the chain is whole after each."""

import random
from functools import partial

import apsw
import pytest

from netwatch.audit.annex import write_annexed
from netwatch.audit.ledger_key import signing_key
from netwatch.audit.prune_rows import prune_rows
from netwatch.audit.records import Verdict
from netwatch.audit.store import Store
from netwatch.core.errors import StoreError
from tests.unit.audit.forgetful import Disk, connections_on
from tests.unit.audit.ledgers import T0, event, found

CUTS = 40
REAL = apsw.Connection


@pytest.fixture
def disk(request):
    made = Disk(f"forgetful-{request.node.name[:40]}", random.Random(0))
    yield made
    made.unregister()


async def work(directory, *, count):
    """Commit until the disk fails; the numbers of the rows that were acknowledged, the last checkpoint's line."""
    store, acknowledged, line = Store.open(directory), [], ""
    try:
        key = signing_key(directory)
        await store.save_key(key)
        for n in range(count):
            verdict = Verdict(subject=f"device:acc-{n % 3}", kind="device.state", state=str(n), since_wall_s=T0)
            acknowledged.append((await store.commit([verdict], [event(n)])).last + 1)  # the interval behind the event
            if n % 4 == 3:
                line = (await store.checkpoint(key, least=1)).line or line
                await store.write(partial(_annexed, n))
            if n % 8 == 7:
                await store.write(partial(prune_rows, float("inf")))  # all that the checkpoints cover
    except StoreError:
        store.close()
    else:
        store.close()
    return acknowledged, line


def _annexed(number, connection, now_wall_s):
    detail = {"from": T0 + number, "until": T0 + number + 300, "ports": 0}
    write_annexed(connection, "usage.traffic", detail, bytes([number]) * 300, now_wall_s)


async def after_a_cut(disk, monkeypatch, folder, *, synchronous=""):
    """(rows acknowledged, what is found when the power is back)."""
    folder.mkdir()
    disk.images.clear()
    disk.writes, disk.cut_at = 0, None
    monkeypatch.setattr(apsw, "Connection", connections_on(disk, synchronous=synchronous))
    Store.open(folder).close()
    disk.cut_at = disk.writes + disk.chance.randrange(1, 140)
    try:
        acknowledged, line = await work(folder, count=40)
    except StoreError:  # before the store was open again
        acknowledged, line = [], ""
    monkeypatch.setattr(apsw, "Connection", REAL)
    disk.leave(folder / "after")
    return max(acknowledged, default=0), found(folder / "after", *([line] if line else []))


@pytest.mark.parametrize("cuts", [CUTS, pytest.param(1_000, marks=pytest.mark.soak)])
async def test_no_acknowledged_row_is_lost_when_the_power_goes_and_the_chain_is_whole(
    disk, monkeypatch, tmp_path, cuts
):
    seen = set()
    for turn in range(cuts):
        last, report = await after_a_cut(disk, monkeypatch, tmp_path / str(turn))
        assert report.findings == []
        assert report.rows >= last
        seen.add(last)
    assert len(seen) > 10  # the power went at many different moments


async def test_with_synchronous_off_rows_are_lost_so_the_disk_does_forget(disk, monkeypatch, tmp_path):
    lost = 0
    for turn in range(CUTS):
        try:
            last, report = await after_a_cut(disk, monkeypatch, tmp_path / str(turn), synchronous="off")
            lost += report.rows < last or bool(report.findings)
        except StoreError:  # not even the tables are there
            lost += 1
    assert lost > CUTS / 4


@pytest.mark.parametrize("ill", ["is_full", "is_broken"])
async def test_a_disk_that_is_full_or_broken_for_a_while_costs_nothing_that_was_acknowledged(
    disk, monkeypatch, tmp_path, ill
):
    monkeypatch.setattr(apsw, "Connection", connections_on(disk))
    store, acknowledged, refused = Store.open(tmp_path), [], 0
    for n in range(60):
        setattr(disk, ill, n % 10 in (3, 4, 5))
        try:
            acknowledged.append((await store.commit([], [event(n)])).last)
        except StoreError:
            refused += 1
    store.close()
    monkeypatch.setattr(apsw, "Connection", REAL)
    report = found(tmp_path)
    assert (report.findings, refused) == ([], 18)
    assert acknowledged == list(range(1, 43))
    assert report.rows == 42
