from hypothesis import given
from hypothesis import strategies as st

from netwatch.core.events import Event, EventKind
from netwatch.core.flapping import CHANGES_TOLD, WINDOW_S, Damper


def port_is(to, at_s, port="acc-17 Gi1/0/3", kind=EventKind.INTERFACE_STATE):
    return Event(kind=kind, subject=f"port:{port}", at_wall_s=1e9 + at_s, detail={"to": to})


def told(changes, *, until_s):
    """What is told of (at_s, state) changes, with a look at the clock every second."""
    damper, events, waiting = Damper(), [], sorted(changes)
    for now_s in range(int(until_s) + 1):
        while waiting and waiting[0][0] <= now_s:
            at_s, state = waiting.pop(0)
            events += damper.pass_on(port_is(state, at_s), at_s)
        events += damper.settle(float(now_s))
    return events


def kinds(events):
    return [event.kind.value for event in events]


def test_a_few_changes_are_told_one_by_one():
    changes = [(0, "down"), (20, "up"), (40, "down"), (60, "up")]
    assert [(e.kind, e.detail["to"]) for e in told(changes, until_s=1000)] == [
        (EventKind.INTERFACE_STATE, state) for _, state in changes
    ]


def test_a_port_that_flaps_all_night_is_first_flapping_settled():
    changes = [(n, "up" if n % 2 else "down") for n in range(28_801)]
    events = told(changes, until_s=30_000)
    assert kinds(events) == ["interface.state"] * CHANGES_TOLD + ["flapping", "settled"]
    assert events[-2].detail == {"of": "interface.state", "changes": 5, "within_s": 4}
    assert events[-1].detail == {"of": "interface.state", "changes": 28_801 - CHANGES_TOLD, "to": "down"}
    assert events[-1].at_wall_s == 1e9 + 28_800


def test_it_has_settled_only_after_keeping_still_for_the_whole_window():
    changes = [(n, "up" if n % 2 else "down") for n in range(6)]
    assert kinds(told(changes, until_s=5 + WINDOW_S - 1))[-1] == "flapping"
    assert kinds(told(changes, until_s=5 + WINDOW_S))[-1] == "settled"


def test_after_it_settled_changes_are_told_again():
    changes = [(n, "down") for n in range(6)]
    assert kinds(told([*changes, (900, "up")], until_s=1000))[-2:] == ["settled", "interface.state"]


def test_slow_changes_never_flap():
    changes = [(n * WINDOW_S / CHANGES_TOLD, "up" if n % 2 else "down") for n in range(40)]
    assert kinds(told(changes, until_s=4000)) == ["interface.state"] * 40


def test_one_flapping_port_silences_no_other_and_no_other_kind():
    damper = Damper()
    for n in range(50):
        damper.pass_on(port_is("down", n), float(n))
    neighbour, removed = port_is("down", 50, "acc-17 Gi1/0/4"), port_is("", 50, kind=EventKind.INTERFACE_REMOVED)
    assert damper.pass_on(neighbour, 50.0) == (neighbour,)
    assert damper.pass_on(removed, 50.0) == (removed,)


def test_what_happens_to_the_daemon_is_always_told():
    damper = Damper()
    event = Event(kind=EventKind.STORE_STATE, subject="daemon:", at_wall_s=1e9)
    assert [damper.pass_on(event, 1.0) for _ in range(20)] == [(event,)] * 20


def test_whoever_keeps_still_is_forgotten():
    damper = Damper()
    for port in range(1000):
        damper.pass_on(port_is("down", 0, f"acc-17 Gi{port}"), 0.0)
    assert damper.settle(WINDOW_S) == ()
    assert damper._restless == {}


def test_without_a_time_of_its_own_a_change_happens_at_the_last_look():
    damper = Damper()
    for n in range(CHANGES_TOLD * 3):
        damper.settle(n * WINDOW_S / 2)
        assert kinds(damper.pass_on(port_is("down", n))) == ["interface.state"]


@given(st.lists(st.tuples(st.floats(0, 3000), st.sampled_from(["up", "down"])), max_size=200))
def test_the_last_event_told_has_the_final_state_and_the_events_are_bounded(changes):
    events = told(changes, until_s=3000 + 2 * WINDOW_S)
    if changes:
        assert events[-1].detail["to"] == max(changes)[1]
    assert len(events) <= (3000 / WINDOW_S + 1) * (CHANGES_TOLD + 2)
