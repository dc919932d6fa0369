"""What is wrong now, as the running daemon holds it: open faults first, then rings, services, devices and links.

Exits 0 whenever the daemon answered, whatever it said: a fault of the network is no failure of this command, and what
alarms shall hang on stands on /metrics/faults. Exits 3 where no daemon answers. With --watch it goes on until Ctrl-C,
and over restarts of the daemon.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from netwatch.cli.options import add_state_dir, control_socket, state_dir
from netwatch.cli.status_report import as_text
from netwatch.core.errors import NetwatchError
from netwatch.expose.control_client import ControlError, request

WATCH_EVERY_S = 2.0
PATIENCE_S = 20.0
CLEARED = "\x1b[H\x1b[2J"  # ECMA-48: cursor home, erase the page


def _interval_s(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.1 <= seconds <= 86400:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds from 0.1 to 86400")
    return seconds


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="everything as JSON; with --watch one object a line")
    parser.add_argument(
        "--watch",
        metavar="SECONDS",
        nargs="?",
        type=_interval_s,
        const=WATCH_EVERY_S,
        help=f"ask again and again, each {WATCH_EVERY_S:g} s unless told otherwise",
    )
    add_state_dir(parser)


def execute(arguments: argparse.Namespace) -> int:
    socket = control_socket(state_dir(arguments))
    status = _ask(socket)
    if arguments.watch is None:
        _show(status, arguments)
        return 0
    try:
        while True:
            _show(status, arguments)
            status = _wait_for_next(socket, arguments.watch)
    except KeyboardInterrupt:
        return 0


def _ask(socket: Path) -> Any:  # noqa: ANN401 - JSON
    reply = request(socket, "GET", "/status", timeout_s=PATIENCE_S)
    if not reply.ok:
        raise NetwatchError(reply.error)
    return reply.body


def _wait_for_next(socket: Path, every_s: float) -> Any:  # noqa: ANN401 - JSON
    """The next status; while the daemon does not answer, that is said instead."""
    said = ""
    while True:
        time.sleep(every_s)
        try:
            return _ask(socket)
        except ControlError as error:
            if str(error) != said:
                said = str(error)
                print(f"netwatch: {said}", file=sys.stderr, flush=True)


def _show(status: Any, arguments: argparse.Namespace) -> None:  # noqa: ANN401 - JSON
    is_terminal = sys.stdout.isatty()
    if arguments.json:
        print(json.dumps(status, ensure_ascii=False, indent=1 if arguments.watch is None else None), flush=True)
        return
    text = as_text(status, in_colour=is_terminal and not os.environ.get("NO_COLOR"))
    if arguments.watch is None:
        print(text)
    else:
        print(f"{CLEARED}{text}" if is_terminal else f"{text}\n", flush=True)
