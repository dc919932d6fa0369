"""Composition root: builds everything once, runs it, reloads it, stops it.

In: options. Out: an exit code. Nothing here decides anything about the network; it wires rooms together, owns the
signals, and is the one supervisor that notices when an eternal task ends.
"""

import asyncio
import logging
import platform
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from netwatch.audit.city_rows import city_memory
from netwatch.audit.committer import Committer
from netwatch.audit.memories import Memories, Sources
from netwatch.audit.store import Store
from netwatch.audit.upkeep import Upkeep
from netwatch.collect.collector import Collector, Sink
from netwatch.core.device.recall import Resumption, learned_before, recall
from netwatch.core.device.record import DeviceVerdict
from netwatch.core.errors import InventoryError, NetwatchError, ProfileError, StoreError, sentences
from netwatch.core.events import Event, EventKind
from netwatch.core.model import Inventory
from netwatch.core.plan import Plan
from netwatch.core.surroundings import subjects
from netwatch.engine import Engine
from netwatch.expose.api.outputs import Outputs
from netwatch.expose.control import CallerRoute, ControlServer, ControlSettings, Refused
from netwatch.expose.control_desk import Desk
from netwatch.expose.control_maintenance import Surroundings
from netwatch.expose.doors import open_control, open_listener
from netwatch.expose.guard import Cut
from netwatch.expose.health import LoopLag, Progress, patience_s
from netwatch.expose.heap import Heap
from netwatch.expose.http import Front, HttpServer
from netwatch.expose.own import OwnMetrics
from netwatch.expose.pages import Pages
from netwatch.expose.sd_notify import Notifier
from netwatch.expose.summary import Summary
from netwatch.expose.web_access import WebAccess
from netwatch.expose.web_exposure import Exposure
from netwatch.inventory import load
from netwatch.inventory.changes import InventoryChange, changes, sentence
from netwatch.inventory.summary import slowest_s
from netwatch.profiles.load import load_profiles_beside, plan_for

log = logging.getLogger(__name__)

