"""Committed before told, but never blinded (design §3).

In: batches of the engine. Out: True when a batch was on the disk in time, False when the engine must tell it anyway.
What was told before it was committed waits here in a bounded queue, marked, and is written when the store answers
again, together with events that say when it failed, when it recovered, and what was lost in between.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from netwatch.audit.records import Receipt, Row, Rows, Verdict, event_row, rows, told
from netwatch.audit.store import Store
from netwatch.core.errors import StoreError
from netwatch.core.events import Event, EventKind

SUBJECT = "daemon:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a commit may take before it is told anyway, and what happens then."""

    commit_s: float = 2.0
    retry_first_s: float = 0.5
    retry_longest_s: float = 30.0
    queue_events: int = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gap:
    """Events that no longer fitted in the queue: how many, and the times of the first and the last."""

    events: int
    from_wall_s: float
    until_wall_s: float

    def joined(self, later: "_Gap | None") -> "_Gap":
        if later is None:
            return self
        return _Gap(
            events=self.events + later.events,
            from_wall_s=min(self.from_wall_s, later.from_wall_s),
            until_wall_s=max(self.until_wall_s, later.until_wall_s),
        )


@dataclass(slots=True, kw_only=True)
class _Outage:
    """A time in which the store did not keep up."""

    since_wall_s: float
    reason: str
    told: int = 0  # events told before they were committed
    gap: _Gap | None = None
    late: Receipt | None = None  # the last batch that was committed after all, but told before and so unmarked
    reported: bool = False  # its events are on the disk


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    """A batch the writer has and has not answered for. What the outage itself adds is not in `batch`."""

    answer: asyncio.Future[Receipt]
    batch: Rows
    is_retry: bool = False
    gap: _Gap | None = None


