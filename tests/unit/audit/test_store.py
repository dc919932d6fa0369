import os
import sqlite3
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from netwatch.audit.records import Stored, Verdict, check_verdict, rows
from netwatch.audit.schema import MIGRATIONS
from netwatch.audit.store import DEVICES_PER_COMMIT, Store
from netwatch.core.device.memory import DeviceMemory
from netwatch.core.errors import StoreError
from netwatch.core.events import Event, EventKind
from netwatch.core.field.record import CheckTold

DOWN = Verdict(subject="device:acc-17", kind="device.state", state="down", since_wall_s=1_700_000_000.25)


def event(n: int = 0, **detail: str | float | bool | None) -> Event:
    return Event(
        kind=EventKind.DEVICE_STATE, subject=f"device:acc-{n}", at_wall_s=1_700_000_000.1234 + n, detail=detail
    )


@pytest.fixture
def store(tmp_path):
    opened = Store.open(tmp_path / "state")
    yield opened
    opened.close()


def query(directory: Path, sql: str) -> list[tuple[object, ...]]:
    connection = apsw.Connection(str(directory / "netwatch.db"), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def reloaded(directory: Path) -> Stored:
    store = Store.open(directory)
    try:
        return store.load()
    finally:
        store.close()


def test_a_new_store_remembers_nothing(store):
    assert store.load() == Stored()


async def test_what_was_committed_is_there_after_a_restart(tmp_path):
    store = Store.open(tmp_path)
    receipt = await store.commit([DOWN], [event(1), event(2)])
    await store.save_devices([DeviceMemory(device="acc-17", document={"offsets": [1, 2**70], "이름": None})])
    await store.heartbeat(1_700_000_100.0)
    store.close()

    stored = reloaded(tmp_path)
    assert (receipt.first, receipt.last) == (1, 2)
    assert stored.verdicts == {"device:acc-17": DOWN}
    assert stored.devices["acc-17"].document == {"offsets": [1, 2**70], "이름": None}
    assert stored.last_row == 4  # two events, the state, the heartbeat
    assert stored.last_heartbeat_wall_s == 1_700_000_100.0


async def test_only_a_daemon_whose_last_word_was_that_it_stopped_ended_cleanly(store):
    def life(kind):
        return Event(kind=kind, subject="daemon:", at_wall_s=1.0)

    assert not store.load().stopped_cleanly
    await store.commit([], [life(EventKind.DAEMON_STARTED), life(EventKind.DAEMON_STOPPED)])
    await store.commit([], [Event(kind=EventKind.CLOCK_STEPPED, subject="daemon:", at_wall_s=2.0)])
    assert store.load().stopped_cleanly
    await store.commit([], [life(EventKind.DAEMON_STARTED)])
    assert not store.load().stopped_cleanly


async def test_a_later_verdict_replaces_the_earlier_one(store):
    await store.commit([DOWN], [])
    up = Verdict(subject=DOWN.subject, kind=DOWN.kind, state="up", since_wall_s=1_700_000_060.0)
    await store.commit([up], [])
    assert store.load().verdicts == {DOWN.subject: up}


async def test_an_events_columns_give_back_its_canonical_bytes(tmp_path, store):
    told = event(3, was="up", 이름="옥정", rtt=0.25, snmp=True, nothing=None)
    await store.commit([], [told])
    [(at, kind, subject, detail)] = query(tmp_path / "state", "SELECT at_wall_s, kind, subject, detail FROM event")
    rebuilt = f'{{"at":{at},"detail":{detail},"kind":"{kind}","subject":"{subject}"}}'
    assert rebuilt == told.canonical_json()


async def test_text_that_is_not_unicode_is_escaped_and_costs_no_one_else_their_commit(tmp_path, store):
    broken = Event(kind=EventKind.SETTLED, subject="port:sw \udc80", at_wall_s=1.0, detail={"alias": "\udc80"})
    await store.commit([DOWN], [broken])
    found = query(tmp_path / "state", "SELECT subject, json_extract(detail, '$.alias') IS NOT NULL FROM event")
    assert found == [("port:sw \\udc80", 1)]
    assert DOWN.subject in store.load().verdicts


async def test_a_number_that_is_not_finite_is_the_callers_mistake_and_nothing_is_written(store):
    with pytest.raises(ValueError, match="nan cannot be stored"):
        await store.commit([], [Event(kind=EventKind.SETTLED, subject="x", at_wall_s=float("nan"))])
    with pytest.raises(ValueError, match="inf cannot be stored"):
        await store.commit([Verdict(subject="x", kind="k", state="s", since_wall_s=float("inf"))], [event()])
    assert store.load() == Stored()


async def test_only_device_memories_that_changed_are_written(store):
    fleet = [DeviceMemory(device=f"acc-{n}", document={"n": n}) for n in range(2 * DEVICES_PER_COMMIT + 1)]
    assert await store.save_devices(fleet) == len(fleet)
    assert await store.save_devices(fleet) == 0
    fleet[7] = DeviceMemory(device="acc-7", document={"n": "new"})
    assert await store.save_devices(fleet) == 1
    stored = store.load()
    assert len(stored.devices) == len(fleet)
    assert stored.devices["acc-7"].document == {"n": "new"}


async def test_commits_queued_together_keep_their_order_and_numbers(store):
    futures = [store.submit(rows([], [event(n)])) for n in range(50)]
    assert [future.result(5).first for future in futures] == list(range(1, 51))


@pytest.mark.parametrize(
    ("beats", "stretches"),
    [
        ([100, 110, 120], [(100, 120, 3)]),
        ([100, 110, 500, 510], [(100, 110, 2), (500, 510, 2)]),  # not watched from 110 to 500
        ([100, 90, 95], [(100, 100, 1), (90, 95, 2)]),  # the clock was set back
    ],
)
async def test_heartbeats_are_stretches_and_a_hole_stays_a_hole(tmp_path, store, beats, stretches):
    for beat in beats:
        await store.heartbeat(float(beat), unbroken_s=60.0)
    found = query(tmp_path / "state", "SELECT from_wall_s, until_wall_s, beats FROM heartbeat ORDER BY stretch")
    assert found == stretches


async def test_the_state_is_readable_by_its_owner_alone(tmp_path, store):
    await store.commit([DOWN], [])
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "state").iterdir()}
    assert modes == dict.fromkeys(("netwatch.db", "netwatch.db-wal", "netwatch.db-shm", "netwatch.lock"), 0o600)
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


