"""The one place where requests meet their replies. Targets and templates in, values or typed errors out.

A reply counts only when peer, request-id, version, community, PDU type and objects all match. Everything else that
arrives is counted and changes nothing: it neither ends a wait nor shortens it. A retry repeats the request-id, so an
agent slower than the timeout is still read. Every request ends in one `Outcome`, every other datagram in one.
"""

import asyncio
import os
import time
from math import inf

from netwatch.snmp import ber
from netwatch.snmp.binding import Binding
from netwatch.snmp.errors import (
    NO_SUCH_NAME_STATUS,
    TOO_BIG_STATUS,
    ErrorStatus,
    Malformed,
    NoSuchName,
    Outcome,
    Overdue,
    Refused,
    SendFailed,
    SnmpError,
    Timeout,
    TooBig,
)
from netwatch.snmp.layout import Interned, LayoutSlot, learn
from netwatch.snmp.message import Header, Message, PduType, Version, decode_body, decode_header, request_id_at
from netwatch.snmp.recent import Recent
from netwatch.snmp.request import Question, Reply, Request, Sealing
from netwatch.snmp.security import Again, Opened, Security, Sent
from netwatch.snmp.target import Target, Way
from netwatch.snmp.template import Template
from netwatch.snmp.usm import LONG_SEQUENCE
from netwatch.snmp.wheel import SLOT_S, Wheel

monotonic = time.monotonic
GIVEN_UP = frozenset({Outcome.TIMEOUT, Outcome.REFUSED, Outcome.CANCELLED, Outcome.SEND_FAILED})
VERSION_3 = b"\x02\x01\x03"  # msgVersion, encoded
OK, V3 = Outcome.OK, Version.V3  # what every request looks up


