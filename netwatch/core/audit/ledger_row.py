"""One row of the ledger: canonical JSON, and the chain that runs through all rows. Pure.

In: what is to be put on record. Out: the bytes that are stored, hashed and never written anew. A row's place in the
chain is SHA-256 over the chain of the row before (32 zero bytes before the first) and the row's own bytes.

A row is `{"at", "detail", "kind", "recorded", "seq", "subject", "type"}`, with `"told_before_commit": true` where that
is so. Times are UTC epoch seconds, states and causes the words that metrics use; `by`, `approved_by`, `user`,
`ended_by`, `account` and `peer` are ids of people. By type, what `detail` has:

| type | kind | subject | at | detail |
|---|---|---|---|---|
| event | `EventKind` | of the event | first evidence | of the event; `found_after_gap` where nobody watched |
| state | of its events | what it is true of | since | `state`; null: watched no more; of a `fault`: an object |
| maintenance | maintenance.window | of the window | its beginning | id, origin, declared, declared_before, from, until,
  reason, by, approved_by, user, ended, ended_by: as it now stands; the last row of an (id, origin, declared) counts |
| heartbeat | watching | daemon: | until | from, until |
| gap | watching | daemon: | from | cause (`GapCause`), from, until; until null: it goes on, another row will end it |
| inventory | inventory.fingerprint | daemon: | recorded | fingerprint, document_sha256, counts, changes, first |
| profiles | profiles.fingerprint | daemon: | recorded | document_sha256, count, changes, first |
| usage | usage.ports | daemon: | recorded | count, annex: the names behind the columns of what follows |
| usage | usage.traffic | daemon: | from | from, until, ports (seq of the row with the names), annex |
| usage | usage.light | daemon: | from | the same by the hour: light |
| correction | correction | whose record is wrong | from | id, from, until, state (`up`, `down`, `unknown`,
  `not_in_service`), reason, by, user, key, signature; or id, withdraws, reason, by, user, key, signature |
| access | access | what it was done to | the first time | account, peer, action, outcome, times, until (the last) |
| access | access.review | daemon: | recorded | month (2026-10), user, note, rows, failures |
| pruned | pruned.rows | daemon: | recorded | rows (the last one that is gone), chain and root there, keys,
  recorded_until, inventory (in force there: seq, at, fingerprint, document_sha256, annex, which is still there), annex:
  subject -> [kind, since, state] as they stood there |
| pruned | pruned.usage | daemon: | recorded | rows (annexes up to this row are gone), recorded_until |
| key | ledger.key | daemon: | recorded | key |

`annex` is the SHA-256 (hex) of bytes that lie beside the ledger and may be pruned before the row is:
`netwatch.core.audit.usage_block` reads them.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from json.encoder import encode_basestring
from types import MappingProxyType
from typing import Any, NamedTuple

BEFORE_THE_FIRST = bytes(32)  # the chain value that the first row follows


class EntryType(StrEnum):
    """What a row puts on record."""

    EVENT = "event"  # something happened
    STATE = "state"  # an interval begins: what is held true of a subject, and since when; null: it is watched no more
    MAINTENANCE = "maintenance"  # a window as declared, or what has become of it
    HEARTBEAT = "heartbeat"  # from when until when watching went on without a break
    GAP = "gap"  # nobody watched
    INVENTORY = "inventory"  # which inventory is in force, and how it differs from the one before
    PROFILES = "profiles"  # likewise, what is known of makes of devices
    USAGE = "usage"  # what links and ports carried; the figures lie in an annex
    CORRECTION = "correction"  # somebody says that the record is wrong about a time; what was recorded stays
    ACCESS = "access"  # who asked netwatch for something, or looked at who did
    PRUNED = "pruned"  # what was older than is kept, and is gone; the chain and the tree go on from there
    KEY = "key"  # the public key that checkpoints are signed with from here on


class GapCause(StrEnum):
    """Why nobody watched."""

    MONITOR_DOWN = "monitor_down"  # netwatch did not run, or its store did not take a heartbeat
    OWN_UPLINK_DARK = "own_uplink_dark"  # our own canaries were silent: nothing could be known of anything
    OWN_LOSS = "own_loss"  # answers were lost in our own host: silence said nothing
    RECORDS_LOST = "records_lost"  # events were dropped because they could not be written for too long


_VALUES = MappingProxyType({type_: type_.value for type_ in EntryType})  # at a third of the cost of `.value`


class Entry(NamedTuple):
    """A row before it has its place. `detail` is canonical JSON of one object. A tuple, for there are many."""

    type: EntryType
    kind: str  # an event's kind; of an interval, the kind of the events that tell of it
    subject: str
    at_wall_s: float  # UTC epoch seconds of what it is about, finite
    detail: str
    is_late: bool = False  # told before it was committed


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """A row as read back."""

    seq: int
    type: EntryType
    kind: str
    subject: str
    at_wall_s: float
    recorded_wall_s: float  # UTC epoch seconds of when it was written down
    detail: Mapping[str, Any]
    told_before_commit: bool = False


def canonical(document: Mapping[str, Any]) -> str:
    """Keys sorted, no spaces, text as itself. ValueError where a number is not finite."""
    told = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return told.encode("utf-8", "backslashreplace").decode()  # a lone surrogate becomes its escape, which JSON has too


def encode(entry: Entry, seq: int, recorded_wall_s: float) -> str:
    """The row's text: what `canonical` would make of it, at a third of the cost."""
    type_, kind, subject, at_wall_s, detail, is_late = entry
    late = '"told_before_commit":true,' if is_late else ""
    return (
        f'{{"at":{float(at_wall_s)!r},"detail":{detail},"kind":{encode_basestring(kind)},'
        f'"recorded":{float(recorded_wall_s)!r},"seq":{seq},"subject":{encode_basestring(subject)},'
        f'{late}"type":"{_VALUES[type_]}"}}'
    )


def decode(raw: bytes | str) -> LedgerRow:
    """ValueError where these are not the bytes of a row."""
    try:
        told = json.loads(raw)
        return LedgerRow(
            seq=int(told["seq"]),
            type=EntryType(told["type"]),
            kind=str(told["kind"]),
            subject=str(told["subject"]),
            at_wall_s=float(told["at"]),
            recorded_wall_s=float(told["recorded"]),
            detail=dict(told["detail"]),
            told_before_commit=bool(told.get("told_before_commit", False)),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"no row of a ledger: {error!r}") from error


def link(before: bytes, raw: bytes) -> bytes:
    """The chain value of a row that follows `before`: 32 bytes."""
    return hashlib.sha256(before + raw).digest()
