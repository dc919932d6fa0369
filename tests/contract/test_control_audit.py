"""`netwatch audit correct`, `access` and `forget` over a real control socket, with a real store behind it."""

import asyncio
import contextlib
import json
import os
import pwd
from dataclasses import replace
from types import SimpleNamespace

import pytest

from netwatch.audit.access import AccessLog
from netwatch.audit.ledger_read import reading
from netwatch.audit.notary import Notary
from netwatch.audit.store import Store
from netwatch.cli.main import main
from netwatch.core.audit.access import Outcome
from netwatch.core.audit.corrections import Asked, TrueState, corrections_of
from netwatch.core.audit.intervals import Class
from netwatch.core.errors import StoreError
from netwatch.core.faults.severity import Severity
from netwatch.core.faults.work import Did, Work, WorkLog
from netwatch.core.maintenance.book import MaintenanceBook
from netwatch.core.maintenance.windows import Origin, Window, ended, renamed
from netwatch.core.model import Maintenance
from netwatch.expose.control import ControlServer, ControlSettings
from netwatch.expose.control_audit import audit_routes
from tests.unit.audit.ledgers import forge, found
from tests.unit.engine.town import camera, town

ME = pwd.getpwuid(os.getuid()).pw_name
NOON_S = 1_796_007_600.0  # 2026-11-30T12:00+09:00
CITY = replace(town("acc-1", "acc-2", cameras=(camera(),)), timezone="Asia/Seoul")
GUESSED = "somebody unknown from 10.9.9.9: login page:/: refused, 3 times until 2026-11-30T03:00:00Z"
WRONG = ["--from", "2026-11-30T01:00", "--until", "2026-11-30T02:30", "--reason", "정전이 아니라 시험", "--by", "kim"]


class Office:
    """A store, a notary, an access log and a control socket."""

    def __init__(self, directory):
        self.directory, self.broken = directory, False
        self.store = Store.open(directory, wall=lambda: NOON_S)
        self.access = AccessLog(self.store, wall=lambda: NOON_S)
        self.book, self.work, self.inventory = MaintenanceBook(), WorkLog(), CITY
        self.notary = Notary(self.store, directory, on_forgotten=self.rename)
        routes = audit_routes(self, lambda: self.inventory, lambda: NOON_S)
        settings = ControlSettings(path=directory / "control.sock")
        self.server = ControlServer(settings, routes, on_cut=lambda _: None, access=self.access)

    def rename(self, name, instead):
        self.book.rename(name, instead)
        self.work.rename(name, instead)

    def __getattr__(self, name):
        """What the notary does, unless the disk is full."""

        async def fail(*_args, **_more):
            raise StoreError("no room")

        return fail if self.broken else getattr(self.notary, name)

    async def run(self, *arguments):
        return await asyncio.to_thread(main, ["audit", *arguments, "--state-dir", str(self.directory)])


@pytest.fixture
async def office(tmp_path, monkeypatch):
    monkeypatch.delenv("RUNTIME_DIRECTORY", raising=False)
    opened = Office(tmp_path)
    await opened.store.save_inventory(CITY)
    await opened.server.start()
    yield opened
    await opened.server.stop()
    with contextlib.suppress(OSError):  # a test has closed it
        opened.store.close()


async def test_a_correction_is_signed_named_withdrawn_and_never_an_edit(office, capsys):
    assert await office.run("correct", "device:acc-1", "--state", "up", *WRONG) == 0
    identity = capsys.readouterr().out.split()[2]
    assert await office.run("log", "--kind", "correction") == 0
    [line] = capsys.readouterr().out.splitlines()
    assert line == (
        f"2026-11-30 01:00:00  correction {identity}: device:acc-1 was up from 2026-11-29T16:00:00Z to "
        f"2026-11-29T17:30:00Z, says kim (entered by {ME}): 정전이 아니라 시험"
    )
    assert await office.run("correct", "--withdraw", identity, "--reason", "doch") == 0
    assert capsys.readouterr().out == f"the correction {identity} of device:acc-1 no longer counts\n"
    assert await office.run("correct", "--withdraw", identity, "--reason", "again") == 1
    assert f"No correction '{identity}' stands" in capsys.readouterr().err
    rows = await office.store.write(lambda c, _: [row for (row,) in c.execute("SELECT row FROM ledger")])
    assert not any("kim" in row for row in rows)
    assert found(office.directory).findings == []


