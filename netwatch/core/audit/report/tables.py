"""The plain data of a report -> tables: what CSV and XLSX files consist of.

In: the document. Out: tables by name, each with the names of its columns. Times are seconds and moments are text in the
period's zone. No figure is left out: the pages tell the most important ones, these all.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from netwatch.core.audit.report.figures import CLASSES, mean_seconds, seconds, share, tally_of

TABLES = (
    "figures",
    "days",
    "rings",
    "faults",
    "gaps",
    "maintenance",
    "inventory",
    "corrections",
    "clock_steps",
    "starts",
    "cables",
    "usage",
    "light",
)
Cell = str | int | Decimal | None
Clock = Callable[[int], str]  # a moment, ms UTC -> as the wall clock of the city shows it
_FIGURES = (
    "kind",
    "of",
    "id",
    "service",
    "district",
    "site",
    "subjects",
    "weight",
    *(f"{name}_s" for name in CLASSES),
    "total_s",
    "availability_percent",
    "availability_all_percent",
    "availability_low_percent",
    "availability_high_percent",
    "coverage_percent",
    "target",
    "verdict",
    "up_means",
    "n_interval_up_s",
    "n_interval_down_s",
    "n_interval_availability_percent",
    "down_in_maintenance_s",
    "down_declared_after_s",
    "outages",
    "failures",
    "censored",
    "open_at_end",
    "mttr_s",
    "mttr_of_complete_s",
    "mtbf_s",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows have a cell for each column."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def tables(report: Mapping[str, Any], clock: Clock) -> tuple[Table, ...]:
    """All of a report, the figures first."""
    return (
        Table(name="figures", columns=_FIGURES, rows=tuple(_figures(report))),
        Table(
            name="days",
            columns=("service", "from", "until", *(f"{name}_s" for name in CLASSES)),
            rows=tuple(_days(report, clock)),
        ),
        Table(
            name="rings",
            columns=("ring", "unprotected_s", "of_it_split_s", "by_hand_s", "in_maintenance_s", "unknown_s"),
            rows=tuple(_rings(report)),
        ),
        _listed("faults", report["faults"], _FAULT, clock),
        _listed("gaps", report["gaps"], ("from_ms", "until_ms", "cause", "subject"), clock),
        _listed("maintenance", _windows(report), _WINDOW, clock),
        Table(
            name="inventory",
            columns=("row", "at", "fingerprint", "change"),
            rows=tuple(
                (one["row"], clock(one["at_ms"]), one["fingerprint"], change)
                for one in report["inventory"]["in_force"]
                for change in one["changes"] or ("",)
            ),
        ),
        _listed("corrections", report["corrections"], _CORRECTION, clock),
        _listed("clock_steps", report["clock_steps"], ("row", "at_ms", "step_s"), clock),
        _listed("starts", report["starts"], ("row", "at_ms", "version", "fingerprint"), clock),
        _listed("cables", report["own_network"]["cores"], _CABLE, clock),
        _listed("usage", _ways(report), _USAGE, clock),
        _listed("light", _light(report), _LIGHT, clock),
    )


_FAULT = (
    "id",
    "kind",
    "subject",
    "since_ms",
    "acknowledged_ms",
    "dispatched_ms",
    "cleared_ms",
    "severity",
    "crew",
    "contractor",
    "place",
    "camera_ms",
    "cameras",
    "dark_devices",
)
_WINDOW = ("id", "subject", "recorded_ms", "from_ms", "until_ms", "requested_by", "approved_by", "reason", "counts_as")
_CABLE = ("cable", "registration", "length_m", "cores", "used", "spare")
_CORRECTION = ("row", "recorded_ms", "subject", "id", "state", "from", "until", "withdraws", "reason", "by")
_USAGE = (
    "link",
    "from",
    "capacity_bps",
    "mean_bps",
    "peak_bps",
    "p95_bps",
    "of_capacity",
    "missing",
    "error_ppm",
    "growth_bps_per_day",
    "days_to_80_percent",
)
_LIGHT = ("link", "port", "last_dbm", "least_dbm", "low_alarm_dbm", "margin_db", "drift_db", "days_to_alarm")
_LENGTHS = frozenset({"camera_ms"})


def refusals(report: Mapping[str, Any]) -> Mapping[tuple[str, int], frozenset[str]]:
    """Window, by its id and its beginning -> the rules it breaks for any subject; absent: it covers none of these."""
    found: dict[tuple[str, int], frozenset[str]] = {}
    for account in report["accounts"].values():
        for one in account["subjects"].values():
            for window in one["maintenance"]:
                key = (window["id"], window["from_ms"])
                found[key] = found.get(key, frozenset()) | frozenset(window["refusals"])
    return found


def _windows(report: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """`counts_as` is maintenance, or why it is not."""
    judged = refusals(report)
    for one in report["maintenance"]:
        broken = judged.get((one["id"], one["from_ms"]))
        counts = "covers_nothing" if broken is None else " ".join(sorted(broken)) or "maintenance"
        yield {**one, "counts_as": counts}


def _figures(report: Mapping[str, Any]) -> Iterator[tuple[Cell, ...]]:
    for kind, account in report["accounts"].items():
        for one in account["scopes"]:
            scope = one["scope"]
            named = [name for name in ("service", "district", "site") if scope[name] is not None]
            place = tuple(scope[name] for name in ("service", "district", "site"))
            yield (kind, " ".join(named) or "all", None, *place, one["subjects"], *_figures_of(one))
        for subject, one in account["subjects"].items():
            place = (one["service"], one["district"], one["site"])
            yield (kind, "one", subject.partition(":")[2], *place, 1, *_figures_of(one))


def _figures_of(one: Mapping[str, Any]) -> tuple[Cell, ...]:
    raw, n_interval, repair = tally_of(one["raw"]), tally_of(one["n_interval"]), one["repair"]
    up_means = one["up_means"]
    return (
        one["weight"],
        *(seconds(getattr(raw, name)) for name in CLASSES),
        seconds(raw.total),
        share(raw.availability),
        share(raw.availability_all),
        share(raw.availability_low),
        share(raw.availability_high),
        share(raw.coverage),
        one["target"],
        one["verdict"],
        up_means if isinstance(up_means, str) else " ".join(up_means),
        seconds(n_interval.up),
        seconds(n_interval.down),
        share(n_interval.availability),
        seconds(one["seen_in_maintenance"]["down"]),
        seconds(one["declared_after"]["down"]),
        *(repair[name] for name in ("outages", "failures", "censored", "open_at_end")),
        *(mean_seconds(repair[name]) for name in ("mttr_ms", "mttr_complete_ms", "mtbf_ms")),
    )


def _days(report: Mapping[str, Any], clock: Clock) -> Iterator[tuple[Cell, ...]]:
    bounds = report["question"]["days"]
    for line in report["calendar"]:
        for (from_ms, until_ms, _), day in zip(bounds, line["days"], strict=True):
            yield (line["service"], clock(from_ms), clock(until_ms), *(seconds(day[name]) for name in CLASSES))


def _ways(report: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for one in report["usage"]:
        yield from ({"link": one["link"], "capacity_bps": one["capacity_bps"], **way} for way in one["ways"])


def _light(report: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for one in report["usage"]:
        yield from ({"link": one["link"], **light} for light in one["light"])


def _rings(report: Mapping[str, Any]) -> Iterator[tuple[Cell, ...]]:
    for name, one in report["accounts"]["ring"].get("rings", {}).items():
        told = (one["unprotected_ms"], one["split_ms"], one["by_hand_ms"], one["in_maintenance_ms"])
        yield (name, *map(seconds, (*told, one["time"]["unknown"])))


def _listed(name: str, lines: Any, columns: tuple[str, ...], clock: Clock) -> Table:  # noqa: ANN401 - plain data
    """Lines of plain data, a column a key: `_ms` is a moment or a length."""

    def cell(column: str, value: Any) -> Cell:  # noqa: ANN401 - plain data
        if value is None:
            return None
        if column in _LENGTHS:
            return seconds(value)
        if column.endswith("_ms"):
            return clock(value)
        if isinstance(value, float):
            return Decimal(repr(value))
        return " ".join(map(str, value)) if isinstance(value, list) else value if isinstance(value, int) else str(value)

    heads = tuple(f"{column[:-3]}_s" if column in _LENGTHS else column.removesuffix("_ms") for column in columns)
    rows = tuple(tuple(cell(column, line.get(column)) for column in columns) for line in lines)
    return Table(name=name, columns=heads, rows=rows)
