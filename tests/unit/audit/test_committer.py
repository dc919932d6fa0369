import asyncio
import json

import apsw
import pytest

from netwatch.audit.committer import Committer, Patience
from netwatch.audit.records import Verdict
from netwatch.audit.store import Store
from netwatch.core.events import Event, EventKind
from tests.unit.audit.held import held_by_another_program

PATIENCE = Patience(commit_s=5.0, retry_first_s=0.05, retry_longest_s=0.2, queue_events=5)
IMPATIENT = Patience(commit_s=0.05, retry_first_s=0.05, retry_longest_s=0.2, queue_events=5)


def event(n: int) -> Event:
    return Event(kind=EventKind.DEVICE_STATE, subject=f"device:acc-{n}", at_wall_s=100.0 + n)


def verdict(state: str, n: int = 1) -> Verdict:
    return Verdict(subject=f"device:acc-{n}", kind="device.state", state=state, since_wall_s=100.0)


@pytest.fixture
def store(tmp_path):
    opened = Store.open(tmp_path)
    yield opened
    opened.close()


def recorded(directory) -> list[tuple[str, object, int]]:
    """(subject, or the state of a store.state event; told_before_commit) in the order of the ledger."""
    connection = apsw.Connection(str(directory / "netwatch.db"), flags=apsw.SQLITE_OPEN_READONLY)
    found = connection.execute("SELECT kind, subject, detail, told_before_commit FROM event ORDER BY seq").fetchall()
    connection.close()
    return [
        (json.loads(detail)["state"] if kind == "store.state" else subject.removeprefix("device:"), marked)
        for kind, subject, detail, marked in found
    ]


def details(directory, state: str) -> dict[str, object]:
    connection = apsw.Connection(str(directory / "netwatch.db"), flags=apsw.SQLITE_OPEN_READONLY)
    found = connection.execute(
        "SELECT detail FROM event WHERE kind = 'store.state' AND detail ->> '$.state' = ?", (state,)
    ).fetchall()
    connection.close()
    assert len(found) == 1
    return json.loads(found[0][0])


async def healed(committer: Committer) -> None:
    async with asyncio.timeout(60):
        while not committer.ok:  # noqa: ASYNC110 - what is asked is the public property
            await asyncio.sleep(0.02)


async def test_a_healthy_store_commits_before_anyone_is_told(store, tmp_path):
    committer = Committer(store, patience=PATIENCE)
    assert await committer.commit([verdict("down")], [event(1)])
    assert committer.ok
    assert committer.queue_length == 0
    assert recorded(tmp_path) == [("acc-1", 0)]


async def test_a_failed_commit_is_told_kept_and_written_marked_when_the_store_answers_again(store, tmp_path):
    committer = Committer(store, patience=PATIENCE, wall=lambda: 200.0)
    retrying = asyncio.create_task(committer.run())
    with held_by_another_program(tmp_path):
        assert not await committer.commit([verdict("down")], [event(1)])
        assert not committer.ok
        assert not await committer.commit([verdict("up")], [event(2)])
        assert committer.queue_length == 2
    await healed(committer)
    assert await committer.commit([], [event(3)])
    retrying.cancel()
    assert recorded(tmp_path) == [("failed", 0), ("acc-1", 1), ("acc-2", 1), ("recovered", 0), ("acc-3", 0)]
    assert "held by another program" in details(tmp_path, "failed")["reason"]
    assert details(tmp_path, "recovered") == {"state": "recovered", "told_before_commit": 2}
    assert store.load().verdicts["device:acc-1"].state == "up"


async def test_while_the_store_fails_no_one_waits_for_it(store, tmp_path):
    committer = Committer(store, patience=PATIENCE)
    with held_by_another_program(tmp_path):
        await committer.commit([], [event(0)])
        async with asyncio.timeout(0.5):  # the first took the busy timeout of a second
            assert not any([await committer.commit([], [event(n)]) for n in range(1, 4)])
    assert await committer.drain()


async def test_events_beyond_the_queue_leave_a_gap_on_record(store, tmp_path):
    committer = Committer(store, patience=PATIENCE)
    with held_by_another_program(tmp_path):
        for n in range(8):
            await committer.commit([verdict(f"state-{n}", n)], [event(n)])
        assert committer.queue_length == 5
        assert not await committer.drain()
    assert await committer.drain()
    names = [name for name, _ in recorded(tmp_path)]
    assert names == ["failed", "gap", "acc-3", "acc-4", "acc-5", "acc-6", "acc-7", "recovered"]
    assert details(tmp_path, "gap") == {"state": "gap", "lost": 3, "until": 102.0}
    assert len(store.load().verdicts) == 8  # a verdict is state: the newest of each subject is never lost


async def test_a_slow_commit_is_told_after_its_time_and_never_written_twice(store, tmp_path):
    committer = Committer(store, patience=IMPATIENT)
    with held_by_another_program(tmp_path):
        assert not await committer.commit([], [event(1)])  # the writer is inside it, waiting for the lock
        assert committer.queue_length == 1
    assert await committer.drain()
    assert recorded(tmp_path) == [("acc-1", 0), ("failed", 0), ("recovered", 0)]
    assert details(tmp_path, "failed")["reason"] == "a commit took longer than 0.05 s"
    assert details(tmp_path, "recovered") == {
        "state": "recovered",
        "told_before_commit": 1,
        "late_first_seq": 1,
        "late_last_seq": 1,
    }


async def test_a_slow_commit_that_fails_after_all_goes_back_before_what_came_later(store, tmp_path):
    committer = Committer(store, patience=IMPATIENT)
    with held_by_another_program(tmp_path):
        await committer.commit([verdict("down")], [event(1)])
        await committer.commit([verdict("up")], [event(2)])
        assert not await committer.drain()
        assert committer.queue_length == 2
    assert await committer.drain()
    assert recorded(tmp_path) == [("failed", 0), ("acc-1", 1), ("acc-2", 1), ("recovered", 0)]
    assert store.load().verdicts["device:acc-1"].state == "up"


async def test_batches_waiting_behind_a_slow_one_are_withdrawn_and_keep_their_order(store, tmp_path):
    committer = Committer(store, patience=IMPATIENT)
    with held_by_another_program(tmp_path):
        results = await asyncio.gather(*(committer.commit([], [event(n)]) for n in range(4)))
        assert results == [False] * 4
        assert committer.queue_length == 4
    assert await committer.drain()
    assert [name for name, _ in recorded(tmp_path) if name.startswith("acc")] == ["acc-0", "acc-1", "acc-2", "acc-3"]
    assert committer.queue_length == 0


async def test_a_second_outage_is_reported_as_its_own(store, tmp_path):
    committer = Committer(store, patience=PATIENCE)
    for n in (1, 2):
        with held_by_another_program(tmp_path):
            assert not await committer.commit([], [event(n)])
        assert await committer.drain()
        assert committer.ok
    assert [name for name, _ in recorded(tmp_path)] == [
        *("failed", "acc-1", "recovered"),
        *("failed", "acc-2", "recovered"),
    ]


async def test_a_mistake_of_the_caller_is_raised_and_not_retried(store):
    committer = Committer(store, patience=PATIENCE)
    with pytest.raises(ValueError, match="nan cannot be stored"):
        await committer.commit([], [Event(kind=EventKind.SETTLED, subject="x", at_wall_s=float("nan"))])
    assert committer.ok
    assert committer.queue_length == 0
