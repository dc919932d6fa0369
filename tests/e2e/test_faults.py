"""What can break in a city, broken over real sockets: each named in time, it alone, at its true cost, until mended.

One daemon watches a simulated city of forty switches through all of it. What it says is read from its control socket,
and after each failure from its store, in which whatever it ever told stands: nothing else may have been opened.
"""

import contextlib
import json
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import apsw
import pytest

from netwatch.collect.collector import CHECK_TIMEOUT_S
from netwatch.core.model import PortRef
from netwatch.expose.control_client import request
from netwatch.simulate.city_text import BRISK, BRISK_FIELD, SECRET_FILE, inventory_files
from netwatch.simulate.growth import generate
from netwatch.simulate.server import Ports, simulate_city
from netwatch.simulate.world import How
from tests.e2e.lost_time import lost_s
from tests.e2e.network import COMMUNITY, Network
from tests.e2e.own_network import in_own_network
from tests.e2e.process import Daemon, until
from tests.ports import free_tcp_port
from tests.tools import require_root

SWITCHES, SEED = 40, 9
PACES = {"ping": "1s", "status": "2s", "traffic": "1s", "health": "2s", "discovery": "4s"}
FIELD_PACES = dict.fromkeys(BRISK_FIELD, "2s")
BUSY_S = 4.0  # two cores with other work; alone it is named 1 to 2 s before two intervals are over
STATUS_S = 2 * 2.0 + BUSY_S  # two intervals
SILENCE_S = 1.0 + 4 * 0.3 + 3.0  # until an agent is known to be silent: an echo, a poll and its retries, patience
EDGE_S = 5.0 + 2 * 4.0 + BUSY_S  # agents remember their ports for so long; learned MACs are read with discovery
CANARIES_S = 10.0 + BUSY_S  # silence that may be ours is held for so long at most
HOLDS_S = 0.7  # what is told then stays told
BASELINE_S = 25.0  # twenty traffic polls tell what is usual on a port
CANARY, OURS = "198.51.100.1", "198.51.100.2"  # RFC 5737: nobody has them
STRANGER = "00:09:18:00:00:01"


@dataclass(frozen=True)
class Told:
    """One fault that is to be told of."""

    truth: str  # what is broken
    kind: str
    how: str  # it is broken, in the words of the table
    is_sure: bool = True  # it is the subject; else at least among those that it could also be
    contributing: tuple[str, ...] = ()
    affected: dict | None = None  # service -> field devices; None: those that the simulation says are cut off by it
    devices: frozenset | None = None  # likewise


