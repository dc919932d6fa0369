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
from netwatch.core.model import Lane
from netwatch.core.observation import TableReading, Value
from netwatch.core.plan import Column, Plan, Table
from netwatch.snmp.mux import Mux
from netwatch.snmp.target import Target
from netwatch.snmp.walk import FlawKind, WalkReply, walk

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


async def read_tables(
    mux: Mux, target: Target, plan: Plan, *, max_rows: int, patience: Patience
) -> Mapping[str, TableReading]:
    """Walk the discovery columns of every table of the plan. Raises nothing of the network's."""
    readings: dict[str, TableReading] = {}
    deadline_s = patience.until_s
    silences = 0  # in a row
    for table in plan.tables:
        if not table.of(Lane.DISCOVERY) or not _is_called_for(table, readings):
            continue
        if silences == SILENCES_TO_GIVE_UP:
            readings[table.name] = _unread(table.of(Lane.DISCOVERY), Reason.TIMEOUT)
            continue
        most = table.max_rows or max_rows
        reading = readings[table.name] = await _read_table(mux, target, table, max_rows=most, deadline_s=deadline_s)
        silences = silences + 1 if reading.reason is Reason.TIMEOUT and not reading.indexes else 0
        if len(readings) == 1:
            if patience.others_s is None:
                break
            deadline_s = min(deadline_s, time.monotonic() + patience.others_s)
    return readings


async def _read_table(mux: Mux, target: Target, table: Table, *, max_rows: int, deadline_s: float) -> TableReading:
    columns, started_s = table.of(Lane.DISCOVERY), time.monotonic()
    oids = [column.oid for column in columns]
    reply = await walk(mux, target, oids, max_rows=max_rows, deadline_s=deadline_s)
    return _reading(columns, reply, at_s=(started_s + time.monotonic()) / 2)


def _is_called_for(table: Table, readings: Mapping[str, TableReading]) -> bool:
    """Whether what was found in the tables above asks for this one. One that failed says nothing of its rows."""
    if table.along is not None:
        other = readings.get(table.along)
        return other is not None and bool(other.indexes)
    other = readings.get(table.unless) if table.unless is not None else None
    return other is None or (not other.indexes and other.reason is None)


def _unread(columns: Sequence[Column], reason: Reason) -> TableReading:
    empty: dict[str, Sequence[Value]] = {column.name: () for column in columns}
    return TableReading(indexes=(), columns=empty, at_s=(), uptime_ticks=(), reason=reason)


def _reading(columns: Sequence[Column], reply: WalkReply, *, at_s: float) -> TableReading:
    found = [reply.columns[column.oid] for column in columns]
    indexes = sorted(frozenset().union(*found), key=_order)
    cells: dict[str, Sequence[Value]] = {
        column.name: [_typed(column, rows.get(index)) for index in indexes]
        for column, rows in zip(columns, found, strict=True)
    }
    return TableReading(
        indexes=tuple(indexes),
        columns=cells,
        at_s=[at_s if indexes else nan] * len(indexes),
        uptime_ticks=[None] * len(indexes),
        reason=FLAWS[reply.flaws[0].kind] if reply.flaws else None,
    )


def _typed(column: Column, value: Value) -> Value:
    """The value if its syntax is the object's; devices lie."""
    return value if isinstance(value, int if column.syntax.is_number else bytes) else None


def _order(index: str) -> tuple[int, ...]:
    return tuple(map(int, index.split(".")))
