"""How times, ids and references are written in every reply: ISO 8601 in UTC, URIs (RFC 3986), URNs (NGSI-LD)."""

from datetime import UTC, datetime
from urllib.parse import quote

_IN_A_URI = "-._~:@!$&()*+,;=/"  # of RFC 3986 what may stand in a path, less the quotes of an instance-identifier


def moment(wall_s: float) -> str:
    """`2026-11-22T04:12:13.250Z`."""
    return datetime.fromtimestamp(wall_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def as_uri(text: str) -> str:
    """The text where a URI is wanted: blanks and letters of other scripts as per cent signs, UTF-8."""
    return quote(text, safe=_IN_A_URI)


def segment(text: str) -> str:
    """The text as one key of a RESTCONF path (RFC 8040 §3.5.3): slashes, commas and colons written out, too."""
    return quote(text, safe="")


def urn(kind: str, city: str, *parts: str) -> str:
    """`urn:ngsi-ld:Device:yangju:sw-0412`."""
    return ":".join(["urn:ngsi-ld", kind, segment(city.casefold()), *map(segment, parts)])


def quoted(text: str) -> str:
    """The text inside a predicate of an instance-identifier (RFC 7951 §6.11). It has no quotes: URIs have none."""
    return f"'{text}'"
