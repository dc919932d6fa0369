"""Figures of a report -> charts as SVG that stands in a page: an availability calendar, and faults over time.

Every class has a colour, a pattern where it means "not known", and a word in the legend.
"""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from netwatch.audit.report.sheet import Sheet
from netwatch.core.audit.report.figures import CLASSES, tally_of

WIDTH = 700
LABEL = 128  # px that names take, to the left
RIGHT = 74
INK, MUTED, RULE = "#1b1f24", "#5b6570", "#d5dae0"
FILL = {
    "up": "#bcdcc6",
    "down": "#b3261e",
    "maintenance": "#5b7db1",
    "unknown": "url(#unknown)",
    "not_in_service": "#f1f3f5",
}
SEVERITY = {"critical": "#8f1d16", "major": "#c75b12", "minor": "#c79a12"}
_STACK = ("up", "maintenance", "unknown", "down")  # from below; what is lost stands on top
_CELL, _ROW = 34, 62  # px high, and from one row to the next
_SEEN = 1.5  # px: what there is at all can be seen
_MOST = 15

PATTERN = (
    '<defs><pattern id="unknown" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="5" height="5" fill="#e6e9ec"/><rect width="2" height="5" fill="#8b949e"/></pattern></defs>'
)


def text(at: tuple[float, float], said: str, *, size: int = 11, anchor: str = "start", fill: str = INK) -> str:
    style = f'font-size="{size}" text-anchor="{anchor}" fill="{fill}"'
    return f'<text x="{at[0]:.1f}" y="{at[1]:.1f}" {style}>{escape(said)}</text>'


def svg(height: float, parts: Iterable[str], title: str) -> str:
    box = f'viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" height="{height:.0f}"'
    return (
        f'<svg {box} role="img" xmlns="http://www.w3.org/2000/svg"><title>{escape(title)}</title>{"".join(parts)}</svg>'
    )


def legend(sheet: Sheet) -> str:
    words = sheet.words
    items = "".join(f"<span>{swatch(name)} {escape(words[name])}</span>" for name in CLASSES)
    return f'<p class="legend">{items}</p>\n'


def swatch(name: str) -> str:
    """A small square as the class is drawn."""
    box = f'<rect x="0.5" y="0.5" width="12" height="12" fill="{FILL[name]}" stroke="#8b949e"/>'
    pattern = PATTERN if name == "unknown" else ""
    return f'<svg class="swatch" viewBox="0 0 13 13" width="13" height="13" aria-hidden="true">{pattern}{box}</svg>'


def calendar(sheet: Sheet) -> str:
    """A row for everything asked for and each service, a cell for each day (or hour)."""
    report = sheet.report
    days: Sequence[Sequence[Any]] = report["question"]["days"]
    wide = (WIDTH - LABEL - RIGHT) / max(len(days), 1)
    parts = [PATTERN, *_heads(days, wide)]
    for number, line in enumerate(report["calendar"]):
        top = 24 + number * _ROW
        parts.append(text((0, top + 20), sheet.service(line["service"])[:18], size=12))
        whole = tally_of({one: sum(day[one] for day in line["days"]) for one in CLASSES})
        parts.append(text((WIDTH, top + 20), f"{sheet.percent(whole.availability)}", size=12, anchor="end"))
        for place, day in enumerate(line["days"]):
            parts.append(_day(LABEL + place * wide, top, wide, day))
    return svg(24 + len(report["calendar"]) * _ROW - (_ROW - _CELL) + 4, parts, sheet.words["calendar"])


def _heads(days: Sequence[Sequence[Any]], wide: float) -> Iterable[str]:
    """Day of the month, or hour of the day; as many as fit."""
    step = max(1, round(16 / max(wide, 0.1)))
    for place, (_, _, label) in enumerate(days):
        if place % step == 0:
            told = str(label).rpartition(" ")[2] if " " in str(label) else str(label).rpartition("-")[2]
            yield text((LABEL + (place + 0.5) * wide, 14), told[:5], size=9, anchor="middle", fill=MUTED)


def _day(x: float, top: float, wide: float, day: Any) -> str:  # noqa: ANN401 - plain data
    """One stack. What is there at all is at least so high that it is seen, at the cost of what is up."""
    total = sum(day[name] for name in CLASSES)
    heights = {name: _CELL * day[name] / total if total else 0.0 for name in CLASSES}
    for name in _STACK[1:]:
        if day[name]:
            heights[name] = max(heights[name], _SEEN)
    heights["up"] = max(0.0, _CELL - sum(heights[name] for name in CLASSES if name != "up"))
    gap = min(1.0, wide / 6)
    parts = [f'<rect x="{x:.2f}" y="{top}" width="{wide - gap:.2f}" height="{_CELL}" fill="{FILL["not_in_service"]}"/>']
    bottom = top + _CELL
    for name in _STACK:
        high = heights[name]
        bottom -= high
        if high > 0:
            box = f'x="{x:.2f}" y="{max(bottom, top):.2f}" width="{wide - gap:.2f}" height="{high:.2f}"'
            parts.append(f'<rect {box} fill="{FILL[name]}"/>')
    return "".join(parts)


def timeline(sheet: Sheet) -> str:
    """The faults that cost most, each a bar from its beginning to its end, numbered as in the table."""
    question = sheet.report["question"]
    from_ms, until_ms = question["from_ms"], question["until_ms"]
    lines = [one for one in sheet.report["faults"] if "since_ms" in one][:_MOST]
    wide = WIDTH - 250
    parts = []
    bottom = 22 + len(lines) * 19
    for at_ms, _, label in _ticks(question["days"]):
        x = 250 + wide * (at_ms - from_ms) / (until_ms - from_ms)
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="18" y2="{bottom}" stroke="{RULE}"/>')
        told = str(label).rpartition(" ")[2] if " " in str(label) else str(label)[5:]
        parts.append(text((x, 12), told, size=9, fill=MUTED, anchor="end" if x > WIDTH - 30 else "start"))
    for number, one in enumerate(lines, 1):
        y = 22 + (number - 1) * 19
        begin_ms, end_ms = max(one["since_ms"], from_ms), min(one["cleared_ms"] or until_ms, until_ms)
        x = 250 + wide * (begin_ms - from_ms) / (until_ms - from_ms)
        long = max(2.0, wide * (end_ms - begin_ms) / (until_ms - from_ms))
        colour = SEVERITY.get(one["severity"], MUTED)
        of = one["subject"].partition(":")[2]  # nothing of our own uplink
        parts.append(text((0, y + 12), f"{number}. {sheet.term(one['kind'])}{f' · {of}' if of else ''}"[:38]))
        parts.append(f'<rect x="{x:.1f}" y="{y + 3}" width="{long:.1f}" height="11" fill="{colour}"/>')
        said = sheet.term(one["severity"]) + (f" · {sheet.words['open']} ▶" if one["cleared_ms"] is None else "")
        is_right = x + long > WIDTH - 110
        parts.append(
            text((x - 4 if is_right else x + long + 4, y + 12), said, size=9, anchor="end" if is_right else "start")
        )
    return svg(bottom + 4, parts, sheet.words["timeline"])


def _ticks(days: Sequence[Sequence[Any]]) -> Iterable[Sequence[Any]]:
    step = max(1, -(-len(days) // 8))
    return days[::step]
