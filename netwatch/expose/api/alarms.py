"""Faults -> alarms after RFC 8632 (ietf-alarms), as JSON by RFC 7951.

In: the fault book and the inventory. Out: the alarm inventory, the summary, the alarm list. A fault that comes back is
the alarm it was, by its resource and type, with both stories in its history. Nobody closes or shelves alarms here, so
there are no states of operators.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from netwatch.core.faults.book import Fault
from netwatch.core.faults.diagnosis import FaultKind
from netwatch.core.faults.severity import Severity
from netwatch.core.model import Inventory
from netwatch.expose.api.fault_words import changed_wall_s, history, in_order, sentence
from netwatch.expose.api.resources import resource
from netwatch.expose.api.schemas import COUNT, MOMENT, TEXT, TRUTH, Schema, constant, listing, one_of, record
from netwatch.expose.api.words import moment

MEANINGS: Mapping[FaultKind, str] = {
    FaultKind.CABLE_CUT: "No light in the links of one cable or duct, and somebody is cut off by it.",
    FaultKind.LINK_CUT: "No light in a link, and somebody is cut off by it.",
    FaultKind.DEVICE_POWER: "A device, or all of a site, is without power: its neighbours see no light.",
    FaultKind.DEVICE_HANG: "A device has light, or answers echoes, and does not speak.",
    FaultKind.PORT: "A port is down, or somebody has shut it.",
    FaultKind.POE: "A port should deliver power, and does not.",
    FaultKind.FIELD_DEVICE: "A field device has light and power, and does not do what is asked of it.",
    FaultKind.WRONG_DEVICE: "Another station is on a port than the one registered there.",
    FaultKind.REDUNDANCY_LOST: "A link carries nothing, or less than it should, and nobody is cut off: the reserve is.",
    FaultKind.UPSTREAM: "An island to which no known link leads is dark.",
    FaultKind.VANTAGE: "netwatch itself is cut off: nothing can be known of the network.",
}
Key = tuple[str, str]  # resource, alarm-type-id; the qualifier is always empty


def type_id(kind: FaultKind) -> str:
    """The identity of netwatch's own YANG module."""
    return f"netwatch:{kind.value.replace('_', '-')}"


_SEVERITY = one_of(Severity)
_TYPE = one_of(type_id(kind) for kind in FaultKind)
_NAMED = {"resource": TEXT, "alarm-type-id": _TYPE, "alarm-type-qualifier": constant("")}
ALARM: Schema = record(
    {
        **_NAMED,
        "time-created": MOMENT,
        "is-cleared": TRUTH,
        "last-raised": MOMENT,
        "last-changed": MOMENT,
        "perceived-severity": _SEVERITY,
        "alarm-text": TEXT,
        "status-change": listing(
            record({"time": MOMENT, "perceived-severity": one_of([*Severity, "cleared"]), "alarm-text": TEXT})
        ),
    },
    {
        "alt-resource": listing(TEXT),
        "related-alarm": listing(record(_NAMED)),
        "impacted-resource": listing(TEXT),
        "root-cause-resource": listing(TEXT),
    },
)
ALARM_LIST: Schema = record({"number-of-alarms": COUNT, "alarm": listing(ALARM)}, {"last-changed": MOMENT})
ALARM_INVENTORY: Schema = record(
    {
        "alarm-type": listing(
            record(
                {
                    "alarm-type-id": _TYPE,
                    "alarm-type-qualifier": constant(""),
                    "will-clear": TRUTH,
                    "severity-level": listing(_SEVERITY),
                    "description": TEXT,
                }
            )
        )
    }
)
SUMMARY: Schema = record(
    {"alarm-summary": listing(record({"severity": _SEVERITY, "total": COUNT, "not-cleared": COUNT, "cleared": COUNT}))}
)
ALARMS: Schema = record({"alarm-inventory": ALARM_INVENTORY, "summary": SUMMARY, "alarm-list": ALARM_LIST})


