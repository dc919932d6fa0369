"""The commands as an operator types them: against simulated agents, recordings and Debian's snmpd."""

import asyncio
import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import threading

import pytest

from netwatch.simulate.city import UPLINKS
from netwatch.simulate.recording import read
from netwatch.simulate.server import Ports, serve_recordings, simulate_city
from tests.e2e.network import COMMUNITY, Network, write_inventory
from tests.e2e.process import ENVIRONMENT, NETWATCH, ROOT, netwatch, until
from tests.ports import free_tcp_port, free_udp_port
from tests.snmpd.daemon import NAME, Snmpd
from tests.tools import require_recordings

IF_NAME, IF_OPER = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 1), (1, 3, 6, 1, 2, 1, 2, 2, 1, 8)
SECRET_LINES = b"""\
1.3.6.1.2.1.1.1.0|4|A switch
1.3.6.1.2.1.1.3.0|67|8640000
1.3.6.1.2.1.1.4.0|4|kim 010-0000-0000
1.3.6.1.2.1.1.5.0|4|sw-7 at 10.20.30.40
1.3.6.1.2.1.2.1.0|2|1
1.3.6.1.2.1.2.2.1.2.7|4|port 7
1.3.6.1.2.1.2.2.1.3.7|2|6
1.3.6.1.2.1.2.2.1.5.7|66|1000000000
1.3.6.1.2.1.2.2.1.7.7|2|1
1.3.6.1.2.1.2.2.1.8.7|2|2
1.3.6.1.2.1.31.1.1.1.1.7|4|Gi7
1.3.6.1.2.1.31.1.1.1.6.7|70|12345678901234
1.3.6.1.2.1.31.1.1.1.10.7|70|77
1.3.6.1.2.1.31.1.1.1.18.7|4|camera of %s
""" % COMMUNITY.encode()


@pytest.fixture(scope="module")
def city_network(city):
    simulated = Network(
        lambda: simulate_city(city, ports=Ports(snmp=0, echo=0, tcp=None), community=COMMUNITY.encode())
    )
    yield simulated
    simulated.close()


@pytest.fixture
def watched(folder, city, city_network, addresses):
    """The inventory of the simulated city, with devices that fail each in its way, and acc-0002 asked by version 1."""
    camera = next(thing.address for thing in city.field_devices.values() if "ping" in map(str, thing.checks))
    more = {
        "silent-1": "{site: hall, address: 127.1.99.9, snmp: {timeout: 300ms}}",
        "pinged-1": f"{{site: hall, address: {camera}, snmp: off}}",
        "nowhere-1": "no-such-host.invalid",
        "acc-0002": f"{{site: hall, address: {addresses['acc-0002']}, snmp: {{credential: old}}}}",
    }
    path = write_inventory(folder, city_network, {**addresses, **more}, timeout="2s")
    old = "  old: {version: 1, community: {file: secrets/field}, insecure: true}\ndefaults:"
    path.write_text(path.read_text().replace("defaults:", old, 1))
    return path


@pytest.fixture
def recorded(folder):
    """Serve recordings; gives the inventory that knows them as rec-1, rec-2 and so on."""
    networks = []

    def serve(*files, community=COMMUNITY):
        addresses = {f"rec-{number}": f"127.1.77.{number}" for number in range(1, len(files) + 1)}
        served = dict(zip(addresses.values(), files, strict=True))
        network = Network(lambda: serve_recordings(served, ports=Ports(snmp=0, echo=0), community=community.encode()))
        networks.append(network)
        return write_inventory(folder, network, addresses, timeout="2s")

    yield serve
    for network in networks:
        network.close()


def poll(inventory, device, *words):
    return netwatch("poll", device, "--inventory", inventory, *words)


# -- poll ---------------------------------------------------------------------------------------------------------


