"""Texts -> values: durations, capacities, lengths, addresses, names. The one place that knows how each is written.

Each parser takes an NFC text and returns the value or raises `Refused` with the sentence to print. Units of what comes
out are in the function's name. Nothing here knows of files or keys.
"""

import codecs
import re
import unicodedata
import zoneinfo
from collections.abc import Callable, Collection
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

import netaddr

from netwatch.core.model import SERVICE_PORTS, Check, Ping, PingMethod, PortRef
from netwatch.inventory.findings import Refused, quoted

LONGEST_ID = 200
LONGEST_TEXT = 10_000

_DURATION = re.compile(r"([0-9]{1,9})(ms|s|m|h|d)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_NUMBER = r"([0-9]{1,12}(?:\.[0-9]{1,6})?)"
_CAPACITY = re.compile(_NUMBER + r"([kKMGT]?)")
_SI = {"": 1, "k": 10**3, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_LENGTH = re.compile(_NUMBER + r"(km|m)")
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,9})?)%")
_DEGREES = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{1,12})?")
_INTEGER = re.compile(r"[0-9]{1,12}")
_WORD = re.compile(r"[\w.\-]+")
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_LOCAL_TIME = re.compile(
    r"(?:19[7-9]|20[0-9]|21[0-9])[0-9]-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?", re.ASCII
)
_MAC = re.compile(r"(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}")  # what netaddr would say too, at a twentieth of the time
_BOOLEANS = {"true": True, "yes": True, "false": False, "no": False}
_CHECKS_WITHOUT_PORT = ("ping", *SERVICE_PORTS)


def text(raw: str) -> str:
    """Any words, on one line: line breaks of a CSV cell or a folded YAML text become spaces."""
    value = " ".join(kept_text(raw).split())
    if not value:
        raise Refused("is empty")
    return value


def kept_text(raw: str) -> str:
    """A city's own free text, as it is but for the blanks around it. Line breaks stay."""
    if len(raw) > LONGEST_TEXT:
        raise Refused(f"is longer than {LONGEST_TEXT} characters")
    if any(
        unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\n\r\t"
        for letter in raw
        if not raw.isprintable()
    ):
        raise Refused(f"{quoted(raw)} holds a control character")
    return raw.strip()


def identifier(raw: str) -> str:
    """Letters and digits of any script (with the marks some scripts need), `.`, `_` and `-`."""
    fits = _WORD.fullmatch(raw) or (raw and all(x in "._-" or unicodedata.category(x)[0] in "LMN" for x in raw))
    if not fits:
        raise Refused(f"{quoted(raw)} is not an id; ids are letters, digits, '.', '_' and '-'")
    if len(raw) > LONGEST_ID:
        raise Refused(f"{quoted(raw)} is longer than {LONGEST_ID} characters")
    return raw


def boolean(raw: str) -> bool:
    value = _BOOLEANS.get(raw.lower())
    if value is None:
        raise Refused(f"{quoted(raw)} is neither true nor false")
    return value


def integer(low: int, high: int) -> Callable[[str], int]:
    def parse(raw: str) -> int:
        if not _INTEGER.fullmatch(raw) or not low <= int(raw) <= high:
            raise Refused(f"{quoted(raw)} is not a whole number from {low} to {high}")
        return int(raw)

    return parse


def duration_s(raw: str) -> float:
    match = _DURATION.fullmatch(raw)
    if not match:
        raise Refused(f"{quoted(raw)} is not a duration such as 300ms, 5s, 15m, 1h or 2d")
    value = int(match[1]) * _SECONDS[match[2]]
    if not value:
        raise Refused("must be longer than zero")
    return value


def kept_s(least_days: int) -> Callable[[str], float]:
    """A duration of so many days or more."""

    def parse(raw: str) -> float:
        kept = duration_s(raw)
        if kept < least_days * 86_400:
            raise Refused(f"must be {least_days}d or longer")
        return kept

    return parse


def capacity_bps(raw: str) -> int:
    """bit/s with an SI letter: 10G is 10,000,000,000."""
    match = _CAPACITY.fullmatch(raw)
    value = Decimal(match[1]) * _SI[match[2]] if match else Decimal(0)
    if not value or value != int(value):
        raise Refused(f"{quoted(raw)} is not a capacity in bit/s such as 100M, 2.5G or 10G")
    return int(value)


def length_m(raw: str) -> float:
    match = _LENGTH.fullmatch(raw)
    if not match:
        raise Refused(f"{quoted(raw)} is not a length such as 3.2km or 800m")
    return float(Decimal(match[1]) * (1000 if match[2] == "km" else 1))


