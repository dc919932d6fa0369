"""A SOAP envelope -> the UTC time that an ONVIF device tells in it. XML from strangers, read with its teeth drawn.

Without a DTD there are no entities to expand and nothing outside to fetch, so a DTD ends the reading; nesting is
bounded; the reader has bounded the length. Elements are matched by namespace, since prefixes are free.
"""

from datetime import UTC, datetime, timedelta
from xml.parsers import expat

DEEPEST = 32
_SOAP = ("http://www.w3.org/2003/05/soap-envelope", "http://schemas.xmlsoap.org/soap/envelope/")  # 1.2, 1.1
_SCHEMA = "http://www.onvif.org/ver10/schema"
_FIELDS = {
    ("Date", "Year"),
    ("Date", "Month"),
    ("Date", "Day"),
    ("Time", "Hour"),
    ("Time", "Minute"),
    ("Time", "Second"),
}
_LONGEST_NUMBER = 8


class NotSoapError(Exception):
    """It is no SOAP envelope that could be read; the message says why, in words of ours."""


def device_time_s(document: bytes) -> float | None:
    """UTC epoch seconds, whole; None where the envelope tells no valid UTC time, as a fault does. NotSoapError."""
    reading = _Reading()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_dtd
    parser.EntityDeclHandler = _refuse_dtd
    parser.StartElementHandler = reading.begin
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.text
    try:
        parser.Parse(document, True)  # noqa: FBT003  expat's own signature: this is all of it
    except expat.ExpatError as error:
        raise NotSoapError("no XML that holds together") from error
    except (LookupError, ValueError) as error:  # a charset that Python does not know, or cannot read
        raise NotSoapError("in no known charset") from error
    return reading.time_s()


def _refuse_dtd(*_declared: object) -> None:
    raise NotSoapError("XML with a DTD")


class _Reading:
    """What the elements of one document say. Fed by expat."""

    def __init__(self) -> None:
        self._path: list[str] = []
        self._texts: dict[tuple[str, str], str] = {}
        self._twice = False

    def begin(self, name: str, _attributes: dict[str, str]) -> None:
        if not self._path and name not in {f"{space} Envelope" for space in _SOAP}:
            raise NotSoapError("XML that is no SOAP envelope")
        if len(self._path) >= DEEPEST:
            raise NotSoapError("XML nested too deeply")
        self._path.append(name)
        field = self._field()
        if field is not None:
            self._twice |= field in self._texts
            self._texts[field] = ""

    def end(self, _name: str) -> None:
        self._path.pop()

    def text(self, text: str) -> None:
        field = self._field()
        if field is not None:
            self._texts[field] = (self._texts[field] + text)[: _LONGEST_NUMBER + 1]

    def _field(self) -> tuple[str, str] | None:
        """(Date, Year) and the like where the path stands in one of UTCDateTime's fields."""
        *_, utc, group, field = ["", "", *self._path]
        if utc != f"{_SCHEMA} UTCDateTime":
            return None
        names = (group.removeprefix(f"{_SCHEMA} "), field.removeprefix(f"{_SCHEMA} "))
        return names if names in _FIELDS else None

    def time_s(self) -> float | None:
        texts = {name: text.strip() for name, text in self._texts.items()}
        is_sound = not self._twice and texts.keys() == _FIELDS
        if not is_sound or not all(text.isascii() and text.isdigit() and len(text) <= 4 for text in texts.values()):
            return None
        number = {field: int(text) for (_, field), text in texts.items()}
        if number["Second"] > 61:  # ONVIF allows two leap seconds
            return None
        try:
            minute = datetime(
                number["Year"], number["Month"], number["Day"], number["Hour"], number["Minute"], tzinfo=UTC
            )
            return (minute + timedelta(seconds=number["Second"])).timestamp()
        except (ValueError, OverflowError):
            return None
