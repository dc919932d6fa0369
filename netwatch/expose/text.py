"""Text that came from devices and people, made fit for a page or a log line: it can break or forge neither."""

import re

# C0 and C1 controls, line and paragraph separators, directional overrides (text that reads otherwise than it is
# written), lone surrogates (what `surrogateescape` makes of bytes that are no UTF-8)
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_LABEL_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})
_SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}

LABEL_LIMIT = 255  # characters; a DisplayString has no more (RFC 2579)


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    return _SHORT.get(character) or (rf"\x{code:02x}" if code < 0x100 else rf"\u{code:04x}")


def visible(text: str) -> str:
    r"""The text on one line, every unsafe character shown as an escape such as `\x1b` or `\udc80`."""
    return _UNSAFE.sub(_escape, text)


def label_value(text: str, limit: int = LABEL_LIMIT) -> str:
    """The inside of the quotes of a label, escaped as the text format 0.0.4 wants it; it always encodes to UTF-8.

    A newline stays a newline (the format can say it); other control characters and lone surrogates become visible
    escapes; text beyond `limit` characters ends in an ellipsis.
    """
    if text.isascii() and text.isalnum() and len(text) <= limit:
        return text
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    return _UNSAFE.sub(_escape_in_label, text).translate(_LABEL_ESCAPES)


def _escape_in_label(match: re.Match[str]) -> str:
    return "\n" if match[0] == "\n" else _escape(match)
