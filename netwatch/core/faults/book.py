"""Causes, diagnosis after diagnosis -> faults with a life: opened, changed, cleared, each under one id for good.

In: the causes as `diagnosis` names them now, with what they cost. Out: the faults, and an event where one opens,
changes or clears. A fault keeps its id and its date while its evidence grows, over reloads and restarts too. It clears
only when what it was about is seen to be well; not being seen any more clears nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from netwatch.core.events import Event, EventKind
from netwatch.core.faults.diagnosis import Cause, FaultKind
from netwatch.core.faults.dispatch import Dispatch
from netwatch.core.faults.severity import Severity
from netwatch.core.faults.work import WorkLog
from netwatch.core.model import NOTHING
from netwatch.core.records import replace

TOLD_CLEARED_S = 1200.0  # a cleared fault, and a severity it has left, is told as 0 for so long
REOPENED_WITHIN_S = 120.0  # a fault that comes back so soon was not gone


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A cause with what it costs now."""

    cause: Cause
    severity: Severity
    affected: Mapping[tuple[str, str], int] = NOTHING  # (service, district) -> field devices out of service
    dispatch: Dispatch = field(default_factory=Dispatch)
    place: str = ""  # the district, for whoever reads


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is, or lately was, wrong."""

    id: str
    found: Found
    since_wall_s: float
    cleared_wall_s: float | None = None
    left: Mapping[Severity, float] = NOTHING  # severities it had before -> when it left them
    is_recalled: bool = False  # the daemon before this one told of it; not yet seen again
    settled: str = ""  # what the return of the device told: power, or not

    def __str__(self) -> str:
        return f"{self.severity.value} {self.kind.value} {self.subject}"

    @property
    def is_open(self) -> bool:
        return self.cleared_wall_s is None

    @property
    def kind(self) -> FaultKind:
        return self.found.cause.kind

    @property
    def subject(self) -> str:
        return self.found.cause.subject

    @property
    def severity(self) -> Severity:
        return self.found.severity


def fault_id(kind: FaultKind, subject: str, since_wall_s: float) -> str:
    """The same for the same fault wherever it is worked out: 12 hex digits."""
    return blake2b(f"{kind.value}\0{subject}\0{since_wall_s:.3f}".encode(), digest_size=6).hexdigest()


class FaultBook:
    """All open faults, and those that cleared lately."""

    def __init__(self) -> None:
        self._faults: dict[str, Fault] = {}
        self._changed: dict[str, None] = {}
        self.work = WorkLog()
        self.is_waiting = False  # an open fault is diagnosed no more, and what it was about is not seen to be well

    @property
    def faults(self) -> Mapping[str, Fault]:
        return self._faults

    @property
    def subjects(self) -> frozenset[str]:
        """`fault:ID` of each, as the store knows them."""
        return frozenset(f"fault:{name}" for name in self._faults)

    def take_changed(self) -> tuple[Fault, ...]:
        """The faults that are others than when this was asked last; those forgotten are no longer among them."""
        changed, self._changed = self._changed, {}
        return tuple(self._faults[name] for name in changed if name in self._faults)

    def _put(self, fault: Fault) -> None:
        if self._faults.get(fault.id) != fault:
            self._changed[fault.id] = None
        self._faults[fault.id] = fault

    @property
    def open_faults(self) -> tuple[Fault, ...]:
        """The open ones, the worst first, then the oldest."""
        ranks = {severity: rank for rank, severity in enumerate(Severity)}
        alive = [fault for fault in self._faults.values() if fault.is_open]
        return tuple(sorted(alive, key=lambda fault: (ranks[fault.severity], fault.since_wall_s, fault.id)))

    def recall(self, faults: Iterable[Fault]) -> None:
        """What the daemon before this one told, before anything is diagnosed."""
        self._faults = {fault.id: replace(fault, is_recalled=True) for fault in faults}

    def fold(self, found: Sequence[Found], *, now_wall_s: float, is_well: Callable[[Cause], bool]) -> tuple[Event, ...]:
        """The events of this diagnosis. `is_well` tells whether what a cause was about is seen to be well again."""
        matched = self._match(found, now_wall_s)
        events: list[Event] = []
        for fault_id_, one in matched.items():
            events += self._go_on(self._faults[fault_id_], one, now_wall_s)
        known = {id(one) for one in matched.values()}
        for one in found:
            if id(one) not in known and one.cause.is_sure:
                events.append(self._open(one))
                matched[_id_of(one)] = one
        told = {name: one.cause for name, one in matched.items() if one.cause.is_sure}
        self.is_waiting = False
        for fault in [fault for fault in self._faults.values() if fault.is_open and fault.id not in matched]:
            into = next((name for name, cause in told.items() if _is_part_of(fault.found.cause, cause)), None)
            if into is not None or is_well(fault.found.cause):
                events.append(self._clear(fault, now_wall_s, merged_into=into))
            else:
                self.is_waiting = True
        self._forget(now_wall_s)
        return tuple(events)

    def settle(self, fault_id_: str, said: str) -> Event | None:
        """What the device's own clock told after it came back, of a fault that has cleared."""
        fault = self._faults.get(fault_id_)
        if fault is None or fault.settled:
            return None
        self._put(replace(fault, settled=said))
        detail = {"fault": fault.id, "told": said}
        at_s = fault.cleared_wall_s or fault.since_wall_s
        return Event(kind=EventKind.FAULT_SETTLED, subject=fault.subject, at_wall_s=at_s, detail=detail)

    def _match(self, found: Sequence[Found], now_wall_s: float) -> dict[str, Found]:
        """Which known fault each cause is. By subject first, then by who it could be mistaken for."""
        alive = [
            fault
            for fault in self._faults.values()
            if fault.cleared_wall_s is None or now_wall_s - fault.cleared_wall_s <= REOPENED_WITHIN_S
        ]
        alive.sort(key=lambda fault: (not fault.is_open, fault.since_wall_s, fault.id))
        by_subject: dict[str, list[Fault]] = {}
        for fault in alive:
            by_subject.setdefault(fault.subject, []).append(fault)
        matched: dict[str, Found] = {}
        left: list[Found] = []
        for one in found:
            known = [fault for fault in by_subject.get(one.cause.subject, ()) if fault.id not in matched]
            same = [fault for fault in known if _goes_on(fault, one.cause)]
            if same:
                matched[same[0].id] = one
            else:
                left.append(one)
        for one in left:
            for name in (one.cause.subject, *one.cause.ambiguous_with):
                known = [fault for fault in by_subject.get(name, ()) if fault.id not in matched and fault.is_open]
                likely = [fault for fault in known if _is_alike(fault.kind, one.cause.kind)]
                if likely and _is_same_darkness(likely[0].found.cause, one.cause):
                    matched[likely[0].id] = one
                    break
        return matched

    def _go_on(self, fault: Fault, found: Found, now_wall_s: float) -> list[Event]:
        before = fault.found
        is_sure = found.cause.is_sure
        current = found if is_sure else before
        if before.cause.kind is FaultKind.REDUNDANCY_LOST and current.cause.shares_in_darkness:
            # it was told before the other came, to which alone the darkness is put down
            current = replace(current, cause=replace(current.cause, kind=before.cause.kind), severity=before.severity)
        left = dict(fault.left)
        if current.severity is not before.severity:
            left[before.severity] = now_wall_s
            left.pop(current.severity, None)
        self._put(
            replace(
                fault,
                found=current,
                left=left,
                cleared_wall_s=None,
                is_recalled=fault.is_recalled and not is_sure,
                settled="",
            )
        )
        if not fault.is_open:
            return [self._event(EventKind.FAULT_OPENED, self._faults[fault.id], now_wall_s, again=True)]
        told_before = before.cause.kind, before.cause.subject, before.severity
        if (current.cause.kind, current.cause.subject, current.severity) == told_before:
            return []
        return [self._event(EventKind.FAULT_CHANGED, self._faults[fault.id], now_wall_s)]

    def _open(self, found: Found) -> Event:
        fault = Fault(id=_id_of(found), found=found, since_wall_s=found.cause.since_wall_s)
        self._put(fault)
        return self._event(EventKind.FAULT_OPENED, fault, fault.since_wall_s)

    def _clear(self, fault: Fault, now_wall_s: float, *, merged_into: str | None) -> Event:
        """It is well again, or was seen to be a part of another fault."""
        cleared = replace(fault, cleared_wall_s=now_wall_s)
        self._put(cleared)
        return self._event(EventKind.FAULT_CLEARED, cleared, now_wall_s, merged_into=merged_into)

    def _event(
        self, kind: EventKind, fault: Fault, at_wall_s: float, *, again: bool = False, merged_into: str | None = None
    ) -> Event:
        found, cause = fault.found, fault.found.cause
        detail: dict[str, str | int | float | bool | None] = {
            "fault": fault.id,
            "fault_kind": cause.kind.value,
            "severity": found.severity.value,
            "since": round(fault.since_wall_s, 3),
            "ambiguous_with": ", ".join(cause.ambiguous_with),
            "evidence": "; ".join(cause.evidence),
            "devices": len(cause.devices),
            "field_devices": sum(found.affected.values()),
            "send": found.dispatch.crew.value,
        }
        if again:
            detail["again"] = True
        if merged_into is not None:
            detail["merged_into"] = merged_into
        return Event(kind=kind, subject=cause.subject, at_wall_s=at_wall_s, detail=detail)

    def _forget(self, now_wall_s: float) -> None:
        old = [
            fault.id
            for fault in self._faults.values()
            if fault.cleared_wall_s is not None and now_wall_s - fault.cleared_wall_s > TOLD_CLEARED_S
        ]
        for fault_id_ in old:
            del self._faults[fault_id_]
        for fault in list(self._faults.values()):
            stale = [severity for severity, at_s in fault.left.items() if now_wall_s - at_s > TOLD_CLEARED_S]
            if stale:
                left = {severity: at_s for severity, at_s in fault.left.items() if severity not in stale}
                self._put(replace(fault, left=left))


