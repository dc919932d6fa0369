"""Read the inventory and everything it includes, and say all that is wrong with it, each with its place.

When it is right, print one screen: what would be watched, how often, and what deserves a second look.
With --web-config that file is read too, with the certificates it names. Exits 1 when there are mistakes. Nothing is
sent to any device.
"""

import argparse
import time

from netwatch.cli.options import add_inventory, add_web_config, load_inventory
from netwatch.expose.web_reading import summary as web_summary
from netwatch.inventory.summary import summary


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_inventory(parser)
    add_web_config(parser)


def execute(arguments: argparse.Namespace) -> int:
    inventory = load_inventory(arguments)
    if arguments.web_config is not None:
        print(web_summary(arguments.web_config))
    print(summary(inventory, now_s=time.time()))
    return 0
