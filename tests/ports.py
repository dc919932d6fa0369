"""Ports for what a test starts: below those that the kernel gives to whoever connects, so none is gone by the time."""

import random
import socket

BELOW_EPHEMERAL = range(20_000, 32_000)
_chance = random.SystemRandom()  # other workers of the suite look for ports too


def free_tcp_port(host: str = "127.0.0.1") -> int:
    """A TCP port that was free a moment ago."""
    return _free(socket.SOCK_STREAM, host)


def free_udp_port(host: str = "") -> int:
    """A UDP port that was free a moment ago, at every IPv4 address unless one is named."""
    return _free(socket.SOCK_DGRAM, host)


def _free(kind: socket.SocketKind, host: str) -> int:
    while True:
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind((host, _chance.choice(BELOW_EPHEMERAL)))
            except OSError:  # somebody has it
                continue
            return int(probe.getsockname()[1])
