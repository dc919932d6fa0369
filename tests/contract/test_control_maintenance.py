"""`/maintenance` over a real control socket, with a real store behind it."""

import asyncio
import os
import pwd
from dataclasses import replace

import pytest

from netwatch.audit.declarations import Declarations
from netwatch.audit.store import Store
from netwatch.cli.main import main
from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.errors import StoreError
from netwatch.core.events import EventKind
from netwatch.core.maintenance.book import MaintenanceBook
from netwatch.core.model import Maintenance, Ring
from netwatch.expose.control import ControlServer, ControlSettings
from netwatch.expose.control_client import request
from netwatch.expose.control_maintenance import Surroundings, maintenance_routes
from tests.unit.engine.town import camera, town

ME = pwd.getpwuid(os.getuid()).pw_name
NOON_S = 1_796_007_600.0  # 2026-11-30T12:00+09:00
CITY = replace(town("acc-1", "acc-2", cameras=(camera(),), rings={"ring-a": Ring(id="ring-a")}), timezone="Asia/Seoul")
WORK = {"subject": "ring:ring-a", "from": "2026-12-01T01:00", "until": "2026-12-01T05:00", "reason": "증설"}


class Office:
    """A book, a store and a control socket."""

    def __init__(self, directory, inventory=CITY):
        self.inventory, self.now_s = inventory, NOON_S
        self.book, self.events = MaintenanceBook(), []
        self.store = Store.open(directory)
        self.declarations = Declarations(self.store, self.book)
        self.broken = None
        self.path = directory / "control.sock"
        around = Surroundings(
            inventory=lambda: self.inventory,
            interfaces={"acc-1": InterfaceMap(names=("Gi1/0/1", "Gi1/0/2"), indexes=("1", "2"))}.get,
            save=self.save,
            record=self.events.append,
            wall=lambda: self.now_s,
        )
        settings = ControlSettings(path=self.path)
        self.server = ControlServer(settings, maintenance_routes(self.book, around), on_cut=lambda _: None)

    async def __aenter__(self):
        self.book.restore(self.store.load().windows)
        self.advance()
        await self.server.start()
        return self

    async def __aexit__(self, *_):
        await self.server.stop()
        await self.declarations.save_all()
        self.store.close()

    async def save(self, windows):
        if self.broken is not None:
            raise self.broken
        await self.store.save_windows(windows)

    def advance(self):
        self.events += self.book.advance(self.inventory, self.now_s)

    async def ask(self, method, path="/maintenance", **body):
        return await asyncio.to_thread(lambda: request(self.path, method, path, body=body or None))

    async def add(self, **changes):
        return await self.ask("POST", **{**WORK, **changes})

    async def refused(self, **changes):
        reply = await self.add(**changes)
        assert reply.status == 409, reply
        assert self.book.windows == ()
        return reply.error


@pytest.fixture
async def office(tmp_path):
    async with Office(tmp_path) as opened:
        yield opened


async def test_a_window_is_declared_in_the_citys_time_and_listed(office):
    added = await office.add(by="kim", approved_by="lee")
    assert added.ok, added.error
    window = added.body["window"]
    assert window == {
        "id": "m-1",
        "subject": "ring:ring-a",
        "state": "planned",
        "reason": "증설",
        "origin": "command",
        "from": "2026-12-01T01:00:00+09:00",
        "until": "2026-12-01T05:00:00+09:00",
        "ended": None,
        "ended_by": "",
        "from_s": NOON_S + 13 * 3600,
        "until_s": NOON_S + 17 * 3600,
        "by": "kim",
        "approved_by": "lee",
        "approved": True,
        "user": ME,
        "declared": "2026-11-30T12:00:00+09:00",
        "declared_before": True,
    }
    assert (await office.ask("GET")).body == {"timezone": "Asia/Seoul", "windows": [window]}


async def test_it_is_in_the_store_before_it_is_answered(office):
    await office.add()
    assert office.store.load().windows == office.book.windows
    assert [event.kind for event in office.events] == [EventKind.MAINTENANCE_DECLARED]


async def test_windows_and_their_ends_survive_a_restart(tmp_path):
    async with Office(tmp_path) as office:
        await office.add()
        await office.add(subject="device:acc-1")
        await office.ask("POST", "/maintenance/end", id="m-1")
    async with Office(tmp_path) as again:
        windows = (await again.ask("GET")).body["windows"]
        third = (await again.add()).body["window"]["id"]
    assert {window["id"]: window["ended_by"] for window in windows} == {"m-1": ME, "m-2": ""}
    assert third == "m-3"


