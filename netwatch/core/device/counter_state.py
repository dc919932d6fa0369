"""What is remembered of a device's counters between two polls, and over a restart.

In: an index map, or a document of the store. Out: baselines and offsets aligned with the map. `counters` folds
readings into it.
"""

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Literal

from netwatch.core.device.interface_map import InterfaceMap
from netwatch.core.model import NOTHING


class Baseline(Enum):
    """Why a cell's last raw reading is not to be compared with its next one."""

    NONE = "none"  # never read: the next reading begins the total
    STALE = "stale"  # from before a reset or a move: the next reading is a new baseline, told as a gap


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterState:
    """The baselines of one device. `total = raw + offset`; a column without offsets has zeros.

    `at_s[i]` is when row i was last read (monotonic; NaN: never). `odd` has only cells whose baseline is older than
    their row's (the time of that reading) or is none. `widths[c][i]` is 32 or 64. The arrays never change.
    """

    interfaces: InterfaceMap = field(default_factory=InterfaceMap)
    at_s: "array[float]" = field(default_factory=lambda: array("d"))
    raw: Mapping[str, "array[int]"] = NOTHING
    offsets: Mapping[str, Sequence[int]] = NOTHING
    widths: Mapping[str, bytes] = NOTHING
    line_rates: tuple[float | None, ...] = ()  # bytes/s at the last reading
    discontinuity: tuple[int | None, ...] = ()  # ifCounterDiscontinuityTime, as last told
    odd: Mapping[str, Mapping[int, float | Baseline]] = NOTHING  # column name -> row
    unsaved: bool = False  # restored after a crash: more may have been told than these baselines know of


def packed(code: Literal["q", "Q"], numbers: Iterable[int]) -> Sequence[int]:
    """The numbers as an array, a quarter of their size; as a tuple where one of them has no room in 64 bits."""
    numbers = list(numbers)
    try:
        return array(code, numbers)
    except OverflowError:
        return tuple(numbers)


def follow(state: CounterState, interfaces: InterfaceMap) -> CounterState:
    """The state under another index map: rows go with their names; one whose index moved has a stale baseline."""
    before = state.interfaces
    if interfaces.indexes == before.indexes and interfaces.names == before.names:
        return replace(state, interfaces=interfaces)
    position = {name: row for row, name in enumerate(before.names)}
    origin = [position.get(name) for name in interfaces.names]
    odd: dict[str, dict[int, float | Baseline]] = {}
    for row, old in enumerate(origin):
        for column in state.raw:
            baseline = Baseline.NONE if old is None else state.odd.get(column, NOTHING).get(old)
            moved = old is not None and before.indexes[old] != interfaces.indexes[row]
            if moved and baseline is not Baseline.NONE:
                baseline = Baseline.STALE
            if baseline is not None:
                odd.setdefault(column, {})[row] = baseline
    return CounterState(
        interfaces=interfaces,
        at_s=array("d", [math.nan if old is None else state.at_s[old] for old in origin]),
        raw={c: array("Q", [0 if old is None else raw[old] for old in origin]) for c, raw in state.raw.items()},
        offsets={
            c: packed("q", [0 if old is None else values[old] for old in origin]) for c, values in state.offsets.items()
        },
        widths={c: bytes([64 if old is None else bits[old] for old in origin]) for c, bits in state.widths.items()},
        line_rates=tuple([state.line_rates[old] if old is not None and state.line_rates else None for old in origin]),
        discontinuity=tuple(
            [state.discontinuity[old] if old is not None and state.discontinuity else None for old in origin]
        ),
        odd=odd,
        unsaved=state.unsaved,
    )


def to_document(state: CounterState, wall_s: float) -> dict[str, Any]:
    """What a restart needs, as plain JSON types. `wall_s` is the wall clock minus the monotonic clock."""
    return {
        "indexes": list(state.interfaces.indexes),
        "names": list(state.interfaces.names),
        "at_wall": [None if math.isnan(at_s) else at_s + wall_s for at_s in state.at_s],
        "raw": {column: raw.tolist() for column, raw in state.raw.items()},
        "offsets": {column: list(offsets) for column, offsets in state.offsets.items()},
        "widths": {column: list(widths) for column, widths in state.widths.items()},
        "discontinuity": list(state.discontinuity),
        "odd": [
            [column, row, since.value if isinstance(since, Baseline) else since + wall_s]
            for column, rows in state.odd.items()
            for row, since in rows.items()
        ],
    }


def from_document(document: Mapping[str, Any], *, wall_s: float, now_s: float, unsaved: bool = False) -> CounterState:
    """The state that `to_document` wrote; `wall_s` is today's difference of the clocks, `now_s` is monotonic.

    Times that a stepped wall clock would put into the future become now: better one gap than an hour without samples.
    Ports are found again by name, so the map in force may be another. Whether the device rebooted meanwhile is for
    the first reading to say. Raises ValueError if the document is not of this form.
    """
    try:
        state = CounterState(
            interfaces=InterfaceMap(indexes=tuple(document["indexes"]), names=tuple(document["names"])),
            at_s=array("d", [math.nan if at is None else min(at - wall_s, now_s) for at in document["at_wall"]]),
            raw={column: array("Q", raw) for column, raw in document["raw"].items()},
            offsets={column: packed("q", map(int, offsets)) for column, offsets in document["offsets"].items()},
            widths={column: bytes(list(widths)) for column, widths in document["widths"].items()},
            discontinuity=tuple(document["discontinuity"]),
            odd=_baselines(document["odd"], wall_s, now_s),
            unsaved=unsaved,
        )
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"stored counters are not of the expected form: {error!r}") from error
    rows = len(state.interfaces.names)
    columns = (state.at_s, state.interfaces.indexes, *state.raw.values(), *state.offsets.values())
    if any(len(column) != rows for column in (*columns, *state.widths.values())):
        raise ValueError("stored counters are not of the expected form: columns differ in length")
    if state.raw.keys() != state.widths.keys() or not state.offsets.keys() <= state.raw.keys():
        raise ValueError("stored counters are not of the expected form: columns are missing")
    if len(state.discontinuity) not in (0, rows) or any(
        column not in state.raw or not set(range(rows)).issuperset(odd) for column, odd in state.odd.items()
    ):
        raise ValueError("stored counters are not of the expected form: rows that do not exist")
    return state


def _baselines(document: Sequence[Any], wall_s: float, now_s: float) -> dict[str, dict[int, float | Baseline]]:
    odd: dict[str, dict[int, float | Baseline]] = {}
    for column, row, since in document:
        baseline = Baseline(since) if isinstance(since, str) else min(since - wall_s, now_s)
        odd.setdefault(column, {})[row] = baseline
    return odd
