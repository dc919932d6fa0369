import pytest

from netwatch.core.faults.diagnosis import FaultKind
from netwatch.core.faults.imagine import NO_SERVICE, failed, imagine
from netwatch.core.model import PortRef, Vantage
from netwatch.core.records import replace
from netwatch.core.topology.graph import Topology
from tests.unit.core.streets import camera, town

CITY = town(
    "core-a",
    "a-b",
    "b-core",
    "b-leaf",
    ring=("core-a", "a-b", "b-core"),
    cables={"c1": "core-a", "c2": "a-b b-leaf"},
    sites={"a": "hut", "b": "hut"},
    cameras={"cam-1": "a", "cam-2": "leaf", "cam-3": "leaf"},
    anchors={"cctv": ("core",)},
)


def told(*subjects, city=CITY):
    return imagine(Topology(city), subjects)


def said(*subjects, city=CITY):
    return {cause.subject: (cause.kind, dict(cost)) for cause, cost in by_cost(told(*subjects, city=city))}


def by_cost(imagined):
    return zip(imagined.causes, imagined.affected, strict=True)


def test_nothing_that_fails_costs_nothing():
    imagined = told()
    assert (imagined.causes, imagined.dark_devices, imagined.dark_field_devices) == ((), (), ())


@pytest.mark.parametrize(
    ("subject", "links", "devices", "fields"),
    [
        ("cable:c2", {"a-b", "b-leaf"}, set(), set()),
        ("link:core-a", {"core-a"}, set(), set()),
        ("ring:ring", {"core-a", "a-b", "b-core"}, set(), set()),
        ("device:a", set(), {"a"}, set()),
        ("port:a b", {"a-b"}, set(), set()),
        ("field_device:cam-1", set(), set(), {"cam-1"}),
        ("site:hut", set(), {"a", "b"}, {"cam-1"}),
    ],
)
def test_what_fails_with_each_kind_of_subject(subject, links, devices, fields):
    what = failed(Topology(CITY), [subject])
    assert (what.links, what.devices, what.field_devices, what.vantage) == (links, devices, fields, False)


def test_a_ring_cut_once_costs_its_reserve_and_nothing_else():
    assert said("link:core-a") == {"cable:c1": (FaultKind.REDUNDANCY_LOST, {})}
    assert told("link:core-a").dark_devices == ()


def test_a_cable_of_two_links_is_one_fault_with_the_cameras_it_costs():
    imagined = told("cable:c2")
    assert said("cable:c2") == {"cable:c2": (FaultKind.CABLE_CUT, {"cctv": 2})}
    assert imagined.dark_devices == ("leaf",)
    assert imagined.dark_field_devices == ("cam-2", "cam-3")
    assert imagined.out_of_service == (("cam-2", "cam-3"),)


def test_several_at_once_are_several_faults_and_nobody_is_counted_twice():
    imagined = told("cable:c2", "cable:c1", "field_device:cam-2")
    names = [name for group in imagined.out_of_service for name in group]
    assert sorted(names) == ["cam-1", "cam-2", "cam-3"]


def test_a_site_without_power_is_one_fault():
    (cause,) = told("site:hut").causes
    assert (cause.kind, cause.subject) == (FaultKind.DEVICE_POWER, "site:hut")


def test_a_dead_camera_is_its_own_fault_and_its_switch_is_fine():
    imagined = told("field_device:cam-1")
    assert said("field_device:cam-1") == {"field_device:cam-1": (FaultKind.PORT, {"cctv": 1})}
    assert (imagined.dark_devices, imagined.dark_field_devices) == ((), ("cam-1",))


def test_a_port_of_a_camera_is_the_camera_or_the_port():
    (cause,) = told("port:a cam-1").causes
    assert {cause.subject, *cause.ambiguous_with} == {"field_device:cam-1", "port:a cam-1"}
    assert failed(Topology(CITY), ["port:a cam-1"]).ports == {PortRef(device="a", interface="cam-1")}


def test_without_the_vantage_all_is_dark_and_nobody_is_blamed_nor_out_of_service():
    imagined = told("vantage:")
    assert [(cause.kind, dict(cost)) for cause, cost in by_cost(imagined)] == [(FaultKind.VANTAGE, {})]
    assert set(imagined.dark_devices) == set(CITY.devices)
    assert set(imagined.dark_field_devices) == set(CITY.field_devices)


def test_a_camera_without_a_service_is_counted_all_the_same():
    city = town("core-a", cameras={"cam-1": "a"})
    assert said("link:core-a", city=city) == {"link:core-a": (FaultKind.LINK_CUT, {NO_SERVICE: 1})}


def test_a_camera_without_a_port_fails_only_by_itself():
    city = replace(town("core-a"), field_devices={"cam-1": camera("cam-1", "a", "at-a", port=None)})
    assert told("device:a", city=city).dark_field_devices == ()
    assert said("field_device:cam-1", city=city) == {"field_device:cam-1": (FaultKind.FIELD_DEVICE, {NO_SERVICE: 1})}


def test_what_the_inventory_knows_no_way_to_is_dark_only_if_it_fails_itself():
    city = town("core-a", also=("lone",))
    assert told("device:core", city=city).dark_devices == ("a", "core")
    assert told("device:lone", city=city).dark_devices == ("lone",)


def test_where_the_vantage_is_not_told_it_stands_at_the_core():
    city = replace(CITY, vantage=Vantage())
    assert told("cable:c2", city=city).dark_devices == ("leaf",)


def test_where_there_is_no_core_either_it_stands_where_most_hangs_together():
    city = town("x-y", "y-z", "p-q", roots=())
    assert told("link:x-y", "link:p-q", city=city).dark_devices != ()
    assert "p" not in told("link:x-y", city=city).dark_devices


def test_the_anchor_of_a_service_counts_and_not_only_our_own_place():
    city = town("core-video", "core-a", cameras={"cam-1": "a"}, anchors={"cctv": ("video",)})
    assert said("link:core-video", city=city) == {"link:core-video": (FaultKind.LINK_CUT, {"cctv": 1})}
    imagined = told("link:core-video", city=city)
    assert imagined.dark_field_devices == ()
    assert imagined.dark_devices == ("video",)


def test_what_then_hangs_on_one_thing_alone_is_named():
    assert {"link:a-b", "link:b-core"} <= set(told("link:core-a").remaining_single_points)
    assert not {"link:a-b", "link:b-core"} & set(told().remaining_single_points)
