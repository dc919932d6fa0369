"""What was learned of each device, written in rounds: all states in, a few documents a second out to the store.

At the start, after a reload and when stopping, what is held true of things no longer watched is dropped. A daemon that
is killed loses at most one round of it, and five of what only counts on or was learned in polling; one that is stopped
saves all of them once more.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from netwatch.audit.store import Store
from netwatch.core.device.recall import lasting, remember
from netwatch.core.device.record import DeviceState
from netwatch.core.errors import StoreError

log = logging.getLogger(__name__)

ROUND_S = 60.0  # each device's turn comes once in it
COUNTED_EVERY = 5  # rounds: so rarely a device is saved of which nothing is new but that its counters counted on
STEP_S = 1.0
SAVED_AT_ONCE = 500  # devices; their documents are built on the event loop


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where the rounds take from what they write."""

    states: Callable[[], Mapping[str, DeviceState]]  # of every device, at present
    learned: Callable[[str], Mapping[str, Any]]  # device -> what watching it has taught
    ports: Callable[[str], Collection[str]]  # device -> the port texts of the inventory
    watched: Callable[[], Collection[str]]  # the subjects of all devices and field devices


class Memories:
    """Writes what the sources give."""

    def __init__(self, store: Store, sources: Sources) -> None:
        self._store = store
        self._sources = sources
        self._watch_changed = True
        self._is_failing = False
        self._rounds = 0
        self._saved: dict[str, tuple[object, ...]] = {}  # of each device, what lasts of it

    async def run(self) -> None:
        """Go round all devices for ever, a few each second, so that no second is a heavy one."""
        waiting: list[str] = []
        while True:
            await asyncio.sleep(STEP_S)
            waiting = waiting or self._round()
            share = -(-len(self._sources.states()) // int(ROUND_S / STEP_S))
            turn, waiting = list(filter(self._is_news, waiting[:share])), waiting[share:]
            if not (turn or self._watch_changed):
                continue  # and whether the disk works is not known
            try:
                if self._watch_changed:
                    await self._forget()
                await self._save(turn)
            except StoreError as error:
                if not self._is_failing:  # said once, not each second until the disk is mended
                    log.error("what was learned of %d devices could not be stored: %s", len(turn), error)
                self._is_failing = True
            else:
                if self._is_failing:
                    log.info("what is learned is stored again")
                self._is_failing = False

    async def save_all(self) -> None:
        """All of them now. StoreError where the store fails."""
        await self._forget()
        await self._save(list(self._sources.states()))

    def watch_changed(self) -> None:
        """The inventory was reloaded: something may be watched no more, and other ports matter."""
        self._watch_changed = True
        self._saved.clear()

    def _round(self) -> list[str]:
        """All devices, in the order of their turns. Every fifth is taken for one that was never saved."""
        states = self._sources.states()
        self._rounds += 1
        self._saved = {
            device: self._saved[device]
            for place, device in enumerate(states)
            if device in self._saved and (place + self._rounds) % COUNTED_EVERY
        }
        return list(states)

    def _is_news(self, device: str) -> bool:
        state = self._sources.states().get(device)
        return state is not None and lasting(state) != self._saved.get(device)

    async def _forget(self) -> None:
        self._watch_changed = False
        try:
            await self._store.forget_verdicts(self._sources.watched())
        except StoreError:
            self._watch_changed = True
            raise

    async def _save(self, devices: Sequence[str]) -> None:
        for start in range(0, len(devices), SAVED_AT_ONCE):
            wall_s = time.time() - time.monotonic()
            states, sources = self._sources.states(), self._sources
            some = [device for device in devices[start : start + SAVED_AT_ONCE] if device in states]
            saved = {device: lasting(states[device]) for device in some}
            await self._store.save_devices(
                [
                    remember(
                        device,
                        states[device],
                        learned=sources.learned(device),
                        wall_s=wall_s,
                        ports=sources.ports(device),
                    )
                    for device in some
                ]
            )
            self._saved.update(saved)
