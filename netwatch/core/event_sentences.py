"""An event -> one sentence that whoever reads the log or the ledger understands. Pure.

In: kind, subject and detail, as the event has them or as the ledger gives them back. Out: a line's text; what there is
no sentence for, of another release, is told as it stands.
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


def _restarted(subject: str, detail: Detail) -> str:
    up_s = detail.get("uptime_seconds")
    boots = f", boot {detail['engine_boots']}" if detail.get("engine_boots") is not None else ""
    return f"{subject} has restarted{boots}" + (f", up for {up_s} s" if up_s is not None else "")


def _engine_changed(subject: str, detail: Detail) -> str:
    now, before = (
        f"{detail.get(was + 'engine_id')}, boot {detail.get(was + 'boots')}, time {detail.get(was + 'time')}"
        for was in ("", "before_")
    )
    return f"the SNMPv3 engine of {subject}: {detail.get('change')}; it is {now}, was {before}"


def _rows(one: str, many: str) -> Callable[[str, Detail], str]:
    def told(subject: str, detail: Detail) -> str:
        count = detail.get("count")
        return f"{subject} {one}" if count is None else f"{count} ports of {subject} {many}: {detail.get('ports')}"

    return told


def _reordered(subject: str, detail: Detail) -> str:
    return f"{subject} numbers its ports anew: {detail.get('ports')}"


def _unmatched(subject: str, detail: Detail) -> str:
    found = "several ports of the device are" if detail.get("match") == "ambiguous" else "no port of the device is"
    return f"{subject} stands in the inventory, and {found} called so"


def _dropped(subject: str, detail: Detail) -> str:
    return f"{detail.get('dropped')} ports of {subject} are beyond the limit of {detail.get('limit')}: not watched"


def _wrongly_asked(subject: str, detail: Detail) -> str:
    return (
        f"{subject} says that it was asked with wrong credentials, {detail.get('times')} times since it was last told"
    )


def _flapping(subject: str, detail: Detail) -> str:
    return (
        f"{subject} flaps: {detail.get('changes')} times {detail.get('of')} within {detail.get('within_s')} s;"
        " no more is told until it keeps still"
    )


def _settled(subject: str, detail: Detail) -> str:
    last = {key: value for key, value in detail.items() if key not in ("of", "changes")}
    told = sentence(str(detail.get("of")), subject, last)
    return f"{told} [it keeps still again, after {detail.get('changes')} changes that were not told]"


def _vantage(_subject: str, detail: Detail) -> str:
    return "our own uplink is back" if detail.get("lit") else "our own uplink is dark: nothing beyond it can be seen"


def _fault_settled(subject: str, detail: Detail) -> str:
    return f"of the fault of {subject} its end tells: {detail.get('told')} [{detail.get('fault')}]"


def _stranger(subject: str, detail: Detail) -> str:
    who = f"{detail.get('count')} MACs" if detail.get("many") else detail.get("mac")
    return f"registered with no field device: {who} on {subject}"


def _moved(subject: str, detail: Detail) -> str:
    return f"{subject} ({detail.get('mac')}) is on {detail.get('to')}, not on {detail.get('from')}"


def _unexpected(subject: str, _detail: Detail) -> str:
    return f"{subject} came up, and nothing of the inventory uses it"


def _refused(_subject: str, detail: Detail) -> str:
    return f"an inventory was refused for its {detail.get('mistakes')} mistakes; the one before stays in force"


def _drift(subject: str, detail: Detail) -> str:
    if not detail.get("differs"):
        return f"{subject} is as the inventory has it again"
    declared, seen = detail.get("declared") or "nowhere", detail.get("seen") or "nowhere"
    why = f"declared {declared}, seen {seen} ({detail.get('evidence')})"
    return f"{subject} is not as the inventory has it, {detail.get('kind')}: {why}"


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
        EventKind.DEVICE_REBOOTED: _restarted,
        EventKind.DEVICE_SWAPPED: lambda subject, _detail: f"{subject} is another box than before, at the same address",
        EventKind.ENGINE_CHANGED: _engine_changed,
        EventKind.ENGINE_SHARED: lambda subject, detail: (
            f"{subject} has one snmpEngineID with {detail.get('with')}: {detail.get('engine_id')}"
        ),
        EventKind.INTERFACE_ADDED: _rows("is new", "are new"),
        EventKind.INTERFACE_REMOVED: _rows("is there no more", "are there no more"),
        EventKind.IFINDEX_CHANGED: _reordered,
        EventKind.PORT_UNMATCHED: _unmatched,
        EventKind.INTERFACES_DROPPED: _dropped,
        EventKind.AUTHENTICATION_FAILURE: _wrongly_asked,
        EventKind.FLAPPING: _flapping,
        EventKind.SETTLED: _settled,
        EventKind.VANTAGE_STATE: _vantage,
        EventKind.FAULT_SETTLED: _fault_settled,
        EventKind.MAC_UNREGISTERED: _stranger,
        EventKind.MAC_MOVED: _moved,
        EventKind.PORT_UNEXPECTED_UP: _unexpected,
        EventKind.INVENTORY_REFUSED: _refused,
        EventKind.TOPOLOGY_DRIFT: _drift,
    }
)
