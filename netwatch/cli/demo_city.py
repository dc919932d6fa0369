"""The simulated half of `netwatch demo`: free ports for it, and the process that serves it.

The simulation has a process of its own, since it has the other core, and a session of its own, so that Ctrl-C reaches
the daemon alone, which stops looking before there is nothing to see. It ends when its standard input does: with us,
however we end. A port that was free may be taken by the time it has it, as by another demo: then others are tried.
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
from dataclasses import replace
from io import FileIO

from netwatch.core.errors import NetwatchError
from netwatch.simulate.city import FIELD_BLOCK, City
from netwatch.simulate.server import Ports
from netwatch.simulate.serving import NOT_NOW

STOP_S = 5.0
TRIES = 5  # each with ports that nobody had a moment before

log = logging.getLogger(__name__)


def free_ports(wanted: Ports, *, at: str) -> Ports:
    """The wanted ports, and another one for each that is taken. `at` is an address that will listen for TCP."""
    return replace(
        wanted,
        snmp=_free_port(socket.SOCK_DGRAM, "", wanted.snmp),
        echo=_free_port(socket.SOCK_DGRAM, "", wanted.echo or 0),
        tcp=_free_port(socket.SOCK_STREAM, at, wanted.tcp or 0),
    )


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
def running_simulation(city: City, wanted: Ports) -> Iterator[Ports]:
    """The simulation and the ports it has, our input its control input, its answers and errors among ours.

    NetwatchError when it does not start.
    """
    child, ports, first = _started(city, wanted)
    assert isinstance(child.stdin, FileIO)
    assert isinstance(child.stdout, FileIO)
    assert isinstance(child.stderr, FileIO)
    screen = FileIO(sys.stdout.fileno(), "wb", closefd=False)
    answers = threading.Thread(target=_pass_on, args=(child.stdout.fileno(), screen), name="answers", daemon=True)
    trouble = FileIO(sys.stderr.fileno(), "wb", closefd=False)
    errors = threading.Thread(target=_pass_on, args=(child.stderr.fileno(), trouble), name="errors", daemon=True)
    try:
        screen.write(first)
        answers.start()
        errors.start()
        if sys.stdin is not None:
            signal.signal(signal.SIGTTIN, signal.SIG_IGN)  # nobody types to us in the background: no reason to stop
            threading.Thread(target=_pass_on, args=(sys.stdin.fileno(), child.stdin), name="typed", daemon=True).start()
        yield ports
    finally:
        child.terminate()
        try:
            child.wait(STOP_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        child.stdin.close()
        for reader in (answers, errors):
            if reader.is_alive():
                reader.join(STOP_S)
        child.stdout.close()
        child.stderr.close()


def _started(city: City, wanted: Ports) -> tuple[subprocess.Popen[bytes], Ports, bytes]:
    """A child that has opened every socket, its ports, and the first it said."""
    for _ in range(TRIES):
        ports = free_ports(wanted, at=f"127.{FIELD_BLOCK}.0.1")
        child = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            _command(city, ports),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
        assert child.stdout is not None
        if first := child.stdout.read(4096):  # comes once every socket is open
            return child, ports, first
        _, complaint = child.communicate()
        if child.returncode != NOT_NOW:
            break
    raise NetwatchError(f"the simulation did not start: {complaint.decode(errors='replace').strip()}")


def _command(city: City, ports: Ports) -> list[str]:
    command = [sys.executable, "-m", "netwatch.cli.main", "simulate", "--until-eof"]
    command += ["--switches", str(len(city.devices)), "--seed", str(city.seed)]
    command += ["--port", str(ports.snmp), "--echo-port", str(ports.echo), "--tcp-port", str(ports.tcp)]
    if ports.traps_to is not None:
        command += ["--traps-to", ":".join(map(str, ports.traps_to))]
    return command


def _pass_on(source: int, target: FileIO) -> None:
    """Octets from one file to another until either ends. Read without a buffer, which a thread would hold for ever."""
    try:
        while octets := os.read(source, 65536):
            target.write(octets)
    except (OSError, ValueError) as error:  # in the background, or nobody reads any more, or it is closed
        log.info("nothing more is passed on: %s", error)
