"""A process of its own: children that commit for ever and are killed at random; what they were told goes to stdout.

`python -m tests.unit.audit.killing DIRECTORY TIMES SEED`. Forks, so that what is imported is imported once.
"""

import asyncio
import json
import os
import random
import signal
import sys
import time
from functools import partial
from pathlib import Path

import apsw

from netwatch.audit.annex import write_annexed
from netwatch.audit.ledger_key import signing_key
from netwatch.audit.prune_rows import prune_rows, prune_usage
from netwatch.audit.records import Verdict
from netwatch.audit.store import Store
from netwatch.core.events import Event, EventKind

AT_ONCE = 8


async def commit_for_ever(directory: Path, writing: int) -> None:
    """Say each row that was acknowledged, and each checkpoint, once it is."""
    store, key = Store.open(directory), signing_key(directory)
    await store.save_key(key)

    def say(text: str) -> None:
        os.write(writing, f"{text}\n".encode())

    async def commit(first: int) -> None:
        for n in range(first, 1_000_000, AT_ONCE):
            name = f"device:acc-{n % 50}"
            event = Event(kind=EventKind.SETTLED, subject=name, at_wall_s=float(n), detail={"n": n})
            verdict = Verdict(subject=name, kind="device.state", state=str(n), since_wall_s=float(n))
            say(json.dumps({"row": (await store.commit([verdict], [event])).last}))

    async def sign() -> None:
        while True:
            line = (await store.checkpoint(key, least=1)).line
            if line:
                say(line)
            await asyncio.sleep(0.003)

    async def carry() -> None:
        """Figures of usage with their annexes; the oldest of them are taken out again, and the oldest rows."""
        for number, at_s in enumerate(range(1_800_000_000, 2**40, 300), 1):
            content = os.urandom(500)
            detail = {"from": at_s, "until": at_s + 300, "ports": 0}
            await store.write(partial(_annexed, detail, content))
            await store.write(partial(prune_usage, at_s - 3_000))
            if number % 4 == 1:
                await store.write(lambda connection, now_wall_s: prune_rows(now_wall_s - 0.02, connection, now_wall_s))

    await asyncio.gather(sign(), carry(), *(commit(first) for first in range(AT_ONCE)))


def _annexed(detail: dict[str, int], content: bytes, connection: apsw.Connection, now_wall_s: float) -> None:
    write_annexed(connection, "usage.traffic", detail, content, now_wall_s)


def kill_one(directory: Path, chance: random.Random) -> list[str]:
    """The whole lines that a child said before it was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        asyncio.run(commit_for_ever(directory, writing))
    os.close(writing)
    with open(reading) as told:  # noqa: PTH123 - a descriptor, not a path
        first = told.readline()
        time.sleep(chance.uniform(0, 0.06))
        os.kill(child, signal.SIGKILL)
        lines = [first, *told.readlines()]
    os.waitpid(child, 0)
    return [line.rstrip("\n") for line in lines if line.endswith("\n")]


if __name__ == "__main__":
    folder, times, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    dice = random.Random(seed)
    for _ in range(times):
        print(json.dumps(kill_one(folder, dice)), flush=True)
        sys.stdin.readline()
