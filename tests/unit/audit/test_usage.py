"""Usage in the ledger: what states told is read back by port, after a restart, another inventory and a full disk."""

import apsw
import pytest

from netwatch.audit import usage_recorder
from netwatch.audit.ledger_read import reading
from netwatch.audit.store import Store
from netwatch.audit.usage_read import read_usage
from netwatch.audit.usage_recorder import UsageRecorder
from netwatch.core.audit.ledger_sentences import told as sentence
from netwatch.core.audit.usage import carried
from netwatch.core.errors import StoreError
from netwatch.core.model import Link
from tests.unit.audit.ledgers import found
from tests.unit.core.audit.carrying import T0_MS, inventory, port, told

T0_S = T0_MS / 1000
ACC, AGG = "acc-17 Gi1/0/1", "agg-1 Gi1/0/1"


class Clocked:
    """A recorder whose time is told."""

    def __init__(self, store):
        self.states, self.now_s = {}, T0_S
        self.recorder = UsageRecorder(store, lambda: self.states, wall=lambda: self.now_s)
        self.recorder.use(inventory())

    async def tell(self, at_s, **counts):
        self.now_s = T0_S + at_s
        self.states = {"acc-17": told(at_s, **counts), "gone": told(at_s)}
        await self.recorder.look()
        await self.recorder.step()


@pytest.fixture
def store(tmp_path):
    opened = Store.open(tmp_path, wall=lambda: T0_S)
    yield opened
    opened.close()


def usage(directory, *ports, until_s=1e12):
    connection = apsw.Connection(str(directory / "netwatch.db"), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return read_usage(connection, ports, (0.0, until_s))
    finally:
        connection.close()


async def test_five_minutes_are_a_row_once_the_slowest_poll_could_have_come_and_are_read_back_by_port(store, tmp_path):
    clocked = Clocked(store)
    for at_s in range(0, 361, 30):
        await clocked.tell(at_s, receive_bytes=1_000_000 * at_s, light=-18.0, alarm=-24.0)
        assert (clocked.recorder.recorded_wall_s >= T0_S + 300) is (at_s == 360)
    read = usage(tmp_path, ACC, AGG, "nobody Gi9")
    assert set(read) == {ACC, AGG}
    figures = carried(read[ACC].received, expected_s=300)
    assert (figures.missing, figures.mean) == (0, pytest.approx(1_000_000, rel=0.001))
    assert carried(read[AGG].received, expected_s=300).missing == 1.0
    with reading(tmp_path) as reader:
        assert [sentence(row) for row in reader.rows()] == [
            "usage is recorded of 3 ports from here on",
            "what was carried from 2026-09-21T14:15:00Z to 2026-09-21T14:20:00Z",
        ]


async def test_of_the_polls_each_30_s_none_is_looked_past_although_a_device_is_looked_at_each_5_s(
    store, tmp_path, monkeypatch
):
    clocked, steps = Clocked(store), []

    async def run(step, *, failing):
        assert failing
        steps.append(step)

    monkeypatch.setattr(usage_recorder, "step_for_ever", run)
    await clocked.recorder.run()
    states = {}
    for second in range(361):
        if second % 30 == 7:  # every other poll tells of ten times the bytes
            fast, slow = (second // 30 + 1) // 2, second // 30 - (second // 30 + 1) // 2
            states["acc-17"] = told(second, receive_bytes=30_000_000 * fast + 3_000_000 * slow)
        if second % 30 == 19:
            states["agg-1"] = told(second, receive_bytes=second * 1000)
        clocked.states, clocked.now_s = states, T0_S + second
        await steps[0]()
    read = usage(tmp_path, ACC, AGG)
    busy, even = (carried(read[name].received, expected_s=300) for name in (ACC, AGG))
    assert (busy.seen_s, even.seen_s) == (293, 281)
    assert (busy.peak, even.peak) == (pytest.approx(1_000_000, rel=0.001), pytest.approx(1000, rel=0.001))


async def test_what_was_counted_when_the_daemon_stops_and_after_it_starts_again_adds_up(store, tmp_path):
    for first, last in ((0, 120), (180, 300)):
        clocked = Clocked(store)
        for at_s in range(first, last + 1, 30):
            await clocked.tell(at_s, receive_bytes=1000 * at_s, light=-18.0 - first / 100)
        await clocked.recorder.save_all()
        await clocked.recorder.save_all()
    read = usage(tmp_path, ACC)[ACC]
    figures = carried(read.received, expected_s=300)
    assert (figures.seen_s, figures.bytes) == (240, pytest.approx(240_000, rel=0.001))
    assert read.received.from_s == [T0_S]
    assert len(read.light.from_s) == 2
    assert found(tmp_path).rows == 5  # the ports once, and two parts of each


async def test_another_inventory_has_other_columns_and_the_old_rows_keep_theirs(store, tmp_path):
    clocked = Clocked(store)
    await clocked.tell(0)
    await clocked.tell(30, receive_bytes=30)
    clocked.recorder.use(inventory())  # the same: nothing is cut in two
    clocked.recorder.use(inventory(Link(id="l-2", a=port("acc-17", 2), b=port("agg-1", 2))))
    await clocked.tell(60, receive_bytes=60)
    await clocked.tell(90, receive_bytes=120)
    await clocked.recorder.save_all()
    read = usage(tmp_path, ACC, "acc-17 Gi1/0/2", "acc-17 Gi1/0/3")
    assert {name: carried(one.received, expected_s=300).bytes for name, one in read.items()} == {
        ACC: 120,
        "acc-17 Gi1/0/2": 60,
        "acc-17 Gi1/0/3": 120,
    }


async def test_what_cannot_be_written_waits(store, tmp_path, monkeypatch):
    clocked = Clocked(store)
    await clocked.tell(0)
    await clocked.tell(30, receive_bytes=30)

    async def fail(_work):
        raise StoreError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(store, "write", fail)
        with pytest.raises(StoreError):
            await clocked.recorder.save_all()
    assert clocked.recorder.recorded_wall_s < T0_S
    await clocked.recorder.save_all()
    assert carried(usage(tmp_path, ACC)[ACC].received, expected_s=300).bytes == 30


async def test_figures_that_were_changed_behind_our_back_are_refused(store, tmp_path):
    clocked = Clocked(store)
    await clocked.tell(0)
    await clocked.tell(30, receive_bytes=30)
    await clocked.recorder.save_all()
    change = "UPDATE annex SET content = CAST(content || x'00' AS BLOB) WHERE kind = 'usage.traffic'"
    await store.write(lambda connection, _: connection.execute(change))
    with pytest.raises(StoreError, match="what row 2 of the ledger was written for was changed"):
        usage(tmp_path, ACC)
