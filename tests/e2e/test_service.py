"""The shipped unit, started by a real systemd with all its hardening, logging to a real journald."""

import base64
import re
import socket
import sqlite3
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest

from netwatch.simulate.server import simulate_city
from netwatch.snmp.message import decode
from tests.e2e.machine import Machine
from tests.e2e.network import COMMUNITY, KERNELS_CHOICE, Network, write_inventory
from tests.e2e.process import LISTENING, ROOT, Page, until
from tests.ports import free_udp_port
from tests.traps import COLD_START, INFORM, trap
from tests.web import TLS, authority, basic, hashed, users

UNIT = "netwatch.service"
# The unit is the shipped one; this is what deploy/README.md says one adds, and a port that is free here.
TRAPS = "netwatch-trap.socket"
TRAP_PORT = """[Socket]
ListenDatagram=
ListenDatagram={port}
"""
DROP_IN = """[Service]
LoadCredential=field:/etc/netwatch/secrets/field
ExecStart=
ExecStart=/opt/netwatch/bin/netwatch run --inventory /etc/netwatch/inventory.yaml --state-dir /var/lib/netwatch \
--listen 127.0.0.1:0
"""


class Installed:
    """netwatch as a service of a machine, and the city it watches."""

    def __init__(self, folder: Path, network: Network, addresses):
        self.folder = folder
        self.addresses = addresses
        (folder / "etc" / "secrets").mkdir(parents=True)
        (folder / "etc").chmod(0o755)
        path = write_inventory(folder / "etc", network, addresses)
        self.right = path.read_text().replace("{file: secrets/field}", "{credential: field}")
        self.write(self.right)
        drop_in = folder / "test.conf"
        drop_in.write_text(DROP_IN)
        self.traps_at = ("127.0.0.1", free_udp_port())
        trap_port = folder / "port.conf"
        trap_port.write_text(TRAP_PORT.format(port=self.traps_at[1]))
        binds = {
            "/etc/netwatch": folder / "etc",
            f"/etc/systemd/system/{UNIT}.d/test.conf": drop_in,
            f"/etc/systemd/system/{TRAPS}": ROOT / "deploy" / TRAPS,
            f"/etc/systemd/system/{TRAPS}.d/test.conf": trap_port,
        }
        self.machine = Machine(folder, binds).boot()
        enabled = self.machine("systemctl", "enable", TRAPS)
        assert enabled.returncode == 0, enabled.stderr

    def write(self, inventory: str) -> None:
        (self.folder / "etc" / "inventory.yaml").write_text(inventory)

    def shows(self, *properties: str) -> dict[str, str]:
        return self.machine.shows(UNIT, *properties)

    def journal(self) -> list[dict[str, str]]:
        return self.machine.journal(UNIT)

    def said(self) -> str:
        return "\n".join(str(entry.get("MESSAGE")) for entry in self.journal())

    def systemctl(self, verb: str):
        return self.machine("systemctl", verb, UNIT)

    def page(self) -> Page:
        url = LISTENING.findall(self.said())[-1]
        with urllib.request.urlopen(f"{url}metrics", timeout=20) as reply:
            return Page(reply.read().decode())


@pytest.fixture(scope="module")
def installed(city):
    network = Network(lambda: simulate_city(city, ports=KERNELS_CHOICE, community=COMMUNITY.encode()))
    addresses = {device.id: device.address for device in city.devices.values()}
    with tempfile.TemporaryDirectory(prefix="nw-") as folder:
        service = Installed(Path(folder), network, addresses)
        try:
            yield service
        finally:
            service.machine.shut_down()
            network.close()


@pytest.fixture
def started(installed):
    installed.write(installed.right)
    begun = installed.systemctl("start")
    assert begun.returncode == 0, begun.stderr + installed.said()
    return installed


def test_it_starts_under_its_hardening_watches_its_devices_and_says_so(started):
    count = len(started.addresses)
    until(lambda: started.shows("StatusText")["StatusText"] == f"{count} devices: {count} up", what="the status line")
    counted = "netwatch_interface_receive_bytes_total"
    until(lambda: started.page().devices(counted) == set(started.addresses), what="counters of all")
    assert started.shows("ActiveState", "SubState", "NRestarts", "User") == {
        "ActiveState": "active",
        "SubState": "running",
        "NRestarts": "0",
        "User": "netwatch",
    }


