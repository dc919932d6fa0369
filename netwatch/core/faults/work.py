"""What people did about faults: who took note of one, whose it is now, its ticket, what they wrote down.

In: what the store remembers, and each thing done. Out: how the work on a fault stands. It belongs to the fault's id, so
it stays while the fault grows, clears and comes back.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from netwatch.core.faults.severity import Severity


class Did(StrEnum):
    """What can be done about a fault."""

    ACKNOWLEDGED = "acknowledged"
    WITHDREW = "withdrew"  # an acknowledgement: nobody is on it after all
    NOTED = "noted"
    ASSIGNED = "assigned"
    TICKETED = "ticketed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One thing that somebody did. `text`: why, the note, whose it is, or the ticket. `severity`: the fault's, then."""

    fault: str  # its id
    at_wall_s: float
    user: str  # as the kernel knows them
    did: Did
    text: str
    severity: Severity


class WorkLog:
    """All of it, in the order in which it was done. `version` is another one after each change."""

    def __init__(self) -> None:
        self._works: dict[str, tuple[Work, ...]] = {}
        self.version = 0

    def restore(self, works: Iterable[Work]) -> None:
        """What the store remembers, before anything else."""
        for work in works:
            self.put(work)

    def put(self, work: Work) -> None:
        """It is done. Whoever puts it has stored it."""
        self._works[work.fault] = (*self._works.get(work.fault, ()), work)
        self.version += 1

    def of(self, fault: str) -> tuple[Work, ...]:
        """Everything done about this fault."""
        return self._works.get(fault, ())

    def acknowledged(self, fault: str, severity: Severity) -> Work | None:
        """The acknowledgement in force. One of a fault that has become worse since is of something else."""
        last = self._last(fault, Did.ACKNOWLEDGED, Did.WITHDREW)
        if last is None or last.did is Did.WITHDREW:
            return None
        ranks = tuple(Severity)  # the worst first
        return last if ranks.index(last.severity) <= ranks.index(severity) else None

    def assigned(self, fault: str) -> Work | None:
        """The newest assignment."""
        return self._last(fault, Did.ASSIGNED)

    def ticketed(self, fault: str) -> Work | None:
        """The newest ticket."""
        return self._last(fault, Did.TICKETED)

    def _last(self, fault: str, *kinds: Did) -> Work | None:
        return next((work for work in reversed(self.of(fault)) if work.did in kinds), None)
