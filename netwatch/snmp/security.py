"""The SNMPv3 half of the mux: requests in, sealed datagrams out; datagrams in, verified octets or a verdict out.

Here it is decided what may be believed (RFC 3412 section 7.2, RFC 3414 section 3.2): a response that bears the digest,
level, engine, user, context and window of what was asked. Reports are the way in, and the weak place: one that nobody
signed can name an engine, which then has to prove itself by the user's keys, and nothing more. It neither moves time
nor ends a wait. An authenticated Report answers the random msgID of a request of ours, so it may even set time back.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from netwatch.snmp import ber, usm
from netwatch.snmp.engine import RemoteEngine
from netwatch.snmp.errors import (
    Malformed,
    NotInTimeWindow,
    Outcome,
    Refused,
    WrongContext,
    WrongEngine,
    WrongSecurityLevel,
    WrongUser,
)
from netwatch.snmp.keys import KeyRing, Keys
from netwatch.snmp.message import Header, PduType, decode_body, decode_pdu_header
from netwatch.snmp.recent import Recent
from netwatch.snmp.request import Request, Sealing

MOST_PROBES: Final = 4  # engines that Reports may name in one attempt, each of which costs a datagram
MOST_SYNCHRONIZATIONS: Final = 2  # of one attempt: the first contact, and a reboot right after it
REPORTS: Final = {  # usmStats (RFC 3414), snmpMPDStats (RFC 3412) and the contexts of RFC 3413
    "1.3.6.1.6.3.15.1.1.1.0": "unsupportedSecLevels",
    "1.3.6.1.6.3.15.1.1.2.0": "notInTimeWindows",
    "1.3.6.1.6.3.15.1.1.3.0": "unknownUserNames",
    "1.3.6.1.6.3.15.1.1.4.0": "unknownEngineIDs",
    "1.3.6.1.6.3.15.1.1.5.0": "wrongDigests",
    "1.3.6.1.6.3.15.1.1.6.0": "decryptionErrors",
    "1.3.6.1.6.3.11.2.1.1.0": "unknownSecurityModels",
    "1.3.6.1.6.3.11.2.1.2.0": "invalidMsgs",
    "1.3.6.1.6.3.11.2.1.3.0": "unknownPDUHandlers",
    "1.3.6.1.6.3.12.1.4.0": "unavailableContexts",
    "1.3.6.1.6.3.12.1.5.0": "unknownContexts",
}
_TITLES: Final = {ber.oid_content(oid): title for oid, title in REPORTS.items()}
NOT_IN_TIME: Final = "notInTimeWindows"


class Sent(NamedTuple):
    """One datagram that may be answered."""

    request: Request
    engine: RemoteEngine  # the target's, or one that has still to prove itself
    keys: Keys | None  # None in a discovery
    context: bytes
    at_s: float


class Opened(NamedTuple):
    """The octets of a ScopedPDU that is what it claims to be."""

    sent: Sent
    octets: bytes


class Again(NamedTuple):
    """A Report: ask again at once, of this engine."""

    sent: Sent
    engine: RemoteEngine
    outcome: Outcome  # how the Report is counted


class Security:
    """Seals and opens. `new_id` gives four octets that no message in flight bears; `recent` knows those that did."""

    def __init__(self, new_id: Callable[[], bytes], recent: Recent) -> None:
        self._new_id = new_id
        self._recent = recent
        self._sent: dict[bytes, Sent] = {}
        self._ring = KeyRing()

    def __contains__(self, message_id: bytes) -> bool:
        return message_id in self._sent

    def seal(self, request: Request, now_s: float, engine: RemoteEngine | None = None) -> bytes:
        """The datagram that asks for the request's PDU, or for the engine's id where that is not known."""
        target, sealing = request.target, request.sealing
        assert sealing is not None
        assert target.user is not None
        engine = engine or target.engine
        message_id = self._new_id()
        sealing.message_ids.append(message_id)
        if not engine.id:
            self._sent[message_id] = Sent(request, engine, None, b"", now_s)
            return usm.discovery(message_id, request.key)
        keys = engine.keys
        if keys is None or keys.owner is not target.user or keys.engine_id != engine.id:
            keys = engine.keys = self._ring.keys(target.user, engine.id)
            engine.context = usm.context(target.context_engine_id or engine.id, target.context)
            engine.glance = None
        boots, time_s = engine.now(now_s) if keys.level else (0, 0)
        self._sent[message_id] = Sent(request, engine, keys, engine.context, now_s)
        stamp = usm.Stamp(message_id, boots, time_s, keys.level)
        return usm.seal(usm.scope(engine.context, sealing.pdu), stamp, keys)

    def forget(self, request: Request, *, answered: bool) -> None:
        """The request is over: what comes for it now is late or a duplicate."""
        assert request.sealing is not None
        for message_id in request.sealing.message_ids:
            del self._sent[message_id]
            self._recent.add(message_id, request.target, answered=answered)

    def glance(self, data: bytes, peer: tuple[str, int], now_s: float) -> tuple[Sent, bytes] | None:
        """What `open` would open, where it is laid out as what this engine said before; None where that is to judge."""
        sent = self._sent.get(data[usm.MESSAGE_ID])
        if sent is None:
            return None
        request, engine, keys, _, _ = sent
        glance = engine.glance
        if glance is None or glance.keys is not keys or request.future.done():
            return None
        if not request.target.accepts(peer[0], peer[1]):
            return None
        opened = glance.open(data)
        if opened is None or not engine.take(opened[0], opened[1], now_s):
            return None
        return sent, opened[2]

    def open(self, data: bytes, peer: tuple[str, int], now_s: float) -> Opened | Again | Outcome:
        """Judge a datagram of SNMPv3. Malformed, and what stands below it, where it is dropped for that.

        What is so opened teaches how to open the next one at a glance.
        """
        envelope = usm.parse(data)
        message_id = envelope.message_id.to_bytes(4, "big")
        sent = self._sent.get(message_id)
        if sent is None:
            return self._recent.classify(message_id, peer[0], peer[1])
        if not sent.request.target.accepts(peer[0], peer[1]):
            return Outcome.FOREIGN_ADDRESS
        if sent.request.future.done():
            return Outcome.LATE  # the caller has left and not yet been told
        keys = sent.keys
        if keys is None or envelope.level < keys.level:
            return self._less(data, envelope, sent, now_s)
        octets = _unsealed(data, envelope, keys)
        if not keys.level or sent.engine.take(envelope.boots, envelope.time_s, now_s):
            sent.engine.glance = usm.glance(data, envelope, keys)
            return Opened(sent, octets)
        _, header = _header(octets)
        if header.pdu_type is PduType.REPORT and _title(octets, header) == NOT_IN_TIME:
            return self._synchronize(sent, envelope, now_s)
        raise NotInTimeWindow(f"boots {envelope.boots}, time {envelope.time_s}")

    def read(self, sent: Sent, octets: bytes, now_s: float) -> Header | Again | Outcome:
        """Read an opened message up to its request-id, which is the one asked. Refused: an authenticated Report."""
        scoped, header = _header(octets)
        assert sent.keys is not None
        if header.pdu_type is PduType.REPORT:
            return self._reported(sent, _title(octets, header), now_s)
        if not octets.startswith(sent.context, scoped.pdu_at - len(sent.context)):
            raise WrongContext("another context than the one asked")
        if header.pdu_type is not PduType.RESPONSE:
            return Outcome.WRONG_PDU
        if header.request_id.to_bytes(4, "big", signed=True) != sent.request.key:
            return Outcome.UNKNOWN_REQUEST
        self.prove(sent, now_s)
        return header

    def prove(self, sent: Sent, now_s: float) -> None:
        """The engine answered as only it can: it is the one at this address."""
        engine = sent.request.target.engine
        if sent.engine is not engine:
            engine.adopt(sent.engine, now_s)

    def _reported(self, sent: Sent, title: str, now_s: float) -> Again | Outcome:
        """A Report at the level that was asked; where that is noAuthNoPriv, anybody may have sent it."""
        assert sent.keys is not None
        sealing = _sealing(sent)
        if not sent.keys.level:
            sealing.claim = title
            return Outcome.UNAUTHENTICATED_REPORT
        self.prove(sent, now_s)
        if title == NOT_IN_TIME:
            return self._ask_in_time(sent)
        raise Refused(f"the agent reports {title}")

    def _less(self, data: bytes, envelope: usm.Envelope, sent: Sent, now_s: float) -> Again | Outcome:
        """A message of a lower level than the request: only Reports may be that."""
        if sent.keys is None and envelope.level:
            raise WrongSecurityLevel(f"{envelope.level.title} in answer to a discovery")
        if sent.keys is not None and envelope.level:  # authNoPriv where authPriv was asked
            octets = _unsealed(data, envelope, sent.keys)
            _, header = _header(octets)
            if header.pdu_type is not PduType.REPORT:
                raise WrongSecurityLevel("a response in plain text")
            title = _title(octets, header)
            if title == NOT_IN_TIME:
                return self._synchronize(sent, envelope, now_s)
            self.prove(sent, now_s)
            raise Refused(f"the agent reports {title}")
        octets = data[envelope.data_at : envelope.end]
        _, header = _header(octets)
        if header.pdu_type is not PduType.REPORT:
            raise WrongSecurityLevel("a response that nobody signed")
        return self._unauthenticated(sent, envelope, _title(octets, header))

    def _unauthenticated(self, sent: Sent, envelope: usm.Envelope, title: str) -> Again | Outcome:
        """A Report that may be anybody's. It may name an engine to be tried, in a discovery whatever it is about."""
        sealing, named = _sealing(sent), envelope.engine_id
        if sent.keys is not None and title != "unknownEngineIDs":
            sealing.claim = title
            return Outcome.UNAUTHENTICATED_REPORT
        if len(named) < usm.SHORTEST_ENGINE_ID or named in (sent.engine.id, sent.request.target.engine.id):
            return Outcome.UNAUTHENTICATED_REPORT
        if named in sealing.probed or len(sealing.probed) == MOST_PROBES:
            return Outcome.UNAUTHENTICATED_REPORT
        sealing.probed += (named,)
        return Again(sent, RemoteEngine(named), Outcome.ENGINE_DISCOVERY)

    def _synchronize(self, sent: Sent, envelope: usm.Envelope, now_s: float) -> Again | Outcome:
        """An authenticated Report that the request was out of the agent's time window: now we know its clock."""
        sent.engine.resynchronize(envelope.boots, envelope.time_s, now_s)
        self.prove(sent, now_s)
        return self._ask_in_time(sent)

    def _ask_in_time(self, sent: Sent) -> Again | Outcome:
        sealing = _sealing(sent)
        if sealing.synchronizations == MOST_SYNCHRONIZATIONS:
            sealing.claim = NOT_IN_TIME
            return Outcome.TIME_SYNCHRONIZATION
        sealing.synchronizations += 1
        return Again(sent, sent.request.target.engine, Outcome.TIME_SYNCHRONIZATION)


def _sealing(sent: Sent) -> Sealing:
    assert sent.request.sealing is not None
    return sent.request.sealing


def _unsealed(data: bytes, envelope: usm.Envelope, keys: Keys) -> bytes:
    """The octets of a message by the engine and the user that were asked."""
    if envelope.level > keys.level:
        raise WrongSecurityLevel(f"{envelope.level.title} in answer to {keys.level.title}")
    if envelope.engine_id != keys.engine_id:
        raise WrongEngine("another engine than the one asked")
    if envelope.user != keys.user:
        raise WrongUser("another user than the one who asked")
    return usm.unseal(data, envelope, keys)


def _header(octets: bytes) -> tuple[usm.Scoped, Header]:
    scoped = usm.read_scoped(octets)
    return scoped, decode_pdu_header(octets, scoped.pdu_at, scoped.end)


def _title(octets: bytes, header: Header) -> str:
    """What a Report is about."""
    varbinds = decode_body(octets, header).varbinds
    if not varbinds:
        raise Malformed("a Report about nothing")
    return _TITLES.get(varbinds[0].oid, "something unknown")