def test_it_runs_without_any_privilege_as_its_own_user(started):
    pid = started.shows("MainPID")["MainPID"]
    told = dict(line.split(":\t", 1) for line in started.machine("cat", f"/proc/{pid}/status").stdout.splitlines())
    account = started.machine("id", "-u", "netwatch").stdout.strip()
    assert told["Uid"].split() == [account] * 4
    assert {int(told[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}
    assert (told["NoNewPrivs"].strip(), told["Seccomp"].strip()) == ("1", "2")


def test_it_hears_traps_on_the_socket_that_systemd_opened_and_closes_with_it(started):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as switch:
        switch.bind((next(iter(started.addresses.values())), 0))
        switch.settimeout(10)
        switch.sendto(trap(COLD_START, tag=INFORM, community=COMMUNITY.encode()), started.traps_at)
        assert decode(switch.recv(2000)).request_id == 7
    until(lambda: started.page().value("netwatch_traps_total", outcome="acted_on") == 1, what="the trap on the page")
    assert started.systemctl("stop").returncode == 0
    assert started.machine.shows(TRAPS, "ActiveState") == {"ActiveState": "inactive"}


def test_its_watchdog_is_fed(started):
    fed = until(lambda: int(started.shows("WatchdogTimestampMonotonic")["WatchdogTimestampMonotonic"]))
    until(
        lambda: int(started.shows("WatchdogTimestampMonotonic")["WatchdogTimestampMonotonic"]) > fed, what="fed again"
    )
    assert started.shows("WatchdogUSec")["WatchdogUSec"] == "1min 30s"


def test_the_journal_holds_its_events_as_fields(started):
    def found():
        return [one for one in started.journal() if one.get("NETWATCH_EVENT") == "device.state"]

    told = {one["NETWATCH_SUBJECT"] for one in until(found, what="device.state in the journal")}
    assert told <= {f"device:{name}" for name in started.addresses}
    one = found()[0]
    assert (one["_TRANSPORT"], one["_SYSTEMD_UNIT"], one["SYSLOG_IDENTIFIER"]) == ("journal", UNIT, "netwatch")
    assert (one["PRIORITY"], one["NETWATCH_LOGGER"]) == ("6", "netwatch.expose.event_log")
    assert one["CODE_FILE"].endswith("event_log.py")
    assert COMMUNITY not in started.said()


def test_a_reload_waits_for_the_verdict_on_the_inventory_and_a_wrong_one_leaves_the_old_in_force(started):
    started.write(started.right + "nonsense: 1\n")
    refused = started.systemctl("reload")
    assert refused.returncode != 0
    assert "nonsense: unknown key" in started.said()
    assert started.shows("ActiveState")["ActiveState"] == "active"
    assert started.page().value("netwatch_inventory_reload_success") == 0
    started.write(started.right)
    assert started.systemctl("reload").returncode == 0
    assert started.page().value("netwatch_inventory_reload_success") == 1


def test_it_stops_cleanly_within_ten_seconds_and_its_state_is_its_own(started):
    until(lambda: started.page().devices("netwatch_interface_receive_bytes_total"), what="something learned")
    began = time.monotonic()
    assert started.systemctl("stop").returncode == 0
    assert time.monotonic() - began < 10
    assert started.shows("ActiveState", "Result", "ExecMainStatus") == {
        "ActiveState": "inactive",
        "Result": "success",
        "ExecMainStatus": "0",
    }
    listed = started.machine("stat", "--format=%U %a", "/var/lib/netwatch", "/var/lib/netwatch/netwatch.db").stdout
    assert listed.splitlines() == ["netwatch 700", "netwatch 600"]
    content = started.machine("sh", "-c", "base64 /var/lib/netwatch/netwatch.db").stdout
    assert COMMUNITY.encode() not in sqlite_of(content, started.folder)


def test_a_wrong_inventory_at_the_start_fails_with_its_sentence_and_is_not_tried_again(installed):
    installed.systemctl("stop")
    installed.write(installed.right + "nonsense: 1\n")
    assert installed.systemctl("start").returncode != 0
    assert installed.shows("ActiveState", "ExecMainStatus", "NRestarts") == {
        "ActiveState": "failed",
        "ExecMainStatus": "1",
        "NRestarts": "0",
    }
    assert "nonsense: unknown key" in installed.said()


def test_its_certificate_and_passwords_can_be_handed_over_as_credentials_that_nobody_else_reads(installed):
    installed.systemctl("stop")
    installed.write(installed.right)
    web = installed.folder / "etc" / "web"
    web.mkdir(mode=0o700)
    ca = authority(web)
    (web / "web.yaml").write_text(TLS + users(prometheus=hashed()))
    given = "".join(f"LoadCredential={name}:/etc/netwatch/web/{name}\n" for name in ("web.yaml", "web.crt", "web.key"))
    run = re.search(r"^ExecStart=/opt(?:.*\\\n)*.*$", DROP_IN, re.MULTILINE)[0].replace("127.0.0.1:0", "0.0.0.0:0")
    lines = f"[Service]\n{given}ExecStart=\n{run} --web-config ${{CREDENTIALS_DIRECTORY}}/web.yaml\n"
    place = f"/run/systemd/system/{UNIT}.d"
    write = f"mkdir -p {place} && printf '%s' '{lines}' > {place}/web.conf && systemctl daemon-reload"
    installed.machine("sh", "-c", write)
    try:
        begun = installed.systemctl("start")
        assert begun.returncode == 0, begun.stderr + installed.said()
        (port,) = re.findall(r"listening on https://0\.0\.0\.0:(\d+)/", installed.said())
        request = urllib.request.Request(f"https://127.0.0.1:{port}/-/healthy", headers=basic("prometheus"))
        with urllib.request.urlopen(request, timeout=20, context=ca.client()) as reply:
            assert reply.read() == b"ok\n"
        assert "PRIVATE KEY" not in installed.said()
    finally:
        installed.systemctl("stop")
        installed.machine("sh", "-c", f"rm -r {place} && systemctl daemon-reload")


def sqlite_of(content: str, folder: Path) -> bytes:
    """The database read out of the machine, after a look whether it is whole."""
    copy = folder / "copy.db"
    copy.write_bytes(base64.b64decode(content))
    connection = sqlite3.connect(copy)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    return copy.read_bytes()
