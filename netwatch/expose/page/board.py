"""What the page shows of the city: key -> record, as JSON. Each change has a number; who has seen one gets the rest.

In: records, put whenever they may have changed. Out: for a number, every record that is another since. A reader holds
nothing but that number, so a slow one costs no memory, and many changes of one record are one to it.
"""

import asyncio
import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from itertools import chain, takewhile
from operator import itemgetter
from typing import Any, TypeVar

MOST_TOMBS = 10_000  # removals that are remembered
Entry = TypeVar("Entry")
Told = Callable[[Any], Any]  # a record -> what of it may be told
PRIVATE = "work/"  # what stands under this names people: for those who are known by name only


def as_it_is(record: Any) -> Any:  # noqa: ANN401 - any JSON
    """Nothing of it is to be left out."""
    return record


class Board:
    """`number` grows with each change. `run` tells one board from that of another daemon.

    `told`: each record on its way in.
    """

    def __init__(self, told: Told = as_it_is) -> None:
        self.told = told
        self.run = secrets.token_hex(4)
        self.number = 0
        self._forgotten = 0  # removals up to this number are remembered no more
        # in the order of their last change: its number, the pair of key and record, the record
        self._records: dict[str, tuple[int, bytes, bytes]] = {}
        self._tombs: dict[str, int] = {}
        self._news = asyncio.Event()

    def __contains__(self, key: str) -> bool:
        return key in self._records

    def put(self, key: str, record: Mapping[str, Any]) -> None:
        """It is so now. Costs a change only where it was otherwise."""
        value = encode(self.told(record))
        known = self._records.get(key)
        if known is not None and known[2] == value:
            return
        self._records.pop(key, None)
        self._tombs.pop(key, None)
        self.number += 1
        self._records[key] = self.number, b"[%b,%b]" % (encode(key), value), value

    def remove(self, key: str) -> None:
        """It is no more."""
        if self._records.pop(key, None) is None:
            return
        self.number += 1
        self._tombs[key] = self.number
        if len(self._tombs) > MOST_TOMBS:
            oldest = next(iter(self._tombs))
            self._forgotten = self._tombs.pop(oldest)

    def keep_only(self, prefix: str, keys: Mapping[str, Any] | set[str]) -> None:
        """Of the keys that begin so, none but `keys`, which are told without their beginning."""
        gone = [key for key in self._records if key.startswith(prefix) and key.removeprefix(prefix) not in keys]
        for key in gone:
            self.remove(key)

    def tell(self) -> None:
        """Wake whoever waits for news, if there are any."""
        self._news.set()
        self._news = asyncio.Event()

    async def wait(self, number: int, *, within_s: float) -> None:
        """Until there is something newer than `number`, or the time is over."""
        if self.number > number:
            return
        waiting = asyncio.ensure_future(self._news.wait())
        try:
            await asyncio.wait({waiting}, timeout=within_s)
        finally:
            waiting.cancel()

    def has_all_since(self, number: int) -> bool:
        """Whether what changed since can be told; else everything has to be."""
        return self._forgotten <= number <= self.number

    def since(self, number: int, *, private: bool) -> list[bytes]:
        """Each change since, the oldest first, as a JSON pair of key and record; of what is no more it is null."""
        gone = [(key, b"[%b,null]" % encode(key)) for key, at in _after(self._tombs, number, lambda at: at)]
        there = [(key, pair) for key, (_, pair, _) in _after(self._records, number, itemgetter(0))]
        return [pair for key, pair in chain(gone, there) if private or not key.startswith(PRIVATE)]


def _after(entries: dict[str, Entry], number: int, at: Callable[[Entry], int]) -> Iterable[tuple[str, Entry]]:
    """Of entries, which stand in the order of their numbers, those that came after `number`."""
    if number == 0:
        return entries.items()
    newest_first = takewhile(lambda one: at(one[1]) > number, reversed(entries.items()))
    return list(newest_first)[::-1]


def encode(told: object) -> bytes:
    """As JSON in ASCII: a lone surrogate, or a line separator, is an escape in it."""
    return json.dumps(told, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode("ascii")
