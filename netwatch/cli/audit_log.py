"""Show the ledger: when, what, of what. Heartbeats, intervals that begin, usage and accesses only where asked for."""

import argparse
import datetime as dt
import json
import sys
import time
import zoneinfo
from collections.abc import Iterator
from dataclasses import asdict

from netwatch.audit.ledger_read import LedgerReader, reading
from netwatch.cli.audit_times import moment, zone_named
from netwatch.cli.options import InputError, state_dir
from netwatch.core.audit.ledger_row import LedgerRow
from netwatch.core.audit.ledger_sentences import Wanted, told
from netwatch.expose.text import visible

FOLLOW_S = 0.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--subject",
        metavar="NAME",
        action="append",
        default=[],
        help="such as device:acc-17 or 'port:acc-17 *'; again for more",
    )
    parser.add_argument(
        "--kind",
        metavar="KIND",
        action="append",
        default=[],
        help="such as 'fault.*', device.state, maintenance, inventory, profiles, gap, correction, state, usage, "
        "access, heartbeat; again for more",
    )
    parser.add_argument("--since", metavar="TIME", default="", help="2026-11-22T13:00 or 2h (ago)")
    parser.add_argument("--until", metavar="TIME", default="", help="2026-11-22T14:00 or 1h (ago)")
    parser.add_argument("--last", metavar="N", type=int, default=0, help="only the newest N lines")
    parser.add_argument("--follow", action="store_true", help="go on with what comes, until Ctrl-C")
    parser.add_argument("--json", action="store_true", help="one JSON object a line, as recorded")
    parser.add_argument("--timezone", metavar="ZONE", default="", help="of the times (default: the city's)")


def run(arguments: argparse.Namespace) -> int:
    if arguments.last < 0:
        raise InputError("--last takes how many lines, 1 or more")
    with reading(state_dir(arguments)) as reader:
        zone = zone_named(arguments.timezone or reader.timezone() or "UTC")
        now = time.time()
        wanted = Wanted(
            subjects=tuple(arguments.subject),
            kinds=tuple(arguments.kind),
            since_wall_s=moment(arguments.since, zone, now, otherwise=float("-inf")),
            until_wall_s=moment(arguments.until, zone, now, otherwise=float("inf")),
        )
        newest = reader.newest()
        for row in _there(reader, wanted, newest, most=arguments.last):
            _show(row, zone, is_json=arguments.json)
        while arguments.follow:
            sys.stdout.flush()
            time.sleep(FOLLOW_S)
            for row in reader.rows(newest):
                newest = row.seq
                if wanted.has(row):
                    _show(row, zone, is_json=arguments.json)
    return 0


def _there(reader: LedgerReader, wanted: Wanted, newest: int, *, most: int) -> Iterator[LedgerRow]:
    """The rows up to `newest` that are wanted; `most` of them, if it is not 0."""
    if not most:
        yield from (row for row in reader.rows() if row.seq <= newest and wanted.has(row))
        return
    found: list[LedgerRow] = []
    for row in reader.rows(is_newest_first=True):
        if row.seq <= newest and wanted.has(row):
            found.append(row)
        if len(found) == most:
            break
    yield from reversed(found)


def _show(row: LedgerRow, zone: zoneinfo.ZoneInfo, *, is_json: bool) -> None:
    if is_json:
        print(json.dumps(asdict(row), ensure_ascii=False))
        return
    at = dt.datetime.fromtimestamp(row.at_wall_s, zone)
    print(f"{at:%Y-%m-%d %H:%M:%S}  {visible(told(row))}")
