"""Serve a generated city, or recorded devices, as SNMP agents on loopback.

While it runs, type what shall break: `fail cable:c-0007`, `restore cable:c-0007`, `list`, `help`. The agents stand on
127.1.x.y; nothing leaves this machine, and no privilege is needed.
"""

import argparse
import asyncio
import sys
from functools import partial
from pathlib import Path

import uvloop

from netwatch.simulate.city_text import inventory_files
from netwatch.simulate.growth import generate
from netwatch.simulate.server import Ports
from netwatch.simulate.serving import SimulateOptions, recording_addresses, serve

SNMP_PORT, ECHO_PORT, TCP_PORT = 1161, 7007, 7554


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("recordings", metavar="FILE.snmprec", nargs="*", type=Path, help="serve these, and no city")
    parser.add_argument("--living", action="store_true", help="let the counters of recordings grow")
    parser.add_argument("--switches", metavar="N", type=int, default=100, help="size of the city (default: 100)")
    parser.add_argument("--seed", type=int, default=1, help="another seed is another city (default: 1)")
    parser.add_argument("--port", type=int, default=SNMP_PORT, help=f"UDP port of the agents (default: {SNMP_PORT})")
    parser.add_argument("--echo-port", type=int, default=ECHO_PORT, help=f"UDP echo port (default: {ECHO_PORT})")
    parser.add_argument("--tcp-port", type=int, default=TCP_PORT, help=f"the cameras' TCP port (default: {TCP_PORT})")
    parser.add_argument("--control", metavar="SOCKET", type=Path, help="take control lines from this unix socket")
    parser.add_argument("--inventory-dir", metavar="DIR", type=Path, help="also write the city's inventory there")


def execute(arguments: argparse.Namespace) -> int:
    options = SimulateOptions(
        switches=arguments.switches,
        seed=arguments.seed,
        recordings=recording_addresses(arguments.recordings),
        living=arguments.living,
        ports=Ports(snmp=arguments.port, echo=arguments.echo_port, tcp=arguments.tcp_port),
        control=arguments.control,
    )
    if arguments.inventory_dir is not None:
        write_inventory(options, arguments.inventory_dir)
    say = partial(print, flush=True)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(serve(options, say=say, complain=partial(print, file=sys.stderr, flush=True)))


def write_inventory(options: SimulateOptions, folder: Path) -> Path:
    """Write the inventory of the city these options generate; its path."""
    city = generate(switches=options.switches, seed=options.seed, cameras_per_switch=options.cameras_per_switch)
    for name, text in inventory_files(city, ports=options.ports).items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder / "inventory.yaml"
