"""Echoes as bytes: a token in, a packet out; a datagram in, its token out. No sockets, no clocks.

An echo is known by its random 16-byte token alone. ICMP identifiers are rewritten by NATs and overwritten by the
kernel's own ICMP sockets, and sequence numbers repeat; neither is ever compared.
"""

import os
import struct
from enum import StrEnum
from typing import NamedTuple

TOKEN_BYTES = 16
# a wall clock that runs true drifts from the monotonic one by less than this between an echo and its answer
CLOCK_STEP_NS = 2_000_000

_HEADER = struct.Struct("!BBHHH")  # type, code, checksum, identifier, sequence: RFC 792, RFC 4443 §4
_NANOSECONDS = 1e-9


class Wire(StrEnum):
    """How an echo travels."""

    ICMP4 = "icmp4"
    ICMP6 = "icmp6"
    UDP4 = "udp4"
    UDP6 = "udp6"

    @property
    def is_icmp(self) -> bool:
        return self in _REQUEST_TYPE


class EchoOutcome(StrEnum):
    """What became of a datagram that arrived where answers arrive: the label of `netwatch_icmp_replies_total`."""

    ANSWERED = "answered"
    LATE = "late"  # the right answer after the timeout
    DUPLICATE = "duplicate"  # answered before
    FOREIGN = "foreign"  # a token of ours from an address it was not sent to
    UNKNOWN = "unknown"  # no token of ours, or one forgotten long ago
    MALFORMED = "malformed"  # not an echo reply, or too short to carry a token
    OVERFLOW = "overflow"  # the kernel dropped it: our receive buffer was full


_REQUEST_TYPE = {Wire.ICMP4: 8, Wire.ICMP6: 128}
_REPLY_TYPE = {Wire.ICMP4: 0, Wire.ICMP6: 129}


class Instant(NamedTuple):
    """One moment on both clocks, nanoseconds each."""

    mono_ns: int
    wall_ns: int


NEVER = Instant(0, 0)
SocketAddress = tuple[str, int] | tuple[str, int, int, int]  # of IPv4, of IPv6


def new_token() -> bytes:
    """Sixteen bytes nobody off the path can guess, so a forged answer is worth nothing."""
    return os.urandom(TOKEN_BYTES)


def encode(wire: Wire, token: bytes, sequence: int) -> bytes:
    """The datagram to send. The kernel fills in the ICMP checksum and identifier itself."""
    kind = _REQUEST_TYPE.get(wire)
    if kind is None:
        return token
    return _HEADER.pack(kind, 0, 0, 0, sequence & 0xFFFF) + token


def decode(wire: Wire, datagram: bytes) -> bytes | None:
    """The token in an answer; None where it is no echo reply, or one cut short.

    Octets behind the token are let pass in ICMP, where some agents pad; a UDP echo must be the token and no more.
    """
    kind = _REPLY_TYPE.get(wire)
    if kind is None:
        return datagram if len(datagram) == TOKEN_BYTES else None
    if len(datagram) < _HEADER.size + TOKEN_BYTES or datagram[0] != kind or datagram[1] != 0:
        return None
    return datagram[_HEADER.size : _HEADER.size + TOKEN_BYTES]


def round_trip_s(sent: Instant, seen: Instant, stamp_ns: int | None) -> float:
    """Seconds from sending to the kernel's receive stamp (wall clock), which our own lateness does not lengthen.

    Without a stamp, or where the wall clock was stepped between `sent` and `seen`, the monotonic clock decides, our
    lateness included.
    """
    mono_ns = seen.mono_ns - sent.mono_ns
    if stamp_ns is None:
        return mono_ns * _NANOSECONDS
    step_ns = seen.wall_ns - sent.wall_ns - mono_ns
    stamped_ns = stamp_ns - sent.wall_ns
    if abs(step_ns) > CLOCK_STEP_NS or not 0 <= stamped_ns <= mono_ns + CLOCK_STEP_NS:
        return mono_ns * _NANOSECONDS
    return min(stamped_ns, mono_ns) * _NANOSECONDS
