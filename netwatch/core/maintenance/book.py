"""All windows of maintenance together: declared, ended, begun and over, as the wall clock and the inventory go on.

In: what the store remembered, each inventory, what the command declares, the wall clock. Out: events, the windows that
have changed and are to be stored, and the subjects in maintenance now.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from netwatch.core.events import Event, EventKind
from netwatch.core.maintenance.windows import (
    Origin,
    Phase,
    Window,
    active_subjects,
    ended,
    next_change_s,
    renamed,
    told_of,
)
from netwatch.core.model import NOTHING, Inventory, Maintenance

WITHDRAWN = "the inventory"  # who ended a window that the inventory no longer holds, or holds otherwise

Key = tuple[str, Origin, float]  # id, origin, when declared


class MaintenanceBook:
    """Every window ever declared. `advance` is to be called often; it does nothing while nothing is due."""

    def __init__(self) -> None:
        self._windows: dict[Key, Window] = {}  # in the order of their declaration
        self._unsaved: dict[Key, Window] = {}
        self._inventory: Inventory | None = None
        self._last_number = 0
        self._due_wall_s = float("-inf")  # until then nothing begins, ends or leaves the pages
        self._looked_wall_s = float("-inf")
        self._active: Mapping[str, bool] = NOTHING

    @property
    def windows(self) -> tuple[Window, ...]:
        """All of them, oldest declaration first."""
        return tuple(self._windows.values())

    @property
    def active(self) -> Mapping[str, bool]:
        """`active_subjects` as of the last `advance`: the same mapping for as long as it holds."""
        return self._active

    def restore(self, windows: Iterable[Window]) -> None:
        """What the store remembers, before anything else."""
        for window in sorted(windows, key=lambda window: window.declared_wall_s):
            self._windows[_key(window)] = window
            if window.origin is Origin.COMMAND:
                self._last_number = max(self._last_number, int(window.id.removeprefix("m-")))

    def propose(self, plan: Maintenance, now_wall_s: float, *, user: str) -> Window:
        """A window of the command under a new id, not yet in force. No id is given twice, even if it comes to nothing.

        `plan.id` is not looked at.
        """
        taken = {window.id for window in self._windows.values()}
        if self._inventory is not None:
            taken.update(self._inventory.maintenance)
        self._last_number += 1
        while f"m-{self._last_number}" in taken:
            self._last_number += 1
        numbered = replace(plan, id=f"m-{self._last_number}")
        told = Phase.OVER if numbered.until_s <= now_wall_s else Phase.PLANNED  # nothing begins that is past
        return Window(plan=numbered, origin=Origin.COMMAND, declared_wall_s=now_wall_s, user=user, told=told)

    def open(self, identity: str, now_wall_s: float) -> Window | None:
        """The window of that id that is not over; the command's where the inventory came to use the same id."""
        found = [
            window
            for window in self._windows.values()
            if window.id == identity and window.phase(now_wall_s) is not Phase.OVER
        ]
        return max(found, key=lambda window: window.origin is Origin.COMMAND, default=None)

    def put(self, window: Window) -> None:
        """In force from now on. Whoever puts it has stored it."""
        key = _key(window)
        before = self._windows.get(key)
        self._windows[key] = window if before is None else replace(window, told=before.told)
        if key in self._unsaved:
            self._unsaved[key] = self._windows[key]
        self._due_wall_s = float("-inf")

    def rename(self, name: str, instead: str) -> None:
        """Somebody is to be called otherwise, wherever a window names them; the store has been told."""
        for windows in (self._windows, self._unsaved):
            windows.update({key: renamed(window, name, instead) for key, window in windows.items()})

    def unsaved(self) -> tuple[Window, ...]:
        """What has changed since it was last stored."""
        return tuple(self._unsaved.values())

    def note_saved(self, windows: Iterable[Window]) -> None:
        """These are stored, as they are here."""
        for window in windows:
            if self._unsaved.get(_key(window)) == window:
                del self._unsaved[_key(window)]

    def advance(self, inventory: Inventory, now_wall_s: float) -> tuple[Event, ...]:
        """What the passing of time, or another inventory, has brought."""
        if inventory is self._inventory and self._looked_wall_s <= now_wall_s < self._due_wall_s:
            self._looked_wall_s = now_wall_s
            return ()
        events = () if inventory is self._inventory else self._adopt(inventory, now_wall_s)
        events += self._turn(now_wall_s)
        self._looked_wall_s = now_wall_s
        self._due_wall_s = next_change_s(self._windows.values(), now_wall_s)
        shown = (window for window in self._windows.values() if self._stands(window))
        active = active_subjects(inventory, shown, now_wall_s)
        if active != self._active:
            self._active = active
        return events

    def _stands(self, window: Window) -> bool:
        """Of the command, or in the inventory as it is now."""
        if window.origin is Origin.COMMAND:
            return True
        return self._inventory is not None and self._inventory.maintenance.get(window.id) == window.plan

    def _adopt(self, inventory: Inventory, now_wall_s: float) -> tuple[Event, ...]:
        """Take over the inventory's windows. One that says something else is a new declaration, of now."""
        self._inventory = inventory
        events: list[Event] = []
        standing = {
            window.id: window for window in self._windows.values() if window.origin is Origin.INVENTORY
        }  # the newest of each id
        for identity, plan in inventory.maintenance.items():
            before = standing.pop(identity, None)
            if before is not None and before.ended_by != WITHDRAWN and replace(before.plan, reason=plan.reason) == plan:
                if before.plan != plan:
                    self._change(replace(before, plan=plan))
                continue
            if before is not None:
                events += self._withdraw(before, now_wall_s)
            told = Phase.OVER if plan.until_s <= now_wall_s else Phase.PLANNED
            window = Window(plan=plan, origin=Origin.INVENTORY, declared_wall_s=now_wall_s, told=told)
            self._change(window)
            events.append(told_of(window, EventKind.MAINTENANCE_DECLARED, now_wall_s))
        for gone in standing.values():
            events += self._withdraw(gone, now_wall_s)
        return tuple(events)

    def _withdraw(self, window: Window, now_wall_s: float) -> tuple[Event, ...]:
        """The inventory holds it no longer. What was over stays as it was."""
        after = ended(window, now_wall_s, by=WITHDRAWN)
        if after is window:
            return ()
        self._change(after)
        return (told_of(after, EventKind.MAINTENANCE_ENDED, now_wall_s),)

    def _turn(self, now_wall_s: float) -> tuple[Event, ...]:
        """Tell of windows that have begun or are over. Never back: a clock that is set back tells nothing twice."""
        events: list[Event] = []
        for window in tuple(self._windows.values()):
            phase = window.phase(now_wall_s)
            if window.told is Phase.OVER or phase in (window.told, Phase.PLANNED):
                continue
            has_run = window.plan.from_s < window.until_s and window.declared_wall_s < window.until_s
            if window.told is Phase.PLANNED and has_run:
                began_s = max(window.plan.from_s, window.declared_wall_s)
                events.append(told_of(window, EventKind.MAINTENANCE_STARTED, began_s))
            if phase is Phase.OVER and (has_run or window.told is Phase.RUNNING):
                events.append(told_of(window, EventKind.MAINTENANCE_OVER, window.until_s))
            self._change(replace(window, told=phase))
        return tuple(events)

    def _change(self, window: Window) -> None:
        self._windows[_key(window)] = self._unsaved[_key(window)] = window


def _key(window: Window) -> Key:
    return window.id, window.origin, window.declared_wall_s
