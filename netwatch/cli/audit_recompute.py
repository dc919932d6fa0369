"""Reckon a pack anew: whether its rows are those that were signed, and whether every figure in it follows from them.

Needs nothing but the pack: no store, no inventory, no network. Exits 1 where anything differs, or where it is
no pack, and says what.
"""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from netwatch.audit.report.recompute import PackError, Recomputed, recompute
from netwatch.cli.options import InputError
from netwatch.cli.uncollected import uncollected
from netwatch.expose.text import visible


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pack", metavar="PACK", type=Path, help="what netwatch audit report --pack wrote")
    parser.add_argument("--key", metavar="HEX", default="", help="the public key that must have signed it")
    parser.add_argument("--json", action="store_true", help="what was found, as JSON")


def run(arguments: argparse.Namespace) -> int:
    try:
        with uncollected():
            found = recompute(arguments.pack, key=arguments.key.lower())
    except PackError as error:
        raise InputError(str(error)) from error
    if arguments.json:
        print(json.dumps({"sound": not found.findings, **asdict(found)}, ensure_ascii=False, indent=1))
    else:
        print("\n".join(visible(line) for line in _lines(found)))
    return 1 if found.findings else 0


def _lines(found: Recomputed) -> list[str]:
    if found.findings:
        return [f"wrong: {one}" for one in found.findings]
    behind = found.rows - found.attested
    return [
        f"{found.figures} figures and words were reckoned anew from {found.rows} rows: all are the same",
        f"rows 1 to {found.attested} are those that {found.key} signed for"
        + (f"; the last {behind} came after its newest checkpoint" if behind else ""),
        "the report is signed by the same key" if found.is_signed else "the report itself is not signed",
        "that this key is the one of the machine that kept the record, only you can know: compare it, or give --key",
    ]
