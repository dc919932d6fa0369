"""The cyclic garbage collector, kept from holding up the event loop. In: the time, ten times a second.

A city is a million objects that stay, and CPython looks through all young ones each time some thousands more were made:
0.4 s at 4,000 devices, in which no reply is read. Nearly nothing of ours is a cycle, so what has outlived a tenth of a
second is taken out of its sight, and all is searched for the few cycles that were (aiohttp leaves some). That stops the
loop for a second at 10,000 devices: it is done after an hour, and ever more rarely, down to once a day, while there is
little to be found. To look through even that tenth takes 5 ms, so one in 23 is a sample; while there are cycles in
it, all are.
"""

import asyncio
import gc
import time

YOUNG = 10_000  # containers made and not yet freed, at which CPython itself looks: 8 ms
GENERATIONS = (50, 1_000)  # how often it looks at older ones: `tidy` does, before
TIDY_EVERY_S = 0.1  # a second's worth in a city of 10,000 devices is 60 ms in one piece
SAMPLED = 23  # of so many tenths one is looked at; none of a round number, so that each part of a second has its turn
MANY = 10  # objects in the cycles of one: then something makes them
WHOLE_EVERY_S = 3600.0  # while a search of the whole finds much
WHOLE_RARELY_S = 24 * 3600.0
MUCH = 50_000  # objects in cycles, found in the whole: 10 MB


class Heap:
    """Of this process; there is one."""

    def __init__(self) -> None:
        self._searched_s = 0.0
        self._whole_every_s = WHOLE_EVERY_S
        self._until_look = 1  # tenths

    def settle(self, now_s: float) -> None:
        """What was just built stays: nobody needs to look through it again."""
        self._search()
        gc.set_threshold(YOUNG, *GENERATIONS)
        self._searched_s = now_s

    async def run(self) -> None:
        """Tidy for ever."""
        while True:
            await asyncio.sleep(TIDY_EVERY_S)
            self.tidy(time.monotonic())

    def tidy(self, now_s: float) -> None:
        """Look no more at what there is; before that, where it is time to look, free what of it are cycles."""
        if now_s - self._searched_s >= self._whole_every_s:
            rarer_s = min(2 * self._whole_every_s, WHOLE_RARELY_S)
            self._whole_every_s = WHOLE_EVERY_S if self._search() >= MUCH else rarer_s
            self._searched_s = now_s
            return
        self._until_look -= 1
        if self._until_look == 0:
            self._until_look = 1 if gc.collect(1) >= MANY else SAMPLED
        gc.freeze()

    def _search(self) -> int:
        """How many objects were in cycles."""
        gc.unfreeze()
        found = gc.collect()
        gc.freeze()
        return found
