"""Single points of failure and what they cost, against letting each thing fail in turn."""

from collections import Counter

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from netwatch.core.model import (
    Cable,
    FibreRun,
    FieldDevice,
    Inventory,
    Link,
    PortRef,
    Service,
    Site,
    Vantage,
)
from netwatch.core.topology.cuts import MOST, Cuts
from netwatch.core.topology.graph import OUT_OF_BAND, Topology
from netwatch.core.topology.single_points import costliest, lonely_links, single_points
from tests.unit.core.polled import make_device


def city(size, ends, *, cables=(), over=(), sites=1, roots=("d-0",), anchors=()):
    """`size` devices d-0 .. joined by `ends`; link i runs in cable `cables[i]`; one camera on each, of two services."""
    links = {
        f"l-{turn}": Link(
            id=f"l-{turn}",
            a=PortRef(device=f"d-{a}", interface=f"a{turn}"),
            b=PortRef(device=f"d-{b}", interface=f"b{turn}"),
            fibre=(FibreRun(cable=f"c-{cables[turn]}"),) if turn < len(cables) else (),
            over=OUT_OF_BAND if turn in over else None,
        )
        for turn, (a, b) in enumerate(ends)
    }
    devices = {
        f"d-{turn}": make_device(f"d-{turn}", site=f"s-{turn % sites}", address=f"10.0.0.{turn + 1}")
        for turn in range(size)
    }
    cameras = {
        f"cam-{turn}": FieldDevice(
            id=f"cam-{turn}",
            kind="cctv",
            site="s-0",
            service="cctv" if turn % 2 else "its",
            port=PortRef(device=f"d-{turn}", interface="cam"),
        )
        for turn in range(size)
    }
    return Topology(
        Inventory(
            city="Yangju",
            timezone="Asia/Seoul",
            charset="utf-8",
            fingerprint="",
            files=(),
            vantage=Vantage(attached_to=roots),
            sites={f"s-{turn}": Site(id=f"s-{turn}", name="") for turn in range(sites)},
            devices=devices,
            cables={f"c-{one}": Cable(id=f"c-{one}") for one in set(cables)},
            links=links,
            field_devices=cameras,
            services={"cctv": Service(id="cctv", name="CCTV", anchors=anchors), "its": Service(id="its", name="ITS")},
        )
    )


@st.composite
def cities(draw):
    size = draw(st.integers(2, 9))
    ends = draw(st.lists(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)), max_size=14))
    ends = [(a, b) for a, b in ends if a != b]
    cables = draw(st.lists(st.integers(0, 4), max_size=len(ends)))
    over = draw(st.sets(st.integers(0, 13), max_size=2))
    anchors = draw(st.sets(st.integers(0, size - 1), max_size=2))
    return city(
        size,
        ends,
        cables=cables,
        over=over,
        sites=draw(st.integers(1, size)),
        anchors=tuple(f"d-{one}" for one in sorted(anchors)),
    )


def parts_number(topology, broken):
    """How many parts there are of what hangs together with d-0 in the whole city."""
    parts, whole = topology.parts(broken=broken, stopped=()), topology.whole
    return len({parts.part(name) for name in topology.names if whole.part(name) == whole.part("d-0")})


def lost(topology, roots, *, broken=(), stopped=()):
    """The devices without a way to the roots any more, found by walking the graph."""
    parts, whole = topology.parts(broken=broken, stopped=stopped), topology.whole
    now, ever = parts.parts_of(roots), whole.parts_of(roots)
    return {name for name in topology.names if whole.part(name) in ever and parts.part(name) not in now}


def cost(topology, *, broken=(), stopped=()):
    """(devices, service -> field devices) that this takes away. What stands on a stopped device goes with it."""
    services = Counter()
    for camera in topology.inventory.field_devices.values():
        behind = lost(topology, topology.anchors(camera.service), broken=broken, stopped=stopped)
        services[camera.service] += camera.port.device in behind | set(stopped)
    devices = lost(topology, topology.roots, broken=broken, stopped=stopped) | set(stopped)
    return len(devices), {name: number for name, number in services.items() if number}


@given(cities(), st.data())
@settings(max_examples=150, deadline=None)
def test_a_set_of_links_is_a_cut_exactly_if_the_graph_falls_apart_without_them(topology, data):
    chosen = data.draw(st.sets(st.sampled_from(sorted(topology.links)))) if topology.links else set()
    fallen = parts_number(topology, chosen) - parts_number(topology, ())
    assert Cuts(topology, ["d-0"]).pieces(chosen) == fallen


