"""What systemd hears: ready, reloading, a status, a watchdog that only progress feeds, stopping (sd_notify(3))."""

import socket
import sys
import threading
import time

import apsw
import pytest

from tests.e2e.network import write_inventory
from tests.e2e.process import until

# The same command with less patience: a test cannot wait a minute for a store to be given up on.
IMPATIENT = (
    "import sys; import netwatch.expose.health as health; health.PATIENCE_S = 3.0; "
    "import netwatch.audit.heartbeat as heartbeat; heartbeat.EVERY_S = 0.5; "
    "from netwatch.cli.main import main; sys.exit(main())"
)


@pytest.fixture
def systemd(folder):
    """A socket that hears notifications; `heard` holds (time, lines) of each."""

    class Listener:
        def __init__(self):
            self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self.socket.bind(str(folder / "notify"))
            self.heard = []
            self.environ = {"NOTIFY_SOCKET": str(folder / "notify"), "WATCHDOG_USEC": "90000000"}
            self.thread = threading.Thread(target=self.listen, daemon=True)
            self.thread.start()

        def listen(self):
            while message := self.socket.recv(65536):
                self.heard.append((time.monotonic(), message.decode().split("\n")))

        def said(self, line, since=0.0):
            return [at for at, lines in self.heard if line in lines and at >= since]

        def close(self):
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as last:
                last.connect(str(folder / "notify"))
                last.send(b"")
            self.thread.join(5)
            self.socket.close()

    listener = Listener()
    yield listener
    listener.close()


def test_the_protocol_from_start_to_stop(folder, network, addresses, run, systemd):
    daemon = run(write_inventory(folder, network, addresses), environ=systemd.environ)
    until(lambda: systemd.said("READY=1"))
    assert systemd.heard[0][1][0] == "READY=1"
    until(lambda: systemd.said(f"STATUS={len(addresses)} devices: {len(addresses)} up"), what="the status line")
    assert systemd.said("WATCHDOG=1")

    began = time.monotonic()
    assert daemon.reload().returncode == 0
    reloading = next(lines for _, lines in systemd.heard if "RELOADING=1" in lines)
    assert int(reloading[1].removeprefix("MONOTONIC_USEC=")) >= began * 1e6
    assert systemd.said("READY=1", since=began)

    assert daemon.stop() == 0
    until(lambda: systemd.said("STOPPING=1"))
    assert not systemd.said("READY=1", since=systemd.said("STOPPING=1")[0])


def test_the_watchdog_starves_while_the_store_answers_nothing_and_is_fed_again(
    folder, network, addresses, run, systemd
):
    inventory = write_inventory(folder, network, addresses)
    daemon = run(inventory, environ=systemd.environ, program=(sys.executable, "-c", IMPATIENT)).ready()
    holder = apsw.Connection(str(folder / "state" / "netwatch.db"))
    holder.set_busy_timeout(5000)
    holder.execute("BEGIN IMMEDIATE")
    until(lambda: "the store has answered nothing for" in daemon.fetch("/-/healthy")[1], what="unhealthy")
    assert daemon.fetch("/-/healthy")[0] == 503
    hungry = time.monotonic()
    time.sleep(2.5)
    until(lambda: [at for at, lines in systemd.heard if at > hungry and lines[0].startswith("STATUS=")], what="turns")
    assert not systemd.said("WATCHDOG=1", since=hungry + 0.1)
    assert daemon.value("netwatch_ledger_ok") == 0
    holder.close()
    until(lambda: systemd.said("WATCHDOG=1", since=hungry), what="fed again")
    until(lambda: daemon.fetch("/-/healthy")[0] == 200, what="healthy again")
