"""Raw counters as polled -> totals that only grow: 32/64-bit wrap, reboot, discontinuity, renumbering, lost polls.

In: the state so far and one reading, columns aligned with the device's index map. Out: the next state, the totals
(None: a gap, nothing is told of that cell this time) and what was odd. A total begins at the first raw reading and
adds accepted deltas; after a reset it goes on from where it was. So it never falls and is never above the truth, and
nothing is lost where the counter ran on. Totals are ints without bound; they never wrap.

A reading in which all is as it mostly is costs one comparison of all its cells at once (`counter_limits`). Else each
column costs one subtraction, one minimum and one comparison in C, and only odd cells are looked at one by one.
"""

import math
from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain
from operator import add, gt, sub
from typing import cast

from netwatch.core.device.counter_block import CounterBlock
from netwatch.core.device.counter_limits import TOLERANCE, ceilings, forbidden, frame, have_grown, rounded_down
from netwatch.core.device.counter_state import Baseline, CounterState, follow, packed
from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.model import NOTHING
from netwatch.core.records import replace

_WRAP = 1 << 32


class Oddity(StrEnum):
    """What happened to a row or a cell. All but the first leave a gap."""

    WRAPPED = "wrapped"  # Counter32 passed 2**32
    REBOOTED = "rebooted"  # the whole device
    DISCONTINUITY = "discontinuity"  # ifCounterDiscontinuityTime changed (RFC 2863 §3.1.5)
    FELL = "fell"  # and that was no wrap
    ABOVE_LINE_RATE = "above_line_rate"
    WIDTH = "width"  # now 64 bits instead of 32, or the other way round: another counter