async def test_what_is_on_record_is_read_by_the_arithmetic_as_it_was_asked_for(office):
    asked = Asked(
        subject="device:acc-2",
        from_wall_s=NOON_S - 60.0,
        until_wall_s=NOON_S - 30.5,
        state=TrueState.DOWN,
        reason="r",
        by="kim",
        user=ME,
    )
    identity = await office.notary.correct(asked)

    query = "SELECT row -> '$.detail' FROM ledger WHERE seq = 3"
    detail = json.loads(await office.store.write(lambda c, _: c.execute(query).get))
    [one] = corrections_of([SimpleNamespace(seq=3, subject="device:acc-2", detail=detail)])["device:acc-2"]
    assert (one.id, one.from_ms, one.until_ms, one.seen) == (
        identity,
        round((NOON_S - 60) * 1000),
        round((NOON_S - 30.5) * 1000),
        Class.DOWN,
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["device:acc-9", "--state", "up", *WRONG],
            "There is no 'acc-9' among the devices; did you mean 'device:acc-1'?",
        ),
        (
            ["port:acc-1 Gi1/0/1", "--state", "up", *WRONG],
            "No state is recorded of 'port:acc-1 Gi1/0/1', only of each device,",
        ),
        (["device:acc-1", "--state", "maintenance", *WRONG], "'maintenance' is no state; known are up, down, unknown,"),
        (["device:acc-1", "--state", "up", *WRONG, "--until", "2026-11-30T00:59"], "The time ends before it begins."),
        (["device:acc-1", "--state", "up", *WRONG, "--until", "2026-12-01T00:00"], "The time is not over yet"),
        (
            ["device:acc-1", "--state", "up", *WRONG, "--reason", "x" * 1001],
            "That is 1001 letters long; 1000 are kept.",
        ),
        (["device:acc-1", "--state", "up", *WRONG, "--reason", " "], "The request must tell 'reason' as a text."),
        (["device:acc-1", "--state", "up", *WRONG, "--timezone", "Korea/Yangju"], "Korea/Yangju"),
    ],
)
async def test_what_cannot_be_meant_is_refused_in_a_sentence_and_nothing_is_written(
    office, capsys, arguments, sentence
):
    assert await office.run("correct", *arguments) == 1
    assert sentence in capsys.readouterr().err
    assert found(office.directory).rows == 1


async def test_a_command_that_makes_no_sense_asks_nobody(office, capsys):
    assert await office.run("correct", "device:acc-1", "--reason", "r") == 1
    assert await office.run("correct", "device:acc-1", "--withdraw", "k-1", "--reason", "r") == 1
    assert await office.run("access", "--month", "October") == 1
    assert capsys.readouterr().err.count("netwatch: ") == 3


async def test_a_full_disk_says_that_it_is_not_on_record(office, capsys):
    office.broken = True
    assert await office.run("correct", "device:acc-1", "--state", "up", *WRONG) == 3
    assert "It could not be put on record: no room." in capsys.readouterr().err


async def test_who_forges_a_correction_is_named_by_verify_even_with_the_chain_made_to_fit(office):
    for subject in ("device:acc-1", "device:acc-2"):
        assert await office.run("correct", subject, "--state", "up", *WRONG) == 0
    office.store.close()
    forge(office.directory, "UPDATE ledger SET row = replace(row, '\"up\"', '\"down\"') WHERE seq = 4", rechain=True)
    texts = [finding.text for finding in found(office.directory).findings]
    assert texts == ["the correction in row 4 is not what a key of this ledger signed"]


async def test_a_month_of_accesses_is_shown_by_account_and_its_review_is_put_on_record(office, capsys):
    office.access.record(account="kim", origin="10.1.2.3", subject="page:/", action="login", outcome=Outcome.DONE)
    for _ in range(3):
        office.access.record(account="", origin="10.9.9.9", subject="page:/", action="login", outcome=Outcome.REFUSED)
    await office.access.save_all()
    assert await office.run("access", "--month", "2026-11") == 0
    assert capsys.readouterr().out.splitlines() == [
        "2026-11 (Asia/Seoul): 2 rows, 1 of what failed or was refused",
        "account    times  failed  last                 did",
        "(unknown)  3      3       2026-11-30 12:00:00  login",
        "kim        1      0       2026-11-30 12:00:00  login",
        "what failed or was refused:",
        f"2026-11-30 12:00:00  {GUESSED}",
        "nobody has looked through 2026-11",
    ]
    assert await office.run("access", "--month", "2026-11", "--reviewed", "--note", "one guesser") == 0
    assert f"on record: {ME} has looked through 2026-11, 2 rows, 1 of what" in capsys.readouterr().out
    assert await office.run("access", "--month", "2026-11", "--account", "kim") == 0
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "2026-11-30 12:00:00  kim from 10.1.2.3: login page:/: done",
        f"2026-11-30 12:00:00  {ME} has looked through the accesses of 2026-11, 2 rows with 1 failures: one guesser",
    ]
    assert await office.run("access", "--month", "2026-12", "--reviewed") == 1
    assert "2026-12 has not begun." in capsys.readouterr().err
    assert await office.run("access", "--month", "2026-10") == 0
    assert capsys.readouterr().out == (
        "2026-10 (Asia/Seoul): 0 rows, 0 of what failed or was refused\nnobody has looked through 2026-10\n"
    )


