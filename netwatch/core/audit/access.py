"""Who asked netwatch for what: one access in, and sums of what repeats out, so that nobody can flood the record. Pure.

The same access within a minute of the last row about it is counted, and told with the next row.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

CONTROL_SOCKET = "control socket"  # the origin of commands on the machine itself
TOGETHER_S = 60.0
MOST_WAITING = 1_000  # different ones that are kept apart; beyond it only what was done is told, not by whom


class Outcome(StrEnum):
    """What became of it."""

    DONE = "done"
    REFUSED = "refused"  # not allowed, or it made no sense
    FAILED = "failed"  # allowed, but it could not be done


class AccessRecorder(Protocol):
    """What doors and desks tell; `audit.access.AccessLog` is one."""

    def record(self, *, account: str, origin: str, subject: str, action: str, outcome: Outcome) -> None:
        """Returns at once; the row is on the disk about a second later.

        `account`: a name that is known, or empty: never what a stranger typed, which may be a password. `origin`: an
        address, or CONTROL_SOCKET. `subject`: `device:acc-17`, `daemon:` ... `action`: a word of ours, such as
        `fault.acknowledged`, `login`, `page.find`.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One thing that somebody did, or tried."""

    account: str
    origin: str
    subject: str
    action: str
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """An access, how often, and when first and last."""

    access: Access
    times: int
    first_wall_s: float
    last_wall_s: float

    def joined(self, other: "Repeated") -> "Repeated":
        return replace(
            self,
            times=self.times + other.times,
            first_wall_s=min(self.first_wall_s, other.first_wall_s),
            last_wall_s=max(self.last_wall_s, other.last_wall_s),
        )


class Accesses:
    """What waits to be written."""

    def __init__(self) -> None:
        self._waiting: dict[Access, Repeated] = {}
        self._told_s: dict[Access, float] = {}

    def note(self, access: Access, now_wall_s: float) -> None:
        """One more."""
        self.put(Repeated(access=access, times=1, first_wall_s=now_wall_s, last_wall_s=now_wall_s))

    def put(self, one: Repeated) -> None:
        """As `note`; also for what could not be written and is to be tried again."""
        key = one.access
        if key not in self._waiting and len(self._waiting) >= MOST_WAITING:
            key = replace(key, account="", origin="", subject="")
        known = self._waiting.get(key)
        one = replace(one, access=key)
        self._waiting[key] = one if known is None else known.joined(one)

    def due(self, now_wall_s: float) -> Iterator[Repeated]:
        """Take those that were not told of within the last minute."""
        self._told_s = {key: at for key, at in self._told_s.items() if 0 <= now_wall_s - at < TOGETHER_S}
        for key in [key for key in self._waiting if key not in self._told_s]:
            self._told_s[key] = now_wall_s
            yield self._waiting.pop(key)

    def all(self) -> Iterator[Repeated]:
        """Take them all: the daemon stops."""
        waiting, self._waiting = self._waiting, {}
        yield from waiting.values()