def _is_alike(one: FaultKind, other: FaultKind) -> bool:
    """Whether two kinds can be one fault of one subject, seen better."""
    security = {FaultKind.WRONG_DEVICE}
    return (one in security) == (other in security)


def _goes_on(fault: Fault, cause: Cause) -> bool:
    """Whether it is this fault of one subject still, or again.

    What is open may be seen better; what has cleared and comes back as something else is another fault: whoever was
    told of its end under the old name would be told of that once more.
    """
    if fault.is_open:
        return _is_alike(fault.kind, cause.kind)
    return fault.kind is cause.kind and cause.is_sure


def _is_same_darkness(before: Cause, now: Cause) -> bool:
    """Whether two causes under different names are about the same thing: same links, devices or field devices."""
    return not (
        before.links.isdisjoint(now.links)
        and before.devices.isdisjoint(now.devices)
        and before.field_devices.isdisjoint(now.field_devices)
    )


def _id_of(found: Found) -> str:
    return fault_id(found.cause.kind, found.cause.subject, found.cause.since_wall_s)


def _is_part_of(one: Cause, whole: Cause) -> bool:
    """Whether everything that `one` was about is now put down to `whole`."""
    links, devices = one.links | one.weakened, one.devices | one.stopped
    return (
        bool(links or devices or one.field_devices)
        and links <= whole.links
        and devices <= whole.devices | whole.stopped
        and one.field_devices <= whole.field_devices
    )
