"""What switches say of rings by their own MIBs: which ring they mean, when it counts, and which word does."""

from dataclasses import replace

import pytest

from netwatch.core.device.reachability import Answer, Reachability
from netwatch.core.device.record import DeviceState, LaneHealth
from netwatch.core.health.equipment import Equipment
from netwatch.core.health.measures import RING_WORDS, Measure
from netwatch.core.links.ring_reports import RingCondition, ring_report, rings_of
from netwatch.core.links.rings import RingState
from netwatch.core.model import Lane
from tests.unit.core.links.test_board import RING, Board, state
from tests.unit.core.streets import NOW, town

INTACT, SWITCHED, RESTORING = RingCondition.INTACT, RingCondition.SWITCHED, RingCondition.RESTORING
ON_ONE = {"a": frozenset({"ring-1"}), "b": frozenset({"ring-1"}), "hub": frozenset({"ring-1", "ring-2"})}


def saying(before=None, *, read_s=10.0, answer=Answer.ANSWERS, **words):
    """A switch that says this of its rings; seconds after NOW."""
    told = {name.replace("_", "-"): float(RING_WORDS.index(word)) for name, word in words.items()}
    return replace(
        before or DeviceState(),
        snmp=Reachability(answer=answer, since_s=50.0),
        equipment=Equipment(readings={Measure.RING: told}),
        lanes={Lane.HEALTH: LaneHealth(last_success_wall_s=NOW + read_s)},
    )


def report(ring="ring-1", since_s=0.0, **states):
    found = ring_report(ring, states, states, ON_ONE, since_wall_s=NOW + since_s)
    return found.said if found is not None else None


def test_the_words_are_those_of_the_condition():
    assert tuple(condition.value for condition in RingCondition) == RING_WORDS


def test_a_switch_on_one_ring_means_that_one_whatever_it_calls_it():
    assert report(a=saying(erps_3="intact")) == {INTACT: ("a",)}


def test_a_switch_on_several_rings_must_call_them_by_their_names():
    both = saying(ring_1="intact", ring_2="switched")
    assert (report(hub=both), report("ring-2", hub=both)) == ({INTACT: ("hub",)}, {SWITCHED: ("hub",)})
    assert report(hub=saying(erps_3="switched")) is None


def test_the_worse_word_counts_and_who_said_which_is_kept():
    said = report(a=saying(r="intact"), b=saying(r="switched"))
    assert list(said.items()) == [(SWITCHED, ("b",)), (INTACT, ("a",))]
    assert report(a=saying(one="restoring", two="switched")) == {SWITCHED: ("a",)}


@pytest.mark.parametrize(
    "state", [saying(r="switched", answer=Answer.SILENT), saying(r="switched", read_s=-1.0), saying(r="unknown")]
)
def test_a_silent_switch_an_old_word_and_unknown_say_nothing(state):
    assert report(a=state) is None


def test_a_device_stands_on_the_rings_of_its_links():
    city = town("core-a", "a-b", "b-core", ring=("core-a", "a-b", "b-core"))
    assert rings_of(city) == dict.fromkeys(("core", "a", "b"), frozenset({"ring"}))


def test_a_ring_that_only_its_switch_knows_to_be_switched_is_told_and_so_is_its_end():
    board = Board()
    (event,) = board.tell(a=saying(state("a", city=RING), m="switched"))
    assert (event.subject, event.detail["to"]) == ("ring:ring", "switched")
    assert board.tell(a=saying(state("a", city=RING), m="switched")) == ()
    (event,) = board.tell(a=saying(state("a", city=RING), m="intact"))
    assert isinstance(board.rings["ring"], RingState)
    assert event.detail["to"] == "intact"
