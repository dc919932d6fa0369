"""The inventory of a generated city is one netwatch itself accepts."""

import pytest

from netwatch.core.model import Lane, PingMethod
from netwatch.inventory import load
from netwatch.simulate.city_text import inventory_files, inventory_text
from netwatch.simulate.growth import generate
from netwatch.simulate.server import Ports


@pytest.fixture(params=["one file", "many files"])
def loaded(request, tmp_path):
    def write_and_load(city, ports):
        files = inventory_files(city, ports=ports, community="open sesame")
        if request.param == "one file":
            files = {"inventory.yaml": inventory_text(city, ports=ports), "secrets/field": files["secrets/field"]}
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
            path.chmod(0o600)
        return load(tmp_path / "inventory.yaml", environ={}, credentials_dir=None)

    return write_and_load


@pytest.mark.parametrize("switches", [4, 10, 150])
def test_the_inventory_says_what_the_city_is(loaded, switches):
    city = generate(switches=switches)
    inventory = loaded(city, Ports())
    for section in ("sites", "cables", "links", "rings"):
        assert dict(getattr(inventory, section)) == dict(getattr(city, section)), section
    assert {d.id: (d.address, d.role, d.site, d.name) for d in inventory.devices.values()} == {
        d.id: (d.address, d.role, d.site, d.name) for d in city.devices.values()
    }
    for thing in city.field_devices.values():
        found = inventory.field_devices[thing.id]
        for column in ("kind", "service", "site", "port", "address", "mac", "shared", "name"):
            assert getattr(found, column) == getattr(thing, column)


def test_agents_are_asked_where_the_simulation_listens(loaded):
    inventory = loaded(generate(switches=10), Ports(snmp=2161, echo=2007, tcp=2554))
    for device in inventory.devices.values():
        assert device.snmp.port == 2161
        assert device.snmp.credential.community.reveal() == b"open sesame"
        assert (device.ping.method, device.ping.port) == (PingMethod.UDP, 2007)
    checks = {str(check) for thing in inventory.field_devices.values() for check in thing.checks}
    assert checks == {"ping", "tcp/2554", "rtsp/2554", "onvif/2554"}
    assert {thing.ping.port for thing in inventory.field_devices.values()} == {2007}


def test_what_the_simulation_leaves_out_is_not_checked(loaded):
    inventory = loaded(generate(switches=10), Ports(echo=None, tcp=None))
    assert {device.ping.method for device in inventory.devices.values()} == {PingMethod.OFF}
    assert {str(check) for thing in inventory.field_devices.values() for check in thing.checks} == {"ping"}


def test_a_brisk_city_is_looked_at_more_often_than_by_default(tmp_path):
    def every_s(folder, **options):
        for name, text in inventory_files(generate(switches=4), **options).items():
            path = tmp_path / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            path.chmod(0o600)
        inventory = load(tmp_path / folder / "inventory.yaml", environ={}, credentials_dir=None)
        return next(iter(inventory.devices.values())).every_s, inventory.settings

    (plain, settings), (brisk, hasty) = every_s("plain"), every_s("brisk", brisk=True)
    for kind in ("ping", "tcp", "rtsp", "onvif"):
        assert getattr(hasty, f"field_{kind}_every_s") < getattr(settings, f"field_{kind}_every_s")
    assert {lane for lane in Lane if brisk[lane] < plain[lane]} == {Lane.PING, Lane.STATUS, Lane.TRAFFIC}
