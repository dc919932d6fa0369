"""Put a backup back while netwatch does not run, or only say with --check whether it is good.

Replaces nothing without --force, and then says what, and keeps the old files beside. Nothing is touched before
every hash in the backup was found right. Exits 1 where the backup is wrong or something would be replaced, 3 where
netwatch runs.
"""

import argparse
import datetime as dt
import time
from pathlib import Path

from netwatch.audit.backup_format import ELSEWHERE, INVENTORY, BackupError, Manifest
from netwatch.audit.restore import Places, Restored, examine, restore
from netwatch.audit.schema import MIGRATIONS
from netwatch.cli.options import SYSTEM_INVENTORY, SYSTEM_STATE, InputError, add_inventory, add_state_dir, state_dir


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="what `netwatch backup` wrote")
    parser.add_argument("--check", action="store_true", help="read it through and say what it holds; put nothing back")
    parser.add_argument("--force", action="store_true", help="replace what is there, and keep it beside")
    add_inventory(parser)
    add_state_dir(parser)


def execute(arguments: argparse.Namespace) -> int:
    now = dt.datetime.fromtimestamp(time.time(), dt.UTC)
    try:
        if arguments.check:
            _say(arguments.file, examine(arguments.file))
            return 0
        places = _places(arguments)
        done = restore(arguments.file, places, now=now, force=arguments.force)
    except BackupError as error:
        raise InputError(str(error)) from error
    _say(arguments.file, done.manifest)
    _say_done(done)
    return 0


def _places(arguments: argparse.Namespace) -> Places:
    """The inventory need not exist, so it is looked for nowhere: the service's goes with the service's state."""
    state = state_dir(arguments)
    if arguments.inventory is not None:
        return Places(state=state, inventory=arguments.inventory)
    if state == SYSTEM_STATE:
        return Places(state=state, inventory=SYSTEM_INVENTORY)
    return Places(state=state, inventory=Path("inventory.yaml"))


def _say(path: Path, manifest: Manifest) -> None:
    count = len(manifest.below(INVENTORY)) + len(manifest.below(ELSEWHERE))
    files = "1 file" if count == 1 else f"{count} files"
    print(f"{path}: of {manifest.made_at}, by netwatch {manifest.netwatch}: the store and {files} of the inventory")
    if manifest.schema < len(MIGRATIONS):
        print(f"its store has format {manifest.schema}; the next start brings it to {len(MIGRATIONS)}")


def _say_done(done: Restored) -> None:
    for path in done.written:
        kept = done.replaced.get(path)
        print(f"{path}: restored" + (f", the old one is {kept}" if kept else ""))
    for name in done.elsewhere:
        print(
            f"{name}: not restored, for it lay outside the inventory's folder; it is in the backup as {ELSEWHERE}{name}"
        )
    print("secrets were never in it: put them back yourself, then `netwatch check`")
