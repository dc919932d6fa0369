"""SNMPv3 notifications: a datagram in, what it tells out, once it is proven who says so and that it says so now.

Of a trap its sender is the authoritative engine (RFC 3412 section 7.2, RFC 3414 section 1.5.1): it must be the engine
that polling has proven, its digest must be that of the user's key, and its boots and time must be in that engine's
window. Of an inform we are: whoever asks is told our engine's id and time, and what is signed for another time is not
taken. A message that was taken once is not taken again. Nothing here moves what polling holds true of an engine.
"""

import socket
from collections.abc import Mapping
from hashlib import blake2b
from typing import Final, NamedTuple

from netwatch.snmp import ber, usm
from netwatch.snmp.engine import LATCHED_BOOTS, WINDOW_S, RemoteEngine
from netwatch.snmp.errors import (
    Insecure,
    NotInTimeWindow,
    WrongDigest,
    WrongEngine,
    WrongPdu,
    WrongSecurityLevel,
    WrongUser,
)
from netwatch.snmp.keys import KeyRing, Keys, Level, User
from netwatch.snmp.trap import Notification, TrapType, read_notification, response_pdu

REPORT: Final = 0xA8
NOT_IN_TIME_WINDOWS, UNKNOWN_ENGINE_IDS = 2, 4  # usmStats
GENERATION = 20_000  # at least so many of the last messages are remembered, at most twice as many
BOOT_S = 60.0  # our boots are the minutes since 1970: they grow with every start, and need no file


class Sender(NamedTuple):
    """Who may send: the user as which the device is asked, and its engine as polling has proven it."""

    user: User
    engine: RemoteEngine


class Said(NamedTuple):
    """What was read. `told` None: only our engine's id or time was asked for. `answer` goes back to the sender."""

    senders: tuple[str, ...]  # by the names they were given under
    told: Notification | None
    answer: bytes | None


