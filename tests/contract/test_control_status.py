"""`/status` over a real control socket: a city, one switch of which has fallen silent; its faults, rings, services."""

import asyncio
import os
from dataclasses import replace

import pytest

from netwatch.cli.main import main
from netwatch.cli.options import CONTROL_SOCKET
from netwatch.core.device.reachability import Answer, Reachability
from netwatch.core.device.record import DeviceState, DeviceVerdict
from netwatch.core.model import Maintenance, PortRef
from netwatch.core.neighbours.link_drift import Discrepancy, DriftKind, joined
from netwatch.expose.control import ControlServer, ControlSettings
from netwatch.expose.control_client import request
from netwatch.expose.control_status import status_routes
from netwatch.inventory import load
from tests.contract.known import Known
from tests.unit.cli.small_city import write_city

NOON_S = 1_796_007_600.0  # 2026-11-30T12:00+09:00
WELL = DeviceState(verdict=DeviceVerdict.UP, verdict_since_wall_s=NOON_S - 9000.0)
SILENT = DeviceState(verdict=DeviceVerdict.DOWN, verdict_since_wall_s=NOON_S - 60.0)
MUTE = DeviceState(
    verdict=DeviceVerdict.DEGRADED,
    verdict_since_wall_s=NOON_S - 600.0,
    snmp=Reachability(answer=Answer.SILENT, last_s=NOON_S - 30.0),  # asked in vain once more since
)
DECLARED = joined(PortRef(device="acc-2", interface="Gi3"), PortRef(device="acc-3", interface="Gi1"))
FOUND = Discrepancy(
    kind=DriftKind.MOVED, link="chain-1", subject="link:chain-1", declared=DECLARED, seen="b", evidence=("c",)
)


class Office:
    """A city, its socket, and what is asked of it."""

    def __init__(self, folder):
        self.path = folder / CONTROL_SOCKET
        self.folder = folder
        self.now_s = NOON_S
        self.inventory = load(write_city(folder), environ={}, credentials_dir=None)
        self.known = Known(states=dict.fromkeys(self.inventory.devices, WELL))
        self.known.city.use(self.inventory, self.known.states)
        routes = status_routes(self.known, wall=lambda: self.now_s)
        self.server = ControlServer(ControlSettings(path=self.path), routes, on_cut=lambda _: None)

    def see(self, device, state):
        before, self.known.states[device] = self.known.states[device], state
        self.known.city.see_device(device, before, state, wall_s=0.0)
        self.refold()

    def refold(self):
        self.known.city.refold(self.known.view, now_wall_s=self.now_s)
        self.known.maintenance.advance(self.known.city.topology.inventory, self.now_s)

    async def status(self):
        reply = await asyncio.to_thread(lambda: request(self.path, "GET", "/status"))
        assert reply.ok, reply.error
        return reply.body


@pytest.fixture
async def office(tmp_path):
    opened = Office(tmp_path)
    await opened.server.start()
    opened.refold()
    yield opened
    await opened.server.stop()


async def test_a_city_that_is_well_says_so_with_all_its_counts(office):
    status = await office.status()
    assert (status["faults"], status["cleared"]) == ([], [])
    assert (status["city"], status["at"]) == ("Yangju", "2026-11-30T12:00:00+09:00")
    assert status["devices"] == {"up": 4, "degraded": 0, "down": 0, "unreachable": 0, "unknown": 0}
    assert status["links"] == {"up": 0, "degraded": 0, "one_end": 0, "down": 0, "unknown": 4}
    assert [(ring["ring"], ring["state"], ring["unprotected_s"]) for ring in status["rings"]] == [
        ("ring-a", "unknown", 0.0)
    ]
    assert status["vantage"] == {"lit": None, "canaries": {}}
    assert status["maintenance"] == []
    assert status["drift"] == []


async def test_sides_of_a_ring_in_one_duct_are_told(office):
    risk = {"ring": "ring-a", "kind": "duct", "id": "d-1", "links": ["ring-a-1", "ring-a-3"]}
    assert (await office.status())["shared_sides"] == [risk]


