"""Faults told to a real receiver out of a real store, whatever the receiver does and however often netwatch starts."""

from dataclasses import replace

import pytest
from aiohttp import ClientSession, ClientTimeout

from netwatch.audit.ledger_tail import LedgerTail
from netwatch.audit.store import Store
from netwatch.core.events import Event, EventKind
from netwatch.core.faults.severity import Severity
from netwatch.core.faults.work import Did, Work
from netwatch.core.model import Inventory, Secret, Settings
from netwatch.expose import webhook as sending
from netwatch.expose.own import OwnMetrics
from netwatch.expose.webhook import KEPT_S, Webhook
from tests.contract.webhook_receiver import KEY, running_receiver

NOON_S = 1_796_007_600.0
MESSAGES, QUEUE, WAITING = (
    "netwatch_webhook_messages_total",
    "netwatch_webhook_queue_length",
    "netwatch_webhook_waiting_seconds",
)


class Told:
    """A store with its webhook, whose rounds are made one by one."""

    def __init__(self, folder, receiver, session):
        self.folder, self.session, self.now_s = folder, session, NOON_S
        self.settings = Settings(webhook_url=receiver.url, webhook_secret=Secret(KEY), webhook_insecure=True)
        self.start()

    def start(self):
        self.own = OwnMetrics({})
        self.store = Store.open(self.folder, wall=lambda: self.now_s)
        tail = LedgerTail(self.store, self.folder, name="webhook")
        self.webhook = Webhook(self.inventory, tail, self.own, wall=lambda: self.now_s)

    def inventory(self):
        return Inventory(
            city="Yangju", timezone="Asia/Seoul", charset="cp949", fingerprint="", files=(), settings=self.settings
        )

    def restart(self):
        self.store.close()
        self.start()

    async def fault(self, kind, name="f1", at_s=None):
        detail = {"fault": name, "fault_kind": "cable_cut", "severity": "major", "since": NOON_S, "devices": 3}
        detail |= {"ambiguous_with": "link:l-1, port:a 1", "evidence": "no light; 3 devices are silent"}
        at_wall_s = self.now_s if at_s is None else at_s
        await self.store.commit([], [Event(kind=kind, subject="cable:c-017", at_wall_s=at_wall_s, detail=detail)])

    async def acknowledge(self, name="f1", text="crew called"):
        work = Work(
            fault=name,
            at_wall_s=self.now_s,
            user="kim",
            did=Did.ACKNOWLEDGED,
            text=text,
            severity=Severity.MAJOR,
            subject="cable:c-017",
        )
        await self.store.save_work(work)

    async def round(self):
        await self.webhook.round(self.session)

    def count(self, outcome):
        return self.own.get(MESSAGES, outcome)


@pytest.fixture
async def receiver():
    async with running_receiver() as running:
        yield running


@pytest.fixture
async def told(tmp_path, receiver):
    async with ClientSession(timeout=ClientTimeout(total=1.5)) as session:
        opened = Told(tmp_path, receiver, session)
        await opened.round()  # from here on
        yield opened
        opened.store.close()


async def test_a_fault_is_told_as_it_opens_is_acknowledged_and_clears(told, receiver):
    await told.fault(EventKind.FAULT_OPENED)
    await told.fault(EventKind.FAULT_CHANGED)
    await told.acknowledge()
    await told.fault(EventKind.FAULT_CLEARED)
    await told.round()
    opened, acknowledged, _ = receiver.taken
    assert [one["type"] for one in receiver.taken] == ["fault.opened", "fault.acknowledged", "fault.cleared"]
    assert opened["fault"] == {
        "id": "f1",
        "kind": "cable_cut",
        "severity": "major",
        "since": "2026-11-30T12:00:00.000+09:00",
        "devices": 3,
        "ambiguous_with": ["link:l-1", "port:a 1"],
        "evidence": ["no light", "3 devices are silent"],
        "subject": "cable:c-017",
    }
    assert (opened["city"], opened["timestamp"]) == ("Yangju", "2026-11-30T12:00:00.000+09:00")
    assert (acknowledged["by"], acknowledged["text"], acknowledged["fault"]["id"]) == ("kim", "crew called", "f1")
    assert told.count("delivered") == 3
    await told.round()
    assert len(receiver.taken) == 3


