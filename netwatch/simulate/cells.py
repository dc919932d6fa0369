"""The values of an agent's objects: fixed octets, or how a living one is computed."""

from typing import NamedTuple

UPTIME = -1  # source of a living cell: 1/100 s since boot
ENGINE_TIME = -2  # seconds since boot
UNITS = {UPTIME: 100, ENGINE_TIME: 1}  # of a clock, a second


class Living(NamedTuple):
    """A value that moves: `source` is an index into the agent's flows, or UPTIME or ENGINE_TIME."""

    syntax: int
    source: int
    divisor: int = 1  # octets to a packet
    wraps: bool = False  # Counter32: the low 32 bits


Cell = bytes | Living
