"""A history -> the annexes of a report: what the record is, and all that makes it uncertain or changed its meaning."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from netwatch.core.audit.declarations import Declaration
from netwatch.core.audit.periods import Period
from netwatch.core.audit.report.history import Gap, History, Told
from netwatch.core.audit.report.members import windows
from netwatch.core.audit.report.question import Question
from netwatch.core.audit.report.versions import Version, in_force


def annexes(
    history: History, versions: Sequence[Version], question: Question, gaps: Iterable[Gap]
) -> Mapping[str, Any]:
    """Rows of the period; times are ms UTC. Of the inventory, also which one was in force when it began."""
    period, inventory = question.period, versions[-1].inventory

    def within(rows: Sequence[Told]) -> list[Told]:
        return [row for row in rows if period.from_ms <= row.at_ms < period.until_ms]

    return {
        "record": {"from_ms": history.from_ms, "until_ms": history.until_ms, "rows": history.rows},
        "gaps": [
            {
                "from_ms": max(gap.from_ms, period.from_ms),
                "until_ms": period.until_ms if gap.until_ms is None else min(gap.until_ms, period.until_ms),
                "cause": gap.cause,
                "subject": gap.subject,
            }
            for gap in gaps
        ],
        "maintenance": [
            _window(subject, one)
            for subject, one in windows(history)
            if one.from_ms < min(one.until_ms, period.until_ms) and one.until_ms > period.from_ms
        ],
        "inventory": {
            "fingerprint": inventory.fingerprint,
            "in_force": [_inventory(row) for row in in_force(history.inventories, period)],
            "reckoned_with": [{"from_ms": at_ms, "fingerprint": one.fingerprint} for at_ms, one in versions],
        },
        "services": {
            one.id: {"name": one.name, "target": one.target, "up_means": one.up_means}
            for one in inventory.services.values()
            if question.service in ("", one.id)
        },
        "corrections": [_row(row) for row in _corrections(history.corrections, period)],
        "clock_steps": [_row(row) for row in within(history.clock_steps)],
        "starts": [_row(row) for row in within(history.starts)],
    }


def _corrections(rows: Sequence[Told], period: Period) -> list[Told]:
    """Those of a time within the period, also the withdrawn ones, and what withdraws them."""
    begin_s, end_s = period.from_ms / 1000, period.until_ms / 1000
    touching = {
        str(row.detail["id"])
        for row in rows
        if "withdraws" not in row.detail and row.detail["from"] < end_s and row.detail["until"] > begin_s
    }
    return [row for row in rows if str(row.detail.get("withdraws", row.detail.get("id"))) in touching]


def _window(subject: str, one: Declaration) -> Mapping[str, Any]:
    return {
        "id": one.id,
        "subject": subject,
        "recorded_ms": one.recorded_ms,
        "from_ms": one.from_ms,
        "until_ms": one.until_ms,
        "requested_by": list(one.requested_by),
        "approved_by": one.approved_by,
        "reason": one.reason,
    }


def _inventory(row: Told) -> Mapping[str, Any]:
    return {
        "row": row.seq,
        "at_ms": row.at_ms,
        "fingerprint": row.detail["fingerprint"],
        "document_sha256": row.detail["document_sha256"],
        "changes": list(row.detail["changes"]),
    }


def _row(row: Told) -> Mapping[str, Any]:
    return {"row": row.seq, "at_ms": row.at_ms, "recorded_ms": row.recorded_ms, "subject": row.subject, **row.detail}
