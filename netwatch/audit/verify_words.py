"""What a verification found -> lines for a person, with what it leaves open. Pure."""

import datetime as dt
from collections.abc import Iterator

from netwatch.audit.verify_report import Report


def lines(report: Report) -> Iterator[str]:
    """What is wrong, first row first; else what is proved, and by what."""
    for finding in report.findings:
        yield f"WRONG: {finding.text}"
    if report.left_out:
        yield f"WRONG: and {report.left_out} more"
    span = f", recorded from {_time(report.first_recorded_wall_s)} to {_time(report.last_recorded_wall_s)}"
    yield f"{report.rows - report.pruned} rows read{span if report.rows else ''}"
    if report.pruned:
        yield (
            f"rows 1 to {report.pruned} were older than is kept, and are gone; that these went before is proved by the "
            "root that is kept of them"
        )
    if report.beyond:
        yield f"{report.beyond} checkpoints are over rows that are gone in part: nothing is left to hold against them"
    yield f"root {report.root.hex()}"
    if not report.findings:
        agreed = "1 checkpoint agrees" if report.checked == 1 else f"{report.checked} checkpoints agree"
        yield f"every row is as it was written; {agreed}"
    yield from still_open(report)


def still_open(report: Report) -> Iterator[str]:
    """What whoever administers the machine could have done without its being seen here."""
    elsewhere = report.attested_elsewhere
    if elsewhere is not None:
        yield f"attested from elsewhere: rows 1 to {elsewhere.size}, as they were at {elsewhere.at}"
        if report.rows > elsewhere.size:
            yield (
                f"an administrator of this machine could still have rewritten rows {elsewhere.size + 1} to "
                f"{report.rows}, which are newer: hold a later checkpoint against them"
            )
    elif report.rows:
        yield (
            f"an administrator of this machine has the key too, and could have written all {report.rows} rows anew and "
            "signed them: only a checkpoint that was kept elsewhere tells (--checkpoint FILE)"
        )
    yield "no hash can tell what was never written down, or was written falsely by a program that was exchanged"


def _time(wall_s: float | None) -> str:
    if wall_s is None:
        return "an unreadable time"
    return dt.datetime.fromtimestamp(wall_s, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
