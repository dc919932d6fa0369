"""What was learned of each device, written in rounds: all states in, a few documents a second out to the store.

A daemon that is killed loses at most one round of it; one that is stopped saves all of them once more.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence

from netwatch.audit.store import Store
from netwatch.core.device import DeviceState
from netwatch.core.errors import StoreError
from netwatch.core.recall import remember

log = logging.getLogger(__name__)

ROUND_S = 60.0  # each device's turn comes once in it
STEP_S = 1.0
SAVED_AT_ONCE = 500  # devices; their documents are built on the event loop


class Memories:
    """`states` gives the present state of every device, `learned` what polling one has taught."""

    def __init__(
        self,
        store: Store,
        *,
        states: Callable[[], Mapping[str, DeviceState]],
        learned: Callable[[str], Mapping[str, int]],
    ) -> None:
        self._store = store
        self._states = states
        self._learned = learned

    async def run(self) -> None:
        """Go round all devices for ever, a few each second, so that no second is a heavy one."""
        waiting: list[str] = []
        while True:
            await asyncio.sleep(STEP_S)
            devices = waiting or list(self._states())
            share = -(-len(self._states()) // int(ROUND_S / STEP_S))
            turn, waiting = devices[:share], devices[share:]
            try:
                await self._save(turn)
            except StoreError as error:
                log.error("what was learned of %d devices could not be stored: %s", len(turn), error)

    async def save_all(self) -> None:
        """All of them now. StoreError where the store fails."""
        await self._save(list(self._states()))

    async def _save(self, devices: Sequence[str]) -> None:
        for start in range(0, len(devices), SAVED_AT_ONCE):
            wall_s = time.time() - time.monotonic()
            states = self._states()
            await self._store.save_devices(
                [
                    remember(device, states[device], learned=self._learned(device), wall_s=wall_s)
                    for device in devices[start : start + SAVED_AT_ONCE]
                    if device in states
                ]
            )
