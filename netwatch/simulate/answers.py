"""Requests in, responses out: what an SNMPv1 or v2c agent says (RFC 1157, RFC 3416 section 4.2), fast.

A GET seen before is recognised by its octets around the request-id. What it asks for is remembered once for all
agents that share a view, the answer's layout once for all agents that would lay it out alike; to answer again only
the request-id, the clocks and the living counters are written into the holes. Everything else is decoded in full.
"""

from collections import Counter
from collections.abc import Iterator

from netwatch.simulate.agent import ENGINE_TIME, UPTIME, Agent, Cell, Layout, Living
from netwatch.simulate.flow import wave
from netwatch.simulate.mib import MibView
from netwatch.snmp import ber
from netwatch.snmp.errors import NO_SUCH_NAME_STATUS, TOO_BIG_STATUS, Malformed
from netwatch.snmp.message import Message, PduType, Version, decode

MOST_REPETITIONS = 1000
MOST_PROGRAMS = 5_000  # a view
MOST_LAYOUTS = 64  # an agent
MOST_SHARED_LAYOUTS = 5_000  # a program
PADDED_FROM = 2**63  # counters that need a ninth octet, and soon wrap, go the long way
HEADER_ROOM = 64  # octets of a response around its variables, generously
NO_SUCH_OBJECT = bytes((ber.NO_SUCH_OBJECT, 0))
NO_SUCH_INSTANCE = bytes((ber.NO_SUCH_INSTANCE, 0))
END_OF_MIB_VIEW = bytes((ber.END_OF_MIB_VIEW, 0))
NULL_VALUE = bytes((ber.NULL, 0))
UNITS = {UPTIME: 100, ENGINE_TIME: 1}

Variable = tuple[bytes, Cell]  # a name's content octets and its value


class Program:
    """A GET once understood: what it asks of every agent with one view, and the layouts its answers have taken."""

    __slots__ = ("layouts", "request", "wanted")

    def __init__(self, request: Message, view: MibView) -> None:
        self.request = request
        # the position of each object, or the exception that stands for its absence
        self.wanted: tuple[tuple[bytes, int | bytes], ...] = tuple(
            (varbind.oid, _wanted(view, varbind.oid)) for varbind in request.varbinds
        )
        self.layouts: dict[tuple[object, ...], Layout] = {}

    def variables(self, agent: Agent) -> list[Variable]:
        cell = agent.cell
        return [(name, cell(where) if isinstance(where, int) else where) for name, where in self.wanted]

    def layout(self, agent: Agent, t: float) -> Layout:
        """How this agent's answer looks now; shared with every agent whose answer looks the same."""
        variables = self.variables(agent)
        signature = tuple(
            cell if isinstance(cell, bytes) else (cell, agent.number(cell, t).bit_length() >> 3)
            for _, cell in variables
        )
        layout = self.layouts.get(signature)
        if layout is None:
            if len(self.layouts) >= MOST_SHARED_LAYOUTS:
                self.layouts.clear()
            layout = self.layouts[signature] = lay_out(agent, self.request, variables, t)
        return layout


class Answers:
    """The voice of all agents of one simulation. `counts` says what became of the datagrams."""

    def __init__(self, *, communities: frozenset[bytes]) -> None:
        self.counts: Counter[str] = Counter()
        self._communities = communities
        self._programs: dict[MibView, dict[bytes, Program]] = {}

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
        program = None if programs is None else programs.get(key)
        if program is None:
            return self._answer_in_full(agent, datagram, key, t)
        layout = agent.layouts.get(program)
        if layout is not None:
            try:
                return _fill(layout, agent, datagram[at + 1 : stop], t)
            except OverflowError:  # a number needs an octet more, or one less
                self.counts["laid_out_anew"] += 1
        return _lay_out_anew(agent, program, datagram[at + 1 : stop], t)

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
        if request.pdu_type == PduType.GET and not any(
            isinstance(cell, Living) and cell.wraps for _, cell in variables
        ):
            program = self._remember(agent, key, request)
            return _lay_out_anew(agent, program, _request_id_content(request.request_id), t)
        if request.pdu_type == PduType.GET_BULK:
            variables = _fitting(agent, variables, t)
        response = _response(request, _varbinds(agent, variables, t))
        return response if len(response) <= agent.largest_message else _error(request, TOO_BIG_STATUS, 0)

    def _remember(self, agent: Agent, key: bytes, request: Message) -> Program:
        programs = self._programs.setdefault(agent.view, {})
        if len(programs) >= MOST_PROGRAMS:
            programs.clear()
        program = programs[key] = Program(request, agent.view)
        return program


