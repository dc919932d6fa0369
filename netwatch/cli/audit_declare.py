"""What the commands that put something on record have in common: the running daemon asked, its sentence told."""

import argparse
import json
from collections.abc import Mapping
from typing import Any

from netwatch.cli.asking import ask


def declare(arguments: argparse.Namespace, path: str, body: Mapping[str, str]) -> Mapping[str, Any] | None:
    """As `ask`, and the answer as one line of JSON where that is wanted."""
    told = ask(arguments, "POST", path, body)
    if told is not None and arguments.json:
        print(json.dumps(told, ensure_ascii=False))
    return told
