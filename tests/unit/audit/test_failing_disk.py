"""Real failures in a process of their own: SIGKILL, a file-size limit, a file system without room."""

import contextlib
import datetime as dt
import os
import signal
import subprocess
import sys

import pytest

from netwatch.audit.backup import Source, back_up
from netwatch.audit.store import Store
from netwatch.core.errors import StoreError
from tests.tools import missing, require_tool

COMMON = """
import asyncio, resource, sys
from pathlib import Path
from netwatch.audit.records import Verdict
from netwatch.audit.store import Store
from netwatch.core.errors import StoreError
from netwatch.core.events import Event, EventKind

def event(n, note=""):
    return Event(kind=EventKind.SETTLED, subject=f"device:acc-{n}", at_wall_s=float(n), detail={"note": note})
"""

COMMIT_FOR_EVER = """
async def main():
    store = Store.open(Path(sys.argv[1]))
    async def commit(first):
        for n in range(first, 1_000_000, 10):
            verdict = Verdict(subject=f"device:acc-{n}", kind="device.state", state="down", since_wall_s=float(n))
            receipt = await store.commit([verdict], [event(n)])
            print(n, receipt.last, flush=True)
    await asyncio.gather(*(commit(first) for first in range(10)))
asyncio.run(main())
"""

FILL_AND_HEAL = """
async def main():
    store = Store.open(Path(sys.argv[1]))
    n = 0
    fill(True)
    try:
        while True:
            await store.commit([], [event(n, "x" * 4000)])
            n += 1
    except StoreError as error:
        print(error)
    try:
        await store.commit([], [event(n, "x" * 400_000)])
    except StoreError as error:
        print(error)
    fill(False)
    receipt = await store.commit([], [event(n)])
    print(n, receipt.last)
    store.close()
asyncio.run(main())
"""

FILE_LIMIT = """
def fill(on):
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000 if on else resource.RLIM_INFINITY, resource.RLIM_INFINITY))
"""

BALLAST = """
def fill(on):
    ballast = Path(sys.argv[1]).parent / "ballast"
    if on:
        ballast.write_bytes(bytes(700_000))
    else:
        ballast.unlink()
"""


def test_sigkill_loses_no_acknowledged_row(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", COMMON + COMMIT_FOR_EVER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    with process:
        acknowledged = [process.stdout.readline() for _ in range(300)]
        process.send_signal(signal.SIGKILL)
        acknowledged += process.stdout.read().splitlines()
    pairs = [tuple(map(int, line.split())) for line in acknowledged if len(line.split()) == 2]
    assert len(pairs) >= 300
    store = Store.open(tmp_path)
    stored = store.load()
    store.close()
    assert {f"device:acc-{n}" for n, _ in pairs} <= set(stored.verdicts)
    assert stored.last_row >= max(seq for _, seq in pairs)
    assert stored.last_row == 2 * len(stored.verdicts)  # state and event came together, or not at all


def assert_failed_and_healed(directory, completed, reason: str) -> None:
    assert completed.returncode == 0, completed.stderr
    first, second, last = completed.stdout.splitlines()
    assert reason in first
    assert reason in second
    kept, seq = map(int, last.split())
    assert kept > 5
    assert seq == kept + 1  # nothing acknowledged was lost, nothing refused came back
    assert completed.stderr == ""
    store = Store.open(directory)
    assert store.load().last_row == seq
    store.close()


def test_a_disk_that_refuses_writes_is_an_error_and_heals_by_itself(tmp_path):
    completed = subprocess.run(
        [sys.executable, "-c", COMMON + FILE_LIMIT + FILL_AND_HEAL, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert_failed_and_healed(tmp_path, completed, f"writing {tmp_path}/netwatch.db failed")


@pytest.fixture
def small_disk(tmp_path):
    if os.geteuid() != 0:
        missing("root, to mount a small file system,")
    mount = [require_tool("mount"), "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(tmp_path)]
    mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        missing(f"leave to mount ({mounted.stderr.strip()})")
    yield tmp_path
    subprocess.run([require_tool("umount"), str(tmp_path)], check=True)


def test_a_full_disk_says_so_deletes_nothing_and_heals_by_itself(small_disk):
    completed = subprocess.run(
        [sys.executable, "-c", COMMON + BALLAST + FILL_AND_HEAL, str(small_disk / "state")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert_failed_and_healed(small_disk / "state", completed, "no room to write")


@pytest.mark.parametrize("is_new", [True, False])
def test_a_start_on_a_full_disk_says_so_and_the_next_one_with_room_goes_on(small_disk, is_new):
    state = small_disk / "state"
    if not is_new:
        Store.open(state).close()
    ballast = small_disk / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    with pytest.raises(StoreError, match=r"No space left on device$|^no room to write .*: free some space"):
        Store.open(state)
    ballast.unlink()
    Store.open(state).close()


def test_a_backup_to_a_full_disk_says_so_and_leaves_nothing_behind(small_disk, tmp_path_factory):
    state = tmp_path_factory.mktemp("state")
    Store.open(state).close()
    (small_disk / "ballast").write_bytes(bytes(1_040_000))
    source = Source(state=state, inventory=state / "inventory.yaml", contents={})
    with pytest.raises(
        StoreError, match=f"^no room in {small_disk} for a copy of {state}/netwatch.db: free some space"
    ):
        back_up(source, small_disk / "today.tar.gz", version="1", now=dt.datetime(2026, 11, 22, tzinfo=dt.UTC))
    assert list(small_disk.iterdir()) == [small_disk / "ballast"]
