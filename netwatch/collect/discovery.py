"""Which rows a device has: the discovery columns walked, one TableReading per table.

A column that broke off makes its table partial: rows may be missing, so nobody may take an absent one for gone.
"""

import time
from collections.abc import Mapping, Sequence
from math import nan
from types import MappingProxyType

from netwatch.core.errors import Reason
from netwatch.core.model import Lane
from netwatch.core.observation import TableReading, Value
from netwatch.core.plan import Column, Plan
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


async def read_tables(
    mux: Mux, target: Target, plan: Plan, *, max_rows: int, deadline_s: float
) -> Mapping[str, TableReading]:
    """Walk the discovery columns of every table of the plan. Raises nothing of the network's."""
    readings = {}
    for table in plan.tables:
        columns = table.of(Lane.DISCOVERY)
        if columns:
            started_s = time.monotonic()
            reply = await walk(
                mux, target, [column.oid for column in columns], max_rows=max_rows, deadline_s=deadline_s
            )
            readings[table.name] = _reading(columns, reply, at_s=(started_s + time.monotonic()) / 2)
    return readings


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
