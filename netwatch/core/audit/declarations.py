"""Declared maintenance, held against the rules -> what counts as maintenance, and what is only told of.

In: declarations as recorded, and what was seen of the subject. Out: each declaration with the rules it breaks. One
that breaks none excuses; any other counts as declared afterwards: it excuses nothing, and is told with its reasons.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from netwatch.core.audit.intervals import Class, Stretch
from netwatch.core.person import spelled

DAY_MS = 86_400_000


class Refusal(StrEnum):
    """Why a declaration does not excuse."""

    LATE = "late"  # recorded less than the notice before its start, or after it
    NOT_APPROVED = "not_approved"  # by nobody, by the requester, or nobody knows who asked for it
    OUTAGE_OPEN = "outage_open"  # the subject was out of service already when it began


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """A window of maintenance on a subject. All times in milliseconds UTC; `until_ms` is when it was really over."""

    id: str
    recorded_ms: int
    from_ms: int
    until_ms: int
    requested_by: tuple[str, ...] = ()  # who asked, and under which account it was entered
    approved_by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A declaration and the rules it breaks; none: it excuses."""

    declaration: Declaration
    refusals: tuple[Refusal, ...] = ()

    @property
    def excuses(self) -> bool:
        return not self.refusals


def judge(
    declarations: Iterable[Declaration], seen: Sequence[Stretch], *, notice_ms: int, until_ms: int
) -> tuple[Judged, ...]:
    """Each declaration that begins before `until_ms` and has a length, by its start.

    `seen` are the subject's stretches, without hole and from before all of them. An outage is open at a window's start
    if it began before, and has not ended by then: not to be observed ends no outage, but maintenance that excuses does,
    so the work of one window may go on in the next.
    """
    judged: list[Judged] = []
    excused: list[Declaration] = []
    for one in sorted(declarations, key=lambda one: (one.from_ms, one.until_ms, one.id)):
        if not one.from_ms < min(one.until_ms, until_ms):
            continue
        refusals = [Refusal.LATE] if one.recorded_ms + notice_ms > one.from_ms else []
        if not _is_approved(one):
            refusals.append(Refusal.NOT_APPROVED)
        if _is_out(one.from_ms, seen, excused):
            refusals.append(Refusal.OUTAGE_OPEN)
        judged.append(Judged(declaration=one, refusals=tuple(refusals)))
        if not refusals:
            excused.append(one)
    return tuple(judged)


def merged(declarations: Iterable[Declaration], *, until_ms: int) -> list[tuple[int, int]]:
    """The time they cover, as intervals that neither overlap nor touch."""
    found: list[tuple[int, int]] = []
    for begin_ms, end_ms in sorted((one.from_ms, min(one.until_ms, until_ms)) for one in declarations):
        if found and begin_ms <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end_ms)
        elif begin_ms < end_ms:
            found.append((begin_ms, end_ms))
    return found


def _is_approved(one: Declaration) -> bool:
    requesters = {_folded(name) for name in one.requested_by} - {""}
    approver = _folded(one.approved_by)
    return bool(approver and requesters) and approver not in requesters


def _folded(name: str) -> str:
    """A person's name, however it was typed: `Kim ` approves nothing that `kim` asked for, be they one or two."""
    return spelled(name).casefold()


def _is_out(at_ms: int, seen: Sequence[Stretch], excused: Iterable[Declaration]) -> bool:
    """Whether the subject was last known to be down before `at_ms`, and is not seen to be well from then on."""
    after = bisect_right(seen, at_ms, key=lambda stretch: stretch.from_ms) - 1
    if seen[after].seen not in (Class.DOWN, Class.UNKNOWN):
        return False
    before = after - (seen[after].from_ms == at_ms)
    while before >= 0 and seen[before].seen is Class.UNKNOWN:
        before -= 1
    if before < 0 or seen[before].seen is not Class.DOWN:
        return False
    known_until_ms = min(seen[before].until_ms, at_ms)
    return not any(one.from_ms < at_ms and min(one.until_ms, at_ms) >= known_until_ms for one in excused)
