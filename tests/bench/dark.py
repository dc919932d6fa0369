"""Half a city gone dark at once, and back: when it is seen, whether the others are polled on time, and no storm.

Collector, engine and heap as the daemon joins them, in this process, so that every observation can be watched.
"""

import asyncio
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import uvloop
from prometheus_client import CollectorRegistry

from netwatch.audit.committer import Committer
from netwatch.audit.store import Store
from netwatch.collect.collector import Collector, Sink
from netwatch.core.device.reachability import Answer
from netwatch.core.device.record import DeviceState, DeviceVerdict
from netwatch.core.model import Inventory, Lane
from netwatch.core.observation import Observation, SnmpObservation
from netwatch.daemon import clocks
from netwatch.engine import Engine
from netwatch.expose.heap import Heap
from netwatch.expose.pages import Pages
from netwatch.inventory import load
from netwatch.profiles.load import load_profiles, plan_for
from tests.bench.harness import Agents, arguments, note, simulated_agents, stay_on_core, table

SETTLE_S = 35.0
DARK_S = 60.0
BACK_S = 40.0
LOOK_EVERY_S = 0.1
EARLY_S = 0.5
SLICES_PER_S = 10
HEARD: Mapping[str, tuple[Callable[[DeviceState], bool], Lane]] = {
    "echo silent": (lambda state: state.icmp.answer is Answer.SILENT, Lane.PING),
    "SNMP silent": (lambda state: state.snmp.answer is Answer.SILENT, Lane.STATUS),
    "told as down": (lambda state: state.verdict is DeviceVerdict.DOWN, Lane.STATUS),
}
BACK: Mapping[str, tuple[Callable[[DeviceState], bool], Lane]] = {
    "told as up": (lambda state: state.verdict is DeviceVerdict.UP, Lane.STATUS),
}


@dataclass(slots=True)
class Polls:
    """When each lane of each device was polled."""

    started_s: dict[tuple[str, Lane], list[float]] = field(default_factory=lambda: defaultdict(list))
    overruns: Counter[str] = field(default_factory=Counter)

    def see(self, seen: Observation) -> None:
        if isinstance(seen, SnmpObservation):
            self.started_s[seen.device, seen.lane].append(seen.started_s)

    def waits_s(self, devices: Iterable[str], every_s: Mapping[Lane, float]) -> list[float]:
        """How much more than its interval lay between two polls of one lane, over all of them, ascending.

        Less than nothing where a look was asked for meanwhile: at the ports towards what fell silent.
        """
        return sorted(
            b - a - every_s[lane]
            for device in devices
            for lane in (Lane.STATUS, Lane.TRAFFIC)
            for a, b in pairwise(self.started_s[device, lane])
        )


class City:
    """An engine and a collector watching the agents."""

    def __init__(self, inventory: Inventory, store: Store) -> None:
        self.inventory = inventory
        self.polls = Polls()
        profiles = load_profiles()
        self.collector = Collector(
            Sink(
                offer=self._offer,
                note_overrun=self._note_overrun,
                record=lambda _event: None,
                unfolded=lambda: len(self.engine.inbox),
            ),
            settings=inventory.settings,
            plan_for=lambda device: plan_for(device, profiles),
        )
        self.committer = Committer(store)
        self.engine = Engine(pages=Pages(own=CollectorRegistry()), committer=self.committer, hints=self.collector)
        self.engine.use(inventory)
        self.collector.use(inventory)

    def _offer(self, seen: Observation) -> None:
        self.polls.see(seen)
        self.engine.offer(seen)

    def _note_overrun(self, device: str, lane: Lane) -> None:
        self.polls.overruns[device] += 1
        self.engine.note_overrun(device, lane)

    async def when(
        self, devices: Iterable[str], wanted: Mapping[str, tuple[Callable[[DeviceState], bool], Lane]], *, for_s: float
    ) -> Mapping[str, list[float]]:
        """For each condition, after how many seconds each device met it first, ascending."""
        begun_s = time.monotonic()
        waiting = {name: set(devices) for name in wanted}
        met: dict[str, list[float]] = {name: [] for name in wanted}
        while time.monotonic() < begun_s + for_s:
            await asyncio.sleep(LOOK_EVERY_S)
            states, passed_s = self.engine.states, time.monotonic() - begun_s
            for name, (holds, _) in wanted.items():
                now = [device for device in waiting[name] if holds(states[device])]
                waiting[name].difference_update(now)
                met[name] += [passed_s] * len(now)
        return met


