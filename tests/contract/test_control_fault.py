"""`/fault` over a real control socket with a real store: what is done about a fault, by whom, and what stays of it."""

import asyncio
import os
import pwd
from functools import partial

import apsw
import pytest

from netwatch.audit.city_rows import fault_row
from netwatch.audit.ledger_read import reading
from netwatch.audit.shift import read_handover
from netwatch.audit.store import Store
from netwatch.cli.main import main
from netwatch.cli.options import CONTROL_SOCKET
from netwatch.core.audit.ledger_sentences import told
from netwatch.core.device.record import DeviceState, DeviceVerdict
from netwatch.core.errors import StoreError
from netwatch.expose.city_view import CityView
from netwatch.expose.control import ControlServer, ControlSettings
from netwatch.expose.control_client import request
from netwatch.expose.control_desk import Desk
from netwatch.expose.control_maintenance import Surroundings
from netwatch.inventory import load
from tests.contract.known import Known
from tests.unit.cli.small_city import write_city

NOON_S = 1_796_007_600.0
WELL = DeviceState(verdict=DeviceVerdict.UP, verdict_since_wall_s=NOON_S - 9000.0)
SILENT = DeviceState(verdict=DeviceVerdict.DOWN, verdict_since_wall_s=NOON_S - 60.0)
ME = pwd.getpwuid(os.getuid()).pw_name
ACKNOWLEDGED = "netwatch_fault_acknowledged"


class Office:
    """A city in which one switch at the end of a chain is silent; `fault` is what that opened."""

    def __init__(self, folder):
        self.folder, self.path = folder, folder / CONTROL_SOCKET
        self.store = Store.open(folder)
        self.inventory = load(write_city(folder), environ={}, credentials_dir=None)
        self.known = Known(states=dict.fromkeys(self.inventory.devices, WELL))
        city = self.known.city
        city.use(self.inventory, self.known.states)
        city.book.work.restore(self.store.load().work)
        self.view = CityView(city)
        self.view.use()
        self.fails = self.is_stopped = False
        around = Surroundings(
            inventory=lambda: self.inventory,
            interfaces=lambda _: None,
            save=self.store.save_windows,
            record=lambda _: None,
            handover=partial(read_handover, folder, wall=NOON_S),
        )
        self.desk = Desk(self.known, around, save_work=self.save, mounted=[])
        self.server = ControlServer(ControlSettings(path=self.path), self.desk.routes, on_cut=lambda _: None)
        self.see("acc-3", SILENT)
        (self.fault,) = city.book.open_faults

    async def save(self, work):
        if self.fails:
            raise StoreError("the disk is full")
        await self.store.save_work(work)

    def see(self, device, state):
        before, self.known.states[device] = self.known.states[device], state
        self.known.city.see_device(device, before, state, wall_s=0.0)
        self.known.city.refold(self.known.view, now_wall_s=NOON_S)
        self.view.show_faults()

    async def stop(self):
        if not self.is_stopped:
            self.is_stopped = True
            await self.server.stop()
            self.store.close()

    async def ask(self, path, **body):
        return await asyncio.to_thread(lambda: request(self.path, "POST", path, body=body))

    async def work(self, did, text="", name=None):
        return await self.ask("/fault/work", id=name or self.fault.id, did=did, text=text)

    @property
    def page(self):
        """The family of the faults page."""
        return bytes(self.view.families()[ACKNOWLEDGED]).decode()

    async def run(self, *words):
        return await asyncio.to_thread(main, ["fault", *words, "--state-dir", str(self.folder)])


@pytest.fixture
async def office(tmp_path):
    opened = Office(tmp_path)
    await opened.server.start()
    yield opened
    await opened.stop()


async def test_an_acknowledgement_says_who_when_and_why_and_the_fault_stays_open(office):
    reply = await office.work("acknowledged", "crew called")
    taken = reply.body["fault"]["acknowledged"]
    assert (taken["user"], taken["text"], taken["did"]) == (ME, "crew called", "acknowledged")
    assert taken["at"].endswith("+09:00")
    assert office.known.city.book.open_faults == (office.fault,)


async def test_it_shows_on_the_faults_page_and_in_the_status(office):
    assert office.page == f'{ACKNOWLEDGED}{{fault="{office.fault.id}"}} 0\n'
    await office.work("acknowledged", "crew called")
    assert office.page == f'{ACKNOWLEDGED}{{fault="{office.fault.id}"}} 1\n'
    status = await asyncio.to_thread(lambda: request(office.path, "GET", "/status"))
    assert status.body["faults"][0]["acknowledged"]["user"] == ME
    await office.work("withdrew")
    assert office.page == f'{ACKNOWLEDGED}{{fault="{office.fault.id}"}} 0\n'


async def test_a_restart_forgets_nothing_of_it(office, tmp_path):
    for did, text in (("acknowledged", ""), ("assigned", "hanbit"), ("ticketed", "SR-7"), ("noted", "굴착기")):
        assert (await office.work(did, text)).ok
    await office.stop()
    again = Office(tmp_path)
    await again.server.start()
    shown = (await again.ask("/fault/show", id=office.fault.id)).body
    await again.stop()
    assert [one["did"] for one in shown["log"]] == ["acknowledged", "assigned", "ticketed", "noted"]
    fault = shown["fault"]
    assert (fault["acknowledged"]["user"], fault["assigned"]["text"], fault["ticket"]["text"]) == (ME, "hanbit", "SR-7")
    assert fault["notes"] == 1


async def test_what_could_not_be_stored_is_not_done(office):
    office.fails = True
    reply = await office.work("acknowledged")
    assert (reply.status, "nothing has changed" in reply.error) == (503, True)
    assert office.known.city.book.work.of(office.fault.id) == ()


