"""ONVIF's time over HTTP against real sockets: life, a clock, or the reason why neither."""

import asyncio
import itertools
import time
from datetime import UTC, datetime

import pytest

from netwatch.collect.onvif import PATH, ask_time
from netwatch.collect.soap_time import device_time_s
from netwatch.core.errors import Reason
from netwatch.simulate.camera import Camera, reply_to
from tests.lateness import lateness
from tests.unit.collect.hostile import drips, peer, pours, resets, says, stays_silent

FAULT = (
    b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><s:Fault><s:Code>'
    b"<s:Value>s:Sender</s:Value></s:Code></s:Fault></s:Body></s:Envelope>"
)
TIMEOUT_S = 2.0
REQUEST = b"POST /onvif/ HTTP/1.1\r\n\r\nGetSystemDateAndTime Envelope>"


def told(at_s=None, *, offset_s=0.0):
    """A camera's whole reply: its clock is `offset_s` ahead."""
    now_s = time.time()  # noqa: TID251  it is the clock that the check compares with
    return reply_to(REQUEST, Camera(clock_offset_s=offset_s), now_s if at_s is None else at_s)


def http(status, body=b"", *headers):
    lines = [b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


async def ask(act, *, timeout_s=TIMEOUT_S):
    async with peer(act) as one:
        answer = await ask_time("127.0.0.1", port=one.port, timeout_s=timeout_s)
    assert one.visits == 1
    return answer, one


@pytest.mark.parametrize("offset_s", [0.0, 0.3, -7.0, 9 * 3600.0, -1.7e9])
async def test_the_offset_is_the_devices_clock_minus_ours_to_half_a_second(offset_s):
    async def act(_reader, writer):
        writer.write(told(offset_s=offset_s))

    answer, _ = await ask(act)
    assert answer.reason is None
    assert answer.clock_offset_s == pytest.approx(offset_s, abs=0.6)
    assert answer.evidence == "HTTP/1.1 200 OK"


async def test_a_slow_answer_is_dated_at_the_middle_of_the_wait():
    """A device that takes a second may have looked at its clock at any moment of it."""

    async def act(_reader, writer):
        reply = told()
        await asyncio.sleep(1.0)
        writer.write(reply)

    moments = []
    async with lateness() as late:
        for _ in range(3):
            answer, _ = await ask(act, timeout_s=30)
            moments.append(answer.clock_offset_s)
    # -0.5, and half a second either way
    assert all(-1.1 - late.s < offset_s < 0.1 for offset_s in moments)


async def test_one_post_without_credentials_is_all_that_is_ever_sent():
    _, one = await ask(says(told()))
    head, _, body = one.heard.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == f"POST {PATH} HTTP/1.1".encode()
    assert f"Host: 127.0.0.1:{one.port}".encode() in lines
    assert b"Content-Length: %d" % len(body) in lines
    assert device_time_s(body) is None  # an envelope that holds together
    assert b"GetSystemDateAndTime" in body
    for never in (b"Authorization", b"Security", b"UsernameToken", b"Set"):
        assert never not in one.heard


@pytest.mark.parametrize(
    "reply",
    [
        http(b"401 Unauthorized", b"", b'WWW-Authenticate: Digest realm="x"'),
        b"HTTP/1.0 401 Unauthorized\r\n",
        http(b"400 Bad Request", FAULT),
        http(b"400 Bad Request", b"<html>no</html>"),
        http(b"403 Forbidden"),
        http(b"500 Internal Server Error", FAULT),
        http(b"200 OK", FAULT),
        http(b"200 OK", told(1e9).partition(b"\r\n\r\n")[2].replace(b"2001", b"20010")),
    ],
)
async def test_a_refusal_or_a_fault_is_life_without_a_clock(reply):
    answer, _ = await ask(says(reply))
    assert (answer.reason, answer.clock_offset_s) == (None, None)
    assert answer.duration_s is not None
    assert answer.evidence == reply.partition(b"\r\n")[0].decode()


async def test_a_reply_in_chunks_or_without_a_length_is_read_too():
    head, _, body = told().partition(b"\r\n\r\n")
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(body[n : n + 50]), body[n : n + 50]) for n in range(0, len(body), 50))
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"
    for reply in (chunked, b"HTTP/1.0 200 OK\r\n\r\n" + body, head + b"\r\n\r\n" + body):
        answer, _ = await ask(says(reply[:30], reply[30:], apart_s=0.02))
        assert answer.clock_offset_s == pytest.approx(0, abs=1.2)


async def test_a_redirect_is_not_followed():
    async with peer(says(told())) as elsewhere:
        reply = http(b"302 Found", b"", f"Location: http://127.0.0.1:{elsewhere.port}{PATH}".encode())
        answer, _ = await ask(says(reply))
        assert (answer.reason, elsewhere.visits) == (Reason.ABSENT, 0)


@pytest.mark.parametrize(
    ("act", "reason", "evidence"),
    [
        (
            says(http(b"404 Not Found", b"<html>")),
            Reason.ABSENT,
            "HTTP/1.1 404 Not Found: XML that is no SOAP envelope",
        ),
        (says(http(b"503 Busy")), Reason.AGENT_ERROR, "HTTP/1.1 503 Busy: no XML that holds together"),
        (says(http(b"200 OK", b"<html/>")), Reason.MALFORMED, "HTTP/1.1 200 OK: XML that is no SOAP envelope"),
        (says(http(b"200 OK", b"<!DOCTYPE x><x/>")), Reason.MALFORMED, "HTTP/1.1 200 OK: XML with a DTD"),
        (says(b"RTSP/1.0 400 Bad Request\r\n\r\n"), Reason.MALFORMED, "no HTTP: RTSP/1.0 400 Bad Request"),
        (says(b"\x16\x03\x01\x00\x02"), Reason.MALFORMED, "no HTTP: ?????"),
        (says(b"HTTP/1.1 20"), Reason.CLOSED, "connected, but the answer broke off after 11 octets"),
        (says(http(b"200 OK", FAULT)[:-1]), Reason.CLOSED, None),
        (says(), Reason.CLOSED, "connected, but no answer"),
        (resets, Reason.CLOSED, "connected, but no answer"),
        (stays_silent, Reason.TIMEOUT, "connected, but no answer"),
        (drips(itertools.chain(b"HTTP/1.1 200 OK\r\nX: ", itertools.cycle(b"x"))), Reason.DEADLINE, None),
        (pours(b"HTTP/1.1 200 OK\r\n", b"X-More: of this\r\n"), Reason.TRUNCATED, None),
        (pours(b"HTTP/1.1 200 OK\r\nContent-Length: 10485760\r\n\r\n", b"<" * 65536), Reason.TRUNCATED, None),
        (pours(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 999), Reason.TRUNCATED, None),
    ],
)
async def test_whatever_else_comes_back_has_its_reason(act, reason, evidence):
    loop = asyncio.get_running_loop()
    begun_s = loop.time()
    async with lateness() as late:
        answer, _ = await ask(act)
        took_s = loop.time() - begun_s
    assert took_s < TIMEOUT_S + 0.5 + late.s
    assert (answer.duration_s, answer.clock_offset_s, answer.reason) == (None, None, reason)
    if evidence is not None:
        assert answer.evidence == evidence


def test_the_moment_of_a_known_reply():
    assert device_time_s(told(1.5e9).partition(b"\r\n\r\n")[2]) == datetime(2017, 7, 14, 2, 40, tzinfo=UTC).timestamp()
