"""Report a month, a year or any period of the record: availability, losses, faults, and how it was reckoned.

Every figure follows from rows of the ledger; whoever has them can reckon it anew. What nobody saw is neither up nor
down, and is said. Reads the store beside a running daemon.
"""

import argparse
import contextlib
import datetime as dt
import json
import sys
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from netwatch.audit.ledger_read import LedgerReader, reading
from netwatch.audit.report.comma_separated import as_csv
from netwatch.audit.report.pack import Contents, write_pack
from netwatch.audit.report.page import page
from netwatch.audit.report.pdf_process import pdf_of
from netwatch.audit.report.proof import proof, readable_key
from netwatch.audit.report.source import raw_annexes, raw_rows, read_link_usage, read_source
from netwatch.audit.report.words import LANGUAGES
from netwatch.audit.usage_read import PortUsage
from netwatch.cli.audit_times import calendar_period, parts, period_between, zone_named
from netwatch.cli.options import InputError, load_inventory, state_dir
from netwatch.cli.uncollected import uncollected
from netwatch.core.audit.ledger_row import canonical
from netwatch.core.audit.periods import Period
from netwatch.core.audit.report.citizens import citizens
from netwatch.core.audit.report.public import public
from netwatch.core.audit.report.question import Question
from netwatch.core.audit.report.tables import TABLES, tables
from netwatch.core.audit.report.versions import Version
from netwatch.core.model import Inventory

FORMATS = ("html", "pdf", "csv", "xlsx", "json", "citizens")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--month", metavar="MONTH", default="", help="such as 2026-10; a year such as 2026 will do")
    parser.add_argument(
        "--from", metavar="TIME", dest="since", default="", help="2026-10-01, 2026-10-01T09:00, or 2h for two hours ago"
    )
    parser.add_argument("--until", metavar="TIME", default="", help="the last day, or the time it ends (default: now)")
    parser.add_argument("--service", metavar="ID", default="", help="only this service's field devices")
    parser.add_argument("--district", metavar="NAME", default="", help="only what stands in this district")
    parser.add_argument("--format", choices=FORMATS, default="html", help="what to write (default: %(default)s)")
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="write there (default: standard output)")
    parser.add_argument("--lang", choices=LANGUAGES, default=LANGUAGES[0], help="of the words (default: %(default)s)")
    parser.add_argument(
        "--table", choices=TABLES, default=TABLES[0], help="which one, as CSV; XLSX has all (default: %(default)s)"
    )
    parser.add_argument(
        "--no-usage",
        action="store_false",
        dest="usage",
        help="leave out what links carried: in a large city, reading its month takes some seconds",
    )
    parser.add_argument("--pack", metavar="FILE", type=Path, help="write the rows, too: netwatch audit recompute FILE")
    parser.add_argument("--public", action="store_true", help="without addresses, MACs, coordinates and people")
    parser.add_argument(
        "--inventory",
        metavar="FILE",
        type=Path,
        help="one that was in force, for all of the period (default: each for its time)",
    )


def run(arguments: argparse.Namespace) -> int:
    with uncollected():
        return _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    # an inventory of before, where one is named; else the one that the record has
    inventory = load_inventory(arguments) if arguments.inventory is not None else None
    if arguments.pack is not None and arguments.public:
        raise InputError("a pack holds the rows as recorded, with all that is in them: it has no public variant")
    with reading(state_dir(arguments)) as reader:
        source = read_source(reader, inventory=inventory)
        try:
            now_wall_s = time.time()
            period = wanted_period(
                arguments, zone_named(reader.timezone() if inventory is None else inventory.timezone), now_wall_s
            )
            versions = source.versions(period)
            asked = question(arguments, period, versions[-1].inventory, now_wall_s=now_wall_s)
            report = source.report(asked, _usage(arguments, reader, versions, asked), versions=versions)
        except ValueError as error:
            raise InputError(str(error)) from error
        if arguments.public:
            report = public(report)
        text = canonical(report)
        told = proof(text, source.checkpoint, readable_key(state_dir(arguments)))
        if arguments.pack is not None:
            if arguments.pack.exists() and not arguments.pack.is_file():
                raise InputError(f"{arguments.pack} is there and is no file")
            if not source.is_inventory_proved:
                raise InputError("the record knows this inventory as another netwatch took it: no --pack of it")
            annexes = raw_annexes(reader, asked, with_usage=arguments.usage)
            inventories = [text for _, text in source.texts(asked.period)]
            contents = Contents(raw_rows(reader, source.history.rows), annexes, inventories)
            with _written(arguments.pack):
                write_pack(arguments.pack, contents, source, report=text, proof=told)
    if arguments.pack is None or arguments.output is not None:
        is_json = arguments.format == "json"
        _write(_with_proof(text, told) if is_json else _rendered(arguments, report, told), arguments.output)
    return 0


