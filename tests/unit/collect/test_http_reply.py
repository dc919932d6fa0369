"""Where an HTTP reply ends, however it says so."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.collect.http_reply import is_whole, read_body

HEAD = b"HTTP/1.1 200 OK\r\n"
COUNTED = HEAD + b"Content-Length: 5\r\n\r\nhello"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n"


@pytest.mark.parametrize(
    "reply",
    [
        COUNTED,
        CHUNKED,
        COUNTED.replace(b"\r\n", b"\n"),
        CHUNKED.replace(b"\r\n", b"\n"),
        COUNTED.replace(b"Content-Length: 5", b"CONTENT-LENGTH:5 \r\nX: y"),
        CHUNKED.replace(b"chunked", b"gzip, Chunked"),
        CHUNKED.replace(b"0\r\n\r\n", b"000\r\nTrailer: x\r\n\r\n"),
        COUNTED + b"more than was said",
    ],
)
def test_a_reply_is_whole_with_its_last_octet_and_no_sooner(reply):
    assert is_whole(bytearray(reply))
    assert read_body(reply, is_closed=False) == b"hello"
    end = next(n for n in range(len(reply) + 1) if is_whole(bytearray(reply[:n])))
    assert read_body(reply[:end], is_closed=False) == b"hello"
    assert all(read_body(reply[:n], is_closed=False) is None for n in range(len(HEAD), end))


def test_a_reply_that_does_not_tell_its_length_ends_with_the_connection():
    reply = HEAD + b"\r\nhello"
    assert not is_whole(bytearray(reply))
    assert read_body(reply, is_closed=False) is None
    assert read_body(reply, is_closed=True) == b"hello"


@pytest.mark.parametrize("reply", [COUNTED[:-1], CHUNKED[:-7], HEAD])
def test_a_reply_cut_short_has_no_body(reply):
    assert read_body(reply, is_closed=True) is None


@pytest.mark.parametrize(
    "chunks", [b"x\r\nhe", b"-1\r\n", b"fffffffff\r\n", b"2\r\nhello\r\n0\r\n\r\n", b"2\r\nhe0\r\n\r\n", b"2\r\nhe\rx"]
)
def test_broken_chunks_are_no_body(chunks):
    reply = HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunks
    assert (is_whole(bytearray(reply)), read_body(reply, is_closed=True)) == (False, None)


def test_what_is_no_http_need_not_be_listened_to():
    assert is_whole(bytearray(b"SSH-2.0-x\r\n"))
    assert is_whole(bytearray(b"X"))
    assert not is_whole(bytearray(b"HTT"))


def test_a_chunk_of_one_octet_each_is_read_in_little_time():
    reply = HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 10_000 + b"0\r\n\r\n"
    begun_s = time.process_time()
    assert read_body(reply, is_closed=False) == b"x" * 10_000
    assert time.process_time() - begun_s < 0.2


@given(st.binary(max_size=200).map(lambda junk: HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + junk) | st.binary())
def test_no_octets_break_the_reading_and_a_whole_reply_has_a_body(reply):
    if is_whole(bytearray(reply)) and reply.startswith(b"HTTP/1."):
        assert read_body(reply, is_closed=False) is not None
    read_body(reply, is_closed=True)
