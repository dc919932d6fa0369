"""The privacy protocols of USM (RFC 3414 section 8, RFC 3826): scoped PDUs in, ciphertext and salt out, and back.

Both modes are called decrepit by `cryptography` and move to a module of that name; older releases have them elsewhere.
"""

import os
import struct
from enum import StrEnum
from typing import Protocol

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

try:
    from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
except ImportError:  # before 43
    from cryptography.hazmat.primitives.ciphers.algorithms import TripleDES  # type: ignore[no-redef, attr-defined, unused-ignore]
try:
    from cryptography.hazmat.decrepit.ciphers.modes import CFB
except ImportError:  # before 47
    from cryptography.hazmat.primitives.ciphers.modes import CFB  # type: ignore[no-redef, attr-defined, unused-ignore]

SALT_OCTETS = 8
AES_BLOCK = 16
DES_BLOCK = 8
_MOMENT = struct.Struct(">II")  # engineBoots, engineTime
_IV = struct.Struct(">IIQ")  # and the salt
_ZEROS = bytes(AES_BLOCK)


class PrivProtocol(StrEnum):
    """By net-snmp's names. AES-192 and AES-256 stretch keys by Blumenthal's draft, those with -C as Cisco does."""

    DES = "DES"
    AES128 = "AES-128"
    AES192 = "AES-192"
    AES256 = "AES-256"
    AES192C = "AES-192-C"
    AES256C = "AES-256-C"


KEY_OCTETS = {
    PrivProtocol.DES: 16,  # of which the second half makes the IV
    PrivProtocol.AES128: 16,
    PrivProtocol.AES192: 24,
    PrivProtocol.AES256: 32,
    PrivProtocol.AES192C: 24,
    PrivProtocol.AES256C: 32,
}
REEDER = frozenset({PrivProtocol.AES192C, PrivProtocol.AES256C})


class Privacy(Protocol):
    """One key at work."""

    def encrypt(self, octets: bytes, boots: int, time_s: int) -> tuple[bytes, bytes]:
        """(ciphertext, salt), the salt never the same twice."""

    def decrypt(self, octets: bytes, boots: int, time_s: int, salt: bytes) -> bytes:
        """The plaintext, perhaps with padding behind it. ValueError when no such ciphertext can be."""


def privacy(protocol: PrivProtocol, key: bytes) -> Privacy:
    """The cipher of a localized key of KEY_OCTETS."""
    return Des(key) if protocol is PrivProtocol.DES else Aes(key)


class Aes:
    """CFB-128 (RFC 3826 section 3.1).

    To set up a cipher takes four times as long as to use it, so each key keeps its own. CFB follows the ciphertext: the
    block that went by last is the IV of the next. So decrypting begins with the IV as if it were ciphertext, and
    encrypting with the block that becomes the IV; what comes of those is cut off, and whole blocks keep them in step.
    Which block becomes the IV follows from the cipher of the last one encrypted, and that is what comes of zeros
    decrypted behind it: done with the reply in between, it costs no call of its own.
    """

    __slots__ = ("_after_last", "_decryptor", "_encryptor", "_last", "_salt")

    def __init__(self, key: bytes) -> None:
        algorithm = AES(key)
        self._last = _ZEROS  # the encryptor's last block of ciphertext
        self._after_last = b""  # its cipher, once known
        self._encryptor = Cipher(algorithm, CFB(self._last)).encryptor()
        self._decryptor = Cipher(algorithm, CFB(self._last)).decryptor()
        self._salt = int.from_bytes(os.urandom(SALT_OCTETS), "big")  # a counter from a random start

    def encrypt(self, octets: bytes, boots: int, time_s: int) -> tuple[bytes, bytes]:
        self._salt = self._salt + 1 & 0xFFFFFFFFFFFFFFFF
        iv = _IV.pack(boots, time_s, self._salt)
        after_last = self._after_last or self._decryptor.update(self._last + _ZEROS)[AES_BLOCK:]
        becomes_iv = int.from_bytes(iv, "big") ^ int.from_bytes(after_last, "big")
        blocks = (becomes_iv.to_bytes(AES_BLOCK, "big"), octets, _ZEROS[: -len(octets) % AES_BLOCK])
        encrypted = self._encryptor.update(b"".join(blocks))
        self._last, self._after_last = encrypted[-AES_BLOCK:], b""
        assert encrypted.startswith(iv), "the cipher has lost its step"
        return encrypted[AES_BLOCK : AES_BLOCK + len(octets)], iv[-SALT_OCTETS:]

    def decrypt(self, octets: bytes, boots: int, time_s: int, salt: bytes) -> bytes:
        if len(salt) != SALT_OCTETS:
            raise ValueError("msgPrivacyParameters is not a salt of eight octets")
        moment = _MOMENT.pack(boots, time_s)
        blocks = (moment, salt, octets, _ZEROS[: -len(octets) % AES_BLOCK], self._last, _ZEROS)
        decrypted = self._decryptor.update(b"".join(blocks))
        self._after_last = decrypted[-AES_BLOCK:]
        return decrypted[AES_BLOCK : AES_BLOCK + len(octets)]


class Des:
    """CBC-DES (RFC 3414 section 8.1.1), as Triple-DES with the same key thrice."""

    __slots__ = ("_algorithm", "_pre_iv", "_salt")

    def __init__(self, key: bytes) -> None:
        self._algorithm = TripleDES(key[:8] * 3)
        self._pre_iv = int.from_bytes(key[8:16], "big")
        self._salt = int.from_bytes(os.urandom(4), "big")

    def encrypt(self, octets: bytes, boots: int, time_s: int) -> tuple[bytes, bytes]:  # noqa: ARG002 - as of AES
        self._salt = self._salt + 1 & 0xFFFFFFFF
        salt = _MOMENT.pack(boots, self._salt)
        padded = octets + bytes(-len(octets) % DES_BLOCK)
        return self._cipher(salt).encryptor().update(padded), salt

    def decrypt(self, octets: bytes, boots: int, time_s: int, salt: bytes) -> bytes:  # noqa: ARG002 - as of AES
        if len(salt) != SALT_OCTETS or len(octets) % DES_BLOCK:
            raise ValueError("no ciphertext of CBC-DES")
        return self._cipher(salt).decryptor().update(octets)

    def _cipher(self, salt: bytes) -> Cipher[CBC]:
        iv = self._pre_iv ^ int.from_bytes(salt, "big")
        return Cipher(self._algorithm, CBC(iv.to_bytes(SALT_OCTETS, "big")))
