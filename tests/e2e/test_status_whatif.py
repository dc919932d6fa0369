"""One cable, imagined and then cut: what `whatif` foretold is what `status` tells of the running daemon."""

import json

import pytest

from netwatch.simulate.city_text import SECRET_FILE, inventory_files
from netwatch.simulate.growth import generate
from netwatch.simulate.server import Ports, simulate_city
from tests.e2e.network import COMMUNITY, Network
from tests.e2e.process import netwatch, until
from tests.ports import free_tcp_port

SWITCHES = 16


@pytest.fixture(scope="module")
def city():
    return generate(switches=SWITCHES, seed=6)


@pytest.fixture
def network(city):
    ports = Ports(snmp=0, echo=0, tcp=free_tcp_port())
    simulated = Network(lambda: simulate_city(city, ports=ports, community=COMMUNITY.encode()))
    simulated.tcp_port = ports.tcp
    yield simulated
    simulated.close()


@pytest.fixture
def inventory(folder, city, network):
    ports = Ports(snmp=network.snmp_port, echo=network.echo_port, tcp=network.tcp_port)
    for name, text in inventory_files(city, ports=ports, community=COMMUNITY, brisk=True).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / SECRET_FILE).chmod(0o600)
    return folder / "inventory.yaml"


def whatif(inventory, *words):
    done = netwatch("whatif", *words, "--json", "--inventory", inventory)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def status(daemon):
    done = netwatch("status", "--json", "--state-dir", daemon.state)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def of_subject(faults, subject):
    return next((fault for fault in faults if fault["subject"] == subject), None)


def test_a_cut_cable_is_told_as_it_was_foretold_and_cleared_when_it_is_mended(inventory, network, run):
    losses = [loss["subject"] for loss in whatif(inventory)["costliest"]]
    cable = next(subject for subject in losses if subject.startswith("cable:"))
    foretold = whatif(inventory, "--fail", cable)
    (expected,) = foretold["faults"]
    assert expected["subject"] == cable
    assert expected["affected"]

    daemon = run(inventory).ready()
    well = until(
        lambda: (told := status(daemon))["devices"]["up"] == SWITCHES and not told["faults"] and told, what="all well"
    )
    assert sum(sum(one["field_devices"].values()) for one in well["services"]) > 0

    network.fail(cable)
    fault = until(lambda: of_subject(status(daemon)["faults"], cable), what="the fault")
    assert fault["kind"] == expected["kind"]
    dark = until(
        lambda: (
            (one := of_subject(status(daemon)["faults"], cable)) and one["affected"] == expected["affected"] and one
        ),
        what="what it costs",
    )
    assert dark["devices"] == expected["devices"] == foretold["dark"]["devices"]
    assert dark["severity"] == expected["severity"]
    assert (dark["id"], dark["since"], dark["send"]) == (fault["id"], fault["since"], expected["send"])

    assert [one["subject"] for one in status(daemon)["faults"]] == [cable]  # one cut, one fault

    shown = netwatch("status", "--state-dir", daemon.state)
    assert shown.returncode == 0
    assert f"{cable}  since " in shown.stdout
    assert "send            fibre crew: 한빛통신 031-000-0000" in shown.stdout
    assert "\x1b[" not in shown.stdout  # no terminal, no colours
    assert COMMUNITY not in shown.stdout

    network.restore(cable)
    cleared = until(lambda: of_subject(status(daemon)["cleared"], cable), what="the end of the fault")
    assert cleared["id"] == fault["id"]
    assert of_subject(status(daemon)["faults"], cable) is None


def test_without_a_daemon_status_cannot_be_told_now(folder):
    done = netwatch("status", "--state-dir", folder)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("netwatch: No netwatch is running here")


def test_a_plan_needs_no_daemon_and_no_network(inventory):
    done = netwatch("whatif", "--fail", "vantage:", "--inventory", inventory)
    assert done.returncode == 0
    assert "critical  vantage  vantage:" in done.stdout
