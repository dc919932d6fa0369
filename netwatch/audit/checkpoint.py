"""A checkpoint: how many rows the ledger had, the root of the tree over them, when, and who signs for it.

In: a tree and the key. Out: one line of JSON that anyone can keep elsewhere, and later hold against the ledger; and
back. Signed is the line as it stands, without its signature.
"""

import datetime as dt
import json
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from netwatch.core.audit.ledger_row import canonical
from netwatch.core.audit.merkle import HASH_BYTES

_CONTEXT = b"netwatch ledger checkpoint 1\n"  # the key signs nothing that could be taken for something else


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The first `size` rows, whatever comes behind them."""

    size: int
    root: bytes
    at: str  # UTC, RFC 3339, whole seconds
    key: bytes  # the public key, raw

    def told(self) -> dict[str, str | int]:
        return {"key": self.key.hex(), "root": self.root.hex(), "rows": self.size, "time": self.at}


def sign(size: int, root: bytes, *, at_wall_s: float, key: Ed25519PrivateKey) -> str:
    """The line, without a line's end."""
    at = dt.datetime.fromtimestamp(int(at_wall_s), dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    told = Checkpoint(size=size, root=root, at=at, key=key.public_key().public_bytes_raw()).told()
    signature = key.sign(_CONTEXT + canonical(told).encode())
    return canonical({**told, "signature": signature.hex()})


def read(line: str) -> Checkpoint:
    """From a line, whatever a log has put before it. ValueError: it is no checkpoint, or its signature does not fit."""
    try:
        told, _ = json.JSONDecoder().raw_decode(line[line.index("{") :])
        found = Checkpoint(
            size=int(told["rows"]),
            root=bytes.fromhex(told["root"]),
            at=str(told["time"]),
            key=bytes.fromhex(told["key"]),
        )
        signature = bytes.fromhex(told["signature"])
        public = Ed25519PublicKey.from_public_bytes(found.key)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValueError("it is no checkpoint of netwatch") from error
    if found.size < 0 or len(found.root) != HASH_BYTES or told["rows"] != found.size:
        raise ValueError("it is no checkpoint of netwatch")
    try:
        public.verify(signature, _CONTEXT + canonical(found.told()).encode())
    except InvalidSignature as error:
        raise ValueError("its signature is not that of the key it names: it was changed") from error
    return found
