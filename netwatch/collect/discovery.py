"""Which rows a device has: the discovery columns walked, one TableReading per table.

A column that broke off makes its table partial: rows may be missing, so nobody may take an absent one for gone. Each
table succeeds or fails by itself. A table that was not walked because of another one's rows has no reading; one that
was not walked because the agent had fallen silent has one without rows, and the reason.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan
from types import MappingProxyType

from netwatch.core.errors import Reason
from netwatch.core.observation import TableReading, Value
from netwatch.core.plan import Column, Plan, Syntax, Table
from netwatch.snmp.ber import oid_to_dotted
from netwatch.snmp.errors import Malformed
from netwatch.snmp.port import CommandGenerator
from netwatch.snmp.target import Target
from netwatch.snmp.walk import VARBINDS_PER_REPLY, FlawKind, WalkReply, walk

FLAWS: Mapping[FlawKind, Reason] = MappingProxyType(
    {
        FlawKind.NOT_INCREASING: Reason.LOOP,
        FlawKind.TRUNCATED: Reason.TRUNCATED,
        FlawKind.EMPTY: Reason.LOOP,
        FlawKind.MALFORMED: Reason.MALFORMED,
        FlawKind.TIMEOUT: Reason.TIMEOUT,
        FlawKind.TOO_BIG: Reason.TOO_BIG,
        FlawKind.ERROR_STATUS: Reason.AGENT_ERROR,
        FlawKind.SEND_FAILED: Reason.UNREACHABLE,
        FlawKind.DEADLINE: Reason.DEADLINE,
    }
)

SILENCES_TO_GIVE_UP = 2  # tables in a row; a large table may silence an agent that answers for the next one


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a discovery may take: all of it, and what comes after the first table together.

    The first table is the one that everything else is read against. The others must not keep the device from being
    asked for its status: they share a budget. None: they are left out.
    """

    until_s: float  # monotonic
    others_s: float | None
    room: int = VARBINDS_PER_REPLY  # how many values one reply may hold, as far as is known
    late: frozenset[str] = frozenset()  # tables that took all patience the last time: they come last


async def read_tables(
    mux: CommandGenerator, target: Target, plan: Plan, *, max_rows: int, patience: Patience
) -> Mapping[str, TableReading]:
    """Walk the discovery columns of every table of the plan. Raises nothing of the network's."""
    walking = _Walking(mux, target, max_rows=max_rows, room=patience.room)
    first, others = plan.tables[:1], plan.tables[1:]
    for table in first:
        await walking.read(table, deadline_s=patience.until_s)
    if patience.others_s is None or not others:
        return walking.readings
    prompt: list[Table] = []
    late: list[Table] = []
    for table in others:
        is_prompt = patience.late.isdisjoint((table.name, table.unless, table.along))
        (prompt if is_prompt else late).append(table)
    await walking.find_empty(prompt)
    deadline_s = min(patience.until_s, time.monotonic() + patience.others_s)
    for table in (*prompt, *late):
        if _is_called_for(table, walking.readings):
            await walking.read(table, deadline_s=deadline_s)
    return walking.readings


