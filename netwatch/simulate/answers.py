"""Requests in, responses out: what an SNMPv1 or v2c agent says (RFC 1157, RFC 3416 section 4.2), fast.

A GET seen before is recognised by its octets around the request-id. What it asks for is remembered once for all
agents that share a view, the answer's layout once for all agents that would lay it out alike; to answer again only
the request-id, the clocks and the living counters are written into the holes. Everything else is decoded in full.
"""

from collections import Counter
from collections.abc import Iterator

from netwatch.simulate.agent import Agent
from netwatch.simulate.cells import Cell
from netwatch.simulate.layout import Layout, Variable, lay_out, respond
from netwatch.simulate.mib import MibView
from netwatch.snmp import ber
from netwatch.snmp.errors import NO_SUCH_NAME_STATUS, TOO_BIG_STATUS, Malformed
from netwatch.snmp.message import Message, PduType, Version, decode_body, decode_header

MOST_REPETITIONS = 1000
MOST_PROGRAMS = 5_000  # a view
MOST_LAYOUTS = 64  # an agent
MOST_SHARED_LAYOUTS = 5_000  # a program
HEADER_ROOM = 64  # octets of a response around its variables, generously
NO_SUCH_OBJECT = bytes((ber.NO_SUCH_OBJECT, 0))
NO_SUCH_INSTANCE = bytes((ber.NO_SUCH_INSTANCE, 0))
END_OF_MIB_VIEW = bytes((ber.END_OF_MIB_VIEW, 0))
NULL_VALUE = bytes((ber.NULL, 0))


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
        return [(name, _cell(agent, name, where)) for name, where in self.wanted]

    def layout(self, agent: Agent, t: float, *, id_size: int) -> Layout:
        """How this agent's answer looks now; shared with every agent whose answer looks the same."""
        variables = self.variables(agent)
        sizes = [0 if isinstance(cell, bytes) else agent.number(cell, t).bit_length() // 8 + 1 for _, cell in variables]
        signature = (*(cell for _, cell in variables), *sizes)
        layout = self.layouts.get(signature)
        if layout is None:
            if len(self.layouts) >= MOST_SHARED_LAYOUTS:
                self.layouts.clear()
            layout = self.layouts[signature] = lay_out(self.request, variables, sizes, id_size=id_size)
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
            return self._answer_in_full(agent, datagram, 0, t)
        key = datagram[: at + 1] + datagram[stop:]  # the length of the request-id stays in it
        programs = self._programs.get(agent.view)
        program = None if programs is None else programs.get(key)
        if program is None:
            return self._answer_in_full(agent, datagram, at, t)
        request_id = datagram[at + 1 : stop]
        layout = agent.layouts.get(program)
        if layout is not None:
            try:
                return layout.fill(request_id, agent.flows, t=t, up=t - agent.boot)
            except OverflowError:  # a number needs an octet more, or one less
                self.counts["laid_out_anew"] += 1
        return _lay_out_anew(agent, program, request_id, t)

    def _answer_in_full(self, agent: Agent, datagram: bytes, at: int, t: float) -> bytes | None:
        """Decode everything. `at` is where the request-id's length seems to stand; it is believed only if it fits."""
        try:
            header = decode_header(datagram)
            request = decode_body(datagram, header)
            if request.community not in self._communities:
                self.counts["wrong_community"] += 1
                return None
            variables = list(_variables(agent, request))
        except Malformed:
            self.counts["malformed"] += 1
            return None
        request_id = datagram[at + 1 : header.at]
        regular = datagram[at] == len(request_id) == 4 or ber.integer(request.request_id)[2:] == request_id
        if not regular or datagram[at - 1] != ber.INTEGER:
            self.counts["odd_lengths"] += 1
            request_id, at = ber.integer(request.request_id)[2:], 0
        if request.version == Version.V1:
            refused = _first_refused(variables)
            if refused is not None:
                return _error(request, request_id, NO_SUCH_NAME_STATUS, refused + 1)
        if request.pdu_type == PduType.GET and at:
            key = datagram[: at + 1] + datagram[header.at :]
            return _lay_out_anew(agent, self._remember(agent, key, request), request_id, t)
        if request.pdu_type == PduType.GET_BULK:
            variables = _fitting(agent, variables, t)
        return _sendable(agent, request, request_id, respond(request, request_id, _varbinds(agent, variables, t)))

    def _remember(self, agent: Agent, key: bytes, request: Message) -> Program:
        programs = self._programs.setdefault(agent.view, {})
        if len(programs) >= MOST_PROGRAMS:
            programs.clear()
        program = programs[key] = Program(request, agent.view)
        return program


def _lay_out_anew(agent: Agent, program: Program, request_id: bytes, t: float) -> bytes:
    """Answer a GET for the first time, or after something fixed has changed; remember how, where that is possible."""
    request = program.request
    try:
        layout = program.layout(agent, t, id_size=len(request_id))
        response = layout.fill(request_id, agent.flows, t=t, up=t - agent.boot)
    except OverflowError:
        body = _varbinds(agent, program.variables(agent), t)
        return _sendable(agent, request, request_id, respond(request, request_id, body))
    if len(response) <= agent.largest_message:
        if len(agent.layouts) >= MOST_LAYOUTS:
            agent.layouts.clear()
        agent.layouts[program] = layout
    return _sendable(agent, request, request_id, response)


def _sendable(agent: Agent, request: Message, request_id: bytes, response: bytes) -> bytes:
    """The response, or tooBig where it is more than the agent can send."""
    return response if len(response) <= agent.largest_message else _error(request, request_id, TOO_BIG_STATUS, 0)


def _request_id(datagram: bytes) -> int:
    """The offset of the request-id's length octet. IndexError when the datagram is too short to have one."""
    at = 5 if datagram[1] < 0x80 else 5 + (datagram[1] & 0x7F)  # over the version, which is one octet
    at += 2 + datagram[at + 1]  # over the community
    return at + 3 if datagram[at + 1] < 0x80 else at + 3 + (datagram[at + 1] & 0x7F)


def _error(request: Message, request_id: bytes, status: int, index: int) -> bytes:
    """An error response. tooBig comes without variables (RFC 3416 section 4.2.1), except in SNMPv1."""
    if status == TOO_BIG_STATUS and request.version != Version.V1:
        return respond(request, request_id, b"", status=status)
    names = (ber.tlv(ber.OBJECT_ID, varbind.oid) + NULL_VALUE for varbind in request.varbinds)
    body = b"".join(ber.tlv(ber.SEQUENCE, name) for name in names)
    return respond(request, request_id, body, status=status, index=index)


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
            yield varbind.oid, _cell(agent, varbind.oid, where)
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


def _cell(agent: Agent, name: bytes, where: int | bytes) -> Cell:
    """The value of an object of the view; of one that is not, what it is in passing, or the exception."""
    return agent.cell(where) if isinstance(where, int) else agent.passing().value(name) or where


def _behind(agent: Agent, name: bytes, *, version: Version) -> Variable:
    """The next object; SNMPv1 steps over Counter64 (RFC 3584 section 4.2.2.1)."""
    view, passing = agent.view, agent.passing()
    between = passing.view.after(name) if passing.values else 0
    for position in range(view.after(name), len(view)):
        if between < len(passing.values) and passing.view.arcs[between] < view.arcs[position]:
            break
        cell = agent.cell(position)
        syntax = cell[0] if isinstance(cell, bytes) else cell.syntax
        if version != Version.V1 or syntax != ber.COUNTER64:
            return view.names[position], cell
    if between < len(passing.values):
        return passing.view.names[between], passing.values[between]
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
