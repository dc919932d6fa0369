"""Everything the record has of a period -> one account, which carries how it was made.

In: subjects, gaps, rings, a period and a method. Out: an `Account`; `record.as_record` makes plain data of it. Nothing
is rendered here, and nothing rounded.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from netwatch.core.audit.availability import Tally
from netwatch.core.audit.calendar import calendar
from netwatch.core.audit.intervals import Class, Span
from netwatch.core.audit.periods import Period
from netwatch.core.audit.protection import Protection
from netwatch.core.audit.service_availability import Scope, ScopeAccount, in_scopes
from netwatch.core.audit.subjects import Method, Subject, SubjectAccount, account_of
from netwatch.core.model import NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A period, by one method. `gaps`: when nothing was observed of anything, cut to the period."""

    period: Period
    method: Method
    gaps: tuple[tuple[int, int], ...]
    subjects: Mapping[str, SubjectAccount]
    scopes: Mapping[Scope, ScopeAccount]
    rings: Mapping[str, Protection]
    calendar: Mapping[Scope, tuple[Tally, ...]] = NOTHING


def account(  # noqa: PLR0913 - each is a source of its own
    subjects: Iterable[Subject],
    period: Period,
    *,
    method: Method,
    gaps: Sequence[tuple[int, int | None]] = (),
    rings: Iterable[Protection] = (),
    parts: Sequence[Period] = (),
    known: Mapping[str, SubjectAccount] = NOTHING,
) -> Account:
    """The account of a period, of subjects of one kind: only then does it mean something to add them up.

    `gaps` are (from, until) in ms, None: still open; they hold for every subject, and may overlap. `parts` are those
    of the period that its calendar is to have; `known` are accounts that were made by the same rules. ValueError if
    two subjects have one id.
    """
    unseen = [Span(begin_ms, end_ms, Class.UNKNOWN) for begin_ms, end_ms in gaps]
    made = [
        (subject, known.get(subject.id) or account_of(subject, period, method, unseen, parts)) for subject in subjects
    ]
    by_id = {one.subject: one for _, one in made}
    if len(by_id) < len(made):
        raise ValueError("two subjects have one id")
    return Account(
        period=period,
        method=method,
        gaps=tuple(_cut(gaps, period)),
        subjects=by_id,
        scopes=in_scopes(made),
        rings={one.ring: one for one in rings},
        calendar=calendar(made, len(parts)),
    )


def _cut(gaps: Iterable[tuple[int, int | None]], period: Period) -> Iterable[tuple[int, int]]:
    for begin_ms, end_ms in sorted(gaps, key=lambda gap: gap[0]):
        until_ms = period.until_ms if end_ms is None else min(end_ms, period.until_ms)
        if max(begin_ms, period.from_ms) < until_ms:
            yield max(begin_ms, period.from_ms), until_ms