def _lay_out_anew(agent: Agent, program: Program, request_id: bytes, t: float) -> bytes:
    """Answer a GET for the first time, or after something fixed has changed; remember how."""
    layout = program.layout(agent, t)
    try:
        response = _fill(layout, agent, request_id, t)
    except OverflowError:
        return _response(program.request, _varbinds(agent, program.variables(agent), t), request_id=request_id)
    if len(response) > agent.largest_message:
        return _error(program.request, TOO_BIG_STATUS, 0, request_id)
    if len(agent.layouts) >= MOST_LAYOUTS:
        agent.layouts.clear()
    agent.layouts[program] = layout
    return response


def _request_id(datagram: bytes) -> int:
    """The offset of the request-id's length octet. IndexError when the datagram is too short to have one."""
    at = 5 if datagram[1] < 0x80 else 5 + (datagram[1] & 0x7F)  # over the version, which is one octet
    at += 2 + datagram[at + 1]  # over the community
    return at + 3 if datagram[at + 1] < 0x80 else at + 3 + (datagram[at + 1] & 0x7F)


def _request_id_content(request_id: int) -> bytes:
    return ber.integer(request_id)[2:]


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
        if total >= PADDED_FROM:
            raise OverflowError
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
    request_id = len(_request_id_content(request.request_id))
    pdu = 2 + request_id + len(errors) + body
    head = ber.integer(request.version) + ber.octets(request.community)
    head += bytes((PduType.RESPONSE,)) + ber.encode_length(pdu)
    message = bytes((ber.SEQUENCE,)) + ber.encode_length(len(head) + pdu)
    return message + head + bytes((ber.INTEGER, request_id)), errors


def _response(request: Message, body: bytes, status: int = 0, index: int = 0, request_id: bytes = b"") -> bytes:
    head, tail = _frame(request, len(body), status, index)
    return head + (request_id or _request_id_content(request.request_id)) + tail + body


def _error(request: Message, status: int, index: int, request_id: bytes = b"") -> bytes:
    """An error response. tooBig comes without variables (RFC 3416 section 4.2.1), except in SNMPv1."""
    if status == TOO_BIG_STATUS and request.version != Version.V1:
        return _response(request, b"", status, 0, request_id)
    names = (ber.tlv(ber.OBJECT_ID, varbind.oid) + NULL_VALUE for varbind in request.varbinds)
    return _response(request, b"".join(ber.tlv(ber.SEQUENCE, name) for name in names), status, index, request_id)


def _octets(agent: Agent, cell: Cell, t: float) -> bytes:
    return cell if isinstance(cell, bytes) else ber.unsigned(agent.number(cell, t), cell.syntax)


def _varbinds(agent: Agent, variables: list[Variable], t: float) -> bytes:
    return b"".join(
        ber.tlv(ber.SEQUENCE, ber.tlv(ber.OBJECT_ID, name) + _octets(agent, cell, t)) for name, cell in variables
    )


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
            where = _wanted(agent.view, varbind.oid)
            yield varbind.oid, agent.cell(where) if isinstance(where, int) else where
    elif request.pdu_type == PduType.GET_NEXT:
        for varbind in request.varbinds:
            yield _behind(agent, varbind.oid, version=request.version)
    elif request.pdu_type == PduType.GET_BULK and request.version == Version.V2C:
        yield from _bulk(agent, request)
    else:
        raise Malformed("not a request")


def _wanted(view: MibView, name: bytes) -> int | bytes:
    """Where an object stands, or the exception that says it is not there."""
    position = view.position(name)
    if position is not None:
        return position
    return NO_SUCH_INSTANCE if view.has_siblings(name) else NO_SUCH_OBJECT


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
