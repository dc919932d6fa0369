"""Work on faults: list and show them, take note of one, write down what was done, whose it is, and its ticket.

An acknowledged fault stays open and stays on every page, but the network's owner is not told of it again and again; it
counts as acknowledged until that is withdrawn or the fault becomes worse. A fault is named by its id, the beginning of
that, or its subject. Exits 1 where the daemon refuses what was asked for, 3 where none answers or the store fails.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from typing import Any

from netwatch.cli.fault_report import list_text, show_text
from netwatch.cli.options import add_state_dir, control_socket, state_dir
from netwatch.core.errors import NetwatchError
from netwatch.core.faults.work import Did
from netwatch.expose.control_client import Reply, request

NOT_NOW = 503
DEEDS = {
    "ack": Did.ACKNOWLEDGED,
    "note": Did.NOTED,
    "assign": Did.ASSIGNED,
    "dispatch": Did.DISPATCHED,
    "ticket": Did.TICKETED,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True, help="what to do", title="actions")
    shown = actions.add_parser("list", help="the open faults, whose they are, and who has taken note")
    shown.add_argument("--all", action="store_true", help="also those that cleared in the last 20 minutes")
    show = actions.add_parser("show", help="one fault with everything that was done about it")
    acknowledge = actions.add_parser("ack", help="take note of it: nobody is told of it again")
    acknowledge.add_argument("--withdraw", action="store_true", help="nobody is on it after all")
    note = actions.add_parser("note", help="write down what was seen or done")
    assign = actions.add_parser("assign", help="say whose it is now")
    dispatch = actions.add_parser("dispatch", help="say that somebody is on the way")
    ticket = actions.add_parser("ticket", help="say under which number the service desk has it")
    for action in (show, acknowledge, note, assign, dispatch, ticket):
        action.add_argument("fault", metavar="FAULT", help="its id, the beginning of that, or such as cable:c-017")
    acknowledge.add_argument("text", metavar="WHY", nargs="*", help="what is being done, for whoever comes next")
    note.add_argument("text", metavar="TEXT", nargs="+", help="it stays on record for good, so name nobody")
    assign.add_argument("text", metavar="WHO", nargs="+", help="a person, a crew or a contractor")
    dispatch.add_argument("text", metavar="WHO", nargs="*", help="a person, a crew or a contractor")
    ticket.add_argument("text", metavar="TICKET", nargs="+")
    for action in (shown, show, acknowledge, note, assign, dispatch, ticket):
        action.add_argument("--json", action="store_true", help="what the daemon answers, as JSON")
        add_state_dir(action)


def execute(arguments: argparse.Namespace) -> int:
    actions = {"list": _list, "show": _show}
    return actions.get(arguments.action, _work)(arguments)


def _list(arguments: argparse.Namespace) -> int:
    reply = _ask(arguments, "GET", "/fault")
    if not reply.ok:
        return _refused(reply)
    told = reply.body if arguments.all else {**reply.body, "cleared": []}
    return _print_json(told) if arguments.json else _print(list_text(told))


def _show(arguments: argparse.Namespace) -> int:
    reply = _ask(arguments, "POST", "/fault/show", {"id": arguments.fault})
    if not reply.ok:
        return _refused(reply)
    return _print_json(reply.body) if arguments.json else _print(show_text(reply.body))


def _work(arguments: argparse.Namespace) -> int:
    is_withdrawn = arguments.action == "ack" and arguments.withdraw
    did = Did.WITHDREW if is_withdrawn else DEEDS[arguments.action]
    body = {"id": arguments.fault, "did": did.value, "text": " ".join(arguments.text)}
    reply = _ask(arguments, "POST", "/fault/work", body)
    if not reply.ok:
        return _refused(reply)
    if arguments.json:
        return _print_json(reply.body)
    return _print(list_text({"faults": [reply.body["fault"]], "cleared": []}))


def _ask(arguments: argparse.Namespace, method: str, path: str, body: Mapping[str, str] | None = None) -> Reply:
    """NetwatchError where the daemon could not do it now, whatever was asked for."""
    reply = request(control_socket(state_dir(arguments)), method, path, body=body)
    if reply.status == NOT_NOW:
        raise NetwatchError(reply.error)
    return reply


def _refused(reply: Reply) -> int:
    print(reply.error, file=sys.stderr)
    return 1


def _print(told: str) -> int:
    print(told)
    return 0


def _print_json(told: Any) -> int:  # noqa: ANN401 - JSON
    json.dump(told, sys.stdout, ensure_ascii=False, indent=1)
    print()
    return 0
