"""Numbers <-> 16 bits each, and columns of them <-> bytes: what makes two years of usage fit a disk. Pure.

A number from 0 on is written as `round(1024 * log2(1 + x))`: exact where it is 0, to 0.034 % elsewhere, and whole
numbers below 1,024 come back whole. A code grows with its number: the percentile of codes is the code of a percentile.

A block is a line of JSON, `[[column, octets], ...]`, and behind it the columns in that order, each zlib over
little-endian 16-bit numbers: whoever needs two columns of ten unpacks two, and of those no more than the cells needed.
Ports carry as much as they like, so their numbers hardly repeat: a column that zlib makes less than a quarter smaller
stands in it as it is, and is read at a tenth of the cost.
"""

import json
import math
import sys
import zlib
from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from itertools import repeat

STEPS = 1024  # of the code to an octave
MOST = 0xFFFF
NOTHING = 0xFFFF  # the code of what was not measured, where a column may have such
ABOVE_DBM = 100.0  # light: hundredths of a dBm above -100

_MOST_NUMBER = 2.0**63
_MOST_CELLS = 1_000_000  # that one column may unpack to


@cache
def numbers() -> Sequence[float]:
    """Code -> number."""
    return [_number(one) for one in range(MOST + 1)]


def codes(column: Iterable[float]) -> "array[int]":
    """A column of numbers that are not negative, coded; what is larger than any counter is the largest."""
    log2, most = math.log2, _MOST_NUMBER
    return array("H", [round(STEPS * log2(1.0 + min(one, most))) if one else 0 for one in column])


def light_code(power_dbm: float | None) -> int:
    """The code of a power; NOTHING for none."""
    return NOTHING if power_dbm is None else round(min(max(power_dbm + ABOVE_DBM, 0.0), 600.0) * 100)


def light(one: int) -> float | None:
    """The power in dBm."""
    return None if one == NOTHING else round(one / 100 - ABOVE_DBM, 2)


def pack(columns: Mapping[str, "array[int]"]) -> bytes:
    """A block."""
    packed = {name: _packed(_little(column).tobytes()) for name, column in columns.items()}
    head = json.dumps([[name, len(content)] for name, content in packed.items()], separators=(",", ":"))
    return b"".join((head.encode(), b"\n", *packed.values()))


def unpack(block: bytes, wanted: Collection[str], *, most: int = _MOST_CELLS) -> dict[str, "array[int]"]:
    """The first cells, so many at the most, of those of the columns that are there. ValueError: this is no block."""
    head, _, rest = block.partition(b"\n")
    found: dict[str, array[int]] = {}
    start = 0
    try:
        for name, octets in json.loads(head):
            if name in wanted:
                column = array("H")
                unpacked = zlib.decompressobj().decompress(rest[start : start + octets], 2 * most)
                column.frombytes(unpacked)
                found[name] = _little(column)
            start += octets
    except (zlib.error, TypeError, RecursionError) as error:
        raise ValueError(f"no block of usage: {error}") from error
    return found


def empty(length: int) -> "array[float]":
    """A column of zeros to count in."""
    return array("d", repeat(0.0, length))


def _packed(octets: bytes) -> bytes:
    smaller = zlib.compress(octets, zlib.Z_BEST_SPEED)
    return smaller if 4 * len(smaller) < 3 * len(octets) else zlib.compress(octets, zlib.Z_NO_COMPRESSION)


def _number(one: int) -> float:
    exact = 2.0 ** (one / STEPS) - 1.0
    return float(round(exact)) if exact < STEPS else exact


def _little(column: "array[int]") -> "array[int]":
    if sys.byteorder == "big":
        column = array("H", column)
        column.byteswap()
    return column
