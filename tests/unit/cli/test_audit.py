"""`netwatch audit log` and `verify`: what they print, of what, and how they end."""

import asyncio
import json
import os
import subprocess
import sys

import pytest

from netwatch.audit.store import Store
from netwatch.cli.main import main
from netwatch.core.events import Event, EventKind
from netwatch.core.maintenance.windows import Origin, Window
from netwatch.core.model import Maintenance
from tests.unit.audit.ledgers import forge, write
from tests.unit.engine.town import town

NOON = 1_700_017_200.0  # 2023-11-15 12:00:00 in Seoul


def told(kind, subject, after_s=0.0, **detail):
    return Event(kind=kind, subject=subject, at_wall_s=NOON + after_s, detail=detail)


EVENTS = [
    told(EventKind.DAEMON_STARTED, "daemon:", version="0.1.0", fingerprint="ab" * 32),
    told(EventKind.DEVICE_STATE, "device:acc-17", 60, **{"from": "up", "to": "down", "icmp": "silent"}),
    told(EventKind.DEVICE_STATE, "device:acc-18", 61, **{"from": "up", "to": "down", "found_after_gap": True}),
    told(EventKind.CHECK_STATE, "field_device:cam-1", 62, check="tcp/554", up=False, reason="refused"),
    told(EventKind.INTERFACES_DROPPED, "device:acc-17", 63, dropped=3, limit=10),
    told(EventKind.CLOCK_STEPPED, "daemon:", 64, step_seconds=-2.5),
]
WINDOW = Window(
    plan=Maintenance(id="m-1", subject="site:a", from_s=NOON + 1, until_s=NOON + 9, reason="접속 작업", by="kim"),
    origin=Origin.COMMAND,
    declared_wall_s=NOON,
)


@pytest.fixture
async def state(tmp_path):
    store = Store.open(tmp_path / "state", wall=lambda: NOON + 100)
    await store.commit([], EVENTS)
    await store.save_windows([WINDOW])
    await store.save_inventory(town("acc-17", timezone="Asia/Seoul"))
    await store.heartbeat(NOON + 120)
    store.close()
    return tmp_path / "state"


def run(capsys, *arguments):
    code = main(["audit", *map(str, arguments)])
    return code, *capsys.readouterr()


async def test_each_event_is_a_line_that_a_person_understands_in_the_citys_time(state, capsys):
    code, out, err = run(capsys, "log", "--state-dir", state)
    assert (code, err) == (0, "")
    assert out.splitlines()[:-1] == [
        "2023-11-15 12:00:00  netwatch 0.1.0 started, inventory abababababab",
        "2023-11-15 12:01:00  device:acc-17 is down, was up: icmp silent",
        "2023-11-15 12:01:01  device:acc-18 is down, was up [found after a gap: when exactly is not known]",
        "2023-11-15 12:01:02  field_device:cam-1 tcp/554 does not answer: refused",
        "2023-11-15 12:01:03  3 ports of device:acc-17 are beyond the limit of 10: not watched",
        "2023-11-15 12:01:04  the wall clock stepped by -2.5 s",
        (
            "2023-11-15 12:00:00  the window as it now stands: maintenance m-1 of site:a declared: 접속 작업 "
            "(asked for by kim, approved by nobody)"
        ),
    ]
    assert out.splitlines()[-1].endswith(": the first that is recorded")


@pytest.mark.parametrize(
    ("arguments", "seconds"),
    [
        (["--subject", "device:acc-17"], [60, 63]),
        (["--subject", "device:*", "--kind", "device.*"], [60, 61]),
        (["--kind", "clock.stepped", "--kind", "check.state"], [62, 64]),
        (["--since", "2023-11-15T12:01:02", "--until", "2023-11-15T12:01:04"], [62, 63]),
        (["--since", "2023-11-15T03:01:03Z", "--kind", "event"], [63, 64]),
        (["--last", "2", "--subject", "device:*"], [61, 63]),
        (["--kind", "heartbeat"], [120]),
        (["--kind", "maintenance"], [0]),
        (["--since", "2h"], []),
        (["--kind", "state"], []),
    ],
)
async def test_what_is_asked_for_is_shown_and_nothing_else(state, capsys, arguments, seconds):
    code, out, _ = run(capsys, "log", "--json", "--state-dir", state, *arguments)
    rows = [json.loads(line) for line in out.splitlines()]
    if "--since" in arguments and "2h" in arguments:
        rows = [row for row in rows if row["type"] != "inventory"]
    assert (code, [row["at_wall_s"] - NOON for row in rows]) == (0, seconds)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--since", "yesterday"], "'yesterday' is no time; write it like 2026-11-22T13:00"),
        (["--timezone", "Asia/Seul"], "there is no time zone 'Asia/Seul'"),
        (["--last", "-1"], "--last takes how many lines"),
    ],
)
async def test_what_cannot_be_asked_for_is_said(state, capsys, arguments, sentence):
    code, out, err = run(capsys, "log", "--state-dir", state, *arguments)
    assert (code, out) == (1, "")
    assert sentence in err


