"""Ask a switch whom it hears, ask those, and so on: what is new as inventory YAML, what differs with its evidence.

Uses the inventory's own credentials and timeouts, needs no daemon, changes no file, and goes nowhere outside the
networks that the inventory names. Exits 1 when nothing answered.
"""

import argparse
import asyncio
import json
import sys
import time

import netaddr
import uvloop

from netwatch.cli.discover_report import as_json, as_yaml
from netwatch.cli.options import InputError, add_inventory, device_named, inventory_path, load_inventory
from netwatch.collect.crawl import Crawl, Progress, Ways, settings_in_use
from netwatch.core.model import Inventory
from netwatch.core.survey.findings import Visit, findings
from netwatch.inventory.findings import Refused
from netwatch.inventory.values import numeric_address
from netwatch.profiles.load import load_profiles_beside, plan_for

EVERY_S = 0.5  # between two lines of progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "seeds", nargs="*", metavar="SEED", help="a device of the inventory, or an address; none: every device"
    )
    parser.add_argument(
        "--credential",
        action="append",
        default=[],
        metavar="ID",
        help="ask strangers by this one only; may be given again (default: all that devices are asked by)",
    )
    parser.add_argument("--json", action="store_true", help="everything that was found, as JSON")
    add_inventory(parser)


def execute(arguments: argparse.Namespace) -> int:
    inventory = load_inventory(arguments)
    if not inventory.settings.discover_networks:
        raise InputError(
            f"{inventory_path(arguments)} settings.discover_networks: names no network, and discover goes nowhere else;"
            " write settings: {discover_networks: [10.20.0.0/16]}"
        )
    seeds = [_seed(inventory, seed) for seed in arguments.seeds] or list(inventory.devices)
    profiles = load_profiles_beside(inventory_path(arguments))
    strangers = settings_in_use(inventory, arguments.credential)
    missing = sorted(set(arguments.credential) - {one.credential.id for one in strangers})
    if missing:
        raise InputError(f"no device is asked by a credential {missing[0]!r}")
    ways = Ways(
        plan_of=lambda device: plan_for(device, profiles),
        strangers=strangers,
        networks=netaddr.IPSet(inventory.settings.discover_networks),
    )
    progress, started_s = Progress(), time.monotonic()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        visits = runner.run(_crawl(Crawl(inventory, ways, progress), seeds, progress))
    found = findings(inventory, visits)
    if arguments.json:
        json.dump(as_json(found, progress), sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        print(as_yaml(found, inventory), end="")
        print(_summary(progress, time.monotonic() - started_s), file=sys.stderr)
    return 0 if progress.known + progress.new else 1


def _seed(inventory: Inventory, text: str) -> str:
    """An id as it stands, or a numeric address; InputError for anything else, with what may be meant."""
    if text in inventory.devices:
        return text
    try:
        return str(numeric_address(text))
    except Refused:
        return device_named(inventory, text).id


async def _crawl(crawl: Crawl, seeds: list[str], progress: Progress) -> list[Visit]:
    async with asyncio.TaskGroup() as group:
        shown = group.create_task(_show(progress), name="progress") if sys.stderr.isatty() else None
        visits = await crawl.run(seeds)
        if shown is not None:
            shown.cancel()
    return visits


async def _show(progress: Progress) -> None:
    """One line, written over again."""
    while True:
        print(f"\r{_counts(progress)}, {progress.waiting} to ask ", end="", file=sys.stderr, flush=True)
        await asyncio.sleep(EVERY_S)


def _counts(progress: Progress) -> str:
    return f"{progress.known} known, {progress.new} new, {progress.silent} silent"


def _summary(progress: Progress, took_s: float) -> str:
    outside = f", {len(progress.outside)} outside the networks" if progress.outside else ""
    return f"\r{_counts(progress)}{outside}, in {took_s:.1f} s"
