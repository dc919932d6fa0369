"""Events -> the log: a fault as one sentence whoever is woken can act on, everything else as it stands in the store."""

import logging
from collections.abc import Iterable
from types import MappingProxyType

from netwatch.core.event_sentences import sentence
from netwatch.core.events import Event, EventKind
from netwatch.core.faults.severity import Severity

log = logging.getLogger(__name__)

# a template of its own for each kind: what is too much of one kind must not hold back another
_TEMPLATES = MappingProxyType({kind: f"{kind.value} %s %s" for kind in EventKind})
_IN_WORDS = frozenset({EventKind.FAULT_OPENED, EventKind.FAULT_CHANGED, EventKind.FAULT_CLEARED})
_LOUD = frozenset({Severity.CRITICAL.value, Severity.MAJOR.value})


def log_events(events: Iterable[Event]) -> None:
    """One line each; a fault that opens, or becomes another, is a warning or an error by its severity."""
    for event in events:
        extra = {"netwatch_event": event.kind.value, "netwatch_subject": event.subject}
        if event.kind in _IN_WORDS:
            log.log(_level(event), "%s", sentence(event.kind, event.subject, event.detail), extra=extra)
        else:
            log.info(_TEMPLATES[event.kind], event.subject, dict(event.detail), extra=extra)


def _level(event: Event) -> int:
    if event.kind is EventKind.FAULT_CLEARED:
        return logging.INFO
    return logging.ERROR if event.detail["severity"] in _LOUD else logging.WARNING
