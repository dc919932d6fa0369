"""A GET encoded once, and the strict reading of its replies: OIDs in, request octets and columns of values out.

A template knows no credentials and no device, so all devices of one kind share it (`TemplateCache`). A reply counts
only when it carries exactly the template's objects in order; values of another syntax than expected become None and
are reported, never raised.
"""

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from netwatch.snmp import ber
from netwatch.snmp.errors import Malformed, WrongOids

NO_ERROR = b"\x02\x01\x00\x02\x01\x00"  # error-status 0, error-index 0
REQUEST_ID = b"\x02\x04"  # the header of a request-id: always four octets here
CONTENTLESS = ber.EXCEPTIONS | {ber.NULL}
MOST_PREFIXES = 8

Value = int | bytes | None
Mark = tuple[int, int, int]  # tag, start and stop of one value's content


class Kind(Enum):
    """The family of syntaxes a value must have."""

    NUMBER = frozenset(ber.MOST_OCTETS)
    OCTETS = frozenset({ber.OCTET_STRING, ber.IP_ADDRESS, ber.OPAQUE, ber.NSAP_ADDRESS})
    OBJECT_ID = frozenset({ber.OBJECT_ID})
    ANY = frozenset(range(256)) - CONTENTLESS


class Decoded(NamedTuple):
    """A reply read strictly. `wrong_type` holds positions of values that were there but could not be used."""

    values: list[Value]
    wrong_type: tuple[int, ...]
    marks: list[Mark]


class Template:
    """One GET. `names` are the OIDs with tag and length, `kinds` what each value must be.

    Compared and hashed by identity; equal ones are made equal by `TemplateCache`.
    """

    __slots__ = ("_pdu_head", "_prefixes", "_tags", "_tail", "kinds", "names", "oids")

    def __init__(self, oids: tuple[str, ...], kinds: tuple[Kind, ...], names: Iterable[bytes] = ()) -> None:
        """Encode. `names`, if given, are the encoded `oids`. ValueError when there are none, or kinds do not pair."""
        if not oids or len(oids) != len(kinds):
            raise ValueError(f"{len(oids)} objects with {len(kinds)} kinds")
        self.oids = oids
        self.kinds = kinds
        self.names = tuple(names) or tuple(ber.oid(oid) for oid in oids)
        varbinds = b"".join([ber.tlv(ber.SEQUENCE, name + b"\x05\x00") for name in self.names])
        self._tail = NO_ERROR + ber.tlv(ber.SEQUENCE, varbinds)
        self._pdu_head = b"\xa0" + ber.encode_length(len(REQUEST_ID) + 4 + len(self._tail)) + REQUEST_ID
        self._tags = tuple(kind.value for kind in kinds)
        self._prefixes: dict[bytes, bytes] = {}

    def encode(self, credentials: bytes, request_id: bytes) -> bytes:
        """The datagram, from encoded version and community (`Target.credentials`) and four octets of request-id."""
        prefix = self._prefixes.get(credentials) or self._prefix(credentials)
        return prefix + request_id + self._tail

    def pdu(self, request_id: bytes) -> bytes:
        """The PDU alone, for SNMPv3 to wrap."""
        return self._pdu_head + request_id + self._tail

    def _prefix(self, credentials: bytes) -> bytes:
        """All octets before the request-id's; they are the same each time."""
        message = ber.tlv(ber.SEQUENCE, credentials + self.pdu(bytes(4)))
        prefix = message[: len(message) - len(self._tail) - 4]
        if len(self._prefixes) >= MOST_PREFIXES:
            self._prefixes.clear()
        self._prefixes[credentials] = prefix
        return prefix

    def decode(self, data: bytes, at: int, end: int) -> Decoded:
        """Read a reply's VariableBindings at `at`, which must end where the PDU ends.

        Malformed when it breaks BER, WrongOids when it is about other objects.
        """
        at, stop = ber.expect(data, at, end, ber.SEQUENCE)
        if stop != end:
            raise Malformed("octets behind the variables")
        values: list[Value] = []
        wrong_type: list[int] = []
        marks: list[Mark] = []
        for name, tags in zip(self.names, self._tags, strict=True):
            if at == end:
                raise WrongOids("fewer variables than asked")
            start, stop = ber.expect(data, at, end, ber.SEQUENCE)
            at = start + len(name) if data.startswith(name, start) else _after_name(data, start, stop, name)
            tag, start, at = ber.read_tlv(data, at, stop)
            if at != stop:
                raise Malformed("octets behind a value")
            if tag in CONTENTLESS and start != stop:
                raise Malformed("an exception or Null with content")
            value: Value = None
            if tag in tags:
                value = ber.number(tag, data[start:stop]) if tag in ber.MOST_OCTETS else data[start:stop]
            if value is None and tag not in ber.EXCEPTIONS:
                wrong_type.append(len(values))
            values.append(value)
            marks.append((tag, start, stop))
        if at != end:
            raise WrongOids("more variables than asked")
        return Decoded(values, tuple(wrong_type), marks)


def _after_name(data: bytes, at: int, end: int, name: bytes) -> int:
    """The offset after an object's name that is not spelt as we do: the same OID under a longer length, or another."""
    start, stop = ber.expect(data, at, end, ber.OBJECT_ID)
    if ber.tlv(ber.OBJECT_ID, data[start:stop]) != name:
        raise WrongOids("another object than the one asked")
    return stop


class TemplateCache:
    """Templates by what they ask, so that thousands of equal devices share them. Bounded: the oldest go first."""

    def __init__(self, most: int = 50_000) -> None:
        self._most = most
        self._templates: dict[tuple[tuple[str, ...], tuple[Kind, ...]], Template] = {}
        self._names: dict[str, bytes] = {}
        self._kinds: dict[tuple[Kind, ...], tuple[Kind, ...]] = {}

    def __len__(self) -> int:
        return len(self._templates)

    def template(self, oids: tuple[str, ...], kinds: tuple[Kind, ...]) -> Template:
        """The one template that asks `oids`. ValueError when one of them is no object identifier."""
        known = self._templates.get((oids, kinds))
        if known is not None:
            return known
        kinds = self._kinds.setdefault(kinds, kinds)
        template = Template(oids, kinds, [self._name(oid) for oid in oids])
        while len(self._templates) >= self._most:
            del self._templates[next(iter(self._templates))]
        self._templates[oids, kinds] = template
        return template

    def _name(self, oid: str) -> bytes:
        if len(self._names) > 8 * self._most:
            self._names.clear()
        name = self._names.get(oid)
        if name is None:
            name = self._names[oid] = ber.oid(oid)
        return name
