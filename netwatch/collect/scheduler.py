"""Who is asked what, and when: one heap of due times, one SNMP poll at a time per device.

In: the devices with their intervals, and hints to look now. Out: calls of `launch` (a coroutine per poll) and `fire`
(an echo, gone at once). Due times lie on a fixed grid of their own per job, so nothing drifts and nothing bunches;
a poll whose predecessor still runs is left out and counted. A silent device is asked ever more rarely, and comes back
on its own place in the grid. No poll is begun while too much of what was answered waits to be folded: polls go before
folds on the loop, so that a machine too weak for its city would gather answers until its memory is full. Echoes go on:
they weigh little, and without them all would be unknown.
"""

import asyncio
import heapq
import itertools
import random
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from netwatch.collect.discovery_line import DiscoveryLine
from netwatch.collect.jobs import Hints, Job, Turn
from netwatch.collect.sweep import Sweep
from netwatch.core import cadence
from netwatch.core.model import Lane

SLOWEST_HINTS_PER_S = 100.0
JOBS_AT_ONCE = 64  # begun before other tasks get a turn: behind a stall, a second's worth would be another one
MOST_UNFOLDED = 5_000  # what a city of 10,000 devices brings in a second and a half
LINE_PAUSE_S = 0.1  # between looks at whether there is room for those in line
SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 0.02, 1.0  # what falls due within 20 ms goes out in one burst: fewer wakes


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlets:
    """Where the scheduler's decisions go."""

    launch: Callable[[str, Lane], Awaitable[bool]]  # poll once; True if the device answered anything
    overrun: Callable[[str, Lane], None]  # one was left out
    crashed: Callable[[str, Lane, Exception], None]  # `launch` or `fire` raised: a fault of netwatch, told and survived
    unfolded: Callable[[], int] = lambda: 0  # how much of what was answered waits to be folded
    cpu_s: Callable[[], float] = time.process_time  # CPU time used so far


