"""Whose traps count, at what rate, and that every datagram ends in one outcome."""

from ipaddress import ip_address

import pytest

from netwatch.collect.trap_gate import MOMENT_S, Known, TrapGate, TrapOutcome, plain
from netwatch.core.model import Device, Settings
from netwatch.core.notices import Meaning
from netwatch.profiles.traps import load_notices
from netwatch.snmp.engine import RemoteEngine
from netwatch.snmp.message import decode
from netwatch.snmp.trap_v3 import OwnEngine, SignedTraps
from tests.traps import COLD_START, EVERY_S, INFORM, LINK_DOWN, LINK_UP, device, inventory, port, trap, v1_trap

NOTICES = load_notices()
SW = device("sw-1", "10.0.0.1")


def gate(*devices, address_of=lambda name: name, engine_of=lambda _: RemoteEngine(), **settings):
    told = inventory(*devices or (SW,), settings=Settings(**settings))
    signed = SignedTraps(OwnEngine("here", started_s=0.0, started_wall_s=0.0))
    known = Known(notices=NOTICES, signed=signed, address_of=address_of, engine_of=engine_of)
    one = TrapGate(known, told.settings, now_s=0.0)
    one.use(told, now_s=0.0)
    return one


def outcome(one, datagram, host="10.0.0.1", now_s=100.0):
    return one.judge(datagram, host, now_s).outcome


def test_a_device_that_tells_of_a_port_is_listened_to():
    heard = gate().judge(trap(LINK_DOWN, port(17)), "10.0.0.1", 100.0)
    assert heard.outcome is TrapOutcome.ACTED_ON
    assert (heard.devices, heard.index, heard.answer) == (("sw-1",), 17, None)
    assert heard.notice.meaning is Meaning.PORT


def test_a_trap_of_v1_from_a_device_asked_by_v2c_counts_as_well():
    heard = gate().judge(v1_trap(3, port(4)), "10.0.0.1", 100.0)
    assert (heard.outcome, heard.index) == (TrapOutcome.ACTED_ON, 4)


def test_what_a_trap_says_of_its_own_origin_is_not_believed():
    claims_to_be_ours = v1_trap(2, port(1), agent=bytes([10, 0, 0, 1]))
    assert outcome(gate(), claims_to_be_ours, host="192.0.2.9") is TrapOutcome.UNKNOWN_SOURCE


def test_the_last_stranger_is_remembered_for_the_log():
    one = gate()
    outcome(one, trap(), host="192.0.2.9")
    assert one.stranger == "192.0.2.9"


@pytest.mark.parametrize(
    ("datagram", "expected"),
    [
        (trap(community=b"Public"), TrapOutcome.WRONG_COMMUNITY),
        (trap(community=b""), TrapOutcome.WRONG_COMMUNITY),
        (trap(version=3), TrapOutcome.WRONG_VERSION),
        (trap(tag=0xA2), TrapOutcome.WRONG_PDU),
        (trap()[:-1], TrapOutcome.MALFORMED),
        (b"", TrapOutcome.MALFORMED),
        (trap("1.3.6.1.4.1.99999.1"), TrapOutcome.NOT_OF_INTEREST),
    ],
)
def test_what_is_not_acted_on_is_told_why(datagram, expected):
    assert outcome(gate(), datagram) is expected


def test_a_device_may_speak_from_its_agents_address_and_those_it_may_answer_from():
    one = gate(device("r-1", "10.0.0.1", agent="10.9.0.1", accept_from=[ip_address("10.9.0.2"), ip_address("fd00::7")]))
    for host in ("10.0.0.1", "10.9.0.1", "10.9.0.2", "fd00::7"):
        assert outcome(one, trap(request_id=1), host=host) in (TrapOutcome.ACTED_ON, TrapOutcome.DUPLICATE)
    assert outcome(one, trap(), host="10.9.0.3") is TrapOutcome.UNKNOWN_SOURCE


def test_a_device_that_is_not_asked_by_snmp_has_nothing_to_prove_itself_by():
    assert outcome(gate(Device(id="sw-1", site="hall", address="10.0.0.1", every_s=EVERY_S)), trap()) is (
        TrapOutcome.UNKNOWN_SOURCE
    )


def test_a_device_called_by_name_is_known_once_its_name_has_an_address():
    found = {}
    one = gate(device("sw-1", "sw-1.city"), address_of=found.get)
    assert outcome(one, trap()) is TrapOutcome.UNKNOWN_SOURCE
    found["sw-1.city"] = "10.0.0.1"
    one.use(inventory(device("sw-1", "sw-1.city")), now_s=50.0)
    assert outcome(one, trap()) is TrapOutcome.ACTED_ON


def test_devices_behind_one_address_are_told_apart_by_what_they_know_and_else_all_are_meant():
    one = gate(SW, device("sw-2", "10.0.0.1", community=b"other"), device("sw-3", "10.0.0.1"))
    assert one.judge(trap(community=b"other"), "10.0.0.1", 1.0).devices == ("sw-2",)
    assert one.judge(trap(), "10.0.0.1", 1.0).devices == ("sw-1", "sw-3")


