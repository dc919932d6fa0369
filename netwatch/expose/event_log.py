"""Events -> the log: a fault as one sentence whoever is woken can act on, everything else as it stands in the store."""

import logging
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from netwatch.core.events import Event, EventKind
from netwatch.core.severity import Severity

log = logging.getLogger(__name__)

# a template of its own for each kind: what is too much of one kind must not hold back another
_TEMPLATES = MappingProxyType({kind: f"{kind.value} %s %s" for kind in EventKind})
_LOUD = frozenset({Severity.CRITICAL.value, Severity.MAJOR.value})


def log_events(events: Iterable[Event]) -> None:
    """One line each; a fault that opens, or becomes another, is a warning or an error by its severity."""
    for event in events:
        extra = {"netwatch_event": event.kind.value, "netwatch_subject": event.subject}
        sentence = _SENTENCES.get(event.kind)
        if sentence is None:
            log.info(_TEMPLATES[event.kind], event.subject, dict(event.detail), extra=extra)
        else:
            log.log(_level(event), "%s", sentence(event), extra=extra)


def _level(event: Event) -> int:
    if event.kind is EventKind.FAULT_CLEARED:
        return logging.INFO
    return logging.ERROR if event.detail["severity"] in _LOUD else logging.WARNING


def _opened(event: Event) -> str:
    again = " again" if event.detail.get("again") else ""
    return f"fault opened{again}: {_told(event)}"


def _changed(event: Event) -> str:
    return f"fault is now: {_told(event)}"


def _told(event: Event) -> str:
    """Kind, subject, cost, whom to send, and why; then what it could be mistaken for."""
    detail = event.detail
    doubt = f"; could also be {detail['ambiguous_with']}" if detail["ambiguous_with"] else ""
    return (
        f"{detail['severity']} {detail['fault_kind']} {event.subject} ({_cost(event)}); send: {detail['send']};"
        f" seen: {detail['evidence']}{doubt} [{detail['fault']}]"
    )


def _cost(event: Event) -> str:
    return f"devices dark: {event.detail['devices']}, field devices out of service: {event.detail['field_devices']}"


def _cleared(event: Event) -> str:
    detail = event.detail
    how = f"it is a part of {detail['merged_into']}" if detail.get("merged_into") else "all it was about is well again"
    return f"fault cleared: {detail['fault_kind']} {event.subject}; {how} [{detail['fault']}]"


_SENTENCES: Mapping[EventKind, Callable[[Event], str]] = MappingProxyType(
    {EventKind.FAULT_OPENED: _opened, EventKind.FAULT_CHANGED: _changed, EventKind.FAULT_CLEARED: _cleared}
)
