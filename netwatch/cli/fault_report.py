"""Faults and the work on them, as the daemon tells them -> text for a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from netwatch.cli.status_report import about, moment, span
from netwatch.cli.table import aligned

Json = Mapping[str, Any]
COLUMNS = ("id", "severity", "fault", "subject", "since", "for", "acknowledged", "whose", "ticket", "notes")


def list_text(told: Json) -> str:
    """A line for each fault; those that cleared below."""
    if not told["faults"] and not told["cleared"]:
        return "no fault is open"
    lines = aligned([COLUMNS, *map(_row, told["faults"])]) if told["faults"] else ["no fault is open"]
    if told["cleared"]:
        lines += ["", "lately cleared", *aligned([COLUMNS, *map(_row, told["cleared"])])]
    return "\n".join(lines)


def show_text(told: Json) -> str:
    """Everything about one fault: what it is, what it costs, what was done."""
    fault = told["fault"]
    until = f"cleared {moment(fault['cleared'])}" if fault["cleared"] else "open"
    head = f"{fault['severity']}  {fault['kind']}  {fault['subject']}  [{fault['id']}]"
    rows = [("since", f"{moment(fault['since'])}, for {span(fault['lasts_s'])}, {until}"), *about(fault)]
    rows += [("repair", told) for told in _repair(fault["times"])]
    return "\n".join([head, *(f"  {label:<14}  {said}" for label, said in rows), *_log(told["log"])])


def _repair(times: Json) -> Iterator[str]:
    """From when it was detected on: when somebody took note, when somebody went, when it was well."""
    for step in ("acknowledged", "dispatched", "repaired"):
        if times[step]:
            after_s = max(0.0, times[f"{step}_s"] - times["detected_s"])
            yield f"{step} {moment(times[step])}, {span(after_s)} after it began"


def _log(works: Sequence[Json]) -> Iterator[str]:
    yield ""
    if not works:
        yield "nobody has done anything about it"
        return
    yield from aligned([(moment(one["at"]), one["user"], one["did"], one["text"]) for one in works])


def _row(fault: Json) -> Sequence[str]:
    taken = fault["acknowledged"]
    return (
        fault["id"],
        fault["severity"],
        fault["kind"],
        fault["subject"],
        moment(fault["since"]),
        span(fault["lasts_s"]),
        f"{taken['user']} {moment(taken['at'])}" if taken else "-",
        fault["assigned"]["text"] if fault["assigned"] else "-",
        fault["ticket"]["text"] if fault["ticket"] else "-",
        str(fault["notes"] or "-"),
    )
