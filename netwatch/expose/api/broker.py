"""Entities -> a context broker: a batch of whatever changed, again and again, until the broker has it (NGSI-LD §6.14).

In: what the engine knows, and the broker that the settings name. Out: `entityOperations/upsert` of what changed since
it was last accepted, `entityOperations/delete` of what is gone. What is waiting is bounded, for it is only noted which
entities changed: what finds no room is found again on the next look. A broker that is slow, wrong or away costs one
request at a time, ever more seldom, and nothing else.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from enum import StrEnum

from aiohttp import ClientSession, ClientTimeout

from netwatch.expose.api.broker_client import Answer, Broker, BrokerFailed, Task, post
from netwatch.expose.api.known import Knowing
from netwatch.expose.api.ngsi_ld import Entities, Ref
from netwatch.expose.own import OwnMetrics

ROUND_S = 2.0  # between two looks at what changed
BATCH = 100  # entities in one request
MOST_WAITING = 10_000
LOOKED_AT_ONCE = 200  # entities, then everything else has its turn
TIMEOUT_S = 10.0
FIRST_PAUSE_S = 1.0  # after a failure; doubled with each further one
LONGEST_PAUSE_S = 60.0
_log = logging.getLogger(__name__)


class Fate(StrEnum):
    """`netwatch_broker_entities_total{fate}`."""

    SENT = "sent"
    DELETED = "deleted"
    REFUSED = "refused"  # by the broker, for what they are: not sent again before they change


class Answered(StrEnum):
    """`netwatch_broker_requests_total{outcome}`."""

    OK = "ok"
    REFUSED = "refused"  # all of the batch, or a part of it
    FAILED = "failed"  # no answer, or one that says: not now


class BrokerFeed:
    """`run()` goes on for ever; without a broker it looks for one in the settings, and does nothing else."""

    def __init__(self, known: Knowing, broker: Callable[[], Broker | None], own: OwnMetrics) -> None:
        self._known = known
        self._broker = broker
        self._own = own
        for fate in Fate:
            own.set("netwatch_broker_entities_total", 0, fate.value)
        for outcome in Answered:
            own.set("netwatch_broker_requests_total", 0, outcome.value)
        self._fed: Broker | None = None
        self._told: dict[Ref, tuple[object, ...]] = {}  # what the broker has -> the key it had then
        self._urns: dict[Ref, str] = {}  # of those
        self._waiting: dict[Ref, None] = {}
        self._gone: dict[Ref, None] = {}
        self._pause_s = 0.0
        self._is_up: bool | None = None  # the last request was answered; None: no broker, or none made yet

    async def run(self) -> None:
        """Feed the broker for ever."""
        async with ClientSession(timeout=ClientTimeout(total=TIMEOUT_S), trust_env=False) as session:
            while True:
                await self.round(session)
                self._own.set("netwatch_broker_queue_length", len(self._waiting) + len(self._gone))
                await asyncio.sleep(max(ROUND_S, self._pause_s))

    async def round(self, session: ClientSession) -> None:
        """Look once at what changed, and send it. Stops at the first failure, until the next round."""
        broker = self._broker()
        if broker != self._fed:
            self._fed = broker
            for held in (self._told, self._urns, self._waiting, self._gone):
                held.clear()
            self._pause_s, self._is_up = 0.0, None
        if broker is None:
            return
        await self._look(broker)
        try:
            await self._send_all(session, broker)
        except BrokerFailed as failure:
            self._own.add("netwatch_broker_requests_total", Answered.FAILED.value)
            if self._is_up is not False:
                _log.warning("the context broker took nothing: %s; it is tried again", failure)
            self._is_up = False
            self._pause_s = min(max(2 * self._pause_s, FIRST_PAUSE_S), LONGEST_PAUSE_S)

    async def _look(self, broker: Broker) -> None:
        """Note what changed, and what is gone, as far as there is room."""
        entities, known = Entities(self._known.city, self._known.states), 0
        for kind in broker.kinds:
            for seen, ref in enumerate(entities.refs(kind), start=1):
                told = self._told.get(ref)
                known += told is not None
                if len(self._waiting) < MOST_WAITING and told != entities.key(ref):
                    self._waiting[ref] = None
                if seen % LOOKED_AT_ONCE == 0:
                    await asyncio.sleep(0)
        if known < len(self._told):
            await self._look_for_gone(entities)

    async def _look_for_gone(self, entities: Entities) -> None:
        for seen, ref in enumerate(list(self._told), start=1):
            if len(self._gone) < MOST_WAITING and entities.key(ref) is None:
                self._gone[ref] = None
            if seen % LOOKED_AT_ONCE == 0:
                await asyncio.sleep(0)

    async def _send_all(self, session: ClientSession, broker: Broker) -> None:
        while self._waiting:
            await self._send(session, broker, list(self._waiting)[:BATCH])
        while self._gone:
            refs = list(self._gone)[:BATCH]
            answer = await post(session, broker, Task.DELETE, [self._urns[ref] for ref in refs])
            self._count(answer)
            for ref in refs:  # one that the broker does not know is gone, too
                for held in (self._gone, self._told, self._urns):
                    held.pop(ref, None)
            fate = Fate.DELETED if answer.refused is not None else Fate.REFUSED
            self._own.add("netwatch_broker_entities_total", fate.value, amount=len(refs))

    async def _send(self, session: ClientSession, broker: Broker, refs: Sequence[Ref]) -> None:
        entities = Entities(self._known.city, self._known.states)
        known = [(ref, entities.key(ref), entities.build(ref)) for ref in refs]
        there = [(ref, key, entity) for ref, key, entity in known if key is not None and entity is not None]
        if there:
            context = {"@context": list(broker.contexts)}
            answer = await post(session, broker, Task.UPSERT, [{**entity, **context} for _, _, entity in there])
            self._count(answer)
            for ref, key, entity in there:
                refused = answer.refused is None or entity["id"] in answer.refused
                self._own.add("netwatch_broker_entities_total", (Fate.REFUSED if refused else Fate.SENT).value)
                self._told[ref], self._urns[ref] = key, entity["id"]
        for ref in refs:
            self._waiting.pop(ref, None)

    def _count(self, answer: Answer) -> None:
        is_whole = answer.refused is not None and not answer.refused
        self._own.add("netwatch_broker_requests_total", (Answered.OK if is_whole else Answered.REFUSED).value)
        if not is_whole:
            _log.warning("the context broker refused entities: %s", answer.said)
        if self._is_up is False:
            _log.info("the context broker answers again")
        self._is_up, self._pause_s = True, 0.0
