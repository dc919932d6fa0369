"""Subjects and corrections -> the figures with the corrections, told apart from those that were recorded.

In: the subjects of each kind, and rows that correct. Out: plain data of the kinds that anything was corrected of: the
subjects concerned, and the sums of all and of each service. Where nothing was observed, a correction counts, too.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from netwatch.core.audit.account import Account, account
from netwatch.core.audit.corrections import Correction, corrected
from netwatch.core.audit.intervals import Class, Span
from netwatch.core.audit.record import scope_record, subject_record
from netwatch.core.audit.report.question import Kind
from netwatch.core.audit.subjects import Subject
from netwatch.core.records import replace


def with_corrections(accounts: Mapping[Kind, Account], found: Mapping[Kind, Sequence[Subject]]) -> Mapping[str, Any]:
    """By kind. Empty where no correction touches the period."""
    told = {}
    for kind, one in accounts.items():
        near = {subject.id: _within(subject.corrections, one) for subject in found[kind] if subject.corrections}
        mine = {name: corrections for name, corrections in near.items() if corrections}
        if mine:
            told[kind.value] = _told(one, found[kind], mine)
    return told


def _told(
    recorded: Account, subjects: Sequence[Subject], mine: Mapping[str, Sequence[Correction]]
) -> Mapping[str, Any]:
    unseen = [Span(begin_ms, end_ms, Class.UNKNOWN) for begin_ms, end_ms in recorded.gaps]
    again = account(
        [replace(one, spans=corrected([*one.spans, *unseen], mine.get(one.id, ()))) for one in subjects],
        recorded.period,
        method=recorded.method,
    )
    return {
        "subjects": {name: subject_record(again.subjects[name]) for name in sorted(mine)},
        "scopes": [
            scope_record(one) for scope, one in again.scopes.items() if scope.district is None and scope.site is None
        ],
    }


def _within(corrections: Sequence[Correction], one: Account) -> Sequence[Correction]:
    period = one.period
    return [each for each in corrections if each.from_ms < period.until_ms and each.until_ms > period.from_ms]
