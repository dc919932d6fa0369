"""One subject's record and a method -> its account: time by class, figures, outages, maintenance, losses by fault.

In: spans and declarations as values. Out: whole numbers from which every figure follows. Nothing here is weighted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from netwatch.core.audit.availability import Tally, declared_after, seen_in_maintenance, tallies, tally
from netwatch.core.audit.classes import Segment, timeline
from netwatch.core.audit.corrections import Correction, corrected
from netwatch.core.audit.declarations import DAY_MS, Declaration, Judged
from netwatch.core.audit.intervals import Class, Span
from netwatch.core.audit.n_intervals import IntervalRule, n_interval_tally
from netwatch.core.audit.periods import Period
from netwatch.core.audit.readings import View
from netwatch.core.audit.repair import Outage, Repair, outages, repair
from netwatch.core.audit.rounding import LOSSES, SHARES
from netwatch.core.audit.target import Verdict, verdict
from netwatch.core.model import NOTHING

NOTHING_LOST, NOTHING_FAILED = Tally(), Repair()


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """Everything that decides a figure beside the record itself. It is printed with the figures."""

    view: View  # which question the subjects' spans were read for
    notice_ms: int = DAY_MS  # maintenance is recorded so long before it begins, or does not excuse
    observed: Mapping[str, int | str] = (
        NOTHING  # of the raw figures: how often it was asked, when it is held to be down
    )
    n_interval: IntervalRule = field(default_factory=IntervalRule)
    precedence: tuple[Class, ...] = tuple(Class)
    shares_rounded: str = SHARES
    losses_rounded: str = LOSSES
    version: int = 1  # of these rules; another one may give other figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What the record holds of one subject. `weight`: the cameras, or whatever is counted, behind it."""

    id: str
    spans: Sequence[Span]
    declarations: Sequence[Declaration] = ()
    corrections: Sequence[Correction] = ()  # in the order they were recorded
    service: str = ""
    district: str = ""
    site: str = ""
    counts_as: str = ""  # the same for the stays of one that moved; empty: its id
    weight: int = 1
    up_means: str = ""  # the check that decides, as the inventory says for its service; empty: any answer
    target: Fraction | None = None

    def __post_init__(self) -> None:
        if self.weight < 0:
            raise ValueError(f"{self.id}: a weight counts things and is not negative: {self.weight}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectAccount:
    """One subject in one period. `time` is raw, `n_interval` by the rule of n intervals in a row."""

    subject: str
    weight: int
    up_means: str
    target: Fraction | None
    counts_as: str
    time: Tally
    n_interval: Tally
    seen_in_maintenance: Tally = NOTHING_LOST
    declared_after: Tally = NOTHING_LOST
    judged: tuple[Judged, ...] = ()  # the declarations that touch the period
    outages: tuple[Outage, ...] = ()
    repair: Repair = NOTHING_FAILED
    lost_ms: Mapping[str, int] = NOTHING  # fault -> time down; the empty one: charged to none
    by_part: tuple[Tally, ...] = ()  # of the raw time, for each part that was asked for
    corrected: Tally | None = None  # the time as corrected, where a correction touches the period

    @property
    def verdict(self) -> Verdict | None:
        """None without a target."""
        return None if self.target is None else verdict(self.time, self.target)


def account_of(
    subject: Subject, period: Period, method: Method, gaps: Iterable[Span] = (), parts: Sequence[Period] = ()
) -> SubjectAccount:
    """The account of one subject. `gaps`: when nothing at all was observed; spans of the class unknown.

    `parts` of the period follow each other; between them there may be holes.
    """
    spans = (*subject.spans, *gaps)
    line = timeline(spans, subject.declarations, period, notice_ms=method.notice_ms)
    within = tuple(line.within(period))
    time = tally(within)
    found = outages(line.segments, period) if time.down else ()
    return SubjectAccount(
        subject=subject.id,
        weight=subject.weight,
        up_means=subject.up_means,
        target=subject.target,
        counts_as=subject.counts_as or subject.id,
        time=time,
        n_interval=n_interval_tally(within, period, method.n_interval) if time.down else time,
        judged=tuple(one for one in line.judged if one.declaration.until_ms > period.from_ms),
        outages=found,
        repair=repair(found, up_ms=time.up),
        lost_ms=_lost_ms(within) if time.down else NOTHING,
        seen_in_maintenance=seen_in_maintenance(within) if time.maintenance else NOTHING_LOST,
        declared_after=declared_after(line, period) if line.judged else NOTHING_LOST,
        by_part=tuple(tallies(within, parts)),
        corrected=_corrected(subject, spans, period, method),
    )


def _corrected(subject: Subject, spans: Sequence[Span], period: Period, method: Method) -> Tally | None:
    """By the same rules, of what would have been recorded."""
    touching = [one for one in subject.corrections if one.from_ms < period.until_ms and one.until_ms > period.from_ms]
    if not touching:
        return None
    seen = corrected(spans, subject.corrections)
    line = timeline(seen, subject.declarations, period, notice_ms=method.notice_ms)
    return tally(line.within(period))


def _lost_ms(within: Iterable[Segment]) -> Mapping[str, int]:
    lost: dict[str, int] = {}
    for begin_ms, end_ms, klass, _, fault in within:
        if klass is Class.DOWN:
            lost[fault] = lost.get(fault, 0) + end_ms - begin_ms
    return lost