async def test_who_calls_is_who_asks_unless_another_is_named(office):
    window = (await office.add(approved_by=ME)).body["window"]
    assert (window["by"], window["user"], window["approved"]) == (ME, ME, False)


async def test_now_and_a_while_from_then(office):
    window = (await office.add(**{"from": "now", "until": "+4h"})).body["window"]
    assert (window["from_s"], window["until_s"]) == (NOON_S, NOON_S + 4 * 3600)
    assert (window["state"], window["declared_before"]) == ("running", False)
    later = (await office.add(**{"from": "+2h", "until": "+30m"})).body["window"]
    assert (later["from_s"], later["until_s"]) == (NOON_S + 7200, NOON_S + 9000)


async def test_a_time_may_bring_its_offset_or_be_of_another_zone(office):
    told = [
        await office.add(**{"from": "2026-12-01T01:00", "until": "2026-12-01T05:00+09:00"}),
        await office.add(**{"from": "2026-11-30T17:00", "until": "+4h", "timezone": "Europe/Berlin"}),
        await office.add(**{"from": "2026-11-30T16:00Z", "until": "+4h"}),
    ]
    assert [reply.body["window"]["from_s"] for reply in told] == [NOON_S + 13 * 3600] * 3
    assert [reply.body["window"]["until_s"] for reply in told] == [NOON_S + 17 * 3600] * 3


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"from": "2026-03-29T02:30", "timezone": "Europe/Berlin"},
            "2026-03-29T02:30 never happens in Europe/Berlin; add the offset, +01:00 or +02:00.",
        ),
        (
            {"from": "2026-10-25T02:30", "timezone": "Europe/Berlin"},
            "2026-10-25T02:30 happens twice in Europe/Berlin; add the offset, +02:00 or +01:00.",
        ),
        (
            {"timezone": "Asia/Seol"},
            "'Asia/Seol' is not a time zone of the IANA database; did you mean 'Asia/Seoul'?",
        ),
        ({"from": "tonight"}, "'tonight' is not a time such as 2026-12-01T01:00."),
        ({"until": "+4"}, "'4' is not a duration such as 300ms, 5s, 15m, 1h or 2d."),
        ({"until": "2026-12-01T01:00"}, "The window ends before it begins."),
        ({"reason": ""}, "The request must tell 'reason' as a text."),
        ({"reason": 7}, "The request must tell 'reason' as a text."),
        ({"subject": "ring:ring-b"}, "There is no 'ring-b' among the rings; did you mean 'ring:ring-a'?"),
        ({"subject": "device:core-9"}, "There is no 'core-9' among the devices."),
        (
            {"subject": "port:acc-11 Gi1/0/1"},
            "There is no 'acc-11' among the devices; did you mean 'port:acc-1 Gi1/0/1'?",
        ),
        ({"subject": "port:acc-1 Gi1/0/3"}, "acc-1 has no port 'Gi1/0/3'; did you mean 'port:acc-1 Gi1/0/1'?"),
        (
            {"subject": "port:acc-1"},
            "'port:acc-1' is not a port; write port:, the device id, one space and the port's name.",
        ),
        ({"subject": "acc-1"}, "'acc-1' is no subject such as ring:ring-a; did you mean 'device:acc-1'?"),
        ({"subject": "vantage:here"}, "'vantage:here' has no id: write vantage: alone."),
    ],
)
async def test_what_cannot_be_meant_is_refused_in_one_sentence(office, changes, sentence):
    assert await office.refused(**changes) == sentence
    assert office.events == []


async def test_kinds_that_do_not_exist_are_answered_with_those_that_do(office):
    kinds = "cable, device, field_device, link, port, ring, site, vantage"
    assert await office.refused(subject="lamp:7") == f"There is nothing of the kind 'lamp'; known are {kinds}."
    assert await office.refused(subject="core-9") == (
        f"'core-9' is no subject such as ring:ring-a; its kinds are {kinds}."
    )


