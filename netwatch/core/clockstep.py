"""Notice when the wall clock jumps against the monotonic one.

In: both clocks, read together. Out: by how much the wall clock stepped, if it did. Slewing (NTP's gentle way) stays
below the threshold between two looks and is followed silently.
"""

from dataclasses import dataclass

STEP_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockOffset:
    """Wall clock minus monotonic clock, as last seen, in seconds."""

    offset_s: float


def look(previous: ClockOffset | None, *, monotonic_s: float, wall_s: float) -> tuple[ClockOffset, float | None]:
    """The offset now, and the step in seconds (positive: forwards) if it is `STEP_S` or more."""
    offset = ClockOffset(offset_s=wall_s - monotonic_s)
    if previous is None:
        return offset, None
    step = offset.offset_s - previous.offset_s
    return offset, step if abs(step) >= STEP_S else None
