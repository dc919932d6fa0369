"""Everything that looks at the network, behind one door: the inventory in, observations out.

Owns the sockets, the scheduler and an Agent per device; does what the engine hints at. A reload adds, removes and
replaces only what differs; an Agent that is replaced hands on its rows and what it has learned.
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from netwatch.collect.agent import Agent, failed
from netwatch.collect.asking import asking
from netwatch.collect.doubts import Doubts
from netwatch.collect.engines import Engines, is_other_box
from netwatch.collect.generators import Generators
from netwatch.collect.jobs import Job
from netwatch.collect.liveness import Checks
from netwatch.collect.ping import Pinger
from netwatch.collect.requests import Shared
from netwatch.collect.resolve import Resolver
from netwatch.collect.scheduler import Outlets, Scheduler
from netwatch.collect.trap_looks import Doors
from netwatch.collect.traps import Traps
from netwatch.collect.wanted import check_intervals, edges, names, subjects
from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.errors import Reason
from netwatch.core.events import Event
from netwatch.core.faults.vantage import CANARY_EVERY_S
from netwatch.core.model import (
    Check,
    Device,
    FieldDevice,
    Inventory,
    Lane,
    Ping,
    PingMethod,
    Settings,
    SnmpSettings,
)
from netwatch.core.observation import DEVICE, FIELD_DEVICE, Completeness, Observation
from netwatch.core.plan import Plan
from netwatch.snmp.engine import RemoteEngine

log = logging.getLogger(__name__)

CHECK_TIMEOUT_S = 3.0  # for one check, connection and answer together
LOOK_AROUND_WITHIN_S = 120.0  # of a restart: spread, because a city walked at once is seconds of CPU
SHORTEST_DEADLINE_S, LONGEST_DEADLINE_S = 5.0, 120.0
UNANSWERED = frozenset(
    {
        Reason.TIMEOUT,
        Reason.REFUSED_KEYS,
        Reason.DEADLINE,
        Reason.UNREACHABLE,
        Reason.UNRESOLVED,
        Reason.LOCAL,
    }
)
_NO_ROWS = InterfaceMap()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sink:
    """Where observations go."""

    offer: Callable[[Observation], None]
    note_overrun: Callable[[str, Lane], None]
    record: Callable[[Event], None]
    unfolded: Callable[[], int]  # how much of what was offered waits
    asked: Callable[[str], None] = lambda _device: None  # a device is being asked because of a trap


class Collector:
    """Start it, give it an inventory, stop it. Also the engine's `Hints`."""

    def __init__(self, sink: Sink, *, settings: Settings, plan_for: Callable[[Device], Plan]) -> None:
        self._sink = sink
        self._plan_for = plan_for
        self._inventory: Inventory | None = None
        self._agents: dict[str, Agent] = {}
        self._edges: frozenset[str] = frozenset()  # where field devices hang
        self._recalled: dict[str, tuple[InterfaceMap, Mapping[str, object]]] = {}
        self._jobs: dict[str, tuple[Job, ...]] = {}  # by subject
        self._pings: dict[str, tuple[str, Ping]] = {}  # subject -> address and how
        self._shared = Shared()
        self.engines = Engines()
        self._checking: dict[str, asyncio.Task[None]] = {}  # by job: a check under way is not begun again
        self._generators = Generators()
        self.mux = self._generators.mux
        self.pinger = Pinger(settings)
        self.resolver = Resolver()
        self.checks = Checks()
        self._doubts = Doubts(self._check_all)
        self.traps = Traps(self._doors(), address_of=self.resolver.address_of, engine_of=self._engine_of)
        self._chance = random.Random()  # noqa: S311 - jitter
        self.scheduler = Scheduler(
            Outlets(
                launch=self._poll,
                overrun=self._note_overrun,
                crashed=self._note_crash,
                unfolded=sink.unfolded,
            ),
            chance=self._chance,
        )

    def _engine_of(self, device: str) -> RemoteEngine:
        agent = self._agents.get(DEVICE + device)
        return agent.engine if agent is not None else RemoteEngine()

    def _doors(self) -> Doors:
        """What a trap may lead to."""
        return Doors(
            look=self.look_now,
            echo=lambda device, in_s: self.echo_again(DEVICE + device, in_s=in_s, attempt=0),
            check=self.check_now,
            interfaces=lambda device: agent.interfaces if (agent := self._agents.get(DEVICE + device)) else _NO_ROWS,
            record=self._sink.record,
            asked=self._sink.asked,
        )

    async def start(self) -> Sequence[str]:
        """Open the sockets; what does not work of that which the inventory needs, one sentence each."""
        await self.pinger.start()
        return self.pinger.complaints_of({ping.method for _, ping in self._pings.values()})

    async def run(self) -> None:
        """Poll for ever."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.resolver.run(), name="resolver")
            tasks.create_task(self.scheduler.run(), name="scheduler")
            tasks.create_task(self._doubts.run(), name="doubts")
            tasks.create_task(self.traps.run(), name="traps")

    async def stop(self, *, drain_s: float) -> None:
        """Let the polls under way end, at most so long, then close the sockets."""
        self.traps.close()
        await self.scheduler.drain(drain_s)
        checks = list(self._checking.values())
        for task in checks:
            task.cancel()
        await asyncio.gather(*checks, return_exceptions=True)
        await self.pinger.stop()
        self._generators.close()

    def use(self, inventory: Inventory, *, is_replanned: bool = False) -> None:
        """Watch what this inventory names; touch only what differs from the one before.

        `is_replanned`: there are other profiles now, so every device is planned anew.
        """
        before, self._inventory = self._inventory, inventory
        if before is None or inventory.settings != before.settings:
            self.pinger.adopt(inventory.settings)
        self._edges = edges(inventory)
        self.resolver.watch(names(inventory))
        self.traps.use(inventory)
        had = subjects(before) if before is not None else {}
        wanted = subjects(inventory)
        for subject in [subject for subject in self._jobs if subject not in wanted]:
            self._drop(subject)
        for subject, one in wanted.items():
            if had.get(subject) != one or (is_replanned and isinstance(one.subject, Device)):
                self._take_up(subject, one.subject, inventory.settings)
        self._recalled.clear()  # one inventory later it would be out of date

    def echo_again(self, subject: str, *, in_s: float, attempt: int) -> None:
        asyncio.get_running_loop().call_later(in_s, self._echo, subject, attempt)

    def look_now(self, device: str, lane: Lane) -> None:
        if lane is Lane.DISCOVERY and self.scheduler.is_asking(DEVICE + device, lane):
            return  # what asks for one was read before this one began: a device is asked one thing at a time
        self.scheduler.hint(DEVICE + device, lane)

    def check_now(self, field_device: str) -> None:
        """All checks of a field device, as soon as the pace of doubts allows; one that stands in line stands once."""
        if self._jobs.get(FIELD_DEVICE + field_device):
            self._doubts.put(field_device)

    def use_rows(self, device: str, interfaces: InterfaceMap) -> None:
        agent = self._agents.get(DEVICE + device)
        if agent is not None:
            agent.use_rows(interfaces)

    def pace_s(self, device: str) -> Mapping[Lane, float]:
        return self.scheduler.pace_s(DEVICE + device)

    def learned(self, device: str) -> Mapping[str, Any]:
        """What polling this device has taught, for the store."""
        agent = self._agents.get(DEVICE + device)
        return agent.learned() if agent is not None else {}

    def recall(self, device: str, interfaces: InterfaceMap, learned: Mapping[str, object]) -> None:
        """The rows of a device, and what `learned` gave, from before the restart. To be told before `use`."""
        self._recalled[device] = (interfaces, learned)

    def _drop(self, subject: str) -> None:
        self.scheduler.replace(self._jobs.pop(subject), ())
        self._pings.pop(subject, None)
        if self._agents.pop(subject, None) is not None:
            self.engines.forget(subject.removeprefix(DEVICE))

    def _take_up(self, subject: str, one: Device | FieldDevice | str, settings: Settings) -> None:
        self._pings.pop(subject, None)
        match one:
            case Device():
                jobs = self._device_jobs(subject, one, settings)
            case FieldDevice():
                jobs = self._field_jobs(subject, one, settings)
            case _:
                self._pings[subject] = (one, Ping())
                jobs = [self._ping_job(subject, CANARY_EVERY_S)]
        self.scheduler.replace(self._jobs.get(subject, ()), jobs)
        self._jobs[subject] = tuple(jobs)
        agent = self._agents.get(subject)
        if agent is None:
            return
        if not agent.has_rows:
            self.scheduler.hint(subject, Lane.STATUS)  # only who answers is asked for its rows: nobody walks the dark
        elif agent.device in self._recalled:  # what is around it is not remembered, and its turn may be far off
            in_s = self._chance.uniform(1.0, LOOK_AROUND_WITHIN_S)
            asyncio.get_running_loop().call_later(in_s, self.scheduler.hint, subject, Lane.DISCOVERY)

    def _device_jobs(self, subject: str, device: Device, settings: Settings) -> list[Job]:
        jobs = []
        if device.ping.method is not PingMethod.OFF:
            self._pings[subject] = (device.address, device.ping)
            jobs.append(self._ping_job(subject, device.every_s[Lane.PING]))
        if device.snmp is not None:
            agent = self._agent(subject, device, device.snmp, max_rows=settings.max_interfaces_per_device)
            self._agents[subject] = agent
            plan = agent.plan
            jobs += [
                self.scheduler.job(subject, lane, device.every_s[lane])
                for lane in Lane
                if lane is Lane.DISCOVERY or any(table.of(lane) for table in plan.tables) or plan.scalars_of(lane)
            ]
        else:
            self._agents.pop(subject, None)
        return jobs

    def _agent(self, subject: str, device: Device, snmp: SnmpSettings, *, max_rows: int) -> Agent:
        before, plan = self._agents.get(subject), self._plan_for(device)
        agent = Agent(
            device.id,
            asking(device, snmp),
            plan if device.id in self._edges else plan.inner,
            shared=self._shared,
            max_rows=max_rows,
        )
        if before is not None:
            agent.succeed(before)
        elif device.id in self._recalled:
            interfaces, learned = self._recalled[device.id]
            agent.use_rows(interfaces)
            agent.remember(learned)
        return agent

    def _ping_job(self, subject: str, every_s: float) -> Job:
        return self.scheduler.job(subject, Lane.PING, every_s, partial(self._echo, subject, 0))

    def _field_jobs(self, subject: str, one: FieldDevice, settings: Settings) -> list[Job]:
        jobs: list[Job] = []
        if one.address is None:
            return jobs
        every_s = check_intervals(settings)
        for check in one.checks:
            if check.kind == "ping":
                self._pings[subject] = (one.address, one.ping)
                fire = partial(self._echo, subject, 0)
            else:
                fire = partial(self._check, subject, one.address, check)
            jobs.append(self.scheduler.job(f"{subject} {check}", Lane.HEALTH, every_s[check.kind], fire))
        return jobs

    def _check_all(self, field_device: str) -> None:
        """What `check_now` asked for. The device may be gone by now."""
        for job in self._jobs.get(FIELD_DEVICE + field_device, ()):
            if job.fire is not None:
                try:
                    job.fire()
                except Exception as error:  # noqa: BLE001  told, as the scheduler does; one check must not end them all
                    self._note_crash(job.subject, job.lane, error)

    def _echo(self, subject: str, attempt: int) -> None:
        known = self._pings.get(subject)
        if known is None:
            return  # removed since the re-probe was asked for
        name, ping = known
        address = self.resolver.address_of(name) or name  # an unresolved name is told as such by the pinger
        self.pinger.send(subject, address=address, ping=ping, attempt=attempt, done=self._sink.offer)

    def _check(self, subject: str, name: str, check: Check) -> None:
        job = f"{subject} {check}"
        if job in self._checking:
            return
        task = asyncio.get_running_loop().create_task(self._make_check(subject, name, check), name=job)
        self._checking[job] = task
        task.add_done_callback(self._forget_check)

    def _forget_check(self, task: asyncio.Task[None]) -> None:
        del self._checking[task.get_name()]
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("the check %s failed inside netwatch", task.get_name(), exc_info=error)

    async def _make_check(self, subject: str, name: str, check: Check) -> None:
        jobs = self._jobs.get(subject)
        address = self.resolver.address_of(name) or name  # an unresolved name is told as such by the check
        seen = await self.checks.make(subject, check, address=address, timeout_s=CHECK_TIMEOUT_S)
        if self._jobs.get(subject) is jobs:  # else it was removed or replaced while it was asked
            self._sink.offer(seen)

    async def _poll(self, subject: str, lane: Lane) -> bool:
        agent = self._agents.get(subject)
        if agent is None:
            return True
        address = self.resolver.address_of(agent.asking.address)
        if address is None:
            self._sink.offer(failed(agent.device, lane, Reason.UNRESOLVED))
            return True  # nobody was asked, so nobody is silent
        agent.stand_at(address)
        patience_s = min(max(agent.asking.every_s[lane], SHORTEST_DEADLINE_S), LONGEST_DEADLINE_S)
        seen = await agent.poll(self._generators.of(agent.asking), lane, deadline_s=time.monotonic() + patience_s)
        if seen is None:
            return True
        self._look_at_engine(agent, lane)
        if self._agents.get(subject) is agent:  # else it was removed or replaced while it was asked
            self._sink.offer(seen)
            if lane is Lane.DISCOVERY and agent.rest_is_due:
                self.scheduler.hint(subject, lane)
        return seen.completeness is not Completeness.FAILED or seen.reason not in UNANSWERED

    def _look_at_engine(self, agent: Agent, lane: Lane) -> None:
        """What a poll by SNMPv3 showed of the agent's engine."""
        if not agent.engine.id:
            return
        if lane is not Lane.STATUS and is_other_box(agent.engine.news):
            self.scheduler.hint(DEVICE + agent.device, Lane.STATUS)  # which sees whether it is another box
        now_s = time.monotonic()
        for event in self.engines.look(agent.device, agent.engine, now_s=now_s, wall_s=time.time() - now_s):
            self._sink.record(event)

    def _note_overrun(self, subject: str, lane: Lane) -> None:
        if subject.startswith(DEVICE):
            self._sink.note_overrun(subject.removeprefix(DEVICE), lane)

    def _note_crash(self, subject: str, lane: Lane, error: Exception) -> None:
        """A fault of netwatch: in the log with its traceback, and in the device's own failures."""
        log.error("looking at %s (%s) failed inside netwatch", subject, lane, exc_info=error)
        if subject.startswith(DEVICE):
            self._sink.offer(failed(subject.removeprefix(DEVICE), lane, Reason.LOCAL))
