from dataclasses import replace
from itertools import pairwise

import pytest

from netwatch.core.errors import Reason
from netwatch.core.events import EventKind
from netwatch.core.model import Lane
from tests.unit.core.polled import DOWN, UP, WALL_S, Folding, Port, Switch, failed, make_watched, renumbered


def test_ports_are_known_after_a_discovery_and_one_status_poll():
    seen = Folding()
    assert seen.discover(10.0).wants.look_at == (Lane.STATUS,)
    assert seen.status(11.0).wants.look_at == ()
    assert seen.oper() == {"Gi1/0/1": UP, "Gi1/0/2": UP}
    assert seen.state.status.speed_bps == (1_000_000_000, 1_000_000_000)
    assert seen.state.status.line_rates == (125_000_000.0, 125_000_000.0)
    assert seen.kinds() == [EventKind.DEVICE_STATE]  # what is there at the beginning is no news


def test_a_poll_asked_under_another_epoch_changes_no_row():
    seen = Folding().settle()
    before = seen.state
    seen.switch.ports["1"].oper = DOWN
    for epoch in (seen.epoch - 1, seen.epoch + 1):
        seen.see(seen.switch.status(20.0, epoch), seen.switch.traffic(21.0, epoch))
    assert seen.state.status is before.status
    assert seen.state.traffic is before.traffic
    assert seen.state.counters is before.counters
    assert seen.events == []


def test_rows_that_are_not_those_of_the_map_change_nothing_even_under_its_epoch():
    seen = Folding().settle()
    before = seen.state.status
    stranger = Switch(ports={"1": Port(b"Gi1/0/1", oper=DOWN)})
    seen.see(stranger.status(20.0, seen.epoch))
    assert seen.state.status is before


def test_a_port_that_goes_down_is_one_event_dated_when_its_row_was_read():
    seen = Folding().settle()
    seen.switch.ports["2"].oper = DOWN
    seen.status(20.0)
    seen.status(30.0)
    (event,) = seen.events
    assert (event.kind, event.subject) == (EventKind.INTERFACE_STATE, "port:acc-17 Gi1/0/2")
    assert event.at_wall_s == 20.0 + WALL_S
    assert event.detail == {"from": "up", "to": "down", "found_after_gap": False}


def test_a_port_that_falls_while_its_row_could_not_be_read_is_still_an_event():
    seen = Folding().settle()
    seen.status(20.0, unread=("2",))
    assert seen.oper() == {"Gi1/0/1": UP, "Gi1/0/2": None}  # not read is neither up nor down
    assert not seen.state.interfaces.in_doubt
    seen.switch.ports["2"].oper = DOWN
    seen.status(30.0)
    assert [event.detail["from"] for event in seen.events] == ["up"]


def doubt_by_if_number(seen: Folding) -> None:
    seen.switch.if_number = 3


def doubt_by_table_change(seen: Folding) -> None:
    seen.switch.last_change = 9999


def doubt_by_a_vanished_row(seen: Folding) -> None:
    seen.switch.ports["2"].oper = seen.switch.ports["2"].admin = None


def doubt_by_reboot(seen: Folding) -> None:
    seen.switch.reboot(19.0)


def doubt_by_swap(seen: Folding) -> None:
    seen.switch.engine_id = b"\x80\x00\x1f\x88\x04other"


DOUBTS = [doubt_by_if_number, doubt_by_table_change, doubt_by_a_vanished_row, doubt_by_reboot, doubt_by_swap]


@pytest.mark.parametrize("cast_doubt", DOUBTS)
def test_every_sign_of_other_rows_holds_all_rows_back_and_asks_for_a_discovery_at_once(cast_doubt):
    seen = Folding().settle()
    cast_doubt(seen)
    seen.switch.ports["1"].oper = DOWN
    assert seen.status(20.0).wants.look_at == (Lane.DISCOVERY,)
    assert seen.state.interfaces.in_doubt
    counted = seen.state.counters
    seen.traffic(21.0)
    assert seen.state.counters is counted
    assert EventKind.INTERFACE_STATE not in seen.kinds()  # whose state it is nobody knows


@pytest.mark.parametrize("cast_doubt", DOUBTS)
def test_after_doubt_a_discovery_brings_the_rows_back_without_a_flap_and_status_is_asked(cast_doubt):
    seen = Folding().settle()
    cast_doubt(seen)
    seen.status(20.0)
    assert seen.discover(20.5).wants.look_at == (Lane.STATUS,)
    assert not seen.state.interfaces.in_doubt
    assert seen.status(21.0).wants.look_at == ()
    assert EventKind.INTERFACE_STATE not in seen.kinds()
    assert seen.epoch == 1


