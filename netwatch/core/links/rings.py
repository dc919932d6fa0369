"""(Ring, its state before, its links) -> the ring's state, in one vocabulary for every protocol.

In: the links' states, and what the vendor's MIB reports where there is one. Out: intact, switched (one break: service
goes on, nothing is left in reserve), split, and since when; how long the ring has been without reserve in all.
A port that the protocol blocks is oper up, so its link is up: the healthy state of a ring. A sub-ring is a chain that
its parent closes; what is broken in the parent is the parent's fault.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from netwatch.core.events import Event, EventKind
from netwatch.core.links.ring_reports import RingCondition, RingReport
from netwatch.core.links.state import SETTLE_S, LinkCondition, LinkState, condition_event
from netwatch.core.model import NOTHING, Ring
from netwatch.core.topology.ring_sides import RingWay, SharedRisk, ring_ways, shared_sides

__all__ = [
    "UNPROTECTED",
    "Break",
    "RingCondition",
    "RingReport",
    "RingState",
    "RingWay",
    "SharedRisk",
    "Told",
    "fold_ring",
    "resumed_ring",
    "ring_event",
    "ring_ways",
    "shared_sides",
]


UNPROTECTED = frozenset({RingCondition.SWITCHED, RingCondition.SPLIT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """One broken link of a ring."""

    link: str
    since_wall_s: float | None
    admin_down: bool = False
    is_seen: bool = True  # False: broken when last seen, and unseen since


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A condition as it was told, and since when."""

    condition: RingCondition
    since_wall_s: float


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
    told: Told | None = None  # what the daemon before this one had told, until the ring is seen again

    @property
    def broken(self) -> tuple[str, ...]:
        """The broken links' ids, the earliest first."""
        return tuple(one.link for one in self.breaks)


_WORDS = {
    RingCondition.MANUAL: "switched by hand, by its own report",
    RingCondition.RESTORING: "healed; it waits before it switches back, by its own report",
    RingCondition.NO_BLOCK: "no port of it is blocked, by its own report: a loop threatens",
    RingCondition.SWITCHED: "switched by its own report, although no link of it is seen broken",
    RingCondition.SPLIT: "split by its own report",
}


def fold_ring(  # noqa: PLR0913 - everything that is known of a ring
    ring: Ring,
    before: RingState | None,
    links: Mapping[str, LinkState],
    now_wall_s: float,
    report: RingReport | None = None,
    *,
    silent: Mapping[str, frozenset[str]] = NOTHING,
) -> RingState:
    """The state of `ring`, whose links (id -> state, in their order around it) are `links`.

    `silent`: broken link -> those of its two devices that are silent. One switch without power is one gap in the ring,
    although both its links are broken: the rest still hangs together, without reserve.

    What both ends of a link say counts more than what the switches say of the ring; where the two do not agree, both
    stand in `why`. Call it every few seconds while the ring is unprotected:
    that is when the time is counted.
    """
    breaks = _breaks(links)
    condition = _condition(breaks, links, report, is_one_gap=_is_one_gap(breaks, silent))
    since_s = _since(before, condition, breaks, links)
    since_s = now_wall_s if since_s is None else since_s
    is_settling = condition is RingCondition.UNKNOWN and now_wall_s - since_s < SETTLE_S
    return RingState(
        condition=condition,
        why=(*_why(ring, condition, breaks, links), *_contradictions(condition, report)),
        since_wall_s=since_s,
        breaks=breaks,
        members=tuple(links),
        unprotected_s=_unprotected_s(before, condition, since_s, now_wall_s),
        counted_wall_s=now_wall_s,
        told=before.told if before is not None and is_settling else None,
    )


def _breaks(links: Mapping[str, LinkState]) -> tuple[Break, ...]:
    """The links known to be broken, the earliest first. A cut link whose ends fell silent is still cut."""
    found = []
    for link, state in links.items():
        condition, since_s = state.condition, state.since_wall_s
        is_seen = condition is not LinkCondition.UNKNOWN
        if not is_seen and state.before_dark is not None:
            condition, since_s = state.before_dark.condition, state.before_dark.since_wall_s
        if condition in (LinkCondition.DOWN, LinkCondition.ONE_END):
            found.append(Break(link=link, since_wall_s=since_s, admin_down=state.admin_down, is_seen=is_seen))
    return tuple(sorted(found, key=lambda one: (one.since_wall_s or 0.0, one.link)))


