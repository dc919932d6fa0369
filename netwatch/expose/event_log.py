"""Events -> the log, each as the sentence that the ledger has for it; of a fault, one whoever is woken can act on."""

import logging
from collections.abc import Iterable

from netwatch.core.event_sentences import sentence
from netwatch.core.events import Event, EventKind
from netwatch.core.faults.severity import Severity

log = logging.getLogger(__name__)

_OF_FAULTS = frozenset({EventKind.FAULT_OPENED, EventKind.FAULT_CHANGED, EventKind.FAULT_CLEARED})
_LOUD = frozenset({Severity.CRITICAL.value, Severity.MAJOR.value})


def log_events(events: Iterable[Event]) -> None:
    """One line each; a fault that opens, or becomes another, is a warning or an error by its severity."""
    for event in events:
        extra = {"netwatch_event": event.kind.value, "netwatch_subject": event.subject}
        log.log(_level(event), "%s", sentence(event.kind, event.subject, event.detail), extra=extra)


def _level(event: Event) -> int:
    if event.kind not in _OF_FAULTS or event.kind is EventKind.FAULT_CLEARED:
        return logging.INFO
    return logging.ERROR if event.detail["severity"] in _LOUD else logging.WARNING