async def test_a_fault_is_known_by_the_beginning_of_its_id_and_by_its_subject(office):
    assert (await office.work("noted", "a", name=office.fault.id[:4])).ok
    assert (await office.work("noted", "b", name=office.fault.subject)).ok
    assert len(office.known.city.book.work.of(office.fault.id)) == 2


@pytest.mark.parametrize(
    ("did", "text", "name"),
    [
        ("noted", "", None),
        ("repaired", "x", None),
        ("noted", "x", "ffffffffffff"),
        ("noted", "x" * 1001, None),
        ("withdrew", "", None),
        ("acknowledged", "", "0"),
    ],
)
async def test_what_cannot_be_meant_is_refused_in_a_sentence(office, did, text, name):
    reply = await office.work(did, text, name=name)
    assert (reply.status, reply.error[-1] in ".?") == (409, True)
    assert office.known.city.book.work.of(office.fault.id) == ()


async def test_a_fault_that_cleared_takes_notes_but_no_acknowledgement(office):
    office.see("acc-3", WELL)
    assert office.known.city.book.open_faults == ()
    assert "has cleared" in (await office.work("acknowledged")).error
    assert (await office.work("noted", "splice at the crossing")).ok
    assert office.page == ""


async def test_the_command_lists_shows_and_does(office, capsys):
    name = office.fault.id
    assert await office.run("ack", name, "crew", "called") == 0
    assert await office.run("assign", name, "hanbit") == 0
    assert await office.run("ticket", name, "SR-7") == 0
    assert await office.run("note", name, "cut", "by", "the", "digger") == 0
    capsys.readouterr()
    assert await office.run("list") == 0
    listed = capsys.readouterr().out.splitlines()
    assert listed[0].split()[:3] == ["id", "severity", "fault"]
    assert listed[1].split()[0] == name
    assert {ME, "hanbit", "SR-7", "1"} <= set(listed[1].split())
    assert await office.run("show", name) == 0
    shown = capsys.readouterr().out
    assert "cut by the digger" in shown
    assert "crew called" in shown
    assert await office.run("ack", name, "--withdraw") == 0
    assert await office.run("ack", name, "--withdraw") == 1
    assert "is not acknowledged" in capsys.readouterr().err


async def test_the_times_of_a_repair_are_shown_and_stay_after_it(office, capsys):
    name = office.fault.id
    assert (await office.work("acknowledged", "seen")).ok
    assert await office.run("dispatch", name, "hanbit,", "two", "men") == 0
    office.see("acc-3", WELL)
    times = (await office.ask("/fault/show", id=name)).body["fault"]["times"]
    assert times["detected_s"] == office.fault.since_wall_s
    assert times["detected_s"] <= times["repaired_s"] == NOON_S
    assert None not in (times["acknowledged_s"], times["dispatched_s"])
    capsys.readouterr()
    assert await office.run("show", name) == 0
    shown = capsys.readouterr().out
    assert [step in shown for step in ("repair          acknowledged", "dispatched 20", "after it began")] == [True] * 3


async def test_what_was_done_is_in_the_ledger_without_the_names_of_people(office, tmp_path):
    for did, text in (("acknowledged", "seen"), ("assigned", "kim"), ("dispatched", "hanbit"), ("noted", "digger")):
        assert (await office.work(did, text)).ok
    with reading(tmp_path) as reader:
        rows = [row for row in reader.rows() if row.kind.startswith("fault.")]
        sentences = [told(row) for row in rows]
    assert [(row.kind, row.subject, row.detail["fault"]) for row in rows] == [
        (f"fault.{did}", office.fault.subject, office.fault.id)
        for did in ("acknowledged", "assigned", "dispatched", "noted")
    ]
    assert sentences[1] == f"fault {office.fault.subject} assigned to kim, by {ME} [{office.fault.id}]"
    raw = apsw.Connection(str(tmp_path / "netwatch.db"), flags=apsw.SQLITE_OPEN_READONLY)
    stored = "".join(row for (row,) in raw.execute("SELECT row FROM ledger WHERE row LIKE '%fault.%'"))
    raw.close()
    assert [name in stored for name in ('"kim"', '"hanbit"', f'"{ME}"', '"digger"')] == [False, False, False, True]


async def test_who_took_note_is_handed_over_by_the_daemon_and_by_the_record_alike(office, capsys):
    await office.store.save_inventory(office.inventory)
    await office.store.commit([fault_row(office.fault)], [])
    assert (await office.work("acknowledged", "crew called")).ok
    shift = ["handover", "--since", "12h", "--state-dir", str(office.folder)]
    assert await asyncio.to_thread(main, shift) == 0
    told = capsys.readouterr()
    assert (f"crew called, {ME}" in told.out, told.err) == (True, "")
    assert await asyncio.to_thread(main, [*shift[:2], "soon", *shift[3:]]) == 1
    assert "is no time" in capsys.readouterr().err
    await office.stop()
    assert await asyncio.to_thread(main, shift) == 0
    told = capsys.readouterr()
    assert (f"crew called, {ME}" in told.out, "This is what the record says." in told.err) == (True, True)


async def test_without_faults_the_list_says_so(office, capsys):
    office.see("acc-3", WELL)
    assert await office.run("list") == 0
    assert capsys.readouterr().out == "no fault is open\n"
    assert await office.run("list", "--all") == 0
    assert "lately cleared" in capsys.readouterr().out


def test_without_a_daemon_nothing_can_be_done(tmp_path, capsys):
    assert main(["fault", "list", "--state-dir", str(tmp_path)]) == 3
    assert "No netwatch is running here" in capsys.readouterr().err
