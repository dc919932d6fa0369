"""A store that fails is told of once, and once more when it is mended; not each second of the night."""

import asyncio
import contextlib
import logging

from netwatch.audit.heartbeat import Heartbeat
from netwatch.audit.memories import Memories, Sources
from netwatch.core.device.record import DeviceState
from netwatch.core.errors import StoreError
from tests.virtual_time import in_virtual_time


class FailingStore:
    """As much of a store as these two use."""

    def __init__(self):
        self.fails = True
        self.kept = 0

    async def _write(self, *_rows):
        if self.fails:
            raise StoreError("no room")
        self.kept += 1

    heartbeat = save_devices = forget_verdicts = _write


def told_of(caplog, build):
    """What is logged while the store fails for five minutes, and then does not."""

    async def scenario():
        store = FailingStore()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(600):
                task = asyncio.create_task(build(store).run())
                await asyncio.sleep(300)
                store.fails = False
                await task
        assert store.kept > 2

    with caplog.at_level(logging.INFO):
        in_virtual_time(scenario())
    return [(record.levelname, record.getMessage()) for record in caplog.records]


def test_heartbeats(caplog):
    assert told_of(caplog, lambda store: Heartbeat(store, on_answer=lambda _at_s: None)) == [
        ("ERROR", "no heartbeat could be stored: no room"),
        ("INFO", "heartbeats are stored again"),
    ]


def test_what_was_learned(caplog):
    sources = Sources(
        states=lambda: {"acc-1": DeviceState()},
        learned=lambda _d: {},
        ports=lambda _d: frozenset(),
        watched=set,
    )
    assert told_of(caplog, lambda store: Memories(store, sources)) == [
        ("ERROR", "what was learned of 1 devices could not be stored: no room"),
        ("INFO", "what is learned is stored again"),
    ]