def test_poll_shows_every_lane_and_every_port_with_its_values(watched, city):
    done = poll(watched, "acc-0001")
    assert (done.returncode, done.stderr) == (0, "")
    ports = city.devices["acc-0001"].ports
    for lane, columns in (("discovery", 4), ("status", 5), ("traffic", 13)):
        told = next(line for line in done.stdout.splitlines() if line.startswith(lane))
        assert f"({len(ports)} interfaces × {columns}" in told
        assert told.endswith("complete")
    table = done.stdout.splitlines()[-len(ports) :]
    assert [line.split("  ")[0] for line in table] == [port.name for port in ports]


def truth(network, interface):
    """The octets that have passed a port of acc-0001 by now."""
    simulation = network.simulation
    return network.truth("acc-0001", interface, simulation.started_at + simulation.now())


def test_poll_json_agrees_with_the_simulations_truth(watched, city, city_network):
    ports = city.devices["acc-0001"].ports
    busy = next(port.name for port in ports if truth(city_network, port.name))
    before = truth(city_network, busy)
    done = poll(watched, "acc-0001", "--json")
    after = truth(city_network, busy)
    assert done.returncode == 0
    told = json.loads(done.stdout)
    by_name = {port["port"]: port for port in told["ports"]}
    assert list(by_name) == [port.name for port in ports]
    assert before <= by_name[busy]["receive_bytes"] <= after
    assert {port["speed_bps"] for port in told["ports"]} == {port.speed_bps for port in ports}
    lanes = {lane["lane"]: lane for lane in told["lanes"]}
    powered = lanes.pop("health")["tables"]["poe_port"]
    assert len(powered["indexes"]) == len(ports) - UPLINKS
    assert set(lanes) == {"discovery", "status", "traffic"}
    assert all(len(lane["tables"]["interface"]["indexes"]) == len(ports) for lane in lanes.values())
    assert told["identity"]["sys_name"] == "acc-0001"
    assert told["echo"]["rtt_seconds"] < 1
    assert COMMUNITY not in done.stdout


def test_a_version_1_agent_is_polled_with_32_bit_counters(watched):
    done = poll(watched, "acc-0002", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["state"]) == (0, "up")
    totals = [port["receive_bytes"] for port in told["ports"]]
    assert all(0 <= total < 2**32 for total in totals)
    assert any(totals)


def test_a_silent_device_is_exit_code_1_and_costs_one_round_of_retries(watched):
    done = poll(watched, "silent-1")
    assert done.returncode == 1
    assert re.search(r"^ping +1 echo +0 +timeout$", done.stdout, re.MULTILINE)
    assert re.search(r"^discovery .* failed: timeout$", done.stdout, re.MULTILINE)
    assert "\nstatus " not in done.stdout


def test_a_device_without_snmp_is_pinged_and_that_is_an_answer(watched):
    done = poll(watched, "pinged-1")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0].endswith("no SNMP")
    assert re.search(r"^ping +1 echo +1 .* answers$", done.stdout, re.MULTILINE)


def may_ping():
    try:
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP).close()
    except PermissionError:
        return False
    return True


def test_where_the_kernel_allows_no_icmp_poll_says_what_to_do_and_snmp_goes_on(folder, city_network, addresses):
    path = write_inventory(folder, city_network, {"acc-0001": addresses["acc-0001"]}, ping="icmp", timeout="2s")
    done = poll(path, "acc-0001")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(rf"^ping .* {'answers' if may_ping() else 'local'}$", done.stdout, re.MULTILINE)
    assert ("ping_group_range does not include" in done.stdout) is not may_ping()


def test_a_name_without_an_address_is_told_as_such(watched):
    done = poll(watched, "nowhere-1")
    assert done.returncode == 1
    assert "has no address" in done.stdout.splitlines()[0]
    assert "failed: unresolved" in done.stdout


@pytest.mark.parametrize("command", [("poll",), ("record", "-o", "x.snmprec")])
def test_a_device_nobody_knows_is_one_sentence_with_the_nearest_id(watched, command):
    done = netwatch(*command, "acc-001", "--inventory", watched)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(r"netwatch: the inventory has no device 'acc-001'; did you mean 'acc-000\d'\?\n", done.stderr)


