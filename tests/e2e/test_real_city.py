"""A city of real parts, whole and hurt: first that it behaves as a network does, then what netwatch sees of it."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.process import ROOT, netwatch, until
from tests.e2e.real_city import paper
from tests.e2e.real_city.city import RealCity
from tests.e2e.real_city.workshop import Workshop

IF_NAME, IF_ADMIN, IF_OPER = "1.3.6.1.2.1.31.1.1.1.1", "1.3.6.1.2.1.2.2.1.7", "1.3.6.1.2.1.2.2.1.8"
REMOTE_PORT, REMOTE_NAME = "1.0.8802.1.1.2.1.4.1.1.7", "1.0.8802.1.1.2.1.4.1.1.9"  # lldpRemPortId, lldpRemSysName
BASE_PORT_IF_INDEX, FDB_PORT = "1.3.6.1.2.1.17.1.4.1.2", "1.3.6.1.2.1.17.4.3.1.2"
UP, DOWN = "1", "2"
EVERYBODY = {*paper.SWITCHES, *paper.HOSTS}
ENDS = {wire.id: (wire.a, wire.b) for wire in paper.FIBRES.values()}


@pytest.fixture(scope="module")
def whole_city():
    with RealCity() as city:
        yield city


@pytest.fixture
def city(whole_city):
    """Whole when a test begins, and healed after it."""
    yield whole_city
    whole_city.restore()


@pytest.fixture(scope="module")
def daemon(whole_city):
    return whole_city.watch().start().ready()


def told(daemon, name):
    """Device -> value."""
    return {sample.labels["device"]: sample.value for sample in daemon.page().where(name)}


def dark_devices(daemon):
    up = told(daemon, "netwatch_device_up")
    return {switch for switch in paper.SWITCHES if up.get(switch) == 0}


def port_up(daemon, end):
    device, interface = end
    return daemon.value("netwatch_interface_up", device=device, interface=interface)


def ports_by_name(city, switch, oid):
    names = city.walk(switch, IF_NAME)
    return {names[index]: value for index, value in city.walk(switch, oid).items()}


def neighbours(city, switch):
    """Port -> (neighbour, its port), as the agent tells by LLDP-MIB; lldpd numbers ports by ifIndex."""
    names, ports = city.walk(switch, REMOTE_NAME), city.walk(switch, REMOTE_PORT)
    local = city.walk(switch, IF_NAME)
    return {local[index.split(".")[1]]: (name, ports.get(index)) for index, name in names.items()}


def neighbours_on_paper(switch):
    found = {}
    for a, b in ENDS.values():
        found |= {here[1]: there for here, there in ((a, b), (b, a)) if here[0] == switch}
    return found


def learned(city, switch):
    """MAC -> port, by BRIDGE-MIB: base port -> ifIndex -> ifName."""
    names, index_of = city.walk(switch, IF_NAME), city.walk(switch, BASE_PORT_IF_INDEX)
    table = city.walk(switch, FDB_PORT).items()
    return {bytes(map(int, mac.split("."))).hex(":"): names[index_of[port]] for mac, port in table}


def poll(city, switch):
    """What `netwatch poll` says of it, run where netwatch stands."""
    with city.workshop.inside(city.plant.places[paper.VANTAGE]):
        done = netwatch("poll", switch, "--inventory", city.inventory, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


class TestTheNetworkItself:
    def test_every_switch_and_host_answers(self, city):
        until(lambda: city.answering() == EVERYBODY)

    @pytest.mark.parametrize("switch", paper.SWITCHES)
    def test_an_agent_tells_of_its_ports_and_all_are_up(self, city, switch):
        until(lambda: set(ports_by_name(city, switch, IF_OPER).values()) == {UP})
        assert {*ports_by_name(city, switch, IF_OPER)} == {"lo", "br0", *paper.ports_of(switch)}

    @pytest.mark.parametrize("switch", paper.SWITCHES)
    def test_an_agent_tells_its_neighbours_by_lldp_and_the_blocked_link_s_too(self, city, switch):
        until(lambda: neighbours(city, switch) == neighbours_on_paper(switch))

    @pytest.mark.parametrize("host", paper.HOSTS.values(), ids=[*paper.HOSTS])
    def test_a_switch_has_learned_its_host_on_its_port(self, city, host):
        until(lambda: host.id in city.answering())
        until(lambda: learned(city, host.switch).get(host.mac) == host.port)

    def test_a_camera_refuses_whom_it_does_not_know(self, city):
        place, camera = city.plant.places[paper.VANTAGE], paper.HOSTS["cam-c2"]
        with city.workshop.inside(place), socket.create_connection((camera.address, paper.RTSP), 5) as stream:
            stream.sendall(b"OPTIONS rtsp://camera/ RTSP/1.0\r\nCSeq: 7\r\n\r\n")
            assert stream.recv(200).startswith(b"RTSP/1.0 401 Unauthorized\r\nCSeq: 7\r\n")

    @pytest.mark.parametrize("wire", ENDS)
    def test_a_cut_takes_the_light_from_both_ends_and_nobody_but_who_is_behind_it(self, city, wire):
        city.cut(wire)
        until(lambda: city.answering() == EVERYBODY - paper.behind(wire))
        for node, port in ENDS[wire]:
            assert city.light(node, port) == (True, False), "its administrator did nothing; no light"

    def test_two_cuts_split_the_ring(self, city):
        city.cut("r12", "r34")
        lost = {"s2", "s3", "c1", "c2", "cam-s2", "sign-s3", "cam-c1", "cam-c2"}
        until(lambda: EVERYBODY - city.answering() == lost)

    def test_a_switch_without_power_is_gone_and_the_ring_closes_around_it(self, city):
        city.power_off("s3")
        until(lambda: city.answering() == EVERYBODY - {"s3", "sign-s3"})
        assert city.light("s2", "ge2") == city.light("s4", "ge1") == (True, False)
        city.power_on("s3")
        until(lambda: city.answering() == EVERYBODY)

    def test_a_killed_agent_s_switch_answers_echoes_alone(self, city):
        city.kill_agent("c1")
        assert city.walk("c1", IF_NAME) == {}
        until(lambda: city.answering() == EVERYBODY)
        city.start_agent("c1")
        until(lambda: city.walk("c1", IF_NAME))

    def test_a_stopped_host_takes_the_light_with_it_and_a_hung_one_does_not(self, city):
        city.stop_host("cam-c2")
        city.hang_host("cam-d2")
        until(lambda: city.answering() == EVERYBODY - {"cam-c2", "cam-d2"})
        assert (city.light("c2", "ge2"), city.light("d2", "ge2")) == ((True, False), (True, True))

    def test_another_box_in_a_host_s_place_is_learned_by_its_own_mac(self, city):
        other = "00:09:18:00:00:01"
        city.replace_mac("cam-c2", other)
        until(lambda: "cam-c2" in city.answering())
        until(lambda: learned(city, "c2").get(other) == "ge2")
        assert paper.HOSTS["cam-c2"].mac not in learned(city, "c2")


class TestWhatNetwatchSees:
    def test_all_devices_are_up_with_all_their_ports(self, city, daemon):
        everyone = dict.fromkeys(paper.SWITCHES, 1)
        until(lambda: told(daemon, "netwatch_device_snmp_up") == everyone, what="SNMP everywhere")
        until(lambda: told(daemon, "netwatch_device_icmp_up") == everyone, what="ICMP everywhere")
        ends = [(switch, port) for switch in paper.SWITCHES for port in paper.ports_of(switch)]
        until(lambda: all(port_up(daemon, end) == 1 for end in ends), what="every port up")

    @pytest.mark.parametrize("switch", paper.SWITCHES)
    def test_it_reads_an_agent_s_neighbours_and_learned_macs(self, city, switch):
        until(lambda: neighbours(city, switch) == neighbours_on_paper(switch), what="LLDP")
        until(lambda: city.answering() == EVERYBODY)
        sightings = poll(city, switch)["sightings"]
        read = {one["interface"]: (one["system_name"], one["port_id"]) for one in sightings["neighbours"]}
        assert read == neighbours_on_paper(switch)
        hosts = [host for host in paper.HOSTS.values() if host.switch == switch]
        assert {host.port: sightings["macs"].get(host.port) for host in hosts} == {one.port: [one.mac] for one in hosts}

    @pytest.mark.parametrize("wire", ["r12", "r34", "c-near", "d-far"])
    def test_a_cut_is_seen_at_each_end_that_can_be_seen_and_darkens_who_is_behind(self, city, daemon, wire):
        until(lambda: not dark_devices(daemon), what="all up")
        city.cut(wire)
        behind = paper.behind(wire)
        lit_ends = [end for end in ENDS[wire] if end[0] not in behind]
        until(lambda: all(port_up(daemon, end) == 0 for end in lit_ends), what="ports down")
        until(lambda: dark_devices(daemon) == behind & {*paper.SWITCHES}, what="the dark")
        city.mend(wire)
        until(lambda: all(port_up(daemon, end) == 1 for end in ENDS[wire]), what="ports up")

    def test_a_killed_agent_makes_its_device_degraded_and_no_other(self, city, daemon):
        until(lambda: not dark_devices(daemon), what="all up")
        city.kill_agent("s3")
        until(lambda: told(daemon, "netwatch_device_snmp_up")["s3"] == 0, what="SNMP silent")
        assert daemon.value("netwatch_device_state", device="s3", state="degraded") == 1
        assert told(daemon, "netwatch_device_icmp_up") == dict.fromkeys(paper.SWITCHES, 1)
        others = {switch: float(switch != "s3") for switch in paper.SWITCHES}
        until(lambda: told(daemon, "netwatch_device_snmp_up") == others, what="SNMP everywhere else")
        city.start_agent("s3")
        until(lambda: told(daemon, "netwatch_device_snmp_up")["s3"] == 1, what="SNMP again")

    def test_a_host_s_port_goes_down_with_it_and_comes_back(self, city, daemon):
        host = paper.HOSTS["sign-d1"]
        until(lambda: port_up(daemon, (host.switch, host.port)) == 1, what="up")
        city.stop_host(host.id)
        until(lambda: port_up(daemon, (host.switch, host.port)) == 0, what="down")
        city.start_host(host.id)
        until(lambda: port_up(daemon, (host.switch, host.port)) == 1, what="up again")

    def test_the_vantage_s_own_wire_cut_and_nothing_is_said_to_be_down(self, city, daemon):
        until(lambda: not dark_devices(daemon), what="all up")
        city.cut(paper.VANTAGE)

        def all_unknown():
            page = daemon.page()
            return all(page.value("netwatch_device_state", device=switch, state="unknown") for switch in paper.SWITCHES)

        until(all_unknown, what="unknown")
        city.mend(paper.VANTAGE)
        until(lambda: set(told(daemon, "netwatch_device_up").values()) == {1}, what="all up")


KEEPER = """
import sys, time
from tests.e2e.real_city.city import RealCity
with RealCity() as city:
    print(city.folder, flush=True)
    time.sleep(600)
"""


def processes_of(folder):
    """Those in whose command line the folder stands."""
    found = []
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if folder in each.read_bytes().decode(errors="replace"):
                found.append(each.parent.name)
        except OSError:  # it ended meanwhile
            continue
    return found


def test_nothing_of_it_survives_a_kill_of_the_process_that_made_it():
    Workshop().close()  # whether it may be made at all
    with subprocess.Popen([sys.executable, "-c", KEEPER], cwd=ROOT, stdout=subprocess.PIPE, text=True) as keeper:
        folder = keeper.stdout.readline().strip()
        assert len(processes_of(folder)) >= 2 * len(paper.SWITCHES)
        os.kill(keeper.pid, signal.SIGKILL)
    until(lambda: not processes_of(folder), what="all gone")
