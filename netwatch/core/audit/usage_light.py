"""The light one port received, by the hour, over weeks -> how much of it is left, and how fast it fades. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netwatch.core.audit.usage import DAY_S, LEAST_DAYS, MOST_DAYS_AHEAD, Column, line, runs, whole
from netwatch.core.audit.usage_code import ABOVE_DBM, NOTHING, light

LEAST_HOURS = 6  # of a day, for that day to count


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """A cell for each hour on record: codes, but for `from_s` and `samples`."""

    from_s: Column = ()
    samples: Column = ()
    mean_dbm: Column = ()
    least_dbm: Column = ()
    low_alarm_dbm: Column = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fading:
    """What is left of the light of one port."""

    hours: int  # with a sample
    first_dbm: float | None  # mean of the first day that counts
    last_dbm: float | None  # of the last
    least_dbm: float | None  # the lowest single reading
    low_alarm_dbm: float | None  # of the module itself, as it told last
    per_day_db: float | None  # the drift; below 0 it fades

    @property
    def drift_db(self) -> float | None:
        """Since the first day."""
        return None if self.first_dbm is None or self.last_dbm is None else round(self.last_dbm - self.first_dbm, 2)

    @property
    def margin_db(self) -> float | None:
        """Between the lowest reading and where the module itself gives alarm."""
        if self.least_dbm is None or self.low_alarm_dbm is None:
            return None
        return round(self.least_dbm - self.low_alarm_dbm, 2)

    @property
    def days_to_alarm(self) -> float | None:
        """At this pace; 0: it is there. None: not in ten years, or not known."""
        if self.margin_db is None or self.per_day_db is None:
            return None
        if self.margin_db <= 0:
            return 0.0
        return self.margin_db / -self.per_day_db if -self.per_day_db * MOST_DAYS_AHEAD > self.margin_db else None


def fading(seen: Light) -> Fading:
    """The figures of all that is in the columns, which are in order of time."""
    lit = whole(seen.mean_dbm) != NOTHING
    daily = list(_daily(whole(seen.from_s)[lit], whole(seen.mean_dbm)[lit]))
    least, alarms = _told(seen.least_dbm), _told(seen.low_alarm_dbm)
    return Fading(
        hours=int(lit.sum()),
        first_dbm=round(daily[0][1], 2) if daily else None,
        last_dbm=round(daily[-1][1], 2) if daily else None,
        least_dbm=light(int(least.min())) if len(least) else None,
        low_alarm_dbm=light(int(alarms[-1])) if len(alarms) else None,
        per_day_db=line(daily)[0] if len(daily) >= LEAST_DAYS else None,
    )


def _daily(from_s: NDArray[np.int64], mean_codes: NDArray[np.int64]) -> Iterator[tuple[float, float]]:
    """(day, mean dBm) of those that count: codes are hundredths of a dBm, so their sums are exact."""
    days, first, hours = runs(from_s // DAY_S)
    sums = np.add.reduceat(mean_codes, first) if len(days) else days
    for day, total, number in zip(days.tolist(), sums.tolist(), hours.tolist(), strict=True):
        if number >= LEAST_HOURS:
            yield float(day), float(total) / float(number) / 100 - ABOVE_DBM


def _told(column: Column) -> NDArray[np.int64]:
    cells = whole(column)
    told: NDArray[np.int64] = cells[cells != NOTHING]
    return told
