"""Users and their keys: passwords in, and for each engine the keys that authenticate and encrypt its messages.

Making a key of a password takes a millisecond, localizing it two hashes; `KeyRing` does each once.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from hmac import compare_digest
from typing import NamedTuple

from netwatch.snmp.ciphers import KEY_OCTETS, REEDER, Privacy, PrivProtocol, privacy
from netwatch.snmp.digests import (
    HASHES,
    AuthProtocol,
    extended,
    extended_by_reeder,
    localized,
    password_to_key,
)

LONGEST_USER = 32  # octets (RFC 3414 section 5, SnmpAdminString)
MOST_PASSWORDS = 1_000


class Level(IntEnum):
    """securityLevel as the two lower bits of msgFlags have it. Privacy without authentication does not exist."""

    NO_AUTH_NO_PRIV = 0
    AUTH_NO_PRIV = 1
    AUTH_PRIV = 3

    @property
    def title(self) -> str:
        """As the RFCs spell it."""
        return ("noAuthNoPriv", "authNoPriv", "", "authPriv")[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user of USM and what is known of it here. ValueError: what the RFCs do not allow."""

    name: bytes
    auth: AuthProtocol | None = None
    auth_password: bytes = field(default=b"", repr=False)
    priv: PrivProtocol | None = None
    priv_password: bytes = field(default=b"", repr=False)

    def __post_init__(self) -> None:
        if not 1 <= len(self.name) <= LONGEST_USER:
            raise ValueError("a user's name has 1 to 32 octets")
        if self.priv is not None and self.auth is None:
            raise ValueError("privacy without authentication")
        if (self.auth is not None) != bool(self.auth_password) or (self.priv is not None) != bool(self.priv_password):
            raise ValueError("a password for each protocol, and for nothing else")

    @property
    def level(self) -> Level:
        """What is asked of every message."""
        if self.auth is None:
            return Level.NO_AUTH_NO_PRIV
        return Level.AUTH_NO_PRIV if self.priv is None else Level.AUTH_PRIV


_INNER = bytes(octet ^ 0x36 for octet in range(256))  # RFC 2104 section 2: ipad and opad, by octet of the key
_OUTER = bytes(octet ^ 0x5C for octet in range(256))


class Outline(NamedTuple):
    """What stays in the headers of a user's messages from one to the next; between its parts stands what does not."""

    kind: tuple[int, int, Level, bool]  # boots, octets of the time, level, reportable
    before: bytes  # up to msgID
    to_time: bytes
    to_salt: bytes  # zeros for a digest in it
    size: int  # of the message, without its own header and all from the scoped PDU on
    behind_digest: int  # octets from there to the scoped PDU


class Keys:
    """One user's keys for one engine. Prints none of them.

    The authentication key is kept as HMAC uses it (RFC 2104), in two blocks to be hashed before what follows: `hmac`
    works them out at each message, which takes as long as the hashing of it, and longer where the last message was of
    another key.
    """

    __slots__ = (
        "_hash",
        "_inner",
        "_no_mac",
        "_outer",
        "engine_id",
        "level",
        "mac_octets",
        "outline",
        "owner",
        "privacy",
        "user",
    )

    def __init__(
        self,
        owner: User | None,
        engine_id: bytes,
        *,
        auth: tuple[AuthProtocol, bytes] | None = None,
        privacy: Privacy | None = None,
    ) -> None:
        self.owner = owner
        self.user = owner.name if owner is not None else b""
        self.engine_id = engine_id
        self.privacy = privacy
        protocol, auth_key = auth if auth is not None else (AuthProtocol.MD5, b"")
        self._hash, block_octets, mac_octets = HASHES[protocol]
        assert len(auth_key) <= block_octets, "a localized key is one hash, which is shorter than its block"
        key = auth_key.ljust(block_octets, b"\0")
        self._inner, self._outer = key.translate(_INNER), key.translate(_OUTER)
        self.mac_octets = mac_octets if auth is not None else 0
        self._no_mac = bytes(self.mac_octets)
        self.outline: Outline | None = None  # of the last message sealed with them
        self.level = (
            Level.NO_AUTH_NO_PRIV if auth is None else Level.AUTH_NO_PRIV if privacy is None else Level.AUTH_PRIV
        )

    def mac(self, message: bytes) -> bytes:
        """What authenticates a message whose msgAuthenticationParameters are zeros."""
        inner = self._hash(self._inner + message).digest()
        return self._hash(self._outer + inner).digest()[: self.mac_octets]

    def is_mac(self, told: bytes, message: bytes, at: int) -> bool:
        """Whether `told`, which stands at `at`, authenticates the message. Takes the same time for all of one length.

        Never so without authentication.
        """
        size = self.mac_octets
        if len(told) != size or not size:
            return False
        return compare_digest(told, self.mac(message[:at] + self._no_mac + message[at + size :]))


class KeyRing:
    """Keys by user and engine, each made once. Bounded: the oldest go first and are made again."""

    def __init__(self, most: int = 50_000) -> None:
        self._most = most
        self._unlocalized: dict[tuple[AuthProtocol, bytes], bytes] = {}
        self._keys: dict[tuple[User, bytes], Keys] = {}

    def __len__(self) -> int:
        return len(self._keys)

    def keys(self, user: User, engine_id: bytes) -> Keys:
        """The user's keys for this engine."""
        known = self._keys.get((user, engine_id))
        if known is None:
            while len(self._keys) >= self._most:
                del self._keys[next(iter(self._keys))]
            known = self._keys[user, engine_id] = self._make(user, engine_id)
        return known

    def _make(self, user: User, engine_id: bytes) -> Keys:
        if user.auth is None:
            return Keys(user, engine_id)
        auth = user.auth, localized(user.auth, self._unlocalized_key(user.auth, user.auth_password), engine_id)
        if user.priv is None:
            return Keys(user, engine_id, auth=auth)
        # RFC 3414 section 8.1.1 and RFC 3826 section 1.2: the authentication's hash makes the privacy key too
        key = localized(user.auth, self._unlocalized_key(user.auth, user.priv_password), engine_id)
        octets = KEY_OCTETS[user.priv]
        if user.priv in REEDER:
            key = extended_by_reeder(user.auth, key, engine_id, octets)
        return Keys(user, engine_id, auth=auth, privacy=privacy(user.priv, extended(user.auth, key, octets)))

    def _unlocalized_key(self, protocol: AuthProtocol, password: bytes) -> bytes:
        known = self._unlocalized.get((protocol, password))
        if known is None:
            while len(self._unlocalized) >= MOST_PASSWORDS:
                del self._unlocalized[next(iter(self._unlocalized))]
            known = self._unlocalized[protocol, password] = password_to_key(protocol, password)
        return known
