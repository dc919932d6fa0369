import json
from array import array
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.core.device.counter_state import Baseline, CounterState, packed
from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.device.memory import DeviceMemory
from netwatch.core.device.recall import Resumption, lasting, learned_before, recall, remember
from netwatch.core.device.record import DeviceState, DeviceVerdict, Identity, Remembered, RowSigns
from netwatch.core.events import EventKind
from tests.unit.core.polled import WALL_S, Folding, Port, Switch

LATER_WALL_S = WALL_S + 4000.0  # the host was rebooted: its monotonic clock began anew
COUNT = st.integers(0, 2**32 - 1)
MAYBE = st.none() | COUNT


@st.composite
def interface_maps(draw) -> InterfaceMap:
    indexes = draw(st.lists(st.integers(1, 2**31 - 1), unique=True, max_size=5))
    rows = len(indexes)
    texts = st.lists(st.text(max_size=8), min_size=rows, max_size=rows).map(tuple)
    return InterfaceMap(
        epoch=draw(st.integers(1, 99)),
        indexes=tuple(map(str, indexes)),
        names=tuple(draw(st.lists(st.text(max_size=8), unique=True, min_size=rows, max_size=rows))),
        aliases=draw(texts),
        descriptions=draw(texts),
        types=tuple(draw(st.lists(MAYBE, min_size=rows, max_size=rows))),
        dropped=draw(st.integers(0, 9)),
        in_doubt=draw(st.booleans()),
    )


@st.composite
def counter_states(draw, interfaces: InterfaceMap) -> CounterState:
    rows = len(interfaces.names)
    columns = draw(st.sets(st.sampled_from(["receive_bytes", "transmit_bytes"])))
    whole = st.lists(st.integers(0, 2**64 - 1), min_size=rows, max_size=rows)
    cells = st.dictionaries(st.integers(0, max(rows - 1, 0)), st.sampled_from(Baseline), min_size=1)
    return CounterState(
        interfaces=InterfaceMap(indexes=interfaces.indexes, names=interfaces.names),
        at_s=array("d", [draw(st.integers(0, 999)) for _ in range(rows)]),
        raw={column: array("Q", draw(whole)) for column in columns},
        offsets={column: packed("q", draw(whole)) for column in columns if draw(st.booleans())},
        widths={column: bytes(draw(st.sampled_from([32, 64])) for _ in range(rows)) for column in columns},
        discontinuity=tuple(draw(st.lists(MAYBE, min_size=rows, max_size=rows))),
        odd={column: draw(cells) for column in columns if rows and draw(st.booleans())},
    )


@st.composite
def states(draw) -> DeviceState:
    interfaces = draw(interface_maps())
    return DeviceState(
        identity=Identity(
            sys_descr=draw(st.text(max_size=8)),
            sys_object_id="1.3.6.1.4.1.9.1.1",
            sys_name=draw(st.text(max_size=8)),
            engine_id=draw(st.binary(max_size=32)),
            engine_boots=draw(MAYBE),
            engine_time_s=draw(MAYBE),
            uptime_ticks=draw(MAYBE),
            uptime_wraps=draw(st.integers(0, 3)),
            at_s=float(draw(st.integers(0, 999))),
        ),
        interfaces=interfaces,
        signs=RowSigns(
            if_number=draw(MAYBE),
            last_change_ticks=draw(MAYBE),
            false_numbers=draw(st.integers(0, 5)),
            false_changes=draw(st.integers(0, 5)),
        ),
        counters=draw(counter_states(interfaces)),
        counters_reset=draw(st.booleans()),
    )


def stored(state: DeviceState, device: str = "acc-17", ports: tuple[str, ...] = (), **changes: object) -> DeviceMemory:
    """As the store gives it back: through JSON."""
    document = remember(device, state, learned={"values": 50}, wall_s=WALL_S, ports=ports).document
    return DeviceMemory(device=device, document=json.loads(json.dumps({**document, **changes})))


def recalled(*memories: DeviceMemory, verdicts=None, now_s: float = 1000.0, wall_s: float = WALL_S):
    return recall(
        {memory.device: memory for memory in memories}, verdicts or {}, Resumption(now_s=now_s, wall_s=wall_s)
    )


