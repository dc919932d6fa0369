"""How long a month of the city's availability takes, from intervals to the account that reports are made of.

    python -m tests.bench.availability [--switches 1100] [--field-devices 4000] [--intervals 200000]

Raw and n-interval figures, outages, faults ranked and every service, district and site; half the subjects have a window
of maintenance. Beside it, what the intervals alone cost to be made and to be sorted: no account could take less.
"""

import random
import time
from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

from netwatch.core.audit.account import account
from netwatch.core.audit.declarations import DAY_MS, Declaration
from netwatch.core.audit.intervals import Class, Span
from netwatch.core.audit.periods import Period, days
from netwatch.core.audit.readings import View
from netwatch.core.audit.subjects import Method, Subject
from tests.bench.harness import arguments, note, table

ALLOWED_S = 3.0


def month() -> Period:
    return days(date(2026, 10, 1), date(2026, 10, 31), ZoneInfo("Asia/Seoul"))


def subjects(switches: int, field_devices: int, intervals: int, period: Period) -> list[Subject]:
    """Each goes up and down at random moments; a few of its intervals overlap."""
    dice = random.Random(7)
    each = max(2, intervals // (switches + field_devices))
    return [
        _subject(number, each, period, dice, is_switch=number < switches) for number in range(switches + field_devices)
    ]


def _subject(number: int, each: int, period: Period, dice: random.Random, *, is_switch: bool) -> Subject:
    moments = sorted(dice.randrange(period.from_ms - DAY_MS, period.until_ms) for _ in range(each))
    ends: list[int | None] = [*moments[1:], None]
    seen = [dice.choice((Class.UP, Class.UP, Class.DOWN, Class.UNKNOWN)) for _ in moments]
    spans = [
        Span(begin, end if end is None or dice.random() > 0.05 else end + 60_000, what, f"fault-{begin % 300}")
        for begin, end, what in zip(moments, ends, seen, strict=True)
    ]
    begin = period.from_ms + dice.randrange(28) * DAY_MS
    window = Declaration(
        id=f"m-{number}",
        recorded_ms=begin - 3 * DAY_MS,
        from_ms=begin,
        until_ms=begin + DAY_MS // 6,
        requested_by=("kim",),
        approved_by="lee",
    )
    return Subject(
        id=f"device:sw-{number}" if is_switch else f"field_device:cam-{number}",
        spans=spans,
        declarations=[window] if number % 2 else [],
        service="" if is_switch else ("cctv", "signal", "vms")[number % 3],
        district=f"district-{number % 12}",
        site=f"site-{number % 500}",
        weight=4 if is_switch else 1,
    )


def cpu_s(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def main() -> int:
    wanted = arguments(__doc__, switches=1100, field_devices=4000, intervals=200_000)
    period = month()
    made: list[Subject] = []
    make_s = cpu_s(lambda: made.extend(subjects(wanted.switches, wanted.field_devices, wanted.intervals, period)))
    sort_s = cpu_s(lambda: [sorted(subject.spans) for subject in made])
    gaps = [(period.from_ms + day * DAY_MS, period.from_ms + day * DAY_MS + 90_000) for day in range(0, 30, 10)]
    method = Method(view=View.SERVICE)
    took_s = min(cpu_s(lambda: account(made, period, method=method, gaps=gaps)) for _ in range(3))
    table("A month's account", ("", "CPU s"), [("make intervals", make_s), ("sort", sort_s), ("account", took_s)])
    number = sum(len(subject.spans) for subject in made)
    note(f"{len(made):,} subjects, {number:,} intervals: {1e6 * took_s / number:.1f} us each; allowed {ALLOWED_S} s")
    return took_s > ALLOWED_S


if __name__ == "__main__":
    raise SystemExit(main())
