"""The ledger is signed for each minute or thousand rows, and what was signed leaves the box by every way there is."""

import asyncio
import json
import logging
import socket

import apsw
import pytest
from aiohttp import web

from netwatch.audit import checkpointer
from netwatch.audit.checkpoint_outlets import LINES_NAME, NEWEST_NAME, Outlet, Outlets
from netwatch.audit.checkpoint_rows import ROWS_AT_ONCE
from netwatch.audit.checkpointer import Checkpointer
from netwatch.audit.ledger_key import KEY_NAME
from netwatch.audit.store import Store
from netwatch.audit.upkeep import Upkeep
from netwatch.core.errors import StoreError
from netwatch.core.faults.vantage import View
from netwatch.core.maintenance.book import MaintenanceBook
from netwatch.core.model import Secret, Settings
from tests.unit.audit.ledgers import checkpoint, event, found
from tests.unit.engine.town import town

LINE = '{"rows":7}'


@pytest.fixture
def store(tmp_path):
    opened = Store.open(tmp_path)
    yield opened
    opened.close()


def newest(directory):
    return checkpoint((directory / NEWEST_NAME).read_text())


async def test_the_first_rows_are_signed_for_at_once_then_a_minute_or_a_thousand_later(store, tmp_path, monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr(checkpointer.time, "monotonic", lambda: clock[0])
    signer = Checkpointer(store, tmp_path)
    await signer.step()
    assert newest(tmp_path).size == signer.rows == 1  # which key signs
    await store.commit([], [event(n) for n in range(998)])
    clock[0] += 59.0
    await signer.step()
    assert (newest(tmp_path).size, signer.rows) == (1, 999)
    clock[0] += 1.0
    await signer.step()
    assert newest(tmp_path).size == 999
    await store.commit([], [event(n) for n in range(1000)])
    await signer.step()
    assert newest(tmp_path).size == 1999
    clock[0] += 60.0
    await signer.step()
    assert newest(tmp_path).size == 1999  # nothing came
    assert found(tmp_path, (tmp_path / NEWEST_NAME).read_text()).findings == []


async def test_a_burst_is_signed_for_in_pieces_and_the_last_of_them_is_sent(store, tmp_path):
    signer = Checkpointer(store, tmp_path)
    await store.commit([], [event(n) for n in range(2 * ROWS_AT_ONCE + 10)])
    await signer.step()
    assert newest(tmp_path).size == 2 * ROWS_AT_ONCE + 11
    assert found(tmp_path).checked == 3


@pytest.mark.parametrize("change", ["DELETE FROM checkpoint WHERE size = 4", "UPDATE checkpoint SET peaks = x'00'"])
async def test_nothing_is_signed_upon_checkpoints_that_were_tampered_with(store, tmp_path, change):
    signer = Checkpointer(store, tmp_path)
    for n in range(3):
        await store.commit([], [event(n)])
        await signer.step(least=1)
    connection = apsw.Connection(str(tmp_path / "netwatch.db"))
    sizes = [length for (length,) in connection.execute("SELECT length(peaks) FROM checkpoint ORDER BY size")]
    assert sizes == [0, 0, 32]  # of the newest alone: four rows, the key's among them
    connection.execute(change)
    connection.close()
    await store.commit([], [event(9)])
    with pytest.raises(StoreError, match="was changed: look with netwatch audit verify"):
        await signer.step(least=1)


async def test_a_key_that_cannot_be_read_is_told_once_and_the_daemon_goes_on(store, tmp_path, caplog, monkeypatch):
    monkeypatch.setattr(checkpointer, "STEP_S", 0.001)
    (tmp_path / KEY_NAME).write_text("nonsense")
    task = asyncio.create_task(Checkpointer(store, tmp_path).run())
    async with asyncio.timeout(60):
        while not caplog.records:  # noqa: ASYNC110 - of a loop that has no event for it
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.05)
        (tmp_path / KEY_NAME).unlink()
        while not (tmp_path / NEWEST_NAME).exists():  # noqa: ASYNC110 - a file
            await asyncio.sleep(0.001)
    task.cancel()
    assert [record.levelname for record in caplog.records if "no checkpoint could be signed" in record.message] == [
        "ERROR"
    ]