@pytest.mark.parametrize("cast_doubt", DOUBTS)
def test_counters_go_on_after_doubt_without_a_spike_and_without_falling(cast_doubt):
    seen = Folding().settle()
    told = [seen.totals()]
    cast_doubt(seen)
    seen.status(20.0)
    seen.traffic(20.2)
    seen.discover(20.5)
    seen.status(21.0)
    for at_s in (23.0, 33.0, 43.0):
        seen.traffic(at_s)
        told.append(seen.totals())
    breaks = cast_doubt in (doubt_by_reboot, doubt_by_swap)
    assert (None in told[1]) is breaks  # one gap where the counters began anew, none where they only waited
    firsts = [totals[0] for totals in told if totals[0] is not None]
    assert len(firsts) == len(told) - breaks
    rates = [later - earlier for earlier, later in pairwise(firsts)]
    assert all(0 < rate <= 10_000_000 for rate in rates)
    assert rates[-1] == 10_000_000


def test_a_row_that_stays_without_a_state_is_doubted_once_and_not_for_ever():
    seen = Folding().settle()
    doubt_by_a_vanished_row(seen)
    seen.status(20.0)
    for at_s in (30.0, 40.0, 50.0):
        seen.discover(at_s)
        assert seen.status(at_s + 1).wants.look_at == ()
    assert seen.oper() == {"Gi1/0/1": UP, "Gi1/0/2": None}


def test_a_table_change_that_babbles_is_disbelieved_after_three_false_alarms_in_a_row():
    seen = Folding().settle()
    looks = 0
    for turn in range(10):
        seen.switch.last_change = 6000 + turn
        if Lane.DISCOVERY in seen.status(20.0 + 10 * turn).wants.look_at:
            looks += 1
            seen.discover(20.5 + 10 * turn)
    assert looks == 3
    assert not seen.state.interfaces.in_doubt


def test_a_babbling_table_change_does_not_take_the_credit_of_if_number():
    seen = Folding().settle()
    for turn in range(4):
        seen.switch.last_change = 6000 + turn
        seen.status(20.0 + 10 * turn)
        seen.discover(20.5 + 10 * turn)
    seen.switch.if_number = 3
    assert seen.status(100.0).wants.look_at == (Lane.DISCOVERY,)


def test_an_alarm_that_was_true_clears_the_false_ones():
    seen = Folding().settle()
    for turn in range(2):
        seen.switch.last_change = 6000 + turn
        seen.status(20.0 + 10 * turn)
        seen.discover(20.5 + 10 * turn)
    assert seen.state.signs.false_changes == 2
    seen.switch.last_change = 7000
    seen.switch.ports["3"] = Port(b"Gi1/0/3")
    seen.status(50.0)
    seen.discover(50.5)
    assert seen.state.signs.false_changes == 0


def test_a_vanished_row_is_not_charged_to_the_signs():
    seen = Folding().settle()
    doubt_by_a_vanished_row(seen)
    seen.status(20.0)
    seen.discover(20.5)
    assert (seen.state.signs.false_numbers, seen.state.signs.false_changes) == (0, 0)


def test_the_signs_of_a_reboot_are_no_false_alarm():
    seen = Folding().settle()
    for turn in range(5):
        seen.switch.reboot(19.0 + 100 * turn)
        seen.switch.last_change = 100 + turn
        assert seen.status(20.0 + 100 * turn).wants.look_at == (Lane.DISCOVERY,)
        seen.discover(20.5 + 100 * turn)
        seen.traffic(30.0 + 100 * turn)
    assert seen.state.signs.false_changes == 0


def test_renumbering_with_the_same_names_is_one_event_no_flap_and_no_other_label():
    seen = Folding(switch=Switch(ports={"1": Port(b"Gi1/0/1"), "2": Port(b"Gi1/0/2", oper=DOWN)})).settle()
    names = seen.state.interfaces.names
    seen.switch.reboot(19.0)
    seen.switch.ports = renumbered(seen.switch.ports, {"1": "12", "2": "11"})
    seen.status(20.0)
    seen.discover(20.5)
    seen.status(21.0)
    for at_s in (25.0, 35.0):
        seen.traffic(at_s)
    assert seen.kinds() == [EventKind.DEVICE_REBOOTED, EventKind.IFINDEX_CHANGED]
    assert set(seen.state.interfaces.names) == set(names)
    assert seen.oper() == {"Gi1/0/1": UP, "Gi1/0/2": DOWN}
    assert seen.state.interfaces.indexes == ("11", "12")


