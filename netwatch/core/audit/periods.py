"""A calendar period in an IANA time zone -> the milliseconds of UTC it spans.

In: dates and a zone, as a `zoneinfo.ZoneInfo` (any `tzinfo`): reading the zone's rules from disk is not for the core.
Out: a `Period`, or a day, a month, a year as one. A period begins with the first moment at which a clock on the wall
shows its first day or a later one, and ends where the next begins. So periods never overlap and leave nothing out,
where midnight does not exist (clocks put forward over it), exists twice, or a whole day is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """`from_ms <= t < until_ms`, milliseconds since 1970 UTC without leap seconds. `label` is for people."""

    from_ms: int
    until_ms: int
    zone: str = "UTC"
    label: str = ""

    def __post_init__(self) -> None:
        if self.from_ms >= self.until_ms:
            raise ValueError(f"a period must have a length: {self.from_ms} to {self.until_ms}")

    @property
    def length_ms(self) -> int:
        return self.until_ms - self.from_ms

    def cut_at(self, now_ms: int) -> "Period":
        """The part that is over: nothing is said of time to come. ValueError if none of it is."""
        if now_ms >= self.until_ms:
            return self
        return Period(from_ms=self.from_ms, until_ms=now_ms, zone=self.zone, label=self.label)


def days(first: date, last: date, zone: tzinfo, *, label: str = "") -> Period:
    """From the beginning of `first` to the end of `last`. ValueError if `last` is before `first`."""
    label = label or (first.isoformat() if first == last else f"{first.isoformat()}/{last.isoformat()}")
    return Period(from_ms=_begin_ms(first, zone), until_ms=_begin_ms(last + _DAY, zone), zone=str(zone), label=label)


def month(year: int, number: int, zone: tzinfo) -> Period:
    """A calendar month, 1 to 12."""
    return days(date(year, number, 1), _after_month(year, number) - _DAY, zone, label=f"{year:04}-{number:02}")


def month_of(text: str, zone: tzinfo) -> Period:
    """`2026-10`. ValueError where that is no month."""
    year, dash, number = text.partition("-")
    if not (dash and len(year) == 4 and len(number) == 2 and text.isascii() and (year + number).isdigit()):
        raise ValueError(f"{text!r} is not a month such as 2026-10")
    if not 1 <= int(number) <= 12 or int(year) < 1:
        raise ValueError(f"{text!r} is not a month such as 2026-10")
    return month(int(year), int(number), zone)


def year(number: int, zone: tzinfo) -> Period:
    """A calendar year."""
    return days(date(number, 1, 1), date(number, 12, 31), zone, label=f"{number:04}")


def each_day(first: date, last: date, zone: tzinfo) -> Iterator[Period]:
    """One period a day, of 23, 24 or 25 hours. A day that the zone leaves out is left out here."""
    begin_ms, day = _begin_ms(first, zone), first
    while day <= last:
        end_ms = _begin_ms(day + _DAY, zone)
        if end_ms > begin_ms:
            yield Period(from_ms=begin_ms, until_ms=end_ms, zone=str(zone), label=day.isoformat())
        begin_ms, day = end_ms, day + _DAY


def _after_month(year: int, number: int) -> date:
    return date(year + number // 12, number % 12 + 1, 1)


def _begin_ms(day: date, zone: tzinfo) -> int:
    """When the wall first shows `day` or a later one."""
    wanted = datetime(day.year, day.month, day.day, tzinfo=zone)
    earlier_s, later_s = sorted((_utc_s(wanted), _utc_s(wanted.replace(fold=1))))
    if _is_shown(earlier_s, day, zone):
        return earlier_s * 1000
    # Midnight is skipped. Between the two ways to reckon it the clocks go forward: at the first second that shows it.
    while later_s - earlier_s > 1:
        middle_s = (earlier_s + later_s) // 2
        earlier_s, later_s = (earlier_s, middle_s) if _is_shown(middle_s, day, zone) else (middle_s, later_s)
    return later_s * 1000


def _is_shown(at_s: int, day: date, zone: tzinfo) -> bool:
    return (_EPOCH + at_s * _SECOND).astimezone(zone).date() >= day


def _utc_s(moment: datetime) -> int:
    return (moment - _EPOCH) // _SECOND
