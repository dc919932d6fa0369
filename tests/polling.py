"""A Collector and an Engine joined as the daemon joins them, in the test's own event loop; and switches to poll."""

import asyncio
import contextlib
import functools
from collections import defaultdict
from types import MappingProxyType

from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from netwatch.audit.committer import Committer
from netwatch.audit.store import Store
from netwatch.collect.collector import Collector, Sink
from netwatch.core.model import (
    CommunityCredential,
    Device,
    Inventory,
    Lane,
    Ping,
    PingMethod,
    Secret,
    Settings,
    Site,
    SnmpSettings,
    SnmpVersion,
)
from netwatch.core.observation import SnmpObservation
from netwatch.daemon import clocks
from netwatch.engine import Engine
from netwatch.expose.pages import Pages
from netwatch.expose.selection import EVERYTHING
from netwatch.profiles.load import load_profiles, plan_for
from tests.own_time import HASTE, own_time

NEVER_S = 1e7  # else its turn comes in whichever test runs at that moment of the clock
HALL = Site(id="hall", name="시청")
COLUMNS = ("description", "type", "admin", "oper", "speed", "in32", "out32", "name", "in", "out", "high_speed", "alias")


def device(name, *, address="127.0.0.1", every_s=None, version=SnmpVersion.V2C, **snmp):
    """A device asked by SNMP alone. `every_s` by lane; `snmp` are fields of SnmpSettings."""
    credential = CommunityCredential(id="field", version=version, community=Secret(b"public"))
    intervals = {Lane.PING: 60.0, Lane.STATUS: 0.4, Lane.TRAFFIC: 0.4, Lane.HEALTH: NEVER_S, Lane.DISCOVERY: NEVER_S}
    return Device(
        id=name,
        site=HALL.id,
        address=address,
        snmp=SnmpSettings(**({"credential": credential, "timeout_s": 0.3, "retries": 1} | snmp)),
        ping=Ping(method=PingMethod.OFF),
        every_s=MappingProxyType(intervals | (every_s or {})),
    )


def inventory(*devices, settings=None):
    return Inventory(
        city="Yangju",
        timezone="Asia/Seoul",
        charset="cp949",
        fingerprint="0" * 64,
        files=(),
        settings=settings or Settings(),
        sites={HALL.id: HALL},
        devices={one.id: one for one in devices},
    )


shipped_profiles = functools.cache(load_profiles)


class Watching:
    """What is being polled, and all that was seen of it."""

    def __init__(self, folder, settings):
        self.seen = defaultdict(list)  # device -> SnmpObservations
        self._read, self._told = "", defaultdict(dict)  # the page read last, and what it told
        self.overruns = []
        self.events = []  # of the collector itself
        self.pages = Pages(own=CollectorRegistry())
        self.store = Store.open(folder)
        profiles = shipped_profiles()
        self.collector = Collector(
            Sink(
                offer=self._offer,
                note_overrun=self._note_overrun,
                record=self._record,
                unfolded=lambda: len(self.engine.inbox),
            ),
            settings=settings,
            plan_for=lambda one: plan_for(one, profiles),
        )
        self.committer = Committer(self.store)
        self.engine = Engine(pages=self.pages, committer=self.committer, hints=self.collector)

    def _offer(self, observation):
        if isinstance(observation, SnmpObservation):
            self.seen[observation.device].append(observation)
        self.engine.offer(observation)

    def _record(self, event):
        self.events.append(event)
        self.engine.record(event)

    def _note_overrun(self, name, lane):
        self.overruns.append((name, lane))
        self.engine.note_overrun(name, lane)

    def use(self, stock):
        self.engine.use(stock)
        self.collector.use(stock)

    def page(self):
        return b"".join(self.pages.stream(EVERYTHING)).decode()

    def samples(self):
        """The whole page as the official parser reads it: device -> (name, further labels) -> value."""
        page = self.page()
        if page == self._read:
            return self._told
        told = defaultdict(dict)
        for family in text_string_to_metric_families(page):
            for sample in family.samples:
                labels = dict(sample.labels)
                name = labels.pop("device", "")
                for common in ("site", "district", "role"):
                    labels.pop(common, None)
                key = (sample.name.removeprefix("netwatch_"), *sorted(labels.values()))
                assert key not in told[name], f"{key} is told twice"
                told[name][key] = sample.value
        self._read, self._told = page, told
        return told

    def of(self, name, lane):
        return [one for one in self.seen[name] if one.lane is lane]

    async def until(self, condition, within_s=10.0 * HASTE):
        """Wait for a condition that polling, or a thread, to which our time is nothing, is to bring about."""
        try:
            async with asyncio.timeout(within_s):
                while not condition():  # noqa: ASYNC110 - the page sets no event
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError("it did not come about in time") from None


@contextlib.asynccontextmanager
async def watching(folder, stock):
    """Poll the devices of an inventory for as long as the block lasts, which is in our own time."""
    with own_time():
        one = Watching(folder, stock.settings)
        one.use(stock)
        await one.collector.start()
        eternal = (one.engine.run(clocks), one.collector.run(), one.committer.run())
        tasks = [asyncio.get_running_loop().create_task(work) for work in eternal]
        try:
            yield one
            assert not any(task.done() for task in tasks), "an eternal task ended"
        finally:
            await one.collector.stop(drain_s=1.0)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            one.store.close(timeout_s=5.0)
