"""Who answers an ICMP echo (RFC 792) of this thread's namespace: the test's own eyes, beside netwatch's."""

import select
import socket
import struct
import time

ECHO_REQUEST = struct.pack("!BBHHH", 8, 0, 0, 0, 1)  # the kernel writes identifier and checksum
WAIT_S = 0.25
TRIES = 2  # the first echo may be lost while the switches learn where everybody is


def answering(addresses):
    """Those of `addresses` that answer within the wait."""
    silent, heard = set(addresses), set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP) as echoes:
        echoes.settimeout(0)
        for _ in range(TRIES):
            for address in silent - heard:
                echoes.sendto(ECHO_REQUEST, (address, 0))
            heard |= _heard(echoes, until_s=time.monotonic() + WAIT_S, wanted=silent - heard)
    return heard & silent


def _heard(echoes, *, until_s, wanted):
    """However late we look, what has come by then counts."""
    heard = set()
    while not heard >= wanted and select.select([echoes], [], [], max(0.0, until_s - time.monotonic()))[0]:
        heard.add(echoes.recvfrom(64)[1][0])
    return heard
