"""Courses and points -> SVG: graphs, state timelines, bars, maps. Sizes are in pixels."""

import math
from html import escape
from itertools import pairwise

from tests.pictures.values import colour, in_unit, tell

PALETTE = ("#5794f2", "#ff9830", "#73bf69", "#b877d9", "#f2495c", "#fade2a", "#3274d9", "#c4162a", "#37872d", "#8f3bb8")
INK, FAINT, LINE = "#24292e", "#6a737d", "#e4e7ea"
FONT = 11


def width_of(text):
    """About how wide it is: Hangul is twice as wide as Latin."""
    return sum(FONT * (0.95 if ord(one) > 0x1100 else 0.56) for one in text)


def shortened(text, room):
    if width_of(text) <= room:
        return text
    while text and width_of(text) > room - FONT:
        text = text[:-1]
    return text + "…" if text else ""


def svg(width, height, parts):
    return f'<svg width="{width:.0f}" height="{height:.0f}">{"".join(parts)}</svg>'


def label(x, y, text, *, anchor="start", fill=FAINT):
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}" font-size="{FONT}">{escape(text)}</text>'
    )


def clock(at_s, zone):
    from_midnight = (at_s + zone) % 86_400
    return f"{int(from_midnight // 3600):02}:{int(from_midnight // 60 % 60):02}"


class Times:
    """The time axis: from and to in seconds, over a number of pixels from `left` on."""

    def __init__(self, span, *, left, width, zone):
        self.span, self.left, self.width, self.zone = span, left, width, zone

    def at(self, at_s):
        begin, end = self.span
        return self.left + (min(max(at_s, begin), end) - begin) / (end - begin) * self.width

    def ticks(self, y):
        begin, end = self.span
        step = next(one for one in (60, 120, 300, 600, 1800, 3600, 86_400) if (end - begin) / one <= 8)
        first = math.ceil(begin / step) * step
        return [
            label(self.at(at), y, clock(at, self.zone), anchor="middle")
            for at in range(first, int(end) + 1, step)
            if self.left + 15 < self.at(at) < self.left + self.width - 12
        ]


def nice_step(extent, parts=4):
    raw = extent / parts
    size = 10 ** math.floor(math.log10(raw))
    return next(one * size for one in (1, 2, 2.5, 5, 10) if one * size >= raw)


def stacked(courses):
    """Each on top of those before; (below, above) at each of its samples."""
    floor = {}
    for course in courses:
        bands = []
        for at, value in course.samples:
            below = floor.get(at, 0.0)
            floor[at] = below + value
            bands.append((at, below, below + value))
        yield course, bands


def plain(courses):
    for course in courses:
        turned = -1 if course.settings.get("custom.transform") == "negative-Y" else 1
        yield course, [(at, 0.0, turned * value) for at, value in course.samples if not math.isnan(value)]


def runs(bands, step):
    """Parts without a gap."""
    run = bands[:1]
    for before, after in pairwise(bands):
        if after[0] - before[0] > 1.5 * step:
            yield run
            run = []
        run.append(after)
    yield run


def limits(drawn, defaults):
    values = [value for _, bands in drawn for _, below, above in bands for value in (below, above)]
    values = [value for value in values if math.isfinite(value)] or [0.0]
    low = defaults["min"] if defaults.get("min") is not None else min(values)
    high = defaults["max"] if defaults.get("max") is not None else max(values)
    if defaults.get("custom", {}).get("axisCenteredZero"):
        high = max(abs(low), abs(high))
        low = -high
    if defaults.get("max") is None:
        high += 0.05 * (high - low)
    return (low, high) if high > low else (low, low + 1)