class City:
    """A simulated city and the daemon that watches it."""

    def __init__(self, folder, *, switches, seed, canaries=()):
        self.folder = folder
        self.city = generate(switches=switches, seed=seed)
        tcp = free_tcp_port()
        self.network = Network(
            lambda: simulate_city(self.city, ports=Ports(snmp=0, echo=0, tcp=tcp), community=COMMUNITY.encode())
        )
        self.inventory = folder / "inventory.yaml"
        self._write(Ports(snmp=self.network.snmp_port, echo=self.network.echo_port, tcp=tcp), canaries)
        self.daemon = Daemon(self.inventory, folder / "state").start().ready()
        self.started_s = time.monotonic()
        self.told = {}  # id of a fault -> how it failed, what was told
        self.took_s, self.healed_s = [], []
        self._read_up_to = 0  # the last event of the store that is known

    def _write(self, ports, canaries):
        for name, text in inventory_files(self.city, ports=ports, community=COMMUNITY, brisk=True).items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        (self.folder / SECRET_FILE).chmod(0o600)
        text = self.inventory.read_text()
        alone = json.dumps([self.city.vantage])
        for before, after in (
            (json.dumps(BRISK), json.dumps(PACES)),
            (json.dumps(BRISK_FIELD), json.dumps(FIELD_PACES)),
            (f'{{"attached_to": {alone}}}', f'{{"attached_to": {alone}, "canaries": {json.dumps(canaries)}}}'),
        ):
            assert before in text
            text = text.replace(before, after)
        self.inventory.write_text(text)

    def close(self):
        self.daemon.__exit__()
        self.network.close()

    def status(self):
        return request(self.daemon.state / "control.sock", "GET", "/status", timeout_s=30).body

    def _store(self):
        opened = apsw.Connection(str(self.daemon.state / "netwatch.db"), flags=apsw.SQLITE_OPEN_READONLY)
        opened.set_busy_timeout(30_000)  # whoever comes after a kill mends it first
        return opened

    def news(self):
        """(kind of event, kind of fault, subject) of all that was stored of faults since this was asked last."""
        with contextlib.closing(self._store()) as stored:
            rows = stored.execute(
                "SELECT seq, kind, json_extract(detail, '$.fault_kind'), subject FROM event "
                "WHERE seq > ? AND kind LIKE 'fault.%' ORDER BY seq",
                (self._read_up_to,),
            ).fetchall()
        self._read_up_to = rows[-1][0] if rows else self._read_up_to
        return [row[1:] for row in rows]

    def recorded(self):
        """The ids of all faults of which the store has it that they were opened."""
        with contextlib.closing(self._store()) as stored:
            rows = stored.execute("SELECT json_extract(detail, '$.fault') FROM event WHERE kind = 'fault.opened'")
            return {name for (name,) in rows}

    def is_well(self):
        status = self.status()
        fields = Counter()
        for service in status["services"]:
            fields.update(service["field_devices"])
        return (
            not status["faults"]
            and +Counter(status["devices"]) == {"up": len(self.city.devices)}
            and +fields == {"fine": len(self.city.field_devices)}
            and {ring["state"] for ring in status["rings"]} == {"intact"}
        )

    def fail(self, subject, how=None):
        """Let it fail; what that costs by physics alone, over what had failed before."""
        before = self._out_of_reach()
        self.network.call(self.network.simulation.fail, subject, how=how)
        devices, fields = (now - then for now, then in zip(self._out_of_reach(), before, strict=True))
        return {"devices": devices, "affected": dict(Counter(self.city.field_devices[one].service for one in fields))}

    def _out_of_reach(self):
        """Devices that are silent; field devices whose switch has no way left to the vantage."""
        state = self.network.simulation.city.state
        silent = frozenset(name for name in self.city.devices if not state.answers(name))
        fields = self.city.field_devices.values()
        return silent, frozenset(one.id for one in fields if one.port.device not in state.parents)

    def mend(self):
        self.network.call(self.network.simulation.restore_all)

    def print(self):
        """The confusion table, and how long it took."""
        table = Counter(self.told.values())
        print(f"\n{len(self.told)} failures; how it failed -> what was told")
        for how in dict.fromkeys(how for how, _ in table):
            told = sorted(kind for one, kind in table if one == how)
            print(f"  {how:38}" + ", ".join(f"{table[how, kind]} {kind}" for kind in told))
        took_s, how = max(self.took_s)
        print(f"named within {took_s:.1f} s ({', '.join(how)}), well again within {max(self.healed_s):.1f} s")

    def tells(self, *expected, within_s, passing=()):
        """Wait for exactly these faults, which stay. `passing`: (kind, subject) that may have been told on the way."""
        began_s, lost_before_s = time.monotonic(), lost_s(self.daemon.pid)
        try:
            until(lambda: is_told(self.status()["faults"], expected))
        except AssertionError:
            pytest.fail(f"expected {expected}, told {[short(fault) for fault in self.status()['faults']]}")
        took_s = time.monotonic() - began_s - (lost_s(self.daemon.pid) - lost_before_s)
        assert took_s < within_s, [short(fault) for fault in self.status()["faults"]]
        self.took_s.append((took_s, [one.how for one in expected]))
        held_s = time.monotonic() + HOLDS_S
        while time.monotonic() < held_s:
            assert is_told(self.status()["faults"], expected), [short(fault) for fault in self.status()["faults"]]
            time.sleep(0.1)
        faults = self.status()["faults"]
        opened = {(kind, subject) for event, kind, subject in self.news() if event == "fault.opened"}
        assert opened <= {(fault["kind"], fault["subject"]) for fault in faults} | {*passing}
        for one in expected:
            fault = next(fault for fault in faults if one.truth in named(fault))
            self.told[fault["id"]] = one.how, fault["kind"] + ("" if fault["subject"] == one.truth else " (perhaps)")
        return {one.truth: next(fault for fault in faults if one.truth in named(fault)) for one in expected}

    def heals(self, *, within_s=90.0, asked_s=0.0):
        """Everything is mended: all that was told of clears, and nothing else is opened on the way home.

        `asked_s`: how long a question put before that may wait for its answer, and then speak against it once more.
        """
        before = {(fault["kind"], fault["subject"]) for fault in self.status()["faults"]}
        self.mend()
        began_s = time.monotonic()
        until(self.is_well, within_s=within_s, what="a city that is well again")
        self.healed_s.append(time.monotonic() - began_s)
        time.sleep(asked_s)
        until(self.is_well, within_s=within_s, what="a city that stays well")
        assert {event[1:] for event in self.news() if event[0] == "fault.opened"} <= before


