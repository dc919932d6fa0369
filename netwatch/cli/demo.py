"""Watch a simulated city: starts the simulation beside the daemon, and prints what to open.

Needs neither root nor a network nor the internet. While it runs, type what shall break: `fail cable:c-0007`, then look
at the pages; `restore cable:c-0007` mends it. Ctrl-C ends both.
"""

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

import uvloop

from netwatch.cli.run import add_listen
from netwatch.cli.simulate import ECHO_PORT, SNMP_PORT, TCP_PORT, write_inventory
from netwatch.core.errors import NetwatchError
from netwatch.daemon import Options, serve
from netwatch.expose.journal import make_handler
from netwatch.simulate.server import Ports
from netwatch.simulate.serving import SimulateOptions

STOP_S = 10.0
PORTS = Ports(snmp=SNMP_PORT, echo=ECHO_PORT, tcp=TCP_PORT)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--switches", metavar="N", type=int, default=100, help="size of the city (default: 100)")
    parser.add_argument("--seed", type=int, default=1, help="another seed is another city (default: 1)")
    parser.add_argument("--keep", metavar="DIR", type=Path, help="keep inventory and state here (default: forget them)")
    add_listen(parser)


def execute(arguments: argparse.Namespace) -> int:
    logging.basicConfig(level=logging.WARNING, handlers=[make_handler(os.environ, sys.stderr)])
    city = SimulateOptions(switches=arguments.switches, seed=arguments.seed, ports=PORTS)
    with _folder(arguments.keep) as folder:
        inventory = write_inventory(city, folder)
        with _simulation(city):
            options = Options(
                inventory=inventory,
                state_dir=folder / "state",
                listen=arguments.listen,
                control_socket=folder / "state" / "control.sock",
                environ=os.environ,
            )

            def tell(addresses: Sequence[str]) -> None:
                print(guide(sys.argv[0], addresses[0], inventory, options.state_dir), flush=True)

            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                return runner.run(serve(options, on_ready=tell))


def guide(program: str, address: str, inventory: Path, state: Path) -> str:
    """What a newcomer can do now."""
    return f"""
netwatch is watching a simulated city. Open:
  {address}                 the start page
  {address}metrics          everything, as Prometheus reads it
  {address}sd?shards=4      service discovery for Prometheus
Look at one switch:   {program} poll acc-0001 --inventory {inventory}
Read it again:        {program} reload --state-dir {state}     (after an edit of the inventory)
Break something here: type   fail cable:c-0007   or   fail device:acc-0001   then   restore all;   help   tells more
Ctrl-C ends it.
"""


@contextlib.contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="netwatch-demo-") as folder:
        yield Path(folder)


@contextlib.contextmanager
def _simulation(city: SimulateOptions) -> Iterator[None]:
    """The simulation in a process of its own: it has the other core, and this terminal's input as its control."""
    command = [sys.executable, "-m", "netwatch.cli.main", "simulate"]
    command += ["--switches", str(city.switches), "--seed", str(city.seed)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own interpreter and module
    assert child.stdout is not None
    try:
        first = child.stdout.readline()  # comes once every socket is open; the child has told stderr where it cannot
        if not first:
            raise NetwatchError("the simulation did not start; is another demo running?")
        print(first, end="", flush=True)
        threading.Thread(target=_pass_on, args=(child.stdout,), name="simulation output", daemon=True).start()
        yield
    finally:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(STOP_S)
        except subprocess.TimeoutExpired:
            child.kill()


def _pass_on(lines: TextIO) -> None:
    """What the simulation answers to what is typed."""
    for line in lines:
        print(line, end="", flush=True)
