"""What is known of one field device (camera, signal controller, sensor): how each of its checks last went.

In: echoes and check observations. Out: the new state, and an event when a check changed its answer. A check fails for
good only on the second failure in a row, so that one lost SYN is no event.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from netwatch.core.errors import Reason
from netwatch.core.events import Event, EventKind
from netwatch.core.model import NOTHING
from netwatch.core.observation import CheckObservation, PingObservation

FAILURES_TO_FAIL = 2
PING = "ping"
_NO_EVIDENCE = frozenset({Reason.LOCAL, Reason.UNRESOLVED})


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckTold:
    """What the daemon before this one had told of a check."""

    up: bool
    since_wall_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckState:
    """One check. `up` None: not yet decided."""

    up: bool | None = None
    since_wall_s: float | None = None
    failures: int = 0  # in a row
    first_failure_wall_s: float | None = None
    duration_s: float | None = None  # of the last success
    answered_wall_s: float | None = None  # when that was sent
    failed_wall_s: float | None = None  # when the last failure was tried
    reason: Reason | None = None  # of the last failure
    clock_offset_s: float | None = None  # the device's clock minus ours at the last success; None once it fails
    evidence: str = ""  # what the last try brought
    before_restart: CheckTold | None = None  # what the store says it was; settled by the first decision


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldState:
    """Check name -> how it stands."""

    checks: Mapping[str, CheckState] = NOTHING


def fold_check(
    subject: str, state: FieldState, seen: CheckObservation | PingObservation
) -> tuple[FieldState, tuple[Event, ...]]:
    """The state after one check or echo of the field device called `subject` (its id)."""
    if seen.reason in _NO_EVIDENCE:
        return state, ()
    name = seen.check if isinstance(seen, CheckObservation) else PING
    duration_s = seen.duration_s if isinstance(seen, CheckObservation) else seen.rtt_s
    asked_wall_s = seen.at_s + seen.wall_s
    if duration_s is None and _has_come_back_since(state, asked_wall_s):
        return state, ()
    before = state.checks.get(name, CheckState())
    after = _after(before, duration_s, seen.reason, at_wall_s=asked_wall_s)
    if isinstance(seen, CheckObservation):
        # a failure that decides nothing yet leaves the clock as it was told
        offset_s = before.clock_offset_s if duration_s is None and after.up is not False else seen.clock_offset_s
        after = replace(after, clock_offset_s=offset_s, evidence=seen.evidence)
    told, was_up = before.before_restart, before.up
    if told is not None and after.up is not None:
        was_up = told.up
        since_wall_s = told.since_wall_s if after.up is told.up else after.since_wall_s
        after = replace(after, since_wall_s=since_wall_s, before_restart=None)
    elif told is not None:
        after = replace(after, before_restart=told)
    advanced = replace(state, checks={**state.checks, name: after})
    if after.up is None or after.up is was_up or (was_up is None and after.up):
        return advanced, ()
    event = Event(
        kind=EventKind.CHECK_STATE,
        subject=f"field_device:{subject}",
        at_wall_s=after.since_wall_s or 0.0,
        detail={
            "check": name,
            "up": after.up,
            "reason": after.reason.value if after.reason else None,
            "found_after_gap": told is not None,
        },
    )
    return advanced, (event,)


def _has_come_back_since(state: FieldState, asked_wall_s: float) -> bool:
    """Whether a check that had failed answered what it was asked later: this question was put to a dead device."""
    return any(
        check.up and check.since_wall_s is not None and check.since_wall_s > asked_wall_s
        for check in state.checks.values()
    )


def settled(before: FieldState, after: FieldState) -> dict[str, CheckTold]:
    """Check name -> how it stands now, where that was not so before: what must survive a restart."""
    return {
        name: CheckTold(up=check.up, since_wall_s=check.since_wall_s)
        for name, check in after.checks.items()
        if check.up is not None
        and check.since_wall_s is not None
        and check.up is not before.checks.get(name, CheckState()).up
    }


def as_told(checks: Mapping[str, CheckTold]) -> FieldState:
    """The state of a field device of which nothing is known but what was told before a restart."""
    return FieldState(checks={name: CheckState(before_restart=told) for name, told in checks.items()})


def _after(before: CheckState, duration_s: float | None, reason: Reason | None, *, at_wall_s: float) -> CheckState:
    if duration_s is not None:
        since = before.since_wall_s if before.up else at_wall_s
        return CheckState(up=True, since_wall_s=since, duration_s=duration_s, answered_wall_s=at_wall_s)
    first = before.first_failure_wall_s if before.failures else at_wall_s
    failed = replace(
        before, failures=before.failures + 1, first_failure_wall_s=first, failed_wall_s=at_wall_s, reason=reason
    )
    if failed.failures < FAILURES_TO_FAIL or before.up is False:
        return failed
    return replace(failed, up=False, since_wall_s=first)
