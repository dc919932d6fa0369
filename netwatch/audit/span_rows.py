"""What spans of fibre were like <-> rows beside the verdicts of their links, so that a restart does not forget it.

A row is written when a link has been commissioned, and with every day's mean: once a day and link.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from netwatch.audit.records import Verdict
from netwatch.core.links.span import Span, is_in_order
from netwatch.core.links.state import Spans

KIND = "link.light"  # of its rows
_UNREADABLE = (ValueError, KeyError, TypeError)


def span_row(link: str, spans: Spans, now_wall_s: float) -> Verdict:
    """What both directions were like. The subject stands behind the link's, as `forget_verdicts` wants it."""
    document = {name: _document(span) for name, span in (("to_a", spans.to_a), ("to_b", spans.to_b))}
    told = json.dumps(document, separators=(",", ":"), sort_keys=True, allow_nan=False)
    return Verdict(subject=f"link:{link} light", kind=KIND, state=told, since_wall_s=now_wall_s)


def span_memory(rows: Iterable[Verdict]) -> Mapping[str, Spans]:
    """Link -> its spans, of all these rows. One that cannot be read is left out: its link is commissioned anew."""
    found: dict[str, Spans] = {}
    for row in rows:
        if row.kind != KIND:
            continue
        try:
            told = json.loads(row.state)
            name = row.subject.removeprefix("link:").removesuffix(" light")
            found[name] = Spans(to_a=_read(told["to_a"]), to_b=_read(told["to_b"]))
        except _UNREADABLE:
            continue
    return found


def _document(span: Span) -> dict[str, Any]:
    return {
        "commissioned": _rounded(span.commissioned),
        "commissioned_loss": _rounded(span.commissioned_loss),
        "since": span.since_wall_s,
        "days": [list(day) for day in span.days],
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _read(told: Mapping[str, Any]) -> Span:
    days = tuple((int(day), float(mean)) for day, mean in told["days"])
    if not is_in_order(days):
        raise ValueError("days out of order")
    numbers: Sequence[float | None] = [
        None if told[name] is None else float(told[name]) for name in ("commissioned", "commissioned_loss", "since")
    ]
    commissioned, commissioned_loss, since_s = numbers
    return Span(commissioned=commissioned, commissioned_loss=commissioned_loss, since_wall_s=since_s, days=days)
