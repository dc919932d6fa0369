"""Say that the record is wrong about a time: signed, with a reason and a name, beside what was recorded.

Reports tell their figures as recorded, and apart from them with corrections. Exits 1 where the daemon refuses it.
"""

import argparse

from netwatch.cli.audit_declare import declare
from netwatch.cli.options import InputError
from netwatch.core.audit.corrections import TrueState


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "subject", metavar="SUBJECT", nargs="?", default="", help="device:…, field_device:…, link:…, ring:…"
    )
    parser.add_argument("--from", dest="begin", metavar="TIME", default="", help="2026-11-22T13:00")
    parser.add_argument("--until", metavar="TIME", default="", help="2026-11-22T14:00, which is over")
    parser.add_argument("--state", metavar="STATE", default="", help=f"what it was: {', '.join(TrueState)}")
    parser.add_argument("--withdraw", metavar="ID", default="", help="a correction that shall no longer count")
    parser.add_argument(
        "--reason",
        metavar="TEXT",
        required=True,
        help="why, and how it is known; it stays on record for good, so name nobody",
    )
    parser.add_argument("--by", metavar="NAME", default="", help="who says so (default: the user who calls)")
    parser.add_argument("--timezone", metavar="ZONE", default="", help="of these times (default: the city's)")
    parser.add_argument("--json", action="store_true", help="what the daemon answers, as JSON")


def run(arguments: argparse.Namespace) -> int:
    about = (arguments.subject, arguments.begin, arguments.until, arguments.state)
    if arguments.withdraw:
        if any(about):
            raise InputError("--withdraw takes the id of a correction, and no subject, time or state")
        body = {"id": arguments.withdraw, "reason": arguments.reason, "by": arguments.by}
        told, what = declare(arguments, "/audit/withdraw", body), "no longer counts"
    else:
        if not all(about):
            raise InputError("a correction needs SUBJECT, --from, --until and --state; see --help")
        body = {
            "subject": arguments.subject,
            "from": arguments.begin,
            "until": arguments.until,
            "state": arguments.state,
            "reason": arguments.reason,
            "by": arguments.by,
            "timezone": arguments.timezone,
        }
        told, what = declare(arguments, "/audit/correct", body), "is on record"
    if told is None:
        return 1
    if not arguments.json:
        print(f"the correction {told['id']} of {told['subject']} {what}")
    return 0
