"""How much a counter may have counted, and whether all counters of a device stayed within it.

In: line rates and the time that passed. Out: limits in counts; and for the common case one answer for all cells at
once. There each counter is a lane of 64 bits in one whole number: a single subtraction of two numbers of 2,700 octets
takes the place of 336, and costs a tenth of them. It may decline what is right, never accept what is wrong.
"""

import math
from array import array
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

TOLERANCE = 1.05  # of the line rate: clocks that differ, frames counted with their framing
UNKNOWN_LINE_RATE = 1.25e12  # bytes/s (10 Tb/s): the limit where the speed is not known
SMALLEST_FRAME = 64  # bytes: what limits a count of frames
_FRAMES = ("_packets", "_errors", "_discards")  # columns that count frames; all others count bytes
_LANE_BITS = 64
_WHOLE = (1 << _LANE_BITS) - 1
_TOP = 1 << (_LANE_BITS - 1)


class Forbidden(NamedTuple):
    """Bits that are set in no lane, of a growth and of a last reading, where all is well."""

    growth: int
    last: int


def ceilings(line_rates: Iterable[float | None]) -> list[float]:
    """The most that each row counts, in bytes/s."""
    return [UNKNOWN_LINE_RATE if rate is None else rate for rate in line_rates]


def frame(column: str) -> int:
    """The bytes on the wire that one count stands for, at least."""
    return SMALLEST_FRAME if column.endswith(_FRAMES) else 1


def rounded_down(passed_s: float) -> float:
    """To three binary digits, so that polls a little early or late have the same limits."""
    fraction, exponent = math.frexp(passed_s)
    return math.ldexp(math.floor(fraction * 8), exponent - 3)


@lru_cache(maxsize=1024)
def forbidden(columns: tuple[str, ...], line_rates: tuple[float | None, ...], passed_s: float) -> Forbidden:
    """For growths within `passed_s` of all rows of these columns, column by column, lowest lane first.

    A cell may grow by less than the power of two that is not above its limit.
    """
    limits = [
        rate * passed_s * TOLERANCE / bytes_each for bytes_each in map(frame, columns) for rate in ceilings(line_rates)
    ]
    lanes = array("Q", [_WHOLE - _below(limit) for limit in limits])
    return Forbidden(_number(lanes), _number(array("Q", [_TOP] * len(limits))))


def have_grown(now: "array[int]", last: "array[int]", bits: Forbidden) -> bool:
    """Whether every counter is at least what it was last, and above it by no forbidden bit.

    A lane that fell would borrow from the next one, but not unseen: where its last reading was below 2**63, what is
    left in the lane is above that, and the topmost bit of a growth is always forbidden.
    """
    before = _number(last)
    growth = _number(now) - before
    return growth >= 0 and not (growth & bits.growth or before & bits.last)


def _below(limit: float) -> int:
    """All bits of the numbers below the power of two that is not above `limit`."""
    return (1 << min(int(limit).bit_length() - 1, _LANE_BITS - 1)) - 1 if limit >= 1 else 0


def _number(lanes: "array[int]") -> int:
    return int.from_bytes(lanes.tobytes(), "little")
