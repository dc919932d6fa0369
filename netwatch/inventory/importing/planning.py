"""Sheets and what the operator settled -> what would be written, and everything that is in doubt.

In: grids, the mapping, the world. Out: a `Plan`: records by section and id, doubts with their places, and the mapping
to reuse. A row is in it as a record or as a doubt, never as both and never as neither.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from netwatch.inventory.importing.delimited import read_delimited
from netwatch.inventory.importing.doubt import Doubt, Leave, Why
from netwatch.inventory.importing.grid import Grid, ImportRefused
from netwatch.inventory.importing.mapping import SINGLE, SheetMap, applied, propose
from netwatch.inventory.importing.monitors import read_export
from netwatch.inventory.importing.places import settle_places
from netwatch.inventory.importing.rows import Draft, Drafts, read_rows
from netwatch.inventory.importing.together import doubt_missing, doubt_taken, doubt_twice, resolve_names
from netwatch.inventory.importing.workbook import MAGIC, read_workbook
from netwatch.inventory.importing.world import World
from netwatch.inventory.schema import SECTIONS

OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
Records = Mapping[str, Mapping[str, Mapping[str, str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the operator settled beforehand."""

    section: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    accept: frozenset[Why] = frozenset()
    charset: str = "cp949"
    mapping: Mapping[str, SheetMap] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an import comes to. `records`: section -> id -> texts by key; `left_out`: sheets that nothing is of."""

    records: Records
    doubts: tuple[Doubt, ...]
    maps: Mapping[str, SheetMap]
    left_out: tuple[str, ...]
    notes: tuple[str, ...]
    ways: Mapping[str, int]
    accepted: Mapping[Why, int]
    rows: int
    same_elsewhere: int


def read_grids(content: bytes, display: str, *, charset: str) -> list[Grid]:
    """The sheets of a file, whatever it is. ImportRefused where it is nothing that is known."""
    if not content.strip():
        raise ImportRefused(f"{display} is empty")
    if content.startswith(MAGIC):
        return read_workbook(content, display)
    if content.startswith(OLD_WORKBOOK):
        raise ImportRefused(f"{display} is a workbook of Excel 2003 or before, or has a password; save it as .xlsx")
    export = read_export(content, display)
    return [read_delimited(content, display, charset=charset) if export is None else export]


def plan(grids: Sequence[Grid], asked: Asked, world: World) -> Plan:
    """ImportRefused where a sheet cannot be understood as a whole."""
    drafts, maps, left_out, notes = Drafts(), dict[str, SheetMap](), list[str](), list[str]()
    leave = Leave(kinds=asked.accept)
    for grid in grids:
        by = _map(grid, asked)
        if by is None:
            left_out.append(grid.source.rstrip(":R#"))
            continue
        maps[grid.name] = by
        notes += [f"{grid.source.rstrip(':R#')}: {note}" for note in grid.notes]
        before = len(drafts.rows)
        read_rows(grid, by, leave, into=drafts)
        _insist_on_required(grid, by, drafts.rows[before:])
    if not maps:
        raise ImportRefused(
            f"no column title of {', '.join(left_out) or 'the file'} is known; "
            "say what it holds with --as field_devices, or which column is which with --mapping"
        )
    rows = drafts.rows
    kept = doubt_twice(rows)
    resolve_names(kept, world, leave)
    sites = settle_places(kept, world)
    doubt_missing(kept)
    doubt_taken(kept, world, leave)
    same = _compare_elsewhere(kept, world)
    records = _records(kept, same, sites)
    if not world.is_there and any("device" in draft.texts for draft in kept):
        notes.append("there is no inventory: the names of switches are not checked")
    return Plan(
        records=records,
        doubts=tuple(doubt for draft in rows for doubt in draft.doubts),
        maps=maps,
        left_out=tuple(left_out),
        notes=tuple(notes),
        ways=drafts.ways,
        accepted=leave.taken,
        rows=len(rows),
        same_elsewhere=len(same),
    )


def _map(grid: Grid, asked: Asked) -> SheetMap | None:
    if asked.mapping:
        given = asked.mapping.get(grid.name or SINGLE)
        return applied(grid, given, grid.source.rstrip(":R#")) if given is not None else None
    return propose(grid, asked.section, asked.values)


def _insist_on_required(grid: Grid, by: SheetMap, drafts: Sequence[Draft]) -> None:
    """What no row tells is said once, not four thousand times."""
    for key in SECTIONS[by.section].block.keys:
        is_scalar = key.name not in ("a", "b", "site")
        if key.required and is_scalar and drafts and not any(_tells(draft, key.name) for draft in drafts):
            raise ImportRefused(
                f"{grid.source.rstrip(':R#')}: no column tells the {key.name}; "
                f"name it in the mapping, or give all rows the same with --set {key.name}=…"
            )


def _tells(draft: Draft, key: str) -> bool:
    return key in draft.texts or any(doubt.column == draft.columns.get(key) for doubt in draft.doubts)


def _compare_elsewhere(drafts: Sequence[Draft], world: World) -> frozenset[tuple[str, str]]:
    """What another file of the inventory says already: the same, or otherwise, which is a doubt."""
    same: set[tuple[str, str]] = set()
    for draft in drafts:
        known = world.of(draft.section).get(draft.id)
        if known is None or known.is_own or draft.doubts:
            continue
        other = [key for key, text in draft.texts.items() if known.texts.get(key) != text]
        if not other:
            same.add((draft.section, draft.id))
        for key in other:
            what = f"{known.place} has {known.texts.get(key, 'nothing')!r}: change it there"
            draft.doubt(key, Why.ELSEWHERE, what)
    return frozenset(same)


def _records(drafts: Sequence[Draft], same: Collection[tuple[str, str]], sites: Mapping[str, Draft]) -> Records:
    """The rows without a doubt, and the sites that they need."""
    records: dict[str, dict[str, Mapping[str, str]]] = {}
    for draft in drafts:
        if not draft.doubts and (draft.section, draft.id) not in same:
            records.setdefault(draft.section, {})[draft.id] = draft.texts
    needed = {texts["site"] for rows in records.values() for texts in rows.values() if "site" in texts}
    for identity, site in sites.items():
        if identity in needed:
            records.setdefault("sites", {})[identity] = site.texts
    return records
