"""MAC addresses: what a device says one is -> aa:bb:cc:dd:ee:ff, or nothing where it is none (IEEE 802-2014 section 8).

Devices say them as six octets, some as text; others say five octets, zeros or words.
"""

import re
from sys import intern

_BY_OCTET = re.compile(rb"([0-9A-Fa-f]{1,2}[:-]){5}[0-9A-Fa-f]{1,2}")
_BY_WORD = re.compile(rb"([0-9A-Fa-f]{4}[.-]?){2}[0-9A-Fa-f]{4}")
_GROUP = 1  # the bit of the first octet that makes an address one of many stations


def canonical_mac(octets: bytes) -> str | None:
    """The address that these octets are or spell; None for zeros and for what is no address."""
    address = octets if len(octets) == 6 else _spelt(octets.rstrip(b"\0"))
    return intern(address.hex(":")) if any(address) else None


def _spelt(text: bytes) -> bytes:
    """The six octets of an address in words; none where it is none."""
    if _BY_OCTET.fullmatch(text):
        return bytes(int(octet, 16) for octet in re.split(rb"[:-]", text))
    return bytes.fromhex(re.sub(rb"[.-]", b"", text).decode("ascii")) if _BY_WORD.fullmatch(text) else b""


def station_mac(octets: bytes) -> str | None:
    """As `canonical_mac`, and None for a group address: no station has one."""
    mac = canonical_mac(octets)
    return None if mac is None or int(mac[:2], 16) & _GROUP else mac
