"""Write the inventory's tables to a workbook, or each to a CSV, for whoever works on them in a spreadsheet.

`netwatch import` takes the same file back, and shows what was changed in it. What stands once (city, settings, vantage,
defaults) and references to secrets stay where they are.
"""

import argparse
from collections.abc import Mapping
from pathlib import Path

from netwatch.cli.options import InputError, add_inventory, inventory_path
from netwatch.inventory.importing.world import flat
from netwatch.inventory.importing.writing import as_csv, as_workbook
from netwatch.inventory.loading import records
from netwatch.inventory.schema import CSV_SECTIONS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="FILE.xlsx with a sheet a table, or FILE.csv with --as")
    parser.add_argument("--as", dest="section", choices=CSV_SECTIONS, default="", help="this table alone")
    parser.add_argument("--force", action="store_true", help="take the place of a file that is there")
    add_inventory(parser)


def execute(arguments: argparse.Namespace) -> int:
    path: Path = arguments.file
    content = _content(path, _sections(arguments), arguments.section)
    try:
        with path.open("wb" if arguments.force else "xb") as file:
            file.write(content)
    except FileExistsError as error:
        raise InputError(f"{path} is there already; --force takes its place") from error
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error
    return 0


def _sections(arguments: argparse.Namespace) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    known = records(inventory_path(arguments))
    return {
        section: {identity: dict(flat(record.table)) for identity, record in known[section].items()}
        for section in CSV_SECTIONS
        if known[section] and arguments.section in ("", section)
    }


def _content(path: Path, sections: Mapping[str, Mapping[str, Mapping[str, str]]], section: str) -> bytes:
    if not sections:
        raise InputError(f"the inventory has no {section or 'tables'}")
    if path.suffix == ".xlsx":
        return as_workbook(sections)
    if path.suffix != ".csv" or not section:
        raise InputError(f"{path} is neither an .xlsx file nor a .csv file with --as TABLE")
    return as_csv(section, sections[section])