def ratio(raw: str) -> float:
    """`99.9%` -> 0.999."""
    match = _PERCENT.fullmatch(raw)
    if not match or Decimal(match[1]) > 100:
        raise Refused(f"{quoted(raw)} is not a percentage such as 99.9%")
    return float(Decimal(match[1]) / 100)


def degrees(raw: str) -> float:
    if not _DEGREES.fullmatch(raw):
        raise Refused(f"{quoted(raw)} is not a coordinate in degrees such as 37.7853")
    return float(raw)


def numeric_address(raw: str) -> IPv4Address | IPv6Address:
    try:
        address = ip_address(raw)
    except ValueError as error:
        raise Refused(f"{quoted(raw)} is not an IPv4 or IPv6 address") from error
    if address.is_multicast or address.is_unspecified:
        raise Refused(f"{quoted(raw)} is no single machine's address")
    return address


def canary(raw: str) -> str:
    return str(numeric_address(raw))


def network(raw: str) -> str:
    """`10.20.0.0/16`: no bits beyond the prefix, and a prefix always."""
    try:
        found = ip_network(raw)
    except ValueError as error:
        raise Refused(f"{quoted(raw)} is no network; write it like 10.20.0.0/16") from error
    if "/" not in raw:
        raise Refused(f"{quoted(raw)} is one address; for it alone write {found}")
    return str(found)


def address(raw: str) -> str:
    """An IPv4 or IPv6 address in its shortest form, or a DNS name in lower case (RFC 1123 §2.1; `_` is tolerated)."""
    labels = raw.removesuffix(".").split(".")
    # a last label of digits alone is never a name: 10.20.0.256 and 010.1.1.1 are mistyped addresses
    if ":" in raw or "%" in raw or labels[-1].isdigit():
        return str(numeric_address(raw))
    if len(raw) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise Refused(f"{quoted(raw)} is neither an IP address nor a DNS name")
    return raw.lower()


def web_address(raw: str) -> str:
    """An http or https URL of a host, without a query, and without a name or password in it."""
    try:
        parts = urlsplit(raw)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if not fits or not raw.isascii() or not raw.isprintable() or " " in raw:
        raise Refused(f"{quoted(raw)} is no web address; write it like https://broker.example.kr/ngsi-ld/v1")
    if "@" in parts.netloc:
        raise Refused("a web address holds no name or password; those are kept as a secret")
    if parts.query or parts.fragment:
        raise Refused(f"{quoted(raw)} is more than a web address: leave out what stands behind ? or #")
    return raw


def file(raw: str) -> str:
    """An absolute path of a file of this machine, as it stands."""
    if not raw.startswith("/") or raw.endswith("/") or not raw.isprintable() or len(raw) > 4_000:
        raise Refused(f"{quoted(raw)} is no file; write its whole path, like /var/lib/netwatch/public.json")
    return raw


def folder(raw: str) -> str:
    """An absolute path of this machine, as it stands."""
    if not raw.startswith("/") or not raw.isprintable() or len(raw) > 4_000:
        raise Refused(f"{quoted(raw)} is no folder; write its whole path, like /mnt/evidence")
    return raw


def endpoint(raw: str) -> str:
    """HOST:PORT, an IPv6 address in brackets."""
    host, colon, number = raw.rpartition(":")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    is_port = colon and number.isascii() and number.isdigit() and 0 < int(number[:6]) < 65_536
    if not is_port or not bare or (":" in bare) is (bare == host):
        raise Refused(f"{quoted(raw)} is no place to send to; write it like 10.20.0.5:514 or [2001:db8::5]:514")
    return f"[{address(bare)}]:{int(number)}" if bare != host else f"{address(bare)}:{int(number)}"


def mac(raw: str) -> str:
    """Any notation (00:40:8c:.., 00-40-8C-.., 0040.8c11.2233, 00408c112233) -> lower case with colons."""
    if _MAC.fullmatch(raw):
        return raw.lower()
    wrong = f"{quoted(raw)} is not a MAC address"
    if not raw.isascii() or len(raw) > 17:
        raise Refused(wrong)
    try:
        return str(netaddr.EUI(raw, version=48, dialect=netaddr.mac_unix_expanded))
    except (netaddr.AddrFormatError, ValueError, TypeError) as error:
        raise Refused(wrong) from error


def port(raw: str) -> PortRef:
    """`sw-7 Ethernet Port 1-1`: a device id, one space, the interface's name as the device says it."""
    device, space, interface = raw.partition(" ")
    if not space or not interface or interface != text(interface):
        raise Refused(f"{quoted(raw)} is not a port; write the device id, one space and the port's name")
    return PortRef(device=identifier(device), interface=interface)


