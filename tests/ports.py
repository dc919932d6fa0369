"""Ports for what a test starts: below those that the kernel gives to whoever connects, so none is gone by the time.

Each worker of the suite has a thousand of its own, and gives none of them twice before it has given all.
"""

import os
import random
import socket
from itertools import count

BELOW_EPHEMERAL = range(20_000, 32_000)
EACH = 1000
_first = EACH * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_turns = count(random.SystemRandom().randrange(EACH))  # another run of the suite may be under way


def free_tcp_port(host: str = "127.0.0.1") -> int:
    """A TCP port that was free a moment ago."""
    return _free(socket.SOCK_STREAM, host)


def free_udp_port(host: str = "") -> int:
    """A UDP port that was free a moment ago, at every IPv4 address unless one is named."""
    return _free(socket.SOCK_DGRAM, host)


def _free(kind: socket.SocketKind, host: str) -> int:
    while True:
        port = BELOW_EPHEMERAL[(_first + next(_turns) % EACH) % len(BELOW_EPHEMERAL)]
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind((host, port))
            except OSError:  # somebody has it
                continue
            return port
