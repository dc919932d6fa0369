"""The words of a verdict on a field device, and what its port tells: `ladder` judges, `evidence` says why."""

from dataclasses import dataclass
from enum import StrEnum

from netwatch.core.neighbours.sightings import PoeStatus


class FieldCondition(StrEnum):
    """`netwatch_field_device_state{state}`. Down, behind a fault, and not observed are three different things."""

    FINE = "fine"
    FAULT = "fault"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"


class FieldCause(StrEnum):
    """`netwatch_field_device_cause{cause}`, told only while in fault."""

    NO_POWER = "no_power"
    CABLE_OR_PORT = "cable_or_port"
    DEVICE_HUNG = "device_hung"
    STREAM_SILENT = "stream_silent"
    UPSTREAM = "upstream"  # of `unreachable`: nothing is known against the device itself
    WRONG_DEVICE = "wrong_device"
    MOVED = "moved"


class Reach(StrEnum):
    """How the device's switch stands to us, by the topology."""

    REACHABLE = "reachable"  # it is lit, and a path to an anchor is possible
    CUT = "cut"  # no possible path
    UNSEEN = "unseen"  # possible, but not seen


@dataclass(frozen=True, slots=True, kw_only=True)
class PortFacts:
    """What the switch tells of the device's port. None: not known."""

    oper_up: bool | None = None
    admin_up: bool | None = None
    since_wall_s: float | None = None  # `oper_up` so since then
    poe: PoeStatus | None = None
    macs: frozenset[str] | None = None  # learned on it; empty: read, and none there
    ingress: bool | None = None  # True: about its own baseline; False: below a tenth of it
    others_alive: bool | None = None  # of a shared port: another field device on it answers
    poe_fed: bool | None = None  # whether the port was ever seen to feed a device; False: it has power of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldVerdict:
    """`evidence`: what was seen, a short sentence each. `since_wall_s` None: the evidence bears no date."""

    condition: FieldCondition = FieldCondition.UNKNOWN
    cause: FieldCause | None = None
    evidence: tuple[str, ...] = ()
    since_wall_s: float | None = None
