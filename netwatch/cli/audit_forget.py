"""Forget who is behind an id of the record: the name is deleted for good, and the record stays whole and provable.

What the person did stays on record under the id. So do reasons and notes, word for word: rows in which one of them has
the name are told. Exits 1 where nobody of that name is on record.
"""

import argparse

from netwatch.audit.ledger_read import reading
from netwatch.cli.audit_declare import declare
from netwatch.cli.options import state_dir

MOST_SHOWN = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="an account, a person or an address, as the record shows it")
    parser.add_argument("--json", action="store_true", help="what the daemon answers, as JSON")


def run(arguments: argparse.Namespace) -> int:
    told = declare(arguments, "/audit/forget", {"name": arguments.name})
    if told is None:
        return 1
    if not arguments.json:
        print(f"forgotten: the record shows {told['id']} from now on", flush=True)
        with reading(state_dir(arguments)) as reader:
            said = list(reader.saying(arguments.name))
        if said:
            rows = ", ".join(map(str, said[:MOST_SHOWN])) + (", ..." if len(said) > MOST_SHOWN else "")
            print(f"what people wrote as a reason or a note stays, and has the name; in rows {rows}")
    return 0
