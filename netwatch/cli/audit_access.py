"""Who asked netwatch for what in a month: by account, what failed, and who has looked through it.

`--reviewed` puts on record, by the running daemon, that you have. Names are shown as far as they are not forgotten.
"""

import argparse
import datetime as dt
import json
import zoneinfo
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict

from netwatch.audit.access_read import month_rows, reviews
from netwatch.audit.ledger_read import reading
from netwatch.cli.audit_declare import declare
from netwatch.cli.audit_times import zone_named
from netwatch.cli.options import InputError, state_dir
from netwatch.cli.table import aligned
from netwatch.core.audit.access import Outcome
from netwatch.core.audit.ledger_row import LedgerRow
from netwatch.core.audit.ledger_sentences import told
from netwatch.core.audit.periods import Period, month_of
from netwatch.expose.text import visible

UNKNOWN = "(unknown)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--month", metavar="MONTH", required=True, help="2026-10")
    parser.add_argument("--account", metavar="NAME", default="", help="of this one only, each with its time")
    parser.add_argument("--all", action="store_true", help="each with its time, not what failed alone")
    parser.add_argument("--reviewed", action="store_true", help="put on record that you have looked through it")
    parser.add_argument(
        "--note", metavar="TEXT", default="", help="what you found, to be put on record with it for good: name nobody"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line, as recorded")
    parser.add_argument("--timezone", metavar="ZONE", default="", help="of the month (default: the city's)")


def run(arguments: argparse.Namespace) -> int:
    if arguments.reviewed:
        return _review(arguments)
    with reading(state_dir(arguments)) as reader:
        zone = zone_named(arguments.timezone or reader.timezone() or "UTC")
        month = _month(arguments.month, zone)
        rows = [row for row in month_rows(reader, month) if arguments.account in ("", row.detail.get("account"))]
        seen = reviews(reader, month)
    if arguments.json:
        for row in (*rows, *seen):
            print(json.dumps(asdict(row), ensure_ascii=False))
        return 0
    print("\n".join(_page(month, rows, zone, is_whole=arguments.all or bool(arguments.account))))
    print(
        "\n".join(f"{_at(row, zone)}  {visible(told(row))}" for row in seen)
        or f"nobody has looked through {month.label}"
    )
    return 0


def _review(arguments: argparse.Namespace) -> int:
    answer = declare(arguments, "/audit/review", {"month": arguments.month, "note": arguments.note})
    if answer is None:
        return 1
    if not arguments.json:
        counts = _counts(answer["rows"], answer["failures"])
        print(f"on record: {answer['user']} has looked through {answer['month']}, {counts}")
    return 0


def _page(month: Period, rows: Sequence[LedgerRow], zone: zoneinfo.ZoneInfo, *, is_whole: bool) -> Iterator[str]:
    failed = [row for row in rows if row.detail.get("outcome") != Outcome.DONE]
    yield f"{month.label} ({zone.key}): {_counts(len(rows), len(failed))}"
    if rows:
        yield from aligned([("account", "times", "failed", "last", "did"), *_accounts(rows, zone)])
    shown = rows if is_whole else failed
    if shown:
        yield "each of them:" if is_whole else "what failed or was refused:"
        yield from (f"{_at(row, zone)}  {visible(told(row))}" for row in shown)


def _accounts(rows: Iterable[LedgerRow], zone: zoneinfo.ZoneInfo) -> Iterator[Sequence[str]]:
    of_account: dict[str, list[LedgerRow]] = {}
    for row in rows:
        of_account.setdefault(str(row.detail.get("account") or UNKNOWN), []).append(row)
    for account, own in sorted(of_account.items()):
        times = sum(int(row.detail.get("times", 1)) for row in own)
        failed = sum(int(row.detail.get("times", 1)) for row in own if row.detail.get("outcome") != Outcome.DONE)
        actions = Counter(str(row.detail.get("action")) for row in own)
        did = ", ".join(action for action, _ in actions.most_common(4))
        last = max(own, key=lambda row: row.at_wall_s)
        yield visible(account), str(times), str(failed), _at(last, zone), visible(did)


def _counts(rows: int, failures: int) -> str:
    return f"{rows} rows, {failures} of what failed or was refused"


def _at(row: LedgerRow, zone: zoneinfo.ZoneInfo) -> str:
    return f"{dt.datetime.fromtimestamp(row.at_wall_s, zone):%Y-%m-%d %H:%M:%S}"


def _month(text: str, zone: zoneinfo.ZoneInfo) -> Period:
    try:
        return month_of(text, zone)
    except ValueError as error:
        raise InputError(f"{text!r} is no month such as 2026-10") from error