class Mux:
    """All requests of the process, over one socket per `Way`. Make and close it where an event loop runs.

    `outcomes` counts every request ended and every datagram dropped; all values are there from the start.
    """

    def __init__(self) -> None:
        self.outcomes = dict.fromkeys(Outcome, 0)
        self._loop = asyncio.get_running_loop()  # asked once: it costs a system call
        self._waiting: dict[bytes, Request] = {}
        self._recent = Recent()
        self._wheel: Wheel[bytes] = Wheel(self._unanswered)
        self._bindings: dict[Way, Binding] = {}
        self._interned = Interned()
        self._ids: list[bytes] = []  # what `_key` gives out next
        self._security = Security(self._key, self._recent)

    async def get(
        self,
        target: Target,
        template: Template,
        slot: LayoutSlot | None = None,
        *,
        retries: int | None = None,
        until_s: float = inf,
    ) -> Reply:
        """Ask for a template's values. `slot` makes the next reply of this device cheap to read.

        Raises Timeout, TooBig, NoSuchName, ErrorStatus, Refused, SendFailed or, where time.monotonic() has come to
        `until_s`, Overdue. `retries` overrides the target's.
        """
        request = Request(self._key(), target, template, retries)
        request.until_s = until_s
        if target.version is V3:
            request.slot = slot
            request.sealing = Sealing(template.pdu(request.key))
            reply = await self._exchange(request)
            assert isinstance(reply, Reply)
            return reply
        if slot is not None:
            request.slot = slot
            request.layout = slot.layout(target.credentials)
        request.datagram = template.encode(target.credentials, request.key)
        reply = await self._exchange(request)
        assert isinstance(reply, Reply)
        return reply

    async def ask(
        self, target: Target, question: Question, *, retries: int | None = None, until_s: float = inf
    ) -> Message:
        """Ask a question written out. Raises as `get` does."""
        request = Request(self._key(), target, question, retries)
        request.until_s = until_s
        octets = question.encode(target.version, target.community, int.from_bytes(request.key, "big"))
        if target.version is V3:
            request.sealing = Sealing(octets)
        else:
            request.datagram = octets
        message = await self._exchange(request)
        assert isinstance(message, Message)
        return message

    @property
    def in_flight(self) -> int:
        """Requests that wait for their reply."""
        return len(self._waiting)

    @property
    def receive_buffers(self) -> dict[Way, int]:
        """Octets of receive buffer the kernel granted each open socket (it doubles what it grants)."""
        return {way: binding.receive_buffer for way, binding in self._bindings.items()}

    @property
    def socket_errors(self) -> int:
        """Sends and receives the kernel refused without telling a request."""
        return sum(binding.errors for binding in self._bindings.values())

    def close(self) -> None:
        """Close the sockets. Whoever still waits gets SendFailed."""
        for request in list(self._waiting.values()):
            self._fail(request, SendFailed("the manager is closing"))
        self._wheel.close()
        for binding in self._bindings.values():
            binding.close()
        self._bindings.clear()

    async def _exchange(self, request: Request) -> Reply | Message:
        if request.until_s <= monotonic():
            self.outcomes[Outcome.CANCELLED] += 1
            raise Overdue("the deadline came first")
        request.future = self._loop.create_future()
        try:
            self._send(request)
        except OSError as error:
            self.outcomes[Outcome.SEND_FAILED] += 1
            if request.sealing is not None:
                self._security.forget(request, answered=False)
            raise SendFailed(error.strerror or str(error)) from error
        self._waiting[request.key] = request
        try:
            return await request.future
        except asyncio.CancelledError:
            if self._waiting.get(request.key) is request:
                self._over(request, Outcome.CANCELLED)
            elif not request.future.cancelled():
                request.future.exception()  # it ended as the caller left; asyncio wants the error looked at
            raise
        finally:
            del request.future  # an error's traceback leads to the request, and would lead back to the error by this

    def _key(self) -> bytes:
        """Four octets of a request-id that no request bears or has lately borne (the wheel still turns for those)."""
        while not self._ids:  # which hold none twice, and nothing gets in the way of one but those before it
            self._ids = [key for key in random_ids() if not self._is_taken(key)]
        return self._ids.pop()

    def _is_taken(self, key: bytes) -> bool:
        return key in self._waiting or key in self._recent or key in self._security

    def _send(self, request: Request) -> None:
        """Send, and start waiting. OSError when the kernel refuses, or the socket cannot be opened."""
        target = request.target
        binding = self._bindings.get(target.way)
        if binding is None:
            binding = self._bindings[target.way] = Binding(target.way, self._received)
        request.sent_s = monotonic()
        if request.attempts == 0:
            request.first_sent_s = request.sent_s
        if request.sealing is not None:
            request.sealing.attempt(request.sent_s)
            request.datagram = self._security.seal(request, request.sent_s)
        binding.send(request.datagram, target.peer)
        request.attempts += 1
        self._wheel.put(request.key, min(target.timeout_s, request.until_s - request.sent_s))

    def _send_again(self, again: Again, now_s: float) -> None:
        """An agent's Report was no answer, but tells how to ask. What it proved gives the agent its whole time anew."""
        request, sealing = again.sent.request, again.sent.request.sealing
        assert sealing is not None
        self.outcomes[again.outcome] += 1
        if again.outcome is Outcome.TIME_SYNCHRONIZATION or not request.target.engine.id:
            sealing.waits_from_s = now_s
        try:
            datagram = self._security.seal(request, now_s, again.engine)
            self._bindings[request.target.way].send(datagram, request.target.peer)
        except OSError as error:
            self._fail(request, SendFailed(error.strerror or str(error)))

    def _unanswered(self, key: bytes) -> None:
        """A request's time is over: repeat it as it was, or give it up. Most are long answered."""
        request = self._waiting.get(key)
        if request is None:
            return
        self._bindings[request.target.way].read()  # what came while we were busy elsewhere is no silence
        if key not in self._waiting:
            return
        sealing, now_s = request.sealing, monotonic()
        if now_s >= request.until_s - SLOT_S:
            self._fail(request, Overdue("the deadline came first"))
            return
        if sealing is not None and (rest_s := sealing.waits_from_s + request.target.timeout_s - now_s) > SLOT_S:
            self._wheel.put(key, min(rest_s, request.until_s - now_s))
            return
        if request.left == 0:
            silence = f"no answer to {request.attempts} requests"
            if sealing is not None and sealing.claim:
                self._fail(request, Refused(f"{silence}, but somebody reports {sealing.claim}"))
            else:
                self._fail(request, Timeout(silence))
            return
        request.left -= 1
        try:
            self._send(request)
        except OSError as error:
            self._fail(request, SendFailed(error.strerror or str(error)))

    def _over(self, request: Request, outcome: Outcome) -> None:
        """The request ends here, under this outcome."""
        self.outcomes[outcome] += 1
        self._waiting.pop(request.key, None)
        if request.sealing is not None:
            self._security.forget(request, answered=outcome not in GIVEN_UP)
        else:
            self._recent.add(request.key, request.target, answered=outcome not in GIVEN_UP)

    def _fail(self, request: Request, error: SnmpError) -> None:
        self._over(request, error.outcome)
        if not request.future.done():
            request.future.set_exception(error)

    def _received(self, data: bytes, peer: tuple[str, int]) -> None:
        """A datagram. At a glance first: known request, right peer, laid out as this device's last reply."""
        received_s = monotonic()
        is_secured = data.startswith(VERSION_3, 4) if data.startswith(LONG_SEQUENCE) else _is_version_3(data)
        request = None if is_secured else self._glance(data)
        if request is not None and request.layout is not None and request.target.accepts(peer[0], peer[1]):
            values = request.layout.read(data)
            if values is not None and not request.future.done():
                wrong_type = request.layout.wrong_type
                self._over(request, OK)
                request.future.set_result(request.reply(values, received_s, wrong_type, len(data)))
                return
        try:
            outcome = (self._judge_secured if is_secured else self._judge)(data, peer, received_s)
        except Malformed as error:
            outcome = error.outcome
        if outcome is not None:
            self.outcomes[outcome] += 1

    def _judge_secured(self, data: bytes, peer: tuple[str, int], received_s: float) -> Outcome | None:
        """As `_judge`, for SNMPv3: nothing is read before it is verified."""
        glanced = self._security.glance(data, peer, received_s)
        if glanced is not None:
            return self._answer(*glanced, received_s, len(data))
        opened = self._security.open(data, peer, received_s)
        if isinstance(opened, Opened):
            return self._answer(*opened, received_s, len(data))
        if isinstance(opened, Again):
            self._send_again(opened, received_s)
            return None
        return opened

    def _answer(self, sent: Sent, octets: bytes, received_s: float, size: int) -> Outcome | None:
        """What a verified message is worth."""
        request, slot = sent.request, sent.request.slot
        request.sent_s = request.first_sent_s = sent.at_s  # the msgID tells which of them was answered
        layout = slot.layout(sent.context) if slot is not None else None
        if layout is not None and (values := layout.read(octets)) is not None:
            self._security.prove(sent, received_s)
            self._end(request, request.reply(values, received_s, layout.wrong_type, size))
            return None
        try:
            header = self._security.read(sent, octets, received_s)
        except Refused as refusal:
            self._fail(request, refusal)
            return None
        if isinstance(header, Outcome):
            return header
        if isinstance(header, Again):
            self._send_again(header, received_s)
            return None
        return self._conclude(octets, header, request, received_s, sent.context)

    def _conclude(
        self, data: bytes, header: Header, request: Request, received_s: float, vouched: bytes
    ) -> Outcome | None:
        """End a request by the PDU that answers it. `vouched` is what a layout of it is good for."""
        error = _error(data, header)
        if error is not None:
            self._fail(request, error)
            return None
        answer = self._read(data, header, request, received_s, vouched)
        if answer is None:
            return Outcome.WRONG_OIDS
        self._end(request, answer)
        return None

    def _end(self, request: Request, answer: Reply | Message) -> None:
        self._over(request, OK)
        request.future.set_result(answer)

    def _glance(self, data: bytes) -> Request | None:
        """The request whose id stands where the headers say; what they say has not been checked."""
        at = request_id_at(data)
        return None if at is None else self._waiting.get(data[at : at + 4])

    def _judge(self, data: bytes, peer: tuple[str, int], received_s: float) -> Outcome | None:
        """Read strictly. None when the datagram ended its request (counted there), else why it is dropped."""
        header = decode_header(data)
        key = header.request_id.to_bytes(4, "big", signed=True)
        request = self._waiting.get(key)
        if request is None:
            return self._recent.classify(key, peer[0], peer[1])
        mismatch = _mismatch(header, request.target, peer)
        if mismatch is not None:
            return mismatch
        if request.future.done():
            return Outcome.LATE  # the caller has left and not yet been told
        return self._conclude(data, header, request, received_s, request.target.credentials)

    def _read(
        self, data: bytes, header: Header, request: Request, received_s: float, vouched: bytes
    ) -> Reply | Message | None:
        """The answer of a reply without error-status; None when it is about other objects."""
        what = request.what
        if isinstance(what, Question):
            return what.read(data, header)
        at = _after_errors(data, header)
        decoded = what.decode(data, at, header.end)
        if request.slot is not None:
            layout = learn(data, header.at - len(request.key), decoded, self._interned)
            request.slot.learn(vouched, layout)
        return request.reply(decoded.values, received_s, decoded.wrong_type, len(data))


