"""Messages of SNMPv3 with the User-based Security Model (RFC 3412, RFC 3414, RFC 3826): octets to scoped PDUs and back.

Pure: no clock, no socket, no memory. A datagram is read in three steps, and nothing of a step is believed before the
next one has been taken:

    envelope = parse(datagram)                  what it claims: level, engine, boots and time, user, msgID
    keys = ring.keys(user, engine_id)           `keys.KeyRing`: the caller looks up whom and which engine it knows
    octets = unseal(datagram, envelope, keys)   its digest is verified, then it is decrypted: octets of a ScopedPDU
    scoped = read_scoped(octets)                its context, and where in `octets` its PDU lies

Whoever is not the authoritative engine then asks its `engine.RemoteEngine` whether boots and time are in the window.
The other way, `scope` wraps a PDU in its context and `seal` makes the datagram: for requests, and for what an
authoritative engine answers (responses, and Reports with `report`).
"""

from functools import lru_cache
from struct import Struct
from typing import Final, NamedTuple

from netwatch.snmp import ber
from netwatch.snmp.errors import Malformed, Undecipherable, WrongDigest, WrongSecurityLevel, WrongVersion
from netwatch.snmp.keys import LONGEST_USER, Keys, Level, Outline

VERSION_3: Final = 3
TO_MESSAGE_ID: Final = 7  # octets from msgVersion to a msgID of four octets
MESSAGE_ID: Final = slice(4 + TO_MESSAGE_ID, 4 + TO_MESSAGE_ID + 4)  # in a message of LONG_SEQUENCE
TIME_AT: Final = 4 + TO_MESSAGE_ID + 4  # octets before the engine's time, less those from the msgID to it
LONG_SEQUENCE: Final = b"\x30\x82"  # with a length of two octets
SHORTEST_GLANCED: Final = 512
USM: Final = 3  # msgSecurityModel
REPORTABLE: Final = 0x04
MAX_SIZE: Final = 65_507  # the largest UDP payload over IPv4
LARGEST: Final = 0x7FFFFFFF  # of msgID, boots and time
SHORTEST_ENGINE_ID: Final = 5  # RFC 3411 section 5, SnmpEngineID
LONGEST_ENGINE_ID: Final = 32
MOST_PADDING: Final = 15  # octets behind a decrypted PDU: a block of the cipher less one

STATS: Final = ber.oid_content("1.3.6.1.6.3.15.1.1")  # usmStats; with .N.0 what a Report is about
_BEFORE_MESSAGE_ID = ber.integer(VERSION_3)
_MAX_SIZE = ber.integer(MAX_SIZE)
_MODEL = ber.integer(USM)
_EMPTY = ber.octets(b"")
_LONG = Struct(">BBH")  # tag, that the length takes two octets, the length
_AUTH_PRIV: Final = Level.AUTH_PRIV  # to look it up at its class takes as long as a tuple takes to make


class Envelope(NamedTuple):
    """What stands before the scoped PDU. Nothing here is verified."""

    message_id: int
    level: Level
    reportable: bool
    engine_id: bytes  # of the authoritative engine; empty in a discovery
    boots: int
    time_s: int
    user: bytes
    digest: bytes
    digest_at: int
    salt: bytes
    data_at: int  # of the ciphertext, or of the plain ScopedPDU with its header
    end: int


class Scoped(NamedTuple):
    """Where things lie in the octets of a ScopedPDU, and its context."""

    engine_id: bytes
    name: bytes
    pdu_at: int
    end: int


