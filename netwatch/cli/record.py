"""Capture a real device to a file that `netwatch simulate` can replay, with secrets and addresses redacted.

Reads everything the agent shows, one request at a time, and writes nothing to the device. Read the file before you
give it to anyone: free text stays as the device says it.
"""

import argparse
import asyncio
import secrets
import sys
import time
from pathlib import Path

import uvloop

from netwatch.cli.options import add_inventory, device_named, load_inventory
from netwatch.collect.once import target_of
from netwatch.core.errors import NetwatchError
from netwatch.core.model import Device
from netwatch.simulate.record import Captured, Progress, capture
from netwatch.snmp.mux import Mux

BAR, EVERY = 24, 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("device", metavar="DEVICE", help="its id in the inventory")
    parser.add_argument("-o", "--output", metavar="FILE.snmprec", type=Path, required=True, help="where to write")
    parser.add_argument("--minutes", type=float, default=10.0, help="give up after so long (default: 10)")
    add_inventory(parser)


def execute(arguments: argparse.Namespace) -> int:
    inventory = load_inventory(arguments)
    device = device_named(inventory, arguments.device)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        captured = runner.run(_capture(device, arguments.minutes * 60))
    if sys.stderr.isatty():
        print(file=sys.stderr)
    if not captured.lines:
        print(f"{device.id} does not answer; nothing was written", file=sys.stderr)
        return 1
    try:
        arguments.output.write_bytes(captured.content)
    except OSError as error:
        raise NetwatchError(f"{arguments.output} cannot be written: {error.strerror}") from error
    print(captured.report())
    return 0


async def _capture(device: Device, patience_s: float) -> Captured:
    mux = Mux()
    progress = show_progress if sys.stderr.isatty() else _be_quiet
    try:
        target = await target_of(device)
        deadline_s = time.monotonic() + patience_s
        return await capture(mux, target, salt=secrets.token_bytes(16), deadline_s=deadline_s, progress=progress)
    finally:
        mux.close()


def show_progress(progress: Progress) -> None:
    """A bar that moves: how much is to come no agent tells."""
    if progress.objects % EVERY:
        return
    place = progress.objects // EVERY % BAR
    bar = "·" * place + "■" + "·" * (BAR - 1 - place)
    print(f"\r[{bar}] {progress.objects:>7} objects, at {progress.at[:40]:<40}", end="", file=sys.stderr, flush=True)


def _be_quiet(_progress: Progress) -> None:
    """Nobody watches."""
