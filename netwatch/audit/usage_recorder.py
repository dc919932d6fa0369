"""Usage, recorded: the states that have changed in, a share of them each second; each five minutes a ledger row out.

What cannot be written waits, up to a day of it. When the daemon stops, what was counted of the present five minutes is
written as a part; one that is killed loses what it counted since the last row, and the record shows so much as missing.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

import apsw

from netwatch.audit.steps import step_for_ever
from netwatch.audit.store import Store
from netwatch.audit.usage_rows import LIGHT, TRAFFIC, Block, write_block
from netwatch.core.audit.usage_code import pack
from netwatch.core.audit.usage_count import LIGHT_MS, TRAFFIC_MS, Carried, Lit, UsageCount, monitored
from netwatch.core.device.record import DeviceState, InterfaceTraffic
from netwatch.core.health.equipment import Equipment
from netwatch.core.model import Inventory, Lane

SEEN_AT_ONCE = 100  # devices; then the loop is let go
MOST_TURNS = 5  # seconds in which each device is looked at once: nearly all of them have nothing new each second
MOST_WAITING = 300  # blocks
LONGEST_GRACE_S = 900.0
_Counted = tuple[str, int, Carried | Lit, tuple[str, ...]]  # kind, beginning in ms, cells, whose


class UsageRecorder:
    """`run()` goes on for ever; `save_all` at the end. Nothing is recorded before `use`."""

    def __init__(
        self, store: Store, states: Callable[[], Mapping[str, DeviceState]], *, wall: Callable[[], float] = time.time
    ) -> None:
        self._store = store
        self._states = states
        self._wall = wall
        self._count = UsageCount()
        self._seen: dict[str, tuple[InterfaceTraffic, Equipment]] = {}
        self._turns: deque[Sequence[str]] = deque()  # the devices, those of the next second first
        self._counted: deque[_Counted] = deque()
        self._waiting: deque[Block] = deque(maxlen=MOST_WAITING)
        self._grace_s = 0.0
        self.recorded_wall_s: float | None = None  # up to when all that was counted is on record

    def use(self, inventory: Inventory) -> None:
        """Record the ports that this inventory names."""
        if tuple(map(str, monitored(inventory))) != self._count.names:
            self._put_parts()
        self._count.use(inventory)
        devices = tuple(self._count.devices)
        every_s = [inventory.devices[name].every_s[Lane.TRAFFIC] for name in devices]
        self._grace_s = min(1.5 * max(every_s, default=0.0) + 10.0, LONGEST_GRACE_S)
        turns = max(1, min(MOST_TURNS, int(min(every_s, default=0.0) / 2)))  # so that no poll is looked past
        self._turns = deque([devices[turn::turns] for turn in range(turns)])
        self._seen = {name: self._seen[name] for name in devices if name in self._seen}

    async def run(self) -> None:
        await step_for_ever(self._look_and_step, failing="usage could not be recorded, and waits")

    async def _look_and_step(self) -> None:
        if self._turns:
            self._turns.rotate(-1)
            await self._look_at(self._turns[-1])
        await self.step()

    async def look(self) -> None:
        """Count what has come since the last look."""
        for devices in tuple(self._turns):
            await self._look_at(devices)

    async def _look_at(self, devices: Iterable[str]) -> None:
        states, now_ms = self._states(), int(self._wall() * 1000)
        changed = 0
        for name in devices:
            state = states.get(name)
            if state is None:
                continue
            traffic, equipment = self._seen.get(name, (None, None))
            if state.traffic is traffic and state.equipment is equipment:
                continue
            self._seen[name] = state.traffic, state.equipment
            if state.traffic is not traffic:
                self._count.see_traffic(name, state)
            if state.equipment is not equipment:
                self._count.see_light(name, state, now_ms)
            changed += 1
            if changed % SEEN_AT_ONCE == 0:
                await asyncio.sleep(0)

    async def step(self) -> None:
        """Write what is over. StoreError: it waits."""
        until_ms = (self._wall() - self._grace_s) * 1000
        self._put(self._count.take_carried(until_ms), self._count.take_lit(until_ms))
        await self._write()
        self.recorded_wall_s = until_ms // TRAFFIC_MS * TRAFFIC_MS / 1000

    async def save_all(self) -> None:
        """Write all that was counted, also of what is not over yet. StoreError: it waits."""
        await self.look()
        self._put_parts()
        await self._write()

    def _put_parts(self) -> None:
        carried, lit = self._count.take_parts()
        self._put(sorted(carried.items()), sorted(lit.items()))

    def _put(self, carried: Iterable[tuple[int, Carried]], lit: Iterable[tuple[int, Lit]]) -> None:
        names = self._count.names
        self._counted.extend((TRAFFIC, begin_ms, one, names) for begin_ms, one in carried)
        self._counted.extend((LIGHT, begin_ms, one, names) for begin_ms, one in lit)

    async def _write(self) -> None:
        while self._counted:
            counted = self._counted.popleft()
            self._waiting.append(await asyncio.to_thread(_block, counted))
        while self._waiting:
            block = self._waiting[0]
            await self._store.write(partial(_store, block=block))
            if self._waiting and self._waiting[0] is block:  # else a full queue has dropped it meanwhile
                self._waiting.popleft()


def _store(connection: apsw.Connection, now_wall_s: float, *, block: Block) -> None:
    write_block(connection, block, now_wall_s)


def _block(counted: _Counted) -> Block:
    kind, begin_ms, one, names = counted
    length_ms = TRAFFIC_MS if kind == TRAFFIC else LIGHT_MS
    return Block(
        kind=kind,
        from_s=begin_ms // 1000,
        until_s=(begin_ms + length_ms) // 1000,
        names=names,
        content=pack(one.coded()),
    )