def parse(data: bytes) -> Envelope:
    """Read all that stands before the scoped PDU. Malformed, or WrongVersion, when that is no SNMPv3 with USM."""
    at, end = ber.expect(data, 0, len(data), ber.SEQUENCE)
    if end != len(data):
        raise Malformed("octets behind the message")
    version, at = ber.read_integer(data, at, end)
    if version != VERSION_3:
        raise WrongVersion(f"msgVersion {version}")
    at, stop = ber.expect(data, at, end, ber.SEQUENCE)
    message_id, level, reportable = _global_data(data, at, stop)
    at, security_end = ber.expect(data, stop, end, ber.OCTET_STRING)
    at, stop = ber.expect(data, at, security_end, ber.SEQUENCE)
    if stop != security_end:
        raise Malformed("octets behind the security parameters")
    start, at = ber.expect(data, at, stop, ber.OCTET_STRING)
    engine_id = data[start:at]
    boots, at = ber.read_integer(data, at, stop)
    time_s, at = ber.read_integer(data, at, stop)
    start, at = ber.expect(data, at, stop, ber.OCTET_STRING)
    user = data[start:at]
    digest_at, at = ber.expect(data, at, stop, ber.OCTET_STRING)
    digest = data[digest_at:at]
    start, at = ber.expect(data, at, stop, ber.OCTET_STRING)
    if at != stop:
        raise Malformed("octets behind the security parameters")
    if len(engine_id) > LONGEST_ENGINE_ID or len(user) > LONGEST_USER or boots < 0 or time_s < 0:
        raise Malformed("security parameters out of range")
    data_at, data_end = _scoped_data(data, security_end, end, level)
    return Envelope(
        message_id,
        level,
        reportable,
        engine_id,
        boots,
        time_s,
        user,
        digest,
        digest_at,
        data[start:at],
        data_at,
        data_end,
    )


class Glance:
    """Opening a message that differs from one opened strictly only in msgID, time, digest, salt and data.

    The octets in between hold every length but two, so what compares equal lies as the strict way would find it. Only
    for messages of at least 256 octets, which spell those two lengths in two octets.
    """

    __slots__ = ("_boots", "_data_at", "_digest_at", "_fixed", "_parts", "keys")

    def __init__(self, data: bytes, envelope: Envelope, keys: Keys) -> None:
        """Remember a message that was just read strictly, and verified by these keys."""
        time_octets = envelope.time_s.bit_length() // 8 + 1
        between = len(envelope.user) + 4  # and three headers, but for the user's tag
        to_time = envelope.digest_at - between - time_octets - TIME_AT
        sizes = (TO_MESSAGE_ID, 4, to_time, time_octets, between, len(envelope.digest), 2, len(envelope.salt), 2)
        self._parts = _parts(sizes)
        _, head, _, to_time_octets, _, between_octets, _, salt_head, _, data_head, _ = self._parts.unpack_from(data)
        self._fixed = (head, to_time_octets, between_octets, salt_head, data_head)
        self._boots = envelope.boots
        self._digest_at = envelope.digest_at
        self._data_at = self._parts.size
        self.keys = keys

    def open(self, data: bytes) -> tuple[int, int, bytes] | None:
        """Boots, time and the octets of the ScopedPDU; None where the strict way has to open it, or to refuse it."""
        size, data_at, keys = len(data), self._data_at, self.keys
        privacy = keys.privacy
        if size < data_at or privacy is None or not data.startswith(LONG_SEQUENCE):
            return None
        rest, head, number, to_time, told, between, digest, salt_head, salt, data_head, length = (
            self._parts.unpack_from(data)
        )
        if (
            rest != size - 4
            or length != size - data_at
            or (head, to_time, between, salt_head, data_head) != self._fixed
            or number[0] > 0x7F
            or told[0] > 0x7F
        ):
            return None
        if not keys.is_mac(digest, data, self._digest_at):
            return None
        time_s = int.from_bytes(told, "big")
        try:
            return self._boots, time_s, unpadded(privacy.decrypt(data[data_at:], self._boots, time_s, salt))
        except (ValueError, Malformed):
            return None


@lru_cache(maxsize=256)
def _parts(sizes: tuple[int, ...]) -> Struct:
    """The total length, parts of these sizes, and the data's length. Engines whose ids are of one length share it."""
    return Struct(">2xH" + "".join(f"{size}s" for size in sizes) + "H")


def glance(data: bytes, envelope: Envelope, keys: Keys) -> Glance | None:
    """What to open the next message of this engine with; None where this one is short, or spelt in an unusual way."""
    if envelope.level is not Level.AUTH_PRIV or len(data) < SHORTEST_GLANCED:
        return None
    one = Glance(data, envelope, keys)
    return one if one.open(data) is not None else None