@given(states())
def test_what_must_survive_a_restart_does(state):
    found, refused = recalled(stored(state))
    assert refused == {}
    assert found["acc-17"] == state


def test_nothing_that_was_observed_is_restored():
    seen = Folding().settle()
    found = recalled(stored(seen.state))[0]["acc-17"]
    assert found.interfaces == seen.state.interfaces
    assert found.identity == seen.state.identity
    blank = DeviceState()
    for name in ("icmp", "snmp", "verdict", "status", "traffic", "lanes", "rtt_s", "loss_ratio"):
        assert getattr(found, name) == getattr(blank, name)


def test_times_follow_the_wall_clock_over_a_reboot_of_the_host():
    seen = Folding().settle()
    found = recalled(stored(seen.state), now_s=20.0, wall_s=LATER_WALL_S)[0]["acc-17"]
    assert found.identity.at_s == pytest.approx(seen.state.identity.at_s - 4000.0)
    assert list(found.counters.at_s) == pytest.approx([at_s - 4000.0 for at_s in seen.state.counters.at_s])


def test_a_time_that_a_stepped_clock_puts_into_the_future_becomes_now():
    seen = Folding().settle()
    found = recalled(stored(seen.state), now_s=5.0, wall_s=WALL_S - 100.0)[0]["acc-17"]
    assert found.identity.at_s == 5.0


def restarted(seen: Folding, now_s: float, ports: tuple[str, ...] = ()) -> Folding:
    return Folding(switch=seen.switch, state=recalled(stored(seen.state, ports=ports), now_s=now_s)[0]["acc-17"])


def port_events(seen: Folding):
    return [event for event in seen.events if event.kind is EventKind.INTERFACE_STATE]


def test_a_port_of_the_inventory_found_as_it_was_is_no_news_and_keeps_its_since():
    before = Folding().settle()
    since = before.state.status.changed_wall_s
    again = restarted(before, 100.0, ports=("Gi1/0/1",))
    assert again.state.status.oper == ()  # nothing is known to be so now
    again.status(110.0)
    assert port_events(again) == []
    assert again.state.status.changed_wall_s == [since[0], 110.0 + WALL_S]
    assert again.state.status.before_restart == frozenset()


def test_a_port_of_the_inventory_that_changed_while_nobody_watched_is_told_as_found_after_a_gap():
    before = Folding().settle()
    for port in before.switch.ports.values():
        port.oper = 2
        port.last_change = before.switch.uptime(60.0)
    again = restarted(before, 100.0, ports=("Gi1/0/1", "no such port"))
    again.status(110.0)
    (event,) = port_events(again)
    assert event.subject == "port:acc-17 Gi1/0/1"
    assert event.detail == {"from": "up", "to": "down", "found_after_gap": True}
    assert event.at_wall_s == pytest.approx(60.0 + WALL_S)  # the device's own clock tells when, though nobody watched
    before.switch.ports["1"].oper = 1
    again.status(120.0)
    assert port_events(again)[-1].detail == {"from": "down", "to": "up", "found_after_gap": False}


def test_a_port_not_read_by_the_first_poll_is_held_against_what_was_stored_when_it_is():
    before = Folding().settle()
    again = restarted(before, 100.0, ports=("Gi1/0/1", "Gi1/0/2"))
    before.switch.ports["2"].oper = 2
    again.status(110.0, unread=("2",))
    assert port_events(again) == []
    again.status(120.0)
    (event,) = port_events(again)
    assert (event.subject, event.detail["found_after_gap"]) == ("port:acc-17 Gi1/0/2", True)


def test_the_last_states_follow_their_ports_where_a_discovery_comes_before_the_first_poll():
    before = Folding().settle()
    again = restarted(before, 100.0, ports=("Gi1/0/2",))
    again.switch.ports = {"11": before.switch.ports["1"], "12": before.switch.ports["2"]}
    again.switch.ports["12"].oper = 2
    again.discover(105.0)
    again.status(110.0)
    (event,) = port_events(again)
    assert (event.subject, event.detail["found_after_gap"]) == ("port:acc-17 Gi1/0/2", True)


def test_only_ports_that_the_inventory_names_are_stored():
    document = stored(Folding().settle().state, ports=("Gi1/0/2", "absent")).document
    assert list(document["ports"]) == ["Gi1/0/2"]


