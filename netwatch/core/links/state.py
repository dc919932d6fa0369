"""(Link, its state before, what both ends say) -> the link's state: one judgement from two witnesses.

In: what is seen of the ports at both ends, of the members of an aggregate, and their totals. Out: up, degraded, lit at
one end, down or unknown, each with its reasons as sentences; rates from end to end. What is not known is not called
down: a link is up only if both ends say so, or the one end that can be asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

from netwatch.core.events import Event, EventKind
from netwatch.core.links.ends import EndSeen, LinkSeen, PortTotals, Sight, end_seen
from netwatch.core.links.flow import LinkCounts
from netwatch.core.links.light import LinkCondition, judge_light
from netwatch.core.links.port_seen import PortSeen
from netwatch.core.links.span import Span
from netwatch.core.links.troubles import (
    FULLNESS,
    Level,
    Look,
    Trouble,
    duplex_measured,
    fold_troubles,
    frames_measured,
    fullness_measured,
    speed_measured,
)
from netwatch.core.model import NOTHING, Link

__all__ = [
    "SETTLE_S",
    "Definite",
    "EndSeen",
    "LinkCondition",
    "LinkSeen",
    "LinkState",
    "PortTotals",
    "Sight",
    "Span",
    "Spans",
    "condition_event",
    "end_seen",
    "fold_link",
    "link_event",
    "resumed_link",
]


_NOT_ASKED = EndSeen(sight=Sight.NOT_OBSERVED)
SETTLE_S = 300.0  # after a restart; what has not been seen by then is told to be unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Definite:
    """A condition that was known, and since when."""

    condition: LinkCondition
    since_wall_s: float


class Spans(NamedTuple):
    """The light of a link's two directions."""

    to_a: Span = Span()
    to_b: Span = Span()


class LinkState(NamedTuple):
    """The judgement, and what the next one needs. Rates are bytes/s, ratios 0 to 1; None: not known.

    A tuple, for every poll brings its counts forward.
    """

    condition: LinkCondition
    why: tuple[str, ...] = ()
    since_wall_s: float | None = None
    a: PortSeen | None = None
    b: PortSeen | None = None
    admin_down: bool = False  # somebody switched an end off
    missing: tuple[int, ...] = ()  # positions in `Link.members` of those that are not up
    before_dark: Definite | None = None  # what was known last, while the condition is unknown
    from_store: bool = False  # `before_dark` is what the daemon before this one had told
    capacity_bps: int | None = None  # the inventory's, else the slower end's speed
    troubles: Mapping[str, Trouble] = NOTHING
    compared_wall_s: float | None = None  # up to when both ends' speeds were compared
    spans: Spans = Spans()
    counts: LinkCounts = LinkCounts()  # the last, for `counting`

    @property
    def rate_a_to_b(self) -> float | None:
        return self.counts.to_b.rate

    @property
    def rate_b_to_a(self) -> float | None:
        return self.counts.to_a.rate

    @property
    def utilization_a_to_b(self) -> float | None:
        return self._ratio(self.counts.to_b.rate)

    @property
    def utilization_b_to_a(self) -> float | None:
        return self._ratio(self.counts.to_a.rate)

    def counting(self, counts: LinkCounts) -> "LinkState":
        """The same link, its counts brought forward."""
        return LinkState._make((*self[:-1], counts))

    def _ratio(self, rate: float | None) -> float | None:
        return rate * 8 / self.capacity_bps if rate is not None and self.capacity_bps else None


def fold_link(link: Link, before: LinkState | None, seen: LinkSeen, *, now_wall_s: float) -> LinkState:
    """The state of `link` after another look at its ends. Looking twice at the same readings changes nothing."""
    was = before or LinkState(condition=LinkCondition.UNKNOWN)
    light = judge_light(link, seen)
    a, b = seen.a or _NOT_ASKED, seen.b or _NOT_ASKED
    counts, capacity_bps = was.counts.after(a.totals, b.totals), _capacity(link, was, seen)
    troubles, compared_s = was.troubles, was.compared_wall_s
    if light.condition is LinkCondition.UP:
        look = Look(link=link, seen=seen, capacity_bps=capacity_bps, before_a=was.counts.a, before_b=was.counts.b)
        troubles, compared_s = _measured(was, look, counts)
    elif light.condition is not LinkCondition.UNKNOWN:
        troubles = NOTHING  # what weakened it is no matter now, and afterwards begins anew
    faults = [one for key, one in sorted(troubles.items()) if _weakens(key, one)]
    condition, why, evidence_s = light.condition, light.why, light.since_wall_s
    if condition is LinkCondition.UP and (faults or light.missing):
        condition = LinkCondition.DEGRADED
        why = (*why, *(one.sentence for one in faults))
        begun = [one.since_wall_s for one in faults]
        begun += [evidence_s] if light.missing and evidence_s is not None else []
        evidence_s = min(begun, default=None)
    elif was.condition is LinkCondition.DEGRADED and condition is LinkCondition.UP:
        evidence_s = now_wall_s  # the light was there all the time
    since_s, before_dark = _since(was, condition, evidence_s, now_wall_s), _before_dark(was, condition, seen)
    return was._replace(
        condition=condition,
        why=why,
        since_wall_s=since_s,
        a=a.port,
        b=b.port,
        admin_down=light.admin_down,
        missing=light.missing,
        before_dark=before_dark,
        from_store=was.from_store and before_dark is not None and now_wall_s - since_s < SETTLE_S,
        capacity_bps=capacity_bps,
        troubles=troubles,
        compared_wall_s=compared_s,
        counts=counts,
    )