def graph(panel, courses, *, size, span, step, marks, zone):
    """Lines over time. `marks`: spans in which a fault was open."""
    width, height = size
    defaults = panel["fieldConfig"]["defaults"]
    is_stacked = defaults["custom"]["stacking"]["mode"] == "normal"
    drawn = list((stacked if is_stacked else plain)(courses))
    low, high = limits(drawn, defaults)
    rise = nice_step(high - low)
    if defaults.get("decimals") == 0:
        rise = max(1, rise)  # there is no half a camera
    values = [rise * n for n in range(math.ceil(low / rise - 1e-9), math.floor(high / rise + 1e-9) + 1)]
    told = [in_unit(value, panel_unit(panel)) for value in values]
    left = max(width_of(one) for one in told) + 10
    foot = height - 16
    times = Times(span, left=left, width=width - left - 6, zone=zone)

    def y(value):
        return foot - (value - low) / (high - low) * (foot - 6)

    parts = [
        f'<line x1="{left}" x2="{width - 6}" y1="{y(v):.1f}" y2="{y(v):.1f}" stroke="{LINE}"/>'
        + label(left - 5, y(v) + 4, t, anchor="end")
        for v, t in zip(values, told, strict=True)
    ]
    for begin, end in marks:
        x, wide = times.at(begin), max(1, times.at(end) - times.at(begin))
        parts.append(f'<rect x="{x:.1f}" y="6" width="{wide:.1f}" height="{foot - 6}" fill="#f2495c" opacity=".05"/>')
        parts.append(f'<path d="M{x:.1f} 6V{foot}" stroke="#f2495c" stroke-dasharray="3 3" opacity=".6"/>')
    for number, (course, bands) in enumerate(drawn):
        ink = ink_of(course, number)
        for run in runs(bands, step) if bands else ():
            line = " ".join(f"{times.at(at):.1f},{y(above):.1f}" for at, _, above in run)
            back = " ".join(f"{times.at(at):.1f},{y(max(below, low)):.1f}" for at, below, _ in reversed(run))
            parts.append(f'<polygon points="{line} {back}" fill="{ink}" opacity="{0.4 if is_stacked else 0.1}"/>')
            parts.append(f'<polyline points="{line}" fill="none" stroke="{ink}" stroke-width="1.3"/>')
    return svg(width, height, [*parts, *times.ticks(height - 3)])


def panel_unit(panel):
    return panel["fieldConfig"]["defaults"].get("unit") or "none"


def ink_of(course, number):
    fixed = course.settings.get("color") or {}
    return colour(fixed["fixedColor"]) if fixed.get("mode") == "fixed" else PALETTE[number % len(PALETTE)]


def timeline(courses, *, size, span, step, language, zone):
    """One row for each series; a word where it fits."""
    width, height = size
    left = min(0.3 * width, max(width_of(course.name) for course in courses) + 11)
    times = Times(span, left=left, width=width - left - 6, zone=zone)
    row = (height - 20) / len(courses)
    thick = min(row * 0.85, 34)
    parts = []
    for number, course in enumerate(courses):
        y = number * row + (row - thick) / 2
        if row >= FONT - 2:
            parts.append(label(left - 6, y + thick / 2 + 4, shortened(course.name, left - 10), anchor="end", fill=INK))
        for begin, end, value in spells(course.samples, step):
            told = tell(value, course.settings, language=language, now_s=span[1])
            x, wide = times.at(begin), max(1.0, times.at(end) - times.at(begin))
            ink = told.colour or "#8ab8ff"
            parts.append(
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{thick:.1f}" fill="{ink}" opacity=".85"/>'
            )
            if thick >= FONT and width_of(told.text) + 8 <= wide:
                parts.append(label(x + 5, y + thick / 2 + 4, told.text, fill=INK))
    return svg(width, height, [*parts, *times.ticks(height - 3)])


def spells(samples, step):
    """Equal values that follow each other are one."""
    found = []
    for at, value in samples:
        if found and found[-1][2] == value and at - found[-1][1] <= 1.5 * step:
            found[-1][1] = at
        else:
            if found and at - found[-1][1] <= 1.5 * step:
                found[-1][1] = at
            found.append([at, at, value])
    return found