class OwnEngine:
    """The engine that informs are sent to. Times are monotonic but for `started_wall_s`."""

    def __init__(self, name: str, *, started_s: float, started_wall_s: float) -> None:
        # RFC 3411, SnmpEngineID: no enterprise of our own, octets
        self.id = b"\x80\0\0\0\x05" + blake2b(name.encode(), digest_size=8).digest()
        self.boots = int(started_wall_s // BOOT_S) & 0x7FFFFFF
        self._started_s = started_s

    def time_s(self, now_s: float) -> int:
        return max(0, int(now_s - self._started_s))


class ReplayedError(NotInTimeWindow):
    """An authentic message that was taken before."""


class SignedTraps:
    """Reads what is addressed to us by SNMPv3."""

    def __init__(self, own: OwnEngine) -> None:
        self._own = own
        self._ring = KeyRing()
        self._young: set[bytes] = set()  # digests of what was taken
        self._old: set[bytes] = set()

    def read(self, datagram: bytes, senders: Mapping[str, Sender], now_s: float) -> Said:
        """Malformed, or one of Insecure, when it is not to be believed.

        `senders` are those that may stand at the address it came from, by any name.
        """
        envelope = usm.parse(datagram)
        if not envelope.engine_id and envelope.reportable:
            return Said((), None, self._report(UNKNOWN_ENGINE_IDS, envelope, Keys(None, self._own.id), now_s))
        if envelope.engine_id == self._own.id:
            return self._inform(datagram, envelope, senders, now_s)
        return self._trap(datagram, envelope, senders, now_s)

    def _trap(self, datagram: bytes, envelope: usm.Envelope, senders: Mapping[str, Sender], now_s: float) -> Said:
        known = {name: one for name, one in senders.items() if one.engine.id == envelope.engine_id}
        if not known:
            raise WrongEngine("an engine that none of its devices has proven to be")
        names, keys, octets = self._opened(datagram, envelope, known)
        fitting = tuple(name for name in names if _is_in_time(known[name].engine, envelope, now_s))
        if not fitting:
            raise NotInTimeWindow("a trap of another time")
        scoped = usm.read_scoped(octets)
        told = read_notification(octets, scoped.pdu_at, scoped.end)
        if told.type is not TrapType.V2_TRAP:
            raise WrongPdu("what is to be answered must be addressed to us")
        self._take(keys, envelope)
        return Said(fitting, told, None)

    def _inform(self, datagram: bytes, envelope: usm.Envelope, senders: Mapping[str, Sender], now_s: float) -> Said:
        own = self._own
        names, keys, octets = self._opened(datagram, envelope, senders)
        late_s = abs(envelope.time_s - own.time_s(now_s))
        if keys.level and (envelope.boots != own.boots or late_s > WINDOW_S):
            if not envelope.reportable:
                raise NotInTimeWindow("an inform of another time")
            return Said(names, None, self._report(NOT_IN_TIME_WINDOWS, envelope, keys, now_s))
        scoped = usm.read_scoped(octets)
        told = read_notification(octets, scoped.pdu_at, scoped.end)
        if not told.wants_answer:
            raise WrongPdu("a trap is its sender's own")
        self._take(keys, envelope)
        inside = usm.scope(usm.context(scoped.engine_id, scoped.name), response_pdu(told))
        return Said(names, told, usm.seal(inside, self._stamp(envelope, keys.level, now_s), keys))

    def _opened(
        self, datagram: bytes, envelope: usm.Envelope, senders: Mapping[str, Sender]
    ) -> tuple[tuple[str, ...], Keys, bytes]:
        """Whose key it bears, that key, and the octets of the scoped PDU."""
        users: dict[User, list[str]] = {}
        for name, one in senders.items():
            if one.user.name == envelope.user:
                users.setdefault(one.user, []).append(name)
        if not users:
            raise WrongUser("a user that its devices are not asked by")
        failure: Insecure = WrongSecurityLevel(f"{envelope.level.title} is not how its devices are asked")
        for user, names in users.items():
            if envelope.level is not user.level:
                continue
            keys = self._ring.keys(user, envelope.engine_id)
            try:
                return tuple(names), keys, usm.unseal(datagram, envelope, keys)
            except WrongDigest as error:
                failure = error  # devices behind one address may have users of one name
        raise failure

    def _take(self, keys: Keys, envelope: usm.Envelope) -> None:
        """Once. Without authentication every copy is as good as the first."""
        if keys.level is Level.NO_AUTH_NO_PRIV:
            return
        if envelope.digest in self._young or envelope.digest in self._old:
            raise ReplayedError("it was taken before")
        if len(self._young) >= GENERATION:
            self._old, self._young = self._young, set()
        self._young.add(envelope.digest)

    def _stamp(self, envelope: usm.Envelope, level: Level, now_s: float) -> usm.Stamp:
        own = self._own
        message_id = envelope.message_id.to_bytes(4, "big")
        return usm.Stamp(message_id, own.boots, own.time_s(now_s), level, reportable=False)

    def _report(self, about: int, envelope: usm.Envelope, keys: Keys, now_s: float) -> bytes:
        """A Report-PDU (RFC 3412 section 7.1, 3): what was wrong with the message, told with our id and time."""
        level = min(keys.level, Level.AUTH_NO_PRIV)
        bound = ber.tlv(ber.OBJECT_ID, usm.STATS + bytes((about, 0))) + ber.unsigned(1, ber.COUNTER32)
        bindings = ber.tlv(ber.SEQUENCE, ber.tlv(ber.SEQUENCE, bound))
        pdu = ber.tlv(REPORT, ber.integer(0) + ber.integer(0) + ber.integer(0) + bindings)
        inside = usm.scope(usm.context(self._own.id, b""), pdu)
        return usm.seal(inside, self._stamp(envelope, Level(level), now_s), keys)


def _is_in_time(engine: RemoteEngine, envelope: usm.Envelope, now_s: float) -> bool:
    """Whether an authentic trap is of now (RFC 3414 section 3.2, 7b); more boots than known: it has just restarted."""
    if envelope.level is Level.NO_AUTH_NO_PRIV:
        return True
    if not engine.synchronized or envelope.boots == LATCHED_BOOTS:
        return False
    boots, time_s = engine.now(now_s)
    return envelope.boots > boots or (envelope.boots == boots and envelope.time_s >= time_s - WINDOW_S)


def own_name() -> str:
    """What our engine's id is made of: senders of informs keep it."""
    return socket.gethostname()
