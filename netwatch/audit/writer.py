"""The writer thread: jobs in, committed transactions out, the waiting futures told.

One thread owns the connection (apsw lets go of the GIL inside SQLite). What is queued as urgent is committed in one
transaction, so a burst costs one fsync; slow work gets a transaction of its own between two bursts, so an urgent job
waits for one piece of slow work at most. Queues are bounded: a full one refuses, nothing is dropped.
"""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

import apsw

from netwatch.audit.database import Database
from netwatch.core.errors import StoreError

QUEUE_LIMIT = 4_096  # jobs in each queue

T = TypeVar("T")
Work = Callable[[apsw.Connection], T]


@dataclass(slots=True, eq=False)
class _Job:
    work: Work[Any]
    future: Future[Any] = field(default_factory=Future)


class Writer:
    """Owns the thread and the two queues. A job whose future is cancelled before its turn is left out."""

    def __init__(self, database: Database, *, queue_limit: int = QUEUE_LIMIT) -> None:
        self._database = database
        self._queue_limit = queue_limit
        self._urgent: deque[_Job] = deque()
        self._slow: deque[_Job] = deque()
        self._changed = threading.Condition()
        self._closing = False
        # A daemon thread: a disk that hangs must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="netwatch-store", daemon=True)
        self._thread.start()

    def submit(self, work: Work[T], *, urgent: bool) -> Future[T]:
        """Queue one job. StoreError when the queue is full or the store is closed."""
        job = _Job(work)
        with self._changed:
            queue = self._urgent if urgent else self._slow
            if self._closing:
                raise StoreError("the store is closed")
            if len(queue) >= self._queue_limit:
                raise StoreError(f"the store is {len(queue)} commits behind: the disk is too slow or failing")
            queue.append(job)
            self._changed.notify()
        return job.future

    def close(self, timeout_s: float) -> bool:
        """Finish what is queued and end the thread; False if that took too long and jobs were left undone."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(timeout_s)
        if not self._thread.is_alive():
            return True
        with self._changed:
            left = [*self._urgent, *self._slow]
            self._urgent.clear()
            self._slow.clear()
        for job in left:
            if job.future.set_running_or_notify_cancel():
                job.future.set_exception(StoreError("the store was closed before this was written"))
        return False

    def _run(self) -> None:
        while work := self._next():
            for group in work:
                self._commit(group)
        self._database.close()

    def _next(self) -> list[list[_Job]]:
        """All urgent jobs as one group, then one slow job; empty when closing and nothing is left."""
        with self._changed:
            while not (self._urgent or self._slow or self._closing):
                self._changed.wait()
            groups = [list(self._urgent)] if self._urgent else []
            self._urgent.clear()
            if self._slow:
                groups.append([self._slow.popleft()])
            return groups

    def _commit(self, group: list[_Job]) -> None:
        jobs = [job for job in group if job.future.set_running_or_notify_cancel()]
        if not jobs:
            return
        try:
            results = self._database.transact(lambda connection: [job.work(connection) for job in jobs])
        except Exception as error:  # noqa: BLE001 - handed to everyone who waits for it
            for job in jobs:
                job.future.set_exception(error)
        else:
            for job, result in zip(jobs, results, strict=True):
                job.future.set_result(result)
