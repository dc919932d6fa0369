"""Declared windows of maintenance -> which subjects are in maintenance now.

In: windows, those of the inventory and those of the command alike, the inventory, and the wall clock. Out: the
subjects that are covered, with what hangs on them. It silences notification only: nothing is observed less for it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain

from netwatch.core.events import Event, EventKind
from netwatch.core.maintenance.coverage import Coverage
from netwatch.core.model import Inventory, Maintenance
from netwatch.core.person import spelled

OVER_SHOWN_S = 1200.0  # a window of the command stays on the pages so long after its end, as a cleared fault does


class Origin(StrEnum):
    """Who declared a window."""

    INVENTORY = "inventory"
    COMMAND = "command"


class Phase(StrEnum):
    """Where the wall clock stands in a window."""

    PLANNED = "planned"
    RUNNING = "running"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A window and how it came to be. All times are UTC epoch seconds; whoever reads them shows the city's zone.

    `told` is the phase that events have told of. One that was declared anew under its old id is another window.
    """

    plan: Maintenance
    origin: Origin
    declared_wall_s: float  # of the inventory's: when netwatch first read it so
    user: str = ""  # the command's caller, as the kernel knows them; `plan.by` is what they said
    ended_wall_s: float | None = None  # ended by hand, withdrawn from the inventory, or declared anew
    ended_by: str = ""
    told: Phase = Phase.PLANNED

    @property
    def id(self) -> str:
        return self.plan.id

    @property
    def subject(self) -> str:
        return self.plan.subject

    @property
    def until_s(self) -> float:
        """When it is over: as planned, or earlier where it was ended."""
        return self.plan.until_s if self.ended_wall_s is None else min(self.plan.until_s, self.ended_wall_s)

    @property
    def is_declared_before(self) -> bool:
        """Declared before it began. One declared afterwards silences all the same, but is told apart in evidence."""
        return self.declared_wall_s < self.plan.from_s

    @property
    def is_approved(self) -> bool:
        """Approved by someone other than who asked for it."""
        return bool(self.plan.approved_by) and self.plan.approved_by not in (self.plan.by, self.user)

    def phase(self, now_wall_s: float) -> Phase:
        if now_wall_s >= self.until_s:
            return Phase.OVER
        return Phase.RUNNING if now_wall_s >= self.plan.from_s else Phase.PLANNED


def ended(window: Window, now_wall_s: float, *, by: str) -> Window:
    """The window, ended now; one that is over already stays as it was."""
    if window.phase(now_wall_s) is Phase.OVER:
        return window
    return replace(window, ended_wall_s=now_wall_s, ended_by=by)


def renamed(window: Window, name: str, instead: str) -> Window:
    """The window with another name for one person."""
    plan = window.plan
    names = (plan.by, plan.approved_by, window.user, window.ended_by)
    if spelled(name) not in map(spelled, names):
        return window
    by, approved_by, user, ended_by = (instead if spelled(one) == spelled(name) else one for one in names)
    return replace(window, plan=replace(plan, by=by, approved_by=approved_by), user=user, ended_by=ended_by)


def told_of(window: Window, kind: EventKind, at_wall_s: float) -> Event:
    """The event of a window; it is about the window's own subject."""
    plan = window.plan
    detail: dict[str, str | float | bool] = {
        "id": window.id,
        "origin": window.origin.value,
        "from": plan.from_s,
        "until": window.until_s,
        "declared_before": window.is_declared_before,
        "reason": plan.reason,
        "by": plan.by,
        "approved_by": plan.approved_by,
        "user": window.user,
    }
    if kind is EventKind.MAINTENANCE_ENDED:
        detail["ended_by"] = window.ended_by
    return Event(kind=kind, subject=window.subject, at_wall_s=at_wall_s, detail=detail)


def active(windows: Iterable[Window], now_wall_s: float) -> frozenset[str]:
    """The subjects of the windows that are running, without what hangs on them."""
    return frozenset(window.subject for window in windows if window.phase(now_wall_s) is Phase.RUNNING)


def active_subjects(inventory: Inventory, windows: Iterable[Window], now_wall_s: float) -> Mapping[str, bool]:
    """Every subject that is covered now (True), and those of windows that are not running (False).

    Windows of the command that are over for `OVER_SHOWN_S` are left out.
    """
    windows = tuple(windows)
    told = {
        window.subject: False
        for window in windows
        if window.origin is Origin.INVENTORY or now_wall_s < window.until_s + OVER_SHOWN_S
    }
    return told | dict.fromkeys(sorted(covered(inventory, active(windows, now_wall_s))), True)


def next_change_s(windows: Iterable[Window], now_wall_s: float) -> float:
    """Until when `active_subjects` stays as it is, if neither the windows nor the inventory change."""
    changes = chain.from_iterable(
        (window.plan.from_s, window.until_s, window.until_s + OVER_SHOWN_S) for window in windows
    )
    return min((at_s for at_s in changes if at_s > now_wall_s), default=float("inf"))


def covered(inventory: Inventory, subjects: Iterable[str]) -> frozenset[str]:
    """The subjects with all that may go dark for the work on them; see `Coverage`, which answers more than once."""
    wanted = tuple(subjects)
    return Coverage(inventory).of(wanted) if wanted else frozenset()


def is_in_maintenance(active: Mapping[str, bool], subject: str) -> bool:
    """Whether `active_subjects` has the subject as covered; also a port that no inventory names, by its device."""
    kind, _, name = subject.partition(":")
    by_device = kind == "port" and active.get(f"device:{name.partition(' ')[0]}", False)
    return active.get(subject, False) or by_device
