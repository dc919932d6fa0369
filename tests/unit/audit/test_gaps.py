"""Times in which nothing could be seen are rows: they begin, they end, and none stays open for ever."""

from contextlib import closing
from itertools import pairwise

import pytest

from netwatch.audit.gaps import LOSSY, GapWatch
from netwatch.audit.ledger_read import reading
from netwatch.audit.store import Store
from netwatch.collect.own_loss import LIMIT_RATIO
from netwatch.core.audit.ledger_row import EntryType
from netwatch.core.audit.ledger_sentences import told
from netwatch.core.device.reachability import Answer, Reachability
from netwatch.core.events import Event, EventKind
from netwatch.core.faults.vantage import View
from tests.unit.audit.ledgers import T0

LIT = View(canaries={"canary:10.0.0.1": Reachability(answer=Answer.ANSWERS)})
DARK = View(canaries={"canary:10.0.0.1": Reachability(answer=Answer.SILENT, since_s=40.0)})


@pytest.fixture
def store(tmp_path):
    opened = Store.open(tmp_path, wall=lambda: T0)
    yield opened
    opened.close()


class Watching:
    def __init__(self, store):
        self.view = LIT
        self.watch = GapWatch(store, lambda: self.view)

    async def step(self, at_s, *, view=LIT, own_loss_ratio=0.0):
        self.view, self.watch.own_loss_ratio = view, own_loss_ratio
        await self.watch.step(T0 + at_s, T0)


def gaps(directory):
    with reading(directory) as reader:
        rows = [row.detail for row in reader.rows() if row.type is EntryType.GAP]
    shown = [(row["cause"], row["from"] - T0, row["until"] and row["until"] - T0) for row in rows]
    return [(cause, *(None if at is None else round(at, 3) for at in times)) for cause, *times in shown]


async def test_darkness_of_our_own_uplink_begins_with_its_first_evidence_and_ends(store, tmp_path):
    watching = Watching(store)
    for at_s, view in ((30, LIT), (50, DARK), (51, DARK), (90, LIT), (91, LIT)):
        await watching.step(at_s, view=view)
    assert gaps(tmp_path) == [("own_uplink_dark", 40, None), ("own_uplink_dark", 40, 90)]


async def test_answers_lost_in_our_own_host_are_a_gap_from_where_the_pinger_believes_no_silence(store, tmp_path):
    assert LOSSY == LIMIT_RATIO
    watching = Watching(store)
    for at_s, ratio in ((1, 0.05), (2, 0.1), (3, 0.9), (4, 0.0)):
        await watching.step(at_s, own_loss_ratio=ratio)
    assert gaps(tmp_path) == [("own_loss", 2, None), ("own_loss", 2, 4)]
    with reading(tmp_path) as reader:
        assert [told(row) for row in reader.rows()] == [
            "nobody watched from 2023-11-14T22:13:22Z to now, and it goes on: answers were lost within its own host",
            "nobody watched from 2023-11-14T22:13:22Z to 2023-11-14T22:13:24Z: answers were lost within its own host",
        ]


async def test_a_daemon_that_died_in_the_dark_leaves_no_gap_open(store, tmp_path):
    await store.heartbeat(T0)
    await Watching(store).step(50, view=DARK)
    await store.heartbeat(T0 + 55)
    await Watching(store).step(58, view=DARK)  # started again at once: it goes on
    await store.heartbeat(T0 + 500)
    await Watching(store).step(501)
    assert gaps(tmp_path) == [
        ("own_uplink_dark", 40, None),
        ("own_uplink_dark", 40, 55),
        ("monitor_down", 55, 500),
    ]


async def test_between_two_daemons_nobody_watched_however_soon_one_follows_the_other(tmp_path):
    for beats in ((0, 10), (17, 27)):
        with closing(Store.open(tmp_path, wall=lambda: T0)) as store:
            for at_s in beats:
                await store.heartbeat(T0 + at_s)
    assert gaps(tmp_path) == [("monitor_down", 10, 17)]


async def test_a_daemon_that_starts_where_light_came_back_meanwhile_ends_the_gap(store, tmp_path):
    await Watching(store).step(50, view=DARK)
    await Watching(store).step(58)
    assert gaps(tmp_path) == [("own_uplink_dark", 40, None), ("own_uplink_dark", 40, 58)]


async def test_events_that_were_dropped_are_a_gap_in_the_same_commit(store, tmp_path):
    lost = {"state": "gap", "lost": 7, "until": T0 + 30}
    failed = {"state": "failed", "reason": "no room"}
    events = [
        Event(kind=EventKind.STORE_STATE, subject="daemon:", at_wall_s=T0 + 10, detail=detail)
        for detail in (failed, lost)
    ]
    receipt = await store.commit([], events)
    assert (receipt.first, receipt.last) == (1, 2)
    assert gaps(tmp_path) == [("records_lost", 10, 30)]


async def test_of_gaps_and_heartbeats_the_whole_time_is_made(store, tmp_path):
    for at_s in (0, 10, 70, 500, 510, 9000):
        await store.heartbeat(T0 + at_s)
    with reading(tmp_path) as reader:
        spans = [
            (row.detail["from"], row.detail["until"])
            for row in reader.rows()
            if row.type in (EntryType.GAP, EntryType.HEARTBEAT)
        ]
    for (_, until), (begins, _) in pairwise(sorted(spans, key=lambda span: span[1])):
        assert begins <= until
