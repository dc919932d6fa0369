import pytest

from netwatch.core.device.boots import at_another_address
from netwatch.core.events import EventKind
from netwatch.core.model import Lane
from tests.unit.core.polled import WALL_S, Folding, Port, Switch

REBOOTS = [EventKind.DEVICE_REBOOTED]


def test_a_reboot_is_one_event_dated_when_the_agent_began():
    seen = Folding().settle()
    seen.switch.reboot(17.0)
    seen.status(20.0)
    (event,) = seen.events
    assert event.kind is EventKind.DEVICE_REBOOTED
    assert event.at_wall_s == 17.0 + WALL_S
    assert event.detail == {"engine_boots": 8, "uptime_seconds": 3.0}


def test_a_reboot_that_a_traffic_poll_sees_first_is_told_once():
    seen = Folding().settle()
    seen.switch.reboot(17.0)
    assert seen.traffic(20.0).wants.look_at == (Lane.DISCOVERY,)
    seen.status(21.0)
    seen.discover(21.5)
    seen.status(22.0)
    seen.traffic(25.0)
    assert seen.kinds() == REBOOTS


def test_a_reboot_that_a_traffic_poll_sees_first_leaves_one_gap_and_no_spike():
    ports = {"1": Port(b"Gi1/0/1", began_at=500)}  # after the reboot the counter soon stands above its old reading
    seen = Folding(switch=Switch(ports=ports, if_number=1)).settle()
    before = seen.totals()[0]
    seen.switch.reboot(14.0)
    ports["1"].bytes_per_s = 100_000_000
    seen.traffic(20.0)
    seen.discover(20.5)
    seen.traffic(25.0)
    assert seen.totals() == [None]
    seen.traffic(26.0)
    assert seen.totals() == [before + 100_000_000]


def test_a_reboot_between_two_pdus_of_one_poll_is_told_once_whatever_half_the_figures_are_from():
    seen = Folding().settle()
    ticks = [seen.switch.uptime(20.0), 150]
    old_figures = seen.switch.scalars(20.0) | {"sys_uptime": 150}  # engineBoots came before, sysUpTime after it
    torn = seen.switch.poll(
        Lane.STATUS, 20.0, seen.epoch, {"admin": [1, 1], "oper": [1, 2]}, scalars=old_figures, ticks=ticks
    )
    seen.see(torn)
    assert seen.state.interfaces.in_doubt
    seen.switch.reboot(18.5)
    seen.discover(20.5)
    seen.status(21.0)
    seen.traffic(22.0)
    assert seen.kinds() == REBOOTS


def test_processors_of_one_chassis_whose_clocks_differ_a_little_are_no_reboot():
    seen = Folding().settle()
    uptime = seen.switch.uptime(20.0)
    seen.traffic(20.0, ticks=[uptime, uptime - 400])
    assert seen.events == []
    assert None not in seen.totals()


def test_a_chassis_that_shows_another_uptime_with_every_answer_is_not_asked_in_a_tight_loop():
    seen = Folding(switch=Switch(boots=None)).settle()
    seen.switch.booted_s = 19.0
    assert seen.status(20.0).wants.look_at == (Lane.DISCOVERY,)
    seen.switch.booted_s = 20.4
    assert seen.discover(20.5).wants.look_at == ()


def test_another_engine_id_is_another_box():
    seen = Folding().settle()
    seen.switch.engine_id = b"\x80\x00\x1f\x88\x04new"
    assert seen.status(20.0).wants.look_at == (Lane.DISCOVERY,)
    assert seen.kinds() == [EventKind.DEVICE_SWAPPED]
    assert seen.state.counters_reset
    seen.discover(20.5)
    seen.status(21.0)
    assert seen.kinds() == [EventKind.DEVICE_SWAPPED]


def test_another_box_is_given_the_benefit_of_the_doubt_that_its_predecessor_lost():
    seen = Folding().settle()
    for turn in range(3):
        seen.switch.last_change = 6000 + turn
        seen.status(20.0 + 10 * turn)
        seen.discover(20.5 + 10 * turn)
    seen.switch.engine_id = b"\x80\x00\x1f\x88\x04new"
    seen.status(60.0)
    seen.discover(60.5)
    seen.switch.last_change = 7000
    assert seen.status(70.0).wants.look_at == (Lane.DISCOVERY,)


@pytest.mark.parametrize("boots", [7, None])
def test_an_agent_without_sys_uptime_is_watched_all_the_same(boots):
    switch = Switch(has_uptime=False, boots=boots, last_change=None)
    seen = Folding(switch=switch).settle()
    assert seen.events == []
    seen.traffic(23.0)
    assert seen.totals() == [23_000_000, 23_000_000]


def test_an_agent_without_sys_uptime_shows_its_reboot_by_engine_boots():
    seen = Folding(switch=Switch(has_uptime=False)).settle()
    seen.switch.reboot(19.0)
    seen.status(20.0)
    assert seen.kinds() == REBOOTS
    assert seen.state.interfaces.in_doubt


def test_an_agent_that_shows_no_reboot_at_all_still_never_tells_a_falling_total_or_a_spike():
    ports = {"1": Port(b"Gi1/0/1")}
    switch = Switch(ports=ports, has_uptime=False, boots=None, engine_id=None, last_change=None)
    seen = Folding(switch=switch).settle()
    before = seen.totals()[0]
    seen.switch.booted_s = 20.0
    told = []
    for at_s in (23.0, 33.0, 43.0):
        seen.traffic(at_s)
        told.append(seen.totals()[0])
    assert told == [None, before + 10_000_000, before + 20_000_000]


def test_a_device_that_the_inventory_puts_elsewhere_is_discovered_anew():
    seen = Folding().settle()
    seen.state = at_another_address(seen.state)
    assert seen.state.interfaces.in_doubt
    seen.switch.last_change = 1  # another box may have any
    assert seen.status(20.0).wants.look_at == (Lane.DISCOVERY,)
    seen.discover(20.5)
    seen.traffic(30.0)
    assert seen.totals() == [None, None]
    assert seen.state.signs.false_changes == 0
