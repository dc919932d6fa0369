"""One device as the poller asks it: a lane in, one SnmpObservation out, whatever the wire did.

Holds what makes the next poll cheap (requests, templates, layouts, batch size) and what may be asked: the rows of the
index map, and none of them while their indexes are in doubt.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from math import isnan, nan
from sys import intern
from typing import Any, NamedTuple

from netwatch.collect.asking import Asking
from netwatch.collect.discovery import Patience, read_tables, took_patience
from netwatch.collect.fitting import Fitting, read_probes
from netwatch.collect.packing import Unpacked
from netwatch.collect.requests import REASONS, SYS_UPTIME, Choices, LaneRequest, Shared
from netwatch.collect.walked import Walked, dotted
from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.errors import Reason
from netwatch.core.health.gauges import rows_to_read
from netwatch.core.model import NOTHING, Lane
from netwatch.core.nothing import NOBODY
from netwatch.core.observation import Completeness, SnmpObservation, TableReading, Value
from netwatch.core.plan import Plan, Syntax
from netwatch.snmp import batch
from netwatch.snmp.course import Course
from netwatch.snmp.engine import RemoteEngine
from netwatch.snmp.errors import Outcome
from netwatch.snmp.port import CommandGenerator
from netwatch.snmp.rows import AgentMemory, RowsReply, read_rows
from netwatch.snmp.target import Target
from netwatch.snmp.walk import VARBINDS_PER_REPLY

INTERFACE = "interface"
ENGINE = "engine"  # in what is remembered
SECOND_LOOK_SLACK_S = 0.25
NOTHING_WALKED = Walked({})
MOST_IN_A_WALK = batch.LARGEST  # values, if the agent has answered as many
LEAST_PATIENCE_S = 5.0  # with the tables behind the interfaces, however often the status is asked
# Reports are no answers, and anybody may send them; a poll that is CANCELLED met our own deadline
SILENCES = frozenset({Outcome.TIMEOUT, Outcome.REFUSED, Outcome.CANCELLED})
CUT = SILENCES | {Outcome.SEND_FAILED}


class Answered(NamedTuple):
    """One request with what came of it."""

    asked: LaneRequest
    reply: RowsReply


class Agent:
    """The poller's side of one device."""

    def __init__(self, device: str, asking: Asking, plan: Plan, *, shared: Shared, max_rows: int) -> None:
        self.device = device
        self.asking = asking
        self.plan = plan
        self._fitting = Fitting(plan)
        self._max_rows = max_rows
        self._memory = AgentMemory(shared.templates)
        self._composing = shared.requests
        self._choices = Choices(asking.version)
        self._address = ""
        self._target: Target | None = None
        self.engine = RemoteEngine()  # of SNMPv3
        self._silent_polls = 0  # in a row
        self.patience_s = max(LEAST_PATIENCE_S, asking.every_s[Lane.STATUS] / 2)  # with the tables of a discovery
        self._late: frozenset[str] = NOBODY  # tables that took a discovery's patience
        self.rest_is_due = False  # the last discovery was of the interfaces alone; the next one is not
        self.interfaces = InterfaceMap()
        self._requests: dict[Lane, tuple[LaneRequest, ...]] = {}
        self.found: dict[str, tuple[str, ...]] = {}  # table other than the interfaces -> its rows, by discovery
        self._finds = 0  # how often those have changed
        self._courses: dict[str, Course] = {}  # how the walks of the last discovery went
        self._walk_room = MOST_IN_A_WALK  # values of one reply to a walk, if it is known to answer as many
        self._composed_at = (-1, -1, -1, False)

    @property
    def has_rows(self) -> bool:
        """Whether discovery has told which rows there are: now, or before a restart."""
        return self.interfaces.epoch > 0

    def stand_at(self, address: str) -> None:
        """Ask this numeric address from now on."""
        if self._target is None or self._address != address:
            self._address = address
            self._target = replace(self.asking.target(address), engine=self.engine)

    def succeed(self, before: "Agent") -> None:
        """Take over from the agent of the same device under the inventory before."""
        self.use_rows(before.interfaces)
        self._memory.batch = before._memory.batch  # noqa: SLF001 - its own class
        self.engine = before.engine
        self.found = dict(before.found)
        if self._fitting.follow(before._fitting):  # noqa: SLF001 - likewise
            self.plan = self._fitting.plan

    def use_rows(self, interfaces: InterfaceMap) -> None:
        """Ask for these rows from now on. New indexes are asked by their first objects again."""
        if interfaces.epoch != self.interfaces.epoch or (self.interfaces.in_doubt and not interfaces.in_doubt):
            self._choices.forget()
            self._memory.forget_pruned()
        self.interfaces = interfaces

    def learned(self) -> Mapping[str, Any]:
        """What is worth remembering over a restart."""
        sizes = self._memory.batch.as_dict() if self._memory.batch else {}
        engine = self.engine.as_dict(time.time() - time.monotonic())
        return {**sizes, ENGINE: engine} if engine else sizes

    def remember(self, learned: Mapping[str, object]) -> None:
        """Take up what `learned` gave before the restart."""
        if learned:
            self._memory.batch = batch.from_dict(learned)
        engine = learned.get(ENGINE)
        if isinstance(engine, Mapping):
            self.engine.restore(engine, time.time() - time.monotonic())

    async def poll(self, mux: CommandGenerator, lane: Lane, *, deadline_s: float) -> SnmpObservation | None:
        """Poll once; None where this lane has nothing to ask now. Raises nothing of the network's."""
        target = self._target
        assert target is not None, "stand_at() comes first"
        started_s = time.monotonic()
        second_look = self._silent_polls == 1
        if second_look:  # one attempt settles it
            deadline_s = min(deadline_s, started_s + target.timeout_s + SECOND_LOOK_SLACK_S)
        epoch = self.interfaces.epoch
        answered = await self._read(mux, lane, target, deadline_s)
        if lane is Lane.DISCOVERY and await self._fit(mux, target, answered, deadline_s):
            answered = await self._read(mux, lane, target, deadline_s)
        learned = [self._learn(one) for one in answered]
        if any(learned) and not any(map(_is_cut, answered)):
            again = await self._read(mux, lane, target, deadline_s)  # now by the other objects
            answered = answered if any(map(_is_cut, again)) else again  # or from the next poll on
        walked = NOTHING_WALKED
        self._silent_polls = self._silent_polls + 1 if answered and all(map(_is_silent, answered)) else 0
        if lane is Lane.DISCOVERY:
            if not any(map(_is_silent, answered)):
                walked = await self._walk(mux, target, deadline_s)
        elif not answered:
            return None
        tables = _tables(answered) or walked
        completeness, reason = _judge([one.reply for one in answered], walked)
        if second_look and completeness is Completeness.FAILED and reason is Reason.DEADLINE:
            reason = Reason.TIMEOUT  # the deadline was that of the one attempt
        finished_s = time.monotonic()
        return SnmpObservation(
            device=self.device,
            lane=lane,
            epoch=epoch,
            started_s=started_s,
            finished_s=finished_s,
            read_s=_read_s(answered, finished_s),
            wall_s=time.time() - finished_s,
            completeness=completeness,
            reason=reason,
            scalars=_scalars(answered),
            tables=tables,
            plan=self.plan,
            said=NOTHING if isinstance(tables, dict) else tables.said,
            pdus=sum([len(one.reply.pdus) for one in answered]),
        )

    async def _fit(
        self, mux: CommandGenerator, target: Target, answered: Sequence[Answered], deadline_s: float
    ) -> bool:
        """Ask by the profile that fits what the device says it is; whether that asks for other scalars now."""
        if not self._fitting.is_open or not any(one.reply.pdus for one in answered):
            return False
        said = _scalars(answered)
        wanted = self._fitting.probes(said)
        found = await read_probes(mux, target, wanted, deadline_s=deadline_s) if wanted else NOBODY
        before, chosen = self.plan, self._fitting.choose(said, found)
        if (chosen.profile, chosen.model_arc) == (before.profile, before.model_arc):
            return False
        self.plan = chosen
        self._requests.clear()
        self._courses.clear()
        names = {table.name for table in self.plan.tables}
        self.found = {name: rows for name, rows in self.found.items() if name in names}
        return self.plan.scalars != before.scalars

    @property
    def why(self) -> str:
        """In words, what made the plan the one that is asked by."""
        return self._fitting.why

    async def _walk(self, mux: CommandGenerator, target: Target, deadline_s: float) -> Walked:
        """Look for the rows. From now on every cell is asked by its first object again: it may be there by now.

        Rows in doubt are held back until this has ended, so nothing else is looked for meanwhile.
        """
        self.rest_is_due = self.interfaces.in_doubt and not self.rest_is_due
        patience = Patience(
            until_s=deadline_s,
            others_s=None if self.rest_is_due else self.patience_s,
            room=self._room(),
            late=self._late,
        )
        walked = await read_tables(
            mux, target, self.plan, max_rows=2 * self._max_rows, patience=patience, courses=self._courses
        )
        self._choices.forget()
        self._note_rows(walked)
        if patience.others_s is not None:
            self._late = took_patience(walked.found)
        if any(one.reply is not None and one.reply.room < patience.room for one in walked.found.values()):
            self._walk_room = VARBINDS_PER_REPLY  # so much silenced it, if anything did: not again
        return walked

    def _room(self) -> int:
        """How many values a reply to a walk may hold: what fits a frame, less or more by what polls have shown."""
        batch = self._memory.batch
        if batch is None or batch.size < VARBINDS_PER_REPLY:
            return batch.size if batch is not None else VARBINDS_PER_REPLY
        return max(VARBINDS_PER_REPLY, min(self._walk_room, batch.proven))

    def _note_rows(self, walked: Walked) -> None:
        """Which rows the other lanes ask of the other tables. Only a complete walk retires one."""
        for table in self.plan.tables:
            before = self.found.get(table.name, ())
            if table.name == INTERFACE or not walked.is_news(table.name, before):
                continue
            if all(one.lane is Lane.DISCOVERY for one in table.columns):
                continue
            reading = walked[table.name]
            seen = tuple(map(intern, rows_to_read(table, reading)))  # thousands of devices have the same
            rows = seen if reading.reason is None else tuple(dict.fromkeys((*before, *seen)))
            if rows != before:
                self.found[table.name] = rows
                self._finds += 1

    async def _read(self, mux: CommandGenerator, lane: Lane, target: Target, deadline_s: float) -> list[Answered]:
        return [
            Answered(asked, await read_rows(mux, target, asked.request, self._memory, deadline_s=deadline_s))
            for asked in self._asked(lane)
        ]

    def _learn(self, one: Answered) -> bool:
        """Whether cells turned out to be absent that have another object to ask."""
        if None not in chain.from_iterable(one.reply.columns):
            return False
        spans = [pdu.span for pdu in one.reply.pdus]  # elsewhere None means unread
        read = [row for span in spans for row in range(span.first_row, span.first_row + span.row_count)]
        indexes = [one.asked.indexes[row] for row in read]
        columns = [[cells[row] for row in read] for cells in one.reply.columns]
        return self._choices.learn(one.asked.columns, indexes, columns)

    def _rows(self) -> Mapping[str, tuple[str, ...]]:
        return self.found if self.interfaces.in_doubt else {INTERFACE: self.interfaces.indexes, **self.found}

    def _asked(self, lane: Lane) -> tuple[LaneRequest, ...]:
        """The lane's requests, the same objects as long as nothing has changed."""
        state = (self.interfaces.epoch, self._choices.revision, self._finds, self.interfaces.in_doubt)
        if state != self._composed_at:
            self._requests.clear()
            self._composed_at = state
        if lane not in self._requests:
            self._requests[lane] = self._composing.compose(self.plan, lane, self._rows(), self._choices)
        return self._requests[lane]