class Known:
    """An engine that has seen nothing."""

    def __init__(self):
        self.maintenance, self.states, self.view = MaintenanceBook(), {}, View()


async def test_upkeep_tells_the_daemon_how_far_it_is(store, tmp_path):
    upkeep = Upkeep(store, tmp_path, Known(), on_answer=lambda _at: None)
    upkeep.use(town("acc-1"), {})
    assert upkeep.numbers == {"netwatch_ledger_rows": 0}
    await upkeep.save_all()
    await upkeep.sign_all()
    assert upkeep.numbers["netwatch_ledger_rows"] == 3  # inventory, profiles, and which key signs
    assert upkeep.numbers["netwatch_ledger_checkpoint_timestamp_seconds"] > 1_700_000_000
    assert upkeep.failures == dict.fromkeys(Outlet, 0)
    assert upkeep.ok


async def test_a_checkpoint_goes_to_the_folder_the_syslog_server_and_the_web_address(tmp_path):
    asked = []

    async def keep(request):
        asked.append((request.headers["Authorization"], request.content_type, await request.json()))
        return web.Response(status=204)

    app = web.Application()
    app.router.add_post("/keep", keep)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as syslog:
        syslog.bind(("127.0.0.1", 0))
        syslog.settimeout(5)
        settings = Settings(
            checkpoint_directory=str(tmp_path),
            checkpoint_syslog=f"127.0.0.1:{syslog.getsockname()[1]}",
            checkpoint_webhook=f"http://127.0.0.1:{port}/keep",
            checkpoint_webhook_authorization=Secret(b"Bearer canary"),
        )
        outlets = Outlets(tmp_path)
        await outlets.send(LINE, settings)
        await outlets.send(LINE, settings)
        heard = syslog.recv(4096).decode()
    await runner.cleanup()
    assert heard.startswith("<109>1 2")
    assert heard.endswith(f"checkpoint - {LINE}")
    assert asked == [("Bearer canary", "application/json", json.loads(LINE))] * 2
    assert (tmp_path / LINES_NAME).read_text() == f"{LINE}\n{LINE}\n"
    assert (tmp_path / NEWEST_NAME).read_text() == f"{LINE}\n"
    assert outlets.failures == dict.fromkeys(Outlet, 0)


async def test_an_outlet_that_fails_is_counted_said_once_and_keeps_no_other(tmp_path, caplog):
    async def refuse(_request):
        return web.Response(status=403)

    app = web.Application()
    app.router.add_post("/keep", refuse)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    settings = Settings(
        checkpoint_directory=str(tmp_path / "not-mounted"),
        checkpoint_syslog="nobody.invalid:514",
        checkpoint_webhook=f"http://127.0.0.1:{runner.addresses[0][1]}/keep",
        checkpoint_webhook_authorization=Secret(b"Bearer canary"),
    )
    outlets = Outlets(tmp_path)
    caplog.set_level(logging.INFO, "netwatch.audit")
    await outlets.send(LINE, settings)
    await outlets.send(LINE, settings)
    await runner.cleanup()
    assert outlets.failures == {Outlet.FILE: 0, Outlet.DIRECTORY: 2, Outlet.SYSLOG: 2, Outlet.WEBHOOK: 2}
    (tmp_path / "not-mounted").mkdir()
    await outlets.send(LINE, Settings(checkpoint_directory=str(tmp_path / "not-mounted")))
    told = [record.message for record in caplog.records if record.name.startswith("netwatch")]
    assert len(told) == 4
    assert any("the webhook: it answered 403" in line for line in told)
    assert told[-1] == "checkpoints reach the directory again"
    assert "canary" not in caplog.text
    assert (tmp_path / NEWEST_NAME).read_text() == f"{LINE}\n"


async def test_what_a_daemon_that_stops_could_not_sign_is_an_error(tmp_path):
    store = Store.open(tmp_path)
    upkeep = Upkeep(store, tmp_path, Known(), on_answer=lambda _at: None)
    store.close()
    with pytest.raises(StoreError, match="the store is closed"):
        await upkeep.sign_all()
