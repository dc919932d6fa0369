"""The engine as somebody sees it who is limited to districts: the same questions, answers of those districts alone.

In: `Knowing`, of the whole city. Out: `Knowing` again, so that every page and search made for the one works with the
other. What is of another district is not there, for nobody to hide; what was said in words is told by `told`.
"""

import asyncio
from collections.abc import Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, TypeVar

from netwatch.core.device.record import DeviceState, DeviceVerdict
from netwatch.core.districts import Outside, fault_within, stands_in, within
from netwatch.core.faults.book import Fault
from netwatch.core.faults.vantage import View
from netwatch.core.faults.work import WorkLog
from netwatch.core.field.record import CheckState
from netwatch.core.field.verdict import FieldCondition, FieldVerdict, PortFacts, Reach
from netwatch.core.links.rings import RingState
from netwatch.core.links.state import LinkState
from netwatch.core.model import FieldDevice, Inventory
from netwatch.core.sight import Knowing
from netwatch.core.topology.graph import Topology

_T = TypeVar("_T")


class _Part(Mapping[str, _T]):
    """Those of a mapping that have one of these names; it is as live as the whole."""

    def __init__(self, whole: Mapping[str, _T], names: Collection[str]) -> None:
        self._whole = whole
        self._names = names

    def __getitem__(self, name: str) -> _T:
        if name not in self._names:
            raise KeyError(name)
        return self._whole[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._names if name in self._whole)

    def __len__(self) -> int:
        return sum(name in self._whole for name in self._names)


class DistrictSight:
    """`prepare` before it is read, and again from time to time: the inventory may have become another one."""

    def __init__(self, known: Knowing, districts: frozenset[str]) -> None:
        self._known = known
        self._districts = districts
        self._whole: Topology | None = None
        self.topology = Topology(Inventory(city="", timezone="UTC", charset="utf-8", fingerprint="", files=()))
        self._outside = Outside(self.topology.inventory, self.topology.inventory)

    async def prepare(self) -> None:
        """Cut the inventory in force to size, in a thread."""
        whole = self._known.city.topology
        if whole is not self._whole:
            topology, outside = await asyncio.to_thread(self._cut, whole.inventory)
            self._whole, self.topology, self._outside = whole, topology, outside

    def _cut(self, inventory: Inventory) -> tuple[Topology, Outside]:
        """Blocks."""
        part = within(inventory, self._districts)
        return Topology(part), Outside(inventory, part)

    def told(self, record: Any) -> Any:  # noqa: ANN401 - any JSON
        """A record as it may be told: without any text that names something outside."""
        return self._outside.taken_out(record)

    @property
    def city(self) -> "DistrictSight":
        return self

    @property
    def links(self) -> "_Links":
        return _Links(self._known, self.topology.inventory)

    @property
    def fields(self) -> "_Fields":
        return _Fields(self._known, self.topology.inventory)

    @property
    def book(self) -> "_Faults":
        return _Faults(self._known, self.topology.inventory)

    @property
    def states(self) -> Mapping[str, DeviceState]:
        return _Part(self._known.states, self.topology.inventory.devices)

    @property
    def maintenance(self) -> "DistrictSight":
        return self

    @property
    def active(self) -> Mapping[str, bool]:
        inventory = self.topology.inventory
        return {one: on for one, on in self._known.maintenance.active.items() if stands_in(inventory, one)}

    @property
    def view(self) -> View:
        return self._known.view

    def verdict(self, device: str) -> DeviceVerdict:
        return self._known.city.verdict(device) if device in self.states else DeviceVerdict.UNKNOWN

    def reach(self, one: FieldDevice) -> Reach:
        return self._known.city.reach(one)


class _Links:
    def __init__(self, known: Knowing, part: Inventory) -> None:
        self._whole = known.city.links
        self._part = part

    @property
    def links(self) -> Mapping[str, LinkState]:
        return _Part(self._whole.links, self._part.links)

    @property
    def rings(self) -> Mapping[str, RingState]:
        return _Part(self._whole.rings, self._part.rings)

    @property
    def broken(self) -> AbstractSet[str]:
        return self._whole.broken & self._part.links.keys()


class _Fields:
    def __init__(self, known: Knowing, part: Inventory) -> None:
        self._whole = known.city.fields
        self._part = part
        self._districts = {site.district for site in part.sites.values()}

    @property
    def verdicts(self) -> Mapping[str, FieldVerdict]:
        return _Part(self._whole.verdicts, self._part.field_devices)

    @property
    def checks(self) -> Mapping[str, Mapping[str, CheckState]]:
        return _Part(self._whole.checks, self._part.field_devices)

    @property
    def counts(self) -> Mapping[tuple[str, str, FieldCondition], int]:
        return {key: number for key, number in self._whole.counts.items() if key[1] in self._districts}

    def facts(self, name: str, one: FieldDevice) -> PortFacts | None:
        return self._whole.facts(name, one)


class _Faults:
    def __init__(self, known: Knowing, part: Inventory) -> None:
        self._whole = known.city.book
        self._part = part

    @property
    def faults(self) -> Mapping[str, Fault]:
        found = ((name, fault_within(one, self._part)) for name, one in self._whole.faults.items())
        return {name: one for name, one in found if one is not None}

    @property
    def open_faults(self) -> tuple[Fault, ...]:
        found = (fault_within(one, self._part) for one in self._whole.open_faults)
        return tuple(one for one in found if one is not None)

    @property
    def work(self) -> WorkLog:
        return self._whole.work
