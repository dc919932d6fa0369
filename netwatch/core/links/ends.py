"""(DeviceState, port text) -> what one end of a link says: its port, its totals, and how well it is seen."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from netwatch.core.device.counter_block import CounterBlock
from netwatch.core.device.reachability import Answer
from netwatch.core.device.record import DeviceState
from netwatch.core.links.port_seen import PortRows, PortSeen, cell, port_at, row_of

_COLUMNS = (
    "receive_bytes",
    "transmit_bytes",
    "receive_unicast_packets",
    "receive_multicast_packets",
    "receive_broadcast_packets",
    "transmit_unicast_packets",
    "transmit_multicast_packets",
    "transmit_broadcast_packets",
    "receive_errors",
    "transmit_errors",
    "transmit_discards",
)
_all_columns = itemgetter(*_COLUMNS)


@lru_cache(maxsize=256)
def _cells_of(names: tuple[str, ...]) -> Callable[[Sequence[int]], tuple[int, ...]] | None:
    """What picks those out of a row with a cell of each of these columns; None where they are not all there."""
    return itemgetter(*map(names.index, _COLUMNS)) if set(names).issuperset(_COLUMNS) else None


class Sight(StrEnum):
    """How one end of a link is seen."""

    WATCHED = "watched"  # its agent answers and tells of the port
    NOT_READ = "not_read"  # its agent answers, this port's row could not be read
    IN_DOUBT = "in_doubt"  # which row it is must be found out anew
    UNMATCHED = "unmatched"  # the agent has no such port, or several
    SILENT = "silent"  # the agent does not answer
    NOT_OBSERVED = "not_observed"


class PortTotals(NamedTuple):
    """The monotonic totals of one port as last read; None: a gap. A tuple, for every poll makes one."""

    stamp_ms: int  # wall clock, of all of them
    receive_bytes: int | None = None
    transmit_bytes: int | None = None
    receive_packets: int | None = None
    transmit_packets: int | None = None
    receive_errors: int | None = None
    transmit_errors: int | None = None
    transmit_discards: int | None = None  # those received are no matter here: often they are not meant for us


class EndSeen(NamedTuple):
    """One end of a link. `port` is None where the port text names no row; `totals` None where none are told now."""

    sight: Sight
    port: PortSeen | None = None
    totals: PortTotals | None = None

    @property
    def is_up(self) -> bool | None:
        """Whether the port is seen to be up, now; None: not known."""
        return self.port.is_up if self.port is not None and self.sight is Sight.WATCHED else None


class LinkSeen(NamedTuple):
    """Both ends of a link. An end None: its device is not asked over SNMP, by the inventory.

    `members` are aligned with `Link.members`.
    """

    a: EndSeen | None
    b: EndSeen | None
    members: tuple[tuple[EndSeen | None, EndSeen | None], ...] = ()


def end_seen(state: DeviceState | None, port: str, rows: PortRows | None = None) -> EndSeen:
    """What the end of a link at `port` says; `state` None: nothing was seen of its device yet."""
    if state is None:
        return EndSeen(sight=Sight.NOT_OBSERVED)
    row = row_of(state.interfaces, port) if rows is None else rows.at(state.interfaces, port)
    if row is None:
        return EndSeen(sight=_sight(state, None))
    seen = port_at(state, row)
    return EndSeen(sight=_sight(state, seen), port=seen, totals=totals_at(state, row))


def _sight(state: DeviceState, seen: PortSeen | None) -> Sight:
    if state.snmp.answer is Answer.SILENT:
        return Sight.SILENT
    if state.snmp.answer is Answer.NOT_OBSERVED or not state.interfaces.names:
        return Sight.NOT_OBSERVED
    if state.interfaces.in_doubt:
        return Sight.IN_DOUBT
    if seen is None:
        return Sight.UNMATCHED
    return Sight.WATCHED if seen.is_fresh else Sight.NOT_READ


def totals_at(state: DeviceState, row: int) -> PortTotals | None:
    """The totals of the port at that position of the index map; None where none are told of it now."""
    traffic = state.traffic
    stamps = traffic.stamp_ms
    stamp_ms = stamps[row] if stamps else 0
    if not stamp_ms or state.interfaces.in_doubt:
        return None
    told = traffic.totals
    if isinstance(told, CounterBlock) and (cells_of := _cells_of(told.names)) is not None:
        whole = cells_of(told.across(row))
        return PortTotals(stamp_ms, whole[0], whole[1], sum(whole[2:5]), sum(whole[5:8]), whole[8], whole[9], whole[10])
    try:
        received, sent, in_1, in_2, in_3, out_1, out_2, out_3, broken_in, broken_out, thrown_away = _all_columns(told)
        return PortTotals(
            stamp_ms,
            received[row],
            sent[row],
            in_1[row] + in_2[row] + in_3[row],
            out_1[row] + out_2[row] + out_3[row],
            broken_in[row],
            broken_out[row],
            thrown_away[row],
        )
    except (LookupError, TypeError):  # agents without some of them exist, and cells without a total
        cells = [cell(told.get(name, ()), row) for name in _COLUMNS]
        packets = _packets(*cells[2:5]), _packets(*cells[5:8])
        return PortTotals(stamp_ms, cells[0], cells[1], *packets, cells[8], cells[9], cells[10])


class ReceivedColumns(NamedTuple):
    """Bytes received of all ports of a device, and when they were read: ms of wall clock. Empty: nothing told now."""

    stamp_ms: Sequence[int] = ()
    octets: Sequence[int | None] = ()


def received_columns(state: DeviceState) -> ReceivedColumns:
    """What all ports of a device received, as in their totals."""
    if state.interfaces.in_doubt:
        return ReceivedColumns()
    return ReceivedColumns(state.traffic.stamp_ms, state.traffic.totals.get("receive_bytes", ()))


def _packets(unicast: int | None, multicast: int | None, broadcast: int | None) -> int | None:
    """Of every cast; None where the unicast ones are not told. Agents without the other two columns exist."""
    return None if unicast is None else unicast + (multicast or 0) + (broadcast or 0)
