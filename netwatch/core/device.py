"""What is known of one device: the state that `state.fold` advances and `expose.fragments` renders.

Immutable; replaced whole. Interface data are columns aligned with `InterfaceMap.names`, never an object per port.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from netwatch.core.counter_state import CounterState
from netwatch.core.errors import Reason
from netwatch.core.interface_map import InterfaceMap
from netwatch.core.model import NOTHING, Lane
from netwatch.core.reachability import Reachability

FALSE_ALARMS_BELIEVED = 3  # some agents change ifTableLastChange with every answer


class DeviceVerdict(StrEnum):
    """`netwatch_device_state{state}`. `unreachable` needs the topology: silent behind a known fault."""

    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What tells this box from another, and this boot from the one before (RFC 3411 §5, RFC 3418)."""

    sys_descr: str = ""
    sys_object_id: str = ""  # dotted
    sys_name: str = ""
    engine_id: bytes = b""
    engine_boots: int | None = None
    engine_time_s: int | None = None
    uptime_ticks: int | None = None  # sysUpTime, 1/100 s, as last read
    uptime_wraps: int = 0  # how often sysUpTime passed 2**32 while we watched
    at_s: float = 0.0  # monotonic, when uptime_ticks was read


@dataclass(frozen=True, slots=True, kw_only=True)
class InterfaceStatus:
    """ifAdminStatus, ifOperStatus and speed, aligned with the map; None: not known."""

    admin: Sequence[int | None] = ()  # 1 up, 2 down, 3 testing
    oper: Sequence[int | None] = ()  # 1 up .. 7 lowerLayerDown
    speed_bps: Sequence[int | None] = ()  # None where unknown or not to be believed
    line_rates: Sequence[float | None] = ()  # bytes/s: what counters are held against
    speed_said: tuple[Sequence[int | None], ...] = ()  # ifHighSpeed and ifSpeed, as the agent gave them


@dataclass(frozen=True, slots=True, kw_only=True)
class InterfaceTraffic:
    """Monotonic totals per column name (`receive_bytes`, `transmit_unicast_packets`, ...), aligned with the map.

    `totals[c][i]` None: a gap, no sample is told. `stamp_ms[i]` is the wall-clock midpoint of the PDU of row i.
    """

    totals: Mapping[str, Sequence[int | None]] = NOTHING
    stamp_ms: Sequence[int] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneHealth:
    """How one lane of one device is doing."""

    last_success_wall_s: float | None = None  # complete or partial
    duration_s: float | None = None  # of the last poll
    reason: Reason | None = None  # of the last poll; None: complete
    overruns: int = 0
    failures: Mapping[Reason, int] = NOTHING  # since the daemon started


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSigns:
    """What tells cheaply whether rows may have changed (RFC 2863 §3.1.5): ifNumber and ifTableLastChange.

    `false_alarms` counts discoveries that such a sign led to and that found nothing changed.
    """

    if_number: int | None = None
    last_change_ticks: int | None = None
    false_alarms: int = 0

    def contradicted_by(self, now: "RowSigns") -> bool:
        """Whether rows may have changed since these signs were taken; agents that cry wolf are not listened to."""
        if self.false_alarms >= FALSE_ALARMS_BELIEVED:
            return False
        return _differ(self.if_number, now.if_number) or _differ(self.last_change_ticks, now.last_change_ticks)

    def completed_by(self, now: "RowSigns") -> "RowSigns":
        """These signs, with what was missing in them."""
        if self.if_number is not None and self.last_change_ticks is not None:
            return self
        return replace(
            self,
            if_number=now.if_number if self.if_number is None else self.if_number,
            last_change_ticks=now.last_change_ticks if self.last_change_ticks is None else self.last_change_ticks,
        )

    def settled(self, now: "RowSigns", *, false_alarm: bool) -> "RowSigns":
        """The signs of a map just discovered."""
        return replace(now, false_alarms=self.false_alarms + 1 if false_alarm else self.false_alarms)


def _differ(one: int | None, other: int | None) -> bool:
    return one is not None and other is not None and one != other


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """The verdict that the daemon before this one had told."""

    verdict: DeviceVerdict
    since_wall_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceState:
    """Everything netwatch holds to be true of one device, with its age."""

    icmp: Reachability = field(default_factory=Reachability)
    snmp: Reachability = field(default_factory=Reachability)
    verdict: DeviceVerdict = DeviceVerdict.UNKNOWN
    verdict_since_wall_s: float | None = None
    before_restart: "Remembered | None" = None  # what the store says it was; settled by the first verdict
    rtt_s: float | None = None  # of the last answered echo
    loss_ratio: float | None = None  # over the last echoes, 0..1
    identity: Identity = field(default_factory=Identity)
    interfaces: InterfaceMap = field(default_factory=InterfaceMap)
    status: InterfaceStatus = field(default_factory=InterfaceStatus)
    traffic: InterfaceTraffic = field(default_factory=InterfaceTraffic)
    signs: RowSigns = field(default_factory=RowSigns)
    counters: CounterState = field(default_factory=CounterState)
    counters_reset: bool = False  # rebooted or swapped since the counters were last folded
    lanes: Mapping[Lane, LaneHealth] = NOTHING
