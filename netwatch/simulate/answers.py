"""Requests in, responses out: what an SNMPv1 or v2c agent says (RFC 1157, RFC 3416 section 4.2), fast.

A GET seen before is recognised by its octets around the request-id. What it asks for is remembered once for all
agents that share a view, the answer's layout once for all agents that would lay it out alike; to answer again only
the request-id, the clocks and the living counters are written into the holes. Everything else is decoded in full.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import count

from netwatch.simulate.agent import ENGINE_TIME, UPTIME, Agent, Cell, Layout, Living
from netwatch.simulate.flow import wave
from netwatch.simulate.mib import MibView
from netwatch.snmp import ber
from netwatch.snmp.errors import NO_SUCH_NAME_STATUS, TOO_BIG_STATUS, Malformed
from netwatch.snmp.message import Message, PduType, Version, decode

MOST_REPETITIONS = 1000
MOST_PROGRAMS = 20_000
MOST_LAYOUTS = 64  # an agent
MOST_SHARED_LAYOUTS = 50_000
HEADER_ROOM = 64  # octets of a response around its variables, generously
NO_SUCH_OBJECT = bytes((ber.NO_SUCH_OBJECT, 0))
NO_SUCH_INSTANCE = bytes((ber.NO_SUCH_INSTANCE, 0))
END_OF_MIB_VIEW = bytes((ber.END_OF_MIB_VIEW, 0))
NULL_VALUE = bytes((ber.NULL, 0))
UNITS = {UPTIME: 100, ENGINE_TIME: 1}

Variable = tuple[bytes, Cell]  # a name's content octets and its value


class Answers:
    """The voice of all agents of one simulation. `counts` says what became of the datagrams."""

    def __init__(self, *, communities: frozenset[bytes]) -> None:
        self.counts: Counter[str] = Counter()
        self._communities = communities
        self._programs: dict[MibView, dict[bytes, int]] = {}
        self._numbers = count()
        self._layouts: dict[Layout, Layout] = {}

    def answer(self, agent: Agent, datagram: bytes, t: float) -> bytes | None:
        """The response to one datagram at time t, or None for silence."""
        if agent.silent:
            self.counts["silent"] += 1
            return None
        try:
            at = _request_id(datagram)
            stop = at + 1 + datagram[at]
        except IndexError:
            self.counts["malformed"] += 1
            return None
        key = datagram[: at + 1] + datagram[stop:]
        programs = self._programs.get(agent.view)
        if programs is not None:
            layout = agent.layouts.get(programs.get(key, -1))
            if layout is not None:
                try:
                    return _fill(layout, agent, datagram[at + 1 : stop], t)
                except OverflowError:  # a number needs an octet more, or one less
                    self.counts["laid_out_anew"] += 1
        return self._answer_in_full(agent, datagram, key, t)

    def _answer_in_full(self, agent: Agent, datagram: bytes, key: bytes, t: float) -> bytes | None:
        try:
            request = decode(datagram)
            if request.community not in self._communities:
                self.counts["wrong_community"] += 1
                return None
            variables = list(_variables(agent, request))
        except Malformed:
            self.counts["malformed"] += 1
            return None
        if request.version == Version.V1:
            refused = _first_refused(variables)
            if refused is not None:
                return _error(request, NO_SUCH_NAME_STATUS, refused + 1)
        response, layout = self._respond(agent, request, variables, t)
        if len(response) > agent.largest_message:
            return _error(request, TOO_BIG_STATUS, 0)
        if layout is not None and request.pdu_type == PduType.GET:
            self._remember(agent, key, layout)
        return response

    def _respond(
        self, agent: Agent, request: Message, variables: list[Variable], t: float
    ) -> tuple[bytes, Layout | None]:
        if request.pdu_type == PduType.GET_BULK:
            variables = _fitting(agent, variables, t)
        if request.pdu_type == PduType.GET and not any(
            isinstance(cell, Living) and cell.wraps for _, cell in variables
        ):
            layout = lay_out(agent, request, variables, t)
            shared = self._layouts.setdefault(layout, layout)
            if len(self._layouts) > MOST_SHARED_LAYOUTS:
                self._layouts.clear()
            return _fill(shared, agent, _request_id_content(request), t), shared
        values = [(name, _octets(agent, cell, t)) for name, cell in variables]
        return _response(
            request, b"".join(ber.tlv(ber.SEQUENCE, ber.tlv(ber.OBJECT_ID, n) + v) for n, v in values)
        ), None

    def _remember(self, agent: Agent, key: bytes, layout: Layout) -> None:
        programs = self._programs.setdefault(agent.view, {})
        if len(programs) >= MOST_PROGRAMS:
            programs.clear()
        number = programs.get(key)
        if number is None:
            number = programs[key] = next(self._numbers)
        if len(agent.layouts) >= MOST_LAYOUTS:
            agent.layouts.clear()
        agent.layouts[number] = layout


def _request_id(datagram: bytes) -> int:
    """The offset of the request-id's length octet. IndexError when the datagram is too short to have one."""
    at = 5 if datagram[1] < 0x80 else 5 + (datagram[1] & 0x7F)  # over the version, which is one octet
    at += 2 + datagram[at + 1]  # over the community
    return at + 3 if datagram[at + 1] < 0x80 else at + 3 + (datagram[at + 1] & 0x7F)