def _weakens(key: str, trouble: Trouble) -> bool:
    """Whether it is in force, and more than a link that is rather full."""
    return trouble.level is Level.MAJOR or (trouble.level is Level.WARNING and not key.startswith(FULLNESS))


def _measured(was: LinkState, look: Look, counts: LinkCounts) -> tuple[Mapping[str, Trouble], float | None]:
    """The troubles brought forward, and up to when both ends' speeds were compared."""
    measurements = [*frames_measured(look)]
    for flow, known, towards in ((counts.to_b, was.counts.to_b, "b"), (counts.to_a, was.counts.to_a, "a")):
        if flow is not known:
            measurements += fullness_measured(look.link, flow, towards=towards, capacity_bps=look.capacity_bps)
    reads = [end.port.read_wall_s for end in (look.seen.a, look.seen.b) if end is not None and end.port is not None]
    read = [at_s for at_s in reads if at_s is not None]
    compared_s = was.compared_wall_s
    if read and (compared_s is None or min(read) > compared_s):  # both were read since they were compared last
        compared_s = max(read)
        measurements += [*speed_measured(look, compared_s), *duplex_measured(look, compared_s)]
    return fold_troubles(was.troubles, measurements), compared_s


def _capacity(link: Link, was: LinkState, seen: LinkSeen) -> int | None:
    if link.capacity_bps is not None:
        return link.capacity_bps
    ports = [end.port for end in (seen.a, seen.b) if end is not None and end.port is not None]
    return min((port.speed_bps for port in ports if port.speed_bps), default=was.capacity_bps)


def _since(was: LinkState, condition: LinkCondition, evidence_s: float | None, now_wall_s: float) -> float:
    """Since when the condition holds: by the earliest evidence, and unbroken by a time of not knowing."""
    now_s = now_wall_s if evidence_s is None else evidence_s
    known = was.before_dark
    if was.condition is condition and was.since_wall_s is not None:
        known = Definite(condition=condition, since_wall_s=was.since_wall_s)
    if known is None or known.condition is not condition:
        return now_s
    if condition is LinkCondition.UP and was.condition is not condition:
        return max(known.since_wall_s, now_s)  # it may have been down in between
    if condition in (LinkCondition.DOWN, LinkCondition.ONE_END):
        return min(known.since_wall_s, now_s)
    return known.since_wall_s


def _before_dark(was: LinkState, condition: LinkCondition, seen: LinkSeen) -> Definite | None:
    if condition is not LinkCondition.UNKNOWN:
        return None
    known = was.before_dark
    if was.condition is not LinkCondition.UNKNOWN and was.since_wall_s is not None:
        known = Definite(condition=was.condition, since_wall_s=was.since_wall_s)
    is_lit = any(end is not None and end.is_up for end in (seen.a, seen.b))
    # a cut that one end now contradicts is known no longer
    return None if known is not None and known.condition is LinkCondition.DOWN and is_lit else known


def resumed_link(condition: LinkCondition, since_wall_s: float, spans: Spans | None = None) -> LinkState:
    """The state that a restart begins with: nothing is known of the link but what was told last, and its light."""
    told = Definite(condition=condition, since_wall_s=since_wall_s)
    return LinkState(
        condition=LinkCondition.UNKNOWN,
        before_dark=told,
        from_store=True,
        spans=spans if spans is not None else Spans(),
    )


def link_event(link: Link, before: LinkState | None, after: LinkState) -> Event | None:
    """The event of a changed condition; a link never seen before was unknown, one from the store as told last."""
    told = before.condition if before is not None else LinkCondition.UNKNOWN
    is_after_gap = before is not None and before.from_store
    if before is not None and before.from_store and before.before_dark is not None:
        if after.from_store:
            return None
        told = before.before_dark.condition
    return condition_event(after, told, EventKind.LINK_STATE, f"link:{link.id}", is_after_gap=is_after_gap)


class Judged(Protocol):
    """The state of a link or a ring."""

    @property
    def condition(self) -> StrEnum: ...
    @property
    def why(self) -> tuple[str, ...]: ...
    @property
    def since_wall_s(self) -> float | None: ...


def condition_event(after: Judged, told: StrEnum, kind: EventKind, subject: str, *, is_after_gap: bool) -> Event | None:
    """The event where the condition is another than was told. `is_after_gap`: found by the first look of a daemon."""
    if told is after.condition:
        return None
    detail = {"from": told.value, "to": after.condition.value, "why": "; ".join(after.why)}
    return Event(
        kind=kind,
        subject=subject,
        at_wall_s=after.since_wall_s or 0.0,
        detail={**detail, "found_after_gap": True} if is_after_gap else detail,
    )
