"""Write the store and the inventory with all it includes to one file, while netwatch runs or not. No secret is in it.

The store in it is that of one moment. Into a folder, the file gets a name with the time. It is readable by nobody else.
Exits 1 where the file exists already and --force is not given, 3 where there is no store or no room.
"""

import argparse
import datetime as dt
import os
import time
from importlib.metadata import version
from pathlib import Path

from netwatch.audit.backup import Source, back_up
from netwatch.audit.backup_format import ELSEWHERE, INVENTORY, BackupError
from netwatch.cli.options import InputError, add_inventory, add_state_dir, inventory_path, state_dir
from netwatch.inventory import sources
from netwatch.profiles.load import own_profiles


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="the backup, or the folder to put it in")
    parser.add_argument("--force", action="store_true", help="replace FILE where it exists")
    add_inventory(parser)
    add_state_dir(parser)


def execute(arguments: argparse.Namespace) -> int:
    target = Path(arguments.file)
    if arguments.file.endswith(os.sep) and not target.is_dir():
        raise InputError(f"there is no folder {arguments.file}")
    inventory = inventory_path(arguments)
    contents = sources(inventory) | own_profiles(inventory)
    source = Source(state=state_dir(arguments), inventory=inventory, contents=contents)
    now = dt.datetime.fromtimestamp(time.time(), dt.UTC)
    try:
        made = back_up(source, target, version=version("netwatch"), now=now, force=arguments.force)
    except BackupError as error:
        raise InputError(str(error)) from error
    count = len(made.manifest.below(INVENTORY)) + len(made.manifest.below(ELSEWHERE))
    files = "1 file" if count == 1 else f"{count} files"
    print(f"{made.path}: {made.size_bytes} bytes: {source.state}, and {inventory} in {files}")
    print("secrets are not in it: keep those yourself")
    return 0
