"""Faults as they open, are acknowledged and clear -> a web address, each once it is on record, until it is taken.

In: rows of the ledger behind the position of what was delivered last; that outlives restarts, so nothing is lost by
one, nor by a receiver that is away. Out: POSTs, one after the other, in the ledger's order. A message may come twice,
under one id. What has waited for three days, or finds no room, is dropped and counted.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Protocol

from aiohttp import ClientError, ClientSession, ClientTimeout

from netwatch.core.audit.ledger_row import LedgerRow
from netwatch.core.errors import StoreError
from netwatch.core.model import Inventory, Secret
from netwatch.expose.own import OwnMetrics
from netwatch.expose.webhook_message import Message, headers, message

ROUND_S = 1.0
TIMEOUT_S = 10.0
FIRST_PAUSE_S = 1.0  # after a failure; doubled with each further one
LONGEST_PAUSE_S = 60.0
MOST_WAITING = 10_000
KEPT_S = 3 * 86400.0
_OF_THE_MESSAGE = frozenset(
    {HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY}
)
_log = logging.getLogger(__name__)


class Outcome(StrEnum):
    """`netwatch_webhook_messages_total{outcome}`."""

    DELIVERED = "delivered"
    FAILED = "failed"  # no answer, or one that says: not now, or not you; it is tried again
    REFUSED = "refused"  # for what it is: nobody would take it another time
    DROPPED = "dropped"  # too old, or one too many


class Stretch(Protocol):
    """Rows, and the number of the last one that was looked at."""

    @property
    def rows(self) -> tuple[LedgerRow, ...]: ...
    @property
    def last(self) -> int: ...


class Tail(Protocol):
    """What is read; `audit.ledger_tail.LedgerTail` is it. Each may raise StoreError."""

    async def position(self, reader: str) -> int | None: ...
    async def newest(self) -> int: ...
    async def read(self, after: int, kinds: Collection[str]) -> Stretch: ...
    async def keep(self, reader: str, position: int) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Where messages go, and which."""

    url: str
    secret: Secret
    kinds: tuple[str, ...]


def receiver_of(inventory: Inventory) -> Receiver | None:
    """The one that the settings name."""
    settings = inventory.settings
    if not settings.webhook_url or settings.webhook_secret is None:
        return None
    kinds = tuple(f"fault.{event}" for event in settings.webhook_events)
    return Receiver(url=settings.webhook_url, secret=settings.webhook_secret, kinds=kinds)


class Webhook:
    """`run()` goes on for ever; without a receiver it looks for one in the settings, and does nothing else."""

    def __init__(
        self,
        inventory: Callable[[], Inventory],
        tail: Tail,
        own: OwnMetrics,
        *,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._inventory = inventory
        self._tail = tail
        self._own = own
        self._wall = wall
        self._receiver: Receiver | None = None
        self._begun = False  # the position of this receiver is known
        self._read_up_to = 0  # number of the last row looked at
        self._kept = 0  # the position as stored
        self._waiting: deque[Message] = deque()
        self._pause_s = 0.0
        self._is_up = True
        for outcome in Outcome:
            own.set("netwatch_webhook_messages_total", 0, outcome.value)

    async def run(self) -> None:
        """Deliver for ever."""
        async with ClientSession(timeout=ClientTimeout(total=TIMEOUT_S), trust_env=False) as session:
            while True:
                await self.round(session)
                await asyncio.sleep(max(ROUND_S, self._pause_s))

    async def round(self, session: ClientSession) -> None:
        """Look once at what came, and deliver it. Stops at the first failure, until the next round."""
        try:
            await self._follow_settings()
            if self._receiver is not None:
                await self._look(self._receiver)
                await self._deliver_all(session, self._receiver)
                await self._keep_position(self._receiver)
        except StoreError as error:
            _log.error("what faults did cannot be read for the webhook: %s", error)
        waiting = self._waiting
        self._own.set("netwatch_webhook_queue_length", len(waiting))
        waited_s = self._wall() - waiting[0].at_wall_s if waiting else 0.0
        self._own.set("netwatch_webhook_waiting_seconds", max(0.0, waited_s))

    async def _follow_settings(self) -> None:
        """Begin where this receiver was left; at the newest row with one that is new, which is told no old stories."""
        receiver = receiver_of(self._inventory())
        if (receiver and receiver.url) != (self._receiver and self._receiver.url):
            self._begun, self._pause_s, self._is_up = False, 0.0, True
            self._waiting.clear()
        self._receiver = receiver
        if self._begun:
            return
        url = receiver.url if receiver is not None else ""
        position = await self._tail.position(url)
        if position is None:
            position = await self._tail.newest()
            await self._tail.keep(url, position)
        self._read_up_to = self._kept = position
        self._begun = True

    async def _look(self, receiver: Receiver) -> None:
        inventory = self._inventory()
        while True:
            stretch = await self._tail.read(self._read_up_to, receiver.kinds)
            for row in stretch.rows:
                self._waiting.append(message(row, city=inventory.city, timezone=inventory.timezone))
            is_all = stretch.last == self._read_up_to
            self._read_up_to = stretch.last
            self._drop_what_is_too_much()
            if is_all:
                return

    def _drop_what_is_too_much(self) -> None:
        """The oldest first: what is newest is what counts."""
        oldest_wall_s = self._wall() - KEPT_S
        while self._waiting and (len(self._waiting) > MOST_WAITING or self._waiting[0].at_wall_s < oldest_wall_s):
            self._waiting.popleft()
            self._own.add("netwatch_webhook_messages_total", Outcome.DROPPED.value)

    async def _deliver_all(self, session: ClientSession, receiver: Receiver) -> None:
        while self._waiting:
            outcome, said = await self._post(session, receiver, self._waiting[0])
            self._own.add("netwatch_webhook_messages_total", outcome.value)
            if outcome is Outcome.FAILED:
                if self._is_up:
                    _log.warning("the webhook took nothing: %s; it is tried again", said)
                self._is_up = False
                self._pause_s = min(max(2 * self._pause_s, FIRST_PAUSE_S), LONGEST_PAUSE_S)
                return
            if outcome is Outcome.REFUSED:
                _log.error("the webhook refused message %s: %s", self._waiting[0].id, said)
            if not self._is_up:
                _log.info("the webhook answers again")
            self._is_up, self._pause_s = True, 0.0
            self._waiting.popleft()

    async def _post(self, session: ClientSession, receiver: Receiver, one: Message) -> tuple[Outcome, str]:
        signed = headers(one, receiver.secret, self._wall())
        try:
            # a redirect is not followed: what is told is for this address alone
            async with session.post(receiver.url, data=one.body, headers=signed, allow_redirects=False) as answer:
                status = answer.status
        except (ClientError, TimeoutError, OSError, ValueError) as error:
            return Outcome.FAILED, type(error).__name__
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            return Outcome.DELIVERED, ""
        return Outcome.REFUSED if status in _OF_THE_MESSAGE else Outcome.FAILED, f"it answered {status}"

    async def _keep_position(self, receiver: Receiver) -> None:
        """Up to where all is delivered; what is delivered and not kept comes twice after a crash, under its old id."""
        position = self._waiting[0].seq - 1 if self._waiting else self._read_up_to
        if position != self._kept:
            await self._tail.keep(receiver.url, position)
            self._kept = position
