"""A report -> what citizens are told: how much of the time each service worked, for each district. Nothing of devices.

In: the document of `build`. Out: a small one. Where a district has so few things of a service that the figure would be
that of one of them, only their number is known to be few.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from netwatch.core.audit.report.figures import share, tally_of

FORMAT = "netwatch-citizens/1"
FEWEST = 5  # things of a service in a district that are told of together


def citizens(report: Mapping[str, Any]) -> Mapping[str, Any]:
    """JSON-able. Shares are per cent as text, rounded down; null where nothing was observed, or too few are there."""
    question = report["question"]
    scopes = [
        one
        for one in report["accounts"]["service"]["scopes"]
        if one["scope"]["site"] is None and one["scope"]["service"] is not None
    ]
    return {
        "format": FORMAT,
        "city": report["city"],
        "zone": question["zone"],
        "label": question["label"],
        "from_ms": question["from_ms"],
        "until_ms": question["until_ms"],
        "as_of_ms": question["as_of_ms"],
        "services": [
            {
                "id": one["scope"]["service"],
                "name": report["services"].get(one["scope"]["service"], {}).get("name", ""),
                **_figures(one),
                "districts": _districts(scopes, one["scope"]["service"]),
            }
            for one in scopes
            if one["scope"]["district"] is None
        ],
    }


def _districts(scopes: Sequence[Mapping[str, Any]], service: str) -> list[Mapping[str, Any]]:
    there = [one for one in scopes if one["scope"]["service"] == service and one["scope"]["district"]]
    return [
        {"district": one["scope"]["district"], **_figures(one)}
        for one in sorted(there, key=lambda one: str(one["scope"]["district"]))
    ]


def _figures(one: Mapping[str, Any]) -> Mapping[str, Any]:
    """`worked`: of the time in which it was seen and not worked on; `seen`: the share of time that was observed."""
    if one["subjects"] < FEWEST:
        return {"few": True, "worked": None, "seen": None}
    told = tally_of(one["raw"])
    return {"few": False, "worked": _text(share(told.availability)), "seen": _text(share(told.coverage, digits=1))}


def _text(figure: object) -> str | None:
    return None if figure is None else str(figure)
