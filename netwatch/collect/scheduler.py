"""Who is asked what, and when: one heap of due times, one SNMP poll at a time per device.

In: the devices with their intervals, and hints to look now. Out: calls of `launch` (a coroutine per poll) and `fire`
(an echo, gone at once). Due times lie on a fixed grid of their own per job, so nothing drifts and nothing bunches;
a poll whose predecessor still runs is left out and counted. A silent device is asked ever more rarely, and comes back
on its own place in the grid.
"""

import asyncio
import heapq
import itertools
import random
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field

from netwatch.core import cadence
from netwatch.core.model import Lane

URGENCY = {lane: rank for rank, lane in enumerate(Lane)}
HINTS_PER_S = 100.0  # look-now hints are let through at this rate: 5,000 devices coming back are no storm


@dataclass(slots=True, eq=False)
class Job:
    """One thing done again and again for one subject."""

    subject: str
    lane: Lane
    interval_s: float
    phase: float  # 0..1 of the interval
    fire: Callable[[], None] | None = None  # done at once; None: a poll, run by the subject's turn
    removed: bool = False


@dataclass(slots=True, eq=False)
class Turn:
    """The polls of one device, one at a time."""

    jobs: dict[Lane, Job] = field(default_factory=dict)
    running: Lane | None = None
    waiting: set[Lane] = field(default_factory=set)
    silent_polls: int = 0  # consecutive polls without any answer
    resume_s: float = 0.0  # silent: no poll before this


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlets:
    """Where the scheduler's decisions go."""

    launch: Callable[[str, Lane], Awaitable[bool]]  # poll once; True if the device answered anything
    overrun: Callable[[str, Lane], None]


