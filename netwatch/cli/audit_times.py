"""Times and periods as people type them -> moments and periods in the city's time zone."""

import datetime as dt
import re
import zoneinfo

from netwatch.cli.options import InputError
from netwatch.core.audit.periods import Period, days, each_day, month_of, year

_AGO = re.compile(r"([0-9]{1,6})([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_HOUR_MS = 3_600_000
_MOST_HOURS = 48


def zone_named(name: str) -> zoneinfo.ZoneInfo:
    """InputError where there is none."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InputError(f"there is no time zone {name!r}; write it like Asia/Seoul") from error


def moment(text: str, zone: zoneinfo.ZoneInfo, now_wall_s: float, *, otherwise: float) -> float:
    """UTC epoch seconds of `2026-11-22T13:00` in the zone, or of `2h` ago. InputError where it is neither."""
    if not text:
        return otherwise
    ago = _AGO.fullmatch(text.removeprefix("-"))
    if ago is not None:
        return now_wall_s - int(ago[1]) * _SECONDS[ago[2]]
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{text!r} is no time; write it like 2026-11-22T13:00, or 2h for two hours ago") from error
    return (at if at.tzinfo is not None else at.replace(tzinfo=zone)).timestamp()


def calendar_period(text: str, zone: zoneinfo.ZoneInfo) -> Period:
    """`2026-10` or `2026`. InputError where it is neither."""
    try:
        if len(text) == 4 and text.isascii() and text.isdigit() and text != "0000":
            return year(int(text), zone)
        return month_of(text, zone)
    except (ValueError, OverflowError) as error:
        raise InputError(f"{text!r} is no month such as 2026-10, and no year such as 2026") from error


def period_between(since: str, until: str, zone: zoneinfo.ZoneInfo, now_wall_s: float) -> Period:
    """From the one to before the other; two days such as 2026-10-01 mean both of them whole. InputError."""
    try:
        first, last = dt.date.fromisoformat(since), dt.date.fromisoformat(until)
    except ValueError:
        begin_ms = round(moment(since, zone, now_wall_s, otherwise=0) * 1000)
        end_ms = round(moment(until, zone, now_wall_s, otherwise=now_wall_s) * 1000)
    else:
        if last < first:
            raise InputError(f"{until} is before {since}")
        return days(first, last, zone)
    if end_ms <= begin_ms:
        raise InputError(f"{until or 'now'} is not after {since}")
    return Period(from_ms=begin_ms, until_ms=end_ms, zone=str(zone), label=f"{since}/{until or 'now'}")


def parts(period: Period, zone: zoneinfo.ZoneInfo) -> tuple[Period, ...]:
    """The days that make the period up, the first and the last cut to it; the hours of one that is short."""
    hours = -(-period.length_ms // _HOUR_MS)
    if hours <= _MOST_HOURS:
        begins = [period.from_ms, *range((period.from_ms // _HOUR_MS + 1) * _HOUR_MS, period.until_ms, _HOUR_MS)]
        ends = [*begins[1:], period.until_ms]
        return tuple(
            Period(from_ms=begin, until_ms=end, zone=str(zone), label=_clock(begin, zone))
            for begin, end in zip(begins, ends, strict=True)
        )
    first, last = (dt.datetime.fromtimestamp(at / 1000, zone).date() for at in (period.from_ms, period.until_ms - 1))
    return tuple(
        Period(
            from_ms=max(day.from_ms, period.from_ms),
            until_ms=min(day.until_ms, period.until_ms),
            zone=day.zone,
            label=day.label,
        )
        for day in each_day(first, last, zone)
    )


def _clock(at_ms: int, zone: zoneinfo.ZoneInfo) -> str:
    return f"{dt.datetime.fromtimestamp(at_ms // 1000, zone):%Y-%m-%d %H:%M}"
