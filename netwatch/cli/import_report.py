"""A plan and what would change -> text for a terminal, JSON, and the doubts as a CSV to work off."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from netwatch.cli.table import aligned
from netwatch.expose.text import visible
from netwatch.inventory.importing.compare import Change
from netwatch.inventory.importing.doubt import Doubt
from netwatch.inventory.importing.mapping import SheetMap
from netwatch.inventory.importing.planning import Plan

SHOWN_NEW = 20  # of what is new; what changes or goes is shown whole
NEW_TITLES = ("place", "id", "column", "stands", "kind", "what", "meant perhaps")


def plan_text(plan: Plan) -> str:
    """Which column is what; what was read otherwise than it is written; the doubts, each with its place."""
    lines: list[str] = []
    for name, one in plan.maps.items():
        lines += [f"{name or 'columns'}, as {one.section}:", *_columns(one), ""]
    lines += [f"not taken, for no title in it is known: {name}" for name in plan.left_out]
    lines += [f"note: {note}" for note in plan.notes]
    if plan.ways:
        ways = ", ".join(f"{number} × {way}" for way, number in sorted(plan.ways.items()))
        lines.append(f"read as what it can only mean: {ways}")
    if plan.accepted:
        lines.append("taken as proposed: " + ", ".join(f"{number} × {why}" for why, number in plan.accepted.items()))
    if plan.same_elsewhere:
        lines.append(f"{plan.same_elsewhere} rows stand in the inventory already, and say the same")
    lines += _doubts(plan.doubts)
    return "\n".join(map(visible, lines))


def _columns(one: SheetMap) -> Iterator[str]:
    rows = []
    for title in one.titles:
        key = one.columns.get(title)
        if title and title != key:
            told = key or ("kept under its own name" if key is None else "left out")
            rows.append((f"  {title}", told, "likely: look at it" if title in one.near else ""))
    rows += [("  every row", f"{key} = {value}", "") for key, value in one.values.items()]
    return iter(aligned(rows)) if rows else iter(())


def _doubts(doubts: Sequence[Doubt]) -> Iterator[str]:
    if not doubts:
        return
    rows = len({doubt.place for doubt in doubts})
    yield ""
    yield f"in doubt, and not taken: {rows} row{'s' if rows != 1 else ''}"
    yield from map(str, doubts)
    yield ""
    proposed = Counter(doubt.why for doubt in doubts if doubt.proposal is not None)
    for why, number in Counter(doubt.why for doubt in doubts).most_common():
        leave = f"; --accept {why} takes what is proposed for {proposed[why]}" if proposed[why] else ""
        yield f"  {number} × {why}{leave}"


def changes_text(changed: Mapping[str, Change]) -> str:
    """What differs from the files that are there. What changes and what goes is told whole, what is new in number."""
    lines: list[str] = []
    for section, change in changed.items():
        counts = (
            (len(change.added), "new"),
            (len(change.changed), "changed"),
            (len(change.removed), "removed"),
            (change.same, "the same"),
            (change.kept, "not named here stay"),
        )
        lines += ["", f"{section}: " + (", ".join(f"{number} {what}" for number, what in counts if number) or "none")]
        lines += [f"+ {identity}  {_told(change.after[identity])}" for identity in change.added[:SHOWN_NEW]]
        if len(change.added) > SHOWN_NEW:
            lines.append(f"+ and {len(change.added) - SHOWN_NEW} more")
        for identity, cells in change.changed.items():
            told = ", ".join(
                f"{key}: {before or 'nothing'} → {after or 'nothing'}" for key, (before, after) in cells.items()
            )
            lines.append(f"~ {identity}  {told}")
        lines += [f"- {identity}" for identity in change.removed]
    return "\n".join(map(visible, lines))


def _told(texts: Mapping[str, str]) -> str:
    return ", ".join(f"{key} {value}" for key, value in texts.items())


def as_json(plan: Plan, changed: Mapping[str, Change]) -> Mapping[str, Any]:
    return {
        "rows": plan.rows,
        "maps": {
            name: {"as": one.section, "columns": dict(one.columns), "near": sorted(one.near)}
            for name, one in plan.maps.items()
        },
        "left_out": list(plan.left_out),
        "notes": list(plan.notes),
        "doubts": [asdict(doubt) for doubt in plan.doubts],
        "changes": {
            section: {
                "added": list(change.added),
                "changed": {identity: dict(cells) for identity, cells in change.changed.items()},
                "removed": list(change.removed),
                "same": change.same,
                "kept": change.kept,
            }
            for section, change in changed.items()
        },
    }


def doubts_csv(doubts: Sequence[Doubt]) -> bytes:
    """For a spreadsheet: sorted as the sheet is, one doubt a line."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(NEW_TITLES)
    for doubt in doubts:
        row = (doubt.place, doubt.id, doubt.column, doubt.stands, doubt.why.value, doubt.what, doubt.proposal or "")
        writer.writerow([f"'{cell}" if cell[:1] in "=+-@" and cell else cell for cell in row])
    return codecs.BOM_UTF8 + out.getvalue().encode()
