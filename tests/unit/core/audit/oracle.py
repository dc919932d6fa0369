"""Availability once more, with a cell for every second and no thought of speed. It shares no code with the core.

A history is painted into an array, one letter a second: what comes first in N M K D U is painted last. All else is
read off the array, one cell after the other. Times are cells since 1970; a cell may stand for any length.
"""

import re
from array import array
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cache
from itertools import compress
from zoneinfo import ZoneInfo

NOBODY = ""


@dataclass(frozen=True)
class Seen:
    begin: int
    end: int | None
    letter: str  # N, K, D or U
    fault: str = ""


@dataclass(frozen=True)
class Declared:
    id: str
    recorded: int
    begin: int
    end: int
    requesters: tuple[str, ...]
    approver: str


class Painted:
    """A history from `start` to `end` (the period's end), painted."""

    def __init__(self, history: list[Seen], windows: list[Declared], start: int, end: int, notice: int) -> None:
        self.start, self.end = start, end
        self.seen = bytearray(b"K" * (end - start))
        for letter in "UDKN":
            for one in history:
                if one.letter == letter:
                    self._fill(self.seen, one.begin, one.end, letter.encode())
        self.faults = sorted({one.fault for one in history} | {""})
        self.charged = array("H", bytes(2 * (end - start)))
        downs = [one for one in history if one.letter == "D"]
        for one in sorted(downs, key=lambda one: (one.begin, one.fault), reverse=True):
            self._fill(self.charged, one.begin, one.end, array("H", [self.faults.index(one.fault)]))
        self.cells = bytearray(self.seen)
        self.accepted: list[Declared] = []
        self.refused: dict[str, set[str]] = {}
        self.declared_after = bytearray(end - start)
        for window in sorted(windows, key=lambda window: window.begin):
            self._judge(window, notice)
        for window in windows:
            if self.refused.get(window.id) == set():
                self._excuse(self.cells, window)
            elif window.id in self.refused:
                self._fill(self.declared_after, window.begin, window.end, b"\1")

    def _fill(self, cells, begin: int, end: int | None, what) -> None:
        begin = max(begin, self.start)
        end = self.end if end is None else min(end, self.end)
        if begin < end:
            cells[begin - self.start : end - self.start] = what * (end - begin)

    def _excuse(self, cells: bytearray, window: Declared) -> None:
        """Maintenance over all but what is not in service; `cells` may end earlier than the window."""
        within = slice(max(window.begin - self.start, 0), max(window.end - self.start, 0))
        cells[within] = cells[within].translate(bytes(code if code == ord("N") else ord("M") for code in range(256)))

    def _judge(self, window: Declared, notice: int) -> None:
        if window.begin >= window.end or window.begin >= self.end:
            return
        broken = set()
        if window.begin - window.recorded < notice:
            broken.add("late")
        who = [name.strip().lower() for name in window.requesters]
        if not who or not window.approver.strip() or window.approver.strip().lower() in who:
            broken.add("not_approved")
        known = self.seen[: max(0, window.begin - self.start)]
        for earlier in self.accepted:
            self._excuse(known, earlier)
        goes_on = self.seen[window.begin - self.start] in b"DK"
        if goes_on and known.rstrip(b"K").endswith(b"D"):
            broken.add("outage_open")
        self.refused[window.id] = broken
        if not broken:
            self.accepted.append(window)

    def letters(self, begin: int, end: int) -> bytes:
        return bytes(self.cells[begin - self.start : end - self.start])

    def tally(self, begin: int, end: int) -> dict[str, int]:
        letters = self.letters(begin, end)
        return {letter: letters.count(letter.encode()) for letter in "NMKDU"}

    def under_maintenance(self, begin: int, end: int) -> dict[str, int]:
        excused = self._mask(self.cells, b"M")
        return self._counted(self.seen, excused, begin, end)

    def told_after(self, begin: int, end: int) -> dict[str, int]:
        counted = self._counted(self.cells, self.declared_after, begin, end)
        return {letter: cells for letter, cells in counted.items() if letter in "KDU"}

    def lost(self, begin: int, end: int) -> dict[str, int]:
        down = self._mask(self.cells, b"D")[begin - self.start : end - self.start]
        if 1 not in down:
            return {}
        charged = bytes(compress(self.charged[begin - self.start : end - self.start], down))
        return {fault: charged.count(number) for number, fault in enumerate(self.faults) if charged.count(number)}

    @staticmethod
    def _mask(cells: bytearray, letter: bytes) -> bytes:
        """1 where a cell has the letter, 0 elsewhere."""
        return cells.translate(bytes(code == letter[0] for code in range(256)))

    def _counted(self, cells: bytearray, mask: bytes | bytearray, begin: int, end: int) -> dict[str, int]:
        within = slice(begin - self.start, end - self.start)
        letters = bytes(compress(cells[within], mask[within])) if 1 in mask[within] else b""
        return {letter: letters.count(letter.encode()) for letter in "NMKDU"}

    def outages(self, begin: int) -> list[tuple[int, int, str, str]]:
        """(cells down in the period, cells unknown in it, how it began, how it ended) of each."""
        found = []
        parts: list[tuple[str, int, int]] = []  # letter, from, until
        for run in re.finditer(rb"N+|M+|K+|D+|U+", self.cells):
            parts += [(chr(run[0][0]), self.start + run.start(), self.start + run.end())]
        words = {"N": "not_in_service", "M": "maintenance", "U": "seen", "K": "unseen"}
        number = 0
        while number < len(parts):
            if parts[number][0] != "D":
                number += 1
                continue
            first = number
            while number < len(parts) and parts[number][0] in "DK":
                number += 1
            those = parts[first:number]
            down = sum(max(0, until - max(since, begin)) for letter, since, until in those if letter == "D")
            unknown = sum(max(0, until - max(since, begin)) for letter, since, until in those if letter == "K")
            began = "unseen" if first == 0 else words[parts[first - 1][0]]
            if parts[first][1] < begin:
                began = "period"
            after = "period" if number == len(parts) else words[parts[number][0]]
            ended = "unseen" if those[-1][0] == "K" else after
            if down:
                found.append((down, unknown, began, ended))
        return found

    def n_intervals(self, begin: int, end: int, *, length: int, in_a_row: int, threshold: Fraction) -> tuple[int, int]:
        """Cells (up, down), by the letter of the rule: interval k looks at itself and the n - 1 that follow."""
        letters = self.letters(begin, end)
        measured = []
        for at in range(0, len(letters), length):
            down, up = letters[at : at + length].count(b"D"), letters[at : at + length].count(b"U")
            if up + down:
                is_bad = down > 0 if not (up and down) else Fraction(down, up + down) > threshold
                measured.append((is_bad, up + down))
        available, up, down = True, 0, 0
        for k, (_, observed) in enumerate(measured):
            ahead = measured[k : k + in_a_row]
            if len(ahead) == in_a_row and all(is_bad is available for is_bad, _ in ahead):
                available = not available
            up, down = (up + observed, down) if available else (up, down + observed)
        return up, down


@cache
def begin_of(day: date, zone: str) -> int:
    """The first second at which a clock in the zone shows the day, or a later one. Zones change at full minutes."""
    there = ZoneInfo(zone)
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=36)
    while at.astimezone(there).date() < day:
        at += timedelta(minutes=1)
    return int(at.timestamp())