def alarm_inventory() -> Mapping[str, Any]:
    """Every type of alarm there can be; which severity it has follows from what it costs."""
    return {
        "alarm-type": [
            {
                "alarm-type-id": type_id(kind),
                "alarm-type-qualifier": "",
                "will-clear": True,
                "severity-level": [severity.value for severity in Severity],
                "description": MEANINGS[kind],
            }
            for kind in FaultKind
        ]
    }


class AlarmList:
    """The alarms of a moment."""

    def __init__(self, faults: Iterable[Fault], inventory: Inventory) -> None:
        self._inventory = inventory
        self._stories: dict[Key, list[Fault]] = {}
        for fault in in_order(faults):
            self._stories.setdefault(self._key(fault), []).append(fault)
        self._by_subject = {stories[0].subject: key for key, stories in reversed(self._stories.items())}
        self._latest = [stories[0] for stories in self._stories.values()]

    def _key(self, fault: Fault) -> Key:
        return resource(fault.subject, self._inventory), type_id(fault.kind)

    def __len__(self) -> int:
        return len(self._stories)

    @property
    def last_changed(self) -> Mapping[str, str]:
        """The field of that name, where there is an alarm."""
        at_s = max(map(changed_wall_s, self._latest), default=None)
        return {} if at_s is None else {"last-changed": moment(at_s)}

    def summary(self) -> Mapping[str, Any]:
        """How many there are of each severity."""
        counts = Counter((fault.severity, fault.is_open) for fault in self._latest)
        return {
            "alarm-summary": [
                {
                    "severity": severity.value,
                    "total": counts[severity, True] + counts[severity, False],
                    "not-cleared": counts[severity, True],
                    "cleared": counts[severity, False],
                }
                for severity in Severity
            ]
        }

    def alarms(self, page: slice = slice(None)) -> Iterator[Mapping[str, Any]]:
        """The list, or a part of it: open ones first, the worst first."""
        for key in list(self._stories)[page]:
            yield self._alarm(key, self._stories[key])

    def _alarm(self, key: Key, stories: Sequence[Fault]) -> Mapping[str, Any]:
        latest, text = stories[0], sentence(stories[0])
        changes = dict(sorted(change for fault in stories for change in _changes(fault)))
        told = {
            **_named(key),
            "time-created": moment(min(fault.since_wall_s for fault in stories)),
            "is-cleared": not latest.is_open,
            "last-raised": moment(latest.since_wall_s),
            "last-changed": moment(max(map(changed_wall_s, stories))),
            "perceived-severity": latest.severity.value,
            "alarm-text": text,
            "status-change": [
                {"time": at, "perceived-severity": severity, "alarm-text": text} for at, severity in changes.items()
            ],
        }
        return {**told, **self._around(key, latest)}

    def _around(self, key: Key, fault: Fault) -> Mapping[str, Any]:
        cause, inventory = fault.found.cause, self._inventory
        causes = [fault.subject, *cause.ambiguous_with]
        around = {
            "alt-resource": [fault.subject] if fault.subject != key[0] else [],
            "related-alarm": [
                _named(self._by_subject[subject])
                for subject in dict.fromkeys(cause.contributing)
                if subject in self._by_subject
            ],
            "impacted-resource": [resource(f"device:{name}", inventory) for name in sorted(cause.devices)],
            "root-cause-resource": list(dict.fromkeys(resource(subject, inventory) for subject in causes)),
        }
        return {name: listed for name, listed in around.items() if listed}


def _named(key: Key) -> Mapping[str, str]:
    return {"resource": key[0], "alarm-type-id": key[1], "alarm-type-qualifier": ""}


def _changes(fault: Fault) -> Iterator[tuple[str, str]]:
    for at_s, severity in history(fault):
        yield moment(at_s), "cleared" if severity is None else severity.value