def test_where_no_store_is_it_says_so(tmp_path, capsys):
    for action in ("log", "verify"):
        code, _, err = run(capsys, action, "--state-dir", tmp_path)
        assert (code, "which --state-dir does netwatch run with?" in err) == (3, True)


async def test_follow_shows_what_comes_until_it_is_ended(state):
    command = [sys.executable, "-m", "netwatch.cli.main", "audit", "log", "--follow", "--kind", "link.*"]
    process = await asyncio.create_subprocess_exec(
        *command, "--state-dir", state, stdout=subprocess.PIPE, env={**os.environ, "PYTHONIOENCODING": "utf-8"}
    )
    store = Store.open(state)
    async with asyncio.timeout(20):
        for name in ("l1", "l2"):
            change = {"from": "up", "to": "down", "why": "dark\n"}
            await store.commit([], [told(EventKind.LINK_STATE, f"link:{name}", **change)])
            line = (await process.stdout.readline()).decode()
            assert line == f"2023-11-15 12:00:00  link:{name} is down, was up: why dark\\n\n"
        process.terminate()
        await process.wait()
    store.close()


async def test_verify_ends_well_says_what_is_open_and_counts_no_checkpoint_beside_the_ledger_as_from_elsewhere(
    tmp_path, capsys
):
    directory = tmp_path / "state"
    directory.mkdir()
    lines = await write(directory, 30)
    for folder in (directory, tmp_path):
        (folder / "kept").write_text("\n".join(["a line of another program", *lines]))
    code, out, err = run(capsys, "verify", "--state-dir", directory, "--checkpoint", directory / "kept")
    assert (code, err, "an administrator of this machine has the key too" in out) == (0, "", True)
    code, out, _ = run(capsys, "verify", "--state-dir", directory, "--checkpoint", tmp_path / "kept")
    assert (code, "attested from elsewhere: rows 1 to 61" in out) == (0, True)
    code, out, _ = run(capsys, "verify", "--json", "--state-dir", directory, "--checkpoint", tmp_path / "kept")
    told = json.loads(out)
    assert (code, told["sound"], told["attested_elsewhere"]["rows"]) == (0, True, 61)


async def test_verify_names_the_first_bad_row_and_exits_1(tmp_path, capsys):
    directory = tmp_path / "state"
    directory.mkdir()
    await write(directory, 30)
    forge(directory, "UPDATE ledger SET row = replace(row, 'down', 'up') WHERE seq = 9")
    code, out, _ = run(capsys, "verify", "--state-dir", directory)
    assert (code, out.splitlines()[0]) == (
        1,
        "WRONG: row 9 is not what was written: it or its place in the chain was changed",
    )
    code, out, _ = run(capsys, "verify", "--state-dir", directory, "--json")
    assert (code, json.loads(out)["findings"][0]["row"]) == (1, 9)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "kept: there is no checkpoint in it"),
        ("\n{}\n", "kept:2: it is no checkpoint of netwatch"),
        (None, "kept: No such file or directory"),
    ],
)
async def test_a_file_of_checkpoints_that_is_none_is_refused(tmp_path, capsys, content, sentence):
    if content is not None:
        (tmp_path / "kept").write_text(content)
    code, _, err = run(capsys, "verify", "--state-dir", tmp_path, "--checkpoint", tmp_path / "kept")
    assert (code, sentence in err) == (1, True)
