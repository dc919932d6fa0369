"""What a recording must not tell: an agent's variables in, the same without secrets, addresses and serial numbers.

The same address becomes the same substitute everywhere it stands: in values, in text, inside longer octets, in the
indexes of object names. IPv4 goes to the documentation ranges (RFC 5737, then RFC 2544), IPv6 to RFC 3849's; a MAC
address keeps its maker's three octets. Names of users, communities and targets are left out with their tables.
"""

import hashlib
import ipaddress
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from netwatch.simulate.redaction_tables import (
    BLANKED,
    BRIDGE_IDS,
    LEFT_OUT,
    MAC_COLUMNS,
    PORT_LISTS,
    SERIALS,
    address_positions,
    below,
)
from netwatch.snmp import ber
from netwatch.snmp.message import VarBind

IPV4_TEXT = re.compile(rb"(?<!\d)(?<!\d\.)(?:\d{1,3}\.){3}\d{1,3}(?!\d)(?!\.\d)")
IPV6_TEXT = re.compile(rb"(?<![0-9A-Fa-f:])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![0-9A-Fa-f:])")
MAC_TEXT = re.compile(  # 00:11:22:aa:bb:cc, 0-11-22-aa-bb-cc without leading zeros, 0011.22aa.bbcc
    rb"(?<![0-9A-Fa-f])(?<![0-9A-Fa-f][:.-])"
    rb"(?:[0-9A-Fa-f]{1,2}([:-])(?:[0-9A-Fa-f]{1,2}\1){4}[0-9A-Fa-f]{1,2}"
    rb"|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4})"
    rb"(?![0-9A-Fa-f])(?![:.-][0-9A-Fa-f])"
)
DOCUMENTATION = tuple(
    map(ipaddress.IPv4Network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "198.18.0.0/15"))
)
SHORTEST_SERIAL = 6  # shorter ones would be found by accident
SHORTEST_SECRET = 3
INDEXES_FROM = 7  # arcs of a name that are never an index
SMALL_ARC = 10  # 1.1.1.1 in an index is more often an index, 4.2.1.9 in a text a version, than an address
STARS = b"***"

Arcs = tuple[int, ...]


@dataclass(slots=True, kw_only=True)
class Redactor:
    """Substitutes for what has been met so far. `salt` makes MAC substitutes unguessable; keep it nowhere."""

    secrets: tuple[bytes, ...] = field(repr=False)
    salt: bytes = field(repr=False)
    counts: Counter[str] = field(default_factory=Counter)
    _substitutes: dict[bytes, bytes] = field(default_factory=dict)  # 4, 6 or 16 octets -> as many
    _serials: set[bytes] = field(default_factory=set)

    def redact(self, varbinds: Iterable[VarBind]) -> list[VarBind]:
        """All variables of one agent, in the order of their new names."""
        kept = []
        for varbind in varbinds:
            arcs = ber.content_arcs(varbind.oid)
            if below(arcs, LEFT_OUT):
                self.counts["left out"] += 1
            else:
                kept.append((arcs, varbind))
        for arcs, varbind in kept:
            self._learn_name(arcs)
            self._learn_value(arcs, varbind)
        redacted = [(self._name(arcs), self._value(arcs, varbind), varbind.syntax) for arcs, varbind in kept]
        redacted.sort(key=lambda row: row[0])
        return [VarBind(ber.oid_content(".".join(map(str, arcs))), syntax, value) for arcs, value, syntax in redacted]

    def _learn_name(self, arcs: Arcs) -> None:
        """Note every address the name certainly holds."""
        for start, size in address_positions(arcs):
            self._substitute(bytes(arcs[start : start + size]))

    def _learn_value(self, arcs: Arcs, varbind: VarBind) -> None:
        """Note every address and serial number the value certainly holds."""
        value = varbind.value
        if not isinstance(value, bytes):
            return
        if varbind.syntax == ber.IP_ADDRESS and len(value) == 4:
            self._substitute(value)
        elif varbind.syntax == ber.OCTET_STRING:
            for address in _mac_addresses(arcs, value):
                self._substitute(address)
            if below(arcs, SERIALS) and len(value.strip()) >= SHORTEST_SERIAL:
                self._serials.add(value.strip())

    def _substitute(self, address: bytes) -> bytes:
        """What stands for a packed address; itself when it says nothing about anyone."""
        known = self._substitutes.get(address)
        if known is not None:
            return known
        if _says_nothing(address):
            return address
        number = sum(1 for other in self._substitutes if len(other) == len(address))
        if len(address) == 4:
            made = _documentation_address(number)
        elif len(address) == 16:
            made = (int(ipaddress.IPv6Address("2001:db8::1")) + number).to_bytes(16, "big")
        else:
            made = self._mac(address)
        self._substitutes[address] = made
        return made

    def _mac(self, address: bytes) -> bytes:
        taken = set(self._substitutes.values())
        digest = hashlib.sha256(self.salt + address).digest()
        while address[:3] + digest[:3] in taken:
            digest = hashlib.sha256(digest).digest()
        return address[:3] + digest[:3]

    def _name(self, arcs: Arcs) -> Arcs:
        """The object's name with the addresses and secrets of its index replaced."""
        index = self._replaced(arcs[INDEXES_FROM:], sizes=(16, 6, 4))
        for secret in self.secrets:
            if len(secret) >= SHORTEST_SECRET:
                index = _starred(index, tuple(secret))
        return (*arcs[:INDEXES_FROM], *index)

    def _replaced(self, octets: Sequence[int], *, sizes: tuple[int, ...]) -> Arcs:
        """Octets (or arcs) with every known address of these sizes replaced, the longest first."""
        made: list[int] = []
        at = 0
        while at < len(octets):
            for size in sizes:
                window = octets[at : at + size]
                if len(window) == size and max(window) < 256 and (size > 4 or max(window) >= SMALL_ARC):
                    substitute = self._substitutes.get(bytes(window))
                    if substitute is not None:
                        made += substitute
                        at += size
                        break
            else:
                made.append(octets[at])
                at += 1
        return tuple(made)

    def _value(self, arcs: Arcs, varbind: VarBind) -> int | bytes | None:
        value = varbind.value
        if not isinstance(value, bytes) or varbind.syntax == ber.OBJECT_ID:
            return value
        if below(arcs, BLANKED):
            self.counts["blanked"] += bool(value)
            return b""
        if varbind.syntax == ber.IP_ADDRESS or (value in self._substitutes and not _is_text(value)):
            return self._counted("addresses", value, self._substitute(value))
        redacted = value
        for secret in (*filter(_long_enough, self.secrets), *self._serials):
            redacted = self._counted("secrets and serials", redacted, redacted.replace(secret, STARS))
        if _is_text(redacted):
            return self._text(redacted)
        return self._counted("addresses", redacted, bytes(self._replaced(redacted, sizes=(16, 6))))

    def _text(self, value: bytes) -> bytes:
        redacted = value
        for pattern, substitute in ((MAC_TEXT, self._mac_text), (IPV4_TEXT, self._ip_text), (IPV6_TEXT, self._ip_text)):
            redacted = pattern.sub(_matched(substitute), redacted)
        return self._counted("addresses", value, redacted)

    def _ip_text(self, text: bytes) -> bytes:
        try:
            packed = ipaddress.ip_address(text.decode("ascii")).packed
        except ValueError:
            return text  # a time of day, a number too large
        if len(packed) == 4 and packed[0] < SMALL_ARC and packed not in self._substitutes:
            return text  # a version number
        return str(ipaddress.ip_address(self._substitute(packed))).encode()

    def _mac_text(self, text: bytes) -> bytes:
        """The substitute in the spelling found: separators, zeros and case stay as they are."""
        groups = re.split(rb"[.:-]", text)
        width = 4 if len(groups) == 3 else 2
        address = bytes.fromhex(b"".join(group.zfill(width) for group in groups).decode("ascii"))
        made = self._substitute(address).hex()
        pieces = [made[at : at + width] for at in range(0, len(made), width)]
        shortened = [p.lstrip("0") or "0" if len(g) < width else p for p, g in zip(pieces, groups, strict=True)]
        separator = chr(text[len(groups[0])])
        spelled = separator.join(shortened)
        return (spelled.upper() if text != text.lower() else spelled).encode()

    def _counted(self, what: str, before: bytes, after: bytes) -> bytes:
        self.counts[what] += before != after
        return after