def test_a_port_that_falls_amid_a_renumbering_is_still_an_event():
    seen = Folding().settle()
    seen.status(20.0, unread=("2",))
    seen.switch.ports = renumbered(seen.switch.ports, {"1": "12", "2": "11"})
    seen.switch.ports["11"].oper = DOWN
    seen.discover(20.5)
    seen.status(21.0)
    assert [event.detail["to"] for event in seen.events if event.kind is EventKind.INTERFACE_STATE] == ["down"]


def test_a_jump_above_line_rate_is_a_gap_right_after_a_card_was_put_in_too():
    seen = Folding().settle()
    seen.switch.ports["3"] = Port(b"Gi1/0/3")
    seen.discover(20.0)
    seen.switch.ports["1"].began_at = 10**12  # counted elsewhere, as it seems
    seen.traffic(21.0)  # before the status poll that tells the speeds anew
    assert seen.totals() == [None, 21_000_000, 21_000_000]


def test_totals_follow_their_port_through_a_renumbering():
    fast = Port(b"Gi1/0/1", bytes_per_s=2_000_000)
    seen = Folding(switch=Switch(ports={"1": fast, "2": Port(b"Gi1/0/2", bytes_per_s=1_000)})).settle()
    before = dict(zip(seen.state.interfaces.names, seen.totals(), strict=True))
    seen.switch.ports = renumbered(seen.switch.ports, {"1": "12", "2": "11"})
    seen.switch.last_change = 9999
    seen.status(20.0)
    seen.discover(20.5)
    seen.status(21.0)
    seen.traffic(30.0)
    assert seen.totals() == [None, None]  # each has another index: one gap
    seen.traffic(40.0)
    after = dict(zip(seen.state.interfaces.names, seen.totals(), strict=True))
    assert after["Gi1/0/1"] - before["Gi1/0/1"] == 20_000_000
    assert after["Gi1/0/2"] - before["Gi1/0/2"] == 10_000


def test_a_failed_discovery_retires_nothing_and_casts_no_doubt():
    seen = Folding().settle()
    known = seen.state.interfaces
    seen.see(failed(Lane.DISCOVERY, 20.0))
    assert seen.state.interfaces is known
    nothing_walked = replace(seen.switch, ports={}).discovery(30.0, reason=Reason.TIMEOUT)
    seen.see(nothing_walked)  # the scalars came, the walk did not
    assert seen.state.interfaces is known
    assert seen.events == []


def test_a_partial_discovery_retires_nothing():
    seen = Folding().settle()
    only_one = replace(seen.switch, ports={"1": seen.switch.ports["1"]})
    seen.see(only_one.discovery(20.0, reason=Reason.LOOP))
    assert seen.state.interfaces.names == ("Gi1/0/1", "Gi1/0/2")
    assert seen.events == []


def test_a_partial_discovery_keeps_the_signs_that_it_could_not_settle():
    seen = Folding().settle()
    seen.switch.if_number = 3  # a card was put in, and the walk breaks off before it
    seen.discover(20.0, reason=Reason.TIMEOUT)
    assert seen.status(21.0).wants.look_at == (Lane.DISCOVERY,)


def test_a_complete_discovery_retires_the_row_that_is_gone_and_tells_it():
    seen = Folding().settle()
    del seen.switch.ports["2"]
    seen.discover(20.0)
    assert seen.state.interfaces.names == ("Gi1/0/1",)
    assert seen.kinds() == [EventKind.INTERFACE_REMOVED]
    assert seen.state.traffic.totals == {}


def test_doubt_with_a_discovery_that_fails_asks_again_with_each_status_poll_and_no_sooner():
    seen = Folding().settle()
    seen.switch.if_number = 3
    assert seen.status(20.0).wants.look_at == (Lane.DISCOVERY,)
    asked = []
    for turn in range(5):
        at_s = 27.0 + 10 * turn
        seen.see(failed(Lane.DISCOVERY, at_s))  # a first miss asks for a status poll at once
        asked.append(seen.status(at_s + 0.5).wants.look_at)
        asked.append(seen.status(at_s + 9.0).wants.look_at)
    assert asked == [(), (Lane.DISCOVERY,)] * 5
    assert seen.state.interfaces.in_doubt


