"""Find anything of the city: where it is, when it was last seen, what hangs on it, its way to the anchor, whom to call.

By id, name, asset or serial number, MAC or IP address in any notation and in part, port, cable and core, site,
contractor, and what devices call their own ports; in Korean and English, half typed, mistyped, or by its initial
consonants (ㅇㅈㅅㄱㄹ). Asks the running daemon; where none answers, the inventory alone, and says so. Exits 1 where
nothing fits.
"""

import argparse
import json
import sys
from typing import Any

from netwatch.cli.find_report import as_text
from netwatch.cli.options import (
    InputError,
    add_inventory,
    add_state_dir,
    control_socket,
    load_inventory,
    state_dir,
)
from netwatch.core.topology.graph import Topology
from netwatch.expose.control_client import ControlError, request
from netwatch.expose.control_find import LIMIT, MOST, find_offline

PATIENCE_S = 20.0


def _limit(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= MOST:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to {MOST}")
    return int(text)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", metavar="TEXT", nargs="+", help="what to look for; words in any order")
    parser.add_argument("--json", action="store_true", help="all hits with everything known of them, as JSON")
    parser.add_argument("--limit", metavar="N", type=_limit, default=LIMIT, help=f"hits to show (default: {LIMIT})")
    add_inventory(parser)
    add_state_dir(parser)


def execute(arguments: argparse.Namespace) -> int:
    text = " ".join(arguments.text)
    if not text.strip():
        raise InputError("Say what to look for.")
    answer = _ask(arguments, text)
    if arguments.json:
        json.dump(answer, sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        print(as_text(answer))
    return 0 if answer["hits"] else 1


def _ask(arguments: argparse.Namespace, text: str) -> Any:  # noqa: ANN401 - JSON
    body = {"text": text, "limit": arguments.limit}
    socket = control_socket(state_dir(arguments))
    try:
        reply = request(socket, "POST", "/find", body=body, timeout_s=PATIENCE_S)
    except ControlError as error:
        inventory = load_inventory(arguments)
        print(f"netwatch: {error} This is what the inventory alone says.", file=sys.stderr)
        return find_offline(Topology(inventory), text, arguments.limit)
    if not reply.ok:
        raise InputError(reply.error)
    return reply.body
