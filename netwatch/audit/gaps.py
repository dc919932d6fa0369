"""Times in which netwatch ran and yet saw nothing, as rows: our own uplink dark, or answers lost within our own host.

In: the view of the canaries, and the share of echoes to ourselves that are lost. Out: a row when it begins, another
when it has ended.
"""

import time
from collections.abc import Callable
from functools import partial

from netwatch.audit.gap_rows import close_gap, open_gap
from netwatch.audit.steps import step_for_ever
from netwatch.audit.store import Store
from netwatch.core.audit.ledger_row import GapCause
from netwatch.core.faults.vantage import View

LOSSY = 0.1  # of the echoes to ourselves: from there on the pinger believes no silence (`collect.own_loss`)


class GapWatch:
    """`run()` goes on for ever. `own_loss_ratio` is told by whoever knows."""

    def __init__(self, store: Store, view: Callable[[], View]) -> None:
        self._store = store
        self._view = view
        self._known: dict[GapCause, bool] = {}  # whether it is on record as open; absent: as the last daemon left it
        self.own_loss_ratio = 0.0

    async def run(self) -> None:
        failing = "it could not be stored that nothing is seen, or is again"
        await step_for_ever(lambda: self.step(time.time(), time.time() - time.monotonic()), failing=failing)

    async def step(self, now_wall_s: float, wall_s: float) -> None:
        """Put on record what has begun or ended. `wall_s`: wall clock minus monotonic clock. StoreError: it was not."""
        since_s = self._view().dark_since_s
        await self._tell(GapCause.OWN_UPLINK_DARK, None if since_s is None else since_s + wall_s, now_wall_s)
        await self._tell(GapCause.OWN_LOSS, now_wall_s if self.own_loss_ratio >= LOSSY else None, now_wall_s)

    async def _tell(self, cause: GapCause, since_wall_s: float | None, now_wall_s: float) -> None:
        """`since_wall_s` None: there is no such gap now."""
        is_open = since_wall_s is not None
        if self._known.get(cause) is is_open:
            return
        at_wall_s = round(now_wall_s if since_wall_s is None else since_wall_s, 3)
        write = partial(open_gap if is_open else close_gap, cause, at_wall_s)
        await self._store.write(write)
        self._known[cause] = is_open
