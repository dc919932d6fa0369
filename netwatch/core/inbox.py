"""Observations wait here, oldest first, until the engine folds them.

In: observations as polls bring them. Out: the same, in their order. Where more comes than can be folded, what waits
must not grow without end: a poll takes 15 kB. So a newer poll takes the place of one that still waits wherever nothing
is lost by that: totals grow on over the gap, and states that are the same need not be told twice. Echoes, checks,
changed states and whatever may be a reboot or hides a wrap all stay, and so does an answer that silence follows.
"""

from collections.abc import Iterable, Iterator

from netwatch.core.held import is_silence
from netwatch.core.model import Lane
from netwatch.core.observation import DEVICE, Completeness, Observation, SnmpObservation, TableReading

_CLOCKS = frozenset({"sys_uptime", "engine_time"})  # they run on by themselves
_NARROW = 32


class Inbox:
    """`superseded` counts the polls that were left out for newer ones."""

    def __init__(self) -> None:
        self._waiting: dict[int, Observation] = {}
        self._newest: dict[str, dict[Lane, int]] = {}  # device -> its newest polls, none of them followed by silence
        self._count = 0
        self.superseded = 0

    def put(self, observation: Observation) -> None:
        """Have it wait, behind all others."""
        self._count += 1
        self._waiting[self._count] = observation
        if is_silence(observation):
            self._newest.pop(_device(observation), None)
        elif isinstance(observation, SnmpObservation):
            self._supersede(observation)

    def _supersede(self, newer: SnmpObservation) -> None:
        newest = self._newest.setdefault(newer.device, {})
        before = newest.get(newer.lane)
        newest[newer.lane] = self._count
        if before is not None and supersedes(newer, self._waiting[before]):
            del self._waiting[before]
            self.superseded += 1

    def take(self, first: Iterable[Observation] = ()) -> Iterator[Observation]:
        """All that wait now, behind `first`; each is let go of as it is given."""
        taken = [*reversed(self._waiting.values()), *reversed(list(first))]
        self._waiting, self._newest = {}, {}
        return _emptied(taken)


def _emptied(taken: list[Observation]) -> Iterator[Observation]:
    while taken:
        yield taken.pop()


def _device(seen: Observation) -> str:
    return seen.device if isinstance(seen, SnmpObservation) else seen.subject.removeprefix(DEVICE)


def supersedes(newer: SnmpObservation, older: Observation) -> bool:
    """Whether nothing is lost if only the newer of two polls of one lane of one device is folded."""
    if not isinstance(older, SnmpObservation) or newer.lane not in (Lane.STATUS, Lane.TRAFFIC):
        return False
    if {newer.completeness, older.completeness} != {Completeness.COMPLETE} or newer.epoch != older.epoch:
        return False
    if newer.tables.keys() != older.tables.keys() or _said(newer) != _said(older):
        return False
    is_same = _tells_the_same if newer.lane is Lane.STATUS else _counts_on
    return all(is_same(table, older.tables[name]) for name, table in newer.tables.items())


def _said(seen: SnmpObservation) -> dict[str, object]:
    return {name: value for name, value in seen.scalars.items() if name not in _CLOCKS}


def _tells_the_same(newer: TableReading, older: TableReading) -> bool:
    return newer.indexes == older.indexes and newer.columns == older.columns and not _is_reboot(newer, older)


def _counts_on(newer: TableReading, older: TableReading) -> bool:
    """Whether every counter can be brought forward over both polls at once."""
    return (
        newer.indexes == older.indexes
        and newer.columns.keys() == older.columns.keys()
        and newer.columns.get("discontinuity") == older.columns.get("discontinuity")
        and not _is_reboot(newer, older)
        # 32 bits of octets may wrap unseen in a longer time; 32 bits of frames take minutes
        and not any(_NARROW in widths for name, widths in newer.widths.items() if name.endswith("_bytes"))
    )


def _is_reboot(newer: TableReading, older: TableReading) -> bool:
    now = [ticks for ticks in newer.uptime_ticks if ticks is not None]
    before = [ticks for ticks in older.uptime_ticks if ticks is not None]
    return bool(now and before) and min(now) < max(before)