@pytest.mark.parametrize("ports", [{"Gi1/0/1": [1]}, {"Gi1/0/1": ["up", 1.0]}, {"Gi1/0/1": [1, "long ago"]}, [1]])
def test_states_of_ports_that_are_none_refuse_the_document(ports):
    memory = stored(Folding().settle().state)
    found, refused = recalled(replace(memory, document={**memory.document, "ports": ports}))
    assert (found, list(refused)) == ({}, ["acc-17"])


def test_totals_go_on_over_a_restart_as_if_nothing_had_been():
    again = restarted(Folding().settle(), 100.0)
    again.status(110.0)
    again.traffic(113.0)
    assert again.totals() == [113_000_000, 113_000_000]
    assert again.events[1:] == []


def test_a_memory_of_minutes_ago_serves_a_restart_as_well_where_nothing_but_counters_moved():
    seen = Folding().settle()
    early, lasted = stored(seen.state), lasting(seen.state)
    for at_s in range(20, 310, 10):
        seen.status(at_s)
        seen.traffic(at_s + 3.0)
    assert lasting(seen.state) == lasted
    for memory in (early, stored(seen.state)):
        killed = Resumption(now_s=315.0, wall_s=WALL_S, clean=False)
        again = Folding(switch=seen.switch, state=recall({"acc-17": memory}, {}, killed)[0]["acc-17"])
        again.status(316.0)
        again.traffic(320.0)
        assert again.totals() == [320_000_000, 320_000_000]
        assert again.events[1:] == []


def _turned(seen: Folding) -> None:
    seen.switch.ports["1"].oper = 2
    seen.status(20.0)


def _renamed(seen: Folding) -> None:
    seen.switch.ports["1"].alias = b"another camera"
    seen.discover(20.0)


def _rebooted(seen: Folding) -> None:
    seen.switch.reboot(15.0)
    seen.status(20.0)


def _reset(seen: Folding) -> None:
    seen.switch.ports["1"].began_at = -10_000_000  # it falls by 3
    seen.traffic(20.0)


@pytest.mark.parametrize("happens", [_turned, _renamed, _rebooted, _reset])
def test_what_happens_to_a_device_is_not_served_by_an_earlier_memory(happens):
    seen = Folding().settle()
    lasted = lasting(seen.state)
    happens(seen)
    assert lasting(seen.state) != lasted


def test_octets_in_32_bits_may_pass_unseen_so_that_each_reading_is_another_memory():
    seen = Folding(switch=Switch(ports={"1": Port(b"Gi1/0/1", width=32)})).settle()
    lasted = lasting(seen.state)
    seen.status(20.0)
    assert lasting(seen.state) == lasted
    seen.traffic(23.0)
    assert lasting(seen.state) != lasted


def test_a_reboot_while_nobody_watched_is_told_and_leaves_a_gap():
    seen = Folding().settle()
    seen.switch.reboot(50.0)
    again = restarted(seen, 100.0)
    again.status(110.0)
    again.discover(111.0)
    again.traffic(120.0)
    again.traffic(130.0)
    assert EventKind.DEVICE_REBOOTED in again.kinds()
    assert again.totals() == [23_000_000, 23_000_000]  # 13 before the restart, 10 since the gap


def test_a_reboot_noticed_just_before_the_restart_still_resets_the_counters_after_it():
    seen = Folding().settle()
    seen.switch.reboot(14.0)
    seen.switch.ports["1"].began_at = seen.switch.ports["2"].began_at = 10**9  # above where they stood
    seen.status(15.0)
    again = restarted(seen, 20.0)
    again.discover(21.0)
    again.traffic(23.0)
    assert again.totals() == [None, None]
    again.traffic(33.0)
    assert again.totals() == [23_000_000, 23_000_000]


def test_rows_renumbered_while_nobody_watched_are_not_counted_for_one_another():
    switch = Switch(has_uptime=False, boots=None)
    seen = Folding(switch=switch).settle()
    switch.last_change = 9999
    first, second = switch.ports.values()
    second.bytes_per_s = 50_000_000
    switch.ports = {"1": second, "2": first}
    again = restarted(seen, 20.0)
    again.traffic(23.0)  # by chance the first lane to be due
    assert again.totals() == []
    again.status(24.0)
    again.discover(24.5)
    assert again.kinds()[1:] == [EventKind.IFINDEX_CHANGED]


