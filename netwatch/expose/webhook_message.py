"""One row of the ledger about a fault -> the message that is posted, and the headers that prove where it comes from.

Signed as https://www.standardwebhooks.com tells: base64 of HMAC-SHA256 over `id.timestamp.body`. The id is that of the
row, so the same one however often it is sent: who keeps the ids knows what came twice. The body has no time of sending.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from netwatch.core.audit.ledger_row import LedgerRow, canonical
from netwatch.core.model import Secret

_PREFIX = b"whsec_"  # of a key in base64, as others make them
_RENAMED = {"fault": "id", "fault_kind": "kind", "user": "by"}
_LISTS = {"ambiguous_with": ", ", "evidence": "; "}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """`at_wall_s`: when what it tells happened. `seq`: the row's number; messages of one city come in its order."""

    id: str
    seq: int
    at_wall_s: float
    body: bytes


def message(row: LedgerRow, *, city: str, timezone: str) -> Message:
    """What is told of an event of a fault."""
    detail = {_RENAMED.get(key, key): value for key, value in row.detail.items()}
    by_people: dict[str, Any] = {key: detail.pop(key) for key in ("by", "who", "text") if key in detail}
    for key, separator in _LISTS.items():
        if key in detail:
            detail[key] = [part for part in str(detail[key]).split(separator) if part]
    identity = f"nw_{hashlib.sha256(_told(row).encode()).hexdigest()[:32]}"
    document: dict[str, Any] = {
        "id": identity,
        "type": row.kind,
        "timestamp": _moment(row.at_wall_s, timezone),
        "sequence": row.seq,
        "city": city,
        "fault": {**detail, "subject": row.subject, **_since(detail, timezone)},
        **by_people,
    }
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    return Message(id=identity, seq=row.seq, at_wall_s=row.at_wall_s, body=body)


def headers(one: Message, secret: Secret, now_wall_s: float) -> Mapping[str, str]:
    """Those of one attempt, which are of its moment: a receiver refuses what is old."""
    timestamp = str(int(now_wall_s))
    signature = hmac.digest(_key(secret), f"{one.id}.{timestamp}.".encode() + one.body, "sha256")
    return {
        "Content-Type": "application/json",
        "User-Agent": "netwatch",
        "webhook-id": one.id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }


def _key(secret: Secret) -> bytes:
    raw = secret.reveal()
    if not raw.startswith(_PREFIX):
        return raw
    try:
        return base64.b64decode(raw[len(_PREFIX) :], validate=True)
    except ValueError:
        return raw  # it only looks like one


def _told(row: LedgerRow) -> str:
    """What makes a row this one: its number, and both its times."""
    return canonical({"seq": row.seq, "at": row.at_wall_s, "recorded": row.recorded_wall_s, "subject": row.subject})


def _since(detail: Mapping[str, Any], timezone: str) -> Mapping[str, str]:
    return {"since": _moment(float(detail["since"]), timezone)} if "since" in detail else {}


def _moment(wall_s: float, timezone: str) -> str:
    return datetime.fromtimestamp(wall_s, ZoneInfo(timezone)).isoformat(timespec="milliseconds")
