"""The sites on the board: how many devices and field devices there are in which state, and the worst of it in one word.

A sweep compares what is told of each with what was told before, in slices between which the event loop has its turn;
only sites of which something is another are written anew.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar

from netwatch.core.device.record import DeviceVerdict
from netwatch.core.field.board import UNKNOWN
from netwatch.core.field.verdict import FieldCondition
from netwatch.core.model import Site
from netwatch.core.sight import Knowing
from netwatch.core.topology.graph import Topology
from netwatch.expose.page.board import Board

SLICE = 1000  # things looked at before the loop has its turn: 1 ms at most
State = TypeVar("State", bound=StrEnum)


class SiteModel:
    """All sites of one inventory. `devices` and `field_devices` count the whole city."""

    def __init__(self, known: Knowing, topology: Topology, board: Board) -> None:
        self._known = known
        self._topology = topology
        self._board = board
        inventory = topology.inventory
        self._device_names: Sequence[str] = tuple(inventory.devices)
        self._field_names: Sequence[str] = tuple(inventory.field_devices)
        self._devices: dict[str, DeviceVerdict] = {}
        self._fields: dict[str, FieldCondition] = {}
        self._devices_at: dict[str, Counter[DeviceVerdict]] = {name: Counter() for name in inventory.sites}
        self._fields_at: dict[str, Counter[FieldCondition]] = {name: Counter() for name in inventory.sites}
        self._changed: dict[str, None] = dict.fromkeys(inventory.sites)
        self.devices: Counter[DeviceVerdict] = Counter()

    @property
    def is_current(self) -> bool:
        """Whether the inventory in force is still the one that this is of."""
        return self._known.city.topology is self._topology

    async def sweep(self) -> None:
        """Look at everything once. Ends early where the inventory becomes another one."""
        for start in range(0, len(self._device_names), SLICE):
            self._look_at_devices(self._device_names[start : start + SLICE])
            await asyncio.sleep(0)
            if not self.is_current:
                return
        for start in range(0, len(self._field_names), SLICE):
            self._look_at_fields(self._field_names[start : start + SLICE])
            await asyncio.sleep(0)
            if not self.is_current:
                return
        await self._write()

    def _look_at_devices(self, names: Sequence[str]) -> None:
        verdict_of, devices = self._known.city.verdict, self._topology.inventory.devices
        for name in names:
            now, before = verdict_of(name), self._devices.get(name)
            if now is not before:
                site = devices[name].site
                self._devices[name] = now
                _move(self._devices_at[site], before, now)
                _move(self.devices, before, now)
                self._changed[site] = None

    def _look_at_fields(self, names: Sequence[str]) -> None:
        verdicts, fields = self._known.city.fields.verdicts, self._topology.inventory.field_devices
        for name in names:
            now, before = verdicts.get(name, UNKNOWN).condition, self._fields.get(name)
            if now is not before:
                site = fields[name].site
                self._fields[name] = now
                _move(self._fields_at[site], before, now)
                self._changed[site] = None

    async def _write(self) -> None:
        changed, self._changed = self._changed, {}
        for count, name in enumerate(changed, start=1):
            site = self._topology.inventory.sites[name]
            self._board.put(f"site/{name}", _record(site, self._devices_at[name], self._fields_at[name]))
            if count % (SLICE // 10) == 0:
                await asyncio.sleep(0)


def _move(counts: Counter[State], before: State | None, now: State) -> None:
    counts[now] += 1
    if before is not None:
        counts[before] -= 1


def _record(
    site: Site, devices: Mapping[DeviceVerdict, int], fields: Mapping[FieldCondition, int]
) -> Mapping[str, Any]:
    return {
        "name": site.name,
        "district": site.district,
        "at": list(site.location) if site.location is not None else None,
        "state": worst(devices, fields),
        "devices": {state.value: number for state, number in devices.items() if number},
        "fields": {state.value: number for state, number in fields.items() if number},
    }


def worst(devices: Mapping[DeviceVerdict, int], fields: Mapping[FieldCondition, int]) -> str:
    """A site in one word: `down`, `unreachable`, `unknown`, `partly` or `fine`."""
    if devices.get(DeviceVerdict.DOWN):
        return "down"
    if devices.get(DeviceVerdict.UNREACHABLE) or fields.get(FieldCondition.UNREACHABLE):
        return "unreachable"
    if devices.get(DeviceVerdict.DEGRADED) or fields.get(FieldCondition.FAULT):
        return "partly"
    is_seen = devices.get(DeviceVerdict.UP) or fields.get(FieldCondition.FINE)
    if devices.get(DeviceVerdict.UNKNOWN) or not is_seen:
        return "unknown"
    return "fine"
