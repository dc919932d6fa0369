"""Where files live when nobody says, and what is said when nothing is there."""

import argparse
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from netwatch.cli.options import (
    InputError,
    control_socket,
    credentials_dir,
    device_named,
    inventory_path,
    state_dir,
)
from netwatch.cli.run import listen_address
from netwatch.cli.simulate import port, switches

CITY = SimpleNamespace(devices={"acc-17": "the switch", "core-1": "the core"})


@pytest.fixture(autouse=True)
def _nobody_says(monkeypatch, tmp_path):
    for name in ("STATE_DIRECTORY", "RUNTIME_DIRECTORY", "XDG_STATE_HOME", "CREDENTIALS_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def given(**options):
    return argparse.Namespace(**{"inventory": None, "state_dir": None, **options})


def test_the_inventory_asked_for_is_taken_even_where_another_lies_here(tmp_path):
    (tmp_path / "inventory.yaml").touch()
    assert inventory_path(given(inventory=Path("other.yaml"))) == Path("other.yaml")
    assert inventory_path(given()) == Path("inventory.yaml")


def test_without_any_inventory_it_is_said_where_one_was_looked_for(monkeypatch, tmp_path):
    monkeypatch.setattr("netwatch.cli.options.SYSTEM_INVENTORY", tmp_path / "etc" / "inventory.yaml")
    with pytest.raises(InputError, match=r"^no inventory: neither inventory\.yaml nor .* name one with --inventory$"):
        inventory_path(given())


@pytest.mark.parametrize(
    ("environ", "uid", "expected"),
    [
        ({"STATE_DIRECTORY": "/var/lib/netwatch:/other"}, 1000, "/var/lib/netwatch"),
        ({"XDG_STATE_HOME": "/xdg"}, 1000, "/xdg/netwatch"),
        ({"HOME": "/home-of-kim"}, 1000, "/home-of-kim/.local/state/netwatch"),
        ({"XDG_STATE_HOME": "/xdg"}, 0, "/var/lib/netwatch"),
    ],
)
def test_the_state_lives_where_systemd_or_the_users_own_directories_say(monkeypatch, environ, uid, expected):
    monkeypatch.setattr(os, "geteuid", lambda: uid)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert state_dir(given()) == Path(expected)
    assert state_dir(given(state_dir=Path("mine"))) == Path("mine")


def test_the_control_socket_lies_in_the_runtime_directory_of_the_service_else_beside_the_store(monkeypatch, tmp_path):
    assert control_socket(tmp_path) == tmp_path / "control.sock"
    system, runtime = tmp_path / "lib", tmp_path / "run"
    monkeypatch.setattr("netwatch.cli.options.SYSTEM_STATE", system)
    monkeypatch.setattr("netwatch.cli.options.SYSTEM_RUNTIME", runtime)
    assert control_socket(system) == system / "control.sock"
    runtime.mkdir()
    assert control_socket(system) == runtime / "control.sock"
    monkeypatch.setenv("RUNTIME_DIRECTORY", "/run/other")
    assert control_socket(tmp_path) == Path("/run/other/control.sock")


def test_credentials_lie_where_systemd_put_them(monkeypatch):
    assert credentials_dir() is None
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "/run/credentials/netwatch.service")
    assert credentials_dir() == Path("/run/credentials/netwatch.service")


def test_a_device_is_found_by_its_id():
    assert device_named(CITY, "acc-17") == "the switch"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("acc17", "the inventory has no device 'acc17'; did you mean 'acc-17'?"),
        ("zzz", "the inventory has no device 'zzz'"),
    ],
)
def test_an_unknown_device_is_the_inputs_mistake_and_the_nearest_is_named(name, said):
    with pytest.raises(InputError) as wrong:
        device_named(CITY, name)
    assert str(wrong.value) == said


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:9780", ("127.0.0.1", 9780)),
        ("[::]:9780", ("::", 9780)),
        ("[2001:db8::1]:0", ("2001:db8::1", 0)),
        (":9780", ("", 9780)),
    ],
)
def test_a_listen_address_is_a_host_and_a_port(text, address):
    assert listen_address(text) == address


@pytest.mark.parametrize("text", ["9780", "localhost", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:65536"])
def test_what_is_no_listen_address_is_told_what_one_looks_like(text):
    with pytest.raises(argparse.ArgumentTypeError, match=r"is not HOST:PORT, such as 127\.0\.0\.1:9780"):
        listen_address(text)


def test_ports_and_cities_have_their_bounds():
    assert (port("1161"), port("65535"), switches("4")) == (1161, 65535, 4)
    for text in ("0", "65536", "-1", "snmp", "1_161", ""):
        with pytest.raises(argparse.ArgumentTypeError, match="is not a port from 1 to 65535"):
            port(text)
    for text in ("3", "many", "-7", "1e3"):
        with pytest.raises(argparse.ArgumentTypeError, match="a city has at least 4 switches"):
            switches(text)
