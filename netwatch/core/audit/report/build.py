"""A history, the inventories of its period and a question -> the report as plain data: whole numbers, fractions, words.

In: what rows of the ledger tell. Out: one JSON-able document, from which every page, table and file is made. The same
rows, inventories and question give the same document, wherever and whenever: that is what recomputing compares.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from netwatch.core.audit.account import Account, account
from netwatch.core.audit.availability import Tally
from netwatch.core.audit.protection import Protection, RingSpan, protection
from netwatch.core.audit.record import as_record, method_record, tally_record
from netwatch.core.audit.report.annexes import annexes
from netwatch.core.audit.report.faults import fault_lines
from netwatch.core.audit.report.history import NO_RECORD_YET, RECORD_ENDS, UNWATCHED, Gap, History
from netwatch.core.audit.report.members import PREFIXES, READINGS, declarations, members
from netwatch.core.audit.report.method import method
from netwatch.core.audit.report.own_network import own_network
from netwatch.core.audit.report.question import Kind, Question
from netwatch.core.audit.report.spans import conditions
from netwatch.core.audit.report.usage_lines import Recorded, usage_lines
from netwatch.core.audit.report.versions import Version
from netwatch.core.audit.report.with_corrections import with_corrections
from netwatch.core.audit.service_availability import Scope
from netwatch.core.audit.subjects import Subject, SubjectAccount
from netwatch.core.links.rings import RingCondition
from netwatch.core.model import NOTHING
from netwatch.core.records import replace

FORMAT = "netwatch report 1"
_RING_WORDS = frozenset(RingCondition)


def build(
    history: History, versions: Sequence[Version], question: Question, usage: Mapping[str, Recorded] = NOTHING
) -> Mapping[str, Any]:
    """The whole report. `usage`: port -> what it carried, as far as it is on record and wanted.

    `versions`: of the inventory, in order, at least one. What is asked of one alone is asked of the last.
    """
    inventory = versions[-1].inventory
    gaps = gaps_of(history, question)
    everywhere = [(gap.from_ms, gap.until_ms) for gap in gaps if not gap.subject]
    declared = declarations(history, versions)
    found = {kind: members(kind, history, versions, question=question, declared=declared) for kind in Kind}
    rings = [_protection(ring, history, question, everywhere) for ring in found[Kind.RING]]
    accounts: dict[Kind, Account] = {}
    for kind in Kind:
        accounts[kind] = account(
            found[kind],
            question.period,
            method=method(kind, inventory, question),
            gaps=everywhere,
            rings=rings if kind is Kind.RING else (),
            parts=question.days if kind is Kind.SERVICE else (),
            known=_alike(found, accounts[Kind.SERVICE]) if kind is Kind.FIELD_DEVICE else NOTHING,
        )
    return {
        "format": FORMAT,
        "city": inventory.city,
        "question": question.told(),
        "accounts": {kind.value: _account(accounts[kind], found[kind]) for kind in Kind},
        "calendar": _calendar(accounts[Kind.SERVICE].calendar),
        "faults": fault_lines(history, accounts, question),
        "with_corrections": with_corrections(accounts, found),
        "usage": usage_lines(usage, inventory, question),
        "own_network": own_network(history, inventory, question.period),
        **annexes(history, versions, question, gaps),
    }


def gaps_of(history: History, question: Question) -> list[Gap]:
    """When nothing was observed of the period; also before the record begins, and after it ends."""
    period = question.period
    gaps = [
        *([Gap(0, history.from_ms, NO_RECORD_YET)] if history.from_ms > period.from_ms else []),
        *history.gaps,
        *([Gap(history.until_ms, None, RECORD_ENDS)] if history.until_ms < period.until_ms else []),
    ]
    return [
        gap for gap in gaps if gap.from_ms < period.until_ms and (gap.until_ms is None or gap.until_ms > period.from_ms)
    ]


def _alike(found: Mapping[Kind, Sequence[Subject]], service: Account) -> Mapping[str, SubjectAccount]:
    """Of field devices that never were behind a fault: as things they were what they were as services."""
    return {
        thing.id: replace(service.subjects[thing.id], target=None, up_means="", by_part=())
        for thing, served in zip(found[Kind.FIELD_DEVICE], found[Kind.SERVICE], strict=True)
        if thing.spans == served.spans
    }


def _account(one: Account, found: Sequence[Subject]) -> Mapping[str, Any]:
    """As `as_record` has it, without what stands once for all kinds; each subject with where it belongs."""
    told = as_record(one)
    places = {
        subject.id: {"service": subject.service, "district": subject.district, "site": subject.site}
        for subject in found
    }
    subjects = {name: {**places[name], **figures} for name, figures in told["subjects"].items()}
    return {
        "method": method_record(one.method),
        "subjects": subjects,
        "scopes": told["scopes"],
        **({"rings": told["rings"]} if one.rings else {}),
    }


def _calendar(days: Mapping[Scope, Sequence[Tally]]) -> Sequence[Mapping[str, Any]]:
    """Of everything asked for, and of each service."""
    return [
        {"service": scope.service, "days": [tally_record(day) for day in tallies]}
        for scope, tallies in sorted(
            days.items(), key=lambda item: (item[0].service is not None, item[0].service or "")
        )
        if scope.district is None and scope.site is None
    ]


def _protection(
    ring: Subject, history: History, question: Question, gaps: Sequence[tuple[int, int | None]]
) -> Protection:
    """The time without reserve. Where nothing was observed, or it was not in service, nothing is held against it."""
    states = [
        RingSpan(from_ms, until_ms, RingCondition(state) if state in _RING_WORDS else RingCondition.UNKNOWN)
        for from_ms, until_ms, state in conditions(history.points.get(ring.id, ()), READINGS[Kind.RING])
        if state != UNWATCHED
    ]
    unseen = [RingSpan(from_ms, until_ms, RingCondition.UNKNOWN) for from_ms, until_ms in gaps]
    return protection(
        ring.id.removeprefix(PREFIXES[Kind.RING]),
        [*states, *unseen],
        ring.declarations,
        question.period,
        notice_ms=question.notice_ms,
    )