async def test_services_are_counted_per_state_in_all_and_by_district(office):
    services = {one["service"]: one for one in (await office.status())["services"]}
    assert set(services) == {"cctv", "its", "unassigned"}
    assert services["cctv"]["name"] == "방범 CCTV"
    assert services["cctv"]["field_devices"] == {"fine": 0, "fault": 0, "unreachable": 0, "unknown": 4}
    assert services["its"]["districts"] == {"옥정동": {"fine": 0, "fault": 0, "unreachable": 0, "unknown": 1}}


async def test_an_open_fault_tells_since_when_what_it_costs_and_whom_to_send(office):
    office.see("acc-3", SILENT)
    (fault,) = (await office.status())["faults"]
    assert {fault["subject"], *fault["ambiguous_with"]} >= {"device:acc-3", "cable:c-4", "link:chain-1"}
    assert fault["id"] == next(iter(office.known.city.book.faults))
    assert (fault["since"], fault["since_s"]) == ("2026-11-30T11:59:00+09:00", NOON_S - 60.0)
    assert (fault["lasts_s"], fault["cleared"], fault["maintenance"]) == (60.0, None, False)
    assert fault["devices"] == ["acc-3"]
    assert fault["affected"] == {"cctv": 2, "its": 1}
    assert fault["send"]["crew"] in ("fibre crew", "electrician", "network engineer")
    assert fault["evidence"]


async def test_a_fault_that_cleared_is_told_with_how_long_it_lasted(office):
    office.see("acc-1", MUTE)
    office.now_s += 30.0
    office.see("acc-1", WELL)
    office.now_s += 300.0
    status = await office.status()
    assert status["faults"] == []
    (cleared,) = status["cleared"]
    assert (cleared["cleared"], cleared["lasts_s"]) == ("2026-11-30T12:00:30+09:00", 630.0)


async def test_the_worst_fault_comes_first_and_then_the_oldest(office):
    office.see("acc-3", SILENT)
    office.see("acc-1", MUTE)
    faults = (await office.status())["faults"]
    assert [(fault["severity"], "acc-1" in fault["subject"]) for fault in faults] == [("major", False), ("minor", True)]


async def test_what_is_worked_on_is_marked_and_its_window_shown(office):
    plan = Maintenance(
        id="", subject="site:okjeong-3", from_s=NOON_S - 3600.0, until_s=NOON_S + 3600.0, reason="증설", by="kim"
    )
    book = office.known.maintenance
    book.put(book.propose(plan, office.now_s, user="kim"))
    office.see("acc-3", SILENT)
    status = await office.status()
    assert [(one["subject"], one["state"]) for one in status["maintenance"]] == [("site:okjeong-3", "running")]
    assert [fault["maintenance"] for fault in status["faults"]] == [True]
    assert [ring["maintenance"] for ring in status["rings"]] == [False]


async def test_what_lldp_sees_otherwise_is_told(office):
    office.known.city.drift.restore([FOUND])  # as a restart does
    assert (await office.status())["drift"] == [
        {"kind": "moved", "subject": "link:chain-1", "declared": DECLARED, "seen": "b", "evidence": ["c"]}
    ]


async def test_another_inventory_shows_at_the_next_question(office):
    assert (await office.status())["shared_sides"]
    office.known.city.use(replace(office.inventory, rings={}, links={}), office.known.states)
    office.refold()
    status = await office.status()
    assert (status["rings"], status["shared_sides"], status["links"]["unknown"]) == ([], [], 0)


async def test_the_command_shows_faults_first_and_exits_0(office, capsys):
    office.see("acc-3", SILENT)
    code = await asyncio.to_thread(main, ["status", "--state-dir", str(office.folder)])
    assert code == 0
    blocks = capsys.readouterr().out.split("\n\n")
    assert blocks[0] == "Yangju, 2026-11-30 12:00:00 Asia/Seoul"
    assert blocks[1] == "1 fault open"
    assert "since 2026-11-30 11:59:00, for 1 min" in blocks[2].splitlines()[0]
    assert "dark            1 device: acc-3" in blocks[2]
    assert blocks[3].startswith("rings: 0 of 1 intact")


async def test_nobody_else_is_told(office):
    stranger = os.getuid() + 4711
    office.server._allowed = frozenset({stranger})
    reply = await asyncio.to_thread(lambda: request(office.path, "GET", "/status"))
    assert reply.status == 403
