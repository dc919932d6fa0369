"""One HTTP/1.1 reply on a connection of its own: octets in, the body out (RFC 9112 §6). Bounded by its reader.

Three ways to say where a body ends: its length, chunks, or the connection's end. Nothing is decompressed: we ask for
no content coding.
"""

import re

from netwatch.collect.connection import head_end

_BEGINNING = b"HTTP/1."
_LENGTH = re.compile(rb"^content-length:[ \t]*([0-9]{1,9})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_CHUNKED = re.compile(rb"^transfer-encoding:.*\bchunked[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_CHUNK_SIZE = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
_LAST_CHUNK = re.compile(rb"(?:^|\n)0+[ \t]*(?:;[^\r\n]*)?\r?\n")
_SEARCHED_FOR_END = 512  # octets at the end of a reply in which its last chunk is looked for


def is_whole(reply: bytearray) -> bool:
    """Whether the reply has ended, or is no HTTP and need not be listened to any longer."""
    if not _BEGINNING.startswith(reply[: len(_BEGINNING)]):
        return True
    begin = head_end(reply)
    if begin < 0:
        return False
    head = bytes(reply[:begin])
    if _CHUNKED.search(head):
        # cheap before sure: octets may come one at a time
        return bool(_LAST_CHUNK.search(reply, max(begin, len(reply) - _SEARCHED_FOR_END))) and (
            _dechunked(reply, begin) is not None
        )
    length = _LENGTH.search(head)
    return length is not None and len(reply) - begin >= int(length[1])


def read_body(reply: bytes, *, is_closed: bool) -> bytes | None:
    """The body; None while it is not whole. `is_closed`: the connection's end was the reply's."""
    begin = head_end(reply)
    if begin < 0:
        return None
    head = reply[:begin]
    if _CHUNKED.search(head):
        return _dechunked(reply, begin)
    length = _LENGTH.search(head)
    if length is None:
        return reply[begin:] if is_closed else None
    end = begin + int(length[1])
    return reply[begin:end] if len(reply) >= end else None


def _dechunked(reply: bytes | bytearray, place: int) -> bytes | None:
    """The chunks from `place` on, put together; None when they are broken or the last is not there."""
    body = bytearray()
    while True:
        size_line = _CHUNK_SIZE.match(reply, place)
        if size_line is None:
            return None
        size, begin = int(size_line[1], 16), size_line.end()
        if size == 0:
            return bytes(body)
        chunk = reply[begin : begin + size]
        if len(chunk) < size:
            return None
        body += chunk
        place = begin + size
        if reply[place : place + 1] == b"\r":
            place += 1
        if reply[place : place + 1] != b"\n":
            return None
        place += 1