def _request_id_content(request: Message) -> bytes:
    return ber.integer(request.request_id)[2:]


def _fill(layout: Layout, agent: Agent, request_id: bytes, t: float) -> bytes:
    """The datagram at time t. OverflowError when a number has outgrown its hole."""
    parts: list[bytes | None] = list(layout.parts)
    parts[1] = request_id
    up = t - agent.boot
    for hole, units, size in layout.clocks:
        ticks = int(up * units) & 0xFFFFFFFF
        if ticks.bit_length() >> 3 != size - 1:
            raise OverflowError
        parts[hole] = ticks.to_bytes(size, "big")
    flows = agent.flows
    waved = wave(t)
    for source, holes in layout.flows:
        flow = flows[source]
        total = flow.start + int(flow.steady * t + flow.swing * waved)
        for hole, divisor, size in holes:
            parts[hole] = (total // divisor).to_bytes(size, "big", signed=True)
    return b"".join(parts)  # type: ignore[arg-type]  # no hole is left


def lay_out(agent: Agent, request: Message, variables: list[Variable], t: float) -> Layout:
    """How the answer to this request looks as long as only living values change, and not in length."""
    body: list[bytes] = []
    holes: list[tuple[int, Living, int]] = []  # (part, cell, octets), parts counted from 2
    fixed = b""
    length = 0
    for name, cell in variables:
        object_name = ber.tlv(ber.OBJECT_ID, name)
        if isinstance(cell, bytes):
            varbind = ber.tlv(ber.SEQUENCE, object_name + cell)
            fixed += varbind
            length += len(varbind)
            continue
        size = agent.number(cell, t).bit_length() // 8 + 1
        inner = object_name + bytes((cell.syntax, size))
        varbind = bytes((ber.SEQUENCE,)) + ber.encode_length(len(inner) + size) + inner
        length += len(varbind) + size
        body.append(fixed + varbind)
        holes.append((2 + 2 * len(body), cell, size))
        fixed = b""
    head, tail = _frame(request, length)
    parts: list[bytes | None] = [head, None, tail]
    for static in body:
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


def _frame(request: Message, body: int, status: int = 0, index: int = 0) -> tuple[bytes, bytes]:
    """What stands before and behind the request-id's content, for `body` octets of variables."""
    errors = ber.integer(status) + ber.integer(index) + bytes((ber.SEQUENCE,)) + ber.encode_length(body)
    request_id = len(_request_id_content(request))
    pdu = 2 + request_id + len(errors) + body
    head = ber.integer(request.version) + ber.octets(request.community)
    head += bytes((PduType.RESPONSE,)) + ber.encode_length(pdu)
    message = bytes((ber.SEQUENCE,)) + ber.encode_length(len(head) + pdu)
    return message + head + bytes((ber.INTEGER, request_id)), errors


def _response(request: Message, body: bytes, status: int = 0, index: int = 0) -> bytes:
    head, tail = _frame(request, len(body), status, index)
    return head + _request_id_content(request) + tail + body


def _error(request: Message, status: int, index: int) -> bytes:
    """An error response. tooBig comes without variables (RFC 3416 section 4.2.1), except in SNMPv1."""
    if status == TOO_BIG_STATUS and request.version != Version.V1:
        return _response(request, b"", status)
    names = (ber.tlv(ber.OBJECT_ID, varbind.oid) + NULL_VALUE for varbind in request.varbinds)
    return _response(request, b"".join(ber.tlv(ber.SEQUENCE, name) for name in names), status, index)


def _octets(agent: Agent, cell: Cell, t: float) -> bytes:
    return cell if isinstance(cell, bytes) else ber.unsigned(agent.number(cell, t), cell.syntax)


def _first_refused(variables: list[Variable]) -> int | None:
    """The first variable SNMPv1 cannot express: an exception, or a Counter64 (RFC 3584 section 4.2.2.1)."""
    for index, (_, cell) in enumerate(variables):
        syntax = cell[0] if isinstance(cell, bytes) else cell.syntax
        if syntax in ber.EXCEPTIONS or syntax == ber.COUNTER64:
            return index
    return None


def _variables(agent: Agent, request: Message) -> Iterator[Variable]:
    """The names and cells that answer a request; a GetBulk may yield more than fit."""
    if request.pdu_type == PduType.GET:
        for varbind in request.varbinds:
            yield varbind.oid, _exactly(agent, varbind.oid)
    elif request.pdu_type == PduType.GET_NEXT:
        for varbind in request.varbinds:
            yield _behind(agent, varbind.oid, version=request.version)
    elif request.pdu_type == PduType.GET_BULK and request.version == Version.V2C:
        yield from _bulk(agent, request)
    else:
        raise Malformed("not a request")


def _exactly(agent: Agent, name: bytes) -> Cell:
    position = agent.view.position(name)
    if position is not None:
        return agent.cell(position)
    return NO_SUCH_INSTANCE if agent.view.has_siblings(name) else NO_SUCH_OBJECT


def _behind(agent: Agent, name: bytes, *, version: Version) -> Variable:
    """The next object; SNMPv1 steps over Counter64 (RFC 3584 section 4.2.2.1)."""
    for position in range(agent.view.after(name), len(agent.view)):
        cell = agent.cell(position)
        syntax = cell[0] if isinstance(cell, bytes) else cell.syntax
        if version != Version.V1 or syntax != ber.COUNTER64:
            return agent.view.names[position], cell
    return name, END_OF_MIB_VIEW


def _bulk(agent: Agent, request: Message) -> Iterator[Variable]:
    once = max(0, request.non_repeaters)
    for varbind in request.varbinds[:once]:
        yield _behind(agent, varbind.oid, version=Version.V2C)
    names = [varbind.oid for varbind in request.varbinds[once:]]
    room = agent.largest_message
    for _ in range(min(MOST_REPETITIONS, request.max_repetitions)):
        ended = True
        for column, name in enumerate(names):
            variable = _behind(agent, name, version=Version.V2C)
            yield variable
            names[column] = variable[0]
            ended = ended and variable[1] is END_OF_MIB_VIEW
            room -= len(variable[0])
        if ended or room < 0:
            return


def _fitting(agent: Agent, variables: list[Variable], t: float) -> list[Variable]:
    """As many leading variables as the agent's largest message holds (RFC 3416 section 4.2.3)."""
    room = agent.largest_message - HEADER_ROOM
    for index, (name, cell) in enumerate(variables):
        room -= len(name) + len(_octets(agent, cell, t)) + 8
        if room < 0:
            return variables[:index]
    return variables
