"""Responses as octets, and how an answer looks while only living values change: laid out once, filled many times.

A layout is shared by every agent whose answer looks the same; filling it in costs no more than its moving parts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from netwatch.simulate.cells import UNITS, Cell, Living
from netwatch.simulate.flow import Flow, wave
from netwatch.snmp import ber
from netwatch.snmp.message import Message, PduType

PADDED_FROM = 2**63  # counters that need a ninth octet, and soon wrap, go the long way

Variable = tuple[bytes, Cell]  # a name's content octets and its value


@dataclass(frozen=True, slots=True)
class Layout:
    """An answer with holes. `parts` joins to the datagram once the holes (None) are filled.

    `clocks`: (hole, unit per second, octets). `flows`: (source, ((hole, divisor, octets) ...)).
    """

    parts: tuple[bytes | None, ...]
    clocks: tuple[tuple[int, int, int], ...]
    flows: tuple[tuple[int, tuple[tuple[int, int, int], ...]], ...]

    def fill(self, request_id: bytes, flows: Sequence[Flow], *, t: float, up: float) -> bytes:
        """The datagram at time t, `up` seconds after boot. OverflowError when a number does not fit its hole."""
        parts: list[bytes | None] = list(self.parts)
        parts[1] = request_id
        for hole, units, size in self.clocks:
            ticks = int(up * units) & 0xFFFFFFFF
            if ticks.bit_length() >> 3 != size - 1:
                raise OverflowError
            parts[hole] = ticks.to_bytes(size, "big")
        waved = wave(t)
        for source, holes in self.flows:
            flow = flows[source]
            total = flow.start + int(flow.steady * t + flow.swing * waved)
            if total >= PADDED_FROM:
                raise OverflowError
            for hole, divisor, size in holes:
                parts[hole] = (total // divisor).to_bytes(size, "big", signed=True)
        return b"".join(parts)  # type: ignore[arg-type]  # no hole is left


def lay_out(request: Message, variables: Sequence[Variable], sizes: Sequence[int], *, id_size: int) -> Layout:
    """How the answer to this request looks. `sizes`: octets of each variable's number, if it is a living one.

    OverflowError when a value's length says nothing about the next one's: a Counter32 that wraps.
    """
    statics: list[bytes] = []  # what stands before each hole
    holes: list[tuple[int, Living, int]] = []  # part, cell, octets
    fixed = b""
    length = 0
    for (name, cell), size in zip(variables, sizes, strict=True):
        object_name = ber.tlv(ber.OBJECT_ID, name)
        if isinstance(cell, bytes):
            varbind = ber.tlv(ber.SEQUENCE, object_name + cell)
            fixed += varbind
            length += len(varbind)
            continue
        if cell.wraps:
            raise OverflowError
        inner = object_name + bytes((cell.syntax, size))
        varbind = bytes((ber.SEQUENCE,)) + ber.encode_length(len(inner) + size) + inner
        length += len(varbind) + size
        statics.append(fixed + varbind)
        holes.append((2 + 2 * len(statics), cell, size))
        fixed = b""
    head, tail = _frame(request, length, id_size=id_size)
    parts: list[bytes | None] = [head, None, tail]
    for static in statics:
        parts += [static, None]
    parts.append(fixed)
    clocks = tuple((hole, UNITS[cell.source], size) for hole, cell, size in holes if cell.source < 0)
    return Layout(tuple(parts), clocks, _by_source(holes))


def _by_source(holes: list[tuple[int, Living, int]]) -> tuple[tuple[int, tuple[tuple[int, int, int], ...]], ...]:
    """Group the holes of one flow, so that its total is computed once an answer."""
    grouped: dict[int, list[tuple[int, int, int]]] = {}
    for hole, cell, size in holes:
        if cell.source >= 0:
            grouped.setdefault(cell.source, []).append((hole, cell.divisor, size))
    return tuple((source, tuple(rows)) for source, rows in grouped.items())


def _frame(request: Message, body: int, *, id_size: int, status: int = 0, index: int = 0) -> tuple[bytes, bytes]:
    """What stands before and behind the request-id's content of `id_size` octets, for `body` octets of variables."""
    errors = ber.integer(status) + ber.integer(index) + bytes((ber.SEQUENCE,)) + ber.encode_length(body)
    pdu = 2 + id_size + len(errors) + body
    head = ber.integer(request.version) + ber.octets(request.community)
    head += bytes((PduType.RESPONSE,)) + ber.encode_length(pdu)
    message = bytes((ber.SEQUENCE,)) + ber.encode_length(len(head) + pdu)
    return message + head + bytes((ber.INTEGER, id_size)), errors


def respond(request: Message, request_id: bytes, body: bytes, *, status: int = 0, index: int = 0) -> bytes:
    """A Response to `request`, its request-id echoed octet by octet, around encoded variables."""
    head, tail = _frame(request, len(body), id_size=len(request_id), status=status, index=index)
    return head + request_id + tail + body