@pytest.mark.parametrize(
    "subject", ["vantage:", "field_device:cam-1", "port:acc-1 Gi1/0/1", "port:acc-2 not discovered yet"]
)
async def test_every_kind_of_subject_may_be_worked_on(office, subject):
    assert (await office.add(subject=subject)).body["window"]["subject"] == subject


async def test_what_hangs_on_the_subject_is_told_with_it(office):
    covers = (await office.add(subject="port:acc-1 Gi1/0/1")).body["covers"]
    assert covers == ["field_device:cam-1", "port:acc-1 Gi1/0/1"]


async def test_a_body_that_is_no_request_is_refused(office):
    for body in ([], 7, "ring:ring-a"):
        reply = await asyncio.to_thread(lambda sent=body: request(office.path, "POST", "/maintenance", body=sent))
        assert (reply.status, reply.error) == (409, "The request must tell 'subject' as a text.")


async def test_an_end_takes_effect_at_once_and_once(office):
    await office.add(**{"from": "now", "until": "+4h"})
    office.now_s += 60
    ended = await office.ask("POST", "/maintenance/end", id="m-1")
    assert (ended.body["window"]["state"], ended.body["window"]["ended"]) == ("over", "2026-11-30T12:01:00+09:00")
    assert [event.detail.get("ended_by") for event in office.events] == [None, ME]
    again = await office.ask("POST", "/maintenance/end", id="m-1")
    assert (again.status, again.error) == (409, "The window 'm-1' is over already.")


async def test_an_id_that_nobody_bears_is_answered_with_the_nearest(office):
    await office.add()
    refused = await office.ask("POST", "/maintenance/end", id="m1")
    assert (refused.status, refused.error) == (409, "There is no window 'm1'; did you mean 'm-1'?")


async def test_a_window_of_the_inventory_is_listed_and_can_be_ended(tmp_path):
    plan = Maintenance(id="m-31", subject="device:acc-1", from_s=NOON_S - 60, until_s=NOON_S + 60)
    async with Office(tmp_path, replace(CITY, maintenance={"m-31": plan})) as office:
        (listed,) = (await office.ask("GET")).body["windows"]
        assert (listed["origin"], listed["state"], listed["declared_before"]) == ("inventory", "running", False)
        assert (await office.ask("POST", "/maintenance/end", id="m-31")).ok
        office.advance()
        assert not any(office.book.active.values())


async def test_what_cannot_be_stored_is_not_in_force_and_not_the_askers_fault(office):
    office.broken = StoreError("no room to write netwatch.db")
    reply = await office.add()
    assert (reply.status, reply.error) == (
        503,
        "The window could not be stored, and nothing has changed: no room to write netwatch.db.",
    )
    assert office.book.windows == ()
    assert office.events == []
    office.broken = None
    assert (await office.add()).body["window"]["id"] == "m-2"


async def test_the_command_says_what_it_declared_and_what_reports_will_say(office, capsys):
    words = (
        "maintenance",
        "add",
        "ring:ring-a",
        "--until",
        "+4h",
        "--reason",
        "증설",
        "--state-dir",
        office.path.parent,
    )
    assert await asyncio.to_thread(main, list(map(str, words))) == 0
    assert capsys.readouterr().out.splitlines() == [
        "m-1: ring:ring-a, from 2026-11-30T12:00:00+09:00 until 2026-11-30T16:00:00+09:00",
        "it was not declared before its beginning, and reports will say so",
        "it is not approved by another person than asked for it, and reports will say so",
    ]


async def test_the_command_exits_3_where_the_store_fails_and_1_where_the_asker_does(office, capsys):
    words = [
        "maintenance",
        "add",
        "ring:ring-a",
        "--until",
        "+4h",
        "--reason",
        "x",
        "--state-dir",
        str(office.path.parent),
    ]
    assert await asyncio.to_thread(main, [*words, "--from", "tonight"]) == 1
    office.broken = StoreError("no room to write netwatch.db")
    assert await asyncio.to_thread(main, words) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines() == [
        "'tonight' is not a time such as 2026-12-01T01:00.",
        "netwatch: The window could not be stored, and nothing has changed: no room to write netwatch.db.",
    ]


async def test_two_who_declare_at_once_get_two_ids(office):
    replies = await asyncio.gather(*(office.add() for _ in range(5)))
    assert sorted(reply.body["window"]["id"] for reply in replies) == [f"m-{number}" for number in range(1, 6)]