def message_id_of(data: bytes) -> bytes:
    """The four octets where a msgID usually stands; what stands around them has not been looked at."""
    at = (4 if data.startswith(LONG_SEQUENCE) else _head_octets(data)) + TO_MESSAGE_ID
    return data[at : at + 4]


def _head_octets(data: bytes) -> int:
    """How long the outermost header says it is."""
    return 2 + (data[1] & 0x7F) if len(data) > 1 and data[1] > 0x7F else 2


def _global_data(data: bytes, at: int, end: int) -> tuple[int, Level, bool]:
    """msgID, and msgFlags taken apart (RFC 3412 section 6)."""
    message_id, at = ber.read_integer(data, at, end)
    max_size, at = ber.read_integer(data, at, end)
    start, at = ber.expect(data, at, end, ber.OCTET_STRING)
    model, stop = ber.read_integer(data, at, end)
    if at - start != 1 or stop != end or message_id < 0 or max_size < 484:
        raise Malformed("the message's global data is not as RFC 3412 wants it")
    if model != USM:
        raise Malformed(f"msgSecurityModel {model}")
    flags = data[start]
    if flags & 3 == 2:
        raise Malformed("privacy without authentication")
    return message_id, Level(flags & 3), bool(flags & REPORTABLE)


def _scoped_data(data: bytes, at: int, end: int, level: Level) -> tuple[int, int]:
    """Where the ciphertext lies, or the plain ScopedPDU with its header; either must fill the message."""
    tag, start, stop = ber.read_tlv(data, at, end)
    if stop != end:
        raise Malformed("octets behind the scoped PDU")
    if tag != (ber.OCTET_STRING if level is Level.AUTH_PRIV else ber.SEQUENCE):
        raise Malformed(f"a scoped PDU of tag 0x{tag:02x} at {level.title}")
    return (start if level is Level.AUTH_PRIV else at), stop


def unseal(data: bytes, envelope: Envelope, keys: Keys) -> bytes:
    """The octets of the ScopedPDU, verified and decrypted as far as the message says it is protected.

    Whether that is far enough is the caller's to say. WrongDigest; Undecipherable; WrongSecurityLevel when `keys`
    cannot do what the message needs. The digest covers boots and time, not their being of now.
    """
    if envelope.level > keys.level:
        raise WrongSecurityLevel(f"{envelope.level.title} where only {keys.level.title} is known")
    if envelope.level is Level.NO_AUTH_NO_PRIV:
        return data[envelope.data_at : envelope.end]
    verify(data, envelope, keys)
    octets = data[envelope.data_at : envelope.end]
    if envelope.level is Level.AUTH_NO_PRIV:
        return octets
    assert keys.privacy is not None
    try:
        return unpadded(keys.privacy.decrypt(octets, envelope.boots, envelope.time_s, envelope.salt))
    except (ValueError, Malformed) as error:
        raise Undecipherable("what was decrypted is no scoped PDU") from error


def verify(data: bytes, envelope: Envelope, keys: Keys) -> None:
    """WrongDigest unless the message's digest is that of `keys`. The same time for every wrong one."""
    if not keys.is_mac(envelope.digest, data, envelope.digest_at):
        raise WrongDigest("the digest is not that of the user's key")


def unpadded(octets: bytes) -> bytes:
    """The decrypted SEQUENCE without the padding of its cipher. Malformed when it is none."""
    if octets.startswith(LONG_SEQUENCE) and int.from_bytes(octets[2:4], "big") + 4 == len(octets):
        return octets
    _, end = ber.expect(octets, 0, len(octets), ber.SEQUENCE)
    if len(octets) - end > MOST_PADDING:
        raise Malformed("octets behind the scoped PDU")
    return octets[:end]


def read_scoped(octets: bytes) -> Scoped:
    """Read the context of a ScopedPDU. Malformed when it is none to the last octet."""
    at, end = ber.expect(octets, 0, len(octets), ber.SEQUENCE)
    if end != len(octets):
        raise Malformed("octets behind the scoped PDU")
    start, at = ber.expect(octets, at, end, ber.OCTET_STRING)
    engine_id = octets[start:at]
    start, at = ber.expect(octets, at, end, ber.OCTET_STRING)
    return Scoped(engine_id, octets[start:at], at, end)


