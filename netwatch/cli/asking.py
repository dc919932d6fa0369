"""What the commands that ask the running daemon have in common: its answer, or its sentence where it refuses."""

import argparse
import json
import sys
from collections.abc import Mapping
from typing import Any

from netwatch.cli.options import control_socket, state_dir
from netwatch.core.errors import NetwatchError
from netwatch.expose.control_client import request

NOT_NOW = 503


def ask(
    arguments: argparse.Namespace, method: str, path: str, body: Mapping[str, str] | None = None
) -> Mapping[str, Any] | None:
    """What the daemon answers; None where it refused, which was told. NetwatchError: it could not be done now."""
    reply = request(control_socket(state_dir(arguments)), method, path, body=body)
    if reply.status == NOT_NOW:
        raise NetwatchError(reply.error)
    if not reply.ok:
        print(reply.error, file=sys.stderr)
        return None
    told: Mapping[str, Any] = reply.body
    return told


def print_json(told: Mapping[str, Any]) -> None:
    json.dump(told, sys.stdout, ensure_ascii=False, indent=1)
    print()
