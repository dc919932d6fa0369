"""The agent's side of USM, for agents of ours that stand in for real ones: an authoritative engine (RFC 3414).

Made of the same functions as the manager, so it proves nothing about them: net-snmp and pysnmp do that.
"""

import time

from netwatch.snmp import ber, usm
from netwatch.snmp.engine import WINDOW_S
from netwatch.snmp.errors import Malformed, WrongDigest
from netwatch.snmp.keys import KeyRing, Keys, Level
from netwatch.snmp.message import Version, decode_body, decode_pdu_header, encode_pdu
from tests.contract.snmp_agents import Agent

NOT_IN_TIME, UNKNOWN_USER, UNKNOWN_ENGINE, WRONG_DIGEST = 2, 3, 4, 5
NOBODY = b"\x02\x04\0\0\0\0"  # a request-id for Reports about what could not be read


class Engine:
    """One engine with its users, and a clock that tests may turn. Answers datagrams by `respond`, PDU to PDU."""

    def __init__(self, engine_id, users, *, boots=1, time_s=0, ring=None, clock=time.monotonic):  # noqa: TID251 - it is a device
        self.id = engine_id
        self.users = {user.name: user for user in users}
        self.boots = boots
        self.reports = {}  # usmStats by number
        self._ring = KeyRing() if ring is None else ring  # an empty one is false
        self._clock = clock
        self._origin = clock() - time_s

    @property
    def time_s(self):
        return int(self._clock() - self._origin)

    def restart(self, *, boots=None, time_s=0):
        """A boot; or whatever a broken one does to boots and time."""
        self.boots = self.boots + 1 if boots is None else boots
        self._origin = self._clock() - time_s

    def keys(self, user):
        return self._ring.keys(user, self.id)

    def answer(self, datagram, respond):
        """The answer to a datagram: a response, a Report, or None."""
        try:
            envelope = usm.parse(datagram)
        except Malformed:
            return None
        number = envelope.message_id.to_bytes(4, "big")
        user = self.users.get(envelope.user)
        if envelope.engine_id != self.id or user is None:
            return self.report(number, UNKNOWN_ENGINE if envelope.engine_id != self.id else UNKNOWN_USER)
        keys = self.keys(user)
        try:
            octets = usm.unseal(datagram, envelope, keys)
        except WrongDigest:
            return self.report(number, WRONG_DIGEST)
        if envelope.level and (envelope.boots != self.boots or abs(envelope.time_s - self.time_s) > WINDOW_S):
            return self.report(number, NOT_IN_TIME, keys)
        scoped = usm.read_scoped(octets)
        pdu = respond(octets[scoped.pdu_at : scoped.end])
        if pdu is None:
            return None
        context = usm.context(scoped.engine_id, scoped.name)
        return self.seal(number, usm.scope(context, pdu), keys, envelope.level)

    def seal(self, number, scoped, keys, level):
        return usm.seal(scoped, usm.Stamp(number, self.boots, self.time_s, level, reportable=False), keys)

    def report(self, number, stat, keys=None):
        """A Report, authenticated where `keys` are given."""
        self.reports[stat] = self.reports.get(stat, 0) + 1
        name = ber.oid(f"1.3.6.1.6.3.15.1.1.{stat}.0")
        varbind = ber.tlv(ber.SEQUENCE, name + ber.unsigned(self.reports[stat], ber.COUNTER32))
        pdu = ber.tlv(0xA8, NOBODY + b"\x02\x01\0\x02\x01\0" + ber.tlv(ber.SEQUENCE, varbind))
        scoped = usm.scope(usm.context(self.id, b""), pdu)
        if keys is None:
            return self.seal(number, scoped, Keys(None, self.id), Level.NO_AUTH_NO_PRIV)
        return self.seal(number, scoped, keys, Level.AUTH_NO_PRIV)


class SecuredAgent(Agent):
    """The agent of `snmp_agents` behind an engine: SNMPv3 alone. `twist` is as there, with messages of Version.V3."""

    def __init__(self, tree, engine, twist=None):
        super().__init__(tree, twist)
        self.engine = engine
        self.user = next(iter(engine.users.values()))

    def target(self, **changes):
        return super().target(**({"version": Version.V3, "community": b"", "user": self.user} | changes))

    def datagram_received(self, data, peer):
        self.peer = peer
        answer = self.engine.answer(data, self.respond)
        if answer is not None:
            self.send(answer)

    def respond(self, pdu):
        """One PDU for another; None for silence."""
        request = decode_body(pdu, decode_pdu_header(pdu, 0, len(pdu)))
        self.requests.append(request)
        answers = self.twist(self, request, self.answer(request)) if self.twist else [self.answer(request)]
        return encode_pdu(answers[0]) if answers else None
