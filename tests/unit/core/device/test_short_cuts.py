"""What a fold leaves out because nothing is new comes to the same as doing it."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netwatch.core.device import ports, reachability
from netwatch.core.device.reachability import LOSS_WINDOW, Answer, Reachability, fold_ping
from netwatch.core.device.verdict import _ALONE, _TOGETHER, verdict
from tests.unit.core.polled import WALL_S, Folding, Port, Switch, echo, make_watched

CELLS = {
    "oper": st.sampled_from([1, 2, 4, None]),
    "admin": st.sampled_from([1, 2, None]),
    "high_speed": st.sampled_from([1000, 100, None]),
    "speed": st.sampled_from([1_000_000_000, 4_294_967_295, None]),
    "last_change": st.sampled_from([None, 0, 90_000_000]),
}
CHANGES = st.one_of(
    st.none(),
    st.none(),
    *(st.tuples(st.just(name), st.sampled_from(["1", "2", "3"]), cells) for name, cells in CELLS.items()),
    st.sampled_from(["lost a PDU", "moved", "rebooted", "restarted"]),
)
MOVES = ["renamed", "grown", "doubted", "emptied"]


def three_ports() -> Switch:
    return Switch(ports={str(index): Port(b"Gi1/0/%d" % index) for index in (1, 2, 3)}, if_number=3)


def change(seen: Folding, what: object, at_s: float) -> tuple[str, ...]:
    """Have something happen before the next status poll; the rows whose PDU is then lost."""
    switch = seen.switch
    match what:
        case "lost a PDU":
            return ("2",)
        case "moved":
            switch.ports = dict(zip(switch.ports, reversed(switch.ports.values()), strict=True))
            seen.discover(at_s)
        case "rebooted":
            switch.reboot(at_s - 5.0)
        case "restarted":  # what the daemon before had read is all that is known
            status = seen.state.status
            told = frozenset(range(len(status.last_oper)))
            seen.state = replace(seen.state, status=replace(status, oper=(), admin=(), before_restart=told))
        case (str(name), str(index), cell) if index in switch.ports:
            setattr(switch.ports[index], name, cell)
        case _:
            pass  # a poll that says the same once more
    return ()


def told(history: list, watched) -> tuple[list, list]:
    seen = Folding(switch=three_ports(), watched=watched)
    seen.discover(10.0)
    states = []
    for turn, what in enumerate(history):
        at_s = 20.0 + 10.0 * turn
        unread = change(seen, what, at_s - 1.0)
        seen.status(at_s, unread=unread)
        if seen.state.interfaces.in_doubt:
            seen.discover(at_s + 1.0)
        states.append(seen.state)
    return states, seen.events


@settings(deadline=None, max_examples=150)
@given(st.lists(CHANGES, max_size=12), st.sampled_from([{}, {"Gi1/0/2": 100_000_000}]))
def test_a_status_that_says_the_same_as_before_changes_what_it_would_change_read_in_full(history, capacities):
    watched = make_watched(capacities=capacities)
    states, events = told(history, watched)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ports, "_says_the_same", lambda *_: False)
        assert told(history, watched) == (states, events)


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.one_of(st.none(), CHANGES, st.sampled_from(["renamed", "grown", "doubted", "emptied"])), max_size=10)
)
def test_a_discovery_that_says_the_same_as_before_changes_what_it_would_change_read_in_full(history):
    told = []
    for is_told_apart in (True, False):
        seen, states = Folding(switch=three_ports()), []
        for turn, what in enumerate([None, *history]):
            at_s = 10.0 + 10.0 * turn
            change_rows(seen, what, at_s - 1.0)
            poll = seen.switch.discovery(at_s)
            seen.see(poll if is_told_apart else replace(poll, said={}))
            states.append(seen.state)
        told.append((states, seen.events))
    assert told[0] == told[1]


def change_rows(seen: Folding, what: object, at_s: float) -> None:
    rows = seen.switch.ports
    match what:
        case "renamed" if "2" in rows:
            rows["2"].name = b"Gi1/0/%d" % (100 + at_s)
        case "grown":
            rows[str(len(rows) + 1)] = Port(b"Gi1/0/%d" % (len(rows) + 1))
        case "doubted":
            seen.state = replace(seen.state, interfaces=ports.doubted(seen.state.interfaces))
        case "emptied":
            seen.switch.ports = {}
        case _ if rows:
            change(seen, what, at_s)


def test_a_discovery_that_says_the_same_is_not_read_again(monkeypatch):
    seen = Folding().settle()
    before = seen.state.interfaces
    monkeypatch.setattr(ports, "_texts", None)
    seen.discover(500.0)
    assert seen.state.interfaces is before
    assert seen.state.sightings.read_wall_s["interfaces"] == pytest.approx(WALL_S + 500.02)


def test_a_status_that_says_the_same_keeps_the_columns_and_tells_that_they_were_read(monkeypatch):
    seen = Folding().settle()
    before = seen.state.status
    monkeypatch.setattr(ports, "_whole", None)  # nothing is to be read cell by cell
    seen.status(500.0)
    assert seen.state.status.oper is before.oper
    assert seen.state.status.read_s == pytest.approx(500.02)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 2)), max_size=40))
def test_an_answer_to_one_who_answers_is_folded_in_one_step_as_it_would_be_in_two(echoes):
    state = Reachability()
    for turn, (is_lost, attempt) in enumerate(echoes):
        seen = echo(float(turn), lost=is_lost, attempt=attempt)
        after, _ = fold_ping(state, seen)
        if not is_lost:
            longer = state
            if attempt == 0:
                longer = replace(
                    state,
                    window=(state.window << 1) % 2**LOSS_WINDOW,
                    window_length=min(state.window_length + 1, LOSS_WINDOW),
                )
            assert after == reachability._answered(longer, seen.at_s, seen.at_s)
        state = after


@pytest.mark.parametrize("icmp", Answer)
@pytest.mark.parametrize("snmp", Answer)
def test_the_verdict_looked_up_is_the_one_known_at_once(icmp, snmp):
    assert verdict(icmp, snmp, ping_configured=True, snmp_configured=True) is _TOGETHER[icmp, snmp]
    assert verdict(icmp, snmp, ping_configured=True, snmp_configured=False) is _ALONE[icmp]
    assert verdict(icmp, snmp, ping_configured=False, snmp_configured=True) is _ALONE[snmp]