def _condition(
    breaks: tuple[Break, ...],
    links: Mapping[str, LinkState],
    report: RingReport | None,
    *,
    is_one_gap: bool,
) -> RingCondition:
    if len(breaks) > 1 and not is_one_gap:
        return RingCondition.SPLIT
    if breaks:
        return RingCondition.MANUAL if breaks[0].admin_down else RingCondition.SWITCHED
    if report is not None and report.condition is not RingCondition.UNKNOWN:
        return report.condition
    is_unknown = not links or any(state.condition is LinkCondition.UNKNOWN for state in links.values())
    return RingCondition.UNKNOWN if is_unknown else RingCondition.INTACT


def _is_one_gap(breaks: tuple[Break, ...], silent: Mapping[str, frozenset[str]]) -> bool:
    """Whether all that is broken leads to one and the same silent switch."""
    return len(breaks) == 2 and not silent.get(breaks[0].link, frozenset()).isdisjoint(
        silent.get(breaks[1].link, frozenset())
    )


def _why(
    ring: Ring, condition: RingCondition, breaks: tuple[Break, ...], links: Mapping[str, LinkState]
) -> tuple[str, ...]:
    if not breaks:
        if condition is RingCondition.UNKNOWN:
            unseen = [link for link, state in links.items() if state.condition is LinkCondition.UNKNOWN]
            return (f"not known: {', '.join(unseen)}",) if unseen else (f"no link of ring {ring.id} is declared",)
        return (_WORDS[condition],) if condition in _WORDS else ()
    told = tuple(_broken(one, links[one.link]) for one in breaks)
    if condition is RingCondition.SPLIT:
        return (*told, f"{breaks[0].link} broke first and contributes: without it the ring would have its reserve")
    return (*told, "traffic goes the other way round; nothing is left in reserve")


def _contradictions(condition: RingCondition, report: RingReport | None) -> tuple[str, ...]:
    """Who says otherwise. A switch that sees one break cannot know of the second."""
    if report is None:
        return ()
    agreeing = {condition, RingCondition.SWITCHED} if condition is RingCondition.SPLIT else {condition}
    return tuple(f"but {report.sentence(one)}" for one in report.said if one not in agreeing)


def _broken(one: Break, state: LinkState) -> str:
    if not one.is_seen:
        return f"{one.link} was broken when last seen"
    return f"{one.link} is broken: {'; '.join(state.why)}" if state.why else f"{one.link} is broken"


def _since(
    before: RingState | None, condition: RingCondition, breaks: tuple[Break, ...], links: Mapping[str, LinkState]
) -> float | None:
    """When the condition began: with the newest of the breaks and healings that made it. None: now."""
    if before is not None and before.condition is condition:
        return before.since_wall_s
    if before is not None and before.told is not None and before.told.condition is condition:
        return before.told.since_wall_s
    was = set(before.broken) if before is not None else set()
    broken = {one.link: one.since_wall_s for one in breaks}
    moments = [since_s for link, since_s in broken.items() if link not in was]
    moments += [links[link].since_wall_s for link in was if link not in broken and link in links]
    return max((since_s for since_s in moments if since_s is not None), default=None)


def _unprotected_s(before: RingState | None, condition: RingCondition, since_s: float, now_wall_s: float) -> float:
    """All the time switched or split up to now. It never falls, whatever the wall clock does."""
    if before is None:
        return 0.0
    was, is_now = before.condition in UNPROTECTED, condition in UNPROTECTED
    if not was and not is_now:
        return before.unprotected_s
    counted_s = now_wall_s if before.counted_wall_s is None else before.counted_wall_s
    from_s = counted_s if was else max(since_s, counted_s)  # not before it was last seen to be protected
    until_s = now_wall_s if is_now else min(since_s, now_wall_s)
    return before.unprotected_s + max(until_s - from_s, 0.0)


def resumed_ring(told: Told | None, *, unprotected_s: float, counted_wall_s: float) -> RingState:
    """The state that a restart begins with: nothing is seen yet, but what was told last and the time counted."""
    return RingState(
        condition=RingCondition.UNKNOWN, told=told, unprotected_s=unprotected_s, counted_wall_s=counted_wall_s
    )


def ring_event(ring: Ring, before: RingState | None, after: RingState) -> Event | None:
    """The event of a changed condition; a ring never seen before was unknown, one from the store as told last."""
    was = before.condition if before is not None else RingCondition.UNKNOWN
    is_after_gap = before is not None and before.told is not None
    if before is not None and before.told is not None:
        if after.told is not None:
            return None
        was = before.told.condition
    return condition_event(after, was, EventKind.RING_STATE, f"ring:{ring.id}", is_after_gap=is_after_gap)