def failed(device: str, lane: Lane, reason: Reason) -> SnmpObservation:
    """The observation of a poll that could not even be sent."""
    now_s = time.monotonic()
    return SnmpObservation(
        device=device,
        lane=lane,
        epoch=0,
        started_s=now_s,
        finished_s=now_s,
        read_s=now_s,
        wall_s=time.time() - now_s,
        completeness=Completeness.FAILED,
        reason=reason,
    )


def _is_cut(one: Answered) -> bool:
    """Whether the agent, or our patience, gave out before all was read."""
    return any(failure.outcome in CUT for failure in one.reply.failures)


def _is_silent(one: Answered) -> bool:
    """Whether nothing at all was answered, so that a walk would only wait for the same silence."""
    return not one.reply.pdus and any(failure.outcome in SILENCES for failure in one.reply.failures)


def _tables(answered: Sequence[Answered]) -> dict[str, TableReading] | Unpacked:
    """The tables whose rows were asked for."""
    for one in answered:
        if one.asked.packed:  # and alone: no lane has another request beside such a one
            return Unpacked(one.asked, one.reply)
    return {one.asked.table.name: _reading(one) for one in answered if one.asked.table is not None}


def _reading(one: Answered) -> TableReading:
    """The rows of one table, each with the midpoint and the sysUpTime of the PDU that carried it."""
    asked, reply = one.asked, one.reply
    count = len(asked.indexes)
    at_s, slack_s = [nan] * count, 0.0
    ticks: list[int | None] = [None] * count
    has_uptime = bool(asked.request.head)
    for pdu in reply.pdus:
        first, rows = pdu.span.first_row, pdu.span.row_count
        at_s[first : first + rows] = [(pdu.sent_s + pdu.received_s) / 2] * rows
        slack_s = max(slack_s, pdu.received_s - pdu.sent_s)
        if has_uptime:
            value = pdu.head[0]
            ticks[first : first + rows] = [value if isinstance(value, int) else None] * rows
    columns = {column.name: values for column, values in zip(asked.columns, reply.columns, strict=True)}
    return TableReading(
        indexes=asked.indexes,
        columns=columns,
        at_s=at_s,
        uptime_ticks=ticks,
        widths=asked.widths,
        slack_s=slack_s,
        reason=_reason(reply),
    )


