"""The gauges of one table, laid out once for the rows that are asked for -> what the cells of each poll tell.

A strip is what is measured alike in one column. Its cells become values by a few calls in C, for most say what others
like them said before; a gauge by itself takes ten times as long, and comes to the same.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import getitem, itemgetter
from typing import NamedTuple

from netwatch.core.health.equipment import Gauge, Gauges
from netwatch.core.health.gauges import OK
from netwatch.core.health.measures import Cell, Measure, Rejection, Scale, measured

MOST_KEPT = 1024  # values of one scale: a device may send what it likes
_WELL = frozenset({OK, None})


class Meter(dict[Cell, float | Rejection]):
    """Cell -> its value, worked out when it is met first."""

    def __init__(self, measure: Measure, scale: Scale) -> None:
        super().__init__()
        self._measure = measure
        self._scale = scale

    def __missing__(self, cell: Cell) -> float | Rejection:
        if len(self) >= MOST_KEPT:
            self.clear()
        value = self[cell] = measured(self._measure, self._scale, cell)
        return value


class Strip(NamedTuple):
    """Gauges of one measure in one column. Labels and meters are aligned; `pick` takes their cells in that order."""

    measure: Measure
    column: str
    status: str | None
    labels: tuple[str, ...]
    meters: tuple[Meter, ...]
    pick: Callable[[Sequence[Cell]], tuple[Cell, ...]]

    def values(self, columns: Mapping[str, Sequence[Cell]]) -> list[float | Rejection]:
        """What each gauge shows. `columns` have the strip's own."""
        told = list(map(getitem, self.meters, self.pick(columns[self.column])))
        if self.status is None or self.status not in columns:
            return told
        states = self.pick(columns[self.status])
        if _WELL.issuperset(states):
            return told
        return [
            value if state in _WELL else Rejection.NOT_IN_SERVICE for value, state in zip(told, states, strict=False)
        ]


@lru_cache(maxsize=8192)
def strips_of(gauges: Gauges, indexes: tuple[str, ...]) -> tuple[Strip, ...] | None:
    """The strips of a table, by the order in which its measures are met; gauges of rows not asked for are in none.

    None where the cells cannot be looked at so: a measure in several columns or several times under one label, and
    values that are divided by another cell.
    """
    at = {index: position for position, index in enumerate(indexes)}
    by_measure: dict[Measure, list[Gauge]] = {}
    for gauge in gauges:
        if gauge.row in at:
            by_measure.setdefault(gauge.measure, []).append(gauge)
    if not all(map(_is_strip, by_measure.values())):
        return None
    return tuple(_strip(alike, at) for alike in by_measure.values())


def _is_strip(alike: Sequence[Gauge]) -> bool:
    first = alike[0]
    is_told_once = len({gauge.label for gauge in alike}) == len(alike)
    are_alike = {(one.column, one.status, one.divisor) for one in alike} == {(first.column, first.status, None)}
    return is_told_once and are_alike


def _strip(alike: Sequence[Gauge], at: Mapping[str, int]) -> Strip:
    first, places = alike[0], [at[gauge.row] for gauge in alike]
    return Strip(
        measure=first.measure,
        column=first.column,
        status=first.status,
        labels=tuple(gauge.label for gauge in alike),
        meters=tuple(_meter(gauge.measure, gauge.scale) for gauge in alike),
        pick=itemgetter(*places) if len(places) > 1 else itemgetter(places[0], places[0]),  # of one it makes no tuple
    )


@lru_cache(maxsize=256)
def _meter(measure: Measure, scale: Scale) -> Meter:
    return Meter(measure, scale)