class Scheduler:
    """Runs on the event loop's clock; `run()` goes on for ever."""

    def __init__(self, outlets: Outlets, *, chance: random.Random) -> None:
        self._outlets = outlets
        self._chance = chance
        self._loop = asyncio.get_running_loop()  # asked once: it costs a system call
        self._polls: list[tuple[float, int, Job]] = []  # a heap
        self._fires: list[tuple[float, int, Job]] = []  # likewise: echoes and checks
        self._order = itertools.count()
        self._turns: dict[str, Turn] = {}
        self._phases = cadence.Phases()
        self._tasks: set[asyncio.Task[None]] = set()
        self._hints = Hints()
        self._polls_per_s = 0.0  # when every device answers
        self._discoveries = DiscoveryLine(cpu_s=outlets.cpu_s, unfolded=outlets.unfolded)
        self._wake = asyncio.Event()
        self._draining = False
        self.sweep = Sweep()

    def job(self, subject: str, lane: Lane, interval_s: float, fire: Callable[[], None] | None = None) -> Job:
        """A job, not yet scheduled. Its phase is remembered by name until a job of that name is removed for good."""
        job = Job(subject=subject, lane=lane, interval_s=interval_s, phase=0.0, fire=fire)
        job.phase = self._phases.of(job.name, (lane, interval_s))
        return job

    def replace(self, before: Iterable[Job], after: Iterable[Job]) -> None:
        """Do `after` instead of `before`, each job on its own phase; a poll under way ends by itself.

        A job in both by name keeps its phase: a reload does not move what it did not touch.
        """
        now = self._loop.time()
        gone = list(before)
        for job in gone:
            self._retire(job)
        kept = set()
        for job in after:
            kept.add(job.name)
            self._enter(job, now)
        for job in gone:
            if job.name not in kept:
                self._phases.forget(job.name)
        self._wake.set()

    def _enter(self, job: Job, now: float) -> None:
        if job.fire is None:
            self._turns.setdefault(job.subject, Turn()).jobs[job.lane] = job
            self._polls_per_s += 1 / job.interval_s
            self._discoveries.regular_per_s += (job.lane is Lane.DISCOVERY) / job.interval_s
        heapq.heappush(self._polls if job.fire is None else self._fires, self._entry(job, now))
        self.sweep.expect(job)

    def _retire(self, job: Job) -> None:
        job.removed = True
        self.sweep.forget(job)
        if job.fire is not None:
            return
        self._polls_per_s -= 1 / job.interval_s
        self._discoveries.regular_per_s -= (job.lane is Lane.DISCOVERY) / job.interval_s
        turn = self._turns[job.subject]
        del turn.jobs[job.lane]
        turn.waiting.discard(job.lane)
        turn.due.discard(job.lane)
        if not turn.jobs:
            turn.silent_polls = 0
            self._drop_if_idle(job.subject, turn)

    def _drop_if_idle(self, subject: str, turn: Turn) -> None:
        """A removed device's turn lasts until its poll under way has ended: it may be added again meanwhile."""
        if not turn.jobs and turn.running is None:
            self._turns.pop(subject, None)

    def hint(self, subject: str, lane: Lane) -> None:
        """Look now, or as soon as the pace of hints and the device's own turn allow."""
        turn = self._turns.get(subject)
        if turn is not None and turn.may_ask(lane):
            self._hints.put(subject, lane, settles=turn.silent_polls == 1)
            self._wake.set()

    def is_asking(self, subject: str, lane: Lane) -> bool:
        """Whether a poll of this lane is under way."""
        turn = self._turns.get(subject)
        return turn is not None and turn.running is lane

    @property
    def hints_per_s(self) -> float:
        """The pace of hints: at worst they double the regular polling, so a city coming back is no storm."""
        return max(SLOWEST_HINTS_PER_S, self._polls_per_s)

    def pace_s(self, subject: str) -> Mapping[Lane, float]:
        """The intervals actually kept: longer than asked for while the device is silent."""
        turn = self._turns.get(subject)
        if turn is None:
            return {}
        slower = cadence.BACKOFF_INTERVALS if turn.silent_polls else 1
        return {lane: job.interval_s * slower for lane, job in turn.jobs.items()}

    @property
    def in_flight(self) -> int:
        """Polls under way."""
        return len(self._tasks)

    async def run(self) -> None:
        while True:
            self._wake.clear()
            now = self._loop.time()
            is_more = self._run_due(self._fires, now)
            if self._keeps_up():
                is_more = self._run_due(self._polls, now) or is_more
                for subject, lane in self._hints.release(now, per_s=self.hints_per_s):
                    self._look(subject, lane)
                self._fill_places()
            if is_more:
                await asyncio.sleep(0)
                continue
            try:
                async with asyncio.timeout(self._pause_s(now)):
                    await self._wake.wait()
            except TimeoutError:
                continue  # nobody woke us: the next job is due

    def _keeps_up(self) -> bool:
        """Whether what is answered is folded."""
        return self._outlets.unfolded() <= MOST_UNFOLDED

    def _pause_s(self, now: float) -> float:
        pause_s = min([LONGEST_PAUSE_S, *(heap[0][0] - now for heap in (self._polls, self._fires) if heap)])
        if self._hints:
            pause_s = min(pause_s, 1 / self.hints_per_s)
        if self._discoveries:
            pause_s = min(pause_s, LINE_PAUSE_S)
        return max(SHORTEST_PAUSE_S, pause_s)

    def _run_due(self, heap: list[tuple[float, int, Job]], now: float) -> bool:
        """Begin what is due, but not too much at once; whether there is more."""
        for _ in range(JOBS_AT_ONCE):
            if not heap or heap[0][0] > now:
                return False
            due, _, job = heap[0]
            if job.removed:
                heapq.heappop(heap)
                continue
            heapq.heapreplace(heap, self._entry(job, now))
            if now - due >= job.interval_s:
                for _ in range(cadence.missed(due, now, interval_s=job.interval_s)):
                    self._outlets.overrun(job.subject, job.lane)  # our own event loop stood still
            if job.fire is None:
                self._take_turn(job, now)
            else:
                self._fire(job, job.fire, now)
        return True

    def _entry(self, job: Job, now: float) -> tuple[float, int, Job]:
        return cadence.next_due(now, interval_s=job.interval_s, phase=job.phase), next(self._order), job

    def _fire(self, job: Job, fire: Callable[[], None], now: float) -> None:
        try:
            fire()
        except Exception as error:  # noqa: BLE001  told; one echo must not end them all
            self._outlets.crashed(job.subject, job.lane, error)
        self.sweep.done(job, now)

    def _look(self, subject: str, lane: Lane) -> None:
        turn = self._turns.get(subject)
        if turn is not None and turn.may_ask(lane):  # it may have gone, or fallen silent, while the hint waited
            turn.waiting.add(lane)
            self._start_next(subject, turn)

    def _take_turn(self, job: Job, now: float) -> None:
        turn = self._turns[job.subject]
        if turn.silent_polls and (job.lane is not turn.probe or now < turn.resume_s):
            self.sweep.done(job, now)  # silent: only the probe asks, and rarely
            return
        if job.lane in turn.due:
            self._outlets.overrun(job.subject, job.lane)
            return
        turn.due.add(job.lane)
        if turn.running is not job.lane:  # else a look asked for by a hint serves for this one
            turn.waiting.add(job.lane)
            self._start_next(job.subject, turn)

    def _start_next(self, subject: str, turn: Turn) -> None:
        lane = turn.most_urgent()
        if lane is None or self._draining:
            return
        if lane is Lane.DISCOVERY:  # the least urgent: nothing else of this device waits behind it
            if not self._discoveries.has_place(self._loop.time()):
                self._discoveries.join(subject)
                return
            self._discoveries.begin()
        turn.waiting.discard(lane)
        turn.running = lane
        self._hints.drop(subject, lane)
        task = self._loop.create_task(self._poll(subject, turn, lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _poll(self, subject: str, turn: Turn, lane: Lane) -> None:
        answered = True
        try:
            answered = await self._outlets.launch(subject, lane)
        except Exception as error:  # noqa: BLE001  told; one device must not end the polling of all
            self._outlets.crashed(subject, lane, error)
        finally:
            turn.running = None
            if lane is Lane.DISCOVERY:
                self._discoveries.end()
        self._ended(turn, lane, answered=answered)
        self._start_next(subject, turn)
        self._drop_if_idle(subject, turn)
        self._fill_places()

    def _ended(self, turn: Turn, lane: Lane, *, answered: bool) -> None:
        """What the end of a poll means for the next ones of its device."""
        now = self._loop.time()
        turn.due.discard(lane)
        if answered:
            turn.silent_polls = 0
        elif turn.jobs:
            turn.silent_polls += 1
            turn.resume_s = now + cadence.backoff_s(
                turn.silent_polls, interval_s=turn.jobs[turn.probe].interval_s, chance=self._chance.random()
            )
            turn.waiting.clear()
            turn.due.clear()
        job = turn.jobs.get(lane)
        if job is not None:
            self.sweep.done(job, now)

    def _fill_places(self) -> None:
        """Let waiting discoveries begin where there is room."""
        now = self._loop.time()
        while self._discoveries and self._keeps_up() and self._discoveries.has_place(now):
            subject = self._discoveries.next()
            turn = self._turns.get(subject)
            if turn is not None:
                self._start_next(subject, turn)

    async def drain(self, timeout_s: float) -> None:
        """Start no more polls; wait for those under way, at most so long, then cancel the rest."""
        self._draining = True
        if self._tasks:
            _, late = await asyncio.wait(set(self._tasks), timeout=timeout_s)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=1.0)
