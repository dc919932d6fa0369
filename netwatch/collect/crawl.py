"""Seeds -> every agent that can be reached from them over LLDP: asked once each, inside the networks that were named.

In: addresses to begin with, and how devices of this city are asked. Out: a Visit for each device that was asked, known
or new. At most `AT_ONCE` devices are asked at a time, and each of them for one thing at a time.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

import netaddr

from netwatch.collect.agent import Agent
from netwatch.collect.asking import asking
from netwatch.collect.generators import Generators
from netwatch.collect.once import resolved
from netwatch.collect.requests import Shared
from netwatch.core.device.ports import Ground
from netwatch.core.device.record import DeviceState
from netwatch.core.device.state import Watched, fold
from netwatch.core.model import Device, Inventory, Lane, Ping, Site, SnmpSettings
from netwatch.core.observation import Completeness, SnmpObservation
from netwatch.core.plan import Plan
from netwatch.core.surroundings import watched_devices
from netwatch.core.survey.findings import Visit
from netwatch.core.survey.management import MANAGEMENT, Heard, heard
from netwatch.snmp.walk import walk

AT_ONCE = 48  # devices; each is asked for one thing at a time
PATIENCE_S = 60.0  # with one device, whatever it tells
STRANGER_TIMEOUT_S = 1.0  # whoever was never heard of is asked twice at most by each credential
STRANGER_RETRIES = 1
LANES = (Lane.DISCOVERY, Lane.STATUS)
UNPLACED = Site(id="unplaced", name="")


@dataclass(slots=True)
class Progress:
    """How far it has come."""

    asked: int = 0
    waiting: int = 0
    known: int = 0
    new: int = 0
    silent: int = 0
    outside: set[str] = field(default_factory=set)  # addresses that lie in none of the networks


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How devices are asked: a Plan each, and for strangers the settings to try, the likeliest first."""

    plan_of: Callable[[Device], Plan]
    strangers: tuple[SnmpSettings, ...]
    networks: netaddr.IPSet

    def admit(self, address: str) -> bool:
        return address in self.networks


def settings_in_use(inventory: Inventory, credentials: Iterable[str] = ()) -> tuple[SnmpSettings, ...]:
    """Each way (credential, port) in which devices of the inventory are asked, the most frequent first.

    `credentials`: only by these. Nothing that belongs to one device alone goes with it.
    """
    wanted = frozenset(credentials)
    used = Counter(
        (one.snmp.credential, one.snmp.port)
        for one in inventory.devices.values()
        if one.snmp is not None and (not wanted or one.snmp.credential.id in wanted)
    )
    return tuple(
        SnmpSettings(credential=credential, port=port, timeout_s=STRANGER_TIMEOUT_S, retries=STRANGER_RETRIES)
        for (credential, port), _ in used.most_common()
    )


