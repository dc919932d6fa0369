"""Two sheets that officials ask for: what supports which item of ISO 37106, and the yearly one of own networks."""

from collections.abc import Mapping
from html import escape
from typing import Any

from netwatch.audit.report.markup import note, section, table
from netwatch.audit.report.sheet import DASH, Sheet
from netwatch.audit.report.words import LANGUAGES
from netwatch.core.audit.report.iso37106 import LIMITS, SHEET

CABLES_SHOWN = 60


def iso37106(sheet: Sheet) -> str:
    words, place = sheet.words, LANGUAGES.index(sheet.language)
    rows = [
        [
            escape(one.figure[place]),
            escape(one.area[place]),
            escape(one.item[place]),
            f'<a href="#{one.section}">{escape(words[one.section])}</a>',
        ]
        for one in SHEET
        if one.section != "usage" or sheet.report.get("usage")
    ]
    heads = [words[key] for key in ("measure", "iso_area", "iso_item", "iso_where")]
    return section("iso", words["iso"], note(LIMITS[place]), table(heads, rows))


def own_network(sheet: Sheet) -> str:
    """Declared beside there, then cores, institutions, links to others, changes."""
    words, told = sheet.words, sheet.report["own_network"]
    heads = ["", words["declared"], words["there"], words["difference"]]
    rows = [_both(words["cables"], told["cables"]), _both(words["sections"], told["sections"])]
    rows.append(_both(words["kilometres"], _kilometres(told)))
    rows += [_both(f"{words['equipment_of']} {sheet.term(role)}", one) for role, one in told["equipment"].items()]
    institutions = [
        [escape(name or words["not_told"]), f"{one['devices']:,}", f"{one['field_devices']:,}"]
        for name, one in told["institutions"].items()
    ]
    others = [[escape(one["link"]), escape(one["a"]), escape(one["b"])] for one in told["to_others"]]
    missing = len(told["without_length"])
    return section(
        "own_network",
        words["own_network"],
        note(words["declared_means"]),
        table(heads, rows, numbers=(1, 2, 3)),
        note(words["without_length"].format(n=missing)) if missing else "",
        note(words["leased"].format(n=len(told["leased"]))) if told["leased"] else "",
        _cores(sheet, told),
        f"<h3>{escape(words['institutions'])}</h3>\n",
        table([words["institution"], words["devices"], words["field_devices"]], institutions, numbers=(1, 2)),
        f"<h3>{escape(words['to_others'])}</h3>\n",
        table([words["link"], words["institution"], words["institution"]], others)
        if others
        else note(words["nothing"]),
        f"<h3>{escape(words['changes_of_facilities'])}</h3>\n",
        _changes(sheet, told),
    )


def _cores(sheet: Sheet, told: Mapping[str, Any]) -> str:
    words, cables = sheet.words, told["cores"]
    heads = [words[key] for key in ("cable", "registration", "kilometres", "cores", "cores_used", "cores_spare")]
    rows = [
        [
            escape(one["cable"]),
            escape(one["registration"] or DASH),
            DASH if one["length_m"] is None else f"{one['length_m'] / 1000:,.3f}",
            *(sheet.number(one[key]) for key in ("cores", "used", "spare")),
        ]
        for one in cables[:CABLES_SHOWN]
    ]
    known = [one for one in cables if one["cores"] is not None]
    rows.append(
        [
            f"<b>{escape(words['total'])}</b>",
            "",
            f"{sum(one['length_m'] or 0 for one in cables) / 1000:,.3f}",
            *(f"{sum(one[key] for one in known):,}" for key in ("cores", "used", "spare")),
        ]
    )
    more = len(cables) - CABLES_SHOWN
    return (
        f"<h3>{escape(words['cores'])}</h3>\n"
        + table(heads, rows, numbers=(2, 3, 4, 5))
        + (note(words["and_more"].format(n=more)) if more > 0 else "")
    )


def _changes(sheet: Sheet, told: Mapping[str, Any]) -> str:
    if "changed" in told:
        return note(sheet.words["changed"].format(n=told["changed"]))
    if not told["changes"]:
        return note(sheet.words["nothing"])
    rows = [[sheet.moment(one["at_ms"]), escape(one["change"])] for one in told["changes"]]
    return table([sheet.words["recorded"], sheet.words["change"]], rows)


def _both(name: str, one: Mapping[str, Any]) -> list[str]:
    difference = one["there"] - one["declared"]
    form = ",.3f" if isinstance(difference, float) else ",d"
    return [escape(name), *(format(value, form) for value in (one["declared"], one["there"])), f"{difference:+{form}}"]


def _kilometres(told: Mapping[str, Any]) -> Mapping[str, float]:
    return {"declared": told["length_declared_m"] / 1000, "there": told["length_m"] / 1000}
