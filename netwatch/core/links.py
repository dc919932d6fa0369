"""(Link, its state before, what both ends say) -> the link's state: one judgement from two witnesses.

In: what is seen of the ports at both ends, of the members of an aggregate, and their totals. Out: up, degraded, lit at
one end, down or unknown, each with its reasons as sentences; rates from end to end. What is not known is not called
down: a link is up only if both ends say so, or the one end that can be asked.
"""

from dataclasses import dataclass
from enum import StrEnum

from netwatch.core.link_ends import LinkSeen
from netwatch.core.model import Link
from netwatch.core.port_seen import PortSeen


class LinkCondition(StrEnum):
    """`netwatch_link_state{state}`."""

    UP = "up"
    DEGRADED = "degraded"
    ONE_END = "one_end"  # one end has light, the other says it has none
    DOWN = "down"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Definite:
    """A condition that was known, and since when."""

    condition: LinkCondition
    since_wall_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkState:
    """The judgement. Rates are bytes/s over the last traffic interval, utilisations 0 to 1; None: not known."""

    condition: LinkCondition
    why: tuple[str, ...] = ()
    since_wall_s: float | None = None
    a: PortSeen | None = None
    b: PortSeen | None = None
    admin_down: bool = False  # switched off at an end
    is_major: bool = False  # degraded beyond the higher threshold
    before_dark: Definite | None = None  # what was known last, while the condition is unknown
    warnings: tuple[str, ...] = ()  # what weakens without being a fault yet
    rate_a_to_b: float | None = None
    rate_b_to_a: float | None = None
    capacity_bps: int | None = None
    utilization_a_to_b: float | None = None
    utilization_b_to_a: float | None = None


def fold_link(link: Link, before: LinkState | None, seen: LinkSeen, *, now_wall_s: float) -> LinkState:
    """The state of `link` after another look at its ends."""
    raise NotImplementedError