def bars(courses, *, size, language, now_s):
    """A name, a bar, a value, from the top."""
    width, height = size
    values = [course.samples[-1][1] for course in courses]
    row = min(height / len(courses), 40)
    left = min(0.45 * width, max(width_of(course.name) for course in courses) + 12)
    room = width - left - 70
    parts = []
    for number, (course, value) in enumerate(zip(courses, values, strict=True)):
        told = tell(value, course.settings, language=language, now_s=now_s)
        high = course.settings.get("max") or max(values) or 1
        y, thick = number * row + row * 0.12, row * 0.76
        parts.append(label(left - 8, y + thick / 2 + 4, shortened(course.name, left - 12), anchor="end", fill=INK))
        parts.append(f'<rect x="{left:.1f}" y="{y:.1f}" width="{room:.1f}" height="{thick:.1f}" fill="#f1f3f5"/>')
        long = max(2.0, min(1.0, value / high) * room)
        ink = told.colour or "#5794f2"
        parts.append(
            f'<rect x="{left:.1f}" y="{y:.1f}" width="{long:.1f}" height="{thick:.1f}" fill="{ink}" opacity=".75"/>'
        )
        parts.append(label(left + room + 6, y + thick / 2 + 4, told.text, fill=INK))
    return svg(width, height, parts)


def points(panel, rows, *, size, settings):
    """Places on a plain ground, the worst above; a scale in kilometres and what the colours mean."""
    width, height = size
    placed = [(float(row["latitude"]), float(row["longitude"]), row["Value"]) for row in rows]
    middle = math.radians(sum(at[0] for at in placed) / len(placed))
    flat = [(lon * math.cos(middle), -lat, value) for lat, lon, value in placed]
    west, east = min(p[0] for p in flat), max(p[0] for p in flat)
    north, south = min(p[1] for p in flat), max(p[1] for p in flat)
    scale = min((width - 60) / (east - west or 1e-3), (height - 60) / (south - north or 1e-3))
    shift = (width - (east - west) * scale) / 2, (height - (south - north) * scale) / 2
    parts = [f'<rect width="{width}" height="{height}" fill="#f1f4f2"/>', *graticule(size)]
    for x, y, value in sorted(flat, key=lambda point: point[2]):
        ink = tell(value, settings, language="en", now_s=0).colour
        cx, cy = shift[0] + (x - west) * scale, shift[1] + (y - north) * scale
        parts.append(f'<circle cx="{cx:.1f}" cy="{cy:.1f}" r="8" fill="{ink}" fill-opacity=".9" stroke="#fff"/>')
    kilometre = scale / 111.32
    long = next(one for one in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50) if one * kilometre > 60)
    x = width - 20 - long * kilometre
    parts.append(f'<path d="M{x:.1f} {height - 18}v5h{long * kilometre:.1f}v-5" fill="none" stroke="{INK}"/>')
    parts.append(label(x + long * kilometre / 2, height - 19, f"{long:g} km", anchor="middle", fill=INK))
    return svg(width, height, [*parts, *meaning(settings, height)])


def graticule(size):
    width, height = size
    return [f'<path d="M{x} 0V{height}" stroke="#e2e7e4"/>' for x in range(60, int(width), 60)] + [
        f'<path d="M0 {y}H{width}" stroke="#e2e7e4"/>' for y in range(60, int(height), 60)
    ]


def meaning(settings, height):
    """What the colours say, at the lower left."""
    shown = [one for mapping in settings["mappings"] for one in mapping["options"].values()]
    wide = max(width_of(one["text"]) for one in shown) + 34
    top = height - 10 - 18 * len(shown)
    parts = [f'<rect x="8" y="{top - 6}" width="{wide:.0f}" height="{18 * len(shown) + 8}" fill="#fff" opacity=".85"/>']
    for number, one in enumerate(sorted(shown, key=lambda one: one["index"])):
        y = top + 18 * number + 8
        parts.append(
            f'<circle cx="20" cy="{y}" r="5" fill="{colour(one["color"])}"/>' + label(31, y + 4, one["text"], fill=INK)
        )
    return parts
