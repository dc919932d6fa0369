"""Report a month, a year or any period of the record: availability, losses, faults, and how it was reckoned.

Every figure follows from rows of the ledger; whoever has them can reckon it anew. What nobody saw is neither up nor
down, and is said. Reads the store beside a running daemon.
"""

import argparse
import json
import sys
import time
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from netwatch.audit.ledger_read import reading
from netwatch.audit.report.source import read_source
from netwatch.cli.audit_times import calendar_period, parts, period_between, zone_named
from netwatch.cli.options import InputError, add_inventory, load_inventory, state_dir
from netwatch.core.audit.report.question import Question
from netwatch.core.model import Inventory

FORMATS = ("json",)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--month", metavar="MONTH", default="", help="such as 2026-10; a year such as 2026 will do")
    parser.add_argument(
        "--from", metavar="TIME", dest="since", default="", help="2026-10-01, 2026-10-01T09:00 or 2h ago"
    )
    parser.add_argument("--until", metavar="TIME", default="", help="the last day, or the time it ends (default: now)")
    parser.add_argument("--service", metavar="ID", default="", help="only this service's field devices")
    parser.add_argument("--district", metavar="NAME", default="", help="only what stands in this district")
    parser.add_argument("--format", choices=FORMATS, default="json", help="what to write (default: %(default)s)")
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="write there (default: standard output)")
    add_inventory(parser)


def run(arguments: argparse.Namespace) -> int:
    # an inventory of before, where one is named; else the one that the record has
    inventory = load_inventory(arguments) if arguments.inventory is not None else None
    with reading(state_dir(arguments)) as reader:
        source = read_source(reader, inventory=inventory)
    try:
        then = source.inventory
    except ValueError as error:
        raise InputError(str(error)) from error
    report = source.report(question(arguments, then, now_wall_s=time.time()))
    _write(report, arguments.output)
    return 0


def question(arguments: argparse.Namespace, inventory: Inventory, *, now_wall_s: float) -> Question:
    """What is asked for. InputError where it cannot be answered."""
    zone = zone_named(inventory.timezone)
    if bool(arguments.month) is bool(arguments.since):
        raise InputError("which period? give --month 2026-10, or --from and --until")
    if arguments.month:
        period = calendar_period(arguments.month, zone)
    else:
        period = period_between(arguments.since, arguments.until, zone, now_wall_s)
    as_of_ms = int(now_wall_s * 1000)
    if period.from_ms >= as_of_ms:
        raise InputError(f"{period.label} has not begun")
    period = period.cut_at(as_of_ms)
    _known("service", arguments.service, inventory.services)
    _known("district", arguments.district, {site.district for site in inventory.sites.values()})
    return Question(
        period=period,
        days=parts(period, zone),
        as_of_ms=as_of_ms,
        service=arguments.service,
        district=arguments.district,
    )


def _known(noun: str, name: str, names: Collection[str]) -> None:
    if name and name not in names:
        near = get_close_matches(name, names, 1)
        raise InputError(f"there is no {noun} {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""))


def _write(report: Mapping[str, Any], path: Path | None) -> None:
    text = json.dumps(report, ensure_ascii=False, indent=1)
    if path is None:
        sys.stdout.write(text + "\n")
    else:
        path.write_text(text, encoding="utf-8")
