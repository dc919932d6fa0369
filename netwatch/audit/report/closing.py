"""The last pages of a report: how it was reckoned, the annexes, and what proves it."""

import json
from collections.abc import Mapping
from fractions import Fraction
from html import escape
from typing import Any

from netwatch.audit.report.markup import note, paragraph, section, table
from netwatch.audit.report.sheet import DASH, Sheet
from netwatch.audit.report.words import formulas
from netwatch.core.audit.report.figures import tally_of
from netwatch.core.audit.report.tables import refusals

CHANGES_SHOWN = 200
_WATCHED = (("service", "field_devices"), ("device", "devices"), ("link", "links_and_rings"))  # kind, and its name


def method(sheet: Sheet) -> str:
    """The formulas, then every parameter, those of each kind of subject apart."""
    words, accounts = sheet.words, sheet.report["accounts"]
    shared = accounts["service"]["method"]
    rule = shared["n_interval"]
    length_s = rule["length_ms"] / 1000
    rows = [
        [words["notice"], sheet.length(shared["notice_ms"])],
        [
            words["n_rule"],
            f"{rule['modelled_on']}: n = {rule['in_a_row']}, Δt = {length_s:g} s, C = {rule['threshold']}",
        ],
        [words["rounding"], words["rounding_rule"]],
        [words["rules_version"], str(shared["version"])],
        [words["inventory_used"], f"<code>{escape(sheet.report['inventory']['fingerprint'] or DASH)}</code>"],
    ]
    for kind, named in _WATCHED:
        told = accounts[kind]["method"]["raw"]
        rows += [[f"{words[named]}: {sheet.term(name)}", escape(str(value))] for name, value in told.items()]
    pairs = [[f"<b>{escape(name)}</b>", escape(told)] for name, told in formulas(sheet.language)]
    return section(
        "method",
        words["method"],
        f'<div class="formula">{table([words["measure"], words["method"]], pairs)}</div>',
        table([words["parameter"], words["value"]], rows),
        n_intervals(sheet),
    )


def n_intervals(sheet: Sheet) -> str:
    """The raw figures beside those by n intervals."""
    words = sheet.words
    rows = []
    for one in sheet.report["accounts"]["service"]["scopes"]:
        scope = one["scope"]
        if scope["district"] is None and scope["site"] is None:
            name = sheet.service(scope["service"])
            rows.append([escape(name), *(_share(sheet, one[key]) for key in ("raw", "n_interval"))])
    return table([words["service"], words["availability"], words["n_interval"]], rows, numbers=(1, 2))


def _share(sheet: Sheet, told: Mapping[str, Any]) -> str:
    """Numerator, denominator, and what they make."""
    observed = told["up"] + told["down"]
    made = f" = {sheet.percent(Fraction(told['up'], observed), digits=4)}" if observed else ""
    return f"{told['up']:,} / {observed:,} ms{made}"


def annexes(sheet: Sheet) -> str:
    words = sheet.words
    parts = (_inventory, _gaps, _maintenance, _corrections, _clock, _starts)
    return section("annexes", words["annexes"], *(part(sheet) for part in parts))


def _inventory(sheet: Sheet) -> str:
    words, rows = sheet.words, []
    for one in sheet.report["inventory"]["in_force"]:
        changes = one["changes"]
        told = "<br>".join(map(escape, changes[:CHANGES_SHOWN])) or words["first_known"]
        if "changed" in one:
            told = words["changed"].format(n=one["changed"])
        elif len(changes) > CHANGES_SHOWN:
            told += "<br>" + words["and_more"].format(n=len(changes) - CHANGES_SHOWN)
        rows.append([sheet.moment(one["at_ms"]), f"<code>{escape(one['fingerprint'])}</code>", told])
    heads = [words[key] for key in ("recorded", "fingerprint", "change")]
    return _annex(sheet, "annex_inventory", table(heads, rows) if rows else "")


def _gaps(sheet: Sheet) -> str:
    words = sheet.words
    rows = [
        [
            sheet.moment(one["from_ms"]),
            sheet.moment(one["until_ms"]),
            sheet.length(one["until_ms"] - one["from_ms"]),
            sheet.term(one["cause"]),
            escape(one["subject"] or words["of_everything"]),
        ]
        for one in sheet.report["gaps"]
    ]
    heads = [words[key] for key in ("from", "until", "duration", "cause", "subject")]
    return _annex(sheet, "annex_gaps", table(heads, rows, numbers=(2,)) if rows else "")


def _maintenance(sheet: Sheet) -> str:
    """Each window with who asked and who approved, and whether it counts; late ones say why they do not."""
    words = sheet.words
    judged = refusals(sheet.report)
    rows = []
    for one in sheet.report["maintenance"]:
        broken = judged.get((one["id"], one["from_ms"]))
        counts = words["covers_nothing"] if broken is None else words["excuses"]
        if broken:
            counts = " · ".join(words[refusal] for refusal in sorted(broken))
        rows.append(
            [
                escape(one["id"]),
                escape(one["subject"]),
                sheet.moment(one["from_ms"]),
                sheet.moment(one["until_ms"]),
                sheet.moment(one["recorded_ms"]),
                escape(
                    " · ".join(one["requested_by"]) if isinstance(one["requested_by"], list) else one["requested_by"]
                ),
                escape(one["approved_by"] or DASH),
                escape(one["reason"]),
                escape(counts),
            ]
        )
    keys = ("id", "subject", "from", "until", "recorded", "requested_by", "approved_by", "reason", "counts_as")
    return _annex(sheet, "annex_maintenance", table([words[key] for key in keys], rows) if rows else "")


