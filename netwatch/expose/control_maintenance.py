"""`/maintenance` on the control socket: what an operator declares, checked, stored, and only then answered.

In: JSON of `netwatch maintenance`. Out: windows in force, and all windows as JSON with their times in the city's zone.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.errors import StoreError
from netwatch.core.events import Event, EventKind
from netwatch.core.maintenance.book import MaintenanceBook
from netwatch.core.maintenance.windows import Window, covered, ended, told_of
from netwatch.core.model import Inventory, Maintenance
from netwatch.core.names import NoMatch, match
from netwatch.expose.control import CallerRoute, NotNow, Refused, Route
from netwatch.expose.control_audit import Notary
from netwatch.inventory import values
from netwatch.inventory.findings import Refused as WrongValue
from netwatch.inventory.findings import nfc, quoted
from netwatch.inventory.subjects import near, sentence
from netwatch.inventory.subjects import subject as known_subject

STORE_PATIENCE_S = 20.0  # well within what the command waits


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the routes need of the daemon."""

    inventory: Callable[[], Inventory]
    interfaces: Callable[[str], InterfaceMap | None]  # of a device, as discovered
    save: Callable[[Sequence[Window]], Awaitable[None]]  # returns once stored; StoreError
    record: Callable[[Event], None]
    wall: Callable[[], float] = time.time
    handover: Callable[[str], dict[str, Any]] | None = None  # of the record, since then; blocks
    notary: Notary | None = None  # who puts on record what is declared about the record itself


def maintenance_routes(book: MaintenanceBook, around: Surroundings) -> Mapping[tuple[str, str], Route | CallerRoute]:
    """The routes, as `ControlServer` takes them."""
    desk = _Desk(book, around)
    return {
        ("GET", "/maintenance"): desk.list,
        ("POST", "/maintenance"): CallerRoute(desk.add, "maintenance.declare"),
        ("POST", "/maintenance/end"): CallerRoute(desk.end, "maintenance.end"),
    }


class _Desk:
    def __init__(self, book: MaintenanceBook, around: Surroundings) -> None:
        self._book = book
        self._around = around
        self._turn = asyncio.Lock()  # one declaration after the other

    async def list(self, _body: object) -> Mapping[str, object]:
        now_wall_s, zone = self._around.wall(), self._around.inventory().timezone
        windows = [as_json(window, ZoneInfo(zone), now_wall_s) for window in self._book.windows]
        return {"timezone": zone, "windows": windows}

    async def add(self, body: object, user: str) -> Mapping[str, object]:
        """Declare a window. Refused with one sentence where it cannot be what was meant."""
        inventory, now_wall_s = self._around.inventory(), self._around.wall()
        plan = await asyncio.to_thread(read_plan, body, inventory, now_wall_s, user=user)  # a near name takes a while
        self._insist_on_port(plan.subject)
        async with self._turn:
            window = self._book.propose(plan, now_wall_s, user=user)
            await self._put(window)
        self._around.record(told_of(window, EventKind.MAINTENANCE_DECLARED, now_wall_s))
        told = as_json(window, ZoneInfo(inventory.timezone), now_wall_s)
        return {"window": told, "covers": sorted(covered(inventory, [window.subject]))}

    async def end(self, body: object, user: str) -> Mapping[str, object]:
        """End a window now, whether it runs or has yet to begin; also one of the inventory."""
        identity = _texts(body, required=("id",))["id"]
        async with self._turn:
            now_wall_s = self._around.wall()
            window = self._book.open(identity, now_wall_s)
            if window is None:
                raise Refused(self._why_not_open(identity))
            after = ended(window, now_wall_s, by=user)
            await self._put(after)
        self._around.record(told_of(after, EventKind.MAINTENANCE_ENDED, now_wall_s))
        return {"window": as_json(after, ZoneInfo(self._around.inventory().timezone), now_wall_s)}

    def _why_not_open(self, identity: str) -> str:
        known = {window.id for window in self._book.windows}
        if identity in known:
            return f"The window {quoted(identity)} is over already."
        return sentence(f"There is no window {quoted(identity)}", near(identity, known))

    async def _put(self, window: Window) -> None:
        """In force, once stored."""
        try:
            async with asyncio.timeout(STORE_PATIENCE_S):
                await self._around.save([window])
        except StoreError as error:
            raise NotNow(f"The window could not be stored, and nothing has changed: {error}.") from error
        except TimeoutError as error:
            raise NotNow("The store is too slow: nothing has changed yet, but it may at the next start.") from error
        self._book.put(window)

    def _insist_on_port(self, subject: str) -> None:
        """A port that is misspelt would silence nothing; only a device that was discovered can tell."""
        kind, _, name = subject.partition(":")
        if kind != "port":
            return
        device, _, port = name.partition(" ")
        interfaces = self._around.interfaces(device)
        if interfaces is not None and interfaces.names and match(port, interfaces) is NoMatch.ABSENT:
            hint = near(port, interfaces.names, before=f"port:{device} ")
            raise Refused(sentence(f"{device} has no port {quoted(port)}", hint))


