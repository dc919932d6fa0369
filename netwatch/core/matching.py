"""choose(plans, identity) -> the plan that fits a device best, and why: by what it says of itself, never by a guess.

In: the plans with their `Match`, the device's sysObjectID and sysDescr, and which probes it answered. Out: a Choice.
The longest sysObjectID prefix wins; beside equal ones the profile that asks more of a device (a sysDescr pattern, a
probe), then the city's own before those that netwatch comes with.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from netwatch.core.plan import Match, Plan

Rank = tuple[int, bool, bool, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The plan, and in words what made it the one."""

    plan: Plan
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a device has said of itself. `answered`: the probes that had a value."""

    object_id: str
    descr: str
    answered: frozenset[str] = frozenset()


def probes(plans: Sequence[Plan], said: Said) -> tuple[str, ...]:
    """The objects worth asking for: those of profiles that fit in all else. One with a prefix needs no probe first."""
    fitting = [plan.match for plan in plans if plan.match is not None and _fits(plan.match, said, probing=True)]
    settled = any(match.object_ids and match.probe is None for match in fitting)
    wanted = [match.probe for match in fitting if match.probe is not None and (match.object_ids or not settled)]
    return tuple(dict.fromkeys(wanted))


def choose(default: Plan, plans: Sequence[Plan], said: Said) -> Choice:
    """The best of `plans`, or the default where none fits."""
    ranked = [
        (_rank(plan, plan.match, said.object_id), plan)
        for plan in plans
        if plan.match is not None and _fits(plan.match, said)
    ]
    if not ranked:
        unknown = f"no profile is for sysObjectID {said.object_id}" if said.object_id else "it has no sysObjectID"
        return Choice(plan=default, why=f"{unknown}; what the standard MIBs give is asked")
    _, best = max(ranked, key=lambda one: one[0])
    assert best.match is not None
    why = _why(best.match, said)
    if best.has_any_arc:
        arc = said.object_id.removeprefix(prefix_of(said.object_id, best.match.object_ids)).split(".")[1:2]
        if not arc:
            return Choice(plan=default, why=f"{why}, but no model follows; what the standard MIBs give is asked")
        return Choice(plan=_of_model(best, arc[0]), why=why)
    return Choice(plan=best, why=why)


@lru_cache(maxsize=256)
def _of_model(plan: Plan, arc: str) -> Plan:
    """Shared by all devices of a model."""
    return plan.of_model(arc)


def prefix_of(object_id: str, prefixes: Collection[str]) -> str:
    """The longest of the prefixes that the OID begins with; empty where none is."""
    return max((one for one in prefixes if f"{object_id}.".startswith(f"{one}.")), key=len, default="")


def _fits(match: Match, said: Said, *, probing: bool = False) -> bool:
    if match.object_ids and not prefix_of(said.object_id, match.object_ids):
        return False
    if match.descr is not None and match.descr.search(said.descr) is None:
        return False
    return match.probe is None or probing or match.probe in said.answered


def _rank(plan: Plan, match: Match, object_id: str) -> Rank:
    arcs = prefix_of(object_id, match.object_ids).count(".") if match.object_ids else 0
    return arcs, match.probe is not None, match.descr is not None, plan.is_own


def _why(match: Match, said: Said) -> str:
    reasons = []
    if match.object_ids:
        reasons.append(f"sysObjectID {said.object_id} begins with {prefix_of(said.object_id, match.object_ids)}")
    if match.descr is not None:
        reasons.append(f"sysDescr matches {match.descr.pattern!r}")
    if match.probe is not None:
        reasons.append(f"{match.probe} has a value")
    return " and ".join(reasons)
