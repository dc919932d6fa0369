"""ONVIF GetSystemDateAndTime: an address and port in; whether an ONVIF service lives there, and its clock, out.

One HTTP POST without credentials (the ONVIF core specification lets anyone ask the time, so that clients can sign what
they ask next). A refusal for want of an account is a sign of life too. Redirects are not followed.
"""

import re
import time

from netwatch.collect.connection import Answer, Call, Exchange, exchange, first_line, printable, url_host
from netwatch.collect.http_reply import is_whole, read_body
from netwatch.collect.soap_time import NotSoapError, device_time_s
from netwatch.core.errors import Reason

MOST_OCTETS = 65_536  # of the whole reply; the longest seen are about 2,000
PATH = "/onvif/device_service"
_ACTION = "http://www.onvif.org/ver10/device/wsdl/GetSystemDateAndTime"
_ENVELOPE = (
    b'<?xml version="1.0" encoding="UTF-8"?>'
    b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>'
    b'<GetSystemDateAndTime xmlns="http://www.onvif.org/ver10/device/wsdl"/>'
    b"</s:Body></s:Envelope>"
)
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-9][0-9]{2})(?: .*)?")
_REFUSALS = frozenset({400, 401, 403})  # of a service that is there, but wants an account or another question
HALF_A_SECOND = 0.5  # a device tells whole seconds: on average it is half a second past


async def ask_time(address: str, *, port: int, timeout_s: float) -> Answer:
    """One question for the time. Every failure is a Reason; nothing is raised."""
    call = Call(address=address, port=port, timeout_s=timeout_s, most_octets=MOST_OCTETS)
    seen = await exchange(call, _request(address, port), is_whole=is_whole)
    return _answer(seen, wall_s=time.time() - time.monotonic())


def _request(address: str, port: int) -> bytes:
    lines = (
        f"POST {PATH} HTTP/1.1",
        f"Host: {url_host(address)}:{port}",
        f'Content-Type: application/soap+xml; charset=utf-8; action="{_ACTION}"',
        f"Content-Length: {len(_ENVELOPE)}",
        "User-Agent: netwatch",
        "Connection: close",
        "",
        "",
    )
    return "\r\n".join(lines).encode("ascii") + _ENVELOPE


def _answer(seen: Exchange, *, wall_s: float) -> Answer:
    line = first_line(seen.reply)
    status_line = _STATUS_LINE.fullmatch(line)
    if status_line is not None:
        return _answer_of_http(seen, int(status_line[1]), printable(line), wall_s=wall_s)
    if line or seen.reason is None:
        said = f"no HTTP: {printable(line or seen.reply)}"
        return Answer(at_s=seen.at_s, duration_s=None, reason=Reason.MALFORMED, evidence=said)
    return seen.failed()


def _answer_of_http(seen: Exchange, status: int, said: str, *, wall_s: float) -> Answer:
    if status in _REFUSALS:
        return _alive(seen, said)
    body = read_body(seen.reply, is_closed=seen.reason is Reason.CLOSED)
    if body is None:
        return seen.failed(f"{said}, but the answer broke off after {len(seen.reply)} octets")
    try:
        told_s = device_time_s(body)
    except NotSoapError as error:
        return Answer(at_s=seen.at_s, duration_s=None, reason=_why_not_onvif(status), evidence=f"{said}: {error}")
    if told_s is None or seen.sent_s is None:
        return _alive(seen, said)
    middle_s = (seen.sent_s + (seen.heard_s or seen.ended_s)) / 2
    return _alive(seen, said, clock_offset_s=told_s + HALF_A_SECOND - (middle_s + wall_s))


def _alive(seen: Exchange, said: str, *, clock_offset_s: float | None = None) -> Answer:
    duration_s = seen.ended_s - seen.at_s
    return Answer(at_s=seen.at_s, duration_s=duration_s, evidence=said, clock_offset_s=clock_offset_s)


def _why_not_onvif(status: int) -> Reason:
    """HTTP is spoken here, but not the service asked for: something else, its failure, or nothing at that path."""
    if 200 <= status < 300:
        return Reason.MALFORMED
    return Reason.AGENT_ERROR if status >= 500 else Reason.ABSENT
