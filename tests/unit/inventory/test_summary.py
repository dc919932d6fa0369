"""One screen: what would be watched, how often, and what deserves a second look."""

from dataclasses import replace
from ipaddress import ip_address
from types import MappingProxyType

import pytest

from netwatch.core.model import (
    Cable,
    Check,
    CommunityCredential,
    Device,
    FieldDevice,
    Inventory,
    Lane,
    Link,
    Maintenance,
    Ping,
    PingMethod,
    PortRef,
    Ring,
    Role,
    Secret,
    Service,
    Settings,
    Site,
    SnmpSettings,
    SnmpVersion,
)
from netwatch.inventory.summary import WIDTH, _columns, summary

EVERY_S = MappingProxyType(dict.fromkeys(Lane, 10.0))
FIELD = CommunityCredential(id="field", version=SnmpVersion.V2C, community=Secret(b"n3tw4tch-canary"))


def device(identity, **fields):
    given = {"site": "hall", "address": str(ip_address("10.0.0.1")), "every_s": EVERY_S, **fields}
    return Device(id=identity, **given)


def city(**fields):
    given = {"city": "양주시", "timezone": "Asia/Seoul", "charset": "cp949", "fingerprint": "f" * 64, "files": ("i",)}
    return Inventory(**{**given, **fields})


def by_id(*records):
    return {record.id: record for record in records}


def line(text, label):
    return next(line for line in text.splitlines() if line.startswith(label))


def test_an_empty_city_is_told_as_it_is():
    text = summary(city())
    assert line(text, "devices").split() == ["devices", "0"]
    assert line(text, "a second").endswith("0.0 SNMP polls, 0.0 pings, 0.0 service checks")


def test_devices_are_counted_by_role_and_those_only_pinged_are_named():
    snmp = SnmpSettings(credential=FIELD)
    devices = by_id(device("c", role=Role.CORE, snmp=snmp), device("a1", role=Role.ACCESS, snmp=snmp), device("ups"))
    text = summary(city(devices=devices))
    assert line(text, "devices").split(maxsplit=1)[1] == "3: core 1, access 1, other 1"
    assert line(text, "  ping only").split(maxsplit=2)[2] == "1: ups"
    assert line(text, "insecure").split(maxsplit=1)[1] == "credential field (SNMP 2c, clear text) on 2 devices"


@pytest.mark.parametrize(("scheme", "is_told"), [("http", True), ("https", False)])
def test_a_context_broker_is_told_of_and_a_credential_that_everybody_could_read(scheme, is_told):
    settings = Settings(broker_url=f"{scheme}://broker.example.kr/ngsi-ld/v1", broker_authorization=Secret(b"Bearer x"))
    text = summary(city(settings=settings))
    told = line(text, "context broker").split(maxsplit=2)[2]
    assert told == f"Device, NetworkLink to {scheme}://broker.example.kr/ngsi-ld/v1"
    assert ("insecure        the context broker's credential (http, clear text)" in text) is is_told
    assert "Bearer" not in text
    assert "context broker" not in summary(city())


@pytest.mark.parametrize(("scheme", "is_told"), [("http", True), ("https", False)])
def test_where_checkpoints_are_kept_is_told_and_a_credential_that_everybody_could_read(scheme, is_told):
    address = f"{scheme}://keeper.example.kr/netwatch"
    settings = Settings(
        checkpoint_syslog="10.0.0.5:514",
        checkpoint_webhook=address,
        checkpoint_webhook_authorization=Secret(b"Bearer x"),
    )
    text = summary(city(settings=settings))
    assert line(text, "checkpoints").split(maxsplit=1)[1] == f"to 10.0.0.5:514, {address}"
    assert ("the checkpoint webhook's credential (http, clear text)" in text) is is_told
    assert "Bearer" not in text
    assert "checkpoints" not in summary(city())


def test_polls_a_second_are_the_sum_over_devices_and_lanes():
    snmp = SnmpSettings(credential=FIELD)
    devices = by_id(*(device(f"d{i}", snmp=snmp) for i in range(50)), device("x", ping=Ping(method=PingMethod.OFF)))
    camera = FieldDevice(id="cam", kind="cctv", site="hall", checks=(Check(kind="ping"), Check(kind="tcp", port=554)))
    text = summary(city(devices=devices, field_devices=by_id(camera)))
    # 50 devices, four SNMP lanes and one ping every 10 s; the camera one ping in 30 s
    assert "20.0 SNMP polls, 5.0 pings, 0.0 service checks" in line(text, "a second")


def test_intervals_that_differ_are_a_span():
    slow = MappingProxyType({**EVERY_S, Lane.STATUS: 90.0})
    snmp = SnmpSettings(credential=FIELD)
    text = summary(city(devices=by_id(device("a", snmp=snmp), device("b", snmp=snmp, every_s=slow))))
    assert "ping 10s, status 10s to 90s, traffic 10s" in line(text, "every")


