"""Serve a generated city, or recorded devices, as SNMP agents on loopback.

While it runs, type what shall break: `fail cable:c-0007`, `restore cable:c-0007`, `list`, `help`. The agents stand on
127.1.x.y with the community `public`; nothing leaves this machine, and no privilege is needed.
"""

import argparse
import asyncio
import sys
from functools import partial
from pathlib import Path

import uvloop

from netwatch.cli.run import listen_address
from netwatch.core.errors import NetwatchError
from netwatch.simulate.city import City
from netwatch.simulate.city_text import SECRET_FILE, inventory_files
from netwatch.simulate.growth import generate
from netwatch.simulate.server import Ports
from netwatch.simulate.serving import SimulateOptions, recording_addresses, serve

DEFAULT_PORTS = Ports(snmp=1161, echo=7007, tcp=7554)
SMALLEST_CITY = 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("recordings", metavar="FILE.snmprec", nargs="*", type=Path, help="serve these, and no city")
    parser.add_argument("--living", action="store_true", help="let the counters of recordings grow")
    add_city(parser)
    ports = DEFAULT_PORTS
    for option, default, what in (
        ("--port", ports.snmp, "UDP port of the agents"),
        ("--echo-port", ports.echo, "UDP echo port, where the city is pinged"),
        ("--tcp-port", ports.tcp, "TCP port of the city's cameras"),
    ):
        parser.add_argument(option, metavar="PORT", type=port, default=default, help=f"{what} (default: {default})")
    parser.add_argument("--control", metavar="SOCKET", type=Path, help="take control lines from this unix socket")
    parser.add_argument("--until-eof", action="store_true", help="end when standard input ends")
    parser.add_argument(
        "--traps-to",
        metavar="HOST:PORT",
        type=listen_address,
        help="let switches send traps there when a port or a device fails or is mended (default: they send none)",
    )
    parser.add_argument("--inventory-dir", metavar="DIR", type=Path, help="also write the city's inventory there")


def add_city(parser: argparse.ArgumentParser) -> None:
    """Which city: shared with `demo`."""
    parser.add_argument("--switches", metavar="N", type=switches, default=100, help="size of the city (default: 100)")
    parser.add_argument("--seed", metavar="N", type=int, default=1, help="another seed is another city (default: 1)")


def switches(text: str) -> int:
    """How many switches, as argparse wants it."""
    if not text.isdecimal() or int(text) < SMALLEST_CITY:
        raise argparse.ArgumentTypeError(f"a city has at least {SMALLEST_CITY} switches, not {text}")
    return int(text)


def port(text: str) -> int:
    """A port that an inventory can name, as argparse wants it."""
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 1 to 65535")
    return int(text)


def execute(arguments: argparse.Namespace) -> int:
    options = SimulateOptions(
        switches=arguments.switches,
        seed=arguments.seed,
        recordings=recording_addresses(arguments.recordings),
        living=arguments.living,
        ports=Ports(snmp=arguments.port, echo=arguments.echo_port, tcp=arguments.tcp_port, traps_to=arguments.traps_to),
        control=arguments.control,
        until_eof=arguments.until_eof,
    )
    if arguments.inventory_dir is not None:
        city = generate(switches=options.switches, seed=options.seed, cameras_per_switch=options.cameras_per_switch)
        write_inventory(city, arguments.inventory_dir, ports=options.ports)
    say = partial(print, flush=True)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(serve(options, say=say, complain=partial(print, file=sys.stderr, flush=True)))


def write_inventory(city: City, folder: Path, *, ports: Ports, brisk: bool = False) -> Path:
    """Write the inventory of a simulated city; the path of its main file."""
    for name, text in inventory_files(city, ports=ports, brisk=brisk).items():
        file = folder / name
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600 if name == SECRET_FILE else 0o666)
            file.write_text(text, encoding="utf-8")
        except OSError as error:
            raise NetwatchError(f"{error.filename or file} cannot be written: {error.strerror}") from error
    return folder / "inventory.yaml"