async def run(agents: Agents, dark: int) -> None:
    inventory = load(agents.inventory, environ={}, credentials_dir=None)
    with tempfile.TemporaryDirectory(prefix="netwatch-bench-") as folder:
        store = Store.open(Path(folder))
        city = City(inventory, store)
        await city.collector.start()
        heap = Heap()
        heap.settle(time.monotonic())
        eternal = (city.engine.run(clocks), city.collector.run(), city.committer.run(), heap.run())
        tasks = [asyncio.get_running_loop().create_task(work) for work in eternal]
        try:
            await _story(city, agents, dark)
        finally:
            await city.collector.stop(drain_s=1.0)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            store.close(timeout_s=5)


async def _story(city: City, agents: Agents, dark: int) -> None:
    names = list(city.inventory.devices)
    lost, kept = names[-dark:], names[:-dark]
    every_s = city.inventory.devices[names[0]].every_s
    while not all(state.verdict is DeviceVerdict.UP and state.traffic.totals for state in city.engine.states.values()):  # noqa: ASYNC110 - what is waited for is counters, which no event tells of
        await asyncio.sleep(1)
    await asyncio.sleep(SETTLE_S)
    await asyncio.to_thread(_requests, agents, f"silence {dark}")
    city.polls = Polls()
    gone = await city.when(lost, HEARD, for_s=DARK_S)
    waits_s, overruns = city.polls.waits_s(kept, every_s), sum(city.polls.overruns[name] for name in kept)
    in_the_dark = await asyncio.to_thread(_requests, agents, "wake")
    back = await city.when(lost, BACK, for_s=BACK_S)
    on_return = await asyncio.to_thread(_requests, agents, "count")
    rows = [
        (name, f"{len(times):,}", *_spread(times), f"{2 * every_s[lane]:.0f}")
        for told, wanted in ((gone, HEARD), (back, BACK))
        for name, times in told.items()
        for lane in (wanted[name][1],)
    ]
    table(
        f"{dark:,} of {len(names):,} devices dark for {DARK_S:.0f} s, and back",
        ("", "devices", "median s", "last s", "two intervals s"),
        rows,
    )
    usual = dark * (2 / every_s[Lane.STATUS] + 2 / every_s[Lane.TRAFFIC]) / SLICES_PER_S
    asked_for = sum(wait_s < -EARLY_S for wait_s in waits_s) // 2  # one look between two polls makes two short waits
    note(f"the healthy ones meanwhile: {len(waits_s):,} polls, {overruns} overruns, {asked_for:,} looks asked for")
    p99_s, most_s = waits_s[len(waits_s) * 99 // 100], waits_s[-1]
    note(f"they waited {p99_s:.3f} s longer than their interval for a poll at p99 and {most_s:.3f} s at most")
    note(f"requests to the dark ones per 100 ms: at most {max(in_the_dark, default=0)} while they were dark")
    note(f"and on return: at most {max(on_return, default=0)}, where about {usual:.0f} are usual")


def _spread(times: list[float]) -> tuple[str, str]:
    return (f"{times[len(times) // 2]:.1f}", f"{times[-1]:.1f}") if times else ("never", "never")


def _requests(agents: Agents, line: str) -> list[int]:
    """What the dark ones were asked in each tenth of a second since the line before."""
    return list(agents.tell(line)["requests"].values())


def main() -> None:
    chosen = arguments(__doc__, devices=1000, dark=500)
    stay_on_core()
    with simulated_agents(chosen.devices, awake=False) as agents:  # what counts here is when, not how much CPU
        uvloop.run(run(agents, chosen.dark))


if __name__ == "__main__":
    main()
