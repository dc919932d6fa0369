"""(Ring, its state before, its links) -> the ring's state, in one vocabulary for every protocol.

In: the links' states, and what the vendor's MIB reports where there is one. Out: intact, switched (one break: service
goes on, nothing is left in reserve), split, and since when; how long the ring has been without reserve in all.
A port that the protocol blocks is oper up, so its link is up: the healthy state of a ring.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from netwatch.core.links import LinkState
from netwatch.core.model import Inventory, Ring


class RingCondition(StrEnum):
    """`netwatch_ring_state{state}`."""

    INTACT = "intact"
    SWITCHED = "switched"  # one break, no reserve
    SPLIT = "split"  # two breaks or more
    MANUAL = "manual"  # the one break is somebody's doing
    RESTORING = "restoring"  # healed, and the protocol waits before it switches back
    NO_BLOCK = "no_block"  # no port is blocked: a loop threatens
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """One broken link of a ring."""

    link: str
    since_wall_s: float | None
    admin_down: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RingState:
    """The judgement. `breaks` are ordered by time: the first one contributes to what the second does."""

    condition: RingCondition
    why: tuple[str, ...] = ()
    since_wall_s: float | None = None
    breaks: tuple[Break, ...] = ()
    members: tuple[str, ...] = ()  # link ids, in the order they were given
    unprotected_s: float = 0.0  # in all, switched or split; it only grows
    counted_wall_s: float | None = None  # up to when

    @property
    def broken(self) -> tuple[str, ...]:
        """The broken links' ids, the earliest first."""
        return tuple(one.link for one in self.breaks)


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedRisk:
    """What two links of one ring have in common, so that one digger cuts both."""

    kind: str  # cable | duct
    id: str
    links: tuple[str, ...]


def fold_ring(
    ring: Ring,
    before: RingState | None,
    links: Mapping[str, LinkState],
    now_wall_s: float,
    reported: RingCondition | None = None,
) -> RingState:
    """The state of `ring`, whose links (id -> state, in their order around it) are `links`."""
    raise NotImplementedError


def shared_sides(inventory: Inventory) -> Mapping[str, tuple[SharedRisk, ...]]:
    """Ring id -> what different links of it share; rings whose sides share nothing are left out."""
    raise NotImplementedError