def test_a_discovery_that_sees_the_reboot_itself_is_enough():
    seen = Folding().settle()
    seen.switch.reboot(19.0)
    assert Lane.DISCOVERY not in seen.discover(20.0).wants.look_at
    assert not seen.state.interfaces.in_doubt
    assert seen.state.counters_reset


def test_a_device_whose_first_discovery_failed_is_discovered_as_soon_as_it_answers():
    seen = Folding()
    seen.see(failed(Lane.DISCOVERY, 10.0))
    assert seen.status(40.0).wants.look_at == (Lane.DISCOVERY,)
    seen.discover(40.5)
    assert seen.state.interfaces.names == ("Gi1/0/1", "Gi1/0/2")


def test_a_device_without_any_interface_is_left_in_peace():
    seen = Folding(switch=Switch(ports={}, if_number=0))
    seen.discover(10.0)
    wants = [seen.status(at_s).wants.look_at for at_s in (20.0, 30.0, 40.0)]
    assert wants == [(), (), ()]
    assert seen.state.interfaces.names == ()
    assert not seen.state.interfaces.in_doubt


def test_a_booting_device_that_showed_no_rows_is_asked_again_when_if_number_grows():
    ports = {"1": Port(b"Gi1/0/1")}
    seen = Folding(switch=Switch(ports={}, if_number=0))
    seen.discover(10.0)
    seen.switch.ports, seen.switch.if_number = ports, 1
    assert seen.status(20.0).wants.look_at == (Lane.DISCOVERY,)
    seen.discover(20.5)
    assert seen.state.interfaces.names == ("Gi1/0/1",)


def test_a_table_that_suddenly_walks_empty_is_doubted_and_not_retired():
    seen = Folding().settle()
    seen.see(replace(seen.switch, ports={}).discovery(20.0))
    assert seen.state.interfaces.in_doubt
    assert seen.state.interfaces.names == ("Gi1/0/1", "Gi1/0/2")


# -- speeds -----------------------------------------------------------------------------------------------------------


def test_a_port_whose_speed_nobody_knows_has_none():
    liar = Port(b"Tu0", high_speed=0, speed=0)
    seen = Folding(switch=Switch(ports={"1": liar, "2": Port(b"Gi1/0/2", high_speed=None, speed=None)})).settle()
    assert seen.state.status.speed_bps == (None, None)
    assert seen.state.status.line_rates == (None, None)
    assert seen.totals()[0] is not None  # it still counts


def test_an_agent_with_if_table_only_has_the_speed_it_can_say():
    ports = {"1": Port(b"", description=b"FastEthernet0/1", high_speed=None, speed=100_000_000, width=32)}
    seen = Folding(switch=Switch(ports=ports, if_number=1, last_change=None)).settle()
    assert seen.state.interfaces.names == ("FastEthernet0/1",)
    assert seen.state.status.speed_bps == (100_000_000,)


@pytest.mark.parametrize("text", ["Gi1/0/1", "GigabitEthernet1/0/1", "to the ring"])
def test_the_capacity_of_the_inventory_wins_by_any_of_the_names_a_port_has(text):
    port = Port(b"Gi1/0/1", description=b"GigabitEthernet1/0/1", alias=b"to the ring", high_speed=10_000)
    switch = Switch(ports={"1": port, "2": Port(b"Gi1/0/2")})
    seen = Folding(switch=switch, watched=make_watched(capacities={text: 300_000_000})).settle()
    assert seen.state.status.speed_bps == (300_000_000, 1_000_000_000)


def test_a_port_of_the_inventory_that_no_row_is_or_several_are_is_one_event():
    ports = {"1": Port(b"Gi1/0/1", alias=b"ring"), "2": Port(b"Gi1/0/2", alias=b"ring")}
    watched = make_watched(ports=frozenset({"Gi1/0/1", "Gi9/9/9", "ring"}))
    seen = Folding(switch=Switch(ports=ports), watched=watched)
    seen.discover(10.0)
    told = [(e.subject, e.detail["match"]) for e in seen.events if e.kind is EventKind.PORT_UNMATCHED]
    assert told == [("port:acc-17 Gi9/9/9", "absent"), ("port:acc-17 ring", "ambiguous")]
    assert seen.discover(20.0).events == ()
    seen.switch.ports["2"].alias = b""
    assert seen.discover(30.0).events == ()
    seen.switch.ports["2"].alias = b"ring"
    assert [event.subject for event in seen.discover(40.0).events] == ["port:acc-17 ring"]


