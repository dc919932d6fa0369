"""Columns -> sample lines of one family, as bytes in the text format 0.0.4.

A family of 28 ports is one template and one `%`: 2.5 µs, where a loop over ports takes 14. The head of a line is the
family's name, the brace, and the labels that stand before the port's own, with a comma behind them. In heads and ports
per cent signs are doubled.
"""

import math
from array import array
from collections.abc import Iterable, Sequence
from itertools import compress
from typing import TypeVar

Number = TypeVar("Number", int, float)
Item = TypeVar("Item")

FEW = 3  # lines; to be kept without their heads costs as much as the head of one
_HEAD = b"\xff"  # stands where the head of a line belongs; no text in UTF-8 has this octet


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


def column(head: bytes, ports: Sequence[bytes], values: Sequence[Number | None], verb: bytes = b"%d") -> bytes:
    """One line per port that has a value. `verb` is how a value is printed.

    `values` is empty, or aligned with `ports`; anything else is a ValueError.
    """
    if not values:
        return b""
    _insist_on_alignment(len(ports), values)
    if None in values:
        there = [value is not None for value in values]
        ports, values = _where(there, ports), _where(there, values)
        if not ports:
            return b""
    tail = b"} " + verb + b"\n"
    return (head + (tail + head).join(ports) + tail) % tuple(values)


class StampedRows:
    """The ports of one poll, each with its own time in ms: what all families of that poll have in common."""

    __slots__ = ("_text", "count")

    def __init__(self, ports: Sequence[bytes], stamps: Sequence[int]) -> None:
        _insist_on_alignment(len(ports), stamps)
        tails = {stamp: b"} %%d %d\n" % stamp for stamp in set(stamps)}  # one for each PDU
        self.count = len(ports)
        self._text = b"".join([_HEAD + port + tails[stamp] for port, stamp in zip(ports, stamps, strict=True)])

    def insist_on(self, totals: Sequence[int | None]) -> None:
        """ValueError or TypeError where `column` could not write these totals out."""
        _insist_on_alignment(self.count, totals)
        if not isinstance(totals, array):
            sum([total for total in totals if total is not None])

    def column(self, head: bytes, totals: Sequence[int | None]) -> bytes:
        """One line per port with a total."""
        text = self._text
        if not isinstance(totals, array) and None in totals:
            there = [total is not None for total in totals]
            text, totals = b"".join(_where(there, self._lines())), _where(there, totals)
        return text.replace(_HEAD, head) % tuple(totals)

    def _lines(self) -> list[bytes]:
        return [_HEAD + line for line in self._text.split(_HEAD)[1:]]


class HeadedLines:
    """Lines of one family of one device, kept without what they all begin with: half of them. Immutable."""

    __slots__ = ("_labels", "_text")

    def __init__(self, labels: bytes, text: bytes) -> None:
        self._labels = labels
        self._text = text

    def fragment(self, family: str) -> bytes:
        """The lines as they are told."""
        return self._text.replace(_HEAD, b"%b{%b" % (family.encode(), self._labels))


def headed_lines(family: str, labels: bytes, tails: Sequence[bytes]) -> bytes | HeadedLines:
    """Lines of one family that all begin with these labels, each given from the comma behind them on.

    Smaller without what they begin with, where they are more than a few.
    """
    lines = HeadedLines(labels, b"".join([_HEAD + tail for tail in tails]))
    return lines if len(tails) > FEW else lines.fragment(family)


def _where(there: Sequence[bool], items: Sequence[Item]) -> list[Item]:
    return list(compress(items, there))


def _insist_on_alignment(ports: int, values: Sequence[object]) -> None:
    # a row at another row's port would be a lie that looks like data
    if ports != len(values):
        raise ValueError(f"{len(values)} values for {ports} ports")