async def test_a_name_is_forgotten_for_good_and_the_record_stays_provable(office, capsys):
    office.access.record(account="kim", origin="", subject="page:/", action="login", outcome=Outcome.DONE)
    await office.access.save_all()
    assert await office.run("forget", "kim") == 0
    identity = capsys.readouterr().out.split()[4]
    assert await office.run("forget", "kim") == 1
    assert "Nobody called 'kim' is on record" in capsys.readouterr().err
    assert await office.run("access", "--month", "2026-11", "--json") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert rows[0]["detail"]["account"] == identity
    assert found(office.directory).findings == []
    await office.access.save_all()
    assert await office.run("access", "--month", "2026-11", "--all") == 0
    assert f"{ME} from control socket: audit.forget daemon:: refused" in capsys.readouterr().out


async def test_rows_whose_reasons_and_notes_have_a_forgotten_name_are_told(office, capsys):
    office.access.record(account="kim", origin="", subject="page:/", action="login", outcome=Outcome.DONE)
    await office.access.save_all()
    assert await office.run("access", "--month", "2026-11", "--reviewed", "--note", "kim asked twice") == 0
    capsys.readouterr()
    assert await office.run("forget", "kim") == 0
    with reading(office.directory) as reader:
        [review] = [row.seq for row in reader.rows() if row.kind == "access.review"]
    told = f"what people wrote as a reason or a note stays, and has the name; in rows {review}"
    assert capsys.readouterr().out.splitlines()[1:] == [told]


async def test_a_name_that_is_forgotten_stands_in_no_table_no_memory_and_no_free_place_of_the_file(office, capsys):
    plan = Maintenance(id="m-1", subject="device:acc-1", from_s=NOON_S, until_s=NOON_S + 60, reason="r", by="김개똥")
    window = Window(plan=plan, origin=Origin.COMMAND, declared_wall_s=NOON_S - 9, user="lee", ended_by="김개똥")
    taken = Work(fault="f", at_wall_s=NOON_S, user="lee", did=Did.ASSIGNED, text="김개똥", severity=Severity.MAJOR)
    await office.store.save_windows([window])
    office.book.put(window)
    for work in (taken, replace(taken, did=Did.NOTED, user="김개똥", text="lee")):
        await office.store.save_work(work)
        office.work.put(work)
    assert await office.run("forget", "김개똥") == 0
    identity = capsys.readouterr().out.split()[4]
    stored = office.store.load()
    assert stored.windows == office.book.windows == (renamed(window, "김개똥", identity),)
    assert [(one.user, one.text) for one in stored.work] == [("lee", identity), (identity, "lee")]
    assert stored.work == office.work.of("f")
    await office.store.save_windows([ended(office.book.windows[0], NOON_S + 5, by="lee")])
    query = "SELECT count(DISTINCT row ->> '$.detail.by') FROM ledger WHERE row ->> '$.type' = 'maintenance'"
    assert await office.store.write(lambda connection, _: connection.execute(query).get) == 1
    assert found(office.directory).findings == []
    office.store.close()
    assert "김개똥".encode() not in (office.directory / "netwatch.db").read_bytes()


async def test_a_name_that_the_inventory_would_bring_back_is_not_forgotten(office, capsys):
    plan = Maintenance(id="w-1", subject="device:acc-1", from_s=NOON_S, until_s=NOON_S + 60, reason="r", by="kim")
    office.inventory = replace(CITY, maintenance={"w-1": plan})
    assert await office.run("forget", "kim") == 1
    assert "The inventory still names 'kim', in maintenance w-1: take it out first." in capsys.readouterr().err
