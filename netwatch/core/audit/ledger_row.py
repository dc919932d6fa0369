"""One row of the ledger: canonical JSON, and the chain that runs through all rows. Pure.

In: what is to be put on record. Out: the bytes that are stored, hashed and never written anew. A row's place in the
chain is SHA-256 over the chain of the row before (32 zero bytes before the first) and the row's own bytes.
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
    KEY = "key"  # the public key that checkpoints are signed with from here on


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