def test_the_same_within_a_moment_is_told_once_and_another_is_not_held_back():
    one = gate()
    at = [
        (100.0, trap(LINK_DOWN, port(1)), TrapOutcome.ACTED_ON),
        (100.1, trap(LINK_DOWN, port(1), request_id=8), TrapOutcome.DUPLICATE),
        (100.2, trap(LINK_UP, port(1)), TrapOutcome.ACTED_ON),
        (100.3, trap(LINK_DOWN, port(2)), TrapOutcome.ACTED_ON),
        (100.0 + MOMENT_S, trap(LINK_DOWN, port(1)), TrapOutcome.ACTED_ON),
    ]
    assert [outcome(one, datagram, now_s=now_s) for now_s, datagram, _ in at] == [expected for *_, expected in at]


def test_an_inform_is_answered_also_when_it_is_repeated_or_means_nothing_to_us():
    one = gate()
    for datagram in (
        trap(COLD_START, tag=INFORM, request_id=5),
        trap(COLD_START, tag=INFORM, request_id=5),
        trap("1.3.6.1.4.1.99999.1", tag=INFORM, request_id=5),
    ):
        assert decode(one.judge(datagram, "10.0.0.1", 1.0).answer).request_id == 5


@pytest.mark.parametrize("datagram", [trap(tag=INFORM, community=b"x"), trap(tag=INFORM)[:-1], trap()])
def test_nobody_else_is_answered(datagram):
    assert gate().judge(datagram, "10.0.0.1", 1.0).answer is None
    assert gate().judge(trap(tag=INFORM), "192.0.2.1", 1.0).answer is None


def test_a_source_that_sends_too_many_is_held_to_its_rate_and_costs_others_nothing():
    one = gate(SW, device("sw-2", "10.0.0.2"), traps_per_second_per_source=10)
    outcomes = [outcome(one, trap(LINK_DOWN, port(n)), now_s=100.0 + n / 1000) for n in range(10_000)]
    passed = outcomes.count(TrapOutcome.ACTED_ON)
    assert 50 + 100 <= passed <= 52 + 100  # five seconds' worth at once, and ten a second
    assert outcomes.count(TrapOutcome.RATE_LIMITED) == 10_000 - passed
    assert outcome(one, trap(), host="10.0.0.2", now_s=110.0) is TrapOutcome.ACTED_ON


def test_guessing_communities_is_held_to_the_rate_too():
    one = gate(traps_per_second_per_source=10)
    outcomes = [outcome(one, trap(community=b"%d" % n)) for n in range(1000)]
    assert outcomes.count(TrapOutcome.WRONG_COMMUNITY) == 51


def test_all_sources_together_are_held_to_a_rate():
    switches = [device(f"sw-{n}", f"10.0.{n // 250}.{n % 250 + 1}") for n in range(1000)]
    one = gate(*switches, traps_per_second=100)
    outcomes = [outcome(one, trap(), host=sw.address) for sw in switches]
    assert outcomes.count(TrapOutcome.ACTED_ON) == 501
    assert outcomes.count(TrapOutcome.OVERLOADED) == 499


def test_a_reload_neither_gives_a_source_its_rate_anew_nor_loses_who_stays():
    one = gate(traps_per_second_per_source=1)
    assert [outcome(one, trap(LINK_DOWN, port(n))) for n in range(7)].count(TrapOutcome.RATE_LIMITED) == 1
    one.use(inventory(SW, settings=Settings(traps_per_second_per_source=1)), now_s=100.0)
    assert outcome(one, trap()) is TrapOutcome.RATE_LIMITED
    one.use(inventory(settings=Settings(traps_per_second_per_source=1)), now_s=100.0)
    assert outcome(one, trap()) is TrapOutcome.UNKNOWN_SOURCE


def test_another_rate_in_the_inventory_counts_from_the_reload_on():
    one = gate(traps_per_second_per_source=1)
    one.use(inventory(SW, settings=Settings(traps_per_second_per_source=100)), now_s=100.0)
    assert {outcome(one, trap(LINK_DOWN, port(n))) for n in range(400)} == {TrapOutcome.ACTED_ON}


def test_what_was_told_long_ago_is_forgotten():
    one = gate(traps_per_second=10**6, traps_per_second_per_source=10**6)
    for n in range(6_000):
        outcome(one, trap(LINK_DOWN, port(n)), now_s=100.0 + n)
    assert outcome(one, trap(LINK_DOWN, port(5_999)), now_s=100.0 + 5_999.5) is TrapOutcome.DUPLICATE
    assert len(one._recent) <= 4096


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("FD00::0:7", "fd00::7"),
        ("fe80::1%eth0", "fe80::1%eth0"),
    ],
)
def test_an_address_has_one_spelling(written, meant):
    assert plain(written) == meant
