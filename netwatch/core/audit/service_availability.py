"""Accounts of subjects -> those of services, districts and sites, weighted; and faults by what they cost.

In: subjects with their accounts. Out: a sum for every scope that has any: a service's availability is
sum(w*U) / sum(w*(U+D)), w being the cameras behind each subject, and the camera-hours lost are sum(w*D).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from netwatch.core.audit.availability import Tally
from netwatch.core.audit.repair import Repair
from netwatch.core.audit.subjects import NOTHING_LOST, Subject, SubjectAccount
from netwatch.core.audit.target import Verdict, verdict


class Scope(NamedTuple):
    """What is taken together. None: any; empty: those that have none."""

    service: str | None = None
    district: str | None = None
    site: str | None = None


CITY = Scope()


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultCost:
    """What a fault cost within a scope. The empty fault has what nobody could charge to one."""

    fault: str
    camera_ms: int
    subjects: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeAccount:
    """Subjects taken together. The tallies are in camera-milliseconds: times weight."""

    scope: Scope
    subjects: int
    weight: int
    up_means: tuple[str, ...]
    target: Fraction | None  # the one they all have
    time: Tally
    n_interval: Tally
    seen_in_maintenance: Tally
    declared_after: Tally
    repair: Repair
    faults: tuple[FaultCost, ...]  # the dearest first
    corrected: Tally | None  # the time with corrections; None where there are none

    @property
    def lost_camera_ms(self) -> int:
        """Down; over 3,600,000 these are camera-hours. Charged to faults they are as many."""
        return self.time.down

    @property
    def verdict(self) -> Verdict | None:
        """None without a target."""
        return None if self.target is None else verdict(self.time, self.target)


def scopes(subject: Subject) -> Iterator[Scope]:
    """Every scope the subject is part of."""
    yield CITY
    yield Scope(district=subject.district)
    yield Scope(site=subject.site)
    yield Scope(service=subject.service)
    yield Scope(service=subject.service, district=subject.district)


def in_scopes(accounts: Sequence[tuple[Subject, SubjectAccount]]) -> Mapping[Scope, ScopeAccount]:
    """The sum for each scope, ordered: the city first, then by name."""
    members: defaultdict[Scope, list[SubjectAccount]] = defaultdict(list)
    for subject, one in accounts:
        for scope in scopes(subject):
            members[scope].append(one)
    return {scope: together(scope, members[scope]) for scope in sorted(members, key=_order)}


def together(scope: Scope, members: Sequence[SubjectAccount]) -> ScopeAccount:
    """One account of them all. They are judged by a target only if all have the same."""
    targets = {one.target for one in members}
    things = {one.counts_as: one.weight for one in members}
    return ScopeAccount(
        scope=scope,
        subjects=len(things),
        weight=sum(things.values()),
        up_means=tuple(sorted({one.up_means for one in members})),
        target=targets.pop() if len(targets) == 1 else None,
        time=weighted((one.weight, one.time) for one in members),
        n_interval=weighted((one.weight, one.n_interval) for one in members),
        seen_in_maintenance=weighted(
            (one.weight, one.seen_in_maintenance) for one in members if one.seen_in_maintenance is not NOTHING_LOST
        ),
        declared_after=weighted(
            (one.weight, one.declared_after) for one in members if one.declared_after is not NOTHING_LOST
        ),
        repair=_repairs(one.repair for one in members),
        faults=ranked(members),
        corrected=_corrected(members),
    )


def ranked(members: Iterable[SubjectAccount]) -> tuple[FaultCost, ...]:
    """Faults by the camera-time they cost, the dearest first; of equals, by id. Together: all that was lost."""
    camera_ms: defaultdict[str, int] = defaultdict(int)
    things: defaultdict[str, set[str]] = defaultdict(set)
    for one in members:
        for fault, lost_ms in one.lost_ms.items():
            camera_ms[fault] += one.weight * lost_ms
            things[fault].add(one.counts_as)
    costs = (FaultCost(fault=fault, camera_ms=camera_ms[fault], subjects=len(things[fault])) for fault in camera_ms)
    return tuple(sorted(costs, key=lambda cost: (-cost.camera_ms, cost.fault)))


def weighted(parts: Iterable[tuple[int, Tally]]) -> Tally:
    """The sum of weight times tally."""
    up = down = maintenance = unknown = not_in_service = 0
    for weight, (its_up, its_down, its_maintenance, its_unknown, its_not_in_service) in parts:
        up += weight * its_up
        down += weight * its_down
        maintenance += weight * its_maintenance
        unknown += weight * its_unknown
        not_in_service += weight * its_not_in_service
    return Tally(up=up, down=down, maintenance=maintenance, unknown=unknown, not_in_service=not_in_service)


def _corrected(members: Sequence[SubjectAccount]) -> Tally | None:
    if all(one.corrected is None for one in members):
        return None
    return weighted((one.weight, one.time if one.corrected is None else one.corrected) for one in members)


def _repairs(parts: Iterable[Repair]) -> Repair:
    return sum(parts, start=Repair())


def _order(scope: Scope) -> tuple[tuple[bool, str], ...]:
    return tuple((part is not None, part or "") for part in scope)