class Committer:
    """Between the engine and the store. `run` must be running for anything that failed to be tried again."""

    def __init__(
        self, store: Store, *, patience: Patience | None = None, wall: Callable[[], float] = time.time
    ) -> None:
        self._store = store
        self._patience = patience or Patience()
        self._wall = wall
        self._outage: _Outage | None = None
        self._attempts: deque[_Attempt] = deque()  # oldest first
        self._verdicts: dict[str, Row] = {}  # newest row by subject
        self._events: deque[Row] = deque()
        self._failed = asyncio.Event()

    @property
    def ok(self) -> bool:
        """`netwatch_ledger_ok`: everything told so far is on the disk."""
        return self._outage is None

    @property
    def queue_length(self) -> int:
        """`netwatch_store_queue_length`: events told and not known to be on the disk."""
        return len(self._events) + sum(len(attempt.batch.events) for attempt in self._attempts)

    async def commit(self, verdicts: Iterable[Verdict], events: Iterable[Event]) -> bool:
        """True: committed in time. False: tell it all the same; it is kept and tried again.

        While the store is failing this returns at once. ValueError: a number is not finite; nothing was kept.
        """
        batch = rows(verdicts, events)
        if self._outage is not None:
            self._keep(batch)
            return False
        try:
            future = self._store.submit(batch)
            answer = asyncio.wrap_future(future)
            await asyncio.wait({answer}, timeout=self._patience.commit_s)
            if answer.done():
                answer.result()
                return True
        except StoreError as error:
            self._fail(str(error))
            self._keep(batch)
            return False
        outage = self._fail(f"a commit took longer than {self._patience.commit_s:g} s")
        if future.cancel():
            self._keep(batch)
        else:  # the writer is inside it: it may yet succeed, and must not be written twice
            self._attempts.append(_Attempt(answer=answer, batch=batch))
            outage.told += len(batch.events)
        return False

    async def run(self) -> None:
        """For ever: wait for a failure, then try again, ever more slowly, until all of it is on the disk."""
        while True:
            await self._failed.wait()
            pause_s = self._patience.retry_first_s
            while not await self.drain():
                await asyncio.sleep(pause_s)
                pause_s = min(2 * pause_s, self._patience.retry_longest_s)

    async def drain(self) -> bool:
        """Try once to write all that waits; True when nothing waits any longer. Put a deadline on it when stopping."""
        await self._settle()
        while (outage := self._outage) is not None:
            if outage.reported and not (self._events or self._verdicts):
                self._outage = None
                self._failed.clear()
            elif not await self._retry(outage):
                return False
        return True

    async def _retry(self, outage: _Outage) -> bool:
        batch = Rows(verdicts=tuple(self._verdicts.values()), events=tuple(self._events))
        written = Rows(verdicts=batch.verdicts, events=self._reports(outage, told(batch.events)))
        try:
            answer = asyncio.wrap_future(self._store.submit(written))
        except StoreError as error:
            outage.reason = str(error)
            return False
        self._attempts.append(_Attempt(answer=answer, batch=batch, is_retry=True, gap=outage.gap))
        self._verdicts.clear()
        self._events.clear()
        outage.gap = None
        return await self._settle()

    async def _settle(self) -> bool:
        """Wait for what the writer has; True if all of it is on the disk. What failed goes back in its place."""
        while waiting := {attempt.answer for attempt in self._attempts if not attempt.answer.done()}:
            await asyncio.wait(waiting)
        settled = True
        while self._attempts:
            attempt = self._attempts.pop()  # newest first, so that the oldest ends up in front
            error = attempt.answer.exception()
            if error is None:
                self._accept(attempt, attempt.answer.result())
            elif isinstance(error, StoreError):
                self._put_back(attempt, str(error))
                settled = False
            else:
                raise error
        return settled

    def _accept(self, attempt: _Attempt, receipt: Receipt) -> None:
        if self._outage is None:
            return
        if attempt.is_retry:
            self._outage.reported = True
        elif attempt.batch.events:
            self._outage.late = receipt

    def _put_back(self, attempt: _Attempt, reason: str) -> None:
        outage = self._fail(reason)
        self._verdicts = {**{str(row[0]): row for row in attempt.batch.verdicts}, **self._verdicts}
        self._events.extendleft(reversed(attempt.batch.events))
        if attempt.gap is not None:
            outage.gap = attempt.gap.joined(outage.gap)
        self._trim(outage)

    def _keep(self, batch: Rows) -> None:
        """Queue what is told now and written later."""
        outage = self._fail("")
        self._verdicts.update((str(row[0]), row) for row in batch.verdicts)
        self._events.extend(batch.events)
        outage.told += len(batch.events)
        self._trim(outage)

    def _trim(self, outage: _Outage) -> None:
        while len(self._events) > self._patience.queue_events:
            at_wall_s = float(self._events.popleft()[0] or 0)
            gap = _Gap(events=1, from_wall_s=at_wall_s, until_wall_s=at_wall_s)
            outage.gap = gap.joined(outage.gap)

    def _fail(self, reason: str) -> _Outage:
        """The present outage, or the beginning of one. One that was reported as over and fails again is a new one."""
        if self._outage is None:
            self._outage = _Outage(since_wall_s=self._wall(), reason=reason)
        elif self._outage.reported and reason:
            self._outage = _Outage(since_wall_s=self._wall(), reason=reason, gap=self._outage.gap)
        self._failed.set()
        return self._outage

    def _reports(self, outage: _Outage, waiting: tuple[Row, ...]) -> tuple[Row, ...]:
        """What waits, between what is to be said of the outage: it began, this was lost in it, it is over."""
        before: list[Event] = []
        after: list[Event] = []
        if not outage.reported:
            before.append(_store_state(outage.since_wall_s, state="failed", reason=outage.reason))
            late = outage.late
            span = {} if late is None else {"late_first_seq": late.first, "late_last_seq": late.last}
            after.append(_store_state(self._wall(), state="recovered", told_before_commit=outage.told, **span))
        if (gap := outage.gap) is not None:
            before.append(_store_state(gap.from_wall_s, state="gap", lost=gap.events, until=gap.until_wall_s))
        return (*map(event_row, before), *waiting, *map(event_row, after))


def _store_state(at_wall_s: float, **detail: str | float) -> Event:
    return Event(kind=EventKind.STORE_STATE, subject=SUBJECT, at_wall_s=at_wall_s, detail=detail)