@pytest.mark.parametrize("command", [("check",), ("poll", "x"), ("record", "x", "-o", "x.snmprec")])
def test_a_wrong_inventory_is_every_mistake_at_once_and_exit_code_1(folder, command):
    path = folder / "inventory.yaml"
    path.write_text("city: Yangju\ntimezone: Asia/Seul\nsitse: {}\n")
    done = netwatch(*command, "--inventory", path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "inventory.yaml:2 timezone" in done.stderr
    assert "did you mean 'sites'?" in done.stderr
    assert done.stderr.endswith("2 mistakes in the inventory\n")


@pytest.mark.parametrize("name", ["procurve_2520", "scalance_xc206-2sfp"])
def test_poll_of_a_recorded_switch_says_what_its_ports_say(recorded, name):
    folder = require_recordings()
    facts = json.loads((folder / f"{name}.facts.json").read_text())["ports"]
    done = poll(recorded(folder / f"{name}.snmprec"), "rec-1", "--json")
    assert done.returncode == 0
    told = {port["port"]: port for port in json.loads(done.stdout)["ports"]}
    assert len(told) >= len(facts) > 5
    for fact in facts:
        port = told[fact["ifName"]]
        assert (port["oper"], port["admin"]) == (fact["ifOperStatus"], fact["ifAdminStatus"])
        assert (port["receive_bytes"], port["transmit_bytes"]) == (fact["ifInOctets"], fact["ifOutOctets"])


async def test_poll_of_debians_snmpd(folder):
    agent = Snmpd(folder)
    await agent.start()
    try:
        (folder / "community").write_text("public")
        (folder / "community").chmod(0o600)
        path = folder / "inventory.yaml"
        path.write_text(
            "city: Yangju\ntimezone: Asia/Seoul\nsites: {hall: {name: 시청}}\n"
            "credentials: {field: {version: 2c, community: {file: community}, insecure: true}}\n"
            f"defaults: {{snmp: {{credential: field, port: {agent.port}, timeout: 5s}}, ping: off}}\n"
            "devices:\n  here: {site: hall, address: 127.0.0.1}\n  here-6: {site: hall, address: '::1'}\n"
        )
        for device in ("here", "here-6"):
            done = await asyncio.to_thread(poll, path, device, "--json")
            assert (done.returncode, done.stderr) == (0, "")
            told = json.loads(done.stdout)
            assert (told["state"], told["identity"]["sys_name"], told["echo"]) == ("up", NAME, None)
            loopback = next(port for port in told["ports"] if port["port"] == "lo")
            assert loopback["oper"] == "up"
            assert loopback["receive_bytes"] > 0
    finally:
        await agent.kill()


def start(*words, **options):
    told = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **options}
    return subprocess.Popen([*NETWATCH, *map(str, words)], cwd=ROOT, env=ENVIRONMENT, **told)


def test_an_interrupted_poll_ends_at_once_without_a_traceback(folder, city_network):
    path = write_inventory(folder, city_network, {"silent-1": "127.1.99.9"})
    path.write_text(path.read_text().replace("timeout: 300ms", "timeout: 30s"))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as dumb:  # takes the first question and says nothing
        dumb.bind(("127.1.99.9", 0))
        dumb.settimeout(60)
        path.write_text(path.read_text().replace(f"port: {city_network.snmp_port}", f"port: {dumb.getsockname()[1]}"))
        process = start("poll", "silent-1", "--inventory", path)
        dumb.recv(2000)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=25)  # the agent's own patience is 30 s
    assert (process.returncode, out, err) == (130, "", "interrupted\n")