def _usage(
    arguments: argparse.Namespace, reader: LedgerReader, versions: Sequence[Version], asked: Question
) -> Mapping[str, PortUsage]:
    """Not held any longer than the report is made of it: it is a fifth of what a large city's takes."""
    return read_link_usage(reader.connection, versions[-1].inventory, asked) if arguments.usage else {}


def _with_proof(text: str, told: Mapping[str, Any]) -> bytes:
    return f'{text[:-1]},"proof":{json.dumps(told, separators=(",", ":"))}}}\n'.encode()


def _rendered(arguments: argparse.Namespace, report: Mapping[str, Any], told: Mapping[str, Any]) -> bytes:
    match arguments.format:
        case "html":
            return page(report, told, language=arguments.lang).encode()
        case "pdf":
            return pdf_of(page(report, told, language=arguments.lang))
        case "citizens":
            return json.dumps(citizens(report), ensure_ascii=False, indent=1).encode() + b"\n"
    zone = zone_named(report["question"]["zone"])
    found = tables(report, lambda at_ms: f"{dt.datetime.fromtimestamp(at_ms / 1000, zone):%Y-%m-%d %H:%M:%S}")
    if arguments.format == "xlsx":
        # imported where it is asked for: openpyxl takes a third of the time in which `audit log` answers
        return cast("bytes", import_module("netwatch.audit.report.spreadsheets").as_xlsx(found))
    return as_csv(next(one for one in found if one.name == arguments.table))


def _write(content: bytes, path: Path | None) -> None:
    if path is not None:
        with _written(path):
            if path.exists() and not path.is_file():  # /dev/null, or a pipe: not to be replaced
                path.write_bytes(content)
                return
            staged = path.with_name(f".{path.name}.new")
            staged.write_bytes(content)
            staged.replace(path)
    elif sys.stdout.isatty() and b"\0" in content:
        raise InputError("this is no text for a terminal: name a file with -o")
    else:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()


@contextlib.contextmanager
def _written(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error


def wanted_period(arguments: argparse.Namespace, zone: ZoneInfo, now_wall_s: float) -> Period:
    """Up to now at the most. InputError where it is none, or has not begun."""
    if bool(arguments.month) is bool(arguments.since):
        raise InputError("which period? give --month 2026-10, or --from and --until")
    if arguments.month:
        period = calendar_period(arguments.month, zone)
    else:
        period = period_between(arguments.since, arguments.until, zone, now_wall_s)
    as_of_ms = int(now_wall_s * 1000)
    if period.from_ms >= as_of_ms:
        raise InputError(f"{period.label} has not begun")
    return period.cut_at(as_of_ms)


def question(arguments: argparse.Namespace, period: Period, inventory: Inventory, *, now_wall_s: float) -> Question:
    """What is asked for, of the inventory at the period's end. InputError where it cannot be answered."""
    _known("service", arguments.service, inventory.services)
    _known("district", arguments.district, {site.district for site in inventory.sites.values()})
    return Question(
        period=period,
        days=parts(period, zone_named(period.zone)),
        as_of_ms=int(now_wall_s * 1000),
        service=arguments.service,
        district=arguments.district,
    )


def _known(noun: str, name: str, names: Collection[str]) -> None:
    if name and name not in names:
        near = get_close_matches(name, names, 1)
        raise InputError(f"there is no {noun} {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
