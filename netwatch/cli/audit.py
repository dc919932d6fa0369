"""The record: what happened, and whether it is still as it was written.

`log` shows the ledger, a line an event. `verify` reads it through and holds it against itself and against checkpoints
that were kept elsewhere; it exits 1 where anything is wrong. Both read the store beside a running daemon.
"""

import argparse

from netwatch.cli import (
    audit_access,
    audit_correct,
    audit_forget,
    audit_log,
    audit_recompute,
    audit_report,
    audit_verify,
)
from netwatch.cli.options import add_state_dir

ACTIONS = {
    "log": (audit_log, "what happened, a line an event"),
    "report": (audit_report, "a month of availability, and how it was reckoned"),
    "recompute": (audit_recompute, "whether a pack's figures follow from its rows"),
    "correct": (audit_correct, "say, signed, that the record is wrong about a time"),
    "access": (audit_access, "who asked netwatch for what in a month, and who has looked through it"),
    "forget": (audit_forget, "delete who is behind an id of the record"),
    "verify": (audit_verify, "whether the record is as it was written"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True, help="what to do", title="actions")
    for name, (module, summary) in ACTIONS.items():
        action = actions.add_parser(name, help=summary, description=module.__doc__)
        module.add_arguments(action)
        if module is not audit_recompute:  # which needs the pack alone
            add_state_dir(action)


def execute(arguments: argparse.Namespace) -> int:
    module, _ = ACTIONS[arguments.action]
    return int(module.run(arguments))
