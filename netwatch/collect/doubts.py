"""Field devices in doubt: ids in, at any rate; the same ids out at a pace, each standing in line once.

When a cabinet goes dark, hundreds of cameras are doubtful in one second; when a city does, thousands. Their checks
cost a connection each, and dark ones hold it for seconds.
"""

import asyncio
from collections.abc import Callable

from netwatch.collect.jobs import Hints
from netwatch.core.model import Lane

# A dark camera holds two or three connections for 3 s each: at 20 cameras a second some 150 of the 256 made at once,
# so that regular checks find a place besides. A city of 4,000 cameras is looked through in 200 s.
LOOKS_PER_S = 20.0


class Doubts:
    """The line, and who is called. `run()` goes on for ever, on the event loop's clock."""

    def __init__(self, look: Callable[[str], None], *, per_s: float = LOOKS_PER_S) -> None:
        self._look = look
        self._per_s = per_s
        self._line = Hints()
        self._wake = asyncio.Event()

    def __len__(self) -> int:
        return len(self._line)

    def put(self, field_device: str) -> None:
        """Stand in line, unless it stands there already."""
        self._line.put(field_device, Lane.HEALTH)
        self._wake.set()

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._wake.wait()
            for field_device, _ in self._line.release(loop.time(), per_s=self._per_s):
                self._look(field_device)
            if self._line:
                await asyncio.sleep(1 / self._per_s)
            else:
                self._wake.clear()
