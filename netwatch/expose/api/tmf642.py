"""Faults -> alarms after TMF642 (Alarm Management API v4), aligned with ITU-T X.733.

In: the fault book, the inventory, the running windows of maintenance. Out: alarms under the ids of their faults. Only
attributes for which netwatch has a value: nobody acknowledges or comments here.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from netwatch.core.faults.book import Fault
from netwatch.core.faults.diagnosis import FaultKind
from netwatch.core.faults.severity import Severity
from netwatch.core.model import Inventory
from netwatch.expose.api.fault_words import changed_wall_s, in_order, sent, sentence
from netwatch.expose.api.schemas import MOMENT, TEXT, TRUTH, Schema, constant, listing, one_of, record
from netwatch.expose.api.words import moment

PATH = "/tmf-api/alarmManagement/v4/alarm"
STATES = ("raised", "updated", "cleared")
SEVERITIES = (*(severity.value for severity in Severity), "cleared")


class _Nature(NamedTuple):
    """X.733 §8.1.1 and §8.1.2.1, where it has a word for it; else 3GPP TS 32.111-2 Annex B."""

    type: str
    probable_cause: str


_NO_LIGHT = _Nature("communicationsAlarm", "lossOfSignal")
_NO_POWER = _Nature("equipmentAlarm", "powerProblem")
_NATURES: Mapping[FaultKind, _Nature] = {
    FaultKind.CABLE_CUT: _NO_LIGHT,
    FaultKind.LINK_CUT: _NO_LIGHT,
    FaultKind.PORT: _NO_LIGHT,
    FaultKind.REDUNDANCY_LOST: _Nature("communicationsAlarm", "lossOfRedundancy"),
    FaultKind.DEVICE_POWER: _NO_POWER,
    FaultKind.POE: _NO_POWER,
    FaultKind.DEVICE_HANG: _Nature("processingErrorAlarm", "softwareProgramError"),
    FaultKind.FIELD_DEVICE: _Nature("equipmentAlarm", "equipmentMalfunction"),
    FaultKind.WRONG_DEVICE: _Nature("securityServiceOrMechanismViolation", "unauthorizedAccessAttempt"),
    FaultKind.UPSTREAM: _Nature("communicationsAlarm", "externalEquipmentFailure"),
    FaultKind.VANTAGE: _Nature("communicationsAlarm", "lanError"),
}
ALARM_TYPES = tuple(dict.fromkeys(nature.type for nature in _NATURES.values()))
PROBABLE_CAUSES = tuple(dict.fromkeys(nature.probable_cause for nature in _NATURES.values()))
PROBLEMS = tuple(kind.value for kind in FaultKind)
OBJECTS = ("cable", "device", "field_device", "link", "port", "site", "vantage")  # what faults are told of
_REFERENCES = listing(record({"id": TEXT, "href": TEXT}))
_ALWAYS: Mapping[str, Schema] = {"id": TEXT, "href": TEXT}
_USUALLY: Mapping[str, Schema] = {
    "@type": constant("Alarm"),
    "alarmType": one_of(ALARM_TYPES),
    "perceivedSeverity": one_of(SEVERITIES),
    "probableCause": one_of(PROBABLE_CAUSES),
    "specificProblem": one_of(PROBLEMS),
    "alarmDetails": TEXT,
    "alarmedObject": record({"id": TEXT}),
    "alarmedObjectType": TEXT,
    "alarmRaisedTime": MOMENT,
    "alarmChangedTime": MOMENT,
    "state": one_of(STATES),
    "isRootCause": TRUTH,
    "serviceAffecting": TRUTH,
    "plannedOutageIndicator": one_of(("inService", "outOfService")),
    "proposedRepairedActions": TEXT,
    "sourceSystemId": TEXT,
    "reportingSystemId": TEXT,
    "correlatedAlarm": _REFERENCES,
    "affectedService": listing(record({"id": TEXT, "name": TEXT})),
    "place": listing(record({"role": TEXT, "name": TEXT})),
    "alarmClearedTime": MOMENT,
}
ALARM: Schema = record(_ALWAYS, _USUALLY)
FIELDS = (*_ALWAYS, *_USUALLY)
FILTERS = ("state", "perceivedSeverity", "alarmType", "probableCause", "specificProblem", "alarmedObjectType")


class Alarms:
    """The alarms of a moment. `worked_on` tells whether a subject is in maintenance now."""

    def __init__(self, faults: Iterable[Fault], inventory: Inventory, worked_on: Mapping[str, bool]) -> None:
        self._faults = in_order(faults)
        self._inventory = inventory
        self._worked_on = worked_on
        self._by_subject: dict[str, list[str]] = {}
        for fault in self._faults:
            self._by_subject.setdefault(fault.subject, []).append(fault.id)

    def matching(self, wanted: Mapping[str, str]) -> Sequence[Fault]:
        """The faults whose alarms have all these values (TMF630: filtering by attributes)."""
        return [fault for fault in self._faults if all(_word(fault, name) == word for name, word in wanted.items())]

    def find(self, identity: str) -> Fault | None:
        """The fault of that id."""
        return next((fault for fault in self._faults if fault.id == identity), None)

    def alarm(self, fault: Fault, fields: Iterable[str] = FIELDS) -> Mapping[str, Any]:
        """One alarm. `id` and `href` are always told; of the other attributes those named."""
        told = self._whole(fault)
        wanted = {*_ALWAYS, *fields}
        return {name: value for name, value in told.items() if name in wanted and value is not None}

    def _whole(self, fault: Fault) -> Mapping[str, Any]:
        found, words = fault.found, {name: _word(fault, name) for name in FILTERS}
        cleared_s, lost = fault.cleared_wall_s, sum(found.affected.values())
        is_worked_on = self._worked_on.get(fault.subject, False)
        source = f"netwatch:{self._inventory.city}"
        return {
            "id": fault.id,
            "href": href(fault.id),
            "@type": "Alarm",
            **words,
            "alarmDetails": sentence(fault),
            "alarmedObject": {"id": fault.subject},
            "alarmRaisedTime": moment(fault.since_wall_s),
            "alarmChangedTime": moment(changed_wall_s(fault)),
            "alarmClearedTime": moment(cleared_s) if cleared_s is not None else None,
            "isRootCause": True,
            "serviceAffecting": lost > 0,
            "plannedOutageIndicator": "outOfService" if is_worked_on else "inService",
            "proposedRepairedActions": f"send {sent(fault)}",
            "sourceSystemId": source,
            "reportingSystemId": source,
            "correlatedAlarm": self._correlated(fault) or None,
            "affectedService": self._services(fault) or None,
            "place": [{"role": "district", "name": found.place}] if found.place else None,
        }

    def _correlated(self, fault: Fault) -> Sequence[Mapping[str, str]]:
        ids = (one for subject in fault.found.cause.contributing for one in self._by_subject.get(subject, ()))
        return [{"id": one, "href": href(one)} for one in dict.fromkeys(ids) if one != fault.id]

    def _services(self, fault: Fault) -> Sequence[Mapping[str, str]]:
        known = self._inventory.services
        hit = sorted({service for (service, _), number in fault.found.affected.items() if number and service})
        return [{"id": service, "name": known[service].name if service in known else service} for service in hit]


def href(identity: str) -> str:
    """Where one alarm is told."""
    return f"/api{PATH}/{identity}"


def _word(fault: Fault, name: str) -> str:
    """The value of one of `FILTERS`."""
    match name:
        case "state":
            return "cleared" if not fault.is_open else "updated" if fault.left else "raised"
        case "perceivedSeverity":  # once cleared it is `cleared`, and stays it
            return fault.severity.value if fault.is_open else "cleared"
        case "alarmType":
            return _NATURES[fault.kind].type
        case "probableCause":
            return _NATURES[fault.kind].probable_cause
        case "specificProblem":
            return fault.kind.value
    return fault.subject.partition(":")[0]
