"""A store that is killed at any moment under load: what was acknowledged is there, in one whole chain."""

import json
import subprocess
import sys
from pathlib import Path

import apsw
import pytest

from netwatch.audit.prune_rows import carried_states
from tests.unit.audit.ledgers import found


def held_and_told(directory: Path):
    """(subject -> state in the table, subject -> state by the newest row, or by what was carried over to the first)."""
    connection = apsw.Connection(str(directory / "netwatch.db"), flags=apsw.SQLITE_OPEN_READONLY)
    held = dict(connection.execute("SELECT subject, state FROM verdict").fetchall())
    query = "SELECT row ->> '$.subject', row ->> '$.detail.state' FROM ledger WHERE row ->> '$.type' = 'state'"
    carried = {subject: state for subject, (_, _, state) in carried_states(connection).items()}
    told = carried | dict(connection.execute(f"{query} ORDER BY seq").fetchall())
    connection.close()
    return held, told


def kill(directory: Path, times: int) -> int:
    """How many rows were acknowledged in all."""
    command = [sys.executable, "-m", "tests.unit.audit.killing", str(directory), str(times), "1"]
    rows = pruned = 0
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        for _ in range(times):
            lines = json.loads(process.stdout.readline())
            acknowledged = [told["row"] for told in map(json.loads, lines) if "row" in told]
            report = found(directory, *[line for line in lines if "signature" in line])
            assert report.findings == []
            assert report.rows >= max(acknowledged, default=0)
            held, told = held_and_told(directory)
            assert held == told
            rows += len(acknowledged)
            pruned = max(pruned, report.pruned)
            process.stdin.write("\n")
            process.stdin.flush()
    assert pruned  # rows were taken out while it was killed
    return rows


@pytest.mark.parametrize("ledger", ["one", "two"])  # two small ones are read through faster than a large one
def test_no_acknowledged_row_is_lost_by_fifty_kills_and_the_chain_and_the_intervals_are_whole(tmp_path, ledger):
    (tmp_path / ledger).mkdir()
    assert kill(tmp_path / ledger, 25) > 100


@pytest.mark.soak
def test_no_acknowledged_row_is_lost_by_a_thousand_kills(tmp_path):
    rows = 0
    for turn in range(20):  # each on a ledger of its own, which is read through after each kill
        directory = tmp_path / str(turn)
        directory.mkdir()
        rows += kill(directory, 50)
    assert rows > 10_000
