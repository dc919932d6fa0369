"""MAC addresses: what a device says one is -> aa:bb:cc:dd:ee:ff, or nothing where it is none (IEEE 802-2014 section 8).

Devices say them as six octets, some as text; others say five octets, zeros or words.
"""

import re
from sys import intern

_TEXT = re.compile(rb"([0-9A-Fa-f]{2}[:.-]){5}[0-9A-Fa-f]{2}|([0-9A-Fa-f]{4}[.-]){2}[0-9A-Fa-f]{4}")
_SEPARATORS = bytes.maketrans(b"-.", b"::")
_GROUP = 1  # the bit of the first octet that makes an address one of many stations


def canonical_mac(octets: bytes) -> str | None:
    """The address that these octets are or spell; None for zeros and for what is no address."""
    if len(octets) != 6:
        if _TEXT.fullmatch(octets.rstrip(b"\0")) is None:
            return None
        octets = bytes.fromhex(octets.rstrip(b"\0").translate(_SEPARATORS).replace(b":", b"").decode("ascii"))
    return intern(octets.hex(":")) if any(octets) else None


def station_mac(octets: bytes) -> str | None:
    """As `canonical_mac`, and None for a group address: no station has one."""
    return None if octets[:1] and len(octets) == 6 and octets[0] & _GROUP else canonical_mac(octets)