def test_a_poll_whose_reader_goes_is_quiet(watched):
    words = " ".join(map(str, NETWATCH))
    pipe = f"set -o pipefail; {words} poll acc-0001 --inventory {watched} | head -1"
    done = subprocess.run(["bash", "-c", pipe], cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 1


# -- record and simulate ------------------------------------------------------------------------------------------


@pytest.fixture
def telling(folder):
    """A recording that holds a secret, a person and an address."""
    file = folder / "telling.snmprec"
    file.write_bytes(SECRET_LINES)
    return file


def test_what_is_recorded_replays_and_tells_no_secret(recorded, telling, folder):
    output = folder / "new.snmprec"
    inventory = recorded(telling)
    done = netwatch("record", "rec-1", "-o", output, "--inventory", inventory)
    assert (done.returncode, done.stderr) == (0, "")
    assert "objects recorded; redacted: " in done.stdout
    content = output.read_bytes()
    for secret in (COMMUNITY.encode(), b"010-0000-0000", b"10.20.30.40"):
        assert secret in SECRET_LINES
        assert secret not in content
        assert secret.hex().encode() not in content
    before = json.loads(poll(inventory, "rec-1", "--json").stdout)
    after = json.loads(poll(recorded(output), "rec-1", "--json").stdout)
    (port,) = after["ports"]
    assert port | {"alias": ""} == before["ports"][0] | {"alias": ""}
    assert (port["port"], port["receive_bytes"], port["oper"]) == ("Gi7", 12345678901234, "down")


def test_a_recorded_switch_has_the_same_values_when_it_is_simulated(recorded, folder):
    original = require_recordings() / "weos_ddw-225.snmprec"
    output = folder / "again.snmprec"
    done = netwatch("record", "rec-1", "-o", output, "--inventory", recorded(original))
    assert done.returncode == 0
    first, second = read(original).values, read(output).values
    assert len(second) == len(first)
    ports = [arcs for arcs in first if arcs[: len(IF_NAME)] == IF_NAME or arcs[: len(IF_OPER)] == IF_OPER]
    assert len(ports) == 20
    assert all(first[arcs] == second[arcs] for arcs in ports)


UNRECORDABLE = {
    "silent": ("silent-1", "x", 3, "netwatch: silent-1 does not answer; nothing was written\n"),
    "without SNMP": (
        "pinged-1",
        "x",
        1,
        "netwatch: pinged-1 has no SNMP credential in the inventory, so there is .*\n",
    ),
    "without address": ("nowhere-1", "x", 3, "netwatch: .*no-such-host.invalid has no address\n"),
    "no such folder": ("acc-0001", "missing/x", 3, "netwatch: .*x cannot be written: No such file or directory\n"),
    "a folder": ("acc-0001", ".", 1, "netwatch: .* is there and is no file\n"),
}


@pytest.mark.parametrize("case", UNRECORDABLE)
def test_what_cannot_be_recorded_is_one_sentence_and_leaves_no_file(watched, folder, case):
    device, output, code, said = UNRECORDABLE[case]
    before = sorted(folder.rglob("*"))
    done = netwatch("record", device, "-o", folder / output, "--inventory", watched)
    assert (done.returncode, done.stdout) == (code, "")
    assert re.fullmatch(said, done.stderr)
    assert sorted(folder.rglob("*")) == before


def test_the_progress_bar_is_drawn_on_a_terminal_only(watched, folder):
    terminal, theirs = pty.openpty()
    process = start("record", "acc-0001", "-o", folder / "x.snmprec", "--inventory", watched, stderr=theirs)
    os.close(theirs)
    seen = bytearray()
    reader = threading.Thread(target=_read_all, args=(terminal, seen))
    reader.start()
    out, _ = process.communicate(timeout=60)
    reader.join(10)
    os.close(terminal)
    drawn = seen.decode()
    assert process.returncode == 0
    assert drawn.count("\r[") >= 5
    assert drawn.endswith("\r\n")
    assert "■" not in out
    assert "objects recorded" in out


def _read_all(terminal, seen):
    try:
        while octets := os.read(terminal, 4096):
            seen += octets
    except OSError:
        return  # EIO: the other end was closed


@pytest.fixture
def simulate():
    """`netwatch simulate` on free ports; everything that was started is gone at the end."""
    running = []

    def begin(*words, **options):
        ports = ["--port", free_udp_port(), "--echo-port", free_udp_port()]
        process = start("simulate", *ports, "--tcp-port", free_tcp_port(), *words, **options)
        running.append(process)
        return process

    yield begin
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=60)


