"""What sites, links, rings, services and field devices are called, and where they are."""

from dataclasses import replace

from netwatch.core.metrics import BY_NAME, Scope
from netwatch.core.model import FibreRun, FieldDevice, Inventory, Link, PortRef, Ring, Service, Site
from netwatch.expose.info_fragments import MOST_CABLES, render_field_device_info, render_info
from netwatch.expose.labels import field_device_labels
from netwatch.expose.link_fragments import link_labels, ring_labels
from tests.unit.expose.city import SITE, make_device
from tests.unit.expose.reading import samples_of

HALL = Site(id="hall", name="시청", district="중앙동", location=(37.785, 127.0458333333))
PORT = PortRef(device="acc-1", interface="Ethernet Port 1-1")
CAMERA = FieldDevice(
    id="cam-1",
    kind="cctv",
    site=SITE.id,
    service="cctv",
    port=PORT,
    address="192.0.2.7",
    contractor="hanbit",
    name='어린이보호구역 "정문"',
    extra={"asset_no": "A-17"},
)
LINK = Link(
    id="l-1",
    a=PortRef(device="core-1", interface="Te1/0/1"),
    b=PORT,
    ring="ring-a",
    fibre=(FibreRun(cable="c-1"), FibreRun(cable="c-2")),
)
CITY = Inventory(
    city="Yangju",
    timezone="Asia/Seoul",
    charset="cp949",
    fingerprint="",
    files=(),
    sites={SITE.id: SITE, HALL.id: HALL},
    devices={"acc-1": make_device("acc-1"), "core-1": make_device("core-1", site=HALL.id)},
    links={LINK.id: LINK},
    rings={"ring-a": Ring(id="ring-a", name="옥정 링", protocol="erps", parent="ring-b"), "ring-b": Ring(id="ring-b")},
    services={"cctv": Service(id="cctv", name="방범 CCTV")},
)


def told(city=CITY):
    """Family -> the labels of its series."""
    families = render_info(city, links=link_labels(city), rings=ring_labels(city))
    assert {BY_NAME[name].scope for name in families} == {Scope.CITY}
    read = {name: samples_of(text) for name, text in families.items()}
    assert {sample.value for samples in read.values() for sample in samples} == {1}
    return {name: [sample.labels for sample in samples] for name, samples in read.items()}


def test_every_series_has_the_labels_of_the_catalogue():
    for name, rows in told().items():
        assert all(tuple(sorted(row)) == tuple(sorted(BY_NAME[name].labels)) for row in rows), name


def test_a_site_tells_where_it_is_and_one_without_a_location_has_none():
    hall = {"site": "hall", "district": "중앙동", "name": "시청", "latitude": "37.785000", "longitude": "127.045833"}
    unplaced = {"site": SITE.id, "district": SITE.district, "name": SITE.name, "latitude": "", "longitude": ""}
    assert told()["netwatch_site_info"] == [unplaced, hall]


def test_a_place_south_and_west_of_zero_is_told_with_its_signs():
    south = replace(CITY, sites={**CITY.sites, "far": Site(id="far", name="far", location=(-33.9, -0.5))})
    place = told(south)["netwatch_site_info"][-1]
    assert (place["latitude"], place["longitude"]) == ("-33.900000", "-0.500000")


def test_a_link_tells_its_two_ports_its_ring_and_its_cables_under_the_labels_of_its_other_series():
    assert told()["netwatch_link_info"] == [
        {
            "link": "l-1",
            "district": "중앙동",
            "a_device": "core-1",
            "a_interface": "Te1/0/1",
            "b_device": "acc-1",
            "b_interface": "Ethernet Port 1-1",
            "ring": "ring-a",
            "medium": "fibre",
            "cables": "c-1, c-2",
        }
    ]


def test_of_many_cables_the_first_are_named_and_the_rest_counted():
    long = replace(LINK, fibre=tuple(FibreRun(cable=f"c-{number}") for number in range(MOST_CABLES + 3)))
    named = told(replace(CITY, links={long.id: long}))["netwatch_link_info"][0]["cables"]
    assert named == "c-0, c-1, c-2, c-3, c-4, c-5, c-6, c-7 and 3 more"


def test_a_ring_and_a_service_tell_their_names():
    rings = {row["ring"]: (row["name"], row["protocol"], row["parent"]) for row in told()["netwatch_ring_info"]}
    assert rings == {"ring-a": ("옥정 링", "erps", "ring-b"), "ring-b": ("", "", "")}
    assert told()["netwatch_service_info"] == [{"service": "cctv", "name": "방범 CCTV"}]


def info(one):
    (text,) = render_field_device_info(field_device_labels(one, SITE), one).values()
    return samples_of(text)[0].labels


def test_a_field_device_tells_its_port_address_and_asset_number():
    read = info(CAMERA)
    assert tuple(sorted(read)) == tuple(sorted(BY_NAME["netwatch_field_device_info"].labels))
    assert (read["device"], read["interface"], read["address"]) == ("acc-1", "Ethernet Port 1-1", "192.0.2.7")
    assert (read["kind"], read["asset_no"], read["contractor"]) == ("cctv", "A-17", "hanbit")
    assert read["name"] == '어린이보호구역 "정문"'


def test_a_field_device_of_which_little_is_known_leaves_the_rest_empty():
    read = info(FieldDevice(id="s-1", kind="sensor", site=SITE.id))
    unknown = {name for name, value in read.items() if not value}
    assert unknown == {"service", "name", "device", "interface", "address", "contractor", "asset_no"}


def test_a_name_of_any_length_is_cut_to_what_a_label_holds():
    assert len(info(replace(CAMERA, name="긴" * 1000))["name"]) == 255
