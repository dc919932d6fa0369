import socket

import pytest

from netwatch.collect.echo import EchoOutcome, Instant, Wire
from netwatch.collect.outstanding import REMEMBERED_S, Echo, Outstanding, Target, target_of
from netwatch.core.model import PingMethod

HOST = target_of("10.0.0.1", PingMethod.ICMP, 0)


def sent_echo(outstanding, token, *, at_s, target=HOST, timeout_s=1.0):
    echo = Echo(
        subject="sw-1",
        target=target,
        attempt=0,
        done=lambda _: None,
        asked_s=at_s,
        timeout_s=timeout_s,
        token=token,
        sent=Instant(int(at_s * 1e9), 0),
    )
    outstanding.sent(echo)
    return echo


def test_the_right_token_from_the_right_host_is_an_answer():
    under_way = Outstanding()
    echo = sent_echo(under_way, b"t", at_s=5)
    assert under_way.judge(b"t", Wire.ICMP4, ("10.0.0.1", 0)) == (EchoOutcome.ANSWERED, echo)


def test_a_token_never_sent_is_unknown():
    under_way = Outstanding()
    sent_echo(under_way, b"t", at_s=5)
    assert under_way.judge(b"u", Wire.ICMP4, ("10.0.0.1", 0)) == (EchoOutcome.UNKNOWN, None)


def test_the_right_token_from_another_host_or_another_wire_is_foreign_and_the_wait_goes_on():
    under_way = Outstanding()
    echo = sent_echo(under_way, b"t", at_s=5)
    assert under_way.judge(b"t", Wire.ICMP4, ("10.0.0.2", 0)) == (EchoOutcome.FOREIGN, None)
    assert under_way.judge(b"t", Wire.UDP4, ("10.0.0.1", 0)) == (EchoOutcome.FOREIGN, None)
    assert under_way.judge(b"t", Wire.ICMP4, ("10.0.0.1", 0)) == (EchoOutcome.ANSWERED, echo)


def test_a_udp_echo_is_answered_only_from_the_port_it_went_to():
    under_way = Outstanding()
    target = target_of("127.1.0.1", PingMethod.UDP, 7007)
    sent_echo(under_way, b"t", at_s=5, target=target)
    assert under_way.judge(b"t", Wire.UDP4, ("127.1.0.1", 7008))[0] is EchoOutcome.FOREIGN
    assert under_way.judge(b"t", Wire.UDP4, ("127.1.0.1", 7007))[0] is EchoOutcome.ANSWERED


def test_an_echo_expires_once_and_at_its_time():
    under_way = Outstanding()
    echo = sent_echo(under_way, b"t", at_s=5)
    assert under_way.expire(5.999) == []
    assert under_way.expire(6.0) == [echo]
    assert under_way.expire(7.0) == []


def test_an_answered_echo_does_not_expire():
    under_way = Outstanding()
    under_way.answered(sent_echo(under_way, b"t", at_s=5))
    assert under_way.expire(60.0) == []


def test_shorter_timeouts_sent_later_expire_first():
    under_way = Outstanding()
    slow = sent_echo(under_way, b"slow", at_s=5, timeout_s=3.0)
    quick = sent_echo(under_way, b"quick", at_s=6, timeout_s=0.25)
    assert under_way.expire(6.3) == [quick]
    assert under_way.expire(8.0) == [slow]


def test_an_answer_after_the_miss_is_late_and_a_second_answer_a_duplicate():
    under_way = Outstanding()
    sent_echo(under_way, b"m", at_s=5)
    under_way.answered(sent_echo(under_way, b"a", at_s=5))
    under_way.expire(6.5)
    assert under_way.judge(b"m", Wire.ICMP4, ("10.0.0.1", 0)) == (EchoOutcome.LATE, None)
    assert under_way.judge(b"a", Wire.ICMP4, ("10.0.0.1", 0)) == (EchoOutcome.DUPLICATE, None)


def test_ended_echoes_are_forgotten_after_a_while_so_memory_stays_bounded():
    under_way = Outstanding()
    for number in range(1000):
        sent_echo(under_way, number.to_bytes(2, "big"), at_s=number / 1000)
    under_way.expire(2.0)
    assert len(under_way) == 1000
    under_way.expire(1.0 + 1.0 + REMEMBERED_S)
    assert len(under_way) == 0


def test_what_ended_in_a_second_is_remembered_as_long_as_its_last_echo_demands():
    under_way = Outstanding()
    under_way.answered(sent_echo(under_way, b"a", at_s=5.0))
    under_way.answered(sent_echo(under_way, b"b", at_s=5.9))
    for now_s, left in ((6.0 + REMEMBERED_S, 2), (6.91 + REMEMBERED_S, 0)):
        under_way.expire(now_s)
        assert len(under_way) == left


def test_a_second_answer_from_another_host_is_foreign():
    under_way = Outstanding()
    under_way.answered(sent_echo(under_way, b"a", at_s=5))
    assert under_way.judge(b"a", Wire.ICMP4, ("10.0.0.2", 0)) == (EchoOutcome.FOREIGN, None)


def test_abandoning_gives_back_only_what_still_waits():
    under_way = Outstanding()
    waiting = sent_echo(under_way, b"w", at_s=5)
    under_way.answered(sent_echo(under_way, b"a", at_s=5))
    assert under_way.abandon() == [waiting]
    assert under_way.abandon() == []


def test_targets_share_a_subnet_by_ipv4_24_and_by_ipv6_64():
    def subnet(address):
        return target_of(address, PingMethod.ICMP, 0).subnet

    assert subnet("10.1.2.3") == subnet("10.1.2.250")
    assert subnet("10.1.2.3") != subnet("10.1.3.3")
    assert subnet("2001:db8:0:1::1") == subnet("2001:db8:0:1:ffff::1")
    assert subnet("2001:db8:0:1::1") != subnet("2001:db8:0:2::1")


def test_an_ipv6_target_is_spelled_the_kernels_way():
    assert target_of("2001:DB8:0:0:0::1", PingMethod.ICMP, 9) == Target(
        Wire.ICMP6, ("2001:db8::1", 0, 0, 0), bytes.fromhex("20010db800000000")
    )
    assert target_of("::ffff:10.0.0.1", PingMethod.UDP, 9).address == ("::ffff:10.0.0.1", 9, 0, 0)


def test_a_link_local_target_keeps_its_zone():
    index = socket.if_nametoindex("lo")
    assert target_of("fe80::1%lo", PingMethod.ICMP, 0).address == ("fe80::1", 0, 0, index)
    assert target_of("fe80::1%7", PingMethod.ICMP, 0).address == ("fe80::1", 0, 0, 7)
    with pytest.raises(ValueError, match="no interface nowhere0"):
        target_of("fe80::1%nowhere0", PingMethod.ICMP, 0)


def test_names_and_pings_switched_off_have_no_target():
    with pytest.raises(ValueError, match="sw-1"):
        target_of("sw-1.example", PingMethod.ICMP, 0)
    with pytest.raises(ValueError, match="not to be pinged"):
        target_of("10.0.0.1", PingMethod.OFF, 0)