def _is_version_3(data: bytes) -> bool:
    """Whether msgVersion, where the header says it stands, is 3."""
    return data.startswith(VERSION_3, 2 if len(data) < 2 or data[1] < 0x80 else 2 + (data[1] & 0x7F))


def _mismatch(header: Header, target: Target, peer: tuple[str, int]) -> Outcome | None:
    """Why a datagram that bears a waiting request's id is not its reply."""
    if not target.accepts(peer[0], peer[1]):
        return Outcome.FOREIGN_ADDRESS
    if header.version != target.version:
        return Outcome.WRONG_VERSION
    if header.community != target.community:
        return Outcome.WRONG_COMMUNITY
    if header.pdu_type is not PduType.RESPONSE:
        return Outcome.WRONG_PDU
    return None


def _after_errors(data: bytes, header: Header) -> int:
    """The offset after error-status and error-index."""
    _, at = ber.read_integer(data, header.at, header.end)
    _, at = ber.read_integer(data, at, header.end)
    return at


def _error(data: bytes, header: Header) -> SnmpError | None:
    """What a non-zero error-status means. Its variables may be any (RFC 1157 and RFC 3416 differ), but well-formed."""
    status, _ = ber.read_integer(data, header.at, header.end)
    if status == 0:
        return None
    message = decode_body(data, header)
    if status == TOO_BIG_STATUS:
        return TooBig("the agent's reply would not fit")
    if status == NO_SUCH_NAME_STATUS:
        return NoSuchName(message.error_index)
    return ErrorStatus(status, message.error_index)


def random_ids() -> set[bytes]:
    """Request-ids as their four octets: unpredictable, positive, and of four octets in the shortest spelling too."""
    pool = os.urandom(4096)
    return {pool[at : at + 4] for at in range(0, len(pool), 4) if 0 < pool[at] < 0x80}
