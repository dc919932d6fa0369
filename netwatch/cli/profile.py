"""Vendor knowledge as data: check a profile of your own, or see what a device is asked by the one that fits it.

A profile is a YAML file: which objects of a MIB are asked, how often, and what they mean. netwatch comes with some; the
city's own stand in the folder `profiles` beside the inventory. `explain` asks the device now, as `netwatch poll` does,
and stores nothing. Exits 1 where a profile is wrong, or the device does not answer.
"""

import argparse
import asyncio
import json
import sys
from pathlib import Path

import uvloop

from netwatch.cli.options import add_inventory, device_named, inventory_path, load_inventory
from netwatch.cli.profile_report import checked_as_json, checked_as_text, explained_as_json, explained_as_text
from netwatch.collect.once import poll_once
from netwatch.core.device.record import DeviceVerdict
from netwatch.profiles.load import check_profile, load_profiles_beside, plan_for


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True, help="check or explain")
    check = actions.add_parser("check", help="read one profile, and say what is wrong with it")
    check.add_argument("file", metavar="FILE", type=Path, help="the profile")
    check.add_argument("--json", action="store_true", help="what it asks, as JSON")
    explain = actions.add_parser("explain", help="which profile fits a device and why, and what it brings")
    explain.add_argument("device", metavar="DEVICE", help="its id in the inventory")
    explain.add_argument("--json", action="store_true", help="everything as JSON")
    add_inventory(explain)


def execute(arguments: argparse.Namespace) -> int:
    return _check(arguments) if arguments.action == "check" else _explain(arguments)


def _check(arguments: argparse.Namespace) -> int:
    plan = check_profile(arguments.file)
    _tell(checked_as_json(plan) if arguments.json else checked_as_text(arguments.file, plan))
    return 0


def _explain(arguments: argparse.Namespace) -> int:
    inventory = load_inventory(arguments)
    device = device_named(inventory, arguments.device)
    plan = plan_for(device, load_profiles_beside(inventory_path(arguments)))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        polled = runner.run(poll_once(inventory, device, plan))
    _tell(explained_as_json(polled) if arguments.json else explained_as_text(polled))
    return 0 if polled.state.verdict in (DeviceVerdict.UP, DeviceVerdict.DEGRADED) else 1


def _tell(told: object) -> None:
    if isinstance(told, str):
        print(told)
    else:
        json.dump(told, sys.stdout, ensure_ascii=False, indent=1)
        print()
