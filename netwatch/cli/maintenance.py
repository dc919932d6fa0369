"""Declare, list and end windows of maintenance in the running daemon.

A window silences notification of its subject and of what hangs on it; everything is observed and shown as before.
Exits 1 where the daemon refuses what was asked for, 3 where none answers or the store fails.
"""

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from netwatch.cli.asking import ask, print_json
from netwatch.cli.options import add_state_dir
from netwatch.cli.table import aligned

COLUMNS = ("id", "state", "subject", "from", "until", "by", "approved by", "reason")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True, help="what to do", title="actions")
    add = actions.add_parser("add", help="declare a window")
    add.add_argument(
        "subject", metavar="SUBJECT", help="ring:ring-a, cable:c-017, site:…, device:…, 'port:acc-17 Gi1/0/3'"
    )
    add.add_argument(
        "--from", dest="begin", metavar="TIME", default="now", help="2026-12-01T01:00, +2h or now (default)"
    )
    add.add_argument("--until", metavar="TIME", required=True, help="2026-12-01T05:00, or +4h after its beginning")
    add.add_argument(
        "--reason",
        metavar="TEXT",
        required=True,
        help="what is being done; it stays on record for good, so name nobody",
    )
    add.add_argument("--by", metavar="NAME", default="", help="who asked for it (default: the user who calls)")
    add.add_argument("--approved-by", metavar="NAME", default="", help="who approved it: not the one who asked")
    add.add_argument(
        "--timezone", metavar="ZONE", default="", help="of these times, such as Asia/Seoul (default: the city's)"
    )
    shown = actions.add_parser("list", help="windows that are planned or running")
    shown.add_argument("--all", action="store_true", help="also those that are over")
    end = actions.add_parser("end", help="end a window now")
    end.add_argument("id", metavar="ID", help="as `list` shows it, such as m-1")
    for action in (add, shown, end):
        action.add_argument("--json", action="store_true", help="what the daemon answers, as JSON")
        add_state_dir(action)


def execute(arguments: argparse.Namespace) -> int:
    actions = {"add": _add, "list": _list, "end": _end}
    return actions[arguments.action](arguments)


def _add(arguments: argparse.Namespace) -> int:
    body = {
        "subject": arguments.subject,
        "from": arguments.begin,
        "until": arguments.until,
        "reason": arguments.reason,
        "by": arguments.by,
        "approved_by": arguments.approved_by,
        "timezone": arguments.timezone,
    }
    told = ask(arguments, "POST", "/maintenance", body)
    if told is None:
        return 1
    if arguments.json:
        print_json(told)
        return 0
    window, beside = told["window"], len(told["covers"]) - 1
    also = f", and {beside} more that hang on it" if beside else ""
    print(f"{window['id']}: {window['subject']}{also}, from {window['from']} until {window['until']}")
    if not window["declared_before"]:
        print("it was not declared before its beginning, and reports will say so")
    if not window["approved"]:
        print("it is not approved by another person than asked for it, and reports will say so")
    return 0


def _list(arguments: argparse.Namespace) -> int:
    told = ask(arguments, "GET", "/maintenance")
    if told is None:
        return 1
    windows = [window for window in told["windows"] if arguments.all or window["state"] != "over"]
    if arguments.json:
        print_json({**told, "windows": windows})
        return 0
    if windows:
        rows = map(_row, sorted(windows, key=lambda window: window["from_s"]))
        print("\n".join(aligned([COLUMNS, *rows])))
        print(f"times of {told['timezone']}")
    else:
        print("no windows" if arguments.all else "no window is planned or running")
    return 0


def _end(arguments: argparse.Namespace) -> int:
    told = ask(arguments, "POST", "/maintenance/end", {"id": arguments.id})
    if told is None:
        return 1
    if arguments.json:
        print_json(told)
        return 0
    window = told["window"]
    print(f"{window['id']}: {window['subject']} has ended, {window['ended']}")
    return 0


def _row(window: Mapping[str, Any]) -> Sequence[str]:
    """To the minute; the zone stands below."""
    until = window["ended"] or window["until"]
    begin, end = (text[:16].replace("T", " ") for text in (window["from"], until))
    approved_by = window["approved_by"] or "nobody"
    return window["id"], window["state"], window["subject"], begin, end, window["by"], approved_by, window["reason"]
