"""The plain data of a report -> one HTML page that stands alone: no script, no picture, nothing fetched."""

from collections.abc import Mapping
from html import escape
from importlib.resources import files
from typing import Any

from netwatch.audit.report import closing, details, results, sheets, usage
from netwatch.audit.report.sheet import Sheet

_PARTS = (
    results.services,
    results.adds_up,
    results.calendar,
    results.faults,
    details.places,
    details.equipment,
    details.rings,
    details.cameras,
    details.repairs,
    usage.usage,
    sheets.iso37106,
    sheets.own_network,
    closing.method,
    closing.annexes,
    closing.proof,
)


def page(report: Mapping[str, Any], proof: Mapping[str, Any], *, language: str) -> str:
    """`language`: ko or en."""
    sheet = Sheet.of(report, proof, language)
    style = files("netwatch.audit.report").joinpath("page.css").read_text(encoding="utf-8")
    title = f"{report['city']} · {sheet.words['title']} · {report['question']['label']}"
    body = _head(sheet) + "".join(part(sheet) for part in _PARTS)
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{escape(title)}</title>\n'
        f"<style>\n{style}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )


def _head(sheet: Sheet) -> str:
    words, question = sheet.words, sheet.report["question"]
    scope = [sheet.report["services"].get(question["service"], {}).get("name", ""), question["district"]]
    facts = [
        (words["period"], _period(sheet)),
        (words["scope"], " · ".join(one for one in scope if one) or words["everything"]),
        (words["made"], sheet.moment(question["as_of_ms"])),
    ]
    told = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts)
    notes = [words["lead"]]
    notes += [words["period_cut"]] if question["until_ms"] == question["as_of_ms"] else []
    notes += [words["public_note"]] if sheet.report.get("public") else []
    paragraphs = "".join(f"<p>{escape(one)}</p>\n" for one in notes)
    return (
        f"<header><p>{escape(sheet.report['city'])}</p><h1>{escape(words['title'])}</h1>"
        f'<dl class="facts">{told}</dl></header>\n{paragraphs}'
    )


def _period(sheet: Sheet) -> str:
    """`2026-10`, and its moments; a label that is made of moments is not told twice."""
    question = sheet.report["question"]
    label = "" if ":" in question["label"] else f"{question['label']} · "
    return f"{label}{sheet.moment(question['from_ms'])} – {sheet.moment(question['until_ms'])} ({question['zone']})"