@dataclass(frozen=True, slots=True)
class Finding:
    """One oddity. `row` None: every row; `column` empty: every column of the row."""

    oddity: Oddity
    row: int | None = None
    column: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterReading:
    """One traffic poll. `columns[c][i]` is the raw counter, 0 to 2**64 - 1, or None; `widths[c][i]` is 32 or 64.

    `at_s` is monotonic, per row; NaN where the row was not read, and then every column is None. `line_rates` are
    bytes/s, None where unknown or not physical. `slack_s` is the longest time from a request's sending to its reply.
    Columns named `..._packets`, `..._errors` and `..._discards` count frames, all others bytes.
    """

    at_s: Sequence[float]
    columns: Mapping[str, Sequence[int | None]]
    widths: Mapping[str, bytes]
    line_rates: Sequence[float | None]
    slack_s: float = 0.0
    rebooted: bool = False  # since the last reading: reboot, swap, whatever sets every counter back
    discontinuity: Sequence[int | None] = ()  # ifCounterDiscontinuityTime; empty or None: not told


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What one reading came to. `totals[c][i]` None: a gap."""

    state: CounterState
    totals: Mapping[str, Sequence[int | None]]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Poll:
    """What all columns of one reading have in common."""

    state: CounterState
    reading: CounterReading
    ceilings: Sequence[float]  # bytes/s
    allowed: Sequence[float]  # bytes since the row's last reading; NaN where there was none
    least: float  # of those; NaN if one is
    ignored: frozenset[int]  # rows whose time is not after their last one
    stale: frozenset[int]  # rows whose baselines a discontinuity or reboot has put out of force


@dataclass(slots=True)
class _Columns:
    """The columns folded so far."""

    raw: dict[str, "array[int]"] = field(default_factory=dict)
    offsets: dict[str, Sequence[int]] = field(default_factory=dict)
    widths: dict[str, bytes] = field(default_factory=dict)
    odd: dict[str, Mapping[int, float | Baseline]] = field(default_factory=dict)
    totals: dict[str, Sequence[int | None]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def fold(state: CounterState, reading: CounterReading, interfaces: InterfaceMap) -> Counted:
    """Fold one traffic poll, asked under `interfaces`, into the state.

    A row whose time is not after its last one is ignored. A cell that was not read keeps its baseline, so its next
    reading adds all that passed meanwhile. Columns that the reading leaves out are cells not read.
    """
    if interfaces is not state.interfaces:
        state = follow(state, interfaces)
    grown = _grown(state, reading)
    if grown is not None:
        advanced = replace(state, at_s=array("d", reading.at_s), raw=grown, unsaved=False)
        return Counted(state=advanced, totals=_totals(advanced))
    poll = _prepare(state, reading)
    into = _Columns()
    is_plain = not poll.stale and not poll.ignored and len(state.at_s) > 0
    for column, raw in reading.columns.items():
        if not (is_plain and _fold_plain(poll, column, raw, into)):
            _fold_odd(poll, column, raw, into)
    for column in state.raw.keys() - reading.columns.keys():
        _fold_odd(poll, column, (None,) * len(state.at_s), into)
    advanced = CounterState(
        interfaces=interfaces,
        at_s=_row_times(poll),
        raw=into.raw,
        offsets=into.offsets,
        widths=reading.widths if into.widths == reading.widths else into.widths,  # devices of one make share theirs
        line_rates=tuple(reading.line_rates),
        discontinuity=_discontinuity(state, reading),
        odd=into.odd,
        unsaved=state.unsaved and math.isnan(sum(reading.at_s)),  # until every row was read once
    )
    return Counted(state=advanced, totals=into.totals, findings=(*_row_findings(poll), *into.findings))


def _grown(state: CounterState, reading: CounterReading) -> CounterBlock | None:
    """The raw columns, where nothing is new but that counters grew by less than half of what they may; else None."""
    columns, elapsed = tuple(reading.columns), list(map(sub, reading.at_s, state.at_s))
    rows, passed_s = len(state.at_s), min(elapsed, default=0.0)
    if (
        not (passed_s > 0 and sum(elapsed) > 0)  # NaN where one of them is
        or state.odd
        or reading.rebooted
        or reading.widths != state.widths
        or tuple(reading.line_rates) != state.line_rates
        or tuple(reading.discontinuity) != state.discontinuity
    ):
        return None
    last = _block(state.raw, columns)
    if last is None:
        return None
    try:
        now = array("Q", cast("list[int]", list(chain.from_iterable(reading.columns.values()))))
    except TypeError:  # there are cells that were not read
        return None
    if len(now) != len(columns) * rows or len(reading.at_s) != rows:
        return None
    bits = forbidden(columns, state.line_rates, rounded_down(passed_s))
    return last.filled(now) if have_grown(now, last.cells, bits) else None


def _block(raw: Mapping[str, Sequence[int]], columns: tuple[str, ...]) -> CounterBlock | None:
    """The last readings, by the columns of the next; None where these are others."""
    if isinstance(raw, CounterBlock) and raw.names == columns:
        return raw
    return CounterBlock.of(columns, raw) if columns and raw.keys() == set(columns) else None


def _totals(state: CounterState) -> Mapping[str, Sequence[int]]:
    """Of a state in which no cell is odd."""
    raw, offsets = state.raw, state.offsets
    if not offsets:
        return raw
    return {name: packed("Q", map(add, now, offsets[name])) if name in offsets else now for name, now in raw.items()}


def _prepare(state: CounterState, reading: CounterReading) -> _Poll:
    most = ceilings(reading.line_rates)
    if tuple(reading.line_rates) != state.line_rates and state.line_rates:
        # part of the time the old speed was in force
        most = list(map(max, most, [rate or 0.0 for rate in state.line_rates]))
    slack_s = reading.slack_s
    elapsed = list(map(sub, reading.at_s, state.at_s))
    allowed = [rate * (passed_s * TOLERANCE + slack_s) for rate, passed_s in zip(most, elapsed, strict=True)]
    return _Poll(
        state=state,
        reading=reading,
        ceilings=most,
        allowed=allowed,
        least=min(allowed, default=0.0) if sum(allowed) > 0 else math.nan,
        ignored=frozenset([row for row, passed_s in enumerate(elapsed) if passed_s <= 0]),
        stale=frozenset(range(len(state.at_s)) if reading.rebooted else _discontinuous(state, reading)),
    )


def _discontinuous(state: CounterState, reading: CounterReading) -> list[int]:
    if not reading.discontinuity or not state.discontinuity or tuple(reading.discontinuity) == state.discontinuity:
        return []
    pairs = enumerate(zip(reading.discontinuity, state.discontinuity, strict=True))
    return [row for row, (now, last) in pairs if now is not None and last is not None and now != last]


def _discontinuity(state: CounterState, reading: CounterReading) -> tuple[int | None, ...]:
    if not reading.discontinuity or not state.discontinuity:
        return tuple(reading.discontinuity) or state.discontinuity
    if None not in reading.discontinuity:
        return tuple(reading.discontinuity)
    pairs = zip(reading.discontinuity, state.discontinuity, strict=True)
    return tuple([last if now is None else now for now, last in pairs])


def _row_times(poll: _Poll) -> "array[float]":
    at_s = poll.reading.at_s
    if not poll.ignored and not math.isnan(sum(at_s)):
        return array("d", at_s)
    pairs = enumerate(zip(at_s, poll.state.at_s, strict=True))
    return array("d", [last if row in poll.ignored or math.isnan(now) else now for row, (now, last) in pairs])


def _row_findings(poll: _Poll) -> Iterable[Finding]:
    if poll.reading.rebooted:
        return [Finding(Oddity.REBOOTED)]
    return [Finding(Oddity.DISCONTINUITY, row) for row in sorted(poll.stale)]


def _fold_plain(poll: _Poll, name: str, raw: Sequence[int | None], into: _Columns) -> bool:
    """Fold a column in which nothing is new but counts; False, and nothing done, if something is."""
    state, widths = poll.state, poll.reading.widths[name]
    last = state.raw.get(name)
    if last is None or widths != state.widths[name]:
        return False
    present, odd = raw, state.odd.get(name)
    if odd is not None or None in raw:
        # Rows that never have this counter, such as the errors of a VLAN, are common and cost little.
        odd = odd or {}
        if raw.count(None) != len(odd) or any(raw[row] is not None for row in odd):
            return False
        present = [old if new is None else new for new, old in zip(raw, last, strict=True)]
    now = array("Q", cast("Sequence[int]", present))
    deltas = list(map(sub, now, last))
    bytes_each = frame(name)
    # The largest below the least limit is the common case; NaN compares false, and then each row counts.
    if min(deltas) < 0 or (
        not max(deltas) * bytes_each <= poll.least
        and any(map(gt, deltas, [limit / bytes_each for limit in poll.allowed]))
    ):
        return False
    into.raw[name], into.widths[name] = now, widths
    if odd is not None:
        into.odd[name] = odd
    if name in state.offsets:
        into.offsets[name] = state.offsets[name]
        into.totals[name] = packed("Q", map(add, now, state.offsets[name]))
    else:
        into.totals[name] = now
    if present is not raw:
        into.totals[name] = tuple(
            [None if new is None else total for new, total in zip(raw, into.totals[name], strict=True)]
        )
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """One column in which something is odd, completed: last readings stand in for the missing ones."""

    name: str
    missing: frozenset[int]
    now: Sequence[int]
    last: Sequence[int]
    offsets: Sequence[int]
    widths: bytes
    widths_before: bytes
    baselines: Mapping[int, float | Baseline]

    def limit(self, poll: _Poll, row: int) -> float:
        """The most that a cell may have counted since its own last reading."""
        since = self.baselines.get(row)
        since_s = since if isinstance(since, float) else poll.state.at_s[row]
        passed_s = poll.reading.at_s[row] - since_s
        return poll.ceilings[row] * (passed_s * TOLERANCE + poll.reading.slack_s) / frame(self.name)

    def suspects(self, poll: _Poll) -> Collection[int]:
        """The rows that have to be looked at one by one."""
        bytes_each = frame(self.name)
        deltas = zip(map(sub, self.now, self.last), poll.allowed, strict=True)
        rows = {row for row, (delta, limit) in enumerate(deltas) if delta < 0 or delta > limit / bytes_each}
        if self.widths != self.widths_before:
            rows.update([row for row, width in enumerate(self.widths) if width != self.widths_before[row]])
        return rows | self.missing | poll.stale | self.baselines.keys()


def _complete(poll: _Poll, name: str, raw: Sequence[int | None]) -> _Column:
    state, rows = poll.state, len(poll.state.at_s)
    last: Sequence[int] = state.raw.get(name, (0,) * rows)
    widths_before = state.widths.get(name) or poll.reading.widths[name]
    missing = poll.ignored | {row for row, value in enumerate(raw) if value is None}
    if name in state.raw:
        baselines: Mapping[int, float | Baseline] = state.odd.get(name, NOTHING)
    else:
        baselines = dict.fromkeys(range(rows), Baseline.NONE)
    widths = bytearray(poll.reading.widths.get(name, widths_before))
    for row in missing:  # the width of a value that is not there means nothing
        widths[row] = widths_before[row]
    return _Column(
        name=name,
        missing=missing,
        now=[
            old if new is None or row in missing else new for row, (new, old) in enumerate(zip(raw, last, strict=True))
        ],
        last=last,
        offsets=state.offsets.get(name, (0,) * rows),
        widths=bytes(widths),
        widths_before=widths_before,
        baselines=baselines,
    )


def _fold_odd(poll: _Poll, name: str, raw: Sequence[int | None], into: _Columns) -> None:
    """Fold a column cell by cell where it is odd."""
    column = _complete(poll, name, raw)
    offsets = list(column.offsets)
    totals: list[int | None] = list(map(add, column.now, offsets))
    odd: dict[int, float | Baseline] = {}
    for row in sorted(column.suspects(poll)):
        if row in column.missing:
            totals[row] = None
            since = _kept_baseline(poll, column, row)
            if since is not None:
                odd[row] = since
            continue
        totals[row], offsets[row], oddity = _judge(poll, column, row)
        if oddity is not None:
            into.findings.append(Finding(oddity, row, name))
    into.raw[name] = array("Q", column.now)
    into.widths[name] = column.widths
    into.totals[name] = tuple(totals)
    if any(offsets):
        into.offsets[name] = packed("q", offsets)
    if odd:
        into.odd[name] = odd


def _kept_baseline(poll: _Poll, column: _Column, row: int) -> float | Baseline | None:
    """What the next reading of a cell missed this time is to be compared with; None: the row's last reading."""
    since = column.baselines.get(row)
    if row in poll.stale and since is not Baseline.NONE:
        return Baseline.STALE
    row_was_read = row not in poll.ignored and not math.isnan(poll.reading.at_s[row])
    return poll.state.at_s[row] if since is None and row_was_read else since


