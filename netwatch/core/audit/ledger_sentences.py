"""A row of the ledger -> one line's text, and whether it is among the rows that somebody asked for. Pure."""

import datetime as dt
import json
from dataclasses import dataclass
from fnmatch import fnmatchcase

from netwatch.core.audit.ledger_row import EntryType, LedgerRow
from netwatch.core.event_sentences import sentence

ROUTINE = frozenset({EntryType.HEARTBEAT, EntryType.STATE})  # left out of a log unless they are asked for


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
    detail = row.detail
    match row.type:
        case EntryType.EVENT:
            text = sentence(row.kind, row.subject, detail)
        case EntryType.STATE:
            state = detail.get("state")
            shown = state if isinstance(state, str) else json.dumps(state, ensure_ascii=False, sort_keys=True)
            text = f"{row.subject} is watched no more" if state is None else f"{row.subject} is {shown} from here on"
        case EntryType.MAINTENANCE:
            text = f"the window as it now stands: {sentence(_window_kind(row), row.subject, detail)}"
        case EntryType.HEARTBEAT:
            text = f"watched without a break since {_time(detail.get('from'))}"
        case EntryType.GAP:
            text = f"nobody watched from {_time(detail.get('from'))} to {_time(detail.get('until'))}: {detail['cause']}"
        case EntryType.INVENTORY:
            changes = "; ".join(map(str, detail.get("changes", ()))) or "the first that is recorded"
            text = f"inventory {str(detail.get('fingerprint'))[:12]}: {changes}"
        case EntryType.KEY:
            text = f"checkpoints are signed by {detail.get('key')} from here on"
    return f"{text} [told before it was committed]" if row.told_before_commit else text


def _window_kind(row: LedgerRow) -> str:
    return "maintenance.declared" if row.detail.get("ended") is None else "maintenance.ended"


def _time(wall_s: object) -> str:
    return dt.datetime.fromtimestamp(float(str(wall_s)), dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
