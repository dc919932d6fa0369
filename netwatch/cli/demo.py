"""Watch a simulated city: starts the simulation beside the daemon, and prints what to open.

Needs neither root nor a network nor the internet, and leaves nothing behind. While it runs, type what shall break:
`fail cable:c-0007`, then look at the pages; `restore cable:c-0007` mends it. Ctrl-C ends both. Several can run side by
side: whatever port is taken, another is found.
"""

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import uvloop

from netwatch.cli.demo_city import running_simulation
from netwatch.cli.run import DEFAULT_LISTEN, add_listen, add_traps, exposure
from netwatch.cli.simulate import DEFAULT_PORTS, add_city, write_inventory
from netwatch.core.errors import ListenError, NetwatchError
from netwatch.core.model import Role
from netwatch.daemon import Options, serve
from netwatch.expose.journal import make_handler
from netwatch.expose.web_exposure import Exposure
from netwatch.simulate.city import City
from netwatch.simulate.growth import generate

BRISK_CITY = 1000  # switches; a larger one is looked at as often as a real one
ENDING = (signal.SIGTERM, signal.SIGHUP)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_city(parser)
    parser.add_argument("--keep", metavar="DIR", type=Path, help="keep inventory and state here (default: forget them)")
    add_listen(parser)
    add_traps(parser)
    parser.set_defaults(listen=None)  # told apart from one asked for: then no other is chosen


def execute(arguments: argparse.Namespace) -> int:
    # warnings are for who runs a network: this one's kernel settings do not matter
    logging.basicConfig(level=logging.ERROR, handlers=[make_handler(os.environ, sys.stderr)])
    city = generate(switches=arguments.switches, seed=arguments.seed)
    with (
        _ended_by_signals(),
        _folder(arguments.keep) as folder,
        running_simulation(city, replace(DEFAULT_PORTS, traps_to=arguments.traps)) as ports,
    ):
        options = Options(
            inventory=write_inventory(city, folder, ports=ports, brisk=len(city.devices) <= BRISK_CITY),
            state_dir=folder / "state",
            exposure=exposure(arguments, arguments.listen or DEFAULT_LISTEN),
            control_socket=folder / "state" / "control.sock",
            environ=os.environ,
            traps=arguments.traps,
        )
        elsewhere = None if arguments.listen else exposure(arguments, (DEFAULT_LISTEN[0], 0))
        return _watch(options, city, elsewhere)


def _watch(options: Options, city: City, elsewhere: Exposure | None) -> int:
    """`elsewhere` is for when the usual place is taken."""

    def tell(addresses: Sequence[str]) -> None:
        # the daemon reloads at SIGHUP; here it means that the terminal has gone
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, os.kill, os.getpid(), signal.SIGTERM)
        print(guide(city, addresses[0], options), flush=True)

    def served(options: Options) -> int:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(serve(options, on_ready=tell))

    try:
        try:
            return served(options)
        except ListenError:
            if elsewhere is None:
                raise
            return served(replace(options, exposure=elsewhere))
    finally:
        for number in (signal.SIGINT, *ENDING):
            signal.signal(number, signal.SIG_IGN)  # what is left is tidying up, which takes a moment


def guide(city: City, address: str, options: Options) -> str:
    """What a newcomer can do now."""
    program = sys.argv[0]
    switch = next(device for device in city.devices.values() if device.role is Role.ACCESS)
    cable = next(iter(city.cables))
    return f"""
netwatch is watching a simulated city. Open in a browser:
  {address}
In another terminal:
  curl -s '{address}metrics?site={switch.site}'
  {program} status --state-dir {options.state_dir} --watch     (what is broken, and whom to send)
  {program} whatif --inventory {options.inventory}     (what would cost most)
  {program} poll {switch.id} --inventory {options.inventory}
  {program} reload --state-dir {options.state_dir}     (after an edit of the inventory)
Type here, and Enter:
  fail device:{switch.id}        the switch loses its power: one fault, with the cameras it costs
  fail cable:{cable}           a cable is cut: an outage, or a ring without reserve
  restore all                 mends everything;   help   tells more
Ctrl-C ends the demo.
"""


@contextlib.contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="netwatch-demo-") as folder:
            yield Path(folder)
        return
    try:
        keep.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NetwatchError(f"{keep} cannot be made: {error.strerror}") from error
    yield keep


@contextlib.contextmanager
def _ended_by_signals() -> Iterator[None]:
    """A signal to end unwinds what was begun, also before and after the daemon minds signals itself."""

    def end(_number: int, _frame: object) -> None:
        sys.exit(0)

    before = {number: signal.signal(number, end) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
