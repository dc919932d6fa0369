"""Take over cameras, switches and places from a spreadsheet, or devices from another system.

Reads .xlsx, CSV as any spreadsheet saves it, lists of devices from LibreNMS, Zabbix and NetBox, and NetBox itself by
its address. Shows which column is taken for what, every row in doubt with its place and reason, and what differs from
what earlier imports wrote. Nothing is written without --write, and then files that the inventory can include; rows in
doubt are never written. Exits 1 while any row is in doubt.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from netwatch.cli.import_netbox import NetBox, fetch_pages
from netwatch.cli.import_report import as_json, changes_text, doubts_csv, plan_text
from netwatch.cli.options import InputError, add_inventory, inventory_path
from netwatch.core.errors import InventoryError
from netwatch.inventory import values
from netwatch.inventory.findings import Refused
from netwatch.inventory.importing.compare import Change, compare
from netwatch.inventory.importing.doubt import Why
from netwatch.inventory.importing.grid import MOST_BYTES, Grid, ImportRefused
from netwatch.inventory.importing.mapping import SheetMap, as_yaml, read_mapping
from netwatch.inventory.importing.planning import Asked, Plan, plan, read_grids
from netwatch.inventory.importing.world import World, world
from netwatch.inventory.importing.writing import as_csv, read_own
from netwatch.inventory.loading import records
from netwatch.inventory.schema import CSV_SECTIONS

MAPPING_NAME = "mapping.yaml"
DEFAULT_FOLDER = Path("imported")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", metavar="FILE", nargs="+", help="spreadsheets, exports, or the address of a NetBox")
    parser.add_argument("--as", dest="section", choices=CSV_SECTIONS, default="", help="what the rows are")
    parser.add_argument("--mapping", metavar="YAML", type=Path, help="which column is which: a file written before")
    parser.add_argument(
        "--set", metavar="KEY=VALUE", action="append", default=[], help="the same for every row, such as kind=cctv"
    )
    parser.add_argument(
        "--accept",
        metavar="KIND",
        action="append",
        default=[],
        choices=[why.value for why in Why],
        help="take what is proposed for doubts of this kind: %(choices)s; again for more",
    )
    parser.add_argument("--charset", metavar="NAME", default="cp949", help="of CSV files that are not Unicode (cp949)")
    parser.add_argument(
        "--write", metavar="DIR", type=Path, help="write the files into this folder, after showing what changes"
    )
    parser.add_argument(
        "--replace", action="store_true", help="the sheet is the whole: what it does not name is removed"
    )
    parser.add_argument(
        "--report", metavar="CSV", type=Path, help="write the rows in doubt to a file, to work them off"
    )
    parser.add_argument("--json", action="store_true", help="everything as JSON")
    parser.add_argument("--token-file", metavar="FILE", type=Path, help="holds the token of NetBox's API")
    parser.add_argument("--token-env", metavar="NAME", default="", help="the variable that holds it")
    parser.add_argument("--insecure", action="store_true", help="let the token go to NetBox over http")
    add_inventory(parser)


def execute(arguments: argparse.Namespace) -> int:
    folder = arguments.write or DEFAULT_FOLDER
    try:
        asked = _asked(arguments)
        grids = [grid for name in arguments.files for grid in _grids(name, arguments)]
        there = _world(arguments, folder)
        planned = plan(grids, asked, there)
        held = {(doubt.section, doubt.id) for doubt in planned.doubts}
        changed = {
            section: compare(
                there.own(section),
                planned.records.get(section, {}),
                replace=arguments.replace and section in {one.section for one in planned.maps.values()},
                held={identity for of, identity in held if of == section},
            )
            for section in CSV_SECTIONS
            if section in planned.records or there.own(section)
        }
        _show(planned, changed, arguments)
        if arguments.report is not None:
            arguments.report.write_bytes(doubts_csv(planned.doubts))
        if arguments.write is not None:
            _write(arguments, changed, planned.maps)
    except ImportRefused as refused:
        raise InputError(str(refused)) from refused
    except OSError as error:
        raise InputError(f"{error.filename}: {error.strerror}") from error
    return 1 if planned.doubts else 0


def _asked(arguments: argparse.Namespace) -> Asked:
    same: dict[str, str] = {}
    for pair in arguments.set:
        key, equals, value = pair.partition("=")
        if not equals or not key or not value:
            raise InputError(f"{pair!r} is not KEY=VALUE; write it like --set kind=cctv")
        same[key] = value
    mapping: Mapping[str, SheetMap] = {}
    if arguments.mapping is not None:
        mapping = read_mapping(arguments.mapping.read_bytes(), str(arguments.mapping))
    return Asked(
        section=arguments.section,
        values=same,
        accept=frozenset(map(Why, arguments.accept)),
        charset=_charset(arguments.charset),
        mapping=mapping,
    )


def _charset(name: str) -> str:
    try:
        return values.charset(name)
    except Refused as refused:
        raise InputError(str(refused)) from refused


def _grids(name: str, arguments: argparse.Namespace) -> list[Grid]:
    if name.startswith(("http://", "https://")):
        source = NetBox(
            url=name,
            token_file=arguments.token_file,
            token_env=arguments.token_env,
            is_insecure=arguments.insecure,
        )
        return [fetch_pages(source)]
    path = Path(name)
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    return read_grids(content, path.name, charset=_charset(arguments.charset))


def _world(arguments: argparse.Namespace, folder: Path) -> World:
    """What the inventory says, where there is one."""
    own = read_own(folder)
    try:
        known = records(inventory_path(arguments))
    except InputError:
        known = {}
    except InventoryError as error:
        raise InputError(str(error)) from error
    return world(known, own, folder=folder)


def _show(planned: Plan, changed: Mapping[str, Change], arguments: argparse.Namespace) -> None:
    if arguments.json:
        json.dump(as_json(planned, changed), sys.stdout, ensure_ascii=False, indent=1)
        print()
        return
    print(plan_text(planned))
    print(changes_text(changed))
    if arguments.write is None:
        print(f"nothing is written; --write {DEFAULT_FOLDER} does")


def _write(arguments: argparse.Namespace, changed: Mapping[str, Change], maps: Mapping[str, SheetMap]) -> None:
    """All files are there before the first takes its place."""
    folder: Path = arguments.write
    folder.mkdir(parents=True, exist_ok=True)
    files = {f"{section}.csv": as_csv(section, change.after) for section, change in changed.items() if change}
    new = [name for name in files if not (folder / name).exists()]
    files[MAPPING_NAME] = as_yaml(maps).encode()
    for name, content in files.items():
        (folder / f".{name}.new").write_bytes(content)
    for name in files:
        (folder / f".{name}.new").replace(folder / name)
    print(f"written: {', '.join(str(folder / name) for name in files)}", file=sys.stderr)
    if new:
        print("the inventory reads them once it says so:\n\ninclude:", file=sys.stderr)
    for name in new:
        print(f"  - {{file: {_beside(folder / name, arguments)}, as: {name.removesuffix('.csv')}}}", file=sys.stderr)


def _beside(path: Path, arguments: argparse.Namespace) -> Path:
    """As the inventory names it: relative to its own folder, where it lies below that."""
    try:
        home = inventory_path(arguments).resolve().parent
    except InputError:
        return path
    return path.resolve().relative_to(home) if path.resolve().is_relative_to(home) else path.resolve()
