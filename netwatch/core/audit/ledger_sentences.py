"""A row of the ledger -> one line's text, and whether it is among the rows that somebody asked for. Pure."""

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from types import MappingProxyType

from netwatch.core.audit.ledger_row import EntryType, GapCause, LedgerRow
from netwatch.core.event_sentences import sentence

ROUTINE = frozenset(
    {EntryType.HEARTBEAT, EntryType.STATE, EntryType.USAGE, EntryType.ACCESS}
)  # left out of a log unless they are asked for

_CAUSES: Mapping[str, str] = MappingProxyType(
    {
        GapCause.MONITOR_DOWN: "netwatch did not run, or could not write",
        GapCause.OWN_UPLINK_DARK: "its own uplink was dark",
        GapCause.OWN_LOSS: "answers were lost within its own host",
        GapCause.RECORDS_LOST: "what happened could not be written down",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which rows. Empty: all but the routine ones. A pattern is a name, or has `*` and `?` in it."""

    subjects: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()  # of events, or types of rows
    since_wall_s: float = float("-inf")  # of what they are about
    until_wall_s: float = float("inf")

    def has(self, row: LedgerRow) -> bool:
        if not self.since_wall_s <= row.at_wall_s < self.until_wall_s:
            return False
        if self.subjects and not any(fnmatchcase(row.subject, one) for one in self.subjects):
            return False
        if self.kinds:
            names = (row.type.value, *((row.kind,) if row.type is not EntryType.STATE else ()))
            return any(fnmatchcase(name, one) for name in names for one in self.kinds)
        return row.type not in ROUTINE


def told(row: LedgerRow) -> str:
    """What the row says, in words."""
    text = _TOLD[row.type](row)
    return f"{text} [told before it was committed]" if row.told_before_commit else text


def _event(row: LedgerRow) -> str:
    return sentence(row.kind, row.subject, row.detail)


def _state(row: LedgerRow) -> str:
    state = row.detail.get("state")
    shown = state if isinstance(state, str) else json.dumps(state, ensure_ascii=False, sort_keys=True)
    return f"{row.subject} is watched no more" if state is None else f"{row.subject} is {shown} from here on"


def _window(row: LedgerRow) -> str:
    kind = "maintenance.declared" if row.detail.get("ended") is None else "maintenance.ended"
    return f"the window as it now stands: {sentence(kind, row.subject, row.detail)}"


def _heartbeat(row: LedgerRow) -> str:
    return f"watched without a break since {_time(row.detail.get('from'))}"


def _gap(row: LedgerRow) -> str:
    cause = _CAUSES.get(str(row.detail.get("cause")), row.detail.get("cause"))
    until = "now, and it goes on" if row.detail.get("until") is None else _time(row.detail.get("until"))
    return f"nobody watched from {_time(row.detail.get('from'))} to {until}: {cause}"


def _document(row: LedgerRow) -> str:
    """Another inventory, or other profiles, are in force."""
    fingerprint = row.detail.get("fingerprint") or row.detail.get("document_sha256")
    changes = "; ".join(map(str, row.detail.get("changes", ()))) or "the first that is recorded"
    return f"{row.type} {str(fingerprint)[:12]}: {changes}"


def _usage(row: LedgerRow) -> str:
    if row.kind == "usage.ports":
        return f"usage is recorded of {row.detail.get('count')} ports from here on"
    what = "light" if row.kind == "usage.light" else "what was carried"
    return f"{what} from {_time(row.detail.get('from'))} to {_time(row.detail.get('until'))}"


def _correction(row: LedgerRow) -> str:
    detail = row.detail
    asked = f"says {detail.get('by')} (entered by {detail.get('user')}): {detail.get('reason')}"
    if detail.get("withdraws"):
        return f"the correction {detail['withdraws']} of {row.subject} no longer counts, {asked}"
    span = f"from {_time(detail.get('from'))} to {_time(detail.get('until'))}"
    return f"correction {detail.get('id')}: {row.subject} was {detail.get('state')} {span}, {asked}"


def _access(row: LedgerRow) -> str:
    detail = row.detail
    if row.kind == "access.review":
        note = f": {detail['note']}" if detail.get("note") else ""
        seen = f"{detail.get('rows')} rows with {detail.get('failures')} failures"
        return f"{detail.get('user')} has looked through the accesses of {detail.get('month')}, {seen}{note}"
    who = detail.get("account") or "somebody unknown"
    often = f", {detail['times']} times until {_time(detail.get('until'))}" if detail.get("times", 1) != 1 else ""
    where = f" from {detail['peer']}" if detail.get("peer") else ""
    return f"{who}{where}: {detail.get('action')} {row.subject}: {detail.get('outcome')}{often}"


def _pruned(row: LedgerRow) -> str:
    what = "rows" if row.kind == "pruned.rows" else "figures of usage of rows"
    until = _time(row.detail.get("recorded_until"))
    return f"{what} up to {row.detail.get('rows')} were older than is kept, and are gone: recorded up to {until}"


def _key(row: LedgerRow) -> str:
    return f"checkpoints are signed by {row.detail.get('key')} from here on"


def _time(wall_s: object) -> str:
    return dt.datetime.fromtimestamp(float(str(wall_s)), dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_TOLD: Mapping[EntryType, Callable[[LedgerRow], str]] = MappingProxyType(
    {
        EntryType.EVENT: _event,
        EntryType.STATE: _state,
        EntryType.MAINTENANCE: _window,
        EntryType.HEARTBEAT: _heartbeat,
        EntryType.GAP: _gap,
        EntryType.INVENTORY: _document,
        EntryType.PROFILES: _document,
        EntryType.USAGE: _usage,
        EntryType.CORRECTION: _correction,
        EntryType.ACCESS: _access,
        EntryType.PRUNED: _pruned,
        EntryType.KEY: _key,
    }
)
