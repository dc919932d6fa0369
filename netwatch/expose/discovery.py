"""`/sd?shards=N`: the pages of a split, for Prometheus' HTTP service discovery."""

import re
from collections.abc import Iterable

from netwatch.expose.selection import MOST_SHARDS, SelectionError, parameters, whole_number

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(:[0-9]{1,5})?")

Target = dict[str, list[str] | dict[str, str]]


def parse_shards(query: Iterable[tuple[str, str]]) -> int:
    """The N of `?shards=N`, 1 if not given. Raises SelectionError."""
    text = parameters(query, allowed=("shards",)).get("shards", "1")
    return whole_number("shards", text, least=1, most=MOST_SHARDS)


def parse_host(host: str) -> str:
    """The address the caller reached us by: what Prometheus shall scrape. Raises SelectionError."""
    if not _HOST.fullmatch(host):
        raise SelectionError("The Host header is no host and port.")
    return host


def targets(host: str, shards: int) -> list[Target]:
    """One entry per page of the split. `instance` depends on the page alone, so series outlive a change of address."""
    entries = [
        _entry(host, "netwatch-faults", {"__metrics_path__": "/metrics/faults"}),
        _entry(host, "netwatch-city", {"__metrics_path__": "/metrics", "__param_shard": "city"}),
    ]
    entries += [
        _entry(
            host,
            f"netwatch-shard-{number}",
            {"__metrics_path__": "/metrics", "__param_shard": str(number), "__param_of": str(shards)},
        )
        for number in range(shards)
    ]
    return entries


def _entry(host: str, instance: str, labels: dict[str, str]) -> Target:
    return {"targets": [host], "labels": {**labels, "instance": instance}}
