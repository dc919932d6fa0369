"""A number and its field's settings -> the text and the colour that Grafana would show.

Units are Grafana's ids; only those that the dashboards use are known, and another one is a KeyError: then it is to be
added here.
"""

import math
from typing import NamedTuple

# Grafana's palette, by the names that dashboards use
COLOURS = {
    "green": "#73bf69",
    "yellow": "#fade2a",
    "orange": "#ff9830",
    "red": "#f2495c",
    "purple": "#b877d9",
    "blue": "#5794f2",
    "text": "#24292e",
}
MINUTE, HOUR, DAY = 60, 3600, 86_400
_SPANS = {
    "en": ((DAY, "day", "days"), (HOUR, "hour", "hours"), (MINUTE, "minute", "minutes"), (1, "second", "seconds")),
    "ko": ((DAY, "일", "일"), (HOUR, "시간", "시간"), (MINUTE, "분", "분"), (1, "초", "초")),
}
_SI = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_FRACTIONS = ((1, ""), (1e-3, "m"), (1e-6, "µ"))


class Told(NamedTuple):
    """What stands there, and the colour that judges it (empty: none does)."""

    text: str
    colour: str = ""


def colour(name):
    return COLOURS.get(name, name)


def digits(value, decimals=None):
    """As many decimals as asked for; else three significant digits."""
    if decimals is None:
        size = 0 if not value else math.floor(math.log10(abs(value)))
        decimals = max(0, 2 - size) if abs(value) < 100 else 0
        text = f"{value:.{decimals}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return f"{value:,.{decimals}f}"


def _scaled(value, unit, decimals, steps=_SI):
    for factor, prefix in steps:
        if abs(value) >= factor:
            return f"{digits(value / factor, decimals)} {prefix}{unit}"
    return f"{digits(value, decimals)} {unit}"


def _seconds(value, decimals):
    if abs(value) >= MINUTE:
        size, one = next(
            (size, one) for size, one in ((DAY, "days"), (HOUR, "hours"), (MINUTE, "mins")) if abs(value) >= size
        )
        return f"{digits(value / size, 1)} {one}"
    if value and abs(value) < 1:
        return _scaled(value, "s", decimals if abs(value) >= 1e-3 else None, _FRACTIONS)
    return f"{digits(value, decimals)} s"


def span(value, language, most=2):
    """`3 minutes, 12 seconds`"""
    parts, left = [], int(abs(value))
    for size, one, many in _SPANS[language]:
        count, left = divmod(left, size)
        if count and len(parts) < most:
            parts.append(f"{count}{'' if language == 'ko' else ' '}{one if count == 1 else many}")
    return ", ".join(parts) if parts else f"0{'초' if language == 'ko' else ' seconds'}"


def in_unit(value, unit, *, decimals=None, language="en", now_s=0.0):
    """The number in Grafana's unit."""
    if math.isnan(value):
        return "NaN"
    whole = {
        "none": lambda: digits(value, decimals),
        "short": lambda: digits(value, decimals) if abs(value) < 1000 else _scaled(value, "", None).replace(" k", " K"),
        "percentunit": lambda: f"{digits(100 * value, decimals)}%",
        "bps": lambda: _scaled(value, "b/s", decimals),
        "pps": lambda: f"{digits(value, decimals)} p/s",
        "ops": lambda: f"{digits(value, decimals)} ops/s",
        "reqps": lambda: f"{digits(value, decimals)} req/s",
        "celsius": lambda: f"{digits(value, decimals)} °C",
        "dB": lambda: f"{digits(value, decimals)} dB",
        "dBm": lambda: f"{digits(value, decimals)} dBm",
        "watt": lambda: _scaled(value, "W", decimals),
        "d": lambda: f"{digits(value, decimals)} {'일' if language == 'ko' else 'days'}",
        "s": lambda: _seconds(value, decimals),
        "dtdurations": lambda: span(value, language),
        "dateTimeFromNow": lambda: span(now_s - value / 1000, language, 1) + (" 전" if language == "ko" else " ago"),
    }
    return whole[unit]().strip()


def threshold(value, thresholds):
    """The colour of the last step that the value reaches."""
    found = ""
    for step in thresholds["steps"]:
        if step["value"] is None or value >= step["value"]:
            found = step["color"]
    return "" if found == "text" else colour(found)


def tell(value, settings, *, language, now_s):
    """A label or number as the field's mappings, thresholds and unit tell it."""
    text = value if isinstance(value, str) else f"{value:g}"
    for mapping in settings.get("mappings") or ():
        if text in mapping["options"]:
            shown = mapping["options"][text]
            return Told(shown["text"], colour(shown.get("color") or ""))
    if isinstance(value, str):
        return Told(value)
    judged = threshold(value, settings["thresholds"]) if settings.get("thresholds") else ""
    unit = settings.get("unit") or "none"
    return Told(in_unit(value, unit, decimals=settings.get("decimals"), language=language, now_s=now_s), judged)
