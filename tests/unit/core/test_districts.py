"""What somebody limited to districts may know of: nothing outside is named anywhere in what is left."""

from dataclasses import fields, is_dataclass

import pytest

from netwatch.core.districts import stands_in, within
from netwatch.core.model import Inventory, Maintenance
from netwatch.inventory import load
from netwatch.simulate.city_text import inventory_files
from netwatch.simulate.growth import generate
from tests.unit.core.streets import town

# four switches in a row, the last two of them in one district
ROW = town(
    "core-a",
    "a-b",
    "b-c",
    cables={"c-1": "core-a a-b", "c-2": "b-c"},
    sites={"core": "hall", "a": "west", "b": "east", "c": "east"},
    cameras={"cam-a": "a", "cam-b": "b"},
    anchors={"cctv": ["core"]},
    ring=("core-a", "a-b", "b-c"),
)
EAST = {"district of east"}


def said(thing):
    """Every text that stands anywhere in it."""
    if isinstance(thing, str):
        yield thing
    elif is_dataclass(thing):
        for field in fields(thing):
            yield from said(getattr(thing, field.name))
    elif hasattr(thing, "items"):
        for key, value in thing.items():
            yield from said(key)
            yield from said(value)
    elif isinstance(thing, list | tuple | set | frozenset):
        for one in thing:
            yield from said(one)


def ids(inventory):
    sections = (inventory.sites, inventory.devices, inventory.links, inventory.rings, inventory.field_devices)
    return {name for section in sections for name in section}


def test_what_lies_in_the_district_is_left_and_what_crosses_its_border_is_not():
    east = within(ROW, EAST)
    assert (set(east.sites), set(east.devices), set(east.links)) == ({"east"}, {"b", "c"}, {"b-c"})
    assert (set(east.field_devices), set(east.cables)) == ({"cam-b"}, {"c-2"})
    assert (east.vantage.attached_to, east.vantage.canaries, east.services["cctv"].anchors) == ((), (), ())


def test_a_ring_that_runs_through_another_district_is_not_shown_as_if_it_were_cut():
    east = within(ROW, EAST)
    assert (dict(east.rings), east.links["b-c"].ring) == ({}, None)


def test_a_camera_on_a_switch_outside_keeps_its_place_and_loses_its_port():
    moved = town("core-a", cameras={"cam-a": "a"}, sites={"core": "hall", "a": "hall"})
    (camera,) = within(
        Inventory(**{**_told(moved), "field_devices": _at(moved, "cam-a", "east"), "sites": ROW.sites}), EAST
    ).field_devices.values()
    assert (camera.site, camera.port) == ("east", None)


def _told(inventory):
    return {field.name: getattr(inventory, field.name) for field in fields(inventory)}


def _at(inventory, name, site):
    camera = inventory.field_devices[name]
    return {name: type(camera)(**{**_told(camera), "site": site})}


@pytest.mark.parametrize(
    ("subject", "stands"),
    [
        ("device:b", True),
        ("device:a", False),
        ("port:b c", True),
        ("port:a b", False),
        ("link:b-c", True),
        ("link:a-b", False),
        ("cable:c-1", False),
        ("field_device:cam-b", True),
        ("service:cctv", True),
        ("vantage:", False),
        ("ring:ring", False),
    ],
)
def test_a_subject_stands_in_it_or_not(subject, stands):
    assert stands_in(within(ROW, EAST), subject) is stands


def test_only_work_on_what_is_left_is_told():
    windows = {
        name: Maintenance(id=name, subject=subject, from_s=0.0, until_s=1.0)
        for name, subject in (("m-1", "device:b"), ("m-2", "device:a"))
    }
    assert set(within(Inventory(**{**_told(ROW), "maintenance": windows}), EAST).maintenance) == {"m-1"}


def test_in_a_whole_city_no_district_names_anything_of_another(tmp_path):
    for name, text in inventory_files(generate(switches=60, seed=7)).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
        (tmp_path / name).chmod(0o600)
    city = load(tmp_path / "inventory.yaml", environ={}, credentials_dir=None)
    districts = sorted({site.district for site in city.sites.values()})
    assert len(districts) >= 3
    for district in districts:
        smaller = within(city, {district})
        assert smaller.devices
        outside = ids(city) - ids(smaller)
        assert not outside & set(said(smaller))
        assert not [text for text in said(smaller) if text.partition(" ")[0] in outside]


def test_all_districts_together_are_the_city():
    everything = within(ROW, {site.district for site in ROW.sites.values()})
    assert ids(everything) == ids(ROW)
    assert everything.links == ROW.links
