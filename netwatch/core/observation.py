"""What came back from the wire, before anything is concluded from it.

`at_s` and all other times are monotonic seconds of the daemon's clock, unless a name says `wall`.
Rows are columns: one sequence per column, aligned with `indexes`; `None` means the agent has no such value.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from netwatch.core.errors import Reason
from netwatch.core.model import NOTHING, Lane
from netwatch.core.plan import Plan

Value = int | bytes | None

Basis = tuple[object, ...]

DEVICE, FIELD_DEVICE, CANARY = "device:", "field_device:", "canary:"
"""What an echo's or check's subject begins with; an id or an address follows."""


class Completeness(StrEnum):
    COMPLETE = "complete"  # all that was asked came back; only this may retire a row
    PARTIAL = "partial"  # some tables or rows are missing
    FAILED = "failed"  # nothing came back


@dataclass(frozen=True, slots=True, kw_only=True)
class TableReading:
    """The rows of one table as read in one poll.

    `at_s[i]` and `uptime_ticks[i]` belong to the PDU that carried row i: its send/receive midpoint and the sysUpTime
    in it (None where the agent has none). A row that could not be read has None in every column and at_s NaN.
    """

    indexes: tuple[str, ...]  # index sub-identifiers, dotted, e.g. "10101"
    columns: Mapping[str, Sequence[Value]]
    at_s: Sequence[float]
    uptime_ticks: Sequence[int | None]
    widths: Mapping[str, bytes] = NOTHING  # counter columns: 32 or 64, per row
    slack_s: float = 0.0  # the longest time from a PDU's sending to its reply
    reason: Reason | None = None  # why it is not complete; None: complete
    mistyped: Mapping[str, int] = NOTHING  # column -> cells of a walk that were there, but of another syntax


@dataclass(frozen=True, slots=True, kw_only=True)
class SnmpObservation:
    """One lane of one device, polled once."""

    device: str
    lane: Lane
    epoch: int  # of the index map the rows were asked under
    started_s: float
    finished_s: float
    read_s: float  # when the agent wrote the newest reply: its PDU's midpoint
    wall_s: float  # wall clock minus monotonic clock, at `finished_s`: wall = at_s + wall_s
    completeness: Completeness
    reason: Reason | None = None
    scalars: Mapping[str, Value] = NOTHING
    tables: Mapping[str, TableReading] = NOTHING
    plan: Plan | None = None  # under which it was asked
    said: Mapping[str, bytes] = NOTHING  # of tables read to their end: equal ones have the same rows and cells
    pdus: int | None = None  # in how many answers all this came; None: not told

    def basis(self, tables: Iterable[str], *beside: object) -> "Basis | None":
        """What follows from these tables, and what is given beside them, if nothing else has a part in it.

        Equal ones have the same outcome. None where a table was not read to its end.
        """
        told, asked = self.said, self.tables
        said = tuple([told.get(name) or (None if name in asked else b"") for name in tables])
        return None if None in said else (said, self.plan, *beside)


@dataclass(frozen=True, slots=True, kw_only=True)
class PingObservation:
    """One echo, answered or not. `subject` is `device:ID`, `field_device:ID` or `canary:ADDRESS`."""

    subject: str
    at_s: float  # when it was sent
    wall_s: float  # wall clock minus monotonic clock
    rtt_s: float | None  # None: no answer in time
    reason: Reason | None = None
    attempt: int = 0  # 0: the regular echo; 1..3: a re-probe after a miss


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckObservation:
    """One check of a field device: a TCP connect, RTSP OPTIONS or ONVIF GetSystemDateAndTime."""

    subject: str
    check: str  # as the inventory writes it: `tcp/554`, `rtsp`, `onvif/8080`
    at_s: float
    wall_s: float
    duration_s: float | None  # None: failed
    reason: Reason | None = None
    clock_offset_s: float | None = None  # the device's clock minus ours, where it told the time
    evidence: str = ""  # what it answered, or how the silence came about: one printable line


Observation = SnmpObservation | PingObservation | CheckObservation
