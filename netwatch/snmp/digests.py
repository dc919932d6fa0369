"""The authentication protocols of USM and the keys made for them (RFC 3414, RFC 7860): passwords in, keys and MACs out.

password --1 MB of it hashed--> Ku, the same everywhere --hashed around an engine's id--> Kul, good for that engine
"""

import hashlib
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple, Protocol

PASSWORD_OCTETS = 1_048_576  # RFC 3414 section A.2: the password, repeated to this length, is hashed


class AuthProtocol(StrEnum):
    """By the names of RFC 7860 and net-snmp. MD5 is broken; SHA-1 is old and not yet broken as a MAC."""

    MD5 = "MD5"
    SHA1 = "SHA-1"
    SHA224 = "SHA-224"
    SHA256 = "SHA-256"
    SHA384 = "SHA-384"
    SHA512 = "SHA-512"


class Hashed(Protocol):
    """What hashlib makes of octets."""

    def digest(self) -> bytes:
        """The hash."""


class Hash(NamedTuple):
    """A hash, its block, and how much of its HMAC a message carries (RFC 3414 section 6, RFC 7860 section 4)."""

    of: Callable[[bytes], Hashed]
    block_octets: int
    mac_octets: int


HASHES = {
    AuthProtocol.MD5: Hash(hashlib.md5, 64, 12),
    AuthProtocol.SHA1: Hash(hashlib.sha1, 64, 12),
    AuthProtocol.SHA224: Hash(hashlib.sha224, 64, 16),
    AuthProtocol.SHA256: Hash(hashlib.sha256, 64, 24),
    AuthProtocol.SHA384: Hash(hashlib.sha384, 128, 32),
    AuthProtocol.SHA512: Hash(hashlib.sha512, 128, 48),
}


def password_to_key(protocol: AuthProtocol, password: bytes) -> bytes:
    """Ku (RFC 3414 section A.2). About a millisecond. ValueError for an empty password."""
    if not password:
        raise ValueError("an empty password makes no key")
    repeated = password * (PASSWORD_OCTETS // len(password) + 1)
    return _hashed(protocol, repeated[:PASSWORD_OCTETS])


def localized(protocol: AuthProtocol, key: bytes, engine_id: bytes) -> bytes:
    """Kul: `key` (Ku) for one engine (RFC 3414 section 2.6)."""
    return _hashed(protocol, key + engine_id + key)


def extended(protocol: AuthProtocol, key: bytes, octets: int) -> bytes:
    """Kul made long enough by hashing it again (draft-blumenthal-aes-usm-04 section 3.1.2.1)."""
    while len(key) < octets:
        key += _hashed(protocol, key)
    return key[:octets]


def extended_by_reeder(protocol: AuthProtocol, key: bytes, engine_id: bytes, octets: int) -> bytes:
    """Kul made long enough by taking it for a password (draft-reeder-snmpv3-usm-3desede section 2.1): Cisco's way."""
    while len(key) < octets:
        key += localized(protocol, password_to_key(protocol, key), engine_id)
    return key[:octets]


def _hashed(protocol: AuthProtocol, octets: bytes) -> bytes:
    return HASHES[protocol].of(octets).digest()
