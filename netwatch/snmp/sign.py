"""What tells an answer that says the same as the one before, without reading either: a fingerprint of what counted.

In: the body of a reply, and which of its variables were taken into a column. Those are held against the next reply to
the last octet; of the others, which stand behind the end of a column and may count on, only the name and the type.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from struct import Struct
from typing import NamedTuple

from netwatch.snmp import ber
from netwatch.snmp.errors import Malformed

DIGEST_OCTETS = 16
LONG = 0x80  # the first octet of a length of several
MANY_OCTETS = 0x1F  # in the first octet of a tag of several
Span = tuple[int, int, slice]  # where a variable begins and ends, and its name with the type behind it
PLACE = Struct("HH")  # of octets in a datagram, which is shorter than 2**16
_NO_ERROR = b"\x02\x01\x00\x02\x01\x00"  # error-status 0, error-index 0


class Shape(NamedTuple):
    """How an answer lies: the first `octets` count to the last one, then of each variable all or its name and type.

    `size` is how many octets its variables take; `lying` is where in them everything stands but what need not count.
    """

    octets: int
    rest: tuple[bool, ...]
    size: int
    lying: bytes


class Sign(NamedTuple):
    """The digest of what counts; and `laid`, that of all but the contents that need not.

    The second tells at a glance the reply in which even what need not count is as long as it was.
    """

    shape: Shape
    digest: bytes
    laid: bytes

    def is_borne_by(self, body: bytes) -> bool:
        """Whether a reply's body, from its error-status on, says the same. False also where it is not well-formed."""
        try:
            at = _variables(body)
            if self._is_laid(body[at:]):
                return True
            octets, rest, *_ = self.shape
            spans = list(_spans(body, at + octets, len(rest)))
            end = spans[-1][1] if spans else at + octets
            return end == len(body) and _digest(body, at, octets, zip(spans, rest, strict=True)) == self.digest
        except Malformed:
            return False

    def _is_laid(self, variables: bytes) -> bool:
        if len(variables) != self.shape.size:
            return False
        places = PLACE.iter_unpack(self.shape.lying)
        return _digest_of([variables[start:stop] for start, stop in places]) == self.laid


def sign_of(body: bytes, taken: Sequence[bool]) -> Sign | None:
    """The sign of a body that was read: its first variables, as many as `taken` tells of. None: it has none."""
    try:
        at = _variables(body)
        spans = list(_spans(body, at, len(taken)))
    except Malformed:
        return None
    first = next((place for place, counts in enumerate(taken) if not counts), len(taken))
    octets = spans[first - 1][1] - at if first else 0
    rest = tuple(taken[first:])
    digest = _digest(body, at, octets, zip(spans[first:], rest, strict=True))
    end = spans[-1][1] if spans else at
    places = list(_around(body, at, end, zip(spans[first:], rest, strict=True)))
    laid = _digest_of([body[start:stop] for start, stop in places])
    lying = b"".join([PLACE.pack(start - at, stop - at) for start, stop in places])
    return Sign(_shape(octets, rest, end - at, lying), digest, digest if laid == digest else laid)


@lru_cache(maxsize=8192)
def _shape(octets: int, rest: tuple[bool, ...], size: int, lying: bytes) -> Shape:
    """Kept by thousands of devices that answer alike."""
    return Shape(octets, rest, size, lying)


def _around(body: bytes, begin: int, end: int, rest: Iterable[tuple[Span, bool]]) -> Iterator[tuple[int, int]]:
    """Where everything between two places stands but the contents of variables that need not count."""
    for (_, stop, named), counts in rest:
        content = ber.read_tlv(body, named.stop - 1, stop)[1]
        if not counts and content < stop:
            yield begin, content
            begin = stop
    yield begin, end


def _digest(body: bytes, at: int, octets: int, rest: Iterable[tuple[Span, bool]]) -> bytes:
    pieces = [body[at : at + octets]]
    pieces += [body[start:stop] if counts else body[named] for (start, stop, named), counts in rest]
    return _digest_of(pieces)


def _digest_of(pieces: Iterable[bytes]) -> bytes:
    return blake2b(b"".join(pieces), digest_size=DIGEST_OCTETS).digest()


def _variables(body: bytes) -> int:
    """Where the variables begin. Malformed unless they follow on two zeros, and reach to the end."""
    at, end = ber.expect(body, len(_NO_ERROR), len(body), ber.SEQUENCE)
    if not body.startswith(_NO_ERROR) or end != len(body):
        raise Malformed("no reply without error")
    return at


def _spans(body: bytes, at: int, count: int) -> Iterator[Span]:
    """So many variables."""
    for _ in range(count):
        start, stop, named = _usual(body, at) or _span(body, at)
        yield at, stop, slice(start, named + 1)
        at = stop


def _span(body: bytes, at: int) -> tuple[int, int, int]:
    """Where a variable's name begins, where the variable ends, and where its value begins."""
    start, stop = ber.expect(body, at, len(body), ber.SEQUENCE)
    _, named = ber.expect(body, start, stop, ber.OBJECT_ID)
    if ber.read_tlv(body, named, stop)[2] != stop:
        raise Malformed("octets behind a value")
    return start, stop, named


def _usual(body: bytes, at: int) -> tuple[int, int, int] | None:
    """The same of what nearly every variable is, without a call for each header: lengths of one octet."""
    try:
        stop, named = at + 2 + body[at + 1], at + 4 + body[at + 3]
        is_usual = (
            body[at] == ber.SEQUENCE
            and body[at + 2] == ber.OBJECT_ID
            and body[at + 1] < LONG
            and body[at + 3] < LONG
            and named + 2 + body[named + 1] == stop <= len(body)
            and body[named + 1] < LONG
            and body[named] & MANY_OCTETS != MANY_OCTETS
        )
    except IndexError:
        return None
    return (at + 2, stop, named) if is_usual else None