def test_a_second_daemon_is_refused_and_told_who_is_first(tmp_path):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(StoreError, match=rf"already running on .* \(pid {holder.pid}\): stop it"):
            Store.open(tmp_path)
        holder.communicate("go\n")
    assert reloaded(tmp_path) == Stored()


HOLD = """
import sys
from dataclasses import replace
from pathlib import Path
from netwatch.audit.store import Store
store = Store.open(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.readline()
store.close()
"""


def test_a_newer_database_is_refused_in_one_sentence_and_left_alone(tmp_path):
    reloaded(tmp_path)
    connection = apsw.Connection(str(tmp_path / "netwatch.db"))
    connection.pragma("user_version", len(MIGRATIONS) + 1)
    connection.close()
    before = (tmp_path / "netwatch.db").read_bytes()
    newer = rf"written by a newer netwatch \(format {len(MIGRATIONS) + 1}, this one reads up to {len(MIGRATIONS)}\)"
    with pytest.raises(StoreError, match=newer):
        Store.open(tmp_path)
    assert (tmp_path / "netwatch.db").read_bytes() == before


def test_somebody_elses_database_is_refused(tmp_path):
    with sqlite3.connect(tmp_path / "netwatch.db") as foreign:
        foreign.execute("CREATE TABLE precious (x)")
    foreign.close()
    before = (tmp_path / "netwatch.db").read_bytes()
    with pytest.raises(StoreError, match="not one of netwatch's"):
        Store.open(tmp_path)
    assert (tmp_path / "netwatch.db").read_bytes() == before