def named(fault):
    """Everything that the fault says it could be."""
    return {fault["subject"], *fault["ambiguous_with"]}


def short(fault):
    told = ("kind", "subject", "affected", "devices", "contributing", "ambiguous_with")
    return {name: fault[name] for name in told}


def is_told(faults, expected):
    return len(faults) == len(expected) and all(any(is_it(fault, one) for fault in faults) for one in expected)


def is_it(fault, one):
    return (
        one.truth in ({fault["subject"]} if one.is_sure else named(fault))
        and fault["kind"] == one.kind
        and fault["affected"] == one.affected
        and set(fault["devices"]) == one.devices
        and set(fault["contributing"]) == set(one.contributing)
    )


@contextlib.contextmanager
def watched(**how):
    with tempfile.TemporaryDirectory(prefix="nw-") as folder:
        one = City(Path(folder), **how)
        try:
            yield one
        finally:
            one.close()


@pytest.fixture(scope="module")
def whole_town(request):
    with watched(switches=SWITCHES, seed=SEED) as one:
        yield one
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        one.print()


@pytest.fixture
def town(whole_town):
    """The city, all well."""
    whole_town.mend()
    until(whole_town.is_well, what="a city that is well")
    whole_town.news()
    return whole_town


RING, OTHER_SIDE = "cable:c-0007", "cable:c-0009"  # of one ring
CHAIN, BACKBONE, SHARED = "cable:c-0035", "cable:c-0002", "cable:c-0013"


def test_of_two_cuts_in_a_ring_the_first_costs_the_reserve_and_the_second_what_is_between(town):
    first = Told(RING, "redundancy_lost", "cable of a ring", **town.fail(RING))
    assert (first.affected, first.devices) == ({}, frozenset())
    town.tells(first, within_s=STATUS_S)
    second = Told(OTHER_SIDE, "cable_cut", "second cable of a ring", contributing=(RING,), **town.fail(OTHER_SIDE))
    assert second.affected == {"cctv": 11, "its": 1}
    town.tells(first, second, within_s=STATUS_S)
    town.heals()


@pytest.mark.parametrize(
    ("subject", "kind", "how", "is_sure"),
    [
        ("device:acc-0022", "device_power", "power of a switch in a ring", True),
        ("device:agg-okjeong-1", "device_power", "power of an aggregation", True),
        (SHARED, "cable_cut", "cable of two links", True),
        # the last of a chain: from here its power and its cable look the same
        ("device:acc-0007", "cable_cut", "power of the last in a chain", False),
    ],
)
def test_one_failure_is_one_fault_at_its_true_cost(town, subject, kind, how, is_sure):
    told = Told(subject, kind, how, is_sure=is_sure, **town.fail(subject))
    assert told.affected["cctv"] > 1
    town.tells(told, within_s=STATUS_S)
    town.heals()


def test_switches_that_hang_cost_nothing_but_themselves(town):
    hung = [("device:acc-0033", "hang of a switch in a ring"), ("device:acc-0006", "hang of a switch in a chain")]
    told = [Told(subject, "device_hang", how, **town.fail(subject, How.HANG)) for subject, how in hung]
    assert [(one.affected, len(one.devices)) for one in told] == [({}, 1), ({}, 1)]
    town.tells(*told, within_s=STATUS_S + SILENCE_S)
    town.heals()


