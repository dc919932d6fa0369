"""What is written by itself, second by second: windows that changed, and that we are watching."""

import asyncio
import logging
from dataclasses import dataclass, field, replace

import pytest

from netwatch.audit import heartbeat
from netwatch.audit.declarations import Declarations
from netwatch.audit.heartbeat import Heartbeat
from netwatch.core.errors import StoreError, StoreFullError
from netwatch.core.maintenance.book import MaintenanceBook
from netwatch.core.maintenance.windows import Phase
from netwatch.core.model import Maintenance
from tests.unit.engine.town import town
from tests.virtual_time import in_virtual_time

CITY = town("acc-1", maintenance={"m-31": Maintenance(id="m-31", subject="ring:a", from_s=10.0, until_s=20.0)})


@dataclass
class Disk:
    """In the store's place, which has a thread of its own and so no virtual time."""

    is_full: bool = False
    is_failing: bool = False
    is_stuck: bool = False
    windows: list = field(default_factory=list)
    beats: int = 0

    async def save_windows(self, windows):
        await self._write()
        self.windows += windows

    async def heartbeat(self, _at_wall_s):
        await self._write()
        self.beats += 1

    async def _write(self):
        if self.is_full:
            raise StoreFullError("no room")
        if self.is_failing:
            raise StoreError("writing failed")
        if self.is_stuck:
            await asyncio.Event().wait()


async def meanwhile(running, *steps):
    """Run for ever beside (seconds, what to do then), and stop."""
    task = asyncio.create_task(running)
    for seconds, do in steps:
        await asyncio.sleep(seconds)
        do()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_a_window_of_the_inventory_is_stored_within_a_second_and_once():
    disk, book = Disk(), MaintenanceBook()
    book.advance(CITY, 0.0)
    in_virtual_time(meanwhile(Declarations(disk, book).run(), (1.5, lambda: None), (30.0, lambda: None)))
    assert [window.id for window in disk.windows] == ["m-31"]


def test_what_a_full_disk_refused_is_stored_when_it_has_room_and_complained_of_once(caplog):
    disk, book = Disk(is_full=True), MaintenanceBook()
    book.advance(CITY, 0.0)
    beginning = (5.0, lambda: book.advance(CITY, 11.0))
    room = (5.0, lambda: setattr(disk, "is_full", False))
    with caplog.at_level(logging.ERROR):
        in_virtual_time(meanwhile(Declarations(disk, book).run(), beginning, room, (5.0, lambda: None)))
    assert [window.told for window in disk.windows] == [Phase.RUNNING]
    assert [record.message for record in caplog.records] == ["what was declared could not be stored: no room"]


def test_a_window_that_changes_while_it_is_written_is_written_again():
    book = MaintenanceBook()
    book.advance(CITY, 0.0)

    class Slow(Disk):
        async def save_windows(self, windows):
            await asyncio.sleep(3.0)
            self.windows += windows

    disk = Slow()
    in_virtual_time(
        meanwhile(Declarations(disk, book).run(), (2.0, lambda: book.advance(CITY, 11.0)), (30.0, lambda: None))
    )
    first = disk.windows[0]
    assert disk.windows == [first, replace(first, told=Phase.RUNNING)]


def test_each_beat_that_was_stored_is_told():
    told, disk = [], Disk()
    in_virtual_time(meanwhile(Heartbeat(disk, on_answer=told.append).run(), (35.0, lambda: None)))
    assert (disk.beats, len(told)) == (4, 4)


@pytest.mark.parametrize("trouble", ["is_failing", "is_stuck"])
def test_a_beat_that_fails_is_tried_again_soon_and_said(trouble, caplog):
    told, disk, said = [], Disk(), []
    setattr(disk, trouble, True)
    heart = Heartbeat(disk, on_answer=told.append)
    wait_s = heartbeat.EVERY_S + heartbeat.AGAIN_S + 1.0
    broken = (wait_s, lambda: said.append((heart.ok, len(told))))
    mended = (0.0, lambda: setattr(disk, trouble, False))
    in_virtual_time(meanwhile(heart.run(), broken, mended, (wait_s, lambda: said.append((heart.ok, len(told) > 0)))))
    assert said == [(False, 0), (True, True)]
    assert caplog.records[0].message.startswith("no heartbeat could be stored: ")


def test_a_full_disk_is_an_answer_so_that_the_watchdog_ends_no_daemon_that_polls():
    told, disk = [], Disk(is_full=True)
    heart = Heartbeat(disk, on_answer=told.append)
    in_virtual_time(meanwhile(heart.run(), (heartbeat.AGAIN_S + 0.5, lambda: None)))
    assert (heart.ok, disk.beats, len(told)) == (False, 0, 2)
