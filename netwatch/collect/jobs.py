"""What the scheduler keeps: jobs on their grids, the turn of each device, and the line of hints to look now."""

import heapq
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from netwatch.core.model import Lane

URGENCY = {lane: rank for rank, lane in enumerate(Lane)}
SETTLING, LAST = -1, len(URGENCY)  # ranks before and behind those of the lanes
SAVED_UP_S = 0.1  # an idle line of hints may let this much of its pace go at once


@dataclass(slots=True, eq=False)
class Job:
    """One thing done again and again for one subject."""

    subject: str
    lane: Lane
    interval_s: float
    phase: float  # 0..1 of the interval
    fire: Callable[[], None] | None = None  # done at once; None: a poll, run by the subject's turn
    removed: bool = False

    @property
    def name(self) -> str:
        """What its phase is remembered by."""
        return f"{self.lane}/{self.subject}"


@dataclass(slots=True, eq=False)
class Turn:
    """The polls of one device, one at a time."""

    jobs: dict[Lane, Job] = field(default_factory=dict)
    running: Lane | None = None
    waiting: set[Lane] = field(default_factory=set)
    due: set[Lane] = field(default_factory=set)  # of those waiting or running, the ones whose grid time has come
    silent_polls: int = 0  # consecutive polls without any answer
    resume_s: float = 0.0  # silent: no regular poll before this

    @property
    def probe(self) -> Lane:
        """The lane that a silent device is still asked in: status where it has one."""
        return Lane.STATUS if Lane.STATUS in self.jobs else min(self.jobs, key=URGENCY.__getitem__)

    def may_ask(self, lane: Lane) -> bool:
        """Whether this lane is there and the device not known to be silent, or this its probe."""
        return lane in self.jobs and (not self.silent_polls or lane is self.probe)

    def most_urgent(self) -> Lane | None:
        """What is to be polled next, if anything waits and nothing runs."""
        return min(self.waiting, key=URGENCY.__getitem__) if self.waiting and self.running is None else None


class Hints:
    """Hints to look now, each once, let through at a pace. Time is an argument.

    First go the looks that settle something (whether one missed poll is silence), then the most urgent lanes.
    """

    def __init__(self) -> None:
        self._line: list[tuple[int, int, str, Lane]] = []
        self._known: dict[tuple[str, Lane], int] = {}  # -> its rank
        self._order = itertools.count()
        self._next_s = 0.0

    def __len__(self) -> int:
        return len(self._known)

    def put(self, subject: str, lane: Lane, *, settles: bool = False) -> None:
        """Stand in the line; or move to its front, if it stands there already and is to settle something now."""
        rank = SETTLING if settles else URGENCY[lane]
        if rank < self._known.get((subject, lane), LAST):
            self._known[subject, lane] = rank
            heapq.heappush(self._line, (rank, next(self._order), subject, lane))

    def drop(self, subject: str, lane: Lane) -> None:
        """Leave the line: a look that begins now serves for it."""
        self._known.pop((subject, lane), None)

    def release(self, now_s: float, *, per_s: float) -> Iterator[tuple[str, Lane]]:
        """Those that may go by `now_s`."""
        self._next_s = max(self._next_s, now_s - SAVED_UP_S)
        while self._line and self._next_s <= now_s:
            rank, _, subject, lane = heapq.heappop(self._line)
            if self._known.get((subject, lane)) != rank:
                continue  # it has gone from the front, or was served
            self._next_s += 1 / per_s
            del self._known[subject, lane]
            yield subject, lane
