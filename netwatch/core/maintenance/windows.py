"""Declared windows of maintenance -> which subjects are in maintenance now.

In: windows, those of the inventory and those of the command alike, the inventory, and the wall clock. Out: the
subjects that are covered, with what hangs on them. It silences notification only: nothing is observed less for it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain

from netwatch.core.events import Event, EventKind
from netwatch.core.model import Inventory, Link, Maintenance, PortRef

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
    """The subjects with all that may go dark for the work on them.

    A site covers its devices and field devices, with their ports; a device its ports, the links that end there and
    the field devices on it; a port its link and field devices; a cable or a ring its links. A cable, ring or site
    all of which is covered is covered too: whatever is told of it is told of what is being worked on.
    """
    found: set[str] = set(subjects)
    if not found:
        return frozenset()
    _cover_devices(inventory, found)
    runs = _links_by_subject(inventory)
    found.update(chain.from_iterable(runs.get(subject, ()) for subject in tuple(found)))
    for whole, parts in chain(runs.items(), _things_by_site(inventory).items()):
        if parts <= found:
            found.add(whole)
    return frozenset(found)


def is_in_maintenance(active: Mapping[str, bool], subject: str) -> bool:
    """Whether `active_subjects` has the subject as covered; also a port that no inventory names, by its device."""
    kind, _, name = subject.partition(":")
    by_device = kind == "port" and active.get(f"device:{name.partition(' ')[0]}", False)
    return active.get(subject, False) or by_device


def link_ports(link: Link) -> tuple[PortRef, ...]:
    """Both ends of the link, and those of its members."""
    return (link.a, link.b, *chain.from_iterable(link.members))


def _cover_devices(inventory: Inventory, found: set[str]) -> None:
    """Add what stands at the sites and hangs on the devices and ports found so far."""
    sites = {subject.removeprefix("site:") for subject in found if subject.startswith("site:")}
    found.update(f"device:{device.id}" for device in inventory.devices.values() if device.site in sites)
    for link in inventory.links.values():
        worked_on = [port for port in link_ports(link) if _is_worked_on(port, found)]
        if worked_on:
            found.update((f"link:{link.id}", *(f"port:{port}" for port in worked_on)))
    for one in inventory.field_devices.values():
        if one.site in sites or (one.port is not None and _is_worked_on(one.port, found)):
            found.update((f"field_device:{one.id}", *([f"port:{one.port}"] if one.port is not None else ())))


def _is_worked_on(port: PortRef, found: set[str]) -> bool:
    return f"device:{port.device}" in found or f"port:{port}" in found


def _links_by_subject(inventory: Inventory) -> Mapping[str, set[str]]:
    """`cable:…` and `ring:…` -> the links that run in it."""
    runs: defaultdict[str, set[str]] = defaultdict(set)
    for link in inventory.links.values():
        for run in link.fibre:
            runs[f"cable:{run.cable}"].add(f"link:{link.id}")
        if link.ring is not None:
            runs[f"ring:{link.ring}"].add(f"link:{link.id}")
    return runs


def _things_by_site(inventory: Inventory) -> Mapping[str, set[str]]:
    things: defaultdict[str, set[str]] = defaultdict(set)
    for device in inventory.devices.values():
        things[f"site:{device.site}"].add(f"device:{device.id}")
    for one in inventory.field_devices.values():
        things[f"site:{one.site}"].add(f"field_device:{one.id}")
    return things
