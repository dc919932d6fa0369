"""Links and rings on the city's page."""

import pytest

from netwatch.core.links.flow import Flow, LinkCounts
from netwatch.core.links.rings import RingCondition, RingState, SharedRisk
from netwatch.core.links.span import Span
from netwatch.core.links.state import LinkCondition, LinkState, Spans
from netwatch.core.metrics import BY_NAME, Scope
from netwatch.core.model import Inventory, Link, PortRef, Ring, Site
from netwatch.expose.info_fragments import SERVICE as SERVICE_INFO
from netwatch.expose.info_fragments import SITE as SITE_INFO
from netwatch.expose.info_fragments import render_info
from netwatch.expose.link_fragments import (
    LIGHT,
    LinkFragments,
    link_labels,
    render_rings,
    render_shared_risks,
    ring_labels,
)
from tests.unit.expose.city import SITE, make_device
from tests.unit.expose.reading import samples_of, series_of, text_of

OTHER = Site(id="city-hall", name="시청", district="중앙동")
UP, DEGRADED, ONE_END, DOWN, UNKNOWN = (LinkState(condition=condition) for condition in LinkCondition)
FALLING = Span(
    received=-11.0,
    loss=9.0,
    limit=-14.0,
    commissioned=-8.0,
    commissioned_loss=6.0,
    days=tuple((day, -8.0 - day / 10) for day in range(31)),
)
BUSY = UP._replace(capacity_bps=8 * 10**9, counts=LinkCounts(Flow(rate=1e8), Flow(rate=5e8)))


def make_link(name, a, b, ring=None):
    return Link(id=name, a=PortRef(device=a, interface="Gi1"), b=PortRef(device=b, interface="Gi2"), ring=ring)


CITY = Inventory(
    city="Yangju",
    timezone="Asia/Seoul",
    charset="cp949",
    fingerprint="",
    files=(),
    sites={SITE.id: SITE, OTHER.id: OTHER},
    devices={"acc-1": make_device("acc-1"), "core-1": make_device("core-1", site=OTHER.id)},
    links={
        link.id: link
        for link in (
            make_link("l-1", "acc-1", "core-1", "ring-a"),
            make_link("l-2", "core-1", "acc-1", "ring-a"),
            make_link("l-3", "acc-1", "core-1", "ring-b"),
        )
    },
    rings={"ring-a": Ring(id="ring-a"), "ring-b": Ring(id="ring-b"), "ring-c": Ring(id="ring-c")},
)


@pytest.fixture
def links():
    return LinkFragments(link_labels(CITY))


def lines_of(families, name):
    return text_of(families[name], name)


def told(families, name):
    return {
        tuple(value for label, value in sample.labels.items() if label != "district"): sample.value
        for sample in samples_of(lines_of(families, name))
    }


def test_every_condition_of_a_link_is_told_and_one_of_them_is_1(links):
    links.show("l-1", DEGRADED)
    states = told(links.families(), "netwatch_link_state")
    assert states == {("l-1", condition.value): condition is LinkCondition.DEGRADED for condition in LinkCondition}


def test_a_links_district_is_that_of_its_a_end(links):
    for link in CITY.links:
        links.show(link, UP)
    lines = samples_of(lines_of(links.families(), "netwatch_link_state"))
    assert {(line.labels["link"], line.labels["district"]) for line in lines} == {
        ("l-1", SITE.district),
        ("l-2", OTHER.district),
        ("l-3", SITE.district),
    }


def test_rates_and_utilisation_are_told_by_direction_and_only_where_known(links):
    links.show("l-1", BUSY)
    links.show("l-2", UNKNOWN)
    links.show("l-3", BUSY._replace(capacity_bps=None, counts=LinkCounts(Flow(rate=1e8))))
    families = links.families()
    assert told(families, "netwatch_link_rate_bytes_per_second") == {
        ("l-1", "a_to_b"): 1e8,
        ("l-1", "b_to_a"): 5e8,
        ("l-3", "a_to_b"): 1e8,
    }
    assert told(families, "netwatch_link_utilization_ratio") == {("l-1", "a_to_b"): 0.1, ("l-1", "b_to_a"): 0.5}


def test_what_a_page_has_taken_hold_of_tells_what_was_so_then(links):
    links.show("l-1", BUSY)
    before = links.families()
    assert links.families()["netwatch_link_state"] is before["netwatch_link_state"], "nothing else was told since"
    links.show("l-1", BUSY._replace(condition=LinkCondition.DEGRADED, counts=LinkCounts(Flow(rate=2e8))))
    for families, rate, condition in ((before, 1e8, "up"), (links.families(), 2e8, "degraded")):
        assert told(families, "netwatch_link_rate_bytes_per_second")["l-1", "a_to_b"] == rate
        states = told(families, "netwatch_link_state")
        assert [state for (_, state), value in states.items() if value] == [condition]