def test_the_plant_is_counted():
    port = [PortRef(device="a", interface=f"p{i}") for i in range(4)]
    links = by_id(Link(id="l", a=port[0], b=port[1], members=((port[2], port[3]),), backup=True))
    cables = by_id(Cable(id="c", length_m=3200.0, duct="d"), Cable(id="e", length_m=800.0, duct="d"))
    text = summary(city(links=links, cables=cables, rings=by_id(Ring(id="r", protocol="erps"))))
    assert line(text, "cables").split(maxsplit=1)[1] == "2, 4.0 km, 1 duct"
    assert line(text, "links").split(maxsplit=1)[1] == "1 on 4 ports, 1 backup"
    assert line(text, "rings").split(maxsplit=1)[1] == "1: erps 1"


def test_field_devices_are_counted_by_kind_and_by_service():
    things = [FieldDevice(id=f"c{i}", kind="cctv", site="hall", service="cctv") for i in range(3)]
    things.append(FieldDevice(id="s", kind="signal", site="hall"))
    services = by_id(Service(id="cctv", name="CCTV", target=0.999))
    text = summary(city(field_devices=by_id(*things), services=services))
    assert line(text, "field devices").split(maxsplit=2)[2] == "4: cctv 3, signal 1"
    assert line(text, "  by service").split(maxsplit=2)[2] == "cctv 3, none 1"
    assert line(text, "targets").split(maxsplit=1)[1] == "cctv 99.9%"


def test_maintenance_that_is_over_is_left_out():
    windows = by_id(
        Maintenance(id="old", subject="site:a", from_s=0.0, until_s=3600.0),
        Maintenance(id="new", subject="ring:r", from_s=1796054400.0, until_s=1796068800.0, reason="증설"),
    )
    text = summary(city(maintenance=windows), now_s=7200.0)
    assert line(text, "maintenance").split(maxsplit=1)[1] == "2026-12-01 01:00 to 05:00  ring:r  증설"
    assert "site:a" not in text


@pytest.fixture
def crowded():
    """More of everything than fits a screen, with long Korean names."""
    snmp = [
        SnmpSettings(credential=CommunityCredential(id=f"c{i}", version=SnmpVersion.V1, community=Secret(b"x")))
        for i in range(30)
    ]
    return city(
        sites=by_id(*(Site(id=f"s{i}", name="가", district=f"{'긴동네이름' * 3}{i}") for i in range(60))),
        devices=by_id(
            *(device(f"스위치-{i}", snmp=snmp[i % 30]) for i in range(90)), *(device(f"무정전-{i}") for i in range(90))
        ),
        cables=by_id(*(Cable(id=f"k{i}") for i in range(90))),
        links=by_id(
            *(
                Link(id=f"l{i}", a=PortRef(device="a", interface=str(i)), b=PortRef(device="b", interface=str(i)))
                for i in range(90)
            )
        ),
        rings=by_id(*(Ring(id=f"r{i}", protocol=f"p{i}") for i in range(90))),
        field_devices=by_id(*(FieldDevice(id=f"f{i}", kind=f"종류{i}", site="s0", service=f"v{i}") for i in range(90))),
        services=by_id(*(Service(id=f"v{i}", name="x", target=0.99) for i in range(90))),
        maintenance=by_id(
            *(Maintenance(id=f"m{i}", subject="s:" + "긴" * 90, from_s=1e9 + i, until_s=2e9 + i) for i in range(90))
        ),
    )


def test_however_crowded_the_city_it_is_one_screen(crowded):
    lines = summary(crowded).splitlines()
    assert len(lines) <= 24
    assert max(sum(map(_columns, line)) for line in lines) <= WIDTH
    assert any(line.endswith("…") for line in lines)


def test_labels_line_up_whatever_script_the_citys_name_is_in(crowded):
    first, second = summary(crowded).splitlines()[:2]
    assert sum(map(_columns, first.partition("Asia")[0])) == sum(map(_columns, second.partition("60 in")[0]))


def test_service_checks_a_second_are_each_kinds_by_its_own_interval():
    checks = (Check(kind="tcp", port=554), Check(kind="rtsp"), Check(kind="onvif", port=8080))
    cameras = by_id(*(FieldDevice(id=f"c{n}", kind="cctv", site="hall", checks=checks) for n in range(60)))
    settings = Settings(field_tcp_every_s=60.0, field_rtsp_every_s=30.0, field_onvif_every_s=600.0)
    text = summary(replace(city(field_devices=cameras), settings=settings))
    assert "3.1 service checks" in line(text, "a second")  # one, two and a tenth
