"""The newcomer's path: check the example, mend a typo, and watch a first real switch, which here is Debian's snmpd."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.e2e.process import ROOT, netwatch, until
from tests.ports import free_udp_port
from tests.tools import require_tool

FIRST_SWITCH = """\
city: Mycity
timezone: Europe/Berlin
credentials:
  field: {{version: 2c, community: {{file: secrets/field}}, insecure: true}}
defaults:
  snmp: {{credential: field}}
  every: {{status: 1s, traffic: 1s}}
sites:
  office: {{name: Office}}
devices:
  my-first-switch: {{site: office, address: 127.0.0.1, ping: off, snmp: {{port: {port}}}}}
"""


@pytest.fixture
def desk(folder):
    """The example inventory with a secret file, as its own comments tell one to make it."""
    shutil.copy(ROOT / "inventory.yaml", folder / "inventory.yaml")
    (folder / "secrets").mkdir(mode=0o700)
    (folder / "secrets" / "field").write_text("public")
    return folder


@pytest.fixture
def first_switch(folder):
    """A real agent on a free port."""
    port = free_udp_port()
    listen = f"udp:127.0.0.1:{port}"
    (folder / "snmpd.conf").write_text("rocommunity public\nsysName first-switch\n")
    agent = subprocess.Popen(
        [require_tool("snmpd"), "-f", "-Lf", folder / "log", "-C", "-c", folder / "snmpd.conf", "-I-smux", listen],
        env={"SNMP_PERSISTENT_DIR": str(folder), "MIBS": "", "PATH": "/usr/sbin:/usr/bin"},
        stdin=subprocess.DEVNULL,
    )
    yield port
    agent.kill()
    agent.wait()


def test_the_example_is_right_once_its_secret_is_there(desk):
    told = netwatch("check", "--inventory", desk / "inventory.yaml")
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.startswith("Yangju")
    assert "devices" in told.stdout
    assert len(told.stdout.splitlines()) <= 24  # one screen


def test_a_typo_is_one_sentence_with_its_place_and_what_was_meant(desk):
    inventory = desk / "inventory.yaml"
    lines = inventory.read_text().splitlines()
    place = next(number for number, line in enumerate(lines, start=1) if line.startswith("  acc-18:"))
    lines[place - 1] = lines[place - 1].replace("role:", "rolle:")
    inventory.write_text("\n".join(lines))
    told = netwatch("check", "--inventory", inventory)
    assert told.returncode == 1
    assert told.stdout == ""
    assert told.stderr.splitlines()[0] == f"{inventory}:{place} devices.acc-18.rolle: unknown key; did you mean 'role'?"
    assert told.stderr.startswith(f"{inventory}:")
    assert len(told.stderr.splitlines()) == 2
    assert told.stderr.splitlines()[1].startswith("1 mistake ")


def test_the_first_switch_is_watched_and_its_octets_are_believable(folder, first_switch, run):
    (folder / "secrets").mkdir(mode=0o700)
    (folder / "secrets" / "field").write_text("public")
    inventory = folder / "inventory.yaml"
    inventory.write_text(FIRST_SWITCH.format(port=first_switch))
    assert netwatch("check", "--inventory", inventory).returncode == 0

    polled = netwatch("poll", "my-first-switch", "--inventory", inventory)
    assert polled.returncode == 0, polled.stderr
    assert "lo" in polled.stdout

    daemon = run(inventory).ready()
    until(lambda: daemon.value("netwatch_device_state", device="my-first-switch", state="up"), what="up")
    until(lambda: daemon.page().where("netwatch_device_info", sys_name="first-switch"), what="its name")
    octets = "netwatch_interface_receive_bytes_total"
    first = until(lambda: daemon.page().where(octets, interface="lo"), what="lo's octets")[0]
    kernel = kernels_octets("lo")
    assert first.value <= kernel
    assert daemon.value("netwatch_interface_up", interface="lo") == 1
    later = until(lambda: grown(daemon, octets, first), what="more octets")
    grew, seconds = later.value - first.value, later.timestamp - first.timestamp
    assert 0 < grew <= kernels_octets("lo") - first.value
    assert seconds > 0
    assert daemon.stop() == 0


def grown(daemon, family, first):
    """The sample of lo once it counts more than at first; our own polls and scrapes go through it."""
    sample = daemon.page().where(family, interface="lo")[0]
    return sample if sample.value > first.value else None


def kernels_octets(interface):
    """What the kernel itself counts as received."""
    return int(Path(f"/sys/class/net/{interface}/statistics/rx_bytes").read_text())
