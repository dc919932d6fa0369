"""What both ends of a link say of their light -> the link's condition, its reasons and since when.

Two witnesses: up needs both, down needs one that nobody contradicts. An end whose device is silent, in doubt or not
observed says nothing: a media converter keeps a light on in front of a dead switch. An end whose device is not asked
over SNMP at all, by the inventory, leaves the word to the other one. The members of an aggregate are judged likewise.
"""

from dataclasses import dataclass
from enum import StrEnum

from netwatch.core.links.ends import EndSeen, LinkSeen, Sight
from netwatch.core.model import Link, PortRef


class LinkCondition(StrEnum):
    """`netwatch_link_state{state}`."""

    UP = "up"
    DEGRADED = "degraded"
    ONE_END = "one_end"  # one end has light, the other says it has none
    DOWN = "down"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """What the ends say together: every condition but degraded, which light alone does not tell."""

    condition: LinkCondition
    why: tuple[str, ...] = ()
    since_wall_s: float | None = None
    admin_down: bool = False  # an end is switched off
    missing: tuple[int, ...] = ()  # positions in `Link.members` of those that are not up


# ifOperStatus (RFC 2863)
_NOT_UP = {
    2: "is down",
    3: "is under test",
    5: "is dormant",
    6: "has lost its hardware",
    7: "is down with what lies below it",
}
_UNSEEN = {
    Sight.SILENT: "the agent of {device} does not answer",
    Sight.NOT_OBSERVED: "{device} is not observed",
    Sight.UNMATCHED: "no port of {device} is {interface!r}, or several are",
    Sight.IN_DOUBT: "which port of {device} is which has to be found out anew",
    Sight.NOT_READ: "{port} could not be read",
    Sight.WATCHED: "{port} does not know its own state",
}


def judge_light(link: Link, seen: LinkSeen) -> Light:
    """The light of a link; of an aggregate, of its members too."""
    whole = judge_pair((link.a, seen.a), (link.b, seen.b))
    if not link.members:
        return whole
    parts = [
        judge_pair((a, seen_a), (b, seen_b))
        for (a, b), (seen_a, seen_b) in zip(link.members, seen.members, strict=bool(seen.members))
    ]
    missing = tuple(i for i, part in enumerate(parts) if part.condition in (LinkCondition.DOWN, LinkCondition.ONE_END))
    if not missing and whole.condition is not LinkCondition.UNKNOWN:
        return whole
    lacks = tuple(f"of {len(parts)} members, {_naming(link, i)} is missing: {parts[i].why[0]}" for i in missing)
    if whole.condition in (LinkCondition.DOWN, LinkCondition.ONE_END):
        return _with_members(whole, (*whole.why, *lacks), missing)
    since = [parts[i].since_wall_s for i in missing]
    first_s = min((at_s for at_s in since if at_s is not None), default=None)
    if missing and len(missing) == len(parts):
        shut = all(parts[i].admin_down for i in missing)
        return Light(condition=LinkCondition.DOWN, why=lacks, since_wall_s=first_s, admin_down=shut, missing=missing)
    lit = [part for part in parts if part.condition is LinkCondition.UP]
    if whole.condition is LinkCondition.UNKNOWN and not lit:
        return _with_members(whole, (*whole.why, *lacks), missing)
    if not missing:
        first_s = max((part.since_wall_s for part in lit if part.since_wall_s is not None), default=None)
    return Light(condition=LinkCondition.UP, why=lacks, since_wall_s=first_s, missing=missing)


def _with_members(whole: Light, why: tuple[str, ...], missing: tuple[int, ...]) -> Light:
    return Light(
        condition=whole.condition,
        why=why,
        since_wall_s=whole.since_wall_s,
        admin_down=whole.admin_down,
        missing=missing,
    )


def _naming(link: Link, member: int) -> str:
    a, b = link.members[member]
    return f"{a} to {b}"


def judge_pair(a: tuple[PortRef, EndSeen | None], b: tuple[PortRef, EndSeen | None]) -> Light:
    """The light between two ports. A port's end None: its device is not asked over SNMP."""
    shut: list[tuple[PortRef, EndSeen]] = []
    dark: list[tuple[PortRef, EndSeen]] = []
    lit: list[tuple[PortRef, EndSeen]] = []
    unseen: list[tuple[PortRef, EndSeen | None]] = []
    for ref, end in (a, b):
        is_up = end.is_up if end is not None else None
        if end is None or is_up is None:
            unseen.append((ref, end))
        else:
            (lit if is_up else dark).append((ref, end))
        if end is not None and end.port is not None and end.sight is Sight.WATCHED and end.port.is_shut:
            shut.append((ref, end))
    if shut:
        why = tuple(f"administratively down at {ref}" for ref, _ in shut)
        return Light(condition=LinkCondition.DOWN, why=why, since_wall_s=_first(shut), admin_down=True)
    if dark:
        condition = LinkCondition.ONE_END if lit else LinkCondition.DOWN
        told = [f"{ref} {_dark_word(end)}" for ref, end in dark] + [f"{ref} has light" for ref, _ in lit]
        told += [_not_seen(ref, end) for ref, end in unseen if end is not None]
        return Light(condition=condition, why=tuple(told), since_wall_s=_first(dark))
    if lit and all(end is None for _, end in unseen):
        newest_s = max((end.port.since_wall_s or 0.0 for _, end in lit if end.port), default=0.0)
        return Light(condition=LinkCondition.UP, since_wall_s=newest_s or None)
    told = [f"{ref} has light" for ref, _ in lit] + [_not_seen(ref, end) for ref, end in unseen]
    return Light(condition=LinkCondition.UNKNOWN, why=tuple(told))


def _first(ends: list[tuple[PortRef, EndSeen]]) -> float | None:
    told = [end.port.since_wall_s for _, end in ends if end.port is not None and end.port.since_wall_s is not None]
    return min(told, default=None)


def _dark_word(end: EndSeen) -> str:
    return _NOT_UP.get(end.port.oper or 0, "is not up") if end.port is not None else "is not up"


def _not_seen(ref: PortRef, end: EndSeen | None) -> str:
    if end is None:
        return f"{ref.device} is not asked over SNMP"
    return _UNSEEN[end.sight].format(port=ref, device=ref.device, interface=ref.interface)
