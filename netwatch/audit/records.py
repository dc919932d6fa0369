"""What goes into the store and what comes out of it at start, and how each becomes a row.

In: verdicts and events of the engine. Out: rows ready for SQLite. Pure; a value that cannot be stored (NaN) is a
ValueError here, in the caller's hands, and never a surprise in the writer's thread.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from netwatch.core.device.memory import DeviceMemory
from netwatch.core.device.record import DeviceVerdict, Remembered
from netwatch.core.events import Event, EventKind
from netwatch.core.faults.work import Work
from netwatch.core.field.record import CheckTold
from netwatch.core.maintenance.windows import Window
from netwatch.core.model import NOTHING
from netwatch.core.observation import DEVICE, FIELD_DEVICE

Row = tuple[str | bytes | float | int | None, ...]
UP, DOWN = "up", "down"  # of a check
_DEVICE_VERDICTS = frozenset(verdict.value for verdict in DeviceVerdict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is held true of one subject, and since when (UTC epoch seconds)."""

    subject: str  # `device:acc-17`, `link:ring-a-1`, ...
    kind: str  # what sort of verdict: `device.state`, `vantage.state`, ...
    state: str
    since_wall_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """Everything a starting daemon needs to go on where the last one stopped."""

    verdicts: Mapping[str, Verdict] = NOTHING  # by subject
    devices: Mapping[str, DeviceMemory] = NOTHING  # by device id
    saved_wall_s: Mapping[str, float] = NOTHING  # by device id: when its memory was last changed
    windows: tuple[Window, ...] = ()  # of maintenance, in no particular order
    work: tuple[Work, ...] = ()  # on faults, the oldest first
    last_row: int = 0  # number of the ledger's newest row, 0 before the first
    stopped_cleanly: bool = False  # the last daemon had stored all it knew when it ended
    last_heartbeat_wall_s: float | None = None  # None: no daemon ever ran on this state

    def device_verdicts(self) -> dict[str, Remembered]:
        """Device id -> the verdict that the daemon before this one had told."""
        return {
            subject.removeprefix(DEVICE): Remembered(
                verdict=DeviceVerdict(verdict.state), since_wall_s=verdict.since_wall_s
            )
            for subject, verdict in self.verdicts.items()
            if verdict.kind == EventKind.DEVICE_STATE and verdict.state in _DEVICE_VERDICTS
        }

    def check_verdicts(self) -> dict[str, dict[str, CheckTold]]:
        """Field device id -> check name -> what the daemon before this one had told of it."""
        found: dict[str, dict[str, CheckTold]] = {}
        for subject, verdict in self.verdicts.items():
            field_device, _, check = subject.removeprefix(FIELD_DEVICE).partition(" ")
            if verdict.kind == EventKind.CHECK_STATE and check and verdict.state in (UP, DOWN):
                told = CheckTold(up=verdict.state == UP, since_wall_s=verdict.since_wall_s)
                found.setdefault(field_device, {})[check] = told
        return found


def check_verdict(field_device: str, check: str, told: CheckTold) -> Verdict:
    """The verdict on one check of a field device: as much of it as a restart needs to know."""
    return Verdict(
        subject=f"{FIELD_DEVICE}{field_device} {check}",
        kind=EventKind.CHECK_STATE.value,
        state=UP if told.up else DOWN,
        since_wall_s=told.since_wall_s,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Proof of a commit: the numbers its events got in the ledger; `first > last` when there were none."""

    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A batch as rows: encoded once, however often it must be tried."""

    verdicts: tuple[Row, ...] = ()  # (subject, kind, state, since_wall_s)
    events: tuple[Row, ...] = ()  # (at_wall_s, kind, subject, detail, told_before_commit)


def rows(verdicts: Iterable[Verdict], events: Iterable[Event]) -> Rows:
    """Encode a batch. ValueError where a number is not finite."""
    return Rows(
        verdicts=tuple(verdict_row(verdict) for verdict in verdicts),
        events=tuple(event_row(event) for event in events),
    )


def verdict_row(verdict: Verdict) -> Row:
    """(subject, kind, state, since_wall_s)."""
    return text(verdict.subject), text(verdict.kind), text(verdict.state), finite(verdict.since_wall_s)


def event_row(event: Event) -> Row:
    """(at_wall_s, kind, subject, detail, 0): from these columns `Event.canonical_json` gives the same bytes again."""
    at_wall_s = finite(round(event.at_wall_s, 3))
    detail = json.dumps(dict(event.detail), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return at_wall_s, event.kind.value, text(event.subject), text(detail), 0


def told(events: Iterable[Row]) -> tuple[Row, ...]:
    """The same event rows, marked as told before they were committed."""
    return tuple((*event[:-1], 1) for event in events)


def text(value: str) -> str:
    r"""Text that UTF-8 can carry: a lone surrogate becomes `\udc80`, which inside JSON means that surrogate again."""
    return value.encode("utf-8", "backslashreplace").decode()


def finite(value: float) -> float:
    """The number itself; ValueError for NaN and infinities, which SQLite would turn into NULL or let no one compare."""
    if not math.isfinite(value):
        raise ValueError(f"{value} cannot be stored")
    return value
