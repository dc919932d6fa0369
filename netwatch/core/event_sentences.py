"""An event -> one sentence that whoever reads the log or the ledger understands. Pure.

In: kind, subject and detail, as the event has them or as the ledger gives them back. Out: a line's text; what there is
no sentence for is told as it stands.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from netwatch.core.events import EventKind
from netwatch.core.faults.work import Did

Detail = Mapping[str, Any]
_NAMED_ELSEWHERE = frozenset({"from", "to", "found_after_gap"})


def sentence(kind: str, subject: str, detail: Detail) -> str:
    """One line, though what devices said may be in it: whoever prints it makes that visible."""
    told = _SENTENCES.get(kind, _as_it_stands)(subject, detail)
    after = detail.get("found_after_gap") is True
    return f"{told} [found after a gap: when exactly is not known]" if after else told


def _opened(subject: str, detail: Detail) -> str:
    again = " again" if detail.get("again") else ""
    return f"fault opened{again}: {_told(subject, detail)}"


def _changed(subject: str, detail: Detail) -> str:
    return f"fault is now: {_told(subject, detail)}"


def _told(subject: str, detail: Detail) -> str:
    """Kind, subject, cost, whom to send, and why; then what it could be mistaken for."""
    doubt = f"; could also be {detail['ambiguous_with']}" if detail["ambiguous_with"] else ""
    return (
        f"{detail['severity']} {detail['fault_kind']} {subject} ({_cost(detail)}); send: {detail['send']};"
        f" seen: {detail['evidence']}{doubt} [{detail['fault']}]"
    )


def _cost(detail: Detail) -> str:
    return f"devices dark: {detail['devices']}, field devices out of service: {detail['field_devices']}"


def _cleared(subject: str, detail: Detail) -> str:
    how = f"it is a part of {detail['merged_into']}" if detail.get("merged_into") else "all it was about is well again"
    return f"fault cleared: {detail['fault_kind']} {subject}; {how} [{detail['fault']}]"


def _worked(did: str) -> Callable[[str, Detail], str]:
    def told(subject: str, detail: Detail) -> str:
        said = detail.get("who") or detail.get("text")
        words = f"{did} {said}" if said and detail.get("who") else f"{did}: {said}" if said else did
        return f"fault {subject} {words}, by {detail.get('user')} [{detail.get('fault')}]"

    return told


def _turned(subject: str, detail: Detail) -> str:
    """From one state into another; whatever else is told of it follows."""
    why = ", ".join(f"{key} {value}" for key, value in detail.items() if _is_worth_it(key, value))
    return f"{subject} is {detail.get('to')}, was {detail.get('from')}" + (f": {why}" if why else "")


def _is_worth_it(key: str, value: object) -> bool:
    return key not in _NAMED_ELSEWHERE and value not in ("", None)


def _check(subject: str, detail: Detail) -> str:
    reason = f": {detail['reason']}" if detail.get("reason") else ""
    return f"{subject} {detail.get('check')} {'answers' if detail.get('up') else 'does not answer'}{reason}"


def _maintenance(verb: str) -> Callable[[str, Detail], str]:
    def told(subject: str, detail: Detail) -> str:
        approval = f", approved by {detail['approved_by']}" if detail.get("approved_by") else ", approved by nobody"
        late = "" if detail.get("declared_before") else "; declared after it had begun"
        ended = f" by {detail['ended_by']}" if detail.get("ended_by") else ""
        asked = detail.get("by") or detail.get("user") or "the inventory"
        return (
            f"maintenance {detail.get('id')} of {subject} {verb}{ended}: {detail.get('reason')}"
            f" (asked for by {asked}{approval}{late})"
        )

    return told


def _started(_subject: str, detail: Detail) -> str:
    return f"netwatch {detail.get('version')} started, inventory {str(detail.get('fingerprint'))[:12]}"


def _stopped(_subject: str, _detail: Detail) -> str:
    return "netwatch stopped in good order"


def _inventory(_subject: str, detail: Detail) -> str:
    return f"another inventory is in force, {str(detail.get('fingerprint'))[:12]}: {detail.get('change')}"


def _clock(_subject: str, detail: Detail) -> str:
    return f"the wall clock stepped by {detail.get('step_seconds')} s"


def _store(_subject: str, detail: Detail) -> str:
    match detail.get("state"):
        case "failed":
            return f"records could no longer be written in time: {detail.get('reason')}"
        case "recovered":
            return f"records are written again; {detail.get('told_before_commit')} events were told before they were"
        case "gap":
            return f"{detail.get('lost')} events were lost, because records could not be written"
        case "restored":
            made_at = detail.get("backup_made_at")
            return f"the record was put back from the backup of {made_at}: what came after is not in it"
    return _as_it_stands(_subject, detail)


def _as_it_stands(subject: str, detail: Detail) -> str:
    told = ", ".join(f"{key} {value}" for key, value in detail.items() if value not in ("", None))
    return f"{subject} {told}".rstrip()


_SENTENCES: Mapping[str, Callable[[str, Detail], str]] = MappingProxyType(
    {
        EventKind.FAULT_OPENED: _opened,
        EventKind.FAULT_CHANGED: _changed,
        EventKind.FAULT_CLEARED: _cleared,
        f"fault.{Did.ACKNOWLEDGED}": _worked("acknowledged"),
        f"fault.{Did.WITHDREW}": _worked("is acknowledged no more"),
        f"fault.{Did.NOTED}": _worked("noted"),
        f"fault.{Did.ASSIGNED}": _worked("assigned to"),
        f"fault.{Did.DISPATCHED}": _worked("sent out"),
        f"fault.{Did.TICKETED}": _worked("has the ticket"),
        EventKind.DEVICE_STATE: _turned,
        EventKind.LINK_STATE: _turned,
        EventKind.RING_STATE: _turned,
        EventKind.INTERFACE_STATE: _turned,
        EventKind.FIELD_DEVICE_STATE: _turned,
        EventKind.CHECK_STATE: _check,
        EventKind.MAINTENANCE_DECLARED: _maintenance("declared"),
        EventKind.MAINTENANCE_ENDED: _maintenance("ended"),
        EventKind.MAINTENANCE_STARTED: _maintenance("has begun"),
        EventKind.MAINTENANCE_OVER: _maintenance("is over"),
        EventKind.DAEMON_STARTED: _started,
        EventKind.DAEMON_STOPPED: _stopped,
        EventKind.INVENTORY_CHANGED: _inventory,
        EventKind.CLOCK_STEPPED: _clock,
        EventKind.STORE_STATE: _store,
    }
)
