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


# what is drawn: a moment is one of a few landmarks, and so much beside it
BESIDE = st.tuples(st.integers(0, 6), st.sampled_from((0, 0, 0, -1, 1, 7, -60, 600)))
LATER = st.one_of(st.none(), BESIDE, BESIDE, BESIDE)
SEEN = st.lists(st.tuples(BESIDE, LATER, st.sampled_from("UUUDDDDKN"), st.sampled_from(("", "f1", "f2"))), max_size=9)
GAPS = st.one_of(st.just([]), st.lists(st.tuples(BESIDE, LATER), max_size=2))
AHEAD = st.sampled_from((0, 0, 0, 1, -1, 86_400))  # recorded so much earlier than the notice asks for
ASKED = st.sampled_from((("kim",), ("kim",), ("kim",), ("kim", "Lee"), ()))
APPROVED = st.sampled_from(("lee", "park", "park", "park", "park", "kim", " KIM ", ""))
WINDOWS = st.one_of(
    st.lists(st.tuples(BESIDE, BESIDE, AHEAD, ASKED, APPROVED), max_size=5),
    # all declared as they should be: then only outages decide
    st.lists(st.tuples(BESIDE, BESIDE, st.just(60), st.just(("kim",)), st.just("lee")), max_size=5),
)
LANDMARKS = st.lists(st.floats(0, 1, exclude_min=True), min_size=2, max_size=5)
NOTICE = st.sampled_from((0, 600, 86_400))
RULES = st.tuples(st.sampled_from((1, 3, 10)), st.sampled_from((Fraction(0), Fraction(1, 2), Fraction(9, 10))))
LENGTHS_S, LENGTHS_MS = st.sampled_from((60, 300, 3607)), st.sampled_from((1, 7, 10, 600))


@st.composite
def histories(
    draw, bounds: st.SearchStrategy[tuple[int, int]], *, before: int = 20_000, cell_ms: int = 1000
) -> History:
    """Of what happens `before` the period's beginning up to after its end, mostly about the same few moments."""
    first, end = draw(bounds)
    start, notice = first - before, draw(NOTICE)
    landmarks = [first, end, *(start + round(part * (end - start + before // 8)) for part in draw(LANDMARKS))]

    def moment(drawn: tuple[int, int] | None) -> int | None:
        return None if drawn is None else max(start, landmarks[drawn[0] % len(landmarks)] + drawn[1])

    def declared(number: int, begin: int, until: int, ahead: int, people: tuple) -> Declared:
        return Declared(f"m-{number}", begin - notice - ahead, begin, until, *people)

    in_a_row, threshold = draw(RULES)
    return History(
        first=first,
        end=end,
        start=start,
        seen=tuple(Seen(moment(begin), moment(until), *what) for begin, until, *what in draw(SEEN)),
        gaps=tuple((moment(begin), moment(until)) for begin, until in draw(GAPS)),
        windows=tuple(
            declared(number, moment(begin), moment(until), ahead, people)
            for number, (begin, until, ahead, *people) in enumerate(draw(WINDOWS))
        ),
        notice=notice,
        length=draw(LENGTHS_S if cell_ms > 1 else LENGTHS_MS),
        in_a_row=in_a_row,
        threshold=threshold,
        cell_ms=cell_ms,
    )


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
