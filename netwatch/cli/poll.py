"""Ask one device now, once in every lane, and show what was asked, what answered, how long it took, what it means.

Uses the inventory's own credentials, timeouts and rows, exactly as the daemon would, but needs no daemon and stores
nothing. Exits 1 when the device does not answer.
"""

import argparse
import asyncio
import json
import sys

import uvloop

from netwatch.cli.options import add_inventory, device_named, inventory_path, load_inventory
from netwatch.cli.poll_report import as_json, as_table
from netwatch.collect.once import poll_once
from netwatch.core.device.record import DeviceVerdict
from netwatch.profiles.load import load_profiles_beside, plan_for


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("device", metavar="DEVICE", help="its id in the inventory")
    parser.add_argument("--json", action="store_true", help="everything that came back, as JSON")
    add_inventory(parser)


def execute(arguments: argparse.Namespace) -> int:
    inventory = load_inventory(arguments)
    device = device_named(inventory, arguments.device)
    plan = plan_for(device, load_profiles_beside(inventory_path(arguments)))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        polled = runner.run(poll_once(inventory, device, plan))
    if arguments.json:
        json.dump(as_json(polled), sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        print(as_table(polled))
    return 0 if polled.state.verdict in (DeviceVerdict.UP, DeviceVerdict.DEGRADED) else 1
