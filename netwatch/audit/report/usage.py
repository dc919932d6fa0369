"""What links carried, and the light they live on: a bar each, then the figures."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from netwatch.audit.report import charts
from netwatch.audit.report.markup import figure, note, section, table
from netwatch.audit.report.sheet import DASH, Sheet

SHOWN = 25
DRAWN = 15
_ROW = 19
_LEFT, _WIDE = 250, 360
_UNITS = ((1e9, "Gbit/s"), (1e6, "Mbit/s"), (1e3, "kbit/s"))


def usage(sheet: Sheet) -> str:
    """The fullest first; where there is no capacity, by what they carry."""
    words, lines = sheet.words, sheet.report["usage"]
    if not lines:
        return section("usage", words["usage"], note(words["no_usage"]))
    ways = sorted(((one, way) for one in lines for way in one["ways"]), key=_fullness)
    heads = [words[key] for key in ("link", "direction", "p95", "of_capacity", "peak", "mean")]
    heads += [words[key] for key in ("missing", "error_ppm", "growth", "days_to_80")]
    rows = [_row(one, way) for one, way in ways[:SHOWN]]
    more = len(ways) - SHOWN
    return section(
        "usage",
        words["usage"],
        figure(_drawn(sheet, ways[:DRAWN])),
        table(heads, rows, numbers=range(2, 10)),
        note(words["and_more"].format(n=more)) if more > 0 else "",
        _light(sheet, lines),
    )


def rate(bps: float | None) -> str:
    """Three digits and a unit."""
    if bps is None:
        return DASH
    size, unit = next((pair for pair in _UNITS if abs(bps) >= pair[0]), (1.0, "bit/s"))
    return f"{bps / size:.3g}\N{NO-BREAK SPACE}{unit}"


def _fullness(pair: tuple[Mapping[str, Any], Mapping[str, Any]]) -> tuple[float, float, str]:
    one, way = pair
    return (-(way["of_capacity"] or 0.0), -(way["p95_bps"] or 0.0), one["link"])


def _row(one: Mapping[str, Any], way: Mapping[str, Any]) -> list[str]:
    growth = way["growth_bps_per_day"]
    return [
        escape(one["link"]),
        f"{escape(way['from'])} →",
        rate(way["p95_bps"]),
        DASH if way["of_capacity"] is None else f"{100 * way['of_capacity']:.1f}\N{NO-BREAK SPACE}%",
        rate(way["peak_bps"]),
        rate(way["mean_bps"]),
        DASH if way["missing"] is None else f"{100 * way['missing']:.1f}\N{NO-BREAK SPACE}%",
        DASH if way["error_ppm"] is None else f"{way['error_ppm']:,.3g}",
        DASH if growth is None else rate(growth),
        DASH if way["days_to_80_percent"] is None else f"{way['days_to_80_percent']:,.0f}",
    ]


def _drawn(sheet: Sheet, ways: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> str:
    """P95 as a bar and the peak as a stroke, of the capacity; without one, of the largest peak."""
    most = max((way["peak_bps"] or 0.0 for _, way in ways), default=0.0) or 1.0
    parts = []
    for number, (one, way) in enumerate(ways):
        y, whole = 6 + number * _ROW, one["capacity_bps"] or most
        p95, peak = (min(1.0, (way[key] or 0.0) / whole) * _WIDE for key in ("p95_bps", "peak_bps"))
        parts.append(charts.text((0, y + 12), f"{one['link']} · {way['from']} →"[:40]))
        parts.append(f'<rect x="{_LEFT}" y="{y + 3}" width="{_WIDE}" height="11" fill="#eef0f2"/>')
        parts.append(f'<rect x="{_LEFT}" y="{y + 3}" width="{max(p95, 0.8):.1f}" height="11" fill="#5b7db1"/>')
        x = _LEFT + peak
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{y + 1}" y2="{y + 16}" stroke="{charts.INK}"/>')
        parts.append(charts.text((_LEFT + _WIDE + 6, y + 12), rate(way["p95_bps"]), size=10))
    return charts.svg(10 + len(ways) * _ROW, parts, sheet.words["usage"]) + note(sheet.words["usage_bars"])


def _light(sheet: Sheet, lines: Sequence[Mapping[str, Any]]) -> str:
    """The least margin first."""
    words = sheet.words
    ports = [(one["link"], light) for one in lines for light in one["light"]]
    ports.sort(key=lambda pair: (pair[1]["margin_db"] is None, pair[1]["margin_db"] or 0.0, pair[1]["port"]))
    if not ports:
        return ""
    keys = ("last_dbm", "least_dbm", "low_alarm_dbm", "margin_db", "drift_db")
    rows = [
        [
            escape(light["port"]),
            escape(link),
            *(DASH if light[key] is None else f"{light[key]:.2f}" for key in keys),
            DASH if light["days_to_alarm"] is None else f"{light['days_to_alarm']:,.0f}",
        ]
        for link, light in ports[:SHOWN]
    ]
    heads = [words[key] for key in ("port", "link", *keys, "days_to_alarm")]
    more = len(ports) - SHOWN
    return (
        f"<h3>{escape(words['light'])}</h3>\n"
        + table(heads, rows, numbers=range(2, 8))
        + (note(words["and_more"].format(n=more)) if more > 0 else "")
    )