def context(engine_id: bytes, name: bytes) -> bytes:
    """The encoded contextEngineID and contextName."""
    return ber.octets(engine_id) + ber.octets(name)


def scope(context: bytes, pdu: bytes) -> bytes:
    """The ScopedPDU of an encoded PDU in an encoded `context`."""
    return _header(ber.SEQUENCE, len(context) + len(pdu)) + context + pdu


def _header(tag: int, length: int) -> bytes:
    """Tag and length; nearly always two octets hold it, and fewer do not."""
    return _LONG.pack(tag, 0x82, length) if 0xFF < length < 0x10000 else bytes((tag,)) + ber.encode_length(length)


class Stamp(NamedTuple):
    """What a message says of itself in its header."""

    message_id: bytes  # four octets, the first below 0x80
    boots: int
    time_s: int
    level: Level
    reportable: bool = True


def seal(scoped: bytes, stamp: Stamp, keys: Keys) -> bytes:
    """The datagram, encrypted and authenticated as `stamp.level` says. ValueError where `keys` cannot."""
    message_id, boots, time_s, level, reportable = stamp
    if level > keys.level:
        raise ValueError(f"{level.title} is more than the keys of {keys.level.title} can do")
    time_octets = time_s.bit_length() // 8 + 1
    kind = (boots, time_octets, level, reportable)
    outline = keys.outline
    if outline is None or outline.kind != kind:
        outline = keys.outline = _outline(keys, kind)
    _, before, to_time, to_salt, size, behind_digest = outline
    salt = header = b""
    if level is _AUTH_PRIV:
        assert keys.privacy is not None
        scoped, salt = keys.privacy.encrypt(scoped, boots, time_s)
        header = _header(ber.OCTET_STRING, len(scoped))
    rest = len(header) + len(scoped)
    outer = _header(ber.SEQUENCE, size + rest)
    time_told = time_s.to_bytes(time_octets, "big")
    message = b"".join((outer, before, message_id, to_time, time_told, to_salt, salt, header, scoped))
    if not level:
        return message
    end = len(message) - rest - behind_digest
    return b"".join((message[: end - keys.mac_octets], keys.mac(message), message[end:]))


def _outline(keys: Keys, kind: tuple[int, int, Level, bool]) -> Outline:
    """What stands around msgID, time, digest and salt: the same until the engine boots anew."""
    boots, time_octets, level, reportable = kind
    mac_octets, salt_octets = (keys.mac_octets if level else 0), (8 if level is Level.AUTH_PRIV else 0)
    flags = bytes((level | (REPORTABLE if reportable else 0),))
    rest = _MAX_SIZE + ber.octets(flags) + _MODEL
    to_time = ber.octets(keys.engine_id) + ber.integer(boots) + bytes((ber.INTEGER, time_octets))
    to_salt = ber.octets(keys.user) + ber.octets(bytes(mac_octets)) + bytes((ber.OCTET_STRING, salt_octets))
    size = len(to_time) + time_octets + len(to_salt) + salt_octets
    security = _header(ber.SEQUENCE, size)
    parameters = _header(ber.OCTET_STRING, len(security) + size) + security
    before = _BEFORE_MESSAGE_ID + _header(ber.SEQUENCE, 6 + len(rest)) + b"\x02\x04"
    to_time = rest + parameters + to_time
    whole = len(before) + 4 + len(rest) + len(parameters) + size
    return Outline(kind, before, to_time, to_salt, whole, 2 + salt_octets)


def discovery(message_id: bytes, request_id: bytes) -> bytes:
    """The question for an engine's id (RFC 3414 section 4): no user, no objects, and no engine's id."""
    pdu = ber.tlv(0xA0, b"\x02\x04" + request_id + b"\x02\x01\x00\x02\x01\x00\x30\x00")
    stamp = Stamp(message_id, 0, 0, Level.NO_AUTH_NO_PRIV)
    return seal(scope(_EMPTY + _EMPTY, pdu), stamp, Keys(None, b""))