def _judge(poll: _Poll, column: _Column, row: int) -> tuple[int | None, int, Oddity | None]:
    """(total, offset, oddity) of one cell that was read."""
    raw, last, offset = column.now[row], column.last[row], column.offsets[row]
    since = column.baselines.get(row)
    if since is Baseline.NONE:
        return raw, 0, None
    delta = raw - last
    oddity = None  # where the row is stale: that is told once for the row
    if not (since is Baseline.STALE or row in poll.stale):
        if column.widths[row] != column.widths_before[row]:
            oddity = Oddity.WIDTH
        elif delta < 0:
            if _is_wrap(poll, column, row):
                return raw + offset + _WRAP, offset + _WRAP, Oddity.WRAPPED
            oddity = Oddity.FELL
        elif delta > column.limit(poll, row):
            oddity = Oddity.ABOVE_LINE_RATE
        else:
            return raw + offset, offset, None
    if poll.state.unsaved:
        # Going on from a total older than the one told last would fall a little; Prometheus would take that for a reset
        # and add all of it. Beginning at the raw reading falls for good, and adds what came since the device's boot.
        return raw, 0, oddity
    return None, last + offset - raw, oddity  # the total goes on from where it was


def _is_wrap(poll: _Poll, column: _Column, row: int) -> bool:
    """Whether a fallen counter is a Counter32 that passed 2**32, and not one that began anew."""
    if column.widths[row] != 32:
        return False
    wrapped = column.now[row] - column.last[row] + _WRAP
    # Where the speed is not known, a counter cleared to zero looks like a wrap of more than half the range.
    is_modest = poll.reading.line_rates[row] is not None or wrapped < _WRAP // 2
    return is_modest and wrapped <= column.limit(poll, row)