HOUSEKEEPING_S = 1.0
DRAIN_S = 3.0  # for polls under way when stopping
STOP_S = 9.0  # for all of it; systemd and the operator were promised ten seconds
LAST_WORDS_S = 1.0  # of those, for closing the store when everything before took its time
SWITCH_S = 0.0005  # for which the store's thread may keep the event loop waiting; Python's own 5 ms add up to lag


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What `netwatch run` was told."""

    inventory: Path
    state_dir: Path
    exposure: Exposure
    control_socket: Path
    environ: Mapping[str, str]
    credentials_dir: Path | None = None
    traps: tuple[str, int] | None = None  # where traps are heard, beside what systemd passed


def clocks() -> tuple[float, float]:
    """Monotonic and wall time, read together."""
    return time.monotonic(), time.time()


async def serve(options: Options, *, on_ready: Callable[[Sequence[str]], None] | None = None) -> int:
    """Run until SIGTERM or SIGINT; 0. InventoryError, StoreError or NetwatchError where it cannot start or go on."""
    inventory, profiles = await asyncio.to_thread(_load, options)
    daemon = Daemon(options, inventory, profiles=profiles, store=Store.open(options.state_dir))
    try:
        await daemon.start()
        if on_ready is not None:
            on_ready(daemon.addresses)
        await daemon.run()
    finally:
        await daemon.stop()
    return 0


class Daemon:
    """All parts of one running netwatch."""

    def __init__(self, options: Options, inventory: Inventory, *, profiles: Mapping[str, Plan], store: Store) -> None:
        self._options, self._inventory = options, inventory
        self._profiles, self._store = profiles, store
        self._notifier = Notifier.from_environment(options.environ)
        self._own = OwnMetrics({"netwatch_http_connections_cut_total": [cut.value for cut in Cut]})
        self._pages = Pages(own=self._own.registry)
        self._committer = Committer(store)
        self._collector = Collector(
            Sink(
                offer=lambda seen: self._engine.offer(seen),  # noqa: PLW0108 - the engine is built after it
                note_overrun=lambda device, lane: self._engine.note_overrun(device, lane),  # noqa: PLW0108
                record=lambda event: self._engine.record(event),  # noqa: PLW0108
                asked=lambda device: self._engine.city.note_asked(device, time.time()),
                unfolded=lambda: len(self._engine.inbox),
            ),
            settings=inventory.settings,
            plan_for=lambda device: plan_for(device, self._profiles),
        )
        self._engine = Engine(pages=self._pages, committer=self._committer, hints=self._collector)
        self._memories = Memories(
            store,
            Sources(
                states=lambda: self._engine.states,
                learned=lambda device: {**self._collector.learned(device), **self._engine.city.fields.learned(device)},
                ports=self._engine.ports,
                watched=lambda: subjects(self._inventory) | self._engine.city.book.subjects,
            ),
        )
        self._progress = Progress(started_s=time.monotonic(), patience_s=patience_s(0.0))
        self._upkeep = Upkeep(store, options.state_dir, self._engine, on_answer=self._progress.note_answer)
        self._lag, self._heap = LoopLag(), Heap()
        self._access = WebAccess(options.exposure, self._own, self._upkeep.access)
        self._http = HttpServer(
            Front(pages=self._pages, summary=self._summary, complaint=self._complaint, on_cut=self._count_cut),
            self._access,
        )
        self._outputs = Outputs(self._engine, self._own, mounted=self._http.mounted, tail=self._upkeep.tail)
        self._desk = Desk(self._engine, self._around(), save_work=store.save_work, mounted=self._http.mounted)
        self._desk.page.tell_of(self._summary)
        self._control = ControlServer(
            ControlSettings(path=options.control_socket),
            {("POST", "/reload"): CallerRoute(self._reload_route, "reload"), **self._desk.routes},
            self._count_cut,
            access=self._upkeep.access,
        )
        self._stopping, self._reloading = asyncio.Event(), asyncio.Lock()
        self._slowest_s, self._started, self._stopped = 0.0, False, False
        self._eternal: set[asyncio.Task[Any]] = set()
        self._reloads: set[asyncio.Task[None]] = set()

    @property
    def addresses(self) -> list[str]:
        """Where the pages are, as URLs."""
        return self._http.urls

    async def start(self) -> None:
        """Take up where the last daemon stopped, open everything, say ready."""
        self._mind_signals()
        async with self._reloading:  # a reload asked for meanwhile waits its turn
            await self._access.open()  # first: what would expose the city is not begun
            await self._take_up()
            await self._engine.tick(*clocks())  # the first scrape finds every device on its page
            await open_control(self._control, self._options.control_socket)
            # last: who is told where it is may ask at once
            await open_listener(self._http, self._options.exposure.listen)
            detail = {"version": version("netwatch"), "fingerprint": self._inventory.fingerprint}
            self._record(EventKind.DAEMON_STARTED, detail)
            self._own.set("netwatch_build_info", 1, version("netwatch"), platform.python_version())
            self._note_inventory(time.time())
            self._started = True
        self._heap.settle(time.monotonic())
        sys.setswitchinterval(SWITCH_S)
        self._notifier.ready(self._status())
        log.info("watching %s, %s", self._inventory.city, self._status())

    def _mind_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopping.set)
        loop.add_signal_handler(signal.SIGHUP, self._reload_soon)

    async def _take_up(self) -> None:
        """What was stored comes first: a device whose rows are known needs no discovery."""
        stored = await asyncio.to_thread(self._store.load)
        now_s, now_wall_s = clocks()
        resumption = Resumption(now_s=now_s, wall_s=now_wall_s - now_s, clean=stored.stopped_cleanly)
        states, refused = recall(stored.devices, stored.device_verdicts(), resumption)
        for device, complaint in refused.items():
            log.warning("what was stored of %s is not used: %s", device, complaint)
        self._engine.use(self._inventory)
        self._engine.restore(states, stored.check_verdicts(), city_memory(stored.verdicts.values()))
        self._engine.maintenance.restore(stored.windows)
        self._engine.city.book.work.restore(stored.work)
        for device, state in states.items():
            learned = learned_before(stored.devices.get(device))
            self._collector.recall(device, state.interfaces, learned)
            self._engine.city.fields.recall_learned(device, learned)
        self._collector.use(self._inventory)
        for complaint in await self._collector.start():
            log.warning("%s", complaint)
        self._collector.traps.open(self._options.traps, self._options.environ)
        self._refresh_own()  # every counter is told from the start, as 0

    async def run(self) -> None:
        """Until told to stop. An eternal task that ends, for whatever reason, ends the daemon."""
        loop = asyncio.get_running_loop()
        eternal = {
            "engine": self._engine.run(clocks),
            "collector": self._collector.run(),
            "committer": self._committer.run(),
            "loop lag": self._lag.watch(),
            "upkeep": self._upkeep.run(),
            "housekeeping": self._keep_house(),
            "heap": self._heap.run(),
            "memories": self._memories.run(),
            "outputs": self._outputs.run(),
            "desk": self._desk.run(),
            "web configuration": self._access.watch(),
        }
        self._eternal = {loop.create_task(work, name=name) for name, work in eternal.items()}
        stop = loop.create_task(self._stopping.wait(), name="stop")
        done, _ = await asyncio.wait({*self._eternal, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        for task in done - {stop}:
            log.critical("the task %r ended", task.get_name(), exc_info=task.exception())
            raise NetwatchError(f"the task {task.get_name()!r} ended by itself; that is a fault of netwatch")

    async def stop(self) -> None:
        """Finish replies and polls, commit, close; within ten seconds."""
        if self._stopped:
            return
        self._stopped = True
        self._notifier.stopping("stopping")
        loop = asyncio.get_running_loop()
        until_s = loop.time() + STOP_S
        doors = {
            "collector": self._collector.stop(drain_s=DRAIN_S),
            "listener": self._http.stop(),
            "control socket": self._control.stop(),
        }
        for name, outcome in zip(doors, await asyncio.gather(*doors.values(), return_exceptions=True), strict=True):
            if isinstance(outcome, Exception):
                log.error("the %s could not be closed: %s", name, outcome)
        tasks = self._eternal | self._reloads
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._started:  # else nothing was learned, and blank states must not take the place of what is stored
            await self._store_last(until_s - LAST_WORDS_S)
        try:
            self._store.close(timeout_s=max(LAST_WORDS_S, until_s - loop.time()))
        except StoreError as error:
            log.error("%s", error)
        self._notifier.close()

    async def _store_last(self, until_s: float) -> None:
        """Commit what happened and what was learned, until a time of the event loop's clock."""
        try:
            async with asyncio.timeout_at(until_s):
                await self._engine.tick(*clocks())
                await self._memories.save_all()
                await self._upkeep.save_all()
                self._record(EventKind.DAEMON_STOPPED, {})  # after all else: a restart takes it for a clean stop
                await self._engine.tick(*clocks())
                await self._committer.drain()
                await self._upkeep.sign_all()
        except (TimeoutError, StoreError) as error:
            log.error("the last state could not be stored: %s", str(error) or "the disk is too slow")

    def _reload_soon(self) -> None:
        task = asyncio.get_running_loop().create_task(self._reload_quietly(), name="reload")
        self._reloads.add(task)
        task.add_done_callback(self._reloads.discard)

    async def _reload_quietly(self) -> None:
        try:
            await self.reload()
        except Refused as refusal:  # told and counted where it was refused; nobody waits for an answer
            log.debug("SIGHUP: %s", refusal)

    def _around(self) -> Surroundings:
        return Surroundings(
            inventory=lambda: self._inventory,
            interfaces=lambda device: state.interfaces if (state := self._engine.states.get(device)) else None,
            save=self._store.save_windows,
            record=self._engine.record,
            handover=self._upkeep.handover,
            notary=self._upkeep.notary,
        )

    async def _reload_route(self, _body: object, _user: str) -> Mapping[str, object]:
        return {"summary": sentence(await self.reload())}

    async def reload(self) -> InventoryChange:
        """Read the inventory again and touch what changed. Refused: the old one stays in force."""
        async with self._reloading:
            self._notifier.reloading()
            try:
                change = await self._reload()
                await self._access.reload_or_refuse()
                return change
            finally:
                self._notifier.ready(self._status())

    async def _reload(self) -> InventoryChange:
        try:
            inventory, profiles = await asyncio.to_thread(_load, self._options)
        except (InventoryError, ProfileError) as error:
            self._own.set("netwatch_inventory_reload_success", 0)
            told = sentences(error.problems)
            for mistake in told:
                log.error("a mistake: %s", mistake)
            log.error("the inventory was not reloaded; the one before stays in force")
            self._record(EventKind.INVENTORY_REFUSED, {"mistakes": len(error.problems)})
            raise Refused("the one before stays in force", told) from error
        change = changes(self._inventory, inventory)
        is_replanned = profiles != self._profiles
        self._inventory, self._profiles = inventory, profiles
        self._engine.use(inventory)
        self._collector.use(inventory, is_replanned=is_replanned)
        self._memories.watch_changed()
        for device in change.devices.changed:
            self._collector.use_rows(device, self._engine.states[device].interfaces)
        self._note_inventory(time.time())
        self._record(EventKind.INVENTORY_CHANGED, {"fingerprint": inventory.fingerprint, "change": sentence(change)})
        log.info("the inventory was reloaded: %s", sentence(change))
        return change

    def _note_inventory(self, now_wall_s: float) -> None:
        self._upkeep.use(self._inventory, self._profiles)
        self._slowest_s = slowest_s(self._inventory)
        self._progress.patience_s = patience_s(self._slowest_s)
        self._own.set("netwatch_inventory_reload_success", 1)
        self._own.set("netwatch_inventory_reload_timestamp_seconds", now_wall_s)

    def _record(self, kind: EventKind, detail: Mapping[str, str | int]) -> None:
        self._engine.record(Event(kind=kind, subject="daemon:", at_wall_s=time.time(), detail=detail))

    async def _keep_house(self) -> None:
        """Each second: our own metrics, the watchdog, the status line. Never waits for the store."""
        while True:
            now_s, now_wall_s = clocks()
            swept_s = self._swept_s(now_s)
            if swept_s is not None:
                self._progress.last_sweep_s = swept_s
                self._own.set("netwatch_last_sweep_timestamp_seconds", now_wall_s - (now_s - swept_s))
            self._refresh_own()
            if self._progress.is_real(now_s):
                self._notifier.alive()
            self._notifier.status(self._status())
            await asyncio.sleep(HOUSEKEEPING_S)

    def _swept_s(self, now_s: float) -> float | None:
        """When the last sweep ended (monotonic); now, where there is nothing to sweep."""
        return self._collector.scheduler.sweep.completed_s if self._slowest_s else now_s

    def _refresh_own(self) -> None:
        own, collector = self._own, self._collector
        own.set_each("netwatch_snmp_replies_total", collector.mux.outcomes)
        own.set_each("netwatch_snmp_engine_changes_total", collector.engines.changes)
        own.set_each("netwatch_icmp_replies_total", collector.pinger.replies)
        own.set("netwatch_traps_received_total", collector.traps.received)
        own.set_each("netwatch_traps_total", collector.traps.outcomes)
        own.set_each("netwatch_events_total", self._engine.tally.events)
        own.set("netwatch_fold_errors_total", self._engine.tally.fold_errors)
        own.set("netwatch_render_errors_total", self._engine.tally.render_errors)
        own.set("netwatch_polls_superseded_total", self._engine.inbox.superseded)
        own.set("netwatch_own_loss_ratio", collector.pinger.own_loss_ratio)
        self._upkeep.gaps.own_loss_ratio = collector.pinger.own_loss_ratio
        self._progress.is_recording = self._committer.ok and self._upkeep.ok
        own.set("netwatch_ledger_ok", self._progress.is_recording)
        own.set_each("netwatch_ledger_checkpoint_failures_total", self._upkeep.failures)
        for name, value in self._upkeep.numbers.items():
            own.set(name, value)
        own.set("netwatch_store_queue_length", self._committer.queue_length)
        own.set("netwatch_loop_lag_seconds", self._lag.p99_s)

    def _count_cut(self, cut: Cut) -> None:
        self._own.add("netwatch_http_connections_cut_total", cut.value)

    def _verdicts(self) -> Mapping[DeviceVerdict, int]:
        return Counter(map(self._engine.city.verdict, self._engine.states))

    def _complaint(self) -> str:
        return self._progress.complaint(time.monotonic())

    def _summary(self) -> Summary:
        return Summary(
            city=self._inventory.city,
            version=version("netwatch"),
            waiting_for="not all devices have been looked at yet." if self._swept_s(time.monotonic()) is None else "",
        )

    def _status(self) -> str:
        counts, count = self._verdicts(), len(self._engine.states)
        told = ", ".join(f"{counts[verdict]} {verdict.value}" for verdict in DeviceVerdict if counts[verdict])
        return f"{count} device{'s' if count != 1 else ''}: {told}" if told else "no devices"


def _load(options: Options) -> tuple[Inventory, Mapping[str, Plan]]:
    profiles, where = load_profiles_beside(options.inventory), options.credentials_dir
    return load(options.inventory, environ=options.environ, credentials_dir=where, profiles=profiles), profiles
