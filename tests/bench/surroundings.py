"""What looking around costs: CPU of a discovery and a health poll a device, with and without the standard tables.

A city of its own in another process, with its neighbours, stations and powered ports; wire to rendered fragment, by
the engine as in the daemon, but no page is written: a page is of whoever scrapes, and of all lanes. The lanes of
status and traffic are there to show that they ask no more than before. Twice: where what is measured stands still, and
where all of it is another value at each poll; a real city is between them. Each poll is rehearsed by others first: the
simulator answers at once what it was asked before, and slow answers would cost us turns of the loop that have nothing
to do with what they say.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

import uvloop
from prometheus_client import CollectorRegistry

from netwatch.audit.committer import Committer
from netwatch.audit.store import Store
from netwatch.collect.agent import Agent
from netwatch.collect.asking import asking
from netwatch.collect.requests import Shared
from netwatch.core.model import Inventory, Lane, Role
from netwatch.engine import Engine
from netwatch.expose.pages import Pages
from netwatch.inventory import load
from netwatch.profiles.load import load_profiles, plan_for
from netwatch.snmp.mux import Mux
from tests.bench.harness import ROOT, arguments, cores, note, on_core, stay_on_core, table
from tests.bench.pipeline import Rows, collect_garbage_like_the_daemon

LANES = (Lane.DISCOVERY, Lane.STATUS, Lane.TRAFFIC, Lane.HEALTH)
IN_FLIGHT = 50
PROVEN = 20  # polls of the traffic lane beforehand: PDUs grow on proof, and a city has polled for days

Step = Callable[[], None]


@contextmanager
def city(switches: int) -> Iterator[tuple[Inventory, Step]]:
    """The inventory of a city that answers until the block ends, and what makes all that is measured wander."""
    with tempfile.TemporaryDirectory(prefix="netwatch-bench-") as folder:
        command = [sys.executable, "-m", "tests.bench.wandering", str(switches), folder]
        process = subprocess.Popen(
            on_core(cores()[1], command),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert process.stdin is not None
        assert process.stdout is not None

        def step() -> None:
            process.stdin.write(b"\n")
            process.stdin.flush()
            process.stdout.readline()

        try:
            process.stdout.readline()  # said once every socket is open
            yield load(Path(folder, "inventory.yaml"), environ={}, credentials_dir=None), step
        finally:
            process.kill()
            process.wait()


_profiles = cache(load_profiles)  # a daemon has one set of them


class Watched:
    """Agents of the access switches, asked by one profile, and the engine that folds and renders what they say."""

    def __init__(self, inventory: Inventory, profile: str, store: Store) -> None:
        shared, profiles = Shared(), _profiles()
        self.mux = Mux()
        self.agents: dict[str, Agent] = {}
        for device in inventory.devices.values():
            if device.role is Role.ACCESS and device.snmp is not None:
                plan = plan_for(replace(device, profile=profile), profiles)
                agent = Agent(device.id, asking(device, device.snmp), plan, shared=shared, max_rows=2000)
                agent.stand_at(device.address)
                self.agents[device.id] = agent
        pages = Pages(own=CollectorRegistry())
        self.engine = Engine(pages=pages, committer=Committer(store), hints=Rows(self.agents))
        self.engine.use(inventory)

    async def sweep(self, lane: Lane) -> float:
        """Poll every device once in a lane; CPU seconds a device, ours alone."""
        waiting = iter(self.agents.values())
        begun_s = time.process_time()
        await asyncio.gather(*(self._poll_in_turn(waiting, lane) for _ in range(IN_FLIGHT)))
        await self.engine.tick(time.monotonic(), time.time())
        return (time.process_time() - begun_s) / len(self.agents)

    async def _poll_in_turn(self, waiting: Iterator[Agent], lane: Lane) -> None:
        for agent in waiting:
            seen = await agent.poll(self.mux, lane, deadline_s=time.monotonic() + 60)
            if seen is not None:
                assert seen.reason is None, seen.reason
                self.engine.offer(seen)


@contextmanager
def watched_twice(inventory: Inventory, profile: str) -> Iterator[tuple[Watched, Watched]]:
    """Who rehearses, and who is measured."""
    with tempfile.TemporaryDirectory(prefix="netwatch-bench-") as folder:
        stores = [Store.open(Path(folder, name)) for name in ("rehearsing", "watched")]
        both = [Watched(inventory, profile, store) for store in stores]
        yield both[0], both[1]
        for one in both:
            one.mux.close()
        for store in stores:
            store.close(timeout_s=5)


async def measured(inventory: Inventory, profile: str, rounds: int, step: Step) -> Mapping[Lane, float]:
    """Lane -> the least CPU milliseconds a device needed in any of the rounds, the first three not counted.

    The second discovery finds out which tables may be walked together, and the third is the first to hold them so.
    """
    with watched_twice(inventory, profile) as (rehearsing, watched):
        for lane in (Lane.DISCOVERY, *[Lane.TRAFFIC] * PROVEN):
            for one in (rehearsing, watched):
                await one.sweep(lane)
        collect_garbage_like_the_daemon()
        took: dict[Lane, list[float]] = {lane: [] for lane in LANES}
        for _ in range(rounds + 2):
            for lane in LANES:
                step()
                await rehearsing.sweep(lane)
                took[lane].append(await watched.sweep(lane) * 1000)
    return {lane: min(times[2:]) for lane, times in took.items()}


def main() -> None:
    wanted = arguments(__doc__, switches=300, rounds=5)
    stay_on_core()
    told: dict[str, Mapping[Lane, float]] = {}
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner, city(wanted.switches) as (inventory, wander):
        for name in ("if-mib", "standard"):
            told[name] = runner.run(measured(inventory, name, wanted.rounds, lambda: None))
        told["wandering"] = runner.run(measured(inventory, "standard", wanted.rounds, wander))
    table(
        f"CPU milliseconds a poll of an access switch ({wanted.switches} switches)",
        ["lane", *told],
        [[lane.value, *(row[lane] for row in told.values())] for lane in LANES],
    )
    for name, what in (("standard", "all stands still"), ("wandering", "every value is another one")):
        around = told[name][Lane.DISCOVERY] / 900 + told[name][Lane.HEALTH] / 60
        share = around / (told[name][Lane.TRAFFIC] / 30)
        note(
            f"{what}: health and discovery cost {share:.0%} of the traffic lane, {around * 10:.2f} of a core for 10,000"
        )


if __name__ == "__main__":
    main()
