"""What one way of a port carried in many five minutes -> the figures of a report: mean, peak, P95, missing, growth.

In: columns as the ledger keeps them, in order of time. Out: figures with what they were reckoned from. Nothing is
guessed: where there is too little to say something of, the figure is None.
"""

import math
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median

from netwatch.core.audit.usage_code import codes, numbers

SLOT_S = 300
DAY_S = 86_400
FULL = 0.8  # of its capacity: from there on a link is to be widened
LEAST_SEEN_S = SLOT_S / 2  # five minutes less seen than that have no say in a percentile
LEAST_DAYS = 14  # for a growth
MOST_DAYS_AHEAD = 3650.0


def _none() -> "array[int]":
    return array("H")


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way of one port: a cell for each five minutes that anything is on record of. All but `seen_s` are codes."""

    from_s: Sequence[int] = ()  # UTC epoch seconds
    seen_s: Sequence[int] = field(default_factory=_none)
    bytes: Sequence[int] = field(default_factory=_none)
    peak: Sequence[int] = field(default_factory=_none)  # bytes/s
    packets: Sequence[int] = field(default_factory=_none)
    errors: Sequence[int] = field(default_factory=_none)


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """The figures of one way of a port or link in a period. Rates are bytes/s."""

    expected_s: float  # how long it was to be watched
    seen_s: float
    bytes: float
    peak: float | None
    p95: float | None  # of the means of five minutes each, nearest rank
    packets: float
    errors: float

    @property
    def mean(self) -> float | None:
        """Of the time seen."""
        return self.bytes / self.seen_s if self.seen_s else None

    @property
    def missing(self) -> float | None:
        """Share of the time that no sample is on record of."""
        return min(1.0, max(0.0, 1.0 - self.seen_s / self.expected_s)) if self.expected_s > 0 else None

    @property
    def error_ppm(self) -> float | None:
        """Broken frames in a million."""
        return 1e6 * self.errors / self.packets if self.packets else None

    def utilisation(self, capacity_bps: float | None) -> float | None:
        """The P95 over the capacity."""
        return None if self.p95 is None or not capacity_bps else 8 * self.p95 / capacity_bps


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How the daily P95 moves: the median of the slopes between all days (Theil and Sen), which no single day bends."""

    days: int  # that have a P95
    per_day: float | None  # bytes/s
    now: float | None  # bytes/s: the P95 at the end, by that line

    def days_to(self, capacity_bps: float | None, full: float = FULL) -> float | None:
        """From the last day until the line reaches that share of the capacity. 0: it has. None: not in ten years."""
        if self.now is None or self.per_day is None or not capacity_bps:
            return None
        room = full * capacity_bps / 8 - self.now
        if room <= 0:
            return 0.0
        return room / self.per_day if self.per_day * MOST_DAYS_AHEAD > room else None


def carried(way: Way, *, expected_s: float) -> Carried:
    """The figures of all that is in the columns."""
    value = numbers()
    return Carried(
        expected_s=expected_s,
        seen_s=float(sum(way.seen_s)),
        bytes=math.fsum([value[one] for one in way.bytes]),
        peak=value[max(way.peak)] if sum(way.seen_s) else None,
        p95=percentile(_means(way), 0.95),
        packets=math.fsum([value[one] for one in way.packets]),
        errors=math.fsum([value[one] for one in way.errors]),
    )


def growth(way: Way, *, zone_s: int = 0) -> Growth:
    """Over the days of a clock that is `zone_s` ahead of UTC. A day counts where half of it was seen."""
    found = [(day, p95) for day, p95 in _daily(way, zone_s) if p95 is not None]
    if len(found) < LEAST_DAYS:
        return Growth(days=len(found), per_day=None, now=None)
    slope, at_last = line(found)
    return Growth(days=len(found), per_day=slope, now=max(0.0, at_last))


def line(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """(slope, height at the last point) by Theil and Sen. For two points or more, in order of x."""
    slope = median(
        (later[1] - earlier[1]) / (later[0] - earlier[0])
        for place, earlier in enumerate(points)
        for later in points[place + 1 :]
    )
    last = points[-1][0]
    return slope, median(y + slope * (last - x) for x, y in points)


def percentile(values: Sequence[float], share: float) -> float | None:
    """Nearest rank: the least of the values that `share` of them do not exceed. None without values."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)] if values else None


def joined(way: Way) -> Way:
    """With one cell for each five minutes: netwatch was restarted within some, and has told them in parts."""
    if len(set(way.from_s)) == len(way.from_s):
        return way
    cells: dict[int, list[float]] = {}
    value = numbers()
    rows = zip(way.from_s, way.seen_s, way.bytes, way.peak, way.packets, way.errors, strict=True)
    for from_s, seen_s, octets, peak, packets, errors in rows:
        sums = cells.setdefault(from_s, [0.0] * 5)
        sums[0] += seen_s
        sums[1] += value[octets]
        sums[2] = max(sums[2], value[peak])
        sums[3] += value[packets]
        sums[4] += value[errors]
    seen, octets_, peaks, packets_, errors_ = zip(*(cells[from_s] for from_s in sorted(cells)), strict=True)
    return Way(
        from_s=sorted(cells),
        seen_s=array("H", [round(one) for one in seen]),
        bytes=codes(octets_),
        peak=codes(peaks),
        packets=codes(packets_),
        errors=codes(errors_),
    )


def _means(way: Way) -> list[float]:
    """The mean of each five minutes that were seen well enough, bytes/s."""
    value = numbers()
    seen = zip(way.seen_s, way.bytes, strict=True)
    return [value[octets] / seen_s for seen_s, octets in seen if seen_s >= LEAST_SEEN_S]


def _daily(way: Way, zone_s: int) -> Iterator[tuple[float, float | None]]:
    days: dict[int, list[float]] = {}
    value = numbers()
    for from_s, seen_s, octets in zip(way.from_s, way.seen_s, way.bytes, strict=True):
        if seen_s >= LEAST_SEEN_S:
            days.setdefault((from_s + zone_s) // DAY_S, []).append(value[octets] / seen_s)
    for day in sorted(days):
        is_seen = len(days[day]) * SLOT_S >= DAY_S / 2
        yield float(day), percentile(days[day], 0.95) if is_seen else None