def test_what_breaks_at_the_edge_is_told_of_each_field_device_by_itself(town):
    until(lambda: time.monotonic() > town.started_s + BASELINE_S)
    fields, call, simulation = town.city.field_devices, town.network.call, town.network.simulation
    replaced, moved = fields["cam-0033"], fields["cam-0007"]
    elsewhere = PortRef(device="acc-0036", interface="Gi1/0/20")
    call(simulation.exchange, replaced.id, STRANGER)
    call(simulation.move, moved.id, elsewhere)
    for name, how in (
        ("cam-0001", How.HANG),
        ("cam-0015", How.POWER),
        ("cam-0020", How.STREAM),
        ("cam-0029", How.POWER),
    ):
        town.fail(f"field_device:{name}", how)
    town.fail("port:acc-0012 Ethernet Port 1")
    expected = [
        Told(f"field_device:{name}", kind, how, affected={fields[name].service: 1}, devices=frozenset())
        for name, kind, how in (
            ("cam-0001", "field_device", "camera hangs"),
            ("cam-0015", "port", "power of a camera"),
            ("cam-0020", "field_device", "camera without a stream"),
            ("cam-0029", "field_device", "power of a camera on a shared port"),
            ("cam-0033", "wrong_device", "camera replaced"),
            ("cam-0007", "wrong_device", "camera moved"),
            ("cam-0042", "port", "port of a camera"),
        )
    ]
    # a camera that is moved has left its port first
    faults = town.tells(*expected, within_s=EDGE_S, passing=[("port", f"field_device:{moved.id}")])
    assert STRANGER in " ".join(faults["field_device:cam-0033"]["evidence"])
    assert f"is on {elsewhere}" in " ".join(faults["field_device:cam-0007"]["evidence"])
    call(simulation.exchange, replaced.id, replaced.mac)
    call(simulation.move, moved.id, moved.port)
    town.heals(asked_s=CHECK_TIMEOUT_S)


def test_all_dark_without_a_canary_blames_nobody_but_ourselves_or_the_root(town):
    town.fail("device:core-1")
    told = Told("vantage:", "vantage", "everything, without a canary", affected={}, devices=frozenset())
    fault = town.tells(told, within_s=STATUS_S)["vantage:"]
    assert fault["ambiguous_with"] == ["device:core-1"]
    status = town.status()
    assert [service["field_devices"]["unreachable"] for service in status["services"]] == [0, 0, 0]
    town.heals()


def test_a_fault_keeps_its_name_and_its_date_over_a_reload_and_a_kill(town):
    told = [
        Told(cable, kind, how, **town.fail(cable))
        for cable, kind, how in (
            (CHAIN, "cable_cut", "cable of a chain"),
            (BACKBONE, "redundancy_lost", "cable of a ring"),
        )
    ]
    before = identities(town.tells(*told, within_s=STATUS_S))
    town.inventory.write_text(town.inventory.read_text() + "# looked at again\n")
    assert town.daemon.reload().returncode == 0
    assert identities(town.tells(*told, within_s=1)) == before
    until(lambda: {name for name, _ in before.values()} <= town.recorded(), what="both on record")
    time.sleep(1.2)
    town.daemon.kill()
    town.daemon.start().ready()
    assert identities(town.tells(*told, within_s=STATUS_S)) == before
    until(lambda: all(fault["seen_again"] for fault in town.status()["faults"]))
    assert identities(town.tells(*told, within_s=1)) == before
    town.daemon.kill()
    town.mend()  # while nobody watches
    town.daemon.start().ready()
    town.heals()
    cleared = {fault["subject"]: fault for fault in town.status()["cleared"]}
    assert {cable: identities(cleared)[cable] for cable in before} == before


def identities(faults):
    return {subject: (fault["id"], fault["since_s"]) for subject, fault in faults.items()}


@in_own_network
def test_dark_canaries_are_one_fault_and_nobody_is_called_down(own):
    """The uplink, and with it the way to every switch; then the canary answers again, and the city after it."""
    require_root("make a network namespace")
    here = own.enter_new()
    gate = own.enter_new()
    with own.inside(here):
        own.permit_icmp()
        own.wire_to(gate, here=[f"{OURS}/24"], there=[f"{CANARY}/24"])
        with watched(switches=8, seed=3, canaries=[CANARY]) as town:
            until(town.is_well, what="a city that is well")
            until(lambda: town.status()["vantage"]["lit"], what="the canary")
            with own.inside(gate):
                own.ip("link", "set", "far", "down")
            town.fail("device:core-1")  # behind which the city is
            told = Told("vantage:", "vantage", "everything, the canaries too", affected={}, devices=frozenset())
            fault = town.tells(told, within_s=CANARIES_S)["vantage:"]
            assert fault["ambiguous_with"] == []
            assert fault["send"]["crew"] == "network engineer"
            status = town.status()
            assert +Counter(status["devices"]) == {"unknown": 8}
            assert [service["field_devices"]["fault"] for service in status["services"]] == [0, 0, 0]
            assert [service["field_devices"]["unreachable"] for service in status["services"]] == [0, 0, 0]
            with own.inside(gate):
                own.ip("link", "set", "far", "up")
            town.heals()