class Crawl:
    """One crawl: `run` once."""

    def __init__(self, inventory: Inventory, ways: Ways, progress: Progress) -> None:
        self._inventory = inventory
        self._ways = ways
        self._progress = progress
        self._watched = watched_devices(inventory)
        self._by_address: dict[str, Device] = {}
        self._address_of: dict[str, str] = {}  # device id -> where its agent is asked, as a number
        self._by_name = _by_name(inventory)
        self._called: set[str] = set()  # addresses, and ids of devices that the inventory has
        self._calls: asyncio.Queue[tuple[Device | None, str]] = asyncio.Queue()
        self._visits: list[Visit] = []
        self._shared = Shared()
        self._generators: Generators

    async def run(self, seeds: Iterable[str]) -> list[Visit]:
        """Ask the seeds, and whoever they tell of. A seed is the id of a device, or an address."""
        await self._resolve()
        self._generators = Generators()
        try:
            for seed in seeds:
                self._call(self._inventory.devices.get(seed) or self._by_address.get(seed), seed)
            async with asyncio.TaskGroup() as group:
                workers = [group.create_task(self._work(), name=f"crawl {n}") for n in range(AT_ONCE)]
                await self._calls.join()
                for worker in workers:
                    worker.cancel()
        finally:
            self._generators.close()
        return self._visits

    async def _resolve(self) -> None:
        """Learn the addresses that the known devices have now, those of their agents first."""
        devices = [one for one in self._inventory.devices.values() if one.snmp is not None]
        names = {name for one in devices for name in (one.address, _asked_at(one))}
        found = dict(zip(names, await asyncio.gather(*map(resolved, names)), strict=True))
        for one in devices:
            for name in (one.address, _asked_at(one)):
                if (address := found[name]) is not None:
                    self._by_address[address] = one
                    self._address_of[one.id] = address

    def _call(self, device: Device | None, address: str) -> None:
        """Have it asked, unless it was already or lies outside."""
        name = device.id if device is not None else address
        if name in self._called or (device is not None and device.snmp is None):
            return
        self._called.add(name)
        where = self._address_of.get(device.id, "") if device is not None else address
        if where and not self._ways.admit(where):
            self._progress.outside.add(where)
            return
        self._progress.waiting += 1
        self._calls.put_nowait((device, where))

    async def _work(self) -> None:
        while True:
            device, address = await self._calls.get()
            try:
                await (self._known(device, address) if device is not None else self._stranger(address))
            finally:
                self._progress.waiting -= 1
                self._progress.asked += 1
                self._calls.task_done()

    async def _known(self, device: Device, address: str) -> None:
        assert device.snmp is not None
        visit = await self._visit(self._watched[device.id], device.snmp, address) if address else None
        found = visit or Visit(device=device, address=address, state=DeviceState(), known=True, answered=False)
        self._progress.known += found.answered
        self._progress.silent += not found.answered
        self._visits.append(found)

    async def _stranger(self, address: str) -> None:
        """By one credential after the other, until one is answered."""
        for settings in self._ways.strangers:
            stranger = _stranger(address, settings)
            ground = Ground(
                device=stranger,
                charset=self._inventory.charset,
                max_interfaces=self._inventory.settings.max_interfaces_per_device,
                capacities_bps={},
            )
            visit = await self._visit(Watched(ground=ground, site=UNPLACED), settings, address)
            if visit is not None:
                self._progress.new += 1
                self._visits.append(replace(visit, known=False))
                return
        self._progress.silent += 1

    async def _visit(self, watched: Watched, snmp: SnmpSettings, address: str) -> Visit | None:
        """Ask it once, and call whoever it hears. None: no answer."""
        device = watched.device
        how = asking(device, snmp)
        generator = self._generators.of(how)
        agent = Agent(
            device.id, how, self._ways.plan_of(device), shared=self._shared, max_rows=watched.ground.max_interfaces
        )
        agent.stand_at(address)
        deadline_s = time.monotonic() + PATIENCE_S
        state = DeviceState()
        discovery: SnmpObservation | None = None
        for lane in LANES:
            agent.use_rows(state.interfaces)
            seen = await agent.poll(generator, lane, deadline_s=deadline_s)
            if seen is None:
                continue
            if lane is Lane.DISCOVERY:
                if seen.completeness is Completeness.FAILED:
                    return None
                discovery = seen
            state = fold(watched, state, seen).state
        if discovery is not None and state.sightings.neighbours:
            columns = list(MANAGEMENT.values())
            target = how.target(address)
            reply = await walk(generator, replace(target, engine=agent.engine), columns, deadline_s=deadline_s)
            rows = {name: reply.columns.get(oid, {}) for name, oid in MANAGEMENT.items()}
            for neighbour in heard(discovery, rows, watched.ground.charset):
                self._call_neighbour(neighbour)
        return Visit(device=device, address=address, state=state, known=True, answered=True)

    def _call_neighbour(self, neighbour: Heard) -> None:
        """One of ours by its name or an address, else a stranger at the first address that is one of our networks'."""
        for address in neighbour.addresses:
            if address in self._by_address:
                self._call(self._by_address[address], address)
                return
        ours = self._by_name.get(neighbour.system_name.casefold())
        if ours is not None:
            self._call(ours, ours.address)
            return
        inside = [one for one in neighbour.addresses if self._ways.admit(one)]
        for address in inside[:1] or neighbour.addresses[:1]:
            self._call(None, address)


def _asked_at(device: Device) -> str:
    return device.snmp.address or device.address if device.snmp is not None else device.address


def _by_name(inventory: Inventory) -> Mapping[str, Device]:
    """Names that one device alone has."""
    names = Counter(name.casefold() for one in inventory.devices.values() for name in {one.id, one.name} if name)
    return {
        name.casefold(): one
        for one in inventory.devices.values()
        for name in (one.id, one.name)
        if names[name.casefold()] == 1
    }


def _stranger(address: str, settings: SnmpSettings) -> Device:
    return Device(
        id=address,
        site=UNPLACED.id,
        address=address,
        snmp=settings,
        ping=Ping(),
        every_s=dict.fromkeys(Lane, PATIENCE_S),
    )
