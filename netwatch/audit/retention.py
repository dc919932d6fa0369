"""Each hour, what is older than the settings keep is taken out of the ledger, a little at a time; and forgotten names.

The name behind an id goes with the last row that means it.
"""

import asyncio
import logging
import re
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import apsw

from netwatch.audit.ledger_read import reading
from netwatch.audit.persons import PREFIX, forget_ids
from netwatch.audit.prune_rows import prune_rows, prune_usage
from netwatch.audit.store import Store
from netwatch.audit.usage_rows import TOLD_AGAIN_S
from netwatch.core.errors import StoreError
from netwatch.core.model import Settings

log = logging.getLogger(__name__)

FIRST_S = 600.0  # after the start
EVERY_S = 3_600.0
BREATH_S = 0.2  # between two pieces, for commits that wait
_IDS = re.compile(PREFIX + "[0-9a-f]{16}")


class Retention:
    """`run()` goes on for ever."""

    def __init__(self, store: Store, directory: Path, *, wall: Callable[[], float] = time.time) -> None:
        self._store = store
        self._directory = directory
        self._wall = wall
        self.settings = Settings()

    async def run(self) -> None:
        await asyncio.sleep(FIRST_S)
        while True:
            try:
                rows, figures = await self.step()
                if rows or figures:
                    log.info(
                        "older than is kept: %d rows of the ledger and %d figures of usage are gone", rows, figures
                    )
            except (StoreError, ValueError) as error:
                log.error("what is older than is kept could not be taken out of the ledger: %s", error)
            await asyncio.sleep(EVERY_S)

    async def step(self) -> tuple[int, int]:
        """Take out what is due; how many rows and figures. StoreError, ValueError: the rest is still there."""
        now_wall_s, kept = self._wall(), self.settings
        usage_s = min(kept.ledger_keep_usage_s, kept.ledger_keep_events_s - 2 * TOLD_AGAIN_S)
        figures = await self._all(partial(prune_usage, now_wall_s - usage_s))
        rows = await self._all(partial(prune_rows, now_wall_s - kept.ledger_keep_events_s))
        if rows:
            await self._forget_names()
        return rows, figures

    async def _all(self, work: Callable[[apsw.Connection, float], int]) -> int:
        gone = 0
        while number := await self._store.write(work):
            gone += number
            await asyncio.sleep(BREATH_S)
        return gone

    async def _forget_names(self) -> None:
        """Of those that no row means any more. Read beside the writer, for it takes seconds of a large ledger."""
        newest, unused = await asyncio.to_thread(_unused, self._directory)
        if unused:
            await self._store.write(partial(_forget, newest, unused))


def _unused(directory: Path) -> tuple[int, frozenset[str]]:
    with reading(directory) as reader:
        newest = reader.newest()
        known = frozenset(reader.names)
        meant: set[str] = set()
        for (raw,) in reader.query("SELECT row FROM ledger WHERE seq <= ? AND instr(row, ?)", newest, PREFIX):
            meant.update(_IDS.findall(raw))
    return newest, known - meant


def _forget(newest: int, unused: frozenset[str], connection: apsw.Connection, _now_wall_s: float) -> None:
    """But those that a row means which came after the look."""
    query = "SELECT row FROM ledger WHERE seq > ? AND instr(row, ?)"
    since = {one for (raw,) in connection.execute(query, (newest, PREFIX)) for one in _IDS.findall(str(raw))}
    forget_ids(connection, sorted(unused - since))
