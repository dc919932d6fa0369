"""RTSP OPTIONS against real sockets: every answer is life, and whatever else a peer does has its Reason in time."""

import asyncio
import itertools
import socket
import tracemalloc
from contextlib import closing
from pathlib import Path

import pytest

from netwatch.collect.rtsp import MOST_OCTETS, ask_options
from netwatch.core.errors import Reason
from tests.lateness import lateness
from tests.unit.collect.hostile import drips, peer, pours, resets, says, stays_silent

OK = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: OPTIONS, DESCRIBE\r\n\r\n"


def descriptors():
    return len(list(Path("/proc/self/fd").iterdir()))


async def ask(act, *, timeout_s=0.4, host="127.0.0.1"):
    """The answer, and what the peer heard."""
    async with peer(act, host) as one:
        answer = await ask_options(host, port=one.port, timeout_s=timeout_s)
    assert one.visits == 1
    return answer, one


@pytest.mark.parametrize(
    "status",
    [
        b"RTSP/1.0 200 OK",
        b"RTSP/1.0 401 Unauthorized",
        b"RTSP/1.0 403 Forbidden",
        b"RTSP/1.0 404 Not Found",
        b"RTSP/1.0 454 Session Not Found",
        b"RTSP/1.0 500 Internal Server Error",
        b"RTSP/2.0 505 RTSP Version Not Supported",
        b"RTSP/1.0 200",
    ],
)
@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
async def test_any_rtsp_status_is_a_living_service(status, end):
    answer, _ = await ask(says(status + end + b"CSeq: 1" + end + end))
    assert (answer.reason, answer.evidence) == (None, status.decode())
    assert 0 < answer.duration_s < 0.4


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_one_options_is_all_that_is_ever_sent(host):
    _, one = await ask(says(OK), host=host)
    authority = f"[{host}]" if ":" in host else host
    lines = one.heard.split(b"\r\n")
    assert lines[0] == f"OPTIONS rtsp://{authority}:{one.port}/ RTSP/1.0".encode()
    assert lines[1] == b"CSeq: 1"
    assert one.heard.endswith(b"\r\n\r\n")
    assert one.heard.count(b"\r\n\r\n") == 1
    for never in (b"PLAY", b"DESCRIBE", b"SETUP", b"Authorization", b"@"):
        assert never not in one.heard


async def test_an_answer_in_pieces_is_put_together():
    answer, _ = await ask(says(OK[:3], OK[3:20], OK[20:-1], OK[-1:], apart_s=0.02))
    assert (answer.reason, answer.evidence) == (None, "RTSP/1.0 200 OK")


@pytest.mark.parametrize(
    ("act", "reason", "evidence"),
    [
        (stays_silent, Reason.TIMEOUT, "connected, but no answer"),
        (resets, Reason.CLOSED, "connected, but no answer"),
        (says(), Reason.CLOSED, "connected, but no answer"),
        (says(b"RTSP/1.0 20"), Reason.CLOSED, "connected, but the answer broke off after 11 octets"),
        (drips(b"RTSP/1.0 200 OK and much more before its line ends"), Reason.DEADLINE, None),
        (says(b"HTTP/1.1 400 Bad Request\r\n\r\n"), Reason.MALFORMED, "no RTSP: HTTP/1.1 400 Bad Request"),
        (says(b"SSH-2.0-dropbear\r\n"), Reason.MALFORMED, "no RTSP: SSH-2.0-dropbear"),
        (says(b"RTSP/1.0 OK\r\n\r\n"), Reason.MALFORMED, "no RTSP: RTSP/1.0 OK"),
        (says(b"RTSP/1.0 099 Odd\r\n\r\n"), Reason.MALFORMED, "no RTSP: RTSP/1.0 099 Odd"),
        (says(b"\x00\x1b[31m\xff\r\n\r\n"), Reason.MALFORMED, "no RTSP: ??[31m?"),
        (says(b"\r\n\r\n"), Reason.MALFORMED, "no RTSP: ????"),
        (says(b"$" * 300), Reason.MALFORMED, "no RTSP: " + "$" * 100),
        (says(b"RTSP/1.0 " + b"2" * 100_000), Reason.TRUNCATED, None),
    ],
)
async def test_whatever_else_comes_back_has_its_reason(act, reason, evidence):
    answer, _ = await ask(act)
    assert (answer.duration_s, answer.reason) == (None, reason)
    if evidence is not None:
        assert answer.evidence == evidence


async def test_a_refusal_is_told_from_all_of_these():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        answer = await ask_options("127.0.0.1", port=probe.getsockname()[1], timeout_s=1)
    assert (answer.duration_s, answer.reason, answer.evidence) == (None, Reason.REFUSED, "no connection")


async def test_a_name_is_not_looked_up_here():
    assert (await ask_options("cam-1.example", port=554, timeout_s=1)).reason is Reason.UNRESOLVED


@pytest.mark.parametrize(
    "act",
    [
        pours(OK[:-2], b"X-More: of this\r\n"),
        pours(OK[:-2], b"x" * 65536),
        drips(itertools.chain(OK[:-2], itertools.cycle(b"X"))),
        says(OK[:-2]),
        says(OK + b"$" * 100_000),
    ],
    ids=["endless headers", "endless line", "slow drip", "closed in the headers", "interleaved data"],
)
async def test_headers_that_never_end_take_nothing_from_the_status_line(act):
    answer, _ = await ask(act, timeout_s=3.0)
    assert (answer.reason, answer.evidence) == (None, "RTSP/1.0 200 OK")


@pytest.mark.parametrize(
    "act",
    [drips(itertools.cycle(b"R")), drips(itertools.cycle(b"RTSP/"), apart_s=0), stays_silent],
    ids=["drips", "pours", "is silent"],
)
async def test_nobody_holds_a_check_beyond_its_deadline(act):
    loop = asyncio.get_running_loop()
    begun_s = loop.time()
    async with lateness() as late:
        answer, _ = await ask(act, timeout_s=0.3)
        took_s = loop.time() - begun_s
    assert answer.reason is not None
    assert took_s < 0.6 + late.s


async def test_a_peer_that_pours_for_ever_costs_the_cap_and_no_more():
    tracemalloc.start()
    try:
        async with peer(pours(b"RTSP/1.0 ", b"2" * 4096)) as one:
            before, _ = tracemalloc.get_traced_memory()
            tracemalloc.reset_peak()
            answers = [await ask_options("127.0.0.1", port=one.port, timeout_s=1) for _ in range(5)]
            _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert {answer.reason for answer in answers} == {Reason.TRUNCATED}
    assert peak - before < 100 * MOST_OCTETS  # the peer's own buffers, in this process, are most of it


async def test_whatever_happened_no_socket_stays_open():
    before = descriptors()
    for act in (says(OK), says(), resets, stays_silent, says(b"SSH-2.0-x\r\n")):
        async with peer(act) as one:
            within = descriptors()
            await asyncio.gather(*(ask_options("127.0.0.1", port=one.port, timeout_s=0.2) for _ in range(20)))
            await asyncio.sleep(0.05)
            assert descriptors() <= within
    assert descriptors() <= before


async def test_a_check_that_is_cancelled_closes_its_connection():
    async with peer(stays_silent) as one:
        before = descriptors()
        check = asyncio.get_running_loop().create_task(ask_options("127.0.0.1", port=one.port, timeout_s=9))
        await asyncio.sleep(0.05)
        check.cancel()
        await asyncio.gather(check, return_exceptions=True)
        await asyncio.sleep(0.05)
        assert check.cancelled()
        assert descriptors() <= before
