"""`.snmprec` recordings: a file in, the agent's objects with their values out, or every bad line as a sentence.

One object a line, `oid|tag|value`. The tag is the decimal BER tag; an `x` behind it means that the value is hex.
Order does not matter; of an object given twice the first line stands.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from netwatch.core.errors import NetwatchError, Problem
from netwatch.simulate.mib import Arcs
from netwatch.snmp import ber

MOST_PROBLEMS = 20
TAG = re.compile(r"(\d{1,3})(x?)")


class RecordingError(NetwatchError):
    """A recording cannot be used; `problems` holds the first mistakes, in file order."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What one agent said. `values`: object -> the value as it goes on the wire, tag and length included."""

    source: str
    values: Mapping[Arcs, bytes]


def _text(value: bytes) -> str:
    return value.decode("ascii")


def _integer(value: bytes) -> bytes:
    number = int(_text(value))
    if not -(2**63) <= number < 2**63:
        raise ValueError("out of range")
    return ber.integer(number)


def _unsigned(tag: int, bits: int) -> Callable[[bytes], bytes]:
    def encode(value: bytes) -> bytes:
        number = int(_text(value))
        if not 0 <= number < 2**bits:
            raise ValueError("out of range")
        return ber.unsigned(number, tag)

    return encode


def _object_id(value: bytes) -> bytes:
    return ber.oid(_text(value).strip())


def _address(value: bytes) -> bytes:
    octets = bytes(map(int, _text(value).strip().split(".")))
    if len(octets) != 4:
        raise ValueError("not four octets")
    return ber.octets(octets, ber.IP_ADDRESS)


def _null(_value: bytes) -> bytes:
    return ber.tlv(ber.NULL, b"")


# tag -> (what the value should have been, its encoder)
ENCODERS: Mapping[int, tuple[str, Callable[[bytes], bytes]]] = MappingProxyType(
    {
        ber.INTEGER: ("an INTEGER", _integer),
        ber.OCTET_STRING: ("an OCTET STRING", ber.octets),
        ber.NULL: ("a Null", _null),
        ber.OBJECT_ID: ("an OBJECT IDENTIFIER", _object_id),
        ber.IP_ADDRESS: ("an IpAddress", _address),
        ber.COUNTER32: ("a Counter32", _unsigned(ber.COUNTER32, 32)),
        ber.GAUGE32: ("a Gauge32", _unsigned(ber.GAUGE32, 32)),
        ber.TIME_TICKS: ("TimeTicks", _unsigned(ber.TIME_TICKS, 32)),
        ber.OPAQUE: ("an Opaque", lambda value: ber.octets(value, ber.OPAQUE)),
        ber.COUNTER64: ("a Counter64", _unsigned(ber.COUNTER64, 64)),
    }
)
OCTET_TAGS = frozenset({ber.OCTET_STRING, ber.IP_ADDRESS, ber.OPAQUE})


def parse_line(line: bytes) -> tuple[Arcs, bytes]:
    """One line as (object, encoded value). ValueError with half a sentence when it is none."""
    name, bar, rest = line.partition(b"|")
    tag_text, second_bar, value = rest.partition(b"|")
    if not bar or not second_bar:
        raise ValueError("expected oid|tag|value")
    try:
        arcs = ber.oid_arcs(_text(name).strip())
    except ValueError:
        raise ValueError(f"{_shown(name)} is not an object identifier") from None
    match = TAG.fullmatch(tag_text.decode("ascii", "replace").strip())
    if match is None:
        raise ValueError(
            f"the tag {_shown(tag_text)} is not a number with an optional x (variation modules do not exist here)"
        )
    return arcs, _value(int(match[1]), value, is_hex=bool(match[2]))


def _value(tag: int, value: bytes, *, is_hex: bool) -> bytes:
    if tag not in ENCODERS:
        raise ValueError(f"the tag {tag} is not one of {', '.join(map(str, ENCODERS))}")
    what, encode = ENCODERS[tag]
    try:
        if not is_hex:
            return encode(value)
        octets = bytes.fromhex(_text(value))
        return ber.octets(octets, tag) if tag in OCTET_TAGS else encode(octets)
    except ValueError:
        raise ValueError(f"{_shown(value)} is not {what}{' in hex' if is_hex else ''}") from None


def _shown(value: bytes) -> str:
    text = value.decode("utf-8", "backslashreplace")
    return repr(text if len(text) <= 40 else text[:37] + "...")


def _lines(content: bytes) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(content.split(b"\n"), start=1):
        stripped = line.removesuffix(b"\r")
        if stripped.strip() and not stripped.startswith(b"#"):
            yield number, stripped


def parse(content: bytes, *, source: str) -> Recording:
    """Every object of a recording's octets. RecordingError with `source:line` sentences when lines are wrong."""
    values: dict[Arcs, bytes] = {}
    problems: list[Problem] = []
    for number, line in _lines(content):
        try:
            arcs, value = parse_line(line)
            values.setdefault(arcs, value)
        except ValueError as wrong:
            problems.append(Problem(file=source, line=number, where="", what=str(wrong)))
            if len(problems) == MOST_PROBLEMS:
                break
    if not problems and not values:
        problems.append(Problem(file=source, line=0, where="", what="holds no objects"))
    if problems:
        raise RecordingError(tuple(problems))
    return Recording(source=source, values=MappingProxyType(values))


def read(path: Path) -> Recording:
    """Read one file. RecordingError also when it cannot be opened."""
    try:
        content = path.read_bytes()
    except OSError as error:
        problem = Problem(file=str(path), line=0, where="", what=(error.strerror or "cannot be read").lower())
        raise RecordingError((problem,)) from error
    return parse(content, source=str(path))


def format_line(name: bytes, syntax: int, value: int | bytes | None) -> bytes | None:
    """One object as a line (without line end) that `parse_line` reads back to the same octets.

    None for what a recording cannot hold: exceptions and numbers of illegal length.
    """
    if syntax not in ENCODERS or (value is None and syntax != ber.NULL):
        return None
    head = ber.oid_to_dotted(name).encode()
    if isinstance(value, int):
        return b"%s|%d|%d" % (head, syntax, value)
    content = value or b""
    if syntax == ber.OBJECT_ID:
        return b"%s|%d|%s" % (head, syntax, ber.oid_to_dotted(content).encode())
    if syntax == ber.IP_ADDRESS and len(content) == 4:
        return b"%s|%d|%s" % (head, syntax, b".".join(b"%d" % octet for octet in content))
    if content.isascii() and content.decode("ascii").isprintable() and syntax == ber.OCTET_STRING:
        return b"%s|%d|%s" % (head, syntax, content)
    return b"%s|%dx|%s" % (head, syntax, content.hex().encode())
