"""Work on faults: list and show them, take note of one, write down what was done, whose it is, and its ticket.

An acknowledged fault stays open and stays on every page, but the network's owner is not told of it again and again; it
counts as acknowledged until that is withdrawn or the fault becomes worse. A fault is named by its id, the beginning of
that, or its subject. Exits 1 where the daemon refuses what was asked for, 3 where none answers or the store fails.
"""

import argparse
from collections.abc import Callable, Mapping
from typing import Any

from netwatch.cli.asking import ask, print_json
from netwatch.cli.fault_report import list_text, show_text
from netwatch.cli.options import add_state_dir
from netwatch.core.faults.work import Did

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
    told = ask(arguments, "GET", "/fault")
    if told is None:
        return 1
    return _tell(arguments, told if arguments.all else {**told, "cleared": []}, list_text)


def _show(arguments: argparse.Namespace) -> int:
    told = ask(arguments, "POST", "/fault/show", {"id": arguments.fault})
    return 1 if told is None else _tell(arguments, told, show_text)


def _work(arguments: argparse.Namespace) -> int:
    is_withdrawn = arguments.action == "ack" and arguments.withdraw
    did = Did.WITHDREW if is_withdrawn else DEEDS[arguments.action]
    body = {"id": arguments.fault, "did": did.value, "text": " ".join(arguments.text)}
    told = ask(arguments, "POST", "/fault/work", body)
    if told is None:
        return 1
    return _tell(arguments, told, lambda done: list_text({"faults": [done["fault"]], "cleared": []}))


def _tell(arguments: argparse.Namespace, told: Mapping[str, Any], in_words: Callable[[Mapping[str, Any]], str]) -> int:
    if arguments.json:
        print_json(told)
    else:
        print(in_words(told))
    return 0
