"""What a panel says, before it is Grafana's: its words, its queries, its unit, and what it tells where there is none.

In: plain values, in both languages. `render` makes Grafana's panel of them.
"""

from dataclasses import dataclass
from enum import StrEnum

from grafana.states import States
from grafana.words import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One query. `is_now`: its value at the end of the time range, not its course."""

    expr: str
    legend: str | Text = ""
    is_now: bool = False
    step: str = ""  # at least; of a stamped counter one poll


def now(expr: str, legend: str | Text = "") -> Query:
    return Query(expr=expr, legend=legend, is_now=True)


def stamped(expr: str, legend: str | Text = "", *, step: str) -> Query:
    """The course of a counter that carries the poll's own time."""
    return Query(expr=expr, legend=legend, step=step)


@dataclass(frozen=True, slots=True)
class Step:
    """From this value on, this colour."""

    at: float
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Jump:
    """Where a click leads: another dashboard, with variables filled from the row or series that was clicked."""

    title: Text
    board: str  # without `netwatch-` and the language; or `${__data.fields.…}`, which holds it
    variables: tuple[tuple[str, str], ...] = ()  # variable -> Grafana's expression for its value


class Look(StrEnum):
    """Grafana's name of the visualization."""

    STAT = "stat"
    GRAPH = "timeseries"
    TIMELINE = "state-timeline"
    TABLE = "table"
    BARS = "bargauge"
    MAP = "geomap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table, or of what a click on a map tells.

    `source` is a label, or `Value` (`Value #A`… where there are several queries).
    """

    source: str
    title: Text
    unit: str = ""
    decimals: int | None = None
    states: States = ()
    steps: tuple[Step, ...] = ()
    jump: Jump | None = None
    width: int | None = None
    is_hidden: bool = False  # there for the links only
    is_wrapped: bool = False  # goes on in the next line; else cut where the column ends
    is_bar: bool = False  # a bar from 0 to 1 behind the number


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One panel. `height` and `width` in Grafana's grid of 24 columns."""

    look: Look
    title: Text
    about: Text
    queries: tuple[Query, ...]
    none: Text  # what stands there where the queries find nothing
    width: int
    height: int
    unit: str = "none"
    decimals: int | None = None
    least: float | None = None
    most: float | None = None
    states: States = ()
    steps: tuple[Step, ...] = ()
    jump: Jump | None = None
    columns: tuple[Column, ...] = ()
    key: str = ""  # the label by which a table's queries are joined into rows
    sort: tuple[str, bool] = ("", False)  # column source, descending
    series: States = ()  # word and colour of the series that are called so
    below_zero: str = ""  # regular expression of the series that are drawn downwards
    is_stacked: bool = False
    is_settled: bool = False  # ends a poll and a scrape before now: stamped counters


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A heading, and the panels under it."""

    title: Text
    panels: tuple[Panel, ...]
