"""Targets, the memory of finished requests, and the wheel of timeouts."""

import asyncio
import socket

import pytest

from netwatch.snmp.errors import ErrorStatus, NoSuchName, Outcome
from netwatch.snmp.recent import Recent
from netwatch.snmp.target import Target, Way
from netwatch.snmp.wheel import SLOT_S, Wheel
from tests.lateness import lateness

SWITCH = Target(host="10.20.0.1", community=b"zebra-7", accept_from=frozenset({"10.20.0.2"}))


def test_a_community_is_in_no_representation():
    assert "zebra" not in repr(SWITCH) + str(SWITCH)


def test_replies_are_accepted_from_the_listed_addresses_and_one_port_only():
    assert SWITCH.accepts("10.20.0.1", 161)
    assert SWITCH.accepts("10.20.0.2", 161)
    assert not SWITCH.accepts("10.20.0.2", 162)
    assert not SWITCH.accepts("10.20.0.3", 161)


def test_addresses_are_compared_in_the_kernels_spelling():
    target = Target(host="2001:DB8:0:0::0001", community=b"", accept_from=frozenset({"fe80:0::1%eth0"}))
    assert target.way == Way(socket.AF_INET6, None, None)
    assert target.accepts("2001:db8::1", 161)
    assert target.accepts("fe80::1%eth0", 161)


@pytest.mark.parametrize(
    "wrong",
    [
        {"host": "switch.city"},
        {"host": "10.0.0.256"},
        {"accept_from": frozenset({"x"})},
        {"port": 0},
        {"port": 65536},
        {"timeout_s": 0},
        {"retries": -1},
    ],
)
def test_a_target_that_cannot_be_asked_is_refused(wrong):
    with pytest.raises(ValueError, match=r"numeric|range"):
        Target(**({"host": "10.0.0.1", "community": b""} | wrong))


def test_stragglers_are_told_apart_and_late_only_once():
    recent = Recent()
    recent.add(b"1", SWITCH, answered=True)
    recent.add(b"2", SWITCH, answered=False)
    assert recent.classify(b"1", "10.20.0.1", 161) is Outcome.DUPLICATE
    assert recent.classify(b"2", "10.20.0.9", 161) is Outcome.FOREIGN_ADDRESS
    assert recent.classify(b"2", "10.20.0.2", 161) is Outcome.LATE
    assert recent.classify(b"2", "10.20.0.1", 161) is Outcome.DUPLICATE
    assert recent.classify(b"3", "10.20.0.1", 161) is Outcome.UNKNOWN_REQUEST


def test_the_memory_of_requests_is_bounded_and_keeps_the_latest():
    recent = Recent(generation=10)
    for number in range(95):
        recent.add(bytes([number]), SWITCH, answered=True)
    known = [number for number in range(95) if bytes([number]) in recent]
    assert 10 <= len(known) <= 20
    assert known[-10:] == list(range(85, 95))


async def test_the_wheel_is_never_early_and_at_most_a_slot_late():
    loop = asyncio.get_running_loop()
    started, came = loop.time(), {}
    done = asyncio.Event()

    def due(after_s):
        came[after_s] = loop.time() - started
        if len(came) == 3:
            done.set()

    wheel = Wheel(due)
    for after_s in (0.12, 0.03, 0.07):
        wheel.put(after_s, after_s)
    async with lateness() as late:
        await asyncio.wait_for(done.wait(), 60)
    assert list(came) == [0.03, 0.07, 0.12]
    assert all(after_s - 0.002 <= at for after_s, at in came.items())
    assert came[0.03] < 0.03 + 2 * SLOT_S + late.s


async def test_a_closed_wheel_hands_out_nothing():
    came = []
    wheel = Wheel(came.append)
    wheel.put("thing", 0.01)
    wheel.close()
    await asyncio.sleep(0.05)  # nothing can be waited for that must not happen
    assert came == []


def test_errors_say_what_the_agent_said():
    assert str(ErrorStatus(5, 2)) == "genErr at variable 2"
    assert str(ErrorStatus(200, 0)) == "error-status 200 at variable 0"
    assert str(NoSuchName(3)) == "noSuchName at variable 3"
