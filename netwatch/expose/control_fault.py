"""`/fault` on the control socket: the faults, and what people do about them, stored before it is in force.

In: JSON of `netwatch fault`. Out: faults as `netwatch status` tells them, with who did what about each, when and why.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from netwatch.core.city import City
from netwatch.core.errors import StoreError
from netwatch.core.faults.book import Fault, FaultBook
from netwatch.core.faults.work import Did, Work
from netwatch.core.maintenance.book import MaintenanceBook
from netwatch.expose.control import CallerRoute, NotNow, Refused, Route
from netwatch.expose.control_fault_record import FaultTeller
from netwatch.inventory import values
from netwatch.inventory.findings import Refused as WrongValue
from netwatch.inventory.findings import nfc, quoted
from netwatch.inventory.subjects import near, sentence

STORE_PATIENCE_S = 20.0
MOST_LETTERS = 1000
SHORTEST_ID = 3  # letters of an id that may stand for it
_MAY_BE_SILENT = (Did.ACKNOWLEDGED, Did.WITHDREW, Did.DISPATCHED)
_OF_OPEN_ONES = (Did.ACKNOWLEDGED, Did.WITHDREW, Did.ASSIGNED, Did.DISPATCHED)

log = logging.getLogger(__name__)


class Knowing(Protocol):
    """What is read; `Engine` has it."""

    city: City
    maintenance: MaintenanceBook


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultKeeping:
    """What the routes need of the daemon."""

    save: Callable[[Work], Awaitable[None]]  # returns once stored; StoreError
    wall: Callable[[], float] = time.time


class FaultDesk:
    """Where faults are worked on, one thing after the other: for the control socket, and for the page."""

    def __init__(self, known: Knowing, keeping: FaultKeeping) -> None:
        self._known = known
        self._keeping = keeping
        self._turn = asyncio.Lock()

    @property
    def routes(self) -> Mapping[tuple[str, str], Route | CallerRoute]:
        """As `ControlServer` takes them."""
        return {
            ("GET", "/fault"): self.list,
            ("POST", "/fault/show"): self.show,
            ("POST", "/fault/work"): CallerRoute(self.work, "fault.work"),
        }

    @property
    def _book(self) -> FaultBook:
        return self._known.city.book

    def _teller(self) -> FaultTeller:
        return FaultTeller(self._known.city, self._known.maintenance, self._keeping.wall())

    async def list(self, _body: object) -> Mapping[str, Any]:
        return {"timezone": self._known.city.topology.inventory.timezone, **self._teller().faults()}

    async def show(self, body: object) -> Mapping[str, Any]:
        fault = self._named(_asked(body, "id"))
        return {"fault": self._teller().fault(fault), "log": self._teller().log(fault)}

    async def work(self, body: object, user: str) -> Mapping[str, Any]:
        """Do something about a fault. Refused, with one sentence, where it cannot be what was meant."""
        did = _did(_asked(body, "did"))
        text = _text(_asked(body, "text", required=did not in _MAY_BE_SILENT))
        async with self._turn:
            fault = self._named(_asked(body, "id"))
            self._insist(fault, did)
            work = Work(
                fault=fault.id,
                at_wall_s=self._keeping.wall(),
                user=user,
                did=did,
                text=text,
                severity=fault.severity,
                subject=fault.subject,
            )
            await self._put(work)
        log.info("fault %s: %s, by %s", fault.id, did.value, user)
        return {"fault": self._teller().fault(self._book.faults.get(fault.id, fault))}

    def _named(self, name: str) -> Fault:
        """By its id, the beginning of that, or its subject where one open fault has it."""
        faults = self._book.faults
        if name in faults:
            return faults[name]
        found = [one for one in faults.values() if len(name) >= SHORTEST_ID and one.id.startswith(name)]
        found = found or [one for one in self._book.open_faults if one.subject == name]
        if len(found) == 1:
            return found[0]
        if found:
            told = ", ".join(sorted(one.id for one in found))
            raise Refused(f"{quoted(name)} may be one of several faults: {told}.")
        known = {*faults, *(one.subject for one in self._book.open_faults)}
        raise Refused(
            sentence(f"No fault {quoted(name)} is open, or has cleared lately", near(name, known)),
        )

    def _insist(self, fault: Fault, did: Did) -> None:
        if not fault.is_open and did in _OF_OPEN_ONES:
            raise Refused(f"The fault {fault.id} ({fault.subject}) has cleared; a note can still be added to it.")
        if did is Did.WITHDREW and self._book.work.acknowledged(fault.id, fault.severity) is None:
            raise Refused(f"The fault {fault.id} ({fault.subject}) is not acknowledged.")

    async def _put(self, work: Work) -> None:
        """Done, once stored."""
        try:
            async with asyncio.timeout(STORE_PATIENCE_S):
                await self._keeping.save(work)
        except StoreError as error:
            raise NotNow(f"It could not be stored, and nothing has changed: {error}.") from error
        except TimeoutError as error:
            raise NotNow("The store is too slow: nothing has changed yet, but it may at the next start.") from error
        self._book.work.put(work)


def _asked(body: object, name: str, *, required: bool = True) -> str:
    fields: dict[Any, Any] = body if isinstance(body, dict) else {}
    value = fields.get(name) or ""
    if not isinstance(value, str) or (required and not value.strip()):
        raise Refused(f"The request must tell {name!r} as a text.")
    return nfc(value.strip())


def _did(word: str) -> Did:
    try:
        return Did(word)
    except ValueError as error:
        raise Refused(f"{quoted(word)} is nothing that can be done; known are {', '.join(Did)}.") from error


def _text(told: str) -> str:
    if len(told) > MOST_LETTERS:
        raise Refused(f"That is {len(told)} letters long; {MOST_LETTERS} are kept.")
    try:
        return values.text(told) if told else ""
    except WrongValue as wrong:
        raise Refused(sentence(str(wrong), near(wrong.word, wrong.among))) from wrong
