"""(DeviceState, port text) -> what one end of a link says: its port, its totals, and how well it is seen."""

from dataclasses import dataclass
from enum import StrEnum

from netwatch.core.device import DeviceState
from netwatch.core.port_seen import PortRows, PortSeen


class Sight(StrEnum):
    """How one end of a link is seen."""

    WATCHED = "watched"  # its agent answers and tells of the port
    NOT_READ = "not_read"  # its agent answers, this port's row could not be read
    IN_DOUBT = "in_doubt"  # which row it is must be found out anew
    UNMATCHED = "unmatched"  # the agent has no such port, or several
    SILENT = "silent"  # the agent does not answer
    NOT_OBSERVED = "not_observed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PortTotals:
    """The monotonic totals of one port as last read; None: a gap."""

    stamp_ms: int  # wall clock, of all of them
    receive_bytes: int | None = None
    transmit_bytes: int | None = None
    receive_packets: int | None = None
    transmit_packets: int | None = None
    receive_errors: int | None = None
    transmit_errors: int | None = None
    receive_discards: int | None = None
    transmit_discards: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSeen:
    """One end of a link. `port` is None where the port text names no row; `totals` None where none are told now."""

    sight: Sight
    port: PortSeen | None = None
    totals: PortTotals | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSeen:
    """Both ends of a link. An end None: its device is not asked over SNMP, by the inventory.

    `members` are aligned with `Link.members`.
    """

    a: EndSeen | None
    b: EndSeen | None
    members: tuple[tuple[EndSeen | None, EndSeen | None], ...] = ()


def end_seen(state: DeviceState | None, port: str, rows: PortRows | None = None) -> EndSeen:
    """What the end of a link at `port` says; `state` None: nothing was seen of its device yet."""
    raise NotImplementedError