def _corrections(sheet: Sheet) -> str:
    """Who corrected what and why; then what was recorded beside what is said, of the subjects and of services."""
    words = sheet.words
    rows = [
        [
            sheet.moment(one["recorded_ms"]),
            escape(one["subject"]),
            sheet.term(str(one.get("state", ""))) or escape(words["withdraws"].format(id=one.get("withdraws", ""))),
            *(sheet.moment(round(one[key] * 1000)) if key in one else "" for key in ("from", "until")),
            escape(str(one.get("reason", ""))),
            escape(str(one.get("by", ""))),
        ]
        for one in sheet.report["corrections"]
    ]
    heads = [words[key] for key in ("recorded", "subject", "change", "from", "until", "reason", "corrected_by")]
    if not rows:
        return _annex(sheet, "annex_corrections", "")
    beside = _beside(sheet)
    told = note(words["corrections_apart"]) + table(
        [words["subject"], words["kind"], words["as_recorded"], words["as_corrected"]], beside
    )
    return _annex(sheet, "annex_corrections", table(heads, rows) + (told if beside else ""))


def _beside(sheet: Sheet) -> list[list[str]]:
    words, rows = sheet.words, []
    for kind, corrected in sheet.report["with_corrections"].items():
        account, told = sheet.report["accounts"][kind], escape(words[f"kind_{kind}"])
        recorded = {json.dumps(one["scope"]): one for one in account["scopes"]}
        for name, one in corrected["subjects"].items():
            rows.append([escape(name), told, *_both(sheet, account["subjects"][name], one)])
        for one in corrected["scopes"]:
            name = sheet.service(one["scope"]["service"]) if kind == "service" else words["everything"]
            rows.append([escape(name), told, *_both(sheet, recorded[json.dumps(one["scope"])], one)])
    return rows


def _both(sheet: Sheet, recorded: Mapping[str, Any], corrected: Mapping[str, Any]) -> list[str]:
    """A, and its bounds, of either."""
    tallies = [tally_of(one["raw"]) for one in (recorded, corrected)]
    return [
        f"{sheet.percent(one.availability)} ({sheet.percent(one.availability_low)} – "
        f"{sheet.percent(one.availability_high)})"
        for one in tallies
    ]


def _clock(sheet: Sheet) -> str:
    rows = [
        [sheet.moment(one["at_ms"]), escape(", ".join(f"{key} {one[key]}" for key in one if key.endswith("_s")))]
        for one in sheet.report["clock_steps"]
    ]
    heads = [sheet.words["recorded"], sheet.words["change"]]
    return _annex(sheet, "annex_clock", table(heads, rows) if rows else "")


def _starts(sheet: Sheet) -> str:
    told = [
        (one["at_ms"], str(one.get("version", DASH)), str(one.get("fingerprint", DASH)))
        for one in sheet.report["starts"]
    ]
    rows = [
        [sheet.moment(at_ms), escape(version), f"<code>{escape(inventory)}</code>"]
        for at_ms, version, inventory in told
    ]
    heads = [sheet.words[key] for key in ("recorded", "version", "fingerprint")]
    return _annex(sheet, "annex_starts", table(heads, rows) if rows else "")


def _annex(sheet: Sheet, name: str, content: str) -> str:
    return f'<h3 id="{name}">{escape(sheet.words[name])}</h3>\n{content or note(sheet.words["nothing"])}'


def proof(sheet: Sheet) -> str:
    """The newest checkpoint, the digest and the signature; and how anybody may look for themselves."""
    words, told, record = sheet.words, sheet.proof, sheet.report["record"]
    point = told["checkpoint"]
    rows = [
        [
            words["record_rows"],
            f"1 – {record['rows']:,} ({sheet.moment(record['from_ms'])} – {sheet.moment(record['until_ms'])})",
        ],
        [words["report_digest"], f"<code>{told['report_sha256']}</code>"],
        [
            words["report_signature"],
            f"<code>{told['signature']}</code>" if told["signature"] else escape(words["not_signed"]),
        ],
    ]
    if point is None:
        rows.append([words["checkpoint"], escape(words["no_checkpoint"])])
    else:
        rows += [
            [words["checkpoint"], escape(words["checkpoint_rows"].format(n=f"{point['rows']:,}", at=point["time"]))],
            [words["root"], f"<code>{escape(point['root'])}</code>"],
            [words["signature"], f"<code>{escape(point['signature'])}</code>"],
            [words["key"], f"<code>{escape(point['key'])}</code>"],
        ]
    return section("proof", words["proof"], table(["", ""], rows), paragraph(words["how_to_verify"]), words["commands"])
