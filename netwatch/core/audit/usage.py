"""What one way of a port carried in many five minutes -> the figures of a report: mean, peak, P95, missing, growth.

In: columns as the ledger keeps them, in order of time. Out: figures with what they were reckoned from. Nothing is
guessed: where there is too little to say something of, the figure is None. A city's month has millions of cells, so all
is reckoned column by column.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from netwatch.core.audit.usage_code import codes, numbers
from netwatch.core.records import replace

Column = Sequence[int] | NDArray[np.int64] | NDArray[np.uint16]

SLOT_S = 300
DAY_S = 86_400
FULL = 0.8  # of its capacity: from there on a link is to be widened
LEAST_SEEN_S = SLOT_S / 2  # five minutes less seen than that have no say in a percentile
LEAST_DAYS = 14  # for a growth
MOST_DAYS_AHEAD = 3650.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way of one port: columns with a cell for each five minutes that anything is on record of; the rest summed."""

    from_s: Column = ()  # UTC epoch seconds, in order
    seen_s: Column = ()
    bytes: Column = ()  # codes
    peak: int = 0  # the code of the highest rate of any poll, bytes/s
    packets: float = 0.0
    errors: float = 0.0

    @property
    def is_seen(self) -> bool:
        return bool(whole(self.seen_s).any())


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
    seen_s = float(whole(way.seen_s).sum())
    return Carried(
        expected_s=expected_s,
        seen_s=seen_s,
        bytes=_sum(way.bytes),
        peak=numbers()[way.peak] if seen_s else None,
        p95=percentile(_means(way)[1], 0.95),
        packets=way.packets,
        errors=way.errors,
    )


def growth(way: Way, *, zone_s: int = 0) -> Growth:
    """Over the days of a clock that is `zone_s` ahead of UTC. A day counts where half of it was seen."""
    found = _daily(way, zone_s)
    if len(found) < LEAST_DAYS:
        return Growth(days=len(found), per_day=None, now=None)
    slope, at_last = line(found)
    return Growth(days=len(found), per_day=slope, now=max(0.0, at_last))


def line(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """(slope, height at the last point) by Theil and Sen. For two points or more, in order of x."""
    x, y = np.array(points, dtype=np.float64).T
    earlier, later = _pairs(len(points))
    slope = _median((y[later] - y[earlier]) / (x[later] - x[earlier]))
    return slope, _median(y + slope * (x[-1] - x))


def percentile(values: Sequence[float] | NDArray[np.float64], share: float) -> float | None:
    """Nearest rank: the least of the values that `share` of them do not exceed. None without values."""
    if not len(values):
        return None
    rank = max(0, math.ceil(share * len(values)) - 1)
    return float(np.partition(np.asarray(values, dtype=np.float64), rank)[rank])


def joined(way: Way) -> Way:
    """With one cell for each five minutes: netwatch was restarted within some, and has told them in parts."""
    from_s = whole(way.from_s)
    if (from_s[1:] > from_s[:-1]).all():
        return way
    order = np.argsort(from_s, kind="stable")
    from_s, first = np.unique(from_s[order], return_index=True)
    octets = whole(way.bytes)[order]
    ends = np.append(first[1:], len(octets))
    summed = octets[first]
    for place in np.flatnonzero(ends - first > 1):  # what is not added keeps its code
        summed[place] = codes([_sum(octets[first[place] : ends[place]])])[0]
    return replace(way, from_s=from_s, seen_s=np.add.reduceat(whole(way.seen_s)[order], first), bytes=summed)


def whole(column: Column) -> NDArray[np.int64]:
    """To reckon with."""
    return np.asarray(column, dtype=np.int64)


def _sum(column: Column) -> float:
    """One number after the other, so that every machine rounds alike."""
    sums = np.add.accumulate(values()[whole(column)])
    return float(sums[-1]) if len(sums) else 0.0


def _means(way: Way) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Which five minutes were seen well enough, and the mean of each of those, bytes/s."""
    seen_s = whole(way.seen_s)
    well = seen_s >= LEAST_SEEN_S
    return well, values()[whole(way.bytes)[well]] / seen_s[well]


def _daily(way: Way, zone_s: int) -> list[tuple[float, float]]:
    """(day, P95) of those that count: all days at once, a line each, for a city's month has eighty thousand of them."""
    well, means = _means(way)
    days, _, slots = runs((whole(way.from_s)[well] + zone_s) // DAY_S)
    if not len(days):
        return []
    table = np.full((len(days), slots.max()), np.inf)
    table[np.arange(slots.max()) < slots[:, np.newaxis]] = means
    table.sort(axis=1)
    ranks = np.ceil(0.95 * slots).astype(np.int64) - 1
    counts = slots * SLOT_S >= DAY_S / 2
    p95 = table[np.arange(len(days)), ranks]
    return list(zip(days[counts].astype(float).tolist(), p95[counts].tolist(), strict=True))


def runs(column: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.intp], NDArray[np.intp]]:
    """Of a column in order: each of its values once, where that begins, and how often it is there."""
    ends = np.append(np.flatnonzero(column[1:] != column[:-1]) + 1, len(column)) if len(column) else column
    first = np.append(0, ends[:-1]) if len(column) else column
    return column[first], first, ends - first


def _median(column: NDArray[np.float64]) -> float:
    """That of numpy, at a tenth of its cost for so few."""
    ordered = np.sort(column)
    return float((ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2)


@cache
def values() -> NDArray[np.float64]:
    """Code -> number."""
    return np.array(numbers())


@lru_cache(maxsize=8)
def _pairs(number: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The places of every two of so many, the earlier first."""
    earlier, later = np.triu_indices(number, 1)
    return earlier, later
