"""The first pages of a report: what the services were, how the time adds up, and what it was lost to."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from html import escape
from typing import Any

from netwatch.audit.report import charts
from netwatch.audit.report.markup import badge, figure, note, section, table
from netwatch.audit.report.sheet import Sheet
from netwatch.core.audit.report.figures import CLASSES, tally_of

FAULTS_SHOWN = 25


def services(sheet: Sheet) -> str:
    """Everything asked for, then each service."""
    words = sheet.words
    heads = [words[key] for key in ("service", "count", "target", "verdict", "availability", "bounds")]
    heads += [words[key] for key in ("availability_all", "coverage", "camera_hours")]
    rows = [_service(sheet, one) for one in scopes(sheet.report, "service")]
    means = [
        f"{escape(one['name'])}: {escape(one['up_means'] or words['any_answer'])}"
        for one in sheet.report["services"].values()
    ]
    told = f'<p class="note">{escape(words["up_means"])} — {"; ".join(means)}</p>\n' if means else ""
    return section("services", words["services"], table(heads, rows, numbers=(1, 2, 4, 5, 6, 7, 8)), told)


def scopes(report: Mapping[str, Any], by: str, *, kind: str = "service") -> Sequence[Mapping[str, Any]]:
    """All together, and each service, district or site."""
    found = []
    for one in report["accounts"][kind]["scopes"]:
        named = {name for name, value in one["scope"].items() if value is not None}
        if named <= {by}:
            found.append(one)
    return found


def _service(sheet: Sheet, one: Mapping[str, Any]) -> list[str]:
    name = one["scope"]["service"]
    raw = tally_of(one["raw"])
    verdict = one["verdict"]
    return [
        f"<b>{escape(sheet.service(name))}</b>",
        f"{one['subjects']:,}",
        sheet.target(one["target"]),
        badge(verdict, sheet.words[verdict or "no_target"]) if name is not None else "",
        sheet.percent(raw.availability),
        f"{sheet.percent(raw.availability_low)} – {sheet.percent(raw.availability_high)}",
        sheet.percent(raw.availability_all),
        sheet.percent(raw.coverage, digits=2),
        sheet.hours(raw.down),
    ]


def adds_up(sheet: Sheet) -> str:
    """The five classes of everything asked for, exact, and what they are to add up to."""
    words, report = sheet.words, sheet.report
    whole = next(iter(scopes(report, "service")), None)
    if whole is None:
        return section("adds_up", words["adds_up"], note(words["nothing"]))
    raw, question = tally_of(whole["raw"]), report["question"]
    length_ms = question["until_ms"] - question["from_ms"]
    rows = [
        [
            f"{charts.swatch(name)} {escape(words[name])}",
            sheet.seconds(getattr(raw, name)),
            sheet.percent(Fraction(getattr(raw, name), raw.total) if raw.total else None, digits=4),
        ]
        for name in CLASSES
    ]
    rows.append([f"<b>{escape(words['total'])}</b>", f"<b>{sheet.seconds(raw.total)}</b>", ""])
    sum_told = f"{whole['weight']:,} × {sheet.seconds(length_ms)} {words['seconds']} = "
    sum_told += f"{sheet.seconds(whole['weight'] * length_ms)} {words['seconds']}"
    heads = [words["class"], words["seconds"], words["share"]]
    return section("adds_up", words["adds_up"], table(heads, rows, numbers=(1, 2)), note(sum_told))


def calendar(sheet: Sheet) -> str:
    words = sheet.words
    cell = words["hour_parts" if " " in sheet.report["question"]["days"][0][2] else "day_parts"]
    told = note(f"{cell} {words['legend_partial']}")
    return section("calendar", words["calendar"], figure(charts.legend(sheet) + charts.calendar(sheet) + told))


def faults(sheet: Sheet) -> str:
    """Drawn over time, then listed; together with what nobody is charged with they are all that was lost."""
    words = sheet.words
    lines = sheet.report["faults"]
    if not lines:
        return section("faults", words["faults"], note(words["nothing"]))
    known = [one for one in lines if "since_ms" in one]
    heads = ["", *(words[key] for key in ("kind", "subject", "from", "until", "affected", "camera_hours", "crew"))]
    rows = [_fault(sheet, number, one) for number, one in enumerate(known[:FAULTS_SHOWN], 1)]
    rows += [
        [
            "",
            f"<i>{escape(words['nobodys'])}</i>",
            escape(one["id"]),
            "",
            "",
            f"{one['cameras']:,}",
            sheet.hours(one["camera_ms"]),
            "",
        ]
        for one in lines
        if "since_ms" not in one
    ]
    more = len(known) - FAULTS_SHOWN
    return section(
        "faults",
        words["faults"],
        figure(charts.timeline(sheet)),
        table(heads, rows, numbers=(0, 5, 6)),
        note(words["and_more"].format(n=more)) if more > 0 else "",
    )


def _fault(sheet: Sheet, number: int, one: Mapping[str, Any]) -> list[str]:
    who = [sheet.term(one["crew"]), *([escape(one["contractor"])] if one["contractor"] else [])]
    place = f'<br><span class="note">{escape(one["place"])}</span>' if one["place"] else ""
    return [
        str(number),
        f"{sheet.term(one['kind'])}<br>{sheet.term(one['severity'])}",
        escape(one["subject"]) + place,
        sheet.moment(one["since_ms"]),
        sheet.moment(one["cleared_ms"]),
        f"{one['cameras']:,}",
        sheet.hours(one["camera_ms"]),
        " · ".join(who),
    ]


def lost(lines: Iterable[tuple[str, Mapping[str, Any]]]) -> list[tuple[str, Mapping[str, Any]]]:
    """Those that were down at all, by how long; of equals by name."""
    down = [(name, one) for name, one in lines if one["raw"]["down"]]
    return sorted(down, key=lambda item: (-item[1]["raw"]["down"], item[0]))