def test_a_discovery_that_broke_off_accuses_no_port_of_the_inventory():
    seen = Folding(watched=make_watched(ports=frozenset({"Gi9/9/9"})))
    seen.discover(10.0, reason=Reason.TIMEOUT)
    assert EventKind.PORT_UNMATCHED not in seen.kinds()


def test_a_capacity_for_a_port_that_is_not_there_changes_nothing():
    seen = Folding(watched=make_watched(capacities={"Gi9/9/9": 5})).settle()
    assert seen.state.status.speed_bps == (1_000_000_000, 1_000_000_000)


def test_a_capacity_that_a_reload_changed_counts_from_the_next_poll_on():
    seen = Folding(watched=make_watched(capacities={"Gi1/0/1": 300_000_000})).settle()
    seen.watched = make_watched(capacities={"Gi1/0/1": 500_000_000})
    seen.status(20.0)
    assert seen.state.status.speed_bps == (500_000_000, 1_000_000_000)


def test_a_capacity_by_alias_follows_the_alias():
    ports = {"1": Port(b"Gi1/0/1", alias=b"ring"), "2": Port(b"Gi1/0/2")}
    seen = Folding(switch=Switch(ports=ports), watched=make_watched(capacities={"ring": 300_000_000})).settle()
    ports["1"].alias, ports["2"].alias = b"", b"ring"
    seen.discover(20.0)
    seen.status(21.0)
    assert seen.epoch == 1
    assert seen.state.status.speed_bps == (1_000_000_000, 300_000_000)


# -- counters and their time stamps -----------------------------------------------------------------------------------


def test_a_sample_carries_the_wall_time_of_its_own_pdu():
    seen = Folding().settle()
    seen.traffic(40.0, unread=("2",))
    assert list(seen.state.traffic.stamp_ms) == [int((40.0 + WALL_S) * 1000), 0]
    assert seen.totals()[1] is None


def test_stamps_never_go_back_when_the_wall_clock_steps_back_and_rows_return_when_it_has_caught_up():
    seen = Folding().settle()
    newest_ms, told = max(seen.state.traffic.stamp_ms), []
    seen.switch.wall_s = WALL_S - 100.0
    for at_s in range(43, 200, 30):
        seen.traffic(float(at_s))
        samples = zip(seen.state.traffic.stamp_ms, seen.totals(), strict=True)
        told += [(stamp, total) for stamp, total in samples if total is not None]
    assert [stamp for stamp, _ in told if stamp <= newest_ms] == []
    assert [stamp - newest_ms for stamp, _ in told[::2]] == [20_000, 50_000, 80_000]
    assert [total for _, total in told[::2]] == [133_000_000, 163_000_000, 193_000_000]  # nothing is lost


def test_stamps_do_not_go_back_through_a_withdrawal_or_a_renumbering_either():
    seen = Folding().settle()
    seen.age(500.0)
    assert seen.state.traffic.totals == {}
    seen.switch.ports = renumbered(seen.switch.ports, {"1": "12", "2": "11"})
    seen.discover(500.0)
    seen.switch.wall_s = WALL_S - 600.0
    seen.traffic(510.0)
    seen.traffic(540.0)
    assert seen.totals() == [None, None]


def test_a_clock_that_was_hours_ahead_does_not_silence_the_counters_for_hours():
    seen = Folding().settle()
    seen.switch.wall_s = WALL_S + 9 * 3600  # local time taken for UTC, until NTP says better
    seen.traffic(40.0)
    seen.switch.wall_s = WALL_S
    seen.traffic(70.0)
    assert None not in seen.totals()


def test_a_poll_in_which_no_row_was_read_forgets_no_stamp():
    seen = Folding().settle()
    told_ms = seen.state.told_ms
    seen.traffic(40.0, unread=("1", "2"))
    assert seen.state.told_ms == told_ms


def test_counters_of_a_restored_map_wait_until_a_poll_has_looked_at_the_map():
    before = Folding().settle()
    seen = Folding(switch=before.switch)
    seen.state = replace(seen.state, interfaces=before.state.interfaces, counters=before.state.counters)
    seen.traffic(20.0)
    assert seen.totals() == []
    seen.status(21.0)
    seen.traffic(22.0)
    assert seen.totals() == [22_000_000, 22_000_000]


def test_a_counter_that_wraps_at_32_bits_goes_on():
    port = Port(b"Gi1/0/1", width=32, began_at=2**32 - 20_000_000)
    seen = Folding(switch=Switch(ports={"1": port})).settle()
    seen.traffic(30.0)
    assert seen.totals() == [2**32 + 10_000_000]
