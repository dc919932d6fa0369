"""Read the inventory and everything it includes, and say all that is wrong with it, each with its place.

When it is right, print one screen: what would be watched, how often, and what deserves a second look.
Exits 1 when there are mistakes. Nothing is sent to any device.
"""

import argparse
import os
import time

from netwatch.cli.options import add_inventory, credentials_dir, inventory_path
from netwatch.inventory import load
from netwatch.inventory.summary import summary


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_inventory(parser)


def execute(arguments: argparse.Namespace) -> int:
    inventory = load(inventory_path(arguments), environ=os.environ, credentials_dir=credentials_dir())
    print(summary(inventory, now_s=time.time()))
    return 0
