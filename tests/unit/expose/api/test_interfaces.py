"""A switch's ports as interfaces of RFC 8343: what is known, as strings where RFC 7951 wants them, and nothing more."""

from dataclasses import replace

import pytest

from netwatch.core.device.counter_state import CounterState
from netwatch.core.device.reachability import Answer, Reachability
from netwatch.core.device.record import Identity, InterfaceStatus, InterfaceTraffic
from netwatch.expose.api.interface_types import TYPES, identity
from netwatch.expose.api.interfaces import Boot, boot, interfaces
from tests.unit.expose.api.town import NOON_S, well

BOOTED = "2026-11-30T02:43:19.000Z"  # 1000 s before it was last asked, a second ago


def told(state, page=slice(None)):
    return list(interfaces(state, boot(None, state), page))


def test_a_port_that_is_well_tells_all_of_it():
    first, second, *_ = told(well("acc-3"))
    assert first["name"] == "Gi1"
    assert first["type"] == "iana-if-type:ethernetCsmacd"
    assert (first["admin-status"], first["oper-status"], first["if-index"]) == ("up", "up", 1)
    assert first["last-change"] == "2026-11-30T00:30:00.000Z"
    assert first["speed"] == "1000000000"
    assert "description" not in first
    assert second["description"] == "방범 CCTV"


def test_counters_of_64_bits_are_texts_and_those_of_32_are_numbers_that_wrap():
    state = well("core-1")
    totals = {**state.traffic.totals, "receive_bytes": (2**64 + 5, 7, 0), "receive_errors": (2**32 + 3, 1, 0)}
    statistics = told(replace(state, traffic=replace(state.traffic, totals=totals)))[0]["statistics"]
    assert (statistics["in-octets"], statistics["in-errors"]) == ("5", 3)
    assert statistics["netwatch:read"] == "2025-11-24T16:00:00.123Z"


def test_a_boot_is_a_discontinuity_of_every_counter():
    assert {one["statistics"]["discontinuity-time"] for one in told(well("acc-3"))} == {BOOTED}


def test_a_discontinuity_that_the_device_tells_of_is_later_than_the_boot():
    state = well("core-1")
    counters = CounterState(
        interfaces=state.interfaces, at_s=(), raw={}, offsets={}, widths={}, discontinuity=(0, 90_000, None)
    )
    times = [one["statistics"]["discontinuity-time"] for one in told(replace(state, counters=counters))]
    assert times == [BOOTED, "2026-11-30T02:58:19.000Z", BOOTED]


def test_a_silent_agent_leaves_the_state_unknown_and_not_as_it_was():
    silent = replace(well("core-1"), snmp=Reachability(answer=Answer.SILENT))
    assert {one["oper-status"] for one in told(silent)} == {"unknown"}
    assert not any("last-change" in one for one in told(silent))
    assert {one["admin-status"] for one in told(silent)} == {"up"}


def test_a_port_never_read_has_no_admin_status_and_a_state_that_is_unknown():
    unread = replace(well("core-1"), status=InterfaceStatus(), traffic=InterfaceTraffic())
    assert told(unread)[0] == {
        "name": "Te1",
        "type": "iana-if-type:ethernetCsmacd",
        "oper-status": "unknown",
        "if-index": 1,
    }


def test_rows_in_doubt_tell_no_counters():
    state = well("core-1")
    doubted = replace(state, interfaces=replace(state.interfaces, in_doubt=True))
    assert not any("statistics" in one for one in told(doubted))


def test_a_device_that_tells_no_uptime_tells_no_counters_for_they_could_not_be_dated():
    assert boot(None, replace(well("core-1"), identity=Identity())) is None
    assert not any("statistics" in one for one in told(replace(well("core-1"), identity=Identity())))


@pytest.mark.parametrize(("drift_s", "is_same"), [(0.4, True), (-40.0, True), (61.0, False)])
def test_a_boot_is_dated_the_same_however_the_clocks_drift(drift_s, is_same):
    state = well("core-1")
    first = boot(None, state)
    later = replace(state, identity=replace(state.identity, at_s=state.identity.at_s + drift_s))
    again = boot(first, later)
    assert (again.told_wall_s == first.told_wall_s) is is_same
    assert again.guess_wall_s == pytest.approx(first.guess_wall_s + drift_s)


def test_drift_adds_up_to_no_boot():
    state, known = well("core-1"), boot(None, well("core-1"))
    for day in range(30):
        drifted = replace(state, identity=replace(state.identity, at_s=state.identity.at_s + 10.0 * day))
        known = boot(known, drifted)
    assert known == Boot(round(NOON_S - 1001.0), pytest.approx(NOON_S - 1001.0 + 290.0))


def test_a_part_of_the_list_is_that_part():
    state = well("acc-3")
    assert told(state, slice(1, 3)) == told(state)[1:3]


@pytest.mark.parametrize("number", [None, 0, 9999])
def test_a_type_that_nobody_knows_is_other(number):
    assert identity(number) == "iana-if-type:other"
    assert identity(161) == "iana-if-type:ieee8023adLag"
    assert len(set(TYPES.values())) == len(TYPES)
