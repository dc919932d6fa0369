"""Corrections: somebody says, with a reason and their name, that the record is wrong about a time of a subject. Pure.

In: rows that correct and that withdraw, and the spans of a subject. Out: the spans as corrected. What was recorded
stays, and figures are told without corrections first; those with them are printed apart.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from netwatch.core.audit.intervals import Class, Span, ms_of


class TrueState(StrEnum):
    """What somebody may say that a subject was."""

    UP = "up"
    DOWN = "down"
    UNKNOWN = "unknown"
    NOT_IN_SERVICE = "not_in_service"


CORRECTABLE = ("device:", "field_device:", "link:", "ring:")  # what intervals are recorded of
CLASSES: Mapping[TrueState, Class] = {state: Class[state.name] for state in TrueState}


class Row(Protocol):
    """A row of the ledger, as far as it is read here."""

    @property
    def seq(self) -> int: ...
    @property
    def subject(self) -> str: ...
    @property
    def detail(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """The subject was `seen` in `from_ms <= t < until_ms`, whatever was recorded."""

    id: str
    subject: str
    from_ms: int
    until_ms: int
    seen: Class


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A correction as somebody wants it. `by` says so; `user` typed it, as the kernel knows them."""

    subject: str
    from_wall_s: float
    until_wall_s: float
    state: TrueState
    reason: str
    by: str
    user: str


def corrections_of(rows: Iterable[Row]) -> Mapping[str, Sequence[Correction]]:
    """Subject -> its corrections that were not withdrawn, in the order they were recorded."""
    standing: dict[str, Correction] = {}
    for row in sorted(rows, key=lambda row: row.seq):
        told = row.detail
        if told.get("withdraws"):
            standing.pop(str(told["withdraws"]), None)
            continue
        standing[str(told["id"])] = Correction(
            id=str(told["id"]),
            subject=row.subject,
            from_ms=ms_of(told["from"]),
            until_ms=ms_of(told["until"]),
            seen=CLASSES[TrueState(told["state"])],
        )
    found: dict[str, list[Correction]] = {}
    for one in standing.values():
        found.setdefault(one.subject, []).append(one)
    return found


def corrected(spans: Iterable[Span], corrections: Iterable[Correction]) -> list[Span]:
    """The spans, with what was corrected in its place; of two corrections of a time, the one recorded later counts."""
    found = list(spans)
    for one in corrections:
        found = [part for span in found for part in _outside(span, one.from_ms, one.until_ms)]
        found.append(Span(one.from_ms, one.until_ms, one.seen))
    return found


def _outside(span: Span, from_ms: int, until_ms: int) -> Iterable[Span]:
    """What of the span lies before and behind that time."""
    begin_ms, end_ms, seen, fault = span
    if (end_ms is not None and end_ms <= from_ms) or begin_ms >= until_ms:
        yield span
        return
    if begin_ms < from_ms:
        yield Span(begin_ms, from_ms, seen, fault)
    if end_ms is None or end_ms > until_ms:
        yield Span(until_ms, end_ms, seen, fault)