def test_a_city_is_simulated_obeys_what_is_typed_and_leaves_an_inventory_that_polls_it(simulate, folder):
    process = simulate("--switches", 10, "--inventory-dir", folder / "city", stdin=subprocess.PIPE)
    assert process.stdout.readline().startswith("simulating 10 switches and ")
    inventory = folder / "city" / "inventory.yaml"
    assert poll(inventory, "acc-0001").returncode == 0
    process.stdin.write("fail device:acc-0001\nlist\nfale x\n")
    process.stdin.flush()
    assert [process.stdout.readline().strip() for _ in range(3)] == [
        "failed device:acc-0001",
        "device:acc-0001 (power)",
        "error: no command 'fale'; did you mean fail?",
    ]
    path = inventory.read_text().replace('"credential": "field"', '"credential": "field", "timeout": "200ms"')
    inventory.write_text(path)
    assert poll(inventory, "acc-0001").returncode == 1
    process.terminate()
    assert process.wait(60) == 0


def test_control_lines_come_over_a_unix_socket_where_one_is_named(simulate, folder):
    process = simulate("--switches", 4, "--control", folder / "control")
    process.stdout.readline()
    with socket.socket(socket.AF_UNIX) as control, control.makefile("rw") as lines:
        control.settimeout(60)
        control.connect(str(folder / "control"))
        control.sendall(b"list\n")
        assert lines.readline() == "nothing has failed\n"
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert not (folder / "control").exists()


def test_recordings_are_simulated_in_their_order(simulate, telling, folder):
    process = simulate(telling, telling)
    assert process.stdout.readline().startswith("simulating 2 recorded agents: SNMP on port ")


def test_a_simulation_without_anybody_to_type_serves_all_the_same(simulate, telling):
    with telling.open() as plain_file:
        for nobody in (subprocess.DEVNULL, plain_file):
            process = simulate("--switches", 4, stdin=nobody)
            assert process.stdout.readline().startswith("simulating 4 switches")
            process.terminate()
            assert process.wait(60) == 0


def test_a_command_started_with_everything_closed_works_as_well(simulate, folder):
    control = folder / "control"
    process = simulate("--switches", 4, "--control", control, preexec_fn=lambda: os.closerange(0, 3))
    until(control.exists, what="the control socket")
    process.terminate()
    assert process.wait(60) == 0


def test_the_end_of_input_ends_a_simulation_only_where_asked(simulate):
    lasting = simulate("--switches", 4)
    ending = simulate("--switches", 4, "--until-eof", stdin=subprocess.PIPE)
    assert lasting.stdout.readline()
    assert ending.stdout.readline()
    ending.stdin.close()
    ending.stdin = None
    assert ending.wait(60) == 0
    assert lasting.poll() is None


def test_a_port_that_is_taken_is_one_sentence_and_exit_code_3():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("", 0))
        port = taken.getsockname()[1]
        done = netwatch("simulate", "--switches", 4, "--port", port, "--echo-port", free_udp_port())
    assert (done.returncode, done.stdout) == (3, "")
    said = rf"the simulation cannot listen: one of its ports is taken \(UDP {port}, .*\); is another .* running\?\n"
    assert re.fullmatch(said, done.stderr)


@pytest.mark.parametrize("content", [None, b"1.3.6.1|4\n"])
def test_a_recording_that_cannot_be_used_is_named_and_exit_code_1(folder, content):
    file = folder / "bad.snmprec"
    if content is not None:
        file.write_bytes(content)
    done = netwatch("simulate", file)
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1
    assert "bad.snmprec" in done.stderr


def test_check_of_the_example_says_what_is_missing_and_nothing_else():
    done = netwatch("check", "--inventory", "inventory.yaml")
    assert (done.returncode, done.stdout) == (1, "")
    assert "secrets/field' does not exist" in done.stderr
    assert done.stderr.endswith("\n1 mistake in the inventory\n")


def test_check_of_a_right_inventory_is_one_screen(watched):
    done = netwatch("check", "--inventory", watched)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) <= 24
    assert done.stdout.startswith("Yangju")


def test_the_module_is_the_command_too():
    done = subprocess.run(
        [sys.executable, "-m", "netwatch.cli.main", "--version"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("netwatch ")