@pytest.mark.parametrize("in_doubt", [True, False])
def test_doubt_survives_the_restart(in_doubt):
    seen = Folding().settle()
    seen.state = replace(seen.state, interfaces=replace(seen.state.interfaces, in_doubt=in_doubt))
    assert recalled(stored(seen.state))[0]["acc-17"].interfaces.in_doubt is in_doubt


def test_a_verdict_without_a_memory_is_remembered_too():
    told = Remembered(verdict=DeviceVerdict.DOWN, since_wall_s=5.0)
    found, refused = recalled(verdicts={"acc-18": told})
    assert (found["acc-18"], refused) == (DeviceState(before_restart=told), {})


def test_a_damaged_document_costs_only_that_device_and_not_its_verdict():
    seen = Folding().settle()
    told = Remembered(verdict=DeviceVerdict.UP, since_wall_s=5.0)
    found, refused = recalled(
        stored(seen.state, "acc-1"),
        stored(seen.state, "acc-2", format=99),
        verdicts={"acc-2": told},
    )
    assert found["acc-1"].interfaces == seen.state.interfaces
    assert found["acc-2"] == DeviceState(before_restart=told)
    assert refused == {"acc-2": "ValueError('format 99 is not 1')"}


@pytest.mark.parametrize(
    "spoils",
    [
        {"aliases": [""]},
        {"types": [6, 6, 6]},
        {"names": ["Gi1/0/1", "Gi1/0/1"]},
        {"indexes": ["1", "1"]},
        {"indexes": ["1", "1.x"]},
        {"epoch": -1},
    ],
)
def test_an_index_map_that_does_not_fit_itself_is_refused(spoils):
    document = stored(Folding().settle().state).document
    memory = DeviceMemory(device="acc-17", document={**document, "interfaces": {**document["interfaces"], **spoils}})
    assert recalled(memory)[1].keys() == {"acc-17"}


def places(value, path=()):
    """The path of everything in a document."""
    yield path
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in entries:
        yield from places(below, (*path, key))


def spoilt(value, path, other):
    if not path:
        return other
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = spoilt(copy[path[0]], path[1:], other)
    return copy


JUNK = (None, True, -1, 0, 2**70, 10**400, 1.5, float("inf"), "", "x", "1.2", [], {}, ["x"], {"a": 1})
SOUND = Folding().settle()
DOCUMENT = stored(SOUND.state).document
PLACES = [path for path in places(DOCUMENT) if path]


@pytest.mark.parametrize("junk", JUNK, ids=lambda junk: repr(junk)[:10])
def test_whatever_stands_anywhere_in_a_document_it_is_refused_or_can_be_polled_with(junk):
    refusals = 0
    for path in PLACES:
        spoilt_one = DeviceMemory(device="acc-17", document=spoilt(DOCUMENT, path, junk))
        found, refused = recalled(spoilt_one, stored(SOUND.state, "acc-18"), now_s=20.0)
        assert found["acc-18"].interfaces == SOUND.state.interfaces
        assert (found.keys() | refused.keys()) == {"acc-17", "acc-18"}
        learned_before(spoilt_one)
        refusals += len(refused)
        if "acc-17" in found:
            assert_it_can_be_polled(found["acc-17"])
    assert refusals > 10


def assert_it_can_be_polled(state: DeviceState) -> None:
    again = Folding(switch=Switch(), state=state)
    again.status(30.0)
    again.traffic(31.0)
    again.discover(32.0)
    again.status(33.0)
    again.traffic(34.0)
    assert again.state.interfaces.names == ("Gi1/0/1", "Gi1/0/2")


@pytest.mark.parametrize("document", [[], None, {}, {"learned": 5}, {"learned": []}])
def test_nothing_usable_was_learned_where_the_document_is_none(document):
    assert learned_before(DeviceMemory(device="acc-17", document=document)) == {}


def test_what_was_learned_comes_back():
    assert learned_before(stored(DeviceState())) == {"values": 50}
    assert learned_before(None) == {}