def read_plan(body: object, inventory: Inventory, now_wall_s: float, *, user: str) -> Maintenance:
    """What the request asks for, without an id. Refused, with one sentence, where something in it is wrong."""
    told = _texts(body, required=("subject", "from", "until", "reason"), more=("by", "approved_by", "timezone"))
    try:
        subject = known_subject(told["subject"], inventory)
    except WrongValue as wrong:
        raise Refused(str(wrong)) from wrong
    try:
        zone = values.timezone(told["timezone"] or inventory.timezone)
        from_s = _moment(told["from"], zone, now_wall_s, since_s=now_wall_s)
        until_s = _moment(told["until"], zone, now_wall_s, since_s=from_s)
        words = {name: values.text(told[name]) if told[name] else "" for name in ("reason", "by", "approved_by")}
    except WrongValue as wrong:
        raise Refused(sentence(str(wrong), near(wrong.word, wrong.among))) from wrong
    if until_s <= from_s:
        raise Refused("The window ends before it begins.")
    return Maintenance(
        id="",
        subject=subject,
        from_s=from_s,
        until_s=until_s,
        reason=words["reason"],
        by=words["by"] or user,
        approved_by=words["approved_by"],
    )


def as_json(window: Window, zone: ZoneInfo, now_wall_s: float) -> Mapping[str, object]:
    """Times in ISO 8601 with their offset: `until` as planned, `ended` where it was ended earlier.

    `from_s` and `until_s` are UTC epoch seconds, the latter of the real end.
    """
    plan, ended_wall_s = window.plan, window.ended_wall_s
    return {
        "id": window.id,
        "subject": window.subject,
        "state": window.phase(now_wall_s).value,
        "from": _iso(plan.from_s, zone),
        "until": _iso(plan.until_s, zone),
        "from_s": plan.from_s,
        "until_s": window.until_s,
        "ended": None if ended_wall_s is None else _iso(ended_wall_s, zone),
        "ended_by": window.ended_by,
        "reason": plan.reason,
        "by": plan.by,
        "approved_by": plan.approved_by,
        "approved": window.is_approved,
        "user": window.user,
        "declared": _iso(window.declared_wall_s, zone),
        "declared_before": window.is_declared_before,
        "origin": window.origin.value,
    }


def _iso(at_wall_s: float, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at_wall_s, zone).isoformat(timespec="seconds")


def _texts(body: object, *, required: Sequence[str], more: Sequence[str] = ()) -> dict[str, str]:
    """The named texts of a request; what is optional and not told is empty."""
    fields: dict[Any, Any] = body if isinstance(body, dict) else {}
    told = {name: fields.get(name) or "" for name in (*required, *more)}
    for name, value in told.items():
        if not isinstance(value, str) or (name in required and not value.strip()):
            raise Refused(f"The request must tell {name!r} as a text.")
    return {name: nfc(value.strip()) for name, value in told.items()}


def _moment(text: str, zone: ZoneInfo, now_wall_s: float, *, since_s: float) -> float:
    """`now`, `+4h` after `since_s`, or a time in the zone unless it brings its own offset. WrongValue."""
    if text == "now":
        return now_wall_s
    if text.startswith("+"):
        return since_s + values.duration_s(text[1:])
    return values.epoch_s(values.moment(text), zone)
