"""Watch the network: poll what the inventory names, keep its state, and serve the metrics.

Stays in the foreground; SIGHUP (or `netwatch reload`) reads the inventory again, SIGTERM or Ctrl-C ends within ten
seconds. The web configuration and its certificates are also read again when they change. As a service: see
deploy/README.md.
"""

import argparse
import asyncio
import logging
import os
import sys

import uvloop

from netwatch.cli.options import (
    add_inventory,
    add_state_dir,
    add_web_config,
    control_socket,
    credentials_dir,
    inventory_path,
    state_dir,
)
from netwatch.daemon import Options, serve
from netwatch.expose.journal import make_handler
from netwatch.expose.web_exposure import Exposure

DEFAULT_LISTEN = ("127.0.0.1", 9780)


def listen_address(text: str) -> tuple[str, int]:
    """`HOST:PORT` or `[IPv6]:PORT`, as argparse wants it."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdecimal() or not 0 <= int(port) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT, such as 127.0.0.1:9780 or [::]:9780")
    return host.removeprefix("[").removesuffix("]"), int(port)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_inventory(parser)
    add_state_dir(parser)
    add_listen(parser)
    add_traps(parser)


def add_traps(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--traps",
        metavar="HOST:PORT",
        type=listen_address,
        help="hear SNMP traps there (default: nowhere, but on a socket that systemd passes)",
    )


def add_listen(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--listen",
        metavar="HOST:PORT",
        type=listen_address,
        default=DEFAULT_LISTEN,
        help="where Prometheus scrapes (default: 127.0.0.1:9780); beyond loopback it wants --web-config",
    )
    add_web_config(parser)
    parser.add_argument(
        "--insecure-listen",
        action="store_true",
        help="listen beyond loopback without TLS or without knowing who asks: the network itself keeps strangers away",
    )


def exposure(arguments: argparse.Namespace, listen: tuple[str, int]) -> Exposure:
    """Where the pages will stand, and how they are protected there."""
    return Exposure(listen=listen, file=arguments.web_config, insecure=arguments.insecure_listen)


def execute(arguments: argparse.Namespace) -> int:
    logging.basicConfig(level=logging.INFO, handlers=[make_handler(os.environ, sys.stderr)])
    state = state_dir(arguments)
    options = Options(
        inventory=inventory_path(arguments),
        state_dir=state,
        exposure=exposure(arguments, arguments.listen),
        control_socket=control_socket(state),
        environ=os.environ,
        credentials_dir=credentials_dir(),
        traps=arguments.traps,
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(serve(options))
