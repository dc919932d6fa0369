"""Are there known vulnerabilities in what the locks pin: `python -m tests.project.audit [--advisories SNAPSHOT]`.

Asks by pip-audit, or looks into a snapshot. Says one of three things: how many were audited and none is vulnerable;
which are; or that they could NOT be audited, which is not the same as clean. Exit code 1 for the second, and for the
third where `--required` is given: `make check` must also work on a machine that reaches no database.
"""

import argparse
import json
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from tests.project.advisories import Finding, findings, records
from tests.project.lock import TEST, Pin, pins

PATIENCE_S = 90
FEWEST_RECORDS = 1000  # what is known of packages for Python is many times that: less is no snapshot of it
OLDEST_DAYS = 45


class Verdict(NamedTuple):
    wrong: list[Finding]
    unaudited: str = ""  # why not all of them could be looked at

    def told(self, count: int) -> str:
        lines = [f"VULNERABLE: {finding}" for finding in self.wrong]
        if self.unaudited:
            lines.append(f"NOT AUDITED for known vulnerabilities: {self.unaudited}")
        elif not self.wrong:
            lines.append(f"audited: none of {count} pinned packages has a known vulnerability")
        return "\n".join(lines)

    def code(self, *, required: bool) -> int:
        return int(bool(self.wrong) or (required and bool(self.unaudited)))


def by_snapshot(found: Sequence[Pin], snapshot: Path, now: datetime) -> Verdict:
    """What the snapshot knows; it must be a whole one, and a recent one."""
    try:
        advisories = list(records(snapshot))
        wrong, count = findings(found, advisories)
    except (OSError, ValueError, LookupError, zipfile.BadZipFile) as error:
        return Verdict([], f"{snapshot} is no snapshot of advisories ({type(error).__name__}: {error})")
    if count < FEWEST_RECORDS:
        return Verdict(wrong, f"{snapshot} holds {count} records about Python, which is not all that is known")
    newest = max(str(record.get("modified", "")) for record in advisories)
    age = now - datetime.fromisoformat(newest)
    if age.days > OLDEST_DAYS:
        return Verdict(wrong, f"{snapshot} ends {age.days} days ago")
    return Verdict(wrong)


def by_answer(found: Sequence[Pin], answer: str) -> Verdict:
    """What pip-audit said, as JSON. It calls clean what it could not ask about; this does not."""
    try:
        told = json.loads(answer)["dependencies"]
    except (ValueError, LookupError):
        return Verdict([], "pip-audit reached no database of advisories")
    wrong = [
        Finding(one["name"], one["version"], advisory["id"], tuple(advisory["fix_versions"]))
        for one in told
        for advisory in one.get("vulns", ())
    ]
    looked_at = {one["name"].lower() for one in told if "skip_reason" not in one}
    left_out = sorted({pin.name for pin in found if not pin.marker} - looked_at)
    if not left_out:
        return Verdict(wrong)
    some = ", ".join(left_out[:3]) + (" and others" if len(left_out) > 3 else "")
    return Verdict(wrong, f"no database told anything of {len(left_out)} of {len(found)} packages ({some})")


def by_asking(found: Sequence[Pin], lock: Path) -> Verdict:
    """What pip-audit learns now."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--require-hashes", "--disable-pip"]
    command += ["--format", "json", "--progress-spinner", "off", "--timeout", "10"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    except subprocess.TimeoutExpired:
        return Verdict([], f"no database answered within {PATIENCE_S} s")
    return by_answer(found, done.stdout)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--advisories", metavar="SNAPSHOT", type=Path, help="a folder or zip of OSV records")
    parser.add_argument("--required", action="store_true", help="fail where it cannot be told")
    arguments = parser.parse_args(argv)
    found = pins(TEST)
    if arguments.advisories is not None:
        verdict = by_snapshot(found, arguments.advisories, datetime.now(UTC))  # noqa: TID251 - the program begins here, and asks for the day
    else:
        verdict = by_asking(found, TEST)
    print(verdict.told(len(found)))
    return verdict.code(required=arguments.required)


if __name__ == "__main__":
    sys.exit(main())
