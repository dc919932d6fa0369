"""Capture a real device to a file that `netwatch simulate` can replay, with secrets and addresses redacted.

Reads everything the agent shows, one request at a time, and writes nothing to the device. Read the file before you
give it to anyone: free text stays as the device says it. The file appears when all has been read, not before.
"""

import argparse
import asyncio
import contextlib
import secrets
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import uvloop

from netwatch.cli.options import InputError, add_inventory, device_named, load_inventory
from netwatch.collect.once import target_of
from netwatch.core.errors import NetwatchError
from netwatch.core.model import Device
from netwatch.simulate.record import Captured, Progress, capture
from netwatch.snmp.mux import Mux

BAR, EVERY = 24, 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("device", metavar="DEVICE", help="its id in the inventory")
    parser.add_argument("-o", "--output", metavar="FILE.snmprec", type=Path, required=True, help="where to write")
    parser.add_argument("--minutes", metavar="M", type=float, default=10.0, help="give up after so long (default: 10)")
    add_inventory(parser)


def execute(arguments: argparse.Namespace) -> int:
    inventory = load_inventory(arguments)
    device = device_named(inventory, arguments.device)
    if device.snmp is None:
        raise InputError(f"{device.id} has no SNMP credential in the inventory, so there is nothing to record")
    is_watched = sys.stderr.isatty()
    with written_at_the_end(arguments.output) as output:
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                captured = runner.run(_capture(device, arguments.minutes * 60, is_watched=is_watched))
        finally:
            if is_watched:
                print(file=sys.stderr)  # the bar stays as it was
        if not captured.lines:
            raise NetwatchError(f"{device.id} does not answer; nothing was written")
        output.write(captured.content)
    print(captured.report())
    return 0


@contextlib.contextmanager
def written_at_the_end(path: Path) -> Iterator[BinaryIO]:
    """A file that takes its place when all went well. NetwatchError now, not after minutes, where it could not."""
    if path.exists() and not path.is_file():
        raise InputError(f"{path} is there and is no file")
    part = path.with_name(f".{path.name}.part")
    try:
        output = part.open("wb")
    except OSError as error:
        raise NetwatchError(f"{path} cannot be written: {error.strerror}") from error
    try:
        with output:
            yield output
        part.replace(path)
    except OSError as error:
        raise NetwatchError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)  # it has moved to its place, or is not wanted


async def _capture(device: Device, patience_s: float, *, is_watched: bool) -> Captured:
    mux = Mux()
    try:
        target = await target_of(device)
        return await capture(
            mux,
            target,
            salt=secrets.token_bytes(16),
            deadline_s=time.monotonic() + patience_s,
            progress=show_progress if is_watched else _be_quiet,
        )
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
