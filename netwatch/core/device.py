"""What is known of one device: the state that `state.fold` advances and `expose.fragments` renders.

Immutable; replaced whole. Interface data are columns aligned with `InterfaceMap.names`, never an object per port.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from netwatch.core.errors import Reason
from netwatch.core.model import NOTHING, Lane
from netwatch.core.reachability import Reachability


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
class InterfaceMap:
    """Which rows exist and what they are called; the outcome of discovery.

    `names` are unique within the device and are the `interface` label. `epoch` grows with every change of
    `indexes` or `names`.
    """

    epoch: int = 0
    indexes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    descriptions: tuple[str, ...] = ()
    types: tuple[int | None, ...] = ()  # IANAifType
    dropped: int = 0  # rows beyond the cap
    in_doubt: bool = False  # rows are held back until rediscovered


@dataclass(frozen=True, slots=True, kw_only=True)
class InterfaceStatus:
    """ifAdminStatus, ifOperStatus and speed, aligned with the map; None: not known."""

    admin: Sequence[int | None] = ()  # 1 up, 2 down, 3 testing
    oper: Sequence[int | None] = ()  # 1 up .. 7 lowerLayerDown
    speed_bps: Sequence[int | None] = ()  # None where unknown or not to be believed


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
class DeviceState:
    """Everything netwatch holds to be true of one device, with its age."""

    icmp: Reachability = field(default_factory=Reachability)
    snmp: Reachability = field(default_factory=Reachability)
    verdict: DeviceVerdict = DeviceVerdict.UNKNOWN
    verdict_since_wall_s: float | None = None
    rtt_s: float | None = None  # of the last answered echo
    loss_ratio: float | None = None  # over the last echoes, 0..1
    identity: Identity = field(default_factory=Identity)
    interfaces: InterfaceMap = field(default_factory=InterfaceMap)
    status: InterfaceStatus = field(default_factory=InterfaceStatus)
    traffic: InterfaceTraffic = field(default_factory=InterfaceTraffic)
    lanes: Mapping[Lane, LaneHealth] = NOTHING
