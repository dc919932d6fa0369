import random

import pytest

from netwatch.core.model import PortRef
from netwatch.core.topology.graph import Topology
from tests.unit.core.streets import town

RING = Topology(town("core-a", "a-b", "b-core"))


def test_a_ring_with_one_break_is_still_one_part():
    parts = RING.parts(broken={"a-b"}, stopped=())
    assert parts.part("a") == parts.part("b") == parts.part("core")


def test_two_breaks_part_what_lies_between_them():
    parts = RING.parts(broken={"core-a", "b-core"}, stopped=())
    assert parts.part("a") == parts.part("b") != parts.part("core")


def test_a_device_that_is_stopped_is_in_no_part_and_nothing_goes_through_it():
    parts = Topology(town("core-a", "a-b")).parts(broken=(), stopped={"a"})
    assert parts.part("a") == -1
    assert parts.part("b") != parts.part("core")
    assert parts.parts_of(["a"]) == frozenset()


@pytest.mark.parametrize("seed", range(20))
def test_the_parts_are_what_a_walk_from_link_to_link_finds(seed):
    chance = random.Random(seed)
    names = [f"s{n}" for n in range(12)]
    links = {f"{a}-{b}" for a, b in (chance.sample(names, 2) for _ in range(14))}
    city = Topology(town(*sorted(links), roots=("s0",), also=names))
    broken, stopped = set(chance.sample(sorted(links), 4)), set(chance.sample(names, 2))
    parts = city.parts(broken=broken, stopped=stopped)

    def walk(name, seen):
        for link in set(city.links_of.get(name, ())) - broken:
            other = city.other_end(link, name)
            if other not in seen | stopped:
                seen.add(other)
                walk(other, seen)
        return seen

    for name in names:
        found = stopped if name in stopped else walk(name, {name})
        assert set(parts.devices_in(parts.part(name))) == found
        assert {city.names[place] for place in parts.apart_from({parts.part(name)})} == {*names} - found | stopped


def test_a_device_that_does_not_exist_is_in_no_part():
    assert RING.whole.part("nobody") == -1


def test_one_of_two_parallel_links_is_enough():
    city = Topology(town("core-a", "core-a/2"))
    parts = city.parts(broken={"core-a"}, stopped=())
    assert parts.part("a") == parts.part("core")
    assert city.dependants(["core"]).by_link == {}


def test_a_link_out_of_band_carries_no_picture():
    city = Topology(town("core-a", "core-b", over={"core-b": "oob"}))
    assert city.whole.part("b") != city.whole.part("core")
    assert city.whole.part("a") == city.whole.part("core")


def test_a_link_over_lte_carries():
    city = Topology(town("core-a", over={"core-a": "lte"}))
    assert city.whole.part("a") == city.whole.part("core")


def test_who_hangs_on_one_link_or_one_device_alone():
    hangs = Topology(town("core-a", "a-b", "b-c", "c-a", "c-d")).dependants(["core"])
    assert hangs.by_link == {"core-a": {"a", "b", "c", "d"}, "c-d": {"d"}}
    assert hangs.by_device == {"core": {"a", "b", "c", "d"}, "a": {"b", "c", "d"}, "c": {"d"}}


def test_with_two_roots_nobody_hangs_on_one_of_them():
    hangs = Topology(town("core1-a", "core2-a", roots=("core1", "core2"))).dependants(["core1", "core2"])
    assert "core1" not in hangs.by_device
    assert hangs.by_link == {}


def test_what_is_broken_already_makes_others_depend():
    hangs = RING.dependants(["core"], broken={"b-core"})
    assert hangs.by_link == {"core-a": {"a", "b"}, "a-b": {"b"}}


def test_links_are_found_by_device_cable_duct_and_port():
    city = Topology(town("core-a", "a-b", cables={"c1": "core-a a-b"}, ducts={"c1": "d1"}))
    assert set(city.links_of["a"]) == {"core-a", "a-b"}
    assert set(city.links_by_cable["c1"]) == set(city.links_by_duct["d1"]) == {"core-a", "a-b"}
    assert city.link_at[PortRef(device="a", interface="core")] == "core-a"
    assert city.other_end("core-a", "core") == "a"
    assert city.cables_of("core-a") == ("c1",)
    assert city.ducts_of("core-a") == ("d1",)


def test_a_link_between_two_ports_of_one_switch_is_counted_once_there():
    assert list(Topology(town("core-core")).links_of["core"]) == ["core-core"]


def test_a_service_is_anchored_where_it_says_else_at_the_vantage():
    city = Topology(town("core-a", anchors={"cctv": ("a",), "signal": ()}))
    assert city.anchors("cctv") == ("a",)
    assert city.anchors("signal") == city.anchors(None) == city.anchors("unheard") == ("core",)


def test_a_vantage_that_is_attached_to_nothing_has_no_roots():
    assert Topology(town("core-a", roots=())).roots == ()


def test_field_devices_are_found_by_switch_and_by_port():
    city = Topology(town("core-a", cameras={"cam-1": "a", "cam-2": "a"}))
    assert city.fields_on["a"] == ("cam-1", "cam-2")
    assert city.fields_at[PortRef(device="a", interface="cam-1")] == ("cam-1",)
