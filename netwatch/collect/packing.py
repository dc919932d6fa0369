"""The answer to several tables asked in one request -> one TableReading each, with its own Reason.

A value that was not read fails its own table alone: the others are as complete as they would be by themselves.
"""

import marshal
from collections.abc import Mapping
from hashlib import blake2b
from math import nan

from netwatch.collect.requests import REASONS, LaneRequest, Packed
from netwatch.core.errors import Reason
from netwatch.core.observation import TableReading, Value
from netwatch.snmp.errors import Outcome
from netwatch.snmp.rows import RowsReply

ALIKE = 2  # a version of the format in which equal values are equal octets
DIGEST_OCTETS = 16


def unpacked(asked: LaneRequest, reply: RowsReply) -> Mapping[str, TableReading]:
    """The tables of one packed request; none of one that is not packed."""
    if not asked.packed:
        return {}
    at_s: list[float] = [nan] * len(reply.scalars)
    ticks: list[int | None] = [None] * len(reply.scalars)
    for pdu in reply.pdus:
        first, count = pdu.span.first_scalar, pdu.span.scalar_count
        uptime = pdu.head[0] if asked.request.head else None
        at_s[first : first + count] = [(pdu.sent_s + pdu.received_s) / 2] * count
        ticks[first : first + count] = [uptime if isinstance(uptime, int) else None] * count
    slack_s = max((pdu.received_s - pdu.sent_s for pdu in reply.pdus), default=0.0)
    return {one.table.name: _reading(one, reply, at_s, ticks, slack_s) for one in asked.packed}


def said(asked: LaneRequest, reply: RowsReply) -> Mapping[str, bytes]:
    """Table -> what tells its rows and values from others; nothing where not all of the request was read."""
    if reply.failures or reply.wrong_type:
        return {}
    told = {}
    for one in asked.packed:
        values = reply.scalars[one.start : one.start + len(one.columns) * len(one.indexes)]
        octets = marshal.dumps((one.indexes, values), ALIKE)
        told[one.table.name] = blake2b(octets, digest_size=DIGEST_OCTETS).digest()
    return told


def _reading(one: Packed, reply: RowsReply, at_s: list[float], ticks: list[int | None], slack_s: float) -> TableReading:
    width = len(one.columns)
    stop = one.start + width * len(one.indexes)
    columns: dict[str, list[Value]] = {
        column.name: reply.scalars[one.start + place : stop : width] for place, column in enumerate(one.columns)
    }
    return TableReading(
        indexes=one.indexes,
        columns=columns,
        at_s=at_s[one.start : stop : width],
        uptime_ticks=ticks[one.start : stop : width],
        slack_s=slack_s,
        reason=_reason(reply, one.start, stop),
    )


def _reason(reply: RowsReply, start: int, stop: int) -> Reason | None:
    """The first thing that went wrong with these values. That an SNMPv1 agent lacks objects is no failure."""
    for failure in reply.failures:
        first, count = failure.span.first_scalar, failure.span.scalar_count
        if first < stop and start < first + count and failure.outcome is not Outcome.NO_SUCH_NAME:
            return REASONS.get(failure.outcome, Reason.MALFORMED)
    return Reason.WRONG_TYPE if any(start <= column < stop for _, column in reply.wrong_type) else None
