"""What is known of one device: the state that `state.fold` advances and `expose.fragments` renders.

Immutable; replaced whole. Interface data are columns aligned with `InterfaceMap.names`, never an object per port.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from netwatch.core.device.counter_state import CounterState
from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.device.reachability import Reachability
from netwatch.core.errors import Reason
from netwatch.core.health.equipment import Equipment
from netwatch.core.model import NOTHING, Lane
from netwatch.core.neighbours.sightings import Sightings
from netwatch.core.observation import Basis

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
    last_oper: Sequence[int | None] = ()  # as `oper`, but of a port not read this time what was read last
    speed_bps: Sequence[int | None] = ()  # None where unknown or not to be believed
    own_bps: Sequence[int | None] = ()  # as `speed_bps`, by what the port itself says: no capacity of the inventory
    line_rates: Sequence[float | None] = ()  # bytes/s: what counters are held against
    speed_said: tuple[object, ...] = ()  # what the speeds were worked out from
    changed_wall_s: Sequence[float | None] = ()  # since when `last_oper` is as it is
    before_restart: frozenset[int] = frozenset()  # rows whose `last_oper` the daemon before this one read
    read_s: float | None = field(default=None, compare=False)  # monotonic: when the last poll of these ended
    read_wall_s: float | None = field(default=None, compare=False)  # the same by the wall clock


@dataclass(frozen=True, slots=True, kw_only=True)
class InterfaceTraffic:
    """Monotonic totals per column name (`receive_bytes`, `transmit_unicast_packets`, ...), aligned with the map.

    `totals[c][i]` None: a gap, no sample is told. `stamp_ms[i]` is the wall-clock midpoint of the PDU of row i.
    """

    totals: Mapping[str, Sequence[int | None]] = NOTHING
    stamp_ms: Sequence[int] = ()
    read_s: float = 0.0  # monotonic: when the newest row was read


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneHealth:
    """How one lane of one device is doing."""

    last_success_wall_s: float | None = None  # complete or partial
    finished_s: float | None = None  # monotonic, of the last poll
    duration_s: float | None = None  # likewise
    reason: Reason | None = None  # of the last poll; None: complete
    overruns: int = 0
    failures: Mapping[Reason, int] = NOTHING  # since the daemon started


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSigns:
    """What tells cheaply whether rows may have changed (RFC 2863 §3.1.5): ifNumber and ifTableLastChange.

    The alarms count, in a row and for each sign, the discoveries it led to that found nothing moved.
    """

    if_number: int | None = None
    last_change_ticks: int | None = None
    false_numbers: int = 0
    false_changes: int = 0

    def contradicted_by(self, now: "RowSigns") -> bool:
        """Whether rows may have changed since these signs were taken; a sign that cries wolf is not listened to."""
        number, change = self._differ(now)
        return (number and self.false_numbers < FALSE_ALARMS_BELIEVED) or (
            change and self.false_changes < FALSE_ALARMS_BELIEVED
        )

    def completed_by(self, now: "RowSigns") -> "RowSigns":
        """These signs, with what was missing in them."""
        if self.if_number is not None and self.last_change_ticks is not None:
            return self
        return replace(
            self,
            if_number=now.if_number if self.if_number is None else self.if_number,
            last_change_ticks=now.last_change_ticks if self.last_change_ticks is None else self.last_change_ticks,
        )

    def settled(self, now: "RowSigns", *, moved: bool) -> "RowSigns":
        """The signs of a map just discovered, which `moved` or is still the one before."""
        number, change = self._differ(now)
        return replace(
            now,
            false_numbers=_alarms(self.false_numbers, raised=number, moved=moved),
            false_changes=_alarms(self.false_changes, raised=change, moved=moved),
        )

    def forgotten(self) -> "RowSigns":
        """After a reboot: both begin anew, which says nothing against either."""
        return replace(self, if_number=None, last_change_ticks=None)

    def _differ(self, now: "RowSigns") -> tuple[bool, bool]:
        return _differ(self.if_number, now.if_number), _differ(self.last_change_ticks, now.last_change_ticks)


def _alarms(false: int, *, raised: bool, moved: bool) -> int:
    if not raised:
        return false
    return 0 if moved else false + 1


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
    interfaces_from: Basis | None = field(default=None, compare=False, repr=False)  # what they were last found by
    status: InterfaceStatus = field(default_factory=InterfaceStatus)
    traffic: InterfaceTraffic = field(default_factory=InterfaceTraffic)
    told_ms: int = 0  # the newest time stamp told of any counter
    signs: RowSigns = field(default_factory=RowSigns)
    sightings: Sightings = field(default_factory=Sightings)
    equipment: Equipment = field(default_factory=Equipment)
    unmatched: Mapping[str, str] = NOTHING  # ports of the inventory that no row is, or several are -> which
    counters: CounterState = field(default_factory=CounterState)
    counters_reset: bool = False  # rebooted or swapped since the counters were last folded
    lanes: Mapping[Lane, LaneHealth] = NOTHING
