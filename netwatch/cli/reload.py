"""Have the running daemon read its inventory again, and say what it changed.

A mistake leaves the old inventory in force; it is printed here and exits 1. Exits 3 where no daemon answers.
"""

import argparse
import sys

from netwatch.cli.options import add_state_dir, control_socket, state_dir
from netwatch.expose.control_client import request

PATIENCE_S = 60.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_state_dir(parser)


def execute(arguments: argparse.Namespace) -> int:
    socket = control_socket(state_dir(arguments))
    reply = request(socket, "POST", "/reload", timeout_s=PATIENCE_S)
    if reply.ok:
        print(f"reloaded: {reply.body['summary']}")
        return 0
    for problem in reply.body.get("detail") or ():
        print(problem, file=sys.stderr)
    print(f"not reloaded: {reply.error}", file=sys.stderr)
    return 1