def _matched(substitute: Callable[[bytes], bytes]) -> Callable[[re.Match[bytes]], bytes]:
    return lambda match: substitute(match[0])


def _is_text(value: bytes) -> bool:
    return all((octet >= 0x20 and octet != 0x7F) or octet in b"\t\r\n" for octet in value) and _decodes(value)


def _decodes(value: bytes) -> bool:
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _says_nothing(address: bytes) -> bool:
    """Unspecified, loopback, multicast and broadcast addresses, and netmasks, are the same everywhere."""
    if len(address) == 6:
        return bool(address[0] & 1) or not any(address)
    ip = ipaddress.ip_address(address)
    if ip.is_unspecified or ip.is_loopback or ip.is_multicast or ip.version == 6:
        return ip.is_unspecified or ip.is_loopback or ip.is_multicast
    inverted = ~int(ip) & 0xFFFFFFFF
    return address[0] == 255 and not inverted & (inverted + 1)


def _documentation_address(number: int) -> bytes:
    for network in DOCUMENTATION:
        if number < network.num_addresses - 2:
            return (network[0] + number + 1).packed
        number -= network.num_addresses - 2
    raise OverflowError("more IPv4 addresses than the documentation ranges hold")


def _mac_addresses(arcs: Arcs, value: bytes) -> Iterator[bytes]:
    """The MAC addresses an OCTET STRING holds by its place or its shape."""
    if len(value) == 6 and (below(arcs, MAC_COLUMNS) or not (_is_text(value) or below(arcs, PORT_LISTS))):
        yield value
    elif len(value) == 8 and below(arcs, BRIDGE_IDS):  # priority, then the address
        yield value[2:]
    elif len(value) == 11 and value[0] == 0x80 and value[4] == 3:  # an SnmpEngineID made of one (RFC 3411)
        yield value[5:]


def _long_enough(secret: bytes) -> bool:
    return len(secret) >= SHORTEST_SECRET


def _starred(arcs: Arcs, secret: Arcs) -> Arcs:
    """Every occurrence of a secret as arcs, starred over: its length octet in front of it stays true."""
    size = len(secret)
    for at in range(len(arcs) - size + 1):
        if arcs[at : at + size] == secret:
            arcs = (*arcs[:at], *(ord("*"),) * size, *arcs[at + size :])
    return arcs