@given(cities(), st.data())
@settings(max_examples=80, deadline=None)
def test_roots_count_as_one_place_and_what_is_broken_already_counts(topology, data):
    assume(topology.links)
    links = st.sampled_from(sorted(topology.links))
    broken, chosen = data.draw(st.sets(links, max_size=3)), data.draw(st.sets(links, max_size=4))
    roots = data.draw(st.sets(st.sampled_from(topology.names), min_size=1, max_size=3))
    before = topology.parts(broken=broken, stopped=())
    after = topology.parts(broken={*broken, *chosen}, stopped=())
    kept = [name for name in topology.names if before.part(name) in before.parts_of(roots)]
    is_cut_off = any(after.part(name) not in after.parts_of(roots) for name in kept)
    cuts = Cuts(topology, roots, broken=broken)
    assert (cuts.pieces(chosen) > 0) is is_cut_off
    assert [name for name in topology.names if cuts.reaches(name)] == kept


@given(cities())
@settings(max_examples=150, deadline=None)
def test_the_costliest_failures_cost_what_letting_each_fail_costs(topology):
    told = {loss.subject: (loss.devices, dict(loss.field_devices)) for loss in costliest(topology, 1000)}
    tried = {f"device:{name}": cost(topology, stopped=(name,)) for name in topology.names}
    for cable, links in topology.links_by_cable.items():
        tried[f"cable:{cable}"] = cost(topology, broken=links)
    for name in topology.links:
        if not topology.cables_of(name):
            tried[f"link:{name}"] = cost(topology, broken=(name,))
    for site, devices in topology.devices_at.items():
        if len(devices) > 1:
            tried[f"site:{site}"] = cost(topology, stopped=devices)
    reached = {subject: found for subject, found in tried.items() if found[0] or found[1]}
    assert told == reached


@given(cities())
@settings(max_examples=100, deadline=None)
def test_a_single_point_is_what_cuts_somebody_else_off(topology):
    points = set(single_points(topology))
    places = (topology.roots, topology.anchors("cctv"), topology.anchors("its"))
    for name in topology.links:
        assert (f"link:{name}" in points) is any(lost(topology, roots, broken=(name,)) for roots in places)
    for name in topology.names:
        behind = set().union(*(lost(topology, roots, stopped=(name,)) for roots in places)) - {name}
        assert (f"device:{name}" in points) is bool(behind)
    for cable, links in topology.links_by_cable.items():
        assert (f"cable:{cable}" in points) is any(lost(topology, roots, broken=links) for roots in places)


def test_two_sides_of_a_ring_in_one_cable_are_a_single_point():
    ring = [(0, 1), (1, 2), (2, 0)]
    assert "cable:c-0" in single_points(city(3, ring, cables=(0, 1, 0)))
    assert "cable:c-0" not in single_points(city(3, ring, cables=(0, 1, 2)))


def test_in_a_ring_that_is_broken_every_link_is_a_single_point():
    ring = city(3, [(0, 1), (1, 2), (2, 0)])
    assert not [point for point in single_points(ring) if point.startswith("link:")]
    left = [point for point in single_points(ring, broken=("l-0",)) if point.startswith("link:")]
    assert left == ["link:l-1", "link:l-2"]


def test_the_services_that_hang_on_a_link_alone_are_named():
    chain = city(3, [(0, 1), (1, 2)])
    assert lonely_links(chain) == {"l-0": {"cctv", "its"}, "l-1": {"its"}}


def test_a_way_to_manage_a_box_carries_no_service():
    ring = [(0, 1), (1, 2), (2, 0)]
    assert "link:l-0" in single_points(city(3, ring, over={2}))


def test_a_cable_with_more_links_than_labels_can_tell_is_tried():
    """So many links side by side between two devices; they cost nothing while there is another way, else everything."""
    side_by_side = [(0, 1)] * (MOST + 50)
    cables = (0,) * len(side_by_side)
    spared = costliest(city(3, [*side_by_side, (1, 2), (2, 0)], cables=cables))
    assert "cable:c-0" not in [loss.subject for loss in spared]
    hit = costliest(city(3, [*side_by_side, (1, 2)], cables=cables))
    assert {loss.subject: loss.devices for loss in hit}["cable:c-0"] == 2
