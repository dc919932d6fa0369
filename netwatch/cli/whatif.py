"""Let things fail that have not failed: which faults netwatch would name, who would be dark, what reserve is left.

Works on the inventory alone; no daemon is asked and nothing is sent to any device. Without --fail it shows the ten
single failures that would cost most. Exits 1 where the inventory does not know what is to fail.
"""

import argparse
import gc
import json
import sys
from collections.abc import Iterable

from netwatch.cli.options import add_inventory, load_inventory
from netwatch.cli.whatif_report import costs_as_json, costs_as_table, forecast_as_json, forecast_as_table
from netwatch.core.faults.forecast import forecast
from netwatch.core.model import Inventory
from netwatch.core.topology.graph import Topology
from netwatch.core.topology.single_points import costliest
from netwatch.inventory.findings import Refused
from netwatch.inventory.subjects import wired_subject


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--fail",
        metavar="SUBJECT",
        action="append",
        default=[],
        help="cable:c-017, device:acc-17, link:…, 'port:acc-17 Gi1/0/3', field_device:…, ring:…, site:… or vantage:;"
        " may be given several times, and then all fail at once",
    )
    parser.add_argument("--json", action="store_true", help="everything as JSON")
    add_inventory(parser)


def execute(arguments: argparse.Namespace) -> int:
    inventory = load_inventory(arguments)
    gc.freeze()  # the inventory stays to the end: to search it for cycles takes longer than the question
    subjects, mistakes = _subjects(arguments.fail, inventory)
    if mistakes:
        print("\n".join(mistakes), file=sys.stderr)
        return 1
    topology = Topology(inventory)
    if subjects:
        foreseen = forecast(topology, subjects)
        told = forecast_as_json(subjects, foreseen) if arguments.json else forecast_as_table(subjects, foreseen)
    else:
        losses = costliest(topology)
        told = costs_as_json(losses) if arguments.json else costs_as_table(losses)
    if arguments.json:
        json.dump(told, sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        print(told)
    return 0


def _subjects(asked: Iterable[str], inventory: Inventory) -> tuple[list[str], list[str]]:
    """The subjects, each once, and a sentence for each that is none."""
    subjects: dict[str, None] = {}
    mistakes: dict[str, None] = {}
    for text in asked:
        try:
            subjects[wired_subject(text, inventory)] = None
        except Refused as refused:
            mistakes[str(refused)] = None
    return list(subjects), list(mistakes)
