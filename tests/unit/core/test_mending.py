"""Light that comes back to one end of a link first: the other was read before, and says nothing of a cut any more."""

import pytest

from netwatch.core.faults.diagnosis import diagnose
from netwatch.core.faults.scene import End, LinkSight
from netwatch.core.faults.symptoms import complain, dark_regions
from netwatch.core.topology.graph import Topology
from tests.unit.core.streets import NOW, scene, town

RING = town("core-a", "a-b", "b-core", cables={"c1": "a-b"})
CUT_S, LIT_S = NOW - 600.0, NOW + 50.0  # the scene is seen at NOW + 60, with a patience of 20


def complaints(*, read_s, lit_s=LIT_S, memory_s=0.0):
    sight = LinkSight(a=End.UP, b=End.DOWN, since_wall_s=CUT_S, lit_since_wall_s=lit_s)
    seen = scene(RING, sights={"a-b": sight}, read=read_s, memory_s=memory_s)
    topology = Topology(RING)
    return complain(topology, seen, dark_regions(topology, seen))


def test_an_end_last_read_before_the_other_had_light_is_read_before_anything_is_said():
    found = complaints(read_s=LIT_S - 1.0)
    assert found.settling == {"a-b"}
    assert found.wanted == {"b"}


def test_what_the_dead_end_s_agent_tells_from_memory_is_of_before_too():
    found = complaints(read_s=LIT_S + 4.0, memory_s=5.0)
    assert (found.settling, found.wanted) == ({"a-b"}, {"b"})
    assert complaints(read_s=LIT_S + 5.0, memory_s=5.0).settling == set()


@pytest.mark.parametrize(
    ("read_s", "lit_s"),
    [
        (LIT_S + 1.0, LIT_S),  # it was read since: one fibre of the pair is still dark
        (NOW, NOW + 30.0),  # it was not, for longer than anyone waits
        (NOW, None),  # an end that is up, and not since when
    ],
)
def test_an_end_that_stays_dark_is_told_of(read_s, lit_s):
    found = complaints(read_s=read_s, lit_s=lit_s)
    assert found.settling == set()
    assert [symptom.name for symptom in found.symptoms] == ["a-b"]


# the other way round: light that is gone at one end, and the other not read since


def told(**seen):
    sight = LinkSight(a=End.UP, b=End.DOWN, since_wall_s=NOW)
    (cause,) = diagnose(Topology(RING), scene(RING, sights={"a-b": sight}, **seen)).causes
    return cause.subject


def test_light_of_before_the_cut_is_no_light_one_way():
    assert told(read=NOW - 1.0) == "cable:c1"
    assert told(read=NOW + 1.0) == "link:a-b"


def test_what_an_agent_tells_from_memory_is_light_of_before_too():
    assert told(read=NOW + 5.0, memory_s=10.0) == "cable:c1"
    assert told(read=NOW + 10.0, memory_s=10.0) == "link:a-b"
