"""RTSP OPTIONS: an address and port in, whether an RTSP service lives there out. One question, never a stream.

OPTIONS asks for no media and no account (RFC 2326 §10.1, RFC 7826 §13.1). Any RTSP status answers it, 401 and 404 too:
only the service itself can say no. Nothing else is ever sent: no DESCRIBE, no SETUP, no PLAY, no credentials.
"""

import re

from netwatch.collect.connection import Answer, Call, Exchange, exchange, first_line, head_end, printable, url_host
from netwatch.core.errors import Reason

MOST_OCTETS = 8192  # of the status line and the headers; an answer to OPTIONS takes about 300

_STATUS_LINE = re.compile(rb"RTSP/[0-9]\.[0-9] [1-9][0-9]{2}(?: .*)?")
_BEGINNING = b"RTSP/"


async def ask_options(address: str, *, port: int, timeout_s: float) -> Answer:
    """One OPTIONS. Every failure is a Reason; nothing is raised."""
    call = Call(address=address, port=port, timeout_s=timeout_s, most_octets=MOST_OCTETS)
    return _answer(await exchange(call, _request(address, port), is_whole=_is_whole))


def _request(address: str, port: int) -> bytes:
    # the absolute URI rather than `*`, which some cameras refuse
    lines = (
        f"OPTIONS rtsp://{url_host(address)}:{port}/ RTSP/1.0",
        "CSeq: 1",
        "User-Agent: netwatch",
        "Connection: close",
        "",
        "",
    )
    return "\r\n".join(lines).encode("ascii")


def _is_whole(reply: bytearray) -> bool:
    """The headers have ended, or what speaks here is no RTSP and need not be listened to any longer."""
    return head_end(reply) >= 0 or not _BEGINNING.startswith(reply[: len(_BEGINNING)])


def _answer(seen: Exchange) -> Answer:
    """The status line is the proof; headers that break off behind it take nothing from it."""
    line = first_line(seen.reply)
    if _STATUS_LINE.fullmatch(line):
        return Answer(at_s=seen.at_s, duration_s=seen.ended_s - seen.at_s, evidence=printable(line))
    if line or not _BEGINNING.startswith(seen.reply[: len(_BEGINNING)]):
        said = printable(line or seen.reply)
        return Answer(at_s=seen.at_s, duration_s=None, reason=Reason.MALFORMED, evidence=f"no RTSP: {said}")
    return seen.failed()
