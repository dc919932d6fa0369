"""What the next shift must know: open faults and whose they are, what closed, what is ahead, and what nobody saw.

Of the running daemon; where none answers, of its store as it left it, and then it says so.
"""

import argparse
import json
import sys
from typing import Any

from netwatch.audit.shift import read_handover
from netwatch.cli.handover_html import as_html
from netwatch.cli.handover_text import as_text
from netwatch.cli.options import InputError, add_state_dir, control_socket, state_dir
from netwatch.expose.control_client import ControlError, request


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--since",
        metavar="TIME",
        default="12h",
        help="when the shift began: 18:00 (the last one), 12h (default), a date",
    )
    parser.add_argument("--format", choices=("text", "html", "json"), default="text", help="html is one file, to print")
    parser.add_argument("--lang", choices=("en", "ko"), default="en", help="of the words (default: en)")
    add_state_dir(parser)


def execute(arguments: argparse.Namespace) -> int:
    told = _told(arguments)
    if arguments.format == "json":
        json.dump(told, sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        print(as_html(told, arguments.lang) if arguments.format == "html" else as_text(told, arguments.lang))
    return 0


def _told(arguments: argparse.Namespace) -> Any:  # noqa: ANN401 - JSON
    state = state_dir(arguments)
    try:
        reply = request(control_socket(state), "POST", "/handover", body={"since": arguments.since})
    except ControlError as error:
        print(f"netwatch: {error} This is what the record says.", file=sys.stderr)
        try:
            return read_handover(state, arguments.since)
        except ValueError as wrong:
            raise InputError(str(wrong)) from wrong
    if not reply.ok:
        raise InputError(reply.error)
    return reply.body
