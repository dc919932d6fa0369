"""What people did about faults: who took note of one, whose it is now, its ticket, what they wrote down.

In: what the store remembers, and each thing done. Out: how the work on a fault stands. It belongs to the fault's id, so
it stays while the fault grows, clears and comes back.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from netwatch.core.faults.severity import Severity
from netwatch.core.person import spelled


class Did(StrEnum):
    """What can be done about a fault."""

    ACKNOWLEDGED = "acknowledged"
    WITHDREW = "withdrew"  # an acknowledgement: nobody is on it after all
    NOTED = "noted"
    ASSIGNED = "assigned"
    DISPATCHED = "dispatched"  # somebody is on the way
    TICKETED = "ticketed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One thing that somebody did. `text`: why, the note, who it is that goes or whose it is, or the ticket.

    `severity` is the fault's at that moment, `subject` what it is about, for the ledger; the store's table has none.
    """

    fault: str  # its id
    at_wall_s: float
    user: str  # as the kernel knows them
    did: Did
    text: str
    severity: Severity
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """How the repair of a fault goes, in UTC epoch seconds; None: not yet, or nobody said so."""

    detected_wall_s: float  # by its first evidence
    acknowledged_wall_s: float | None
    dispatched_wall_s: float | None  # said so, or else assigned
    repaired_wall_s: float | None  # seen to be well again


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

    def rename(self, name: str, instead: str) -> None:
        """Somebody is to be called otherwise, as who did it and as whose it is; the store has been told."""
        for fault, works in self._works.items():
            self._works[fault] = tuple(_renamed(work, name, instead) for work in works)
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

    def times(self, fault: str, *, since_wall_s: float, cleared_wall_s: float | None) -> Times:
        """From which the time to repair and its parts follow. What was done first counts, whatever was done after."""
        first: dict[Did, float] = {}
        for work in self.of(fault):
            first.setdefault(work.did, work.at_wall_s)
        return Times(
            detected_wall_s=since_wall_s,
            acknowledged_wall_s=first.get(Did.ACKNOWLEDGED),
            dispatched_wall_s=first.get(Did.DISPATCHED, first.get(Did.ASSIGNED)),
            repaired_wall_s=cleared_wall_s,
        )

    def _last(self, fault: str, *kinds: Did) -> Work | None:
        return next((work for work in reversed(self.of(fault)) if work.did in kinds), None)


def _renamed(work: Work, name: str, instead: str) -> Work:
    is_theirs = work.did in (Did.ASSIGNED, Did.DISPATCHED) and spelled(work.text) == spelled(name)
    user = instead if spelled(work.user) == spelled(name) else work.user
    return replace(work, user=user, text=instead if is_theirs else work.text)