async def test_what_a_receiver_cannot_take_now_is_tried_again_under_its_id_and_in_its_order(told, receiver):
    receiver.answers = [503, 401]
    for name in ("f1", "f2"):
        await told.fault(EventKind.FAULT_OPENED, name)
    for _ in range(3):
        await told.round()
    assert [one["fault"]["id"] for one in receiver.taken] == ["f1", "f2"]
    first, second, third, fourth = receiver.tried
    assert first == second == third != fourth
    assert (told.count("failed"), told.count("delivered")) == (2, 2)


async def test_a_receiver_that_hangs_or_is_away_loses_nothing(told, receiver):
    receiver.hangs = True
    await told.fault(EventKind.FAULT_OPENED)
    await told.round()
    receiver.hangs = False
    await receiver.stop()
    await told.fault(EventKind.FAULT_CLEARED)
    told.now_s += 60.0
    await told.round()
    assert (told.count("failed"), told.own.get(QUEUE), told.own.get(WAITING)) == (2, 2, 60.0)
    await receiver.start()
    await told.round()
    assert [one["type"] for one in receiver.taken] == ["fault.opened", "fault.cleared"]
    assert (told.own.get(QUEUE), told.own.get(WAITING)) == (0, 0)


async def test_failures_are_spaced_ever_more_and_a_success_ends_that(told, receiver):
    receiver.answers = [500] * 8
    await told.fault(EventKind.FAULT_OPENED)
    pauses = []
    for _ in range(9):
        await told.round()
        pauses.append(told.webhook._pause_s)
    assert pauses == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 0.0]


async def test_over_a_restart_of_netwatch_nothing_is_lost_and_nothing_delivered_comes_again(told, receiver):
    await told.fault(EventKind.FAULT_OPENED, "f1")
    await told.round()
    receiver.answers = [503]
    await told.fault(EventKind.FAULT_OPENED, "f2")
    await told.round()
    await told.fault(EventKind.FAULT_CLEARED, "f2")
    told.restart()
    await told.round()
    assert [(one["type"], one["fault"]["id"]) for one in receiver.taken] == [
        ("fault.opened", "f1"),
        ("fault.opened", "f2"),
        ("fault.cleared", "f2"),
    ]
    assert receiver.tried[1] == receiver.tried[2]  # the same id after the restart


async def test_a_message_that_nobody_would_take_does_not_hold_up_the_others(told, receiver):
    receiver.answers = [422]
    await told.fault(EventKind.FAULT_OPENED, "f1")
    await told.fault(EventKind.FAULT_OPENED, "f2")
    await told.round()
    assert [one["fault"]["id"] for one in receiver.taken] == ["f2"]
    assert told.count("refused") == 1


async def test_what_waited_for_three_days_or_finds_no_room_is_dropped_and_counted(told, receiver, monkeypatch):
    monkeypatch.setattr(sending, "MOST_WAITING", 2)
    await told.fault(EventKind.FAULT_OPENED, "old", at_s=NOON_S - KEPT_S - 1.0)
    for name in ("f1", "f2", "f3"):
        await told.fault(EventKind.FAULT_OPENED, name)
    await told.round()
    assert [one["fault"]["id"] for one in receiver.taken] == ["f2", "f3"]
    assert told.count("dropped") == 2


async def test_a_receiver_that_is_new_is_told_no_old_stories(told, receiver):
    await told.fault(EventKind.FAULT_OPENED, "f1")
    told.settings = replace(told.settings, webhook_url="")
    await told.round()
    await told.fault(EventKind.FAULT_OPENED, "f2")
    told.settings = replace(told.settings, webhook_url=receiver.url)
    await told.round()
    await told.fault(EventKind.FAULT_OPENED, "f3")
    await told.round()
    assert [one["fault"]["id"] for one in receiver.taken] == ["f3"]


async def test_a_redirect_is_not_followed(told, receiver):
    receiver.answers = [307]
    await told.fault(EventKind.FAULT_OPENED)
    await told.round()
    assert (receiver.taken, told.count("failed")) == ([], 1)


async def test_a_store_that_cannot_be_read_ends_nothing(told, receiver, caplog):
    await told.fault(EventKind.FAULT_OPENED)
    path = told.folder / "netwatch.db"
    path.rename(told.folder / "away.db")
    await told.round()
    assert "cannot be read for the webhook" in caplog.text
    (told.folder / "away.db").rename(path)
    await told.round()
    assert len(receiver.taken) == 1