def test_names_with_signs_of_printing_in_them_stay_as_they_are():
    links = LinkFragments({"l-%d": b'link="l-%d",district="100%"'})
    links.show("l-%d", BUSY)
    for name in ("netwatch_link_state", "netwatch_link_rate_bytes_per_second"):
        assert {line.labels["link"] for line in samples_of(lines_of(links.families(), name))} == {"l-%d"}


def test_a_new_state_replaces_the_old_lines(links):
    for state in (BUSY, DOWN, ONE_END):
        links.show("l-1", state)
    families = links.families()
    assert lines_of(families, "netwatch_link_rate_bytes_per_second") == b""
    lines = samples_of(lines_of(families, "netwatch_link_state"))
    assert len(lines) == len(LinkCondition)
    assert [line.labels["state"] for line in lines if line.value] == ["one_end"]


def test_single_points_are_told_of_every_link_once_they_are_worked_out(links):
    name = "netwatch_link_single_point_of_failure"
    assert links.families()[name] == b""
    links.show_single_points({"l-2"})
    assert told(links.families(), name) == {("l-1",): 0, ("l-2",): 1, ("l-3",): 0}
    links.show_single_points([])
    assert set(told(links.families(), name).values()) == {0}
    links.show_single_points(None)
    assert links.families()[name] == b""


def test_a_rings_district_is_its_own_only_where_it_stays_in_one():
    labels = ring_labels(CITY)
    assert labels["ring-a"] == b'ring="ring-a",district=""'
    assert labels["ring-b"] == f'ring="ring-b",district="{SITE.district}"'.encode()
    assert labels["ring-c"] == b'ring="ring-c",district=""'


def test_rings_tell_their_state_and_their_time_without_reserve():
    rings = {
        "ring-a": RingState(condition=RingCondition.SWITCHED, unprotected_s=12.5),
        "ring-b": RingState(condition=RingCondition.NO_BLOCK),
    }
    families = render_rings(ring_labels(CITY), rings)
    states = told(families, "netwatch_ring_state")
    assert [series for series, value in states.items() if value] == [("ring-a", "switched"), ("ring-b", "no_block")]
    assert len(states) == 2 * len(RingCondition)
    assert told(families, "netwatch_ring_unprotected_seconds_total") == {("ring-a",): 12.5, ("ring-b",): 0}


def test_what_the_sides_of_a_ring_share_is_told_one_by_one():
    shared = {
        "ring-a": (SharedRisk(kind="cable", id="c-1", links=("l-1", "l-2")), SharedRisk(kind="duct", id="d", links=()))
    }
    families = render_shared_risks(ring_labels(CITY), shared)
    assert told(families, "netwatch_ring_shared_risk") == {("ring-a", "cable", "c-1"): 1, ("ring-a", "duct", "d"): 1}
    assert render_shared_risks({}, {}) == {"netwatch_ring_shared_risk": b""}


def test_the_light_of_both_directions_is_told_each_by_itself(links):
    links.show("l-1", BUSY._replace(spans=Spans(to_b=FALLING)))
    families = links.families()
    found = {name: told(families, name) for name in LIGHT}
    assert {direction for values in found.values() for _, direction in values} == {"a_to_b"}
    assert [round(value, 2) for values in found.values() for value in values.values()] == [9.0, -8.0, 3.0, 30.0]


def test_every_line_carries_the_labels_of_the_catalogue_and_no_series_stands_twice(links):
    for link in CITY.links:
        links.show(link, BUSY._replace(spans=Spans(to_a=FALLING, to_b=FALLING)))
    links.show_single_points({"l-1"})
    labels = ring_labels(CITY)
    rings = {ring: RingState(condition=RingCondition.SPLIT) for ring in CITY.rings}
    shared = {"ring-a": (SharedRisk(kind="cable", id="c", links=()),)}
    families = {
        **links.families(),
        **render_rings(labels, rings),
        **render_shared_risks(labels, shared),
        **render_info(CITY, links=link_labels(CITY), rings=labels),
    }
    families = {name: families[name] for name in families.keys() - {SITE_INFO, SERVICE_INFO}}
    ours = {
        name
        for name, metric in BY_NAME.items()
        if metric.scope is Scope.CITY and metric.labels[:2] in (("link", "district"), ("ring", "district"))
    }
    assert families.keys() == ours
    families = {name: text_of(fragment, name) for name, fragment in families.items()}
    page = b"".join(families.values())
    assert len(set(series_of(page))) == len(series_of(page))
    for name, lines in families.items():
        assert lines
        for line in samples_of(lines):
            assert set(line.labels) == set(BY_NAME[name].labels)
