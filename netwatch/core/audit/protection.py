"""The states a ring was in -> how long it was without reserve: the time in which one more break costs service.

In: intervals of a ring's conditions, and declarations. Out: that time, in and out of maintenance, and how much of it
the ring was split; beside it how long it was switched by hand, which is nobody's fault and counts as neither.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from netwatch.core.audit.availability import Tally, seen_in_maintenance, tally
from netwatch.core.audit.classes import timeline
from netwatch.core.audit.declarations import Declaration
from netwatch.core.audit.intervals import Class, Span
from netwatch.core.audit.periods import Period
from netwatch.core.audit.readings import ring_reserve
from netwatch.core.links.rings import RingCondition


class RingSpan(NamedTuple):
    """The ring was in `condition` for `from_ms <= t < until_ms`; None: it still is."""

    from_ms: int
    until_ms: int | None
    condition: RingCondition


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """Milliseconds within the period. `time` has the time without reserve as `down`, and with it as `up`."""

    ring: str
    time: Tally
    in_maintenance_ms: int  # without reserve while maintenance excused it
    split_ms: int  # of the time without reserve: not even service was whole
    by_hand_ms: int  # switched by somebody's doing; no part of the time without reserve

    @property
    def unprotected_ms(self) -> int:
        return self.time.down


def protection(
    ring: str, spans: Sequence[RingSpan], declarations: Sequence[Declaration], period: Period, *, notice_ms: int
) -> Protection:
    """The time without reserve of one ring. Gaps of the record are spans of the condition unknown."""

    def counted(reading: Mapping[RingCondition, Class]) -> tuple[Tally, Tally]:
        read = [Span(begin_ms, end_ms, reading[condition]) for begin_ms, end_ms, condition in spans]
        within = tuple(timeline(read, declarations, period, notice_ms=notice_ms).within(period))
        return tally(within), seen_in_maintenance(within)

    time, excused = counted(ring_reserve())
    return Protection(
        ring=ring,
        time=time,
        in_maintenance_ms=excused.down,
        split_ms=counted(ring_reserve(frozenset({RingCondition.SPLIT})))[0].down,
        by_hand_ms=counted(ring_reserve(frozenset({RingCondition.MANUAL})))[0].down,
    )
