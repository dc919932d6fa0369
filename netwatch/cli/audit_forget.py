"""Forget who is behind an id of the record: the name is deleted for good, and the record stays whole and provable.

What the person did stays on record under the id. Exits 1 where nobody of that name is on record.
"""

import argparse

from netwatch.cli.audit_declare import declare


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="an account, a person or an address, as the record shows it")
    parser.add_argument("--json", action="store_true", help="what the daemon answers, as JSON")


def run(arguments: argparse.Namespace) -> int:
    told = declare(arguments, "/audit/forget", {"name": arguments.name})
    if told is None:
        return 1
    if not arguments.json:
        print(f"forgotten: the record shows {told['id']} from now on")
    return 0
