"""What the commands that put something on record have in common: the running daemon asked, its sentence told."""

import argparse
import json
import sys
from collections.abc import Mapping
from typing import Any

from netwatch.cli.options import control_socket, state_dir
from netwatch.core.errors import NetwatchError
from netwatch.expose.control_client import request

NOT_NOW = 503


def declare(arguments: argparse.Namespace, path: str, body: Mapping[str, str]) -> Mapping[str, Any] | None:
    """What the daemon answers; None where it refused, which was told. NetwatchError: it could not be done now."""
    reply = request(control_socket(state_dir(arguments)), "POST", path, body=body)
    if reply.status == NOT_NOW:
        raise NetwatchError(reply.error)
    if not reply.ok:
        print(reply.error, file=sys.stderr)
        return None
    if arguments.json:
        print(json.dumps(reply.body, ensure_ascii=False))
    told: Mapping[str, Any] = reply.body
    return told
