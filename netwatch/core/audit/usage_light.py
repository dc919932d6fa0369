"""The light one port received, by the hour, over weeks -> how much of it is left, and how fast it fades. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from netwatch.core.audit.usage import DAY_S, LEAST_DAYS, MOST_DAYS_AHEAD, line
from netwatch.core.audit.usage_code import light

LEAST_HOURS = 6  # of a day, for that day to count


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """A cell for each hour on record: codes, but for `from_s` and `samples`."""

    from_s: Sequence[int] = ()
    samples: Sequence[int] = ()
    mean_dbm: Sequence[int] = ()
    least_dbm: Sequence[int] = ()
    low_alarm_dbm: Sequence[int] = ()


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
    days: dict[int, list[float]] = {}
    for from_s, mean in zip(seen.from_s, map(light, seen.mean_dbm), strict=True):
        if mean is not None:
            days.setdefault(from_s // DAY_S, []).append(mean)
    daily = [(float(day), sum(own) / len(own)) for day, own in sorted(days.items()) if len(own) >= LEAST_HOURS]
    least = [one for one in map(light, seen.least_dbm) if one is not None]
    alarms = [one for one in map(light, seen.low_alarm_dbm) if one is not None]
    return Fading(
        hours=sum(map(len, days.values())),
        first_dbm=round(daily[0][1], 2) if daily else None,
        last_dbm=round(daily[-1][1], 2) if daily else None,
        least_dbm=min(least, default=None),
        low_alarm_dbm=alarms[-1] if alarms else None,
        per_day_db=line(daily)[0] if len(daily) >= LEAST_DAYS else None,
    )
