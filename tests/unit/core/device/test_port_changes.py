"""Since when a port is as it is: by the agent's own clock where that can be, else by ours."""

import pytest

from netwatch.core.device.reachability import Answer
from netwatch.core.events import EventKind
from tests.unit.core.polled import DOWN, UP, WALL_S, Folding, Port, Switch, failed, renumbered

BOOTED_S = -1000.0


def ticks(at_s):
    """What the agent's sysUpTime stood at."""
    return int((at_s - BOOTED_S) * 100)


def settled():
    """Discovered and polled at 10 s and 11 s; Gi1/0/1 came up at -500 s, Gi1/0/2 does not say."""
    ports = {"1": Port(b"Gi1/0/1", last_change=ticks(-500)), "2": Port(b"Gi1/0/2")}
    return Folding(switch=Switch(ports=ports, booted_s=BOOTED_S)).settle()


def since(seen):
    return [None if at is None else round(at - WALL_S, 2) for at in seen.state.status.changed_wall_s]


def change(seen, at_s, said_s, oper=DOWN):
    """Gi1/0/1 changes; the poll at `at_s` sees it, and the agent says that it was at `said_s`."""
    seen.switch.ports["1"].oper = oper
    seen.switch.ports["1"].last_change = None if said_s is None else ticks(said_s)
    seen.status(at_s)
    return seen


def test_the_first_reading_tells_since_when_where_the_agent_does_and_else_it_is_the_first_evidence():
    assert since(settled()) == [-500.0, 11.0]


def test_a_change_dates_from_the_devices_own_clock():
    seen = change(settled(), at_s=21.0, said_s=13.5)
    assert since(seen) == [13.5, 11.0]
    (event,) = seen.events
    assert (event.kind, event.subject) == (EventKind.INTERFACE_STATE, "port:acc-17 Gi1/0/1")
    assert event.at_wall_s == pytest.approx(WALL_S + 13.5)


@pytest.mark.parametrize(
    "said_s",
    [
        None,  # it has no ifLastChange
        BOOTED_S,  # 0: it does not keep it
        25.0,  # ahead of its own uptime
        -500.0,  # stands where it stood: the row was otherwise since
        3.0,  # still before the reading that saw it otherwise
    ],
)
def test_a_change_that_cannot_have_been_then_dates_from_the_reading(said_s):
    assert since(change(settled(), at_s=21.0, said_s=said_s))[0] == 21.0


def test_an_agent_that_looks_at_its_ports_every_few_seconds_may_have_told_the_old_state_after_the_change():
    assert since(change(settled(), at_s=21.0, said_s=8.0))[0] == 8.0


def test_a_row_that_polls_missed_may_have_changed_in_any_of_them():
    seen = settled()
    seen.status(21.0, unread=("1",))
    seen.status(31.0, unread=("1",))
    assert since(change(seen, at_s=41.0, said_s=14.0))[0] == 14.0


def test_what_stays_as_it_is_keeps_its_time_and_its_column():
    seen = settled()
    column = seen.state.status.changed_wall_s
    seen.status(21.0)
    seen.status(31.0, unread=("2",))
    assert seen.state.status.changed_wall_s is column


def test_a_reboot_sets_the_agents_clock_back_and_its_ports_are_dated_by_the_new_one():
    seen = settled()
    seen.switch.reboot(at_s=20.0)
    seen.switch.ports["1"].oper = DOWN
    seen.switch.ports["1"].last_change = 500  # five seconds after it booted
    seen.discover(30.0)
    seen.status(31.0)
    assert since(seen)[0] == 25.0


def test_times_go_with_the_ports_names_when_indexes_move():
    seen = change(settled(), at_s=21.0, said_s=13.5)
    seen.switch.ports = renumbered(seen.switch.ports, {"1": "7"})
    seen.discover(25.0)
    assert dict(zip(seen.state.interfaces.names, since(seen), strict=True)) == {"Gi1/0/1": 13.5, "Gi1/0/2": 11.0}
    seen.status(31.0)
    assert since(seen)[seen.state.interfaces.names.index("Gi1/0/1")] == 13.5


def test_a_silent_device_keeps_its_times_and_the_age_of_its_reading():
    seen = settled()
    seen.see(*(failed(seen_lane, at_s) for seen_lane in ("status",) for at_s in (21.0, 27.0, 33.0)))
    assert seen.state.snmp.answer is Answer.SILENT
    assert since(seen) == [-500.0, 11.0]
    assert seen.state.status.read_wall_s == pytest.approx(WALL_S + 11.02)


def test_a_port_that_came_back_dates_from_its_coming_back():
    seen = change(settled(), at_s=21.0, said_s=13.5)
    change(seen, at_s=31.0, said_s=29.0, oper=UP)
    assert since(seen)[0] == 29.0
    assert [event.at_wall_s - WALL_S for event in seen.events] == pytest.approx([13.5, 29.0])
