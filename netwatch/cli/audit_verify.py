"""Read the ledger through: every row, the chain, the checkpoints in it, and those that were kept elsewhere.

Exits 1 where anything is wrong, and names the first row. Says what whoever administers the machine could still have
changed. Give it checkpoints from where they cannot reach: a file of lines, or the log of a syslog server.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

from netwatch.audit import checkpoint
from netwatch.audit.verify import Kept, verify
from netwatch.audit.verify_report import Report
from netwatch.audit.verify_words import lines, still_open
from netwatch.cli.options import InputError, state_dir

_PLAIN_EVERY_S = 10.0  # where progress goes to a file


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--checkpoint",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help="checkpoints that were kept elsewhere, one a line; again for more files, - for standard input",
    )
    parser.add_argument("--key", metavar="HEX", default="", help="the public key that must have signed them all")
    parser.add_argument("--json", action="store_true", help="what was found, as JSON")


def run(arguments: argparse.Namespace) -> int:
    state = state_dir(arguments)
    kept = [one for path in arguments.checkpoint for one in _read(path, state)]
    report = verify(state, kept, key=arguments.key.lower(), on_progress=_progress())
    if arguments.json:
        print(json.dumps(_record(report), ensure_ascii=False, indent=1))
    else:
        print("\n".join(lines(report)))
    return 1 if report.findings else 0


def _read(path: Path, state: Path) -> Iterator[Kept]:
    """InputError: it cannot be read, holds none, or one that was changed. Beside the ledger is not elsewhere."""
    is_elsewhere = not path.resolve().is_relative_to(state.resolve())
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(errors="backslashreplace")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    found = 0
    for number, line in enumerate(text.splitlines(), 1):
        if "{" not in line:
            continue
        try:
            yield Kept(checkpoint=checkpoint.read(line), origin=f"{path}:{number}" if is_elsewhere else "")
        except ValueError as error:
            raise InputError(f"{path}:{number}: {error}") from error
        found += 1
    if not found:
        raise InputError(f"{path}: there is no checkpoint in it")


def _progress() -> Callable[[int, int], None]:
    """Writes over itself on a terminal; seldom, where nobody looks on."""
    began_s = told_s = time.monotonic()
    is_seen = sys.stderr.isatty()

    def show(done: int, there: int) -> None:
        nonlocal told_s
        now_s = time.monotonic()
        is_last = done >= there
        if not is_seen and (now_s - told_s < _PLAIN_EVERY_S or is_last):
            return
        told_s = now_s
        pace = done / max(now_s - began_s, 0.001)
        text = f"{done} of {there} rows, {pace:,.0f} a second"
        print(f"\r{text}\x1b[K" if is_seen else text, end="\n" if is_last or not is_seen else "", file=sys.stderr)

    return show


def _record(report: Report) -> dict[str, object]:
    elsewhere = report.attested_elsewhere
    return {
        "sound": not report.findings,
        "findings": [asdict(finding) for finding in report.findings],
        "rows": report.rows,
        "pruned": report.pruned,
        "annexes": report.annexes,
        "checkpoints_beyond": report.beyond,
        "root": report.root.hex(),
        "keys": report.keys,
        "checkpoints": report.checked,
        "attested": None if report.attested is None else report.attested.told(),
        "attested_elsewhere": None if elsewhere is None else elsewhere.told(),
        "still_open": list(still_open(report)),
    }
