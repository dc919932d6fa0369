"""The service's own way, which is not ours: the vantage may be blind where the video centre sees, and the other way."""

from netwatch.core.faults.diagnosis import diagnose
from netwatch.core.field.verdict import Reach
from netwatch.core.topology.graph import Topology
from netwatch.core.topology.paths import REACHABLE, UNSEEN, Paths
from tests.unit.core.streets import scene, town

CITY = town("core-a", "a-b", "b-video", "video-c", "c-d", anchors={"cctv": ("video",), "signal": ()})


def paths(city=CITY, **seen):
    topology = Topology(city)
    return Paths(topology, diagnose(topology, scene(city, **seen)))


def test_a_switch_that_answers_and_has_a_way_is_reachable():
    assert paths().of("d", "cctv", is_seen=True) == REACHABLE


def test_behind_a_cut_between_it_and_its_anchor_it_is_cut_off_and_by_what():
    topology = Topology(CITY)
    diagnosis = diagnose(topology, scene(CITY, dark="d", no_light="c-d"))
    path = Paths(topology, diagnosis).of("d", "cctv", is_seen=False)
    assert path.reach is Reach.CUT
    assert diagnosis.causes[path.cause].subject == "link:c-d"


def test_behind_a_cut_between_us_and_its_anchor_it_is_merely_unseen():
    found = paths(dark="b video c d", no_light="a-b")
    assert found.of("d", "cctv", is_seen=False) == UNSEEN
    assert found.of("d", "signal", is_seen=False).reach is Reach.CUT


def test_on_our_side_of_such_a_cut_it_is_seen_and_cut_off_from_its_anchor():
    found = paths(dark="b video c d", no_light="a-b")
    path = found.of("a", "cctv", is_seen=True)
    assert path.reach is Reach.CUT
    assert found.of("a", "signal", is_seen=True) == REACHABLE


def test_what_has_no_known_way_even_in_the_whole_city_is_judged_by_whether_it_is_seen():
    city = town("core-a", also=("lone",), anchors={"cctv": ("core",)})
    found = paths(city, dark="lone")
    assert found.of("lone", "cctv", is_seen=False) == UNSEEN
    assert found.of("lone", "cctv", is_seen=True) == REACHABLE


def test_a_service_without_anchors_and_without_vantage_cuts_nobody_off():
    city = town("core-a", roots=())
    assert paths(city, dark="a", no_light="core-a").of("a", None, is_seen=False) == UNSEEN


def test_one_of_two_anchors_is_enough():
    city = town("core-a", "a-v1", "core-v2", anchors={"cctv": ("v1", "v2")})
    assert paths(city, dark="v1", no_light="a-v1").of("a", "cctv", is_seen=True) == REACHABLE


def test_who_is_cut_off_is_told_with_the_subject_that_does_it():
    found = paths(dark="d", no_light="c-d")
    assert found.cut_off(("video",)) == {"d": "link:c-d"}
    assert paths().cut_off(("video",)) == {}


def test_a_stopped_switch_is_cut_off_by_its_own_fault():
    found = paths(dark="c d", no_light="video-c", sights={})
    assert found.cut_off(("video",)).keys() == {"c", "d"}


def test_while_we_see_nothing_nobody_is_called_cut_off():
    found = paths(dark="core a b video c d", is_lit=False)
    assert found.cut_off(("video",)) == {}
    assert found.of("d", "cctv", is_seen=False) == UNSEEN


def test_the_957_cameras_nothing_is_called_down_that_is_merely_unseen():
    cameras = {f"cam-{n}": "d" for n in range(957)}
    city = town("core-head", "head-d", cameras=cameras, anchors={"cctv": ("head",)})
    topology = Topology(city)
    diagnosis = diagnose(topology, scene(city, dark="head d", no_light="core-head"))
    found = Paths(topology, diagnosis)
    assert {found.of(one.port.device, one.service, is_seen=False) for one in city.field_devices.values()} == {UNSEEN}
    assert len(diagnosis.causes) == 1


def test_a_reply_out_of_band_proves_the_box_alive_and_never_the_fibre():
    city = town("core-a", "core-a/2", over={"core-a/2": "oob"}, cameras={"cam-1": "a"})
    topology = Topology(city)
    diagnosis = diagnose(topology, scene(city, no_light="core-a"))
    path = Paths(topology, diagnosis).of("a", None, is_seen=True)
    assert path.reach is Reach.CUT
    assert diagnosis.causes[path.cause].subject == "link:core-a"


def test_over_lte_its_pictures_still_come():
    city = town("core-a", "core-a/2", over={"core-a/2": "lte"})
    assert paths(city, no_light="core-a").of("a", None, is_seen=True) == REACHABLE
