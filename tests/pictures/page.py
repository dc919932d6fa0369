"""A dashboard and what its queries brought -> one HTML page that looks as Grafana would lay it out.

It is laid out by the panels' own `gridPos`, from the JSON that Grafana reads; nothing is taken from the code behind it.
"""

import time
from html import escape
from pathlib import Path
from typing import NamedTuple

from tests.pictures import drawing, frames
from tests.pictures.values import tell

WIDTH, EDGE, GAP, UNIT = 1600, 12, 8, 38  # px; a grid row is 30 high and 8 from the next
HEAD = 74
NOTE = {
    "en": "drawn by netwatch's own renderer from this dashboard's queries, not by Grafana",
    "ko": "Grafana 화면이 아니라, 이 대시보드의 쿼리 결과를 netwatch가 직접 그린 그림입니다",
}
CSS = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")


class Seen(NamedTuple):
    """What was seen: the moment, the time range, and how far apart the samples of a course are."""

    begin_s: float
    end_s: float
    step_s: float
    language: str
    zone_s: int
    marks: tuple  # (begin, end) of each open fault
    shift_s: float  # by which a panel with timeShift ends earlier


def page(board, chosen, answers, seen):
    """HTML and its height. `chosen`: (title, value) of each variable; `answers`: panel id -> ref -> result."""
    parts, bottom = [], 0
    for panel in board["panels"]:
        at = panel["gridPos"]
        column = (WIDTH - 2 * EDGE + GAP) / 24
        x, y = EDGE + at["x"] * column, HEAD + at["y"] * UNIT
        width, height = at["w"] * column - GAP, at["h"] * UNIT - GAP
        bottom = max(bottom, y + height)
        place = f"left:{x:.0f}px;top:{y:.0f}px;width:{width:.0f}px;height:{height:.0f}px"
        if panel["type"] == "row":
            parts.append(f'<h2 style="{place}">⌄ {escape(panel["title"])}</h2>')
            continue
        inside = body(panel, answers[panel["id"]], (width - 14, height - 34), seen)
        parts.append(
            f'<section style="{place}"><h3>{escape(panel["title"])}</h3><div class="body">{inside}</div></section>'
        )
    span = f"{clock(seen.begin_s, seen)} – {clock(seen.end_s, seen)}"
    told = "".join(f"<b><i>{escape(title)}</i> {escape(value)}</b>" for title, value in chosen)
    note, title = escape(NOTE[seen.language]), escape(board["title"])
    head = f"<header><small>{note}</small><h1>{title}</h1><p>{told}<b>{span}</b></p></header>"
    begin = f'<!doctype html><meta charset="utf-8"><style>{CSS}</style><body style="width:{WIDTH}px">'
    return begin + head + "".join(parts), bottom + EDGE


def clock(at_s, seen):
    return time.strftime("%H:%M:%S", time.gmtime(at_s + seen.zone_s))


def body(panel, answers, size, seen):
    """The inside of one panel."""
    if not any(answers.values()):
        nothing = panel["fieldConfig"]["defaults"]["noValue"]
        return f'<div class="none">{escape(nothing)}</div>' if panel["type"] != "stat" else stat_box(nothing, "", size)
    return {
        "stat": stat,
        "table": table,
        "geomap": sites,
        "timeseries": graph,
        "state-timeline": timeline,
        "bargauge": bars,
    }[panel["type"]](panel, answers, size, seen)


def stat_box(text, colour, size):
    wide = drawing.width_of(text) / drawing.FONT
    font = min(size[1] * 0.52, 0.9 * size[0] / wide, 54)
    ink = "#fff" if colour and colour != "#fade2a" else "#24292e"
    style = f"font-size:{font:.0f}px;color:{ink};background:{colour or 'none'}"
    return f'<div class="stat" style="{style}">{escape(text)}</div>'


def stat(panel, answers, size, seen):
    course = frames.courses(panel, answers)[0]
    told = tell(course.samples[-1][1], course.settings, language=seen.language, now_s=seen.end_s)
    judged = told.colour if panel["options"]["colorMode"] == "background" else ""
    return stat_box(told.text, judged, size)


def table(panel, answers, size, seen):
    shown = frames.columns(panel)
    heads = "".join(
        f'<th style="width:{one.settings["custom.width"]}px">' if one.settings.get("custom.width") else "<th>"
        for one in shown
    )
    titles = iter(shown)
    heads = heads.replace(">", ">%s</th>") % tuple(escape(next(titles).title) for _ in shown)
    most = int(size[1] // 26)
    lines = [
        "<tr>" + "".join(cell(row.get(one.source), one.settings, seen) for one in shown) + "</tr>"
        for row in frames.rows(panel, answers)[:most]
    ]
    return f"<table><tr>{heads}</tr>{''.join(lines)}</table>"


def cell(value, settings, seen):
    if value is None or value == "":
        return "<td></td>"
    told = tell(value, settings, language=seen.language, now_s=seen.end_s)
    look = settings.get("custom.cellOptions", {}).get("type")
    text = escape(told.text)
    if look == "gauge":
        wide = min(1.0, max(0.0, value)) * 55
        return (
            f'<td><span class="bar" style="width:{wide:.0f}%;background:{told.colour or "#73bf69"}"></span>{text}</td>'
        )
    if settings.get("links") and not look:
        text = f"<a>{text}</a>"
    judged = told.colour if look == "color-background" else ""
    ink = f' style="background:{judged};color:{"#24292e" if judged == "#fade2a" else "#fff"}"' if judged else ""
    kind = " class=w" if settings.get("custom.wrapText") else "" if isinstance(value, str) or judged else " class=n"
    return f"<td{kind}{ink}>{text}</td>"


def sites(panel, answers, size, seen):
    return drawing.points(
        panel, frames.rows(panel, answers), size=(size[0], size[1] + 4), settings=frames.settings_of(panel, "Value")
    )


def ordered(panel, answers):
    return sorted(frames.courses(panel, answers), key=lambda course: course.name)


def graph(panel, answers, size, seen):
    courses = frames.courses(panel, answers)
    shift = seen.shift_s if panel.get("timeShift") else 0
    drawn = drawing.graph(
        panel,
        courses,
        size=(size[0], size[1] - 18),
        span=(seen.begin_s - shift, seen.end_s - shift),
        step=seen.step_s,
        marks=seen.marks,
        zone=seen.zone_s,
    )
    names = "".join(
        f'<i style="background:{drawing.ink_of(course, number)}"></i>{escape(course.name)}'
        for number, course in enumerate(courses)
    )
    return f'{drawn}<div class="legend">{names}</div>'


def timeline(panel, answers, size, seen):
    return drawing.timeline(
        ordered(panel, answers),
        size=size,
        span=(seen.begin_s, seen.end_s),
        step=seen.step_s,
        language=seen.language,
        zone=seen.zone_s,
    )


def bars(panel, answers, size, seen):
    return drawing.bars(frames.courses(panel, answers), size=size, language=seen.language, now_s=seen.end_s)
