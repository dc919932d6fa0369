"""A small world for single facts: hours of one day, in milliseconds."""

from netwatch.core.audit.classes import Timeline, timeline
from netwatch.core.audit.declarations import DAY_MS, Declaration
from netwatch.core.audit.intervals import Class, Span
from netwatch.core.audit.periods import Period

HOUR = 3_600_000
BEGIN = 1_793_458_800_000  # 2026-11-01 00:00 in Seoul
DAY = Period(from_ms=BEGIN, until_ms=BEGIN + 24 * HOUR, zone="Asia/Seoul", label="2026-11-01")
UP, DOWN, UNKNOWN, OUT = Class.UP, Class.DOWN, Class.UNKNOWN, Class.NOT_IN_SERVICE


def hour(number: float) -> int:
    """The day's hour; below 0 it was the day before."""
    return BEGIN + round(number * HOUR)


def span(begin: float, end: float | None, seen: Class, fault: str = "") -> Span:
    return Span(hour(begin), None if end is None else hour(end), seen, fault)


def window(begin: float, end: float, **other) -> Declaration:
    """Declared two days before, by kim, approved by lee."""
    known = {"id": "m-1", "recorded_ms": hour(begin) - 2 * DAY_MS, "requested_by": ("kim",), "approved_by": "lee"}
    return Declaration(from_ms=hour(begin), until_ms=hour(end), **(known | other))


def line_of(*spans: Span, windows: tuple[Declaration, ...] = ()) -> Timeline:
    return timeline(spans, windows, DAY, notice_ms=DAY_MS)


def classes(line: Timeline) -> list[tuple[float, str]]:
    """(hours, class) of each segment of the day."""
    return [((one.until_ms - one.from_ms) / HOUR, one.klass.name) for one in line.within(DAY)]
