"""A small ledger with checkpoints, closed: what tests of verification tamper with."""

import shutil
from functools import partial
from pathlib import Path

import apsw

from netwatch.audit.checkpoint import Checkpoint
from netwatch.audit.checkpoint import read as read_line
from netwatch.audit.ledger_key import signing_key
from netwatch.audit.prune_rows import prune_rows, prune_usage
from netwatch.audit.records import Verdict
from netwatch.audit.store import Store
from netwatch.audit.usage_rows import TRAFFIC, Block, write_block
from netwatch.audit.verify import Kept, verify
from netwatch.audit.verify_report import Report
from netwatch.core.audit.ledger_row import BEFORE_THE_FIRST, link
from netwatch.core.events import Event, EventKind

T0 = 1_700_000_000.0
DAY_S = 86_400.0


def event(n: int) -> Event:
    return Event(kind=EventKind.DEVICE_STATE, subject=f"device:acc-{n}", at_wall_s=T0 + n, detail={"to": "down"})


async def write(directory: Path, count: int, *, every: int = 10) -> list[str]:
    """`count` events and intervals, a checkpoint behind each `every` of them; the checkpoints' lines."""
    store = Store.open(directory, wall=lambda: T0 + 1000)
    key, lines = signing_key(directory), []
    await store.save_key(key)
    for n in range(count):
        verdict = Verdict(subject=f"device:acc-{n}", kind="device.state", state="down", since_wall_s=T0 + n)
        await store.commit([verdict], [event(n)])
        if n % every == every - 1:
            lines.append((await store.checkpoint(key, least=1)).line)
    store.close()
    _in_one_file(directory)
    return lines


async def write_pruned(directory: Path) -> None:
    """A ledger whose first rows were pruned, and some figures of usage; what is left has annexes of three kinds."""
    now_s = T0
    store = Store.open(directory, wall=lambda: now_s)
    key = signing_key(directory)
    await store.save_key(key)
    for day in range(4):
        verdict = Verdict(
            subject="device:acc-1", kind="device.state", state=("up", "down")[day % 2], since_wall_s=now_s
        )
        await store.commit([verdict], [event(1)])
        block = Block(
            kind=TRAFFIC, from_s=int(now_s), until_s=int(now_s) + 300, names=("acc-1 1/1",), content=b"x" * 99
        )
        await store.write(partial(write_usage, block))
        await store.checkpoint(key, least=1)
        now_s += 40 * DAY_S
    await store.write(partial(prune_usage, T0 + 50 * DAY_S))
    await store.write(partial(prune_rows, T0 + DAY_S))
    await store.checkpoint(key, least=1)
    store.close()
    _in_one_file(directory)


def write_usage(block: Block, connection: apsw.Connection, now_wall_s: float) -> None:
    write_block(connection, block, now_wall_s)


def _in_one_file(directory: Path) -> None:
    connection = apsw.Connection(str(directory / "netwatch.db"))
    connection.pragma("journal_mode", "delete")
    connection.execute("VACUUM")  # nothing that was deleted is left in it
    connection.close()


def kept(*lines: str) -> list[Kept]:
    return [Kept(checkpoint=read_line(line), origin=f"kept:{number}") for number, line in enumerate(lines, 1)]


def checkpoint(line: str) -> Checkpoint:
    return read_line(line)


def copy(directory: Path, name: str) -> Path:
    target = directory.parent / name
    shutil.copytree(directory, target)
    return target


def forge(directory: Path, *statements: str, rechain: bool = False) -> None:
    """What somebody with the file and SQLite can do; `rechain`: and who knows how rows are chained."""
    connection = apsw.Connection(str(directory / "netwatch.db"))
    for trigger in ("ledger_is_never_edited", "ledger_is_never_cut"):
        connection.execute(f"DROP TRIGGER {trigger}")
    for statement in statements:
        connection.execute(statement)
    if rechain:
        chain = BEFORE_THE_FIRST
        for seq, raw in connection.execute("SELECT seq, CAST(row AS BLOB) FROM ledger ORDER BY seq").fetchall():
            chain = link(chain, raw)
            connection.execute("UPDATE ledger SET chain = ? WHERE seq = ?", (chain, seq))
    connection.close()


def found(directory: Path, *lines: str, key: str = "") -> Report:
    return verify(directory, kept(*lines), key=key, on_progress=lambda _done, _there: None)