class _Walking:
    """One discovery in progress."""

    def __init__(self, mux: CommandGenerator, target: Target, *, max_rows: int, room: int) -> None:
        self.readings: dict[str, TableReading] = {}
        self._mux = mux
        self._target = target
        self._max_rows = max_rows
        self._room = room
        self._empty: frozenset[str] = frozenset()
        self._silences = 0  # tables in a row

    async def find_empty(self, tables: Sequence[Table]) -> None:
        """Learn by one request for all of which tables the agent has no row. Silence shows nothing."""
        asked = {column.oid: table.name for table in tables if table.along is None for column in _signs(table)}
        deadline_s = time.monotonic() + self._target.timeout_s
        reply = await walk(self._mux, self._target, list(asked), max_rows=0, max_repetitions=1, deadline_s=deadline_s)
        there = {asked[flaw.column] for flaw in reply.flaws}
        self._empty = frozenset(asked.values()) - there

    async def read(self, table: Table, *, deadline_s: float) -> None:
        """Walk one table, unless that is known to be of no use."""
        columns = table.walked
        if table.name in self._empty:
            self.readings[table.name] = _unread(columns, None)
        elif self._silences == SILENCES_TO_GIVE_UP:
            self.readings[table.name] = _unread(columns, Reason.TIMEOUT)
        else:
            await self._walk(table, columns, deadline_s)

    async def _walk(self, table: Table, columns: Sequence[Column], deadline_s: float) -> None:
        oids, most, started_s = [column.oid for column in columns], table.max_rows or self._max_rows, time.monotonic()
        reply = await walk(self._mux, self._target, oids, max_rows=most, room=self._room, deadline_s=deadline_s)
        self._room = reply.room  # what silenced the agent once is not asked again
        reading = self.readings[table.name] = _reading(columns, reply, at_s=(started_s + time.monotonic()) / 2)
        self._silences = self._silences + 1 if reading.reason is Reason.TIMEOUT and not reading.indexes else 0


def _signs(table: Table) -> Sequence[Column]:
    """The columns of which any shows that a table has rows. Of the standard tables every agent has the first."""
    return table.walked if table.is_measured else table.walked[:1]


def took_patience(readings: Mapping[str, TableReading]) -> frozenset[str]:
    """The tables that met silence, and the one that was being walked when patience ended; `readings` in their order."""
    silent = {name for name, reading in readings.items() if reading.reason is Reason.TIMEOUT}
    ended = next((name for name, reading in readings.items() if reading.reason is Reason.DEADLINE), None)
    return frozenset(silent | ({ended} if ended is not None else set()))


def _is_called_for(table: Table, readings: Mapping[str, TableReading]) -> bool:
    """Whether what was found in the tables above asks for this one. One that failed says nothing of its rows."""
    if table.along is not None:
        other = readings.get(table.along)
        return other is not None and bool(other.indexes)
    other = readings.get(table.unless) if table.unless is not None else None
    return other is None or (not other.indexes and other.reason is None)


def _unread(columns: Sequence[Column], reason: Reason | None) -> TableReading:
    """A table without rows: because the agent has none, or for this reason."""
    empty: dict[str, Sequence[Value]] = {column.name: () for column in columns}
    return TableReading(indexes=(), columns=empty, at_s=(), uptime_ticks=(), reason=reason)


def _reading(columns: Sequence[Column], reply: WalkReply, *, at_s: float) -> TableReading:
    found = [reply.columns[column.oid] for column in columns]
    indexes = list(found[0])  # a walk goes upwards
    if any(rows.keys() != found[0].keys() for rows in found):
        indexes = sorted(frozenset().union(*found), key=_order)
    cells: dict[str, Sequence[Value]] = {
        column.name: _typed(column, list(map(rows.get, indexes))) for column, rows in zip(columns, found, strict=True)
    }
    return TableReading(
        indexes=tuple(indexes),
        columns=cells,
        at_s=[at_s if indexes else nan] * len(indexes),
        uptime_ticks=[None] * len(indexes),
        reason=FLAWS[reply.flaws[0].kind] if reply.flaws else None,
    )


def _typed(column: Column, values: list[Value]) -> list[Value]:
    """The values whose syntax is the object's; devices lie. An OBJECT IDENTIFIER as people write it."""
    if column.syntax is Syntax.OBJECT_ID:
        return [dotted(value) for value in values]
    kind = int if column.syntax.is_number else bytes
    return [value if isinstance(value, kind) else None for value in values]


def _order(index: str) -> tuple[int, ...]:
    return tuple(map(int, index.split(".")))


def dotted(value: Value) -> Value:
    """An OBJECT IDENTIFIER as people write it; None where its octets are none."""
    try:
        return oid_to_dotted(value).encode() if isinstance(value, bytes) else None
    except Malformed:
        return None
