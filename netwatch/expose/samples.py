"""Columns -> sample lines of one family, as bytes in the text format 0.0.4.

A family of 28 ports is one template and one `%`: 2.5 µs, where a loop over ports takes 14.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import compress
from typing import TypeVar

Number = TypeVar("Number", int, float)
Item = TypeVar("Item")


def number(value: float) -> bytes:
    """A sample's value; integers exactly, floats shortest."""
    if isinstance(value, int):
        return b"%d" % value
    if math.isfinite(value):
        return b"%a" % value
    return b"NaN" if math.isnan(value) else b"+Inf" if value > 0 else b"-Inf"


def sample(name: bytes, labels: bytes, value: float) -> bytes:
    """One line; `labels` may be empty."""
    return b"%b{%b} %b\n" % (name, labels, number(value)) if labels else b"%b %b\n" % (name, number(value))


def optional_sample(name: bytes, labels: bytes, value: float | None) -> bytes:
    """One line, or nothing where nothing is known."""
    return b"" if value is None else sample(name, labels, value)


def state_set(name: bytes, labels: bytes, *, states: Iterable[str], current: str) -> bytes:
    """One line per possible state: 1 for the current one, 0 for the others."""
    return b"".join(b'%b{%b,state="%b"} %d\n' % (name, labels, s.encode(), s == current) for s in states)


def column(name: bytes, ports: Sequence[bytes], values: Sequence[Number | None], verb: bytes = b"%d") -> bytes:
    """One line per port that has a value. `verb` is how a value is printed.

    `values` is empty, or aligned with `ports`; anything else is a ValueError.
    """
    if not values:
        return b""
    _insist_on_alignment(ports, values)
    if None in values:
        there = [value is not None for value in values]
        ports, values = _where(there, ports), _where(there, values)
        if not ports:
            return b""
    head = name + b"{"
    tail = b"} " + verb + b"\n"
    return (head + (tail + head).join(ports) + tail) % tuple(values)


class StampedRows:
    """The ports of one poll, each with its own time in ms: what all families of that poll have in common."""

    __slots__ = ("_lines",)

    def __init__(self, ports: Sequence[bytes], stamps: Sequence[int]) -> None:
        _insist_on_alignment(ports, stamps)
        tails = {stamp: b"} %%d %d\n" % stamp for stamp in stamps}  # one for each PDU
        self._lines = [port + tails[stamp] for port, stamp in zip(ports, stamps, strict=True)]

    def column(self, name: bytes, totals: Sequence[int | None], *, more: bytes = b"") -> bytes:
        """One line per port with a total. `more` is one more label, with its comma behind it."""
        if not totals:
            return b""
        lines = self._lines
        _insist_on_alignment(lines, totals)
        if None in totals:
            there = [total is not None for total in totals]
            lines, totals = _where(there, lines), _where(there, totals)
            if not lines:
                return b""
        head = name + b"{" + more
        return (head + head.join(lines)) % tuple(totals)


def _where(there: Sequence[bool], items: Sequence[Item]) -> list[Item]:
    return list(compress(items, there))


def _insist_on_alignment(ports: Sequence[bytes], values: Sequence[object]) -> None:
    # a row at another row's port would be a lie that looks like data
    if len(ports) != len(values):
        raise ValueError(f"{len(values)} values for {len(ports)} ports")
