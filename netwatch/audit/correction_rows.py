"""Corrections, and withdrawals of them -> rows of the ledger, each signed with the ledger's key over what it says.

In: what somebody asked for. Out: a row, and an entry in the table of corrections, so that nobody need search for them.
The signature is over canonical JSON of the detail with the subject, but for itself.
"""

import secrets
from collections.abc import Mapping
from typing import Any

import apsw
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from netwatch.audit.ledger import append
from netwatch.audit.persons import with_ids
from netwatch.core.audit.corrections import Asked
from netwatch.core.audit.ledger_row import Entry, EntryType, LedgerRow, canonical

KIND = "correction"
_CONTEXT = b"netwatch ledger correction 1\n"  # the key signs nothing that could be taken for something else


def write_correction(asked: Asked, key: Ed25519PrivateKey, connection: apsw.Connection, now_wall_s: float) -> str:
    """The id that it got."""
    while True:
        identity = f"k-{secrets.token_hex(3)}"
        if connection.execute("SELECT 1 FROM correction WHERE id = ?", (identity,)).get is None:
            break
    detail = {
        "id": identity,
        "from": asked.from_wall_s,
        "until": asked.until_wall_s,
        "state": asked.state.value,
        "reason": asked.reason,
        "by": asked.by,
        "user": asked.user,
    }
    seq = _append(
        connection, asked.subject, asked.from_wall_s, _signed(connection, asked.subject, detail, key), now_wall_s
    )
    connection.execute("INSERT INTO correction (id, seq) VALUES (?,?)", (identity, seq))
    return identity


def write_withdrawal(
    told: Mapping[str, str], key: Ed25519PrivateKey, connection: apsw.Connection, now_wall_s: float
) -> str | None:
    """`told` has the correction's `id`, reason, by and user; the subject, None where no such correction stands."""
    query = (
        "SELECT l.row ->> '$.subject' FROM correction c JOIN ledger l USING (seq) "
        "WHERE c.id = ? AND c.withdrawn_seq IS NULL"
    )
    subject = connection.execute(query, (told["id"],)).get
    if subject is None:
        return None
    detail = {"withdraws": told["id"], "reason": told["reason"], "by": told["by"], "user": told["user"]}
    seq = _append(connection, str(subject), now_wall_s, _signed(connection, str(subject), detail, key), now_wall_s)
    connection.execute("UPDATE correction SET withdrawn_seq = ? WHERE id = ?", (seq, told["id"]))
    return str(subject)


def is_signed(row: LedgerRow, keys: list[str]) -> bool:
    """Whether a row of a correction is what one of these keys (hex) signed."""
    detail = {name: value for name, value in row.detail.items() if name != "signature"}
    if detail.get("key") not in keys:
        return False
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(str(detail["key"])))
        public.verify(bytes.fromhex(str(row.detail.get("signature"))), _said(row.subject, detail))
    except (InvalidSignature, ValueError):
        return False
    return True


def _signed(
    connection: apsw.Connection, subject: str, detail: Mapping[str, Any], key: Ed25519PrivateKey
) -> dict[str, Any]:
    """With ids for the names of people: what is signed must hold when a name is forgotten."""
    told = {**with_ids(connection, detail), "key": key.public_key().public_bytes_raw().hex()}
    return {**told, "signature": key.sign(_said(subject, told)).hex()}


def _said(subject: str, detail: Mapping[str, Any]) -> bytes:
    return _CONTEXT + canonical({**detail, "subject": subject}).encode()


def _append(
    connection: apsw.Connection, subject: str, at_wall_s: float, detail: Mapping[str, Any], now_wall_s: float
) -> int:
    entry = Entry(EntryType.CORRECTION, KIND, subject, at_wall_s, canonical(detail))
    return append(connection, [entry], now_wall_s).last
