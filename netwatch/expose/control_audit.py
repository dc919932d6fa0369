"""`/audit` on the control socket: what people declare about the record itself, checked, stored, and only then answered.

In: JSON of `netwatch audit correct`, `access --reviewed` and `forget`. Out: what was put on record. Whoever asks is
known by the kernel; nothing that was recorded is ever edited.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from netwatch.core.audit.corrections import CORRECTABLE, Asked, TrueState
from netwatch.core.audit.periods import Period, month_of
from netwatch.core.errors import StoreError
from netwatch.core.model import Inventory
from netwatch.core.person import spelled
from netwatch.expose.control import CallerRoute, NotNow, Refused
from netwatch.inventory import values
from netwatch.inventory.findings import Refused as WrongValue
from netwatch.inventory.findings import nfc, quoted
from netwatch.inventory.subjects import near, sentence
from netwatch.inventory.subjects import subject as known_subject

STORE_PATIENCE_S = 20.0
MOST_LETTERS = 1000

T = TypeVar("T")


class Notary(Protocol):
    """Who puts it on record; StoreError where it could not be."""

    async def correct(self, asked: Asked) -> str: ...
    async def withdraw(self, told: Mapping[str, str]) -> str | None: ...
    async def review(self, month: Period, *, user: str, note: str) -> tuple[int, int]: ...
    async def forget(self, name: str) -> str | None: ...


def audit_routes(
    notary: Notary, inventory: Callable[[], Inventory], wall: Callable[[], float] = time.time
) -> Mapping[tuple[str, str], CallerRoute]:
    """The routes, as `ControlServer` takes them."""
    desk = _Desk(notary, inventory, wall)
    return {
        ("POST", "/audit/correct"): CallerRoute(desk.correct, "audit.correct"),
        ("POST", "/audit/withdraw"): CallerRoute(desk.withdraw, "audit.withdraw"),
        ("POST", "/audit/review"): CallerRoute(desk.review, "audit.review"),
        ("POST", "/audit/forget"): CallerRoute(desk.forget, "audit.forget"),
    }


class _Desk:
    def __init__(self, notary: Notary, inventory: Callable[[], Inventory], wall: Callable[[], float]) -> None:
        self._notary = notary
        self._inventory = inventory
        self._wall = wall

    async def correct(self, body: object, user: str) -> Mapping[str, object]:
        """Refused with one sentence where it cannot be what was meant."""
        asked = await asyncio.to_thread(read_correction, body, self._inventory(), self._wall(), user=user)
        return {"id": await _stored(self._notary.correct(asked)), "subject": asked.subject}

    async def withdraw(self, body: object, user: str) -> Mapping[str, object]:
        told = _texts(body, required=("id", "reason"), more=("by",))
        subject = await _stored(self._notary.withdraw({**told, "by": told["by"] or user, "user": user}))
        if subject is None:
            raise Refused(f"No correction {quoted(told['id'])} stands: see netwatch audit log --kind correction.")
        return {"id": told["id"], "subject": subject}

    async def review(self, body: object, user: str) -> Mapping[str, object]:
        told = _texts(body, required=("month",), more=("note",))
        try:
            month = month_of(told["month"], ZoneInfo(self._inventory().timezone))
        except ValueError as error:
            raise Refused(f"{quoted(told['month'])} is no month such as 2026-10.") from error
        if month.from_ms > self._wall() * 1000:
            raise Refused(f"{month.label} has not begun.")
        rows, failures = await _stored(self._notary.review(month, user=user, note=told["note"]))
        return {"month": month.label, "user": user, "rows": rows, "failures": failures}

    async def forget(self, body: object, _user: str) -> Mapping[str, object]:
        name = _texts(body, required=("name",))["name"]
        for window in self._inventory().maintenance.values():
            if spelled(name) in (spelled(window.by), spelled(window.approved_by)):
                raise Refused(
                    f"The inventory still names {quoted(name)}, in maintenance {window.id}: take it out first."
                )
        identity = await _stored(self._notary.forget(name))
        if identity is None:
            raise Refused(f"Nobody called {quoted(name)} is on record, or they are forgotten already.")
        return {"id": identity}


def read_correction(body: object, inventory: Inventory, now_wall_s: float, *, user: str) -> Asked:
    """Refused, with one sentence, where something in it is wrong."""
    told = _texts(body, required=("subject", "from", "until", "state", "reason"), more=("by", "timezone"))
    try:
        subject = known_subject(told["subject"], inventory)
    except WrongValue as wrong:
        raise Refused(str(wrong)) from wrong
    if not subject.startswith(CORRECTABLE):
        known = ", ".join(kind.rstrip(":") for kind in CORRECTABLE)
        raise Refused(f"No state is recorded of {quoted(subject)}, only of each {known}.")
    if told["state"] not in list(TrueState):
        hint = near(told["state"], list(TrueState))
        raise Refused(sentence(f"{quoted(told['state'])} is no state; known are {', '.join(TrueState)}", hint))
    try:
        zone = values.timezone(told["timezone"] or inventory.timezone)
        from_s, until_s = (values.epoch_s(values.moment(told[name]), zone) for name in ("from", "until"))
    except WrongValue as wrong:
        raise Refused(sentence(str(wrong), near(wrong.word, wrong.among))) from wrong
    if until_s <= from_s:
        raise Refused("The time ends before it begins.")
    if until_s > now_wall_s:
        raise Refused("The time is not over yet: only what was recorded can be corrected.")
    return Asked(
        subject=subject,
        from_wall_s=from_s,
        until_wall_s=until_s,
        state=TrueState(told["state"]),
        reason=told["reason"],
        by=told["by"] or user,
        user=user,
    )


async def _stored(work: Awaitable[T]) -> T:
    try:
        async with asyncio.timeout(STORE_PATIENCE_S):
            return await work
    except StoreError as error:
        raise NotNow(f"It could not be put on record: {error}.") from error
    except TimeoutError as error:
        raise NotNow("The store is too slow: it is not on record yet, but it may come to be.") from error


def _texts(body: object, *, required: tuple[str, ...], more: tuple[str, ...] = ()) -> dict[str, str]:
    """The named texts of a request, each printable and not too long; what is optional and not told is empty."""
    fields: dict[Any, Any] = body if isinstance(body, dict) else {}
    told = {name: fields.get(name) or "" for name in (*required, *more)}
    for name, value in told.items():
        if not isinstance(value, str) or (name in required and not value.strip()):
            raise Refused(f"The request must tell {name!r} as a text.")
        if len(value) > MOST_LETTERS:
            raise Refused(f"That is {len(value)} letters long; {MOST_LETTERS} are kept.")
    try:
        return {name: values.text(nfc(value.strip())) if value.strip() else "" for name, value in told.items()}
    except WrongValue as wrong:
        raise Refused(sentence(str(wrong), near(wrong.word, wrong.among))) from wrong
