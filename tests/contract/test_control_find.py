"""`/find` over a real control socket and on a real listener: a city, one switch of which has fallen silent."""

import asyncio
import json
from urllib.parse import quote

import pytest
from aiohttp import ClientSession
from prometheus_client import CollectorRegistry

from netwatch.cli.main import main
from netwatch.cli.options import CONTROL_SOCKET
from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.device.record import DeviceState, DeviceVerdict, InterfaceStatus, LaneHealth
from netwatch.core.field.record import CheckState, FieldState
from netwatch.core.model import Lane
from netwatch.core.neighbours.sightings import Sightings
from netwatch.expose.control import ControlServer, ControlSettings
from netwatch.expose.control_client import request
from netwatch.expose.control_desk import Desk
from netwatch.expose.control_maintenance import Surroundings
from netwatch.expose.http import Front, HttpServer
from netwatch.expose.pages import Pages
from netwatch.expose.summary import Summary
from netwatch.inventory import load
from tests.contract.known import Known
from tests.unit.cli.small_city import INVENTORY, write_city

NOON_S = 1_796_007_600.0  # 2026-11-30T12:00+09:00
PORTS = InterfaceMap(
    names=("Gi9", "Gi10"), indexes=("9", "10"), aliases=("CAM <1>", ""), descriptions=("", ""), epoch=1
)
WELL = DeviceState(
    verdict=DeviceVerdict.UP,
    verdict_since_wall_s=NOON_S - 9000.0,
    lanes={Lane.STATUS: LaneHealth(last_success_wall_s=NOON_S - 7.0)},
    interfaces=PORTS,
    status=InterfaceStatus(
        oper=(1, 2), last_oper=(1, 2), admin=(1, 1), changed_wall_s=(NOON_S - 500.0, None), read_wall_s=NOON_S - 7.0
    ),
    sightings=Sightings(macs={"Gi9": frozenset({"02:00:00:00:00:09"})}, read_wall_s={"macs": NOON_S - 60.0}),
)
SILENT = DeviceState(verdict=DeviceVerdict.DOWN, verdict_since_wall_s=NOON_S - 60.0)


class Office:
    def __init__(self, folder):
        self.path = folder / CONTROL_SOCKET
        self.folder = folder
        self.known = Known()
        self.mounted = []
        self.use(INVENTORY)
        around = Surroundings(
            inventory=lambda: self.inventory, interfaces=lambda _: None, save=_save, record=lambda _: None
        )
        self.desk = Desk(self.known, around, save_work=_save, mounted=self.mounted)
        self.server = ControlServer(ControlSettings(path=self.path), self.desk.routes, on_cut=lambda _: None)

    def use(self, text):
        write_city(self.folder).write_text(text, encoding="utf-8")
        self.inventory = load(self.folder / "inventory.yaml", environ={}, credentials_dir=None)
        self.known.states = dict.fromkeys(self.inventory.devices, WELL)
        self.known.city.use(self.inventory, self.known.states)
        self.refold()

    def refold(self):
        self.known.city.refold(self.known.view, now_wall_s=NOON_S)

    def see(self, device, state):
        before, self.known.states[device] = self.known.states[device], state
        self.known.city.see_device(device, before, state, wall_s=0.0)
        self.refold()

    async def ask(self, body):
        return await asyncio.to_thread(lambda: request(self.path, "POST", "/find", body=body))

    async def first(self, text):
        reply = await self.ask({"text": text})
        assert reply.ok, reply.error
        return reply.body["hits"][0]


async def _save(_windows):
    """Nothing is stored here."""


@pytest.fixture
async def office(tmp_path):
    opened = Office(tmp_path)
    await opened.server.start()
    yield opened
    await opened.server.stop()


async def test_a_camera_is_told_with_its_port_its_way_and_whom_to_call(office):
    hit = await office.first("cam-3")
    assert (hit["subject"], hit["sites"][0]["name"]) == ("field_device:cam-3", "옥정 3")
    assert hit["port"] == {"device": "acc-3", "interface": "Gi9"}
    assert [hop["device"] for hop in hit["way"]["hops"]] == ["acc-2", "core-1"]
    assert hit["way"]["hops"][0] == {"link": "chain-1", "cables": ["c-4"], "device": "acc-2", "broken": False}
    assert hit["contractor"] == {"id": "saebyeok", "name": "새벽전기", "phone": ""}


async def test_a_camera_was_last_seen_when_it_last_answered(office):
    answered = FieldState(checks={"ping": CheckState(up=True, since_wall_s=1.0, answered_wall_s=NOON_S - 30.0)})
    office.known.city.see_checks("cam-1", answered)
    office.refold()
    hit = await office.first("cam-1")
    assert hit["state"] == "fine"
    assert hit["last_seen"] == {"at": "2026-11-30T11:59:30+09:00", "at_s": NOON_S - 30.0, "how": "answered ping"}


