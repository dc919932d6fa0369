"""A report -> the same for the public: without addresses, MACs, coordinates and people. No figure changes.

In: the document. Out: another one. What people wrote freely (reasons, changes) may hold anything and name anybody: of
it only the number of changes is left. Elsewhere what looks like an address or a place is blacked out.
"""

import re
from collections.abc import Mapping
from typing import Any

BLACK = "█"
_SENSITIVE = re.compile(
    r"\b(?:[0-9]{1,3}\.){3}[0-9]{1,3}\b"  # IPv4
    r"|(?:[0-9A-Fa-f]{2}[:.-]){5}[0-9A-Fa-f]{2}\b"  # MAC, by octets
    r"|\b(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}\b"  # MAC, as Cisco writes it
    r"|(?<![0-9A-Za-z:])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![0-9A-Za-z:])"  # IPv6
    r"|-?\b[0-9]{1,3}\.[0-9]{3,}\b"  # coordinates
)
_PEOPLE = ("requested_by", "approved_by", "by", "user", "ended_by", "reason", "key", "signature")


def public(report: Mapping[str, Any]) -> Mapping[str, Any]:
    """The public variant."""
    inventory = report["inventory"]
    network = report["own_network"]
    return {
        **report,
        "public": True,
        "inventory": {
            **inventory,
            "in_force": [{**one, "changes": [], "changed": len(one["changes"])} for one in inventory["in_force"]],
        },
        "own_network": {**network, "changes": [], "changed": len(network["changes"])},
        "faults": [_blackened(one) for one in report["faults"]],
        "maintenance": [_blackened(_nameless(one)) for one in report["maintenance"]],
        "corrections": [_blackened(_nameless(one)) for one in report["corrections"]],
        "accounts": {kind: _account(one) for kind, one in report["accounts"].items()},
        "with_corrections": {kind: _account(one) for kind, one in report["with_corrections"].items()},
    }


def _account(account: Mapping[str, Any]) -> Mapping[str, Any]:
    subjects = {
        name: {**one, "maintenance": [_blackened(_nameless(window)) for window in one["maintenance"]]}
        for name, one in account["subjects"].items()
    }
    return {**account, "subjects": subjects}


def blackened(text: str) -> str:
    """The text, with what looks like an address or a coordinate blacked out."""
    return _SENSITIVE.sub(BLACK, text)


def _nameless(one: Mapping[str, Any]) -> Mapping[str, Any]:
    """Whether somebody approved stays known: an empty name stays empty."""
    return {key: (BLACK if value else value) if key in _PEOPLE else value for key, value in one.items()}


def _blackened(one: Mapping[str, Any]) -> Mapping[str, Any]:
    return {key: blackened(value) if isinstance(value, str) else value for key, value in one.items()}