def check(raw: str) -> Check:
    """A check of a field device. `rtsp/554` is `rtsp`: one service has one name."""
    kind, slash, number = raw.partition("/")
    if slash and (kind == "tcp" or kind in SERVICE_PORTS):
        port = integer(1, 65535)(number)
        return Check(kind=kind, port=0 if port == SERVICE_PORTS.get(kind) else port)
    if raw not in _CHECKS_WITHOUT_PORT:
        raise Refused(
            f"{quoted(raw)} is not a check; known are ping, tcp/PORT, rtsp, rtsp/PORT, onvif, onvif/PORT",
            word=raw,
            among=_CHECKS_WITHOUT_PORT,
        )
    return Check(kind=kind)


def up_means(raw: str) -> str:
    return str(check(raw))


def ping(raw: str) -> Ping:
    kind, slash, number = raw.partition("/")
    if kind == "udp" and slash:
        return Ping(method=PingMethod.UDP, port=integer(1, 65535)(number))
    if raw not in (PingMethod.ICMP, PingMethod.OFF):
        raise Refused(f"{quoted(raw)} is no way to ping; known are icmp, udp/PORT, off")
    return Ping(method=PingMethod(raw))


def one_of(words: type[StrEnum] | tuple[str, ...], *, noun: str) -> Callable[[str], str]:
    """One of a closed list; an enumeration's member where the list is one."""
    known: dict[str, str] = {str(word): word for word in words}
    names = tuple(known)

    def parse(raw: str) -> str:
        if raw not in known:
            raise Refused(f"{quoted(raw)} is no {noun}; known are {', '.join(names)}", word=raw, among=names)
        return known[raw]

    return parse


# as net-snmp and many devices write them
_OTHER_NAMES = {"SHA": "SHA-1", "SHA1": "SHA-1", "AES": "AES-128", "AES128": "AES-128"}


def protocol(words: type[StrEnum], *, noun: str) -> Callable[[str], str]:
    """A protocol of SNMPv3, by our name or by net-snmp's."""
    parse = one_of(words, noun=noun)
    return lambda raw: parse(_OTHER_NAMES.get(raw, raw))


def user_name(raw: str) -> str:
    """A user of SNMPv3: 1 to 32 octets (RFC 3414 §5)."""
    value = kept_text(raw)
    if not 1 <= len(value.encode()) <= 32:
        raise Refused("is not a user of SNMPv3; their names have 1 to 32 octets")
    return value


def engine_id(raw: str) -> bytes:
    """5 to 32 octets as hexadecimal digits (RFC 3411 §5), `0x` and colons allowed."""
    try:
        octets = bytes.fromhex(raw.removeprefix("0x").replace(":", ""))
    except ValueError:
        octets = b""
    if not 5 <= len(octets) <= 32:
        raise Refused(f"{quoted(raw)} is not an engine's id: 5 to 32 octets as hexadecimal digits")
    return octets


def timezone(raw: str) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(raw)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        known: Collection[str] = zoneinfo.available_timezones()
        raise Refused(f"{quoted(raw)} is not a time zone of the IANA database", word=raw, among=known) from error


def charset(raw: str) -> str:
    """A character set Python knows and in which ASCII is ASCII."""
    try:
        plain = b"A-\\x41".decode(raw) == "A-\\x41"
        name = codecs.lookup(raw).name
    except (LookupError, ValueError) as error:
        raise Refused(f"{quoted(raw)} is not a character set; cp949 and utf-8 are") from error
    if not plain:
        raise Refused(f"{quoted(raw)} is not a character set that holds ASCII; cp949 and utf-8 are")
    return name


def moment(raw: str) -> datetime:
    """`2026-12-01T01:00` in the city's time (naive), or with an offset such as +09:00 (aware)."""
    wrong = f"{quoted(raw)} is not a time such as 2026-12-01T01:00"
    if not _LOCAL_TIME.fullmatch(raw):
        raise Refused(wrong)
    try:
        return datetime.fromisoformat(raw)
    except ValueError as error:
        raise Refused(wrong) from error


def epoch_s(time: datetime, zone: zoneinfo.ZoneInfo) -> float:
    """UTC epoch seconds. A local time the clocks skip or pass twice is refused (PEP 495)."""
    if time.tzinfo is not None:
        return time.timestamp()
    first, second = time.replace(tzinfo=zone, fold=0), time.replace(tzinfo=zone, fold=1)
    before, after = first.utcoffset(), second.utcoffset()
    if before != after and before is not None and after is not None:
        happens = "happens twice" if before > after else "never happens"
        offsets = f"{first.isoformat()[-6:]} or {second.isoformat()[-6:]}"
        raise Refused(f"{time.isoformat(timespec='minutes')} {happens} in {zone.key}; add the offset, {offsets}")
    return first.timestamp()