@pytest.mark.parametrize("content", [b"not a database" * 100, b"SQLite format 3\0" + bytes(range(256)) * 64])
def test_a_file_that_is_no_database_is_refused_and_never_deleted(tmp_path, content):
    (tmp_path / "netwatch.db").write_bytes(content)
    with pytest.raises(StoreError, match=r"is damaged \(.*\): put a backup in its place or move it away"):
        Store.open(tmp_path)
    assert (tmp_path / "netwatch.db").read_bytes() == content


async def test_a_page_overwritten_with_noise_is_found_at_the_start(tmp_path):
    store = Store.open(tmp_path)
    await store.commit([], [event(n, note="x" * 200) for n in range(500)])
    store.close()
    database = tmp_path / "netwatch.db"
    damaged = bytearray(database.read_bytes())
    damaged[8192 : len(damaged) - 4096] = os.urandom(len(damaged) - 12288)
    database.write_bytes(damaged)
    with pytest.raises(StoreError, match="is damaged"):
        Store.open(tmp_path)
    assert database.read_bytes() == damaged


def test_a_refused_start_lets_go_of_the_lock(tmp_path):
    (tmp_path / "netwatch.db").write_bytes(b"not a database" * 100)
    with pytest.raises(StoreError):
        Store.open(tmp_path)
    (tmp_path / "netwatch.db").rename(tmp_path / "damaged.db")
    assert reloaded(tmp_path) == Stored()


def test_a_state_directory_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"cannot use the state directory .*file/state: Not a directory"):
        Store.open(tmp_path / "file" / "state")


async def test_a_database_deleted_under_a_running_daemon_is_noticed_and_not_replaced(tmp_path):
    store = Store.open(tmp_path)
    await store.commit([DOWN], [])
    (tmp_path / "netwatch.db").rename(tmp_path / "moved.db")
    with pytest.raises(StoreError, match="moved, replaced or deleted while netwatch was running: restart it"):
        await store.commit([], [event()])
    store.close()
    assert not (tmp_path / "netwatch.db").exists()


async def test_a_closed_store_says_so(tmp_path):
    store = Store.open(tmp_path)
    store.close()
    with pytest.raises(StoreError, match="the store is closed"):
        await store.commit([], [event()])


async def test_closing_finishes_what_is_queued(tmp_path):
    store = Store.open(tmp_path)
    futures = [store.submit(rows([], [event(n)])) for n in range(200)]
    store.close()
    assert futures[-1].result(0).last == 200
    assert reloaded(tmp_path).last_row == 200


async def test_verdicts_on_what_is_no_longer_watched_are_dropped_and_their_events_stay(tmp_path):
    store = Store.open(tmp_path)
    camera = check_verdict("cam-1", "tcp/554", CheckTold(up=False, since_wall_s=5.0))
    other = replace(DOWN, subject="device:acc-18")
    fault = replace(DOWN, subject="fault:1f", kind="fault")
    await store.commit([DOWN, other, camera, replace(camera, subject="field_device:cam-2 ping"), fault], [event(17)])
    watched = {"device:acc-17", "field_device:cam-1", "fault:1f"}
    assert await store.forget_verdicts(watched) == 2
    assert await store.forget_verdicts(watched) == 0
    store.close()
    left = reloaded(tmp_path)
    assert left.verdicts.keys() == {"device:acc-17", "field_device:cam-1 tcp/554", "fault:1f"}
    assert left.check_verdicts() == {"cam-1": {"tcp/554": CheckTold(up=False, since_wall_s=5.0)}}
    assert left.last_row == 8  # one event, five states, two of them over
