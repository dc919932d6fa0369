"""Which echoes and status polls have ended once since the last sweep: the sign that polling really moves."""

from netwatch.collect.jobs import Job
from netwatch.core.model import Lane


class Sweep:
    """Complete when every job that was expected has ended once: polled, or rightly left out because it is silent.

    An echo has ended when it was handed to the pinger, which tells of each one by itself.
    """

    LANES = (Lane.PING, Lane.STATUS)

    def __init__(self) -> None:
        self._expected: set[Job] = set()
        self._missing: set[Job] = set()
        self.completed_s: float | None = None  # monotonic; None: not one yet

    def expect(self, job: Job) -> None:
        """Let this job count from now on, in the sweep under way too."""
        if job.lane in self.LANES:
            self._expected.add(job)
            self._missing.add(job)

    def forget(self, job: Job) -> None:
        """Let this job count no more."""
        self._expected.discard(job)
        self._missing.discard(job)

    def done(self, job: Job, now_s: float) -> None:
        """Note that this job ended."""
        self._missing.discard(job)
        if not self._missing:
            self.completed_s = now_s
            self._missing = set(self._expected)