def _scalars(answered: Sequence[Answered]) -> Mapping[str, Value]:
    """Every scalar that was asked, and sysUpTime from the newest PDU."""
    values: dict[str, Value] = {}
    for one in answered:
        values |= {
            scalar.name: dotted(value) if scalar.syntax is Syntax.OBJECT_ID else value
            for scalar, value in zip(one.asked.scalars, one.reply.scalars, strict=not one.asked.packed)
        }
        if one.reply.pdus and one.asked.request.head:
            values[SYS_UPTIME] = one.reply.pdus[-1].head[0]
    return values


def _read_s(answered: Sequence[Answered], otherwise_s: float) -> float:
    """The midpoint of the newest PDU."""
    newest = [one.reply.pdus[-1] for one in answered if one.reply.pdus]
    return max([(pdu.sent_s + pdu.received_s) / 2 for pdu in newest], default=otherwise_s)


def _reason(reply: RowsReply) -> Reason | None:
    """The first thing that went wrong. That an SNMPv1 agent lacks objects is no failure."""
    for failure in reply.failures:
        if failure.outcome is not Outcome.NO_SUCH_NAME:
            return REASONS.get(failure.outcome, Reason.MALFORMED)
    return Reason.WRONG_TYPE if reply.wrong_type else None


def _judge(replies: Sequence[RowsReply], walked: Walked) -> tuple[Completeness, Reason | None]:
    """Complete, partial or failed, and the first reason why."""
    reasons = [_reason(reply) for reply in replies] + [table.reason for table in walked.found.values()]
    reason = next(filter(None, reasons), None)
    if reason is None:
        return Completeness.COMPLETE, None
    # rows that were asked stand in their table with or without an answer; only those that came have a time
    came = any(reply.pdus for reply in replies) or any(
        not isnan(at_s) for table in walked.values() for at_s in table.at_s
    )
    return (Completeness.PARTIAL if came else Completeness.FAILED), reason
