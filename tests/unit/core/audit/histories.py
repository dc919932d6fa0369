"""Random histories: overlaps, holes, open outages and maintenance of all kinds, about the days when clocks change."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import strategies as st

from netwatch.core.audit.declarations import Declaration
from netwatch.core.audit.intervals import Class, Span
from netwatch.core.audit.n_intervals import IntervalRule
from netwatch.core.audit.periods import Period
from netwatch.core.audit.readings import View
from netwatch.core.audit.subjects import Method, Subject
from tests.unit.core.audit.oracle import Declared, Painted, Seen, begin_of

LETTERS = {"N": Class.NOT_IN_SERVICE, "M": Class.MAINTENANCE, "K": Class.UNKNOWN, "D": Class.DOWN, "U": Class.UP}

DAYS = (  # zone, a day about which something happens to the clocks or the calendar
    ("Asia/Seoul", date(2026, 10, 31)),
    ("Asia/Seoul", date(1988, 5, 8)),
    ("Asia/Seoul", date(1988, 10, 9)),
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),  # by half an hour
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("America/Sao_Paulo", date(2018, 11, 4)),  # no midnight
    ("America/Havana", date(2026, 11, 1)),  # midnight twice
    ("America/St_Johns", date(2009, 11, 1)),  # a minute of November, then October again
    ("America/Toronto", date(1919, 3, 31)),  # from 23:30 to 00:30
    ("Asia/Damascus", date(2004, 4, 1)),
    ("Asia/Damascus", date(2004, 10, 1)),
    ("Pacific/Apia", date(2011, 12, 31)),  # after a day that never was
    ("Africa/Casablanca", date(2026, 2, 15)),
    ("Asia/Kathmandu", date(2026, 12, 31)),
    ("Asia/Seoul", date(2028, 2, 29)),
    ("America/New_York", date(2024, 2, 29)),
    ("UTC", date(2100, 2, 28)),
)
MONTHS = (
    ("Asia/Seoul", 2026, 10),
    ("Europe/Berlin", 2026, 3),
    ("Europe/Berlin", 2026, 10),
    ("America/New_York", 2026, 11),
    ("America/St_Johns", 2009, 10),
    ("Asia/Damascus", 2004, 10),
    ("Australia/Lord_Howe", 2026, 4),
    ("Asia/Seoul", 2028, 2),
    ("UTC", 2100, 2),
    ("Pacific/Apia", 2011, 12),
)


@dataclass(frozen=True)
class History:
    """One subject, as the oracle takes it. `cell_ms`: how long a cell is to the core."""

    first: int
    end: int
    start: int
    seen: tuple[Seen, ...]
    gaps: tuple[tuple[int, int | None], ...]
    windows: tuple[Declared, ...]
    notice: int
    length: int
    in_a_row: int
    threshold: Fraction
    cell_ms: int = 1000

    @property
    def subject(self) -> Subject:
        spans = [
            Span(
                one.begin * self.cell_ms,
                None if one.end is None else one.end * self.cell_ms,
                LETTERS[one.letter],
                one.fault,
            )
            for one in self.seen
        ]
        declarations = [
            Declaration(
                id=one.id,
                recorded_ms=one.recorded * self.cell_ms,
                from_ms=one.begin * self.cell_ms,
                until_ms=one.end * self.cell_ms,
                requested_by=one.requesters,
                approved_by=one.approver,
            )
            for one in self.windows
        ]
        return Subject(id="field_device:cam-1", spans=spans, declarations=declarations)

    @property
    def unseen(self) -> list[tuple[int, int | None]]:
        return [(begin * self.cell_ms, None if end is None else end * self.cell_ms) for begin, end in self.gaps]

    @property
    def period(self) -> Period:
        return Period(from_ms=self.first * self.cell_ms, until_ms=self.end * self.cell_ms)

    @property
    def method(self) -> Method:
        rule = IntervalRule(length_ms=self.length * self.cell_ms, in_a_row=self.in_a_row, threshold=self.threshold)
        return Method(view=View.SERVICE, notice_ms=self.notice * self.cell_ms, n_interval=rule)

    def painted(self) -> Painted:
        gaps = [Seen(begin, end, "K") for begin, end in self.gaps]
        return Painted([*self.seen, *gaps], list(self.windows), self.start, self.end, self.notice)


@st.composite
def histories(
    draw, bounds: st.SearchStrategy[tuple[int, int]], *, before: int = 20_000, cell_ms: int = 1000
) -> History:
    """Of what happens `before` the period's beginning up to after its end, mostly about the same few moments."""
    first, end = draw(bounds)
    start = first - before
    landmarks = draw(st.lists(st.integers(start + 1, end + before // 8), min_size=2, max_size=7))
    landmarks += [first, end]
    moment = st.builds(
        lambda mark, by: max(start, mark + by),
        st.sampled_from(landmarks),
        st.sampled_from((0, 0, 0, -1, 1, 7, -60, 600)),
    )
    later = st.one_of(st.none(), moment, moment, moment)
    seen = st.builds(Seen, moment, later, st.sampled_from("UUUDDDDKN"), st.sampled_from(("", "f1", "f2")))
    notice = draw(st.sampled_from((0, 600, 86_400)))
    is_well = draw(st.booleans())  # all windows are declared as they should be: then outages decide
    recorded = st.just(notice + 60) if is_well else _recorded(notice)
    people = st.just((("kim",), "lee")) if is_well else _people()
    windows = draw(st.lists(st.tuples(moment, moment, recorded, people), max_size=5))
    return History(
        first=first,
        end=end,
        start=start,
        seen=tuple(draw(st.lists(seen, max_size=9))),
        gaps=tuple(draw(st.lists(st.tuples(moment, later), max_size=2))) if draw(st.booleans()) else (),
        windows=tuple(
            Declared(f"m-{number}", begin - ahead, begin, until, *people)
            for number, (begin, until, ahead, people) in enumerate(windows)
        ),
        notice=notice,
        length=draw(st.sampled_from((30, 60, 3607) if cell_ms > 1 else (1, 7, 10, 600))),
        in_a_row=draw(st.sampled_from((1, 3, 10))),
        threshold=draw(st.sampled_from((Fraction(0), Fraction(1, 2), Fraction(9, 10)))),
        cell_ms=cell_ms,
    )


def _recorded(notice: int) -> st.SearchStrategy[int]:
    """How long before its start a window was recorded."""
    return st.sampled_from((notice, notice, notice, notice + 1, notice - 1, 10 * notice + 86_400, 0, -3600))


def _people() -> st.SearchStrategy[tuple[tuple[str, ...], str]]:
    """Who asked, and who approved."""
    asked = st.sampled_from((("kim",), ("kim",), ("kim",), ("kim", "Lee"), ()))
    return st.tuples(asked, st.sampled_from(("lee", "park", "park", "park", "park", "kim", " KIM ", "")))


def around_special_days() -> st.SearchStrategy[tuple[int, int]]:
    """One or two days, by the oracle's own reckoning."""

    def bounds(special: tuple[str, date], days: int) -> tuple[int, int]:
        zone, day = special
        return begin_of(day, zone), begin_of(day + timedelta(days=days), zone)

    return st.builds(bounds, st.sampled_from(DAYS), st.sampled_from((1, 1, 1, 2)))


def months() -> st.SearchStrategy[tuple[int, int]]:
    def bounds(special: tuple[str, int, int]) -> tuple[int, int]:
        zone, year, number = special
        after = date(year + number // 12, number % 12 + 1, 1)
        return begin_of(date(year, number, 1), zone), begin_of(after, zone)

    return st.builds(bounds, st.sampled_from(MONTHS))


def moments() -> st.SearchStrategy[tuple[int, int]]:
    """A few seconds, for cells of a millisecond."""
    return st.tuples(st.integers(1_790_000_000_000, 1_790_000_001_000), st.integers(1, 5000)).map(
        lambda pair: (pair[0], pair[0] + pair[1])
    )
