"""Octets a device calls text -> text that no page, log line or terminal can stumble over.

In: the octets of a DisplayString or SnmpAdminString (RFC 3411 §5), in whatever charset the device speaks.
Out: NFC text of at most 255 code points without controls, line breaks, lone surrogates or direction marks.
"""

import unicodedata
from functools import lru_cache

MAX_LENGTH = 255  # code points; SnmpAdminString and DisplayString allow as many octets

# Controls, format characters (direction overrides, zero-width), surrogates, line and paragraph separators: all can
# end a line, hide text or turn it round. Ideographic and no-break spaces stay, Korean names use them.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


@lru_cache(maxsize=16_384)  # thousands of switches call their ports alike, and each discovery reads all of it again
def decode_text(raw: bytes, charset: str) -> str:
    """The text in `raw`: UTF-8, else `charset`, else UTF-8 with the foreign octets in hex behind a backslash.

    Trailing NULs are padding and go; what cannot be seen becomes a backslash escape; what is too long ends in `…`.
    Raises LookupError if Python has no such charset, which the inventory has checked.
    """
    return _short_text(raw, charset) if len(raw) <= MAX_LENGTH else visible(_decode(raw.rstrip(b"\0"), charset))


@lru_cache(maxsize=8192)
def _short_text(raw: bytes, charset: str) -> str:
    """Kept: a device says the same at each discovery, and thousands have a port of the same name."""
    return visible(_decode(raw.rstrip(b"\0"), charset))


def visible(text: str) -> str:
    """`text` in NFC with everything unseen escaped, cut to 255 code points. Applying it twice changes nothing."""
    if not text.isprintable():
        text = "".join([_escape(c) if unicodedata.category(c) in _UNSEEN else c for c in text])
    # After the escapes, not before: a combining mark that followed a control now follows a letter.
    text = unicodedata.normalize("NFC", text)
    return text if len(text) <= MAX_LENGTH else text[: MAX_LENGTH - 1] + "…"


def _decode(raw: bytes, charset: str) -> str:
    for candidate in ("utf-8", charset):
        try:
            return raw.decode(candidate)
        except UnicodeError:
            continue  # not a failure: most field switches speak one or the other
    return raw.decode("utf-8", "backslashreplace")


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
