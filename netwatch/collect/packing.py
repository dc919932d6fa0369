"""The answer to several tables asked in one request -> one TableReading each, with its own Reason.

A value that was not read fails its own table alone: the others are as complete as they would be by themselves. Most
answers are the same as the last one, so a table is put together only when somebody wants to see its rows.
"""

import marshal
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from math import nan
from typing import NamedTuple

from netwatch.collect.requests import DIGEST_OCTETS, REASONS, LaneRequest, Packed
from netwatch.core.errors import Reason
from netwatch.core.observation import TableReading
from netwatch.snmp.errors import Outcome
from netwatch.snmp.rows import RowsReply

ALIKE = 2  # a version of the format in which equal values are equal octets


class _Times(NamedTuple):
    """When and under which sysUpTime each value of a reply was read."""

    at_s: list[float]
    ticks: list[int | None]
    slack_s: float


class Unpacked(Mapping[str, TableReading]):
    """The tables of one packed request; none of one that is not packed."""

    __slots__ = ("_asked", "_read", "_reply", "_times")

    def __init__(self, asked: LaneRequest, reply: RowsReply) -> None:
        self._asked = asked
        self._reply = reply
        self._read: dict[str, TableReading] = {}
        self._times: _Times | None = None

    def __getitem__(self, name: str) -> TableReading:
        known = self._read.get(name)
        if known is None:
            self._times = self._times or _times(self._reply)
            known = self._read[name] = _reading(self._asked.packed[name], self._reply, self._times)
        return known

    def __contains__(self, name: object) -> bool:
        return name in self._asked.packed

    def __iter__(self) -> Iterator[str]:
        return iter(self._asked.packed)

    def __len__(self) -> int:
        return len(self._asked.packed)

    @property
    def said(self) -> Mapping[str, bytes]:
        """Table -> what tells its rows and values from others; nothing where not all of the request was read.

        All of one request have the same: to look again at a table where only another has changed costs less than to
        tell each by itself.
        """
        asked, reply = self._asked, self._reply
        if reply.failures or reply.wrong_type:
            return {}
        octets = marshal.dumps(reply.scalars[len(asked.scalars) :], ALIKE)
        digest = blake2b(asked.rows_digest + octets, digest_size=DIGEST_OCTETS).digest()
        return dict.fromkeys(asked.packed, digest)


def _times(reply: RowsReply) -> _Times:
    at_s: list[float] = [nan] * len(reply.scalars)
    ticks: list[int | None] = [None] * len(reply.scalars)
    for pdu in reply.pdus:
        first, count = pdu.span.first_scalar, pdu.span.scalar_count
        uptime = pdu.head[0] if pdu.head else None
        at_s[first : first + count] = [(pdu.sent_s + pdu.received_s) / 2] * count
        ticks[first : first + count] = [uptime if isinstance(uptime, int) else None] * count
    return _Times(at_s, ticks, max((pdu.received_s - pdu.sent_s for pdu in reply.pdus), default=0.0))


def _reading(one: Packed, reply: RowsReply, times: _Times) -> TableReading:
    values = reply.scalars
    return TableReading(
        indexes=one.indexes,
        columns={name: values[cells] for name, cells in one.columns.items()},
        at_s=times.at_s[one.rows],
        uptime_ticks=times.ticks[one.rows],
        slack_s=times.slack_s,
        reason=_reason(reply, one.rows) if reply.failures or reply.wrong_type else None,
    )


def _reason(reply: RowsReply, rows: slice) -> Reason | None:
    """The first thing that went wrong with these rows. That an SNMPv1 agent lacks objects is no failure."""
    start, stop = rows.start, rows.stop
    for failure in reply.failures:
        first, count = failure.span.first_scalar, failure.span.scalar_count
        if first < stop and start < first + count and failure.outcome is not Outcome.NO_SUCH_NAME:
            return REASONS.get(failure.outcome, Reason.MALFORMED)
    return Reason.WRONG_TYPE if any(start <= column < stop for _, column in reply.wrong_type) else None
