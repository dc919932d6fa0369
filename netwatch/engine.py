"""The one sequence: observation -> fold -> commit -> publish -> render.

In: observations, as `collect` brings them in. Every tick (at most 100 ms) folds what has arrived, commits the events
it made, then publishes the new states and renders what changed. Out: pages, events in the store, and hints to
`collect` on what to look at next. Holds the state of every device by name, so a reload costs nobody their history.
While our own canaries leave us in doubt, silence waits: it is counted once they answer, and forgotten if they do not.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from math import inf

from netwatch.audit.city_record import CityRecord
from netwatch.audit.city_rows import CityMemory
from netwatch.audit.committer import Committer
from netwatch.audit.pieces import commit_in_pieces
from netwatch.audit.records import Verdict, check_verdict
from netwatch.core.breather import Breather
from netwatch.core.city import City
from netwatch.core.clockstep import ClockOffset, look
from netwatch.core.device.boots import at_another_address
from netwatch.core.device.held import HeldSilence
from netwatch.core.device.reachability import REPROBES
from netwatch.core.device.record import DeviceState
from netwatch.core.device.state import Folded, Wants, Watched, blind, fold, fresh_until_s, grow_old, overrun
from netwatch.core.engine_counts import EngineCounts
from netwatch.core.events import Event, EventKind
from netwatch.core.faults.vantage import CANARIES_SAY, View, fold_canary, news, watch
from netwatch.core.faults.vantage import grow_old as grow_old_view
from netwatch.core.field.board import UNKNOWN
from netwatch.core.field.record import CheckTold, FieldState, as_told, fold_check, settled
from netwatch.core.flapping import Damper
from netwatch.core.hints import Hints
from netwatch.core.inbox import Inbox
from netwatch.core.maintenance.book import MaintenanceBook
from netwatch.core.model import NOTHING, Device, Inventory, Lane
from netwatch.core.observation import (
    CANARY,
    DEVICE,
    FIELD_DEVICE,
    CheckObservation,
    Observation,
    PingObservation,
    SnmpObservation,
)
from netwatch.core.surroundings import watched_devices
from netwatch.expose.city_fragments import MaintenanceView, render_vantage
from netwatch.expose.city_view import CityView
from netwatch.expose.event_log import log_events
from netwatch.expose.field_views import FieldViews
from netwatch.expose.fragments import RENDER_ERRORS, DeviceView
from netwatch.expose.pages import Pages
from netwatch.expose.slices import in_slices
from netwatch.inventory.vendors import vendor_of

log = logging.getLogger(__name__)

TICK_S = 0.1
REFOLDED_AT_ONCE = 500  # what follows for the city from so many folds is worked out in one piece: 20 ms
AGE_EVERY_S = 1.0


class Engine:
    """Holds what is known; `run()` goes on for ever, `tick()` is one round of it."""

    def __init__(
        self, *, pages: Pages, committer: Committer, hints: Hints, cpu_s: Callable[[], float] = time.thread_time
    ) -> None:
        self._pages = pages
        self._committer = committer
        self._hints = hints
        self.inbox = Inbox()
        self._overruns: list[tuple[str, Lane]] = []
        self._watched: Mapping[str, Watched] = {}
        self._states: dict[str, DeviceState] = {}
        self._fresh_until_s: dict[str, float] = {}
        self._views: dict[str, DeviceView] = {}
        self._field_states: dict[str, FieldState] = {}
        self._field_views = FieldViews(pages)
        self._inventory: Inventory | None = None
        self._view = View()
        self._silence = HeldSilence()
        self._darkened: tuple[float, float] | None = None  # since when (monotonic, wall_s); until all are told
        self._clock: ClockOffset | None = None
        self._damper = Damper()
        self._events: list[Event] = []
        self._verdicts: dict[str, Verdict] = {}
        self._touched: dict[str, None] = {}  # devices to publish, in order, each once
        self._field_touched: dict[str, None] = {}
        self._aged_s = float("-inf")
        self._told_late = False  # the last commit failed, and that was said
        self._maintenance_view = MaintenanceView()
        self._wall_s = self._now_wall_s = 0.0  # wall clock minus monotonic clock, and the wall clock, as of this tick
        self.city = City(vendor_of=vendor_of)
        self._city_record = CityRecord(self.city)
        self._city_view = CityView(self.city)
        self.maintenance = MaintenanceBook()
        self._breather = Breather(cpu_s)  # a city half dark is 0.4 s of thinking, ten times a second
        self.tally = EngineCounts()

    def offer(self, observation: Observation) -> None:
        """Take in one observation; it is folded on the next tick."""
        self.inbox.put(observation)

    def note_overrun(self, device: str, lane: Lane) -> None:
        """A poll was left out because the one before had not ended."""
        self._overruns.append((device, lane))

    def record(self, event: Event) -> None:
        """An event of the daemon itself, committed with the next tick."""
        self._events.append(event)

    def use(self, inventory: Inventory) -> None:
        """Watch what this inventory names. States stay by name; only what is gone is forgotten."""
        before = self._watched
        self._watched = watched_devices(inventory)
        self._fresh_until_s.clear()
        self._view = watch(self._view, (CANARY + address for address in inventory.vantage.canaries))
        for gone in [name for name in self._states if name not in self._watched]:
            del self._states[gone]
            self._views.pop(gone, None)
            self._pages.devices.pop(gone, None)
        for name, watched in self._watched.items():
            self._states.setdefault(name, DeviceState())
            known = before.get(name)
            if known == watched:
                continue
            self._touched[name] = None
            if known is None or known.device != watched.device or known.site != watched.site:
                self._views[name] = DeviceView(watched.device, watched.site)
            if known is not None and _agent_address(known.device) != _agent_address(watched.device):
                self._states[name] = at_another_address(self._states[name])
        self._use_field_devices(inventory)
        self._inventory = inventory
        self._collect_events(self.city.use(inventory, self._states, now_wall_s=self._now_wall_s))
        self._pages.families.update(self._city_view.use())

    def _use_field_devices(self, inventory: Inventory) -> None:
        for gone in [name for name in self._field_states if name not in inventory.field_devices]:
            del self._field_states[gone]
        for name in inventory.field_devices:
            self._field_states.setdefault(name, FieldState())
        self._field_touched.update(dict.fromkeys(self._field_views.use(inventory)))

    def restore(
        self,
        states: Mapping[str, DeviceState],
        checks: Mapping[str, Mapping[str, CheckTold]] = NOTHING,
        city: CityMemory = CityMemory(),  # noqa: B008 - immutable
    ) -> None:
        """What the store remembered of devices, of checks and of the city, before anything is looked at."""
        self._fresh_until_s.clear()
        for name, state in states.items():
            if name in self._watched:
                self._states[name] = state
                self._touched[name] = None
                self.city.see_device(name, DeviceState(), state, wall_s=self._wall_s)
        for name in [name for name in checks if name in self._field_states]:
            self._field_states[name] = as_told(checks[name])
            self.city.see_checks(name, self._field_states[name])
        self._city_record.restore(city)
        self._city_view.show_faults()

    def ports(self, device: str) -> frozenset[str]:
        """The port texts of the inventory at this device."""
        watched = self._watched.get(device)
        return watched.ground.ports if watched is not None else frozenset()

    @property
    def states(self) -> Mapping[str, DeviceState]:
        """What is held true of each device."""
        return self._states

    @property
    def view(self) -> View:
        return self._view

    async def run(self, clocks: Callable[[], tuple[float, float]]) -> None:
        """Tick for ever. `clocks` gives monotonic and wall time, read together."""
        while True:
            await self.tick(*clocks())
            await asyncio.sleep(TICK_S)

    async def tick(self, now_s: float, now_wall_s: float) -> None:
        """One round: fold what came, let time pass, commit, publish."""
        self._wall_s = wall_s = self._look_at_clock(now_s, now_wall_s)
        self._now_wall_s = now_wall_s
        faults_changed = await self._fold_all(now_s, now_wall_s)
        is_aged = now_s - self._aged_s >= AGE_EVERY_S
        if is_aged:
            self._aged_s = now_s
            await self._let_time_pass(now_s, wall_s)
        faults_changed = self._refold_city(now_wall_s) or faults_changed
        if self._inventory is not None:
            self._events.extend(self.maintenance.advance(self._inventory, now_wall_s))
        await self._commit()
        self._pages.families.update(self._city_families())
        if is_aged or faults_changed:
            self._pages.families.update(self._city_view.families())
        await self._publish()

    def _refold_city(self, now_wall_s: float) -> bool:
        """Work out what follows for the city from all that came; whether the faults page is another one."""
        now_s = now_wall_s - self._wall_s
        if not self._breather.is_over(now_s):
            return False
        with self._breather.work(now_s):
            news = self.city.refold(self._view, now_wall_s=now_wall_s)
            self._collect_events(news.events)
            for device in news.ports_to_read:
                self._hints.look_now(device, Lane.STATUS)
            for name in news.checks_to_make:
                self._hints.check_now(name)
            self._touched.update(dict.fromkeys(news.devices))
            self._field_touched.update(dict.fromkeys(news.field_devices))
            rows = self._city_record.rows(news.field_devices, now_wall_s=now_wall_s)
            self._verdicts.update((row.subject, row) for row in rows)
            if news.faults_changed:
                self._city_view.show_faults()
        return news.faults_changed

    async def _fold_all(self, now_s: float, now_wall_s: float) -> bool:
        faults_changed = False
        inbox = self.inbox.take(self._silence.release(self._view, now_s))
        count = 0
        async for observation in in_slices(inbox):
            count += 1
            if not self._silence.keep(observation, self._view, now_s):
                self._fold_safely(observation)
            if self._darkened is not None:
                await self._go_blind(*self._darkened)
            if count % REFOLDED_AT_ONCE == 0:
                faults_changed = self._refold_city(now_wall_s) or faults_changed
        overruns, self._overruns = self._overruns, []
        for device, lane in overruns:
            if device in self._states:
                self._advance(device, Folded(state=overrun(self._states[device], lane)))
        return faults_changed

    def _look_at_clock(self, now_s: float, now_wall_s: float) -> float:
        self._clock, step_s = look(self._clock, monotonic_s=now_s, wall_s=now_wall_s)
        if step_s is not None:
            log.warning("the wall clock stepped by %+.3f s; intervals are not affected", step_s)
            detail = {"step_seconds": round(step_s, 3)}
            event = Event(kind=EventKind.CLOCK_STEPPED, subject="daemon:", at_wall_s=now_wall_s, detail=detail)
            self._events.append(event)
        return now_wall_s - now_s

    def _fold_safely(self, observation: Observation) -> None:
        """What one device said must cost no other its place on the pages."""
        self.tally.folds += 1
        try:
            self._fold(observation)
        except RENDER_ERRORS as error:
            self.tally.fold_errors += 1
            subject = observation.device if isinstance(observation, SnmpObservation) else observation.subject
            log.error("an observation of %s could not be folded: %r", subject, error)

    def _fold(self, observation: Observation) -> None:
        if isinstance(observation, SnmpObservation):
            self._fold_device(observation.device, observation)
        elif isinstance(observation, CheckObservation):
            self._fold_field(observation.subject, observation)
        elif observation.subject.startswith(DEVICE):
            self._fold_device(observation.subject.removeprefix(DEVICE), observation)
        elif observation.subject.startswith(FIELD_DEVICE):
            self._fold_field(observation.subject, observation)
        else:
            self._fold_canary(observation)

    def _fold_device(self, name: str, observation: SnmpObservation | PingObservation) -> None:
        watched = self._watched.get(name)
        if watched is None:
            return  # removed while its answer was under way
        if self._view.is_lit is False:
            return  # our own uplink is dark: nothing that fails to come says anything
        before = self._states[name]
        folded = fold(watched, before, observation)
        self._advance(name, folded)
        self._pass_on(name, folded.wants)
        if folded.state.interfaces is not before.interfaces:
            self._hints.use_rows(name, folded.state.interfaces)

    def _advance(self, name: str, folded: Folded) -> None:
        before, self._states[name] = self._states[name], folded.state
        self._touched[name] = None
        self._collect_events(folded.events)
        self._collect_events(self.city.see_device(name, before, folded.state, wall_s=self._wall_s))

    def _pass_on(self, name: str, wants: Wants) -> None:
        if wants.echoes_apart_s is not None:
            self._probe_again(DEVICE + name, wants.echoes_apart_s)
        for lane in wants.look_at:
            self._hints.look_now(name, lane)

    def _probe_again(self, subject: str, apart_s: float) -> None:
        for attempt in range(1, REPROBES + 1):
            self._hints.echo_again(subject, in_s=attempt * apart_s, attempt=attempt)

    def _fold_field(self, subject: str, seen: CheckObservation | PingObservation) -> None:
        name = subject.removeprefix(FIELD_DEVICE)
        state = self._field_states.get(name)
        if state is None or self._view.is_lit is False:
            return
        after, events = fold_check(name, state, seen)
        self._field_states[name] = after
        for check, told in settled(state, after).items():
            verdict = check_verdict(name, check, told)
            self._verdicts[verdict.subject] = verdict
        self._field_touched[name] = None
        self._collect_events(events)
        self.city.see_checks(name, after)

    def _fold_canary(self, echo: PingObservation) -> None:
        after, apart_s = fold_canary(self._view, echo)
        if apart_s is not None:
            self._probe_again(echo.subject, apart_s)
        self._see(after, echo.at_s, echo.wall_s)

    def _see(self, view: View, at_s: float, wall_s: float) -> None:
        """Take this for our own view from now on, and tell where it differs."""
        before, self._view = self._view, view
        event = news(before, view, at_s=at_s, wall_s=wall_s)
        if event is not None:
            log.warning("the canaries %s", CANARIES_SAY[view.is_lit])
            self._events.append(event)
            self._darkened = (event.at_wall_s - wall_s, wall_s) if view.is_lit is False else None

    async def _go_blind(self, at_s: float, wall_s: float) -> None:
        """From `at_s` on nothing is known of anyone."""
        self._darkened = None
        async for name, watched in in_slices(list(self._watched.items())):
            if name in self._states:
                self._advance(name, blind(watched, self._states[name], at_s=at_s, wall_s=wall_s))

    async def _let_time_pass(self, now_s: float, wall_s: float) -> None:
        self._see(grow_old_view(self._view, now_s), now_s, wall_s)
        async for name in in_slices(list(self._watched)):
            if self._fresh_until_s.get(name, -inf) < now_s:
                self._grow_old(name, now_s, wall_s)
        self._events.extend(self._damper.settle(now_s, now_s + wall_s))
        self.city.let_time_pass(now_s + wall_s)

    def _grow_old(self, name: str, now_s: float, wall_s: float) -> None:
        watched, before = self._watched.get(name), self._states.get(name)
        if watched is None or before is None:
            return  # removed meanwhile
        until_s = self._fresh_until_s[name] = fresh_until_s(watched, before, now_s)
        if until_s < now_s:
            folded = grow_old(watched, before, now_s=now_s, wall_s=wall_s, pace_s=self._hints.pace_s(name))
            if folded.state is not before:
                self._advance(name, folded)

    def _collect_events(self, events: Iterable[Event]) -> None:
        for event in events:
            self._events.extend(self._damper.pass_on(event))
            if event.kind is EventKind.DEVICE_STATE:
                state = str(event.detail["to"])
                self._verdicts[event.subject] = Verdict(
                    subject=event.subject, kind=event.kind.value, state=state, since_wall_s=event.at_wall_s
                )

    async def _commit(self) -> None:
        events, self._events = self._events, []
        verdicts, self._verdicts = self._verdicts, {}
        self.tally.events.update(event.kind for event in events)
        log_events(events)
        in_time = await commit_in_pieces(self._committer, verdicts, events)
        if in_time is not None and in_time is self._told_late:
            self._told_late = not in_time
            log.warning("events are %s", "committed in time again" if in_time else "told before they are committed")

    async def _publish(self) -> None:
        touched, self._touched = self._touched, {}
        async for name in in_slices(touched):
            watched, view = self._watched.get(name), self._views.get(name)
            if watched is not None and view is not None:
                fragments = view.render(self.city.as_told(name), self._count_render_error)
                self._pages.publish_device(name, site=watched.site.id, fragments=fragments)
        touched, self._field_touched = self._field_touched, {}
        async for name in in_slices(touched):
            state = self._field_states.get(name)
            if state is not None:
                self._field_views.publish(name, state, self.city.fields.verdicts.get(name, UNKNOWN))

    def _count_render_error(self, error: Exception) -> None:
        self.tally.render_errors += 1
        log.error("a part of a page could not be rendered: %s", error)

    def _city_families(self) -> Mapping[str, bytes]:
        return {**self._maintenance_view.render(self.maintenance.active), **render_vantage(self._view.is_lit)}


def _agent_address(device: Device) -> tuple[str, int] | None:
    """Where the device is asked for its rows; None where it is not."""
    return (device.snmp.address or device.address, device.snmp.port) if device.snmp is not None else None