async def test_what_is_behind_a_fault_names_the_fault_and_where_the_way_is_broken(office):
    office.see("acc-3", SILENT)
    (fault,) = office.known.city.book.open_faults
    for text in ("cam-3", "acc-3", "acc-3 Gi9", "c-4", "chain-1", "okjeong-3"):
        hit = await office.first(text)
        assert [one["id"] for one in hit["faults"]] == [fault.id], text
    assert (await office.first("cam-1"))["faults"] == []
    assert (await office.first("acc-3"))["state"] in ("down", "unreachable")


async def test_a_device_and_a_port_tell_how_they_are_and_when_they_were_seen(office):
    device = await office.first("acc-1")
    assert (device["state"], device["since"]) == ("up", "2026-11-30T09:30:00+09:00")
    assert device["last_seen"]["how"] == "SNMP, status"
    assert device["on_it"]["field_devices"] == {"count": 1, "first": ["cam-1"]}
    port = await office.first("acc-1 gi9")
    assert (port["state"], port["since"]) == ("up", "2026-11-30T11:51:40+09:00")
    assert port["evidence"] == ["its device calls it CAM <1>", "MACs learned there: 02:00:00:00:00:09"]
    assert (await office.first("acc-1 Gi10"))["state"] == "down"
    assert (await office.first("acc-2 Gi3"))["state"] == "not seen on its device"


async def test_what_is_worked_on_says_so(office):
    body = {"subject": "cable:c-4", "from": "now", "until": "+1h", "reason": "splicing"}
    reply = await asyncio.to_thread(lambda: request(office.path, "POST", "/maintenance", body=body))
    assert reply.ok, reply.error
    office.known.maintenance.advance(office.inventory, float(reply.body["window"]["from_s"]) + 1.0)
    assert (await office.first("c-4"))["maintenance"] is True
    assert (await office.first("c-2"))["maintenance"] is False


async def test_after_a_reload_the_new_inventory_is_searched(office):
    assert (await office.first("cam-4"))["id"] == "cam-4"
    office.use(INVENTORY.replace("cam-4:", "cam-9000:"))
    assert (await office.first("cam-9000"))["id"] == "cam-9000"
    assert all(hit["id"] != "cam-4" for hit in (await office.ask({"text": "cam-4"})).body["hits"])


async def test_the_catalogue_is_ready_before_anyone_asks(office):
    task = asyncio.create_task(office.desk.run())
    finder = office.desk._finder
    async with asyncio.timeout(5.0):
        while finder._catalogue is None:  # noqa: ASYNC110 - it is made in a thread of the code under test
            await asyncio.sleep(0.01)
    task.cancel()
    assert finder._catalogue.topology is office.known.city.topology


@pytest.mark.parametrize(
    "body", [None, [], {}, {"text": ""}, {"text": 7}, {"text": "a", "limit": 0}, {"text": "a", "limit": "1"}]
)
async def test_a_question_that_asks_nothing_is_refused_in_a_sentence(office, body):
    reply = await office.ask(body)
    assert (reply.status, reply.error[-1]) == (409, ".")


async def test_the_command_asks_the_daemon(office, capsys):
    office.see("acc-3", SILENT)
    code = await asyncio.to_thread(main, ["find", "cam-3", "--state-dir", str(office.folder)])
    said = capsys.readouterr()
    assert (code, said.err) == (0, "")
    assert said.out.splitlines()[0].startswith("cam-3 (field device), ")
    assert "BROKEN chain-1 (c-4)" in said.out or "way" in said.out
    assert any(line.split()[:1] == ["fault"] for line in said.out.splitlines())


@pytest.fixture
async def site(office):
    """The URL of a listener with the page on it."""
    front = Front(
        pages=Pages(own=CollectorRegistry()),
        summary=lambda: Summary(city="양주", version="1"),
        complaint=str,
        on_cut=lambda _: None,
    )
    server = HttpServer(front)
    server.mounted += office.mounted
    await server.start("127.0.0.1", 0)
    yield server.urls[0]
    await server.stop()


@pytest.fixture
async def get(site):
    """(status, headers, text) of a page of the listener."""
    async with ClientSession() as client:

        async def ask(path):
            async with client.get(site.rstrip("/") + path) as reply:
                return reply.status, reply.headers, await reply.text()

        yield ask


async def test_the_page_is_told_what_the_command_is_told(office, get):
    status, headers, text = await get(f"/page/find?q={quote('cam-3')}")
    assert (status, headers["Content-Type"]) == (200, "application/json")
    assert json.loads(text)["hits"] == [await office.first("cam-3")]


@pytest.mark.parametrize("query", ["", "?q=", "?q=%20", "?x=1", "?q=a&q=b", "?q=" + "a" * 201])
async def test_a_wrong_question_gets_a_sentence(get, query):
    status, _, text = await get(f"/page/find{query}")
    assert status == 400
    assert text.endswith((".\n", "...\n"))


async def test_the_answer_is_json_of_any_kind_of_thing(office):
    for text in ("hanbit", "cctv", "ring-a", "d-1", "okjeong-1", "core-1", "c-1 core 1"):
        assert json.dumps(await office.first(text)), text
