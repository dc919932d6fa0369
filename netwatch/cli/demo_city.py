"""The simulated half of `netwatch demo`: free ports for it, and the process that serves it.

The simulation has a process of its own, since it has the other core, and a session of its own, so that Ctrl-C reaches
the daemon alone, which stops looking before there is nothing to see. It ends when its standard input does: with us,
however we end.
"""

import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from io import FileIO

from netwatch.core.errors import NetwatchError
from netwatch.simulate.city import City
from netwatch.simulate.server import Ports

STOP_S = 5.0

log = logging.getLogger(__name__)


def free_ports(wanted: Ports, *, at: str) -> Ports:
    """The wanted ports, and another one for each that is taken. `at` is an address that will listen for TCP."""
    return Ports(
        snmp=_free_port(socket.SOCK_DGRAM, "", wanted.snmp),
        echo=_free_port(socket.SOCK_DGRAM, "", wanted.echo or 0),
        tcp=_free_port(socket.SOCK_STREAM, at, wanted.tcp or 0),
    )


def free_tcp_port(host: str, wanted: int) -> int:
    """The wanted port of a host, or another one where it is taken."""
    return _free_port(socket.SOCK_STREAM, host, wanted)


def _free_port(kind: socket.SocketKind, host: str, wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind is socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                log.debug("port %d is taken: %s", port, error)
                continue
            return int(probe.getsockname()[1])
    raise NetwatchError(f"no port is free at {host or 'any address'}")


@contextlib.contextmanager
def running_simulation(city: City, ports: Ports) -> Iterator[None]:
    """The simulation, with our input as its control input and its answers on our output. NetwatchError: it is not."""
    command = [sys.executable, "-m", "netwatch.cli.main", "simulate", "--until-eof"]
    command += ["--switches", str(len(city.devices)), "--seed", str(city.seed)]
    command += ["--port", str(ports.snmp), "--echo-port", str(ports.echo), "--tcp-port", str(ports.tcp)]
    if ports.traps_to is not None:
        command += ["--traps-to", ":".join(map(str, ports.traps_to))]
    child = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, start_new_session=True
    )
    assert isinstance(child.stdin, FileIO)
    assert isinstance(child.stdout, FileIO)
    screen = FileIO(sys.stdout.fileno(), "wb", closefd=False)
    answers = threading.Thread(target=_pass_on, args=(child.stdout.fileno(), screen), name="answers", daemon=True)
    try:
        first = child.stdout.read(4096)  # comes once every socket is open; the child has told stderr where it cannot
        if not first:
            raise NetwatchError("the simulation did not start")
        screen.write(first)
        answers.start()
        if sys.stdin is not None:
            signal.signal(signal.SIGTTIN, signal.SIG_IGN)  # nobody types to us in the background: no reason to stop
            threading.Thread(target=_pass_on, args=(sys.stdin.fileno(), child.stdin), name="typed", daemon=True).start()
        yield
    finally:
        child.terminate()
        try:
            child.wait(STOP_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        child.stdin.close()
        if answers.is_alive():
            answers.join(STOP_S)
        child.stdout.close()


def _pass_on(source: int, target: FileIO) -> None:
    """Octets from one file to another until either ends. Read without a buffer, which a thread would hold for ever."""
    try:
        while octets := os.read(source, 65536):
            target.write(octets)
    except (OSError, ValueError) as error:  # in the background, or nobody reads any more, or it is closed
        log.info("nothing more is passed on: %s", error)
