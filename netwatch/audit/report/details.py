"""The middle pages of a report: districts, sites, equipment, rings, field devices, and how long repairs took."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from netwatch.audit.report.markup import badge, note, section, table
from netwatch.audit.report.results import lost, scopes
from netwatch.audit.report.sheet import DASH, Sheet
from netwatch.core.audit.report.figures import tally_of

SHOWN = 25
_BY_CONTRACTOR = (
    "contractor",
    "faults_cleared",
    "open",
    "mean_until_acknowledged",
    "mean_until_dispatched",
    "mean_until_cleared",
)
EQUIPMENT = ("device", "link", "ring")


def places(sheet: Sheet) -> str:
    """Every district; of sites those that lost something."""
    words = sheet.words
    heads = [words[key] for key in ("count", "availability", "bounds", "coverage", "camera_hours")]
    districts = [
        [escape(one["scope"]["district"] or DASH), f"{one['subjects']:,}", *_figures(sheet, one)]
        for one in scopes(sheet.report, "district")
        if one["scope"]["district"] is not None
    ]
    sites = [one for one in scopes(sheet.report, "site") if one["scope"]["site"] is not None]
    losing = lost([(one["scope"]["site"], one) for one in sites])
    rows = [[escape(name or DASH), f"{one['subjects']:,}", *_figures(sheet, one)] for name, one in losing[:SHOWN]]
    numbers = (1, 2, 3, 4, 5)
    return section(
        "places",
        words["places"],
        table([words["district"], *heads], districts, numbers=numbers),
        table([words["site"], *heads], rows, numbers=numbers) if rows else "",
        note(words["no_loss"].format(n=len(sites) - len(losing))) if len(sites) > len(losing) else "",
        _more(sheet, len(losing)),
    )


def equipment(sheet: Sheet) -> str:
    """Devices, links and rings in sum, then the ones that were down longest."""
    words = sheet.words
    kinds = [(kind, one) for kind in EQUIPMENT for one in scopes(sheet.report, "", kind=kind)]
    heads = [words[key] for key in ("count", "availability", "bounds", "coverage", "device_hours")]
    rows = [[escape(words[f"kind_{kind}"]), f"{one['subjects']:,}", *_figures(sheet, one)] for kind, one in kinds]
    parts = [table(["", *heads], rows, numbers=(1, 2, 3, 4, 5))]
    for kind in EQUIPMENT:
        losing = lost(sheet.report["accounts"][kind]["subjects"].items())
        if losing:
            parts.append(f"<h3>{escape(words[f'kind_{kind}'])}</h3>\n")
            parts.append(_subjects(sheet, losing[:SHOWN]))
            parts.append(_more(sheet, len(losing)))
    return section("equipment", words["equipment"], *parts)


def rings(sheet: Sheet) -> str:
    """Those that were without reserve at all."""
    words = sheet.words
    there = sheet.report["accounts"]["ring"].get("rings", {})
    bare = sorted(
        ((name, one) for name, one in there.items() if one["unprotected_ms"] or one["in_maintenance_ms"]),
        key=lambda item: (-item[1]["unprotected_ms"], item[0]),
    )
    heads = [words[key] for key in ("ring", "unprotected", "split", "by_hand", "in_maintenance", "unknown")]
    rows = [
        [
            escape(name),
            *map(sheet.length, (one["unprotected_ms"], one["split_ms"], one["by_hand_ms"], one["in_maintenance_ms"])),
            sheet.length(one["time"]["unknown"]),
        ]
        for name, one in bare
    ]
    whole = len(there) - len(bare)
    told = note(words["no_loss"].format(n=whole)) if whole else note(words["nothing"]) if not bare else ""
    return section("rings", words["rings"], table(heads, rows, numbers=(1, 2, 3, 4, 5)) if rows else "", told)


def cameras(sheet: Sheet) -> str:
    """Field devices that lost time, as seen by those they serve."""
    losing = lost(sheet.report["accounts"]["service"]["subjects"].items())
    rows = _subjects(sheet, losing[:SHOWN], is_judged=True) if losing else note(sheet.words["nothing"])
    return section("cameras", sheet.words["cameras"], rows, _more(sheet, len(losing)))


def repairs(sheet: Sheet) -> str:
    """Outages of services; then faults by contractor."""
    words = sheet.words
    keys = ("service", "outages", "failures", "censored", "open_at_end", "mttr", "mttr_complete", "mtbf")
    rows = [_repair(sheet, one) for one in scopes(sheet.report, "service")]
    by_contractor = [
        [
            escape(name or DASH),
            f"{one['cleared']:,}",
            f"{one['open']:,}",
            *(f"{sheet.mean(one[f'{step}_mean_ms'])} ({one[step]:,})" for step in ("acknowledged", "dispatched")),
            sheet.mean(one["mean_ms"]),
        ]
        for name, one in sheet.report["own_network"]["repairs"].items()
    ]
    heads = [words[key] for key in _BY_CONTRACTOR]
    return section(
        "repairs",
        words["repairs"],
        table([words[key] for key in keys], rows, numbers=(1, 2, 3, 4, 5, 6, 7)),
        table(heads, by_contractor, numbers=range(1, 6)) if by_contractor else "",
    )


def _repair(sheet: Sheet, one: Mapping[str, Any]) -> list[str]:
    words, repair = sheet.words, one["repair"]
    uncertain = f"{words['at_least']} " if repair["censored"] else ""
    mttr = uncertain + sheet.mean(repair["mttr_ms"]) if repair["outages"] else words["none_observed"]
    mtbf = sheet.mean(repair["mtbf_ms"])
    if not repair["failures"]:
        mtbf = f"{words['none_observed']}<br>{words['at_least']} {sheet.length(repair['up_ms'])}"
    return [
        f"<b>{escape(sheet.service(one['scope']['service']))}</b>",
        *(f"{repair[key]:,}" for key in ("outages", "failures", "censored", "open_at_end")),
        escape(mttr),
        sheet.mean(repair["mttr_complete_ms"]),
        mtbf,
    ]


def _figures(sheet: Sheet, one: Mapping[str, Any]) -> list[str]:
    raw = tally_of(one["raw"])
    return [
        sheet.percent(raw.availability),
        f"{sheet.percent(raw.availability_low)} – {sheet.percent(raw.availability_high)}",
        sheet.percent(raw.coverage, digits=2),
        sheet.hours(raw.down),
    ]


def _subjects(sheet: Sheet, lines: Sequence[tuple[str, Mapping[str, Any]]], *, is_judged: bool = False) -> str:
    words = sheet.words
    heads = [words[key] for key in ("id", "site", "availability", "bounds")]
    heads += [words["down"], words["maintenance"], words["unknown"], words["outages"]]
    rows = []
    for name, one in lines:
        raw = tally_of(one["raw"])
        row = [escape(name.partition(":")[2]), escape(one["site"] or DASH), *_figures(sheet, one)[:2]]
        row += [sheet.length(raw.down), sheet.length(raw.maintenance), sheet.length(raw.unknown)]
        row.append(f"{one['repair']['outages']:,}")
        if is_judged:
            verdict = one["verdict"]
            row.append(badge(verdict, words[verdict or "no_target"]))
        rows.append(row)
    return table([*heads, *([words["verdict"]] if is_judged else [])], rows, numbers=(2, 3, 4, 5, 6, 7))


def _more(sheet: Sheet, there: int) -> str:
    return note(sheet.words["and_more"].format(n=there - SHOWN)) if there > SHOWN else ""
