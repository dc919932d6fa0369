"""The daemon as a process: it starts, says so, refuses what it must, and ends in time."""

import http.client
import socket
import sys
import time

from netwatch.simulate.growth import generate
from netwatch.simulate.server import simulate_city
from tests.e2e.network import COMMUNITY, KERNELS_CHOICE, Network, write_inventory
from tests.e2e.process import Page, netwatch, until


def one_sentence(told):
    """What a refused start says on stderr, which must be one line and no traceback."""
    lines = told.stderr.strip().splitlines()
    assert len(lines) == 1, told.stderr
    return lines[0]


def run_words(inventory, state, listen="127.0.0.1:0"):
    return "run", "--inventory", inventory, "--state-dir", state, "--listen", listen


def test_a_daemon_becomes_ready_is_healthy_and_ends_on_sigterm_with_0(folder, network, addresses, run):
    daemon = run(write_inventory(folder, network, addresses)).ready()
    assert daemon.fetch("/-/healthy") == (200, "ok\n")
    until(lambda: daemon.page().devices("netwatch_interface_receive_bytes_total") == set(addresses))
    began = time.monotonic()
    assert daemon.stop() == 0
    assert time.monotonic() - began < 5
    assert not (folder / "state" / "control.sock").exists()


def test_devices_that_never_answer_delay_neither_readiness_nor_the_end(folder, network, addresses, run):
    dark = {f"dark-{n}": f"127.99.0.{n}" for n in range(1, 6)}
    daemon = run(write_inventory(folder, network, {**addresses, **dark})).ready()
    for name in dark:
        until(lambda one=name: daemon.value("netwatch_device_state", device=one, state="down"), what=f"{name} down")
    for name in addresses:
        assert daemon.value("netwatch_device_state", device=name, state="up") == 1
    swept = daemon.value("netwatch_last_sweep_timestamp_seconds")
    until(lambda: daemon.value("netwatch_last_sweep_timestamp_seconds") > swept, what="another sweep")
    assert daemon.stop() == 0


def test_an_inventory_without_devices_is_ready_and_healthy(folder, network, run):
    inventory = write_inventory(folder, network, {})
    inventory.write_text(inventory.read_text().replace("devices:\n", ""))
    daemon = run(inventory).ready()
    until(lambda: daemon.value("netwatch_last_sweep_timestamp_seconds"))
    assert daemon.stop() == 0


def test_a_second_daemon_on_the_same_state_is_refused_and_the_first_goes_on(folder, network, addresses, run):
    inventory = write_inventory(folder, network, addresses)
    daemon = run(inventory).ready()
    refused = netwatch(*run_words(inventory, folder / "state"))
    assert refused.returncode == 3
    assert f"already running on {folder / 'state'} (pid {daemon.pid})" in one_sentence(refused)
    assert daemon.reload().returncode == 0  # its control socket is still its own
    assert daemon.stop() == 0


def test_a_reply_under_way_is_finished_before_the_end(folder, run):
    city = generate(switches=150, seed=2)
    network = Network(lambda: simulate_city(city, ports=KERNELS_CHOICE, community=COMMUNITY.encode()))
    every = {"ping": "2s", "status": "2s", "traffic": "2s"}
    inventory = write_inventory(folder, network, {one.id: one.address for one in city.devices.values()}, every=every)
    daemon = run(inventory)
    until(lambda: len(daemon.fetch("/metrics")[1]) > 6_000_000, what="a page larger than any buffer")
    connection = http.client.HTTPConnection(daemon.url.removeprefix("http://"), timeout=30)
    connection.connect()
    connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    connection.request("GET", "/metrics")
    reply = connection.getresponse()
    text = reply.read(10_000)
    daemon.process.terminate()
    until(lambda: refuses(daemon), what="the listener closed")
    assert daemon.process.poll() is None  # it waits for us
    while piece := reply.read(1_000_000):
        text += piece
        time.sleep(0.02)  # netwatch gives it five seconds in all
    assert len(Page(text.decode()).devices("netwatch_device_state")) == 150  # IncompleteRead otherwise
    assert daemon.process.wait(60) == 0
    connection.close()
    network.close()


def refuses(daemon):
    host, port = daemon.url.removeprefix("http://").split(":")
    with socket.socket() as caller:
        return caller.connect_ex((host, int(port))) != 0


def test_a_device_that_answered_and_falls_silent_is_down_until_it_is_back(folder, network, addresses, run):
    daemon = run(write_inventory(folder, network, addresses)).ready()
    until(lambda: daemon.page().devices("netwatch_interface_up") == set(addresses))
    network.fail("device:core-2")
    until(lambda: daemon.value("netwatch_device_state", device="core-2", state="down"), what="down")
    page = daemon.page()
    assert page.value("netwatch_device_snmp_up", device="core-2") == 0
    assert not page.where("netwatch_interface_up", device="core-2")  # unknown is neither up nor down
    network.restore("device:core-2")
    until(lambda: daemon.value("netwatch_device_state", device="core-2", state="up"), what="up again")
    until(lambda: daemon.page().devices("netwatch_interface_up") == set(addresses), what="its ports are back")


def test_an_eternal_task_that_dies_ends_the_daemon_with_a_code_that_systemd_restarts(folder, network, addresses, run):
    """Exit code 1 would say that the inventory is wrong, and deploy/netwatch.service would leave it at that."""
    fault = (
        "import sys; from netwatch.expose.health import LoopLag\n"
        "async def watch(self): raise ZeroDivisionError('a fault')\n"
        "LoopLag.watch = watch\n"
        "from netwatch.cli.main import main; sys.exit(main())"
    )
    daemon = run(write_inventory(folder, network, addresses), program=(sys.executable, "-c", fault))
    assert daemon.process.wait(60) == 3
    until(lambda: daemon.lines("netwatch: the task 'loop lag' ended by itself"), what="the sentence")
    assert daemon.lines("ZeroDivisionError: a fault")
    assert not (folder / "state" / "control.sock").exists()  # it still closed what it had opened