class Scheduler:
    """Runs on the event loop's clock; `run()` goes on for ever."""

    def __init__(self, outlets: Outlets, *, chance: random.Random) -> None:
        self._outlets = outlets
        self._chance = chance
        self._heap: list[tuple[float, int, Job]] = []
        self._order = itertools.count()
        self._turns: dict[str, Turn] = {}
        self._phases = cadence.Phases()
        self._tasks: set[asyncio.Task[None]] = set()
        self._hints: deque[tuple[str, Lane]] = deque()
        self._hinted: set[tuple[str, Lane]] = set()
        self._wake = asyncio.Event()
        self.sweep = Sweep()

    # -- what is watched ------------------------------------------------------------------------------------------

    def add(self, jobs: Iterable[Job]) -> None:
        """Start these jobs, each on its own phase from now on."""
        now = asyncio.get_running_loop().time()
        for job in jobs:
            if job.fire is None:
                self._turns.setdefault(job.subject, Turn()).jobs[job.lane] = job
            self._push(job, now)
            self.sweep.expect(job)
        self._wake.set()

    def job(self, subject: str, lane: Lane, interval_s: float, fire: Callable[[], None] | None = None) -> Job:
        """A job whose phase is remembered by name: a reload does not move what it did not touch."""
        phase = self._phases.of(f"{lane}/{subject}", (lane, interval_s))
        return Job(subject=subject, lane=lane, interval_s=interval_s, phase=phase, fire=fire)

    def remove(self, subject: str, jobs: Iterable[Job]) -> None:
        """Stop these jobs; a poll under way ends by itself."""
        for job in jobs:
            job.removed = True
            self._phases.forget(f"{job.lane}/{job.subject}")
            self.sweep.forget(job)
        self._turns.pop(subject, None)

    def hint(self, subject: str, lane: Lane) -> None:
        """Look now, or as soon as the pace of hints and the device's own turn allow."""
        if (subject, lane) not in self._hinted and subject in self._turns:
            self._hinted.add((subject, lane))
            self._hints.append((subject, lane))
            self._wake.set()

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

    # -- the clockwork --------------------------------------------------------------------------------------------

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        hints_from = loop.time()
        while True:
            now = loop.time()
            self._run_due(now)
            hints_from = self._let_hints_through(now, hints_from)
            self._wake.clear()
            pause = min(self._heap[0][0] - now, 1.0) if self._heap else 1.0
            if self._hints:
                pause = min(pause, 1 / HINTS_PER_S)
            try:
                async with asyncio.timeout(max(0.005, pause)):
                    await self._wake.wait()
            except TimeoutError:
                continue  # nobody woke us: the next job is due

    def _run_due(self, now: float) -> None:
        while self._heap and self._heap[0][0] <= now:
            _, _, job = heapq.heappop(self._heap)
            if job.removed:
                continue
            self._push(job, now)
            if job.fire is not None:
                job.fire()
                self.sweep.done(job, now)
            else:
                self._take_turn(job, now)

    def _push(self, job: Job, now: float) -> None:
        due = cadence.next_due(now, interval_s=job.interval_s, phase=job.phase)
        heapq.heappush(self._heap, (due, next(self._order), job))

    def _let_hints_through(self, now: float, allowed_from: float) -> float:
        """Release hints at HINTS_PER_S, with at most a second's worth saved up."""
        allowed_from = max(allowed_from, now - 1.0)
        while self._hints and allowed_from <= now:
            subject, lane = self._hints.popleft()
            self._hinted.discard((subject, lane))
            turn = self._turns.get(subject)
            if turn is not None and lane in turn.jobs:
                turn.resume_s = 0.0
                turn.waiting.add(lane)
                self._start_next(subject, turn)
                allowed_from += 1 / HINTS_PER_S
        return allowed_from

    def _take_turn(self, job: Job, now: float) -> None:
        turn = self._turns[job.subject]
        if turn.silent_polls and (job.lane is not _probe_lane(turn) or now < turn.resume_s):
            self.sweep.done(job, now)  # silent: only the probe asks, and rarely
            return
        if turn.running is job.lane or job.lane in turn.waiting:
            self._outlets.overrun(job.subject, job.lane)
            return
        turn.waiting.add(job.lane)
        self._start_next(job.subject, turn)

    def _start_next(self, subject: str, turn: Turn) -> None:
        if turn.running is not None or not turn.waiting:
            return
        lane = min(turn.waiting, key=URGENCY.__getitem__)
        turn.waiting.discard(lane)
        turn.running = lane
        task = asyncio.get_running_loop().create_task(self._poll(subject, turn, lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _poll(self, subject: str, turn: Turn, lane: Lane) -> None:
        loop = asyncio.get_running_loop()
        try:
            answered = await self._outlets.launch(subject, lane)
        finally:
            turn.running = None
        now = loop.time()
        job = turn.jobs[lane]
        if answered:
            turn.silent_polls = 0
        else:
            turn.silent_polls += 1
            probe = turn.jobs[_probe_lane(turn)]
            turn.resume_s = now + cadence.backoff_s(
                turn.silent_polls, interval_s=probe.interval_s, chance=self._chance.random()
            )
            turn.waiting.clear()
        self.sweep.done(job, now)
        self._start_next(subject, turn)

    async def drain(self, timeout_s: float) -> None:
        """Wait for the polls under way, at most so long, then cancel the rest."""
        if self._tasks:
            _, late = await asyncio.wait(set(self._tasks), timeout=timeout_s)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=1.0)


def _probe_lane(turn: Turn) -> Lane:
    """The lane that a silent device is still asked in: status where it has one."""
    return Lane.STATUS if Lane.STATUS in turn.jobs else min(turn.jobs, key=URGENCY.__getitem__)


class Sweep:
    """When every echo and status poll that was expected has ended once: the sign that polling really moves."""

    LANES = (Lane.PING, Lane.STATUS)

    def __init__(self) -> None:
        self._expected: set[Job] = set()
        self._missing: set[Job] = set()
        self.completed_s: float | None = None  # monotonic; None: not one yet

    def expect(self, job: Job) -> None:
        if job.lane in self.LANES:
            self._expected.add(job)
            self._missing.add(job)

    def forget(self, job: Job) -> None:
        self._expected.discard(job)
        self._missing.discard(job)

    def done(self, job: Job, now_s: float) -> None:
        self._missing.discard(job)
        if not self._missing:
            self.completed_s = now_s
            self._missing = set(self._expected)
