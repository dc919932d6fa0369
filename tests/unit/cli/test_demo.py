"""The demo's parts: ports nobody else has, an inventory with its secret kept, and what a newcomer is told."""

import contextlib
import socket
from dataclasses import replace

import pytest

from netwatch.cli.demo import guide
from netwatch.cli.demo_city import free_ports, running_simulation
from netwatch.cli.simulate import write_inventory
from netwatch.core.errors import NetwatchError
from netwatch.daemon import Options
from netwatch.expose.web_exposure import Exposure
from netwatch.inventory import load
from netwatch.simulate.city import FIELD_BLOCK
from netwatch.simulate.growth import generate
from netwatch.simulate.server import Ports
from tests.ports import free_tcp_port, free_udp_port

AT = "127.16.0.1"


@pytest.fixture
def taken():
    """A UDP and a TCP port that somebody has."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
        udp.bind(("", 0))
        tcp.bind((AT, 0))
        tcp.listen()
        yield udp.getsockname()[1], tcp.getsockname()[1]


def test_a_port_that_is_taken_gives_way_to_one_that_is_free(taken):
    udp, tcp = taken
    found = free_ports(Ports(snmp=udp, echo=udp, tcp=tcp), at=AT)
    assert udp not in (found.snmp, found.echo)
    assert found.tcp != tcp


def test_a_port_that_is_free_is_kept(taken):
    _, tcp = taken
    wanted = Ports(snmp=free_udp_port(), echo=free_udp_port(), tcp=free_tcp_port(AT), traps_to=(AT, 9))
    assert free_ports(wanted, at=AT) == wanted
    assert free_ports(replace(wanted, tcp=tcp), at="127.16.0.2").tcp == tcp  # taken at another address only


def test_an_address_that_is_not_here_is_a_sentence():
    with pytest.raises(NetwatchError, match=r"no port is free at 192\.0\.2\.1"):
        free_ports(Ports(), at="192.0.2.1")


def test_a_simulation_that_cannot_start_says_why_in_one_sentence(monkeypatch):
    monkeypatch.setattr("netwatch.cli.demo_city.free_ports", lambda wanted, at: wanted)
    with socket.socket() as other, contextlib.ExitStack() as started:
        other.bind((f"127.{FIELD_BLOCK}.0.1", 0))
        other.listen()
        wanted = Ports(snmp=free_udp_port(), echo=free_udp_port(), tcp=other.getsockname()[1])
        simulation = running_simulation(generate(switches=4), wanted)
        with pytest.raises(NetwatchError, match=r"^the simulation did not start: the simulation cannot listen: .* TCP"):
            started.enter_context(simulation)


def test_the_written_inventory_is_right_and_its_secret_is_for_its_owner_alone(tmp_path):
    city = generate(switches=10)
    path = write_inventory(city, tmp_path / "city", ports=Ports(snmp=2161))
    inventory = load(path, environ={}, credentials_dir=None)
    assert set(inventory.devices) == set(city.devices)
    assert (tmp_path / "city" / "secrets" / "field").stat().st_mode & 0o777 == 0o600


def test_nothing_of_a_generated_city_is_pinged_by_icmp(tmp_path):
    inventory = load(write_inventory(generate(switches=10), tmp_path, ports=Ports()), environ={}, credentials_dir=None)
    things = [*inventory.devices.values(), *inventory.field_devices.values()]
    assert {thing.ping.method for thing in things} == {"udp"}
    assert inventory.vantage.canaries == ()


def test_an_inventory_that_cannot_be_written_is_a_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(NetwatchError, match=r"file.* cannot be written: "):
        write_inventory(generate(switches=4), tmp_path / "file", ports=Ports())


@pytest.mark.parametrize("number", [4, 20])
def test_what_a_newcomer_is_told_to_type_is_about_this_city(tmp_path, number):
    city = generate(switches=number)
    options = Options(
        inventory=tmp_path / "inventory.yaml",
        state_dir=tmp_path / "state",
        exposure=Exposure(),
        control_socket=tmp_path / "control.sock",
        environ={},
    )
    words = guide(city, "http://127.0.0.1:9781/", options).split()
    assert "http://127.0.0.1:9781/" in words
    assert words[words.index("poll") + 1] in city.devices
    assert [word.partition(":")[2] in city.devices for word in words if word.startswith("device:")] == [True]
    assert [word.partition(":")[2] in city.cables for word in words if word.startswith("cable:")] == [True]
    assert str(options.inventory) in words
